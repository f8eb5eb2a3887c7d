"""What the voice says of a screen, made of the words that it shows.

Words of the catalogue stay as they stand there, so that a recording of them is found.
"""

from __future__ import annotations

from collections.abc import Iterable

from screens.citizen.parts import Button
from screens.locale import Words


def sentences(*texts: str) -> tuple[str, ...]:
    """Each text that is not empty, to be said on its own."""
    return tuple(text.strip() for text in texts if text.strip())


def ways_on(words: Words, buttons: Iterable[Button | None]) -> tuple[str, ...]:
    """What can be touched now, in one sentence; nothing when there is nothing."""
    labels = [button.label for button in buttons if button is not None and button.enabled]
    return (words("frame.can_touch", choices=", ".join(labels)),) if labels else ()

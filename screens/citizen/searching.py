"""What every screen shows on which one types what one looks for."""

from __future__ import annotations

from dataclasses import dataclass

from screens.citizen.parts import Button, Keyboard, Message


@dataclass(frozen=True)
class SearchView:
    """``entry`` is what was typed; ``hits`` a page of what fits; ``examples`` stand there before that.

    ``message`` says that nothing fits and what to do then.
    """

    title: str
    entry: str
    entry_hint: str
    examples_title: str
    examples: tuple[Button, ...]
    hits: tuple[Button, ...]
    previous: Button | None
    following: Button | None
    message: Message | None
    keyboard: Keyboard
    back: Button
    spoken: tuple[str, ...] = ()

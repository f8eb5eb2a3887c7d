"""Something failed: what happened, what to do now, what is kept."""

from __future__ import annotations

from dataclasses import dataclass

from screens.citizen.parts import Button


@dataclass(frozen=True)
class ProblemView:
    """``kept`` says what became of the number and the answers; ``number`` is the ticket in hand or empty.

    ``code`` is for staff: small, in a corner.
    """

    title: str
    what_to_do: str
    kept: str
    number: str
    code: str
    primary: Button
    others: tuple[Button, ...]

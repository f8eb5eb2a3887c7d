"""Names of services in the language of the screen, beside the Vietnamese name that slip, ceiling and officers
say.
"""

from __future__ import annotations

from kiosk.visit.events import ServiceChoice
from kiosk.visit.states import VisitState
from screens.locale import Words

LINE = 40
"""Letters of a line beneath a service's name, in the usual letters."""


def name_said(choice: ServiceChoice, words: Words) -> str:
    """The name in the language of the screen, Vietnamese where there is no translation."""
    return choice.name_in.get(words.language, choice.name)


def covers(choice: ServiceChoice, words: Words) -> str:
    """What a service covers; the Vietnamese name where the screen calls it by another, and what it covers
    only if both fit a line.
    """
    if name_said(choice, words) == choice.name:
        return choice.hint_in.get(words.language, choice.hint)
    hint = choice.hint_in.get(words.language)
    both = f"{choice.name} · {hint}"
    return both if hint and len(both) <= LINE else choice.name


def said_of(name: str, state: VisitState, words: Words) -> str:
    """A service known by its Vietnamese name, as the language of the screen says it."""
    found = (name_said(one, words) for one in state.services or () if one.name == name)
    return next(found, name)


def with_vietnamese(name: str, state: VisitState, words: Words) -> str:
    """Both names, where the language of the screen has one of its own: “Hộ tịch (Civil status)”."""
    said = said_of(name, state, words)
    return name if said == name else f"{name} ({said})"

"""The languages, each by its own name."""

from __future__ import annotations

from dataclasses import dataclass

from kiosk.catalogues import SOURCE_LANGUAGE
from kiosk.visit.events import LanguageChosen, PanelClosed
from kiosk.visit.states import ChooseLanguage, VisitState
from screens.citizen.parts import Button, Picked
from screens.locale import Words
from screens.locale.languages import Language, languages


@dataclass(frozen=True)
class LanguageView:
    """``choices`` are called what their speakers call them; what others call them stands beneath."""

    title: str
    choices: tuple[Picked, ...]
    close: Button
    spoken: tuple[str, ...] = ()


def language_view(state: VisitState, screen: ChooseLanguage, words: Words) -> LanguageView:
    """The languages of this centre, in the order of the list of languages."""
    known = {one.tag: one for one in languages()}
    offered = [known[tag] for tag in state.setup.languages if tag in known]
    choices = tuple(
        Picked(
            Button(one.name, LanguageChosen(state.key, one.tag), hint=_told(one, words)),
            chosen=one.tag == state.comfort.language,
        )
        for one in offered
    )
    names = tuple(one.name for one in offered)
    return LanguageView(
        title=words("language.title"),
        choices=choices,
        close=Button(words("frame.close"), PanelClosed(state.key)),
        spoken=(words("language.title"), *names, words("language.spoken")),
    )


def _told(language: Language, words: Words) -> str:
    """What others call it, and that its words are not there yet where nobody has confirmed them."""
    name = language.vietnamese if words.language == SOURCE_LANGUAGE else language.english
    if language.reviewer:
        return "" if name.casefold() == language.name.casefold() else name
    return words("language.only_names", language=name)

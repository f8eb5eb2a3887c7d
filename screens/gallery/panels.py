"""The panels: languages, comfort, and the call for help with all that becomes of it."""

from __future__ import annotations

from dataclasses import replace

from kiosk.failures import FailureCode
from kiosk.visit.effects import CallHelp, LoadServices
from kiosk.visit.events import (
    ComfortTapped,
    HelpAnswered,
    HelpCalled,
    HelpFailed,
    HelpTapped,
    LanguagesTapped,
    PanelClosed,
    ServiceChoice,
    ServicesLoaded,
    StartWithoutCard,
)
from kiosk.visit.states import Setup
from screens.gallery.walk import Walk
from screens.locale.languages import languages


def panels(walk: Walk, setup: Setup, services: tuple[ServiceChoice, ...]) -> None:
    """Every panel, over the choice of a service, with all languages."""
    over = Walk(replace(setup, languages=tuple(one.tag for one in languages())))
    over.do(StartWithoutCard())
    over.do(ServicesLoaded(over.asked(LoadServices).visit, services))
    over.do(LanguagesTapped())
    over.keep("panel_language")
    over.do(PanelClosed(), ComfortTapped())
    over.keep("panel_comfort")
    over.do(PanelClosed(), HelpTapped())
    over.keep("panel_help")
    visit = over.asked(CallHelp).visit
    over.do(HelpCalled(visit))
    over.keep("panel_help_called")
    over.do(HelpAnswered(visit, 2))
    over.keep("panel_help_answered")
    over.do(PanelClosed(), HelpTapped(), HelpFailed(visit, FailureCode.CENTRE_UNREACHABLE))
    over.keep("panel_help_failed")
    walk.views |= over.views

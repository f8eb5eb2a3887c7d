"""The doors of the start screen."""

from __future__ import annotations

from kiosk.visit.effects import LoadServices
from kiosk.visit.events import (
    Back,
    Cancel,
    DossierTapped,
    FindTapped,
    FormChosen,
    FormsTapped,
    Intent,
    PageTapped,
    RateTapped,
    StartWithoutCard,
    WatchClips,
)
from kiosk.visit.moves import Result, home, same, stay, to, to_services
from kiosk.visit.priority import choose
from kiosk.visit.states import (
    Clips,
    FindProcedure,
    MyDossier,
    MyForms,
    OfferForm,
    Rate,
    TicketShown,
    VisitState,
)


def on_start(state: VisitState, intent: Intent) -> Result:
    """Each door opens its screen; nobody has to lay a card down for any of them."""
    match intent:
        case StartWithoutCard():
            return to_services(state)
        case FindTapped():
            return to(state, FindProcedure(), LoadServices(state.visit))
        case FormsTapped() if state.setup.forms:
            return to(state, MyForms(), LoadServices(state.visit))
        case DossierTapped():
            return to(state, MyDossier())
        case RateTapped():
            return to(state, Rate())
        case WatchClips() if state.setup.clips:
            return to(state, Clips())
        case _:
            return stay(state)


def on_forms(state: VisitState, screen: MyForms, intent: Intent) -> Result:
    """A form goes with a number; where there is none yet it is taken first."""
    match intent:
        case FormChosen(form=form):
            service = next((one for one in state.services or () if one.form == form), None)
            if service is None:
                return stay(state)
            if state.held(service.id) is not None:
                offered = state.form_for(service.id) is not None
                return to(state, OfferForm(service.id) if offered else TicketShown(service.id))
            return choose(state, service.id) if service.open else stay(state)
        case PageTapped(page=page) if page >= 0:
            return same(state, MyForms(page))
        case Back() | Cancel():
            return home(state)
        case _:
            return stay(state)

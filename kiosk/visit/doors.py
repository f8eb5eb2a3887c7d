"""The doors of the start screen."""

from __future__ import annotations

from kiosk.eforms.definition import FormDefinition
from kiosk.visit import clips
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
    Retry,
    StartWithoutCard,
    WatchClips,
)
from kiosk.visit.moves import Result, home, same, stay, to, to_services
from kiosk.visit.priority import take
from kiosk.visit.states import (
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
        case WatchClips():
            return clips.watch(state, intent, None)
        case _:
            return stay(state)


def forms_here(state: VisitState) -> tuple[FormDefinition, ...]:
    """The forms that can be filled in here today, by their titles."""
    today = state.now.date()
    return tuple(sorted((f for f in state.setup.forms.values() if f.in_force(today)), key=lambda f: f.title))


def on_forms(state: VisitState, screen: MyForms, intent: Intent) -> Result:
    """A form goes with a number; where there is none yet it is taken first."""
    match intent:
        case FormChosen(form=form):
            service = next((one for one in state.services or () if one.form == form), None)
            if service is None or form not in {one.id for one in forms_here(state)} or state.offline:
                return stay(state)  # without the centre a number takes no form with it
            if state.held(service.id) is not None:
                offered = state.form_for(service.id) is not None
                return to(state, OfferForm(service.id) if offered else TicketShown(service.id))
            return take(state, service.id) if service.open else stay(state)
        case PageTapped(page=page) if page >= 0:
            return to(state, MyForms(page))
        case Retry() if state.services is None:
            return same(state, screen, LoadServices(state.visit))
        case Back() | Cancel():
            return home(state)
        case _:
            return stay(state)

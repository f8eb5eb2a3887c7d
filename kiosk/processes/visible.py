"""What of a visit can be seen or heard: the window is drawn anew when this is other than before."""

from __future__ import annotations

from dataclasses import replace

from kiosk.visit.states import MyForms, Services, Start, VisitState


def visible(state: VisitState) -> tuple[object, ...]:
    """What of the state is seen or heard; time alone changes the idle warning and what is told of hours."""
    screen: object = state.screen
    minute = 0
    if isinstance(screen, Services):
        screen = replace(screen, since_loaded=0.0)
    if isinstance(screen, Start | Services | MyForms):  # they tell how long numbers are still given
        minute = state.now.hour * 60 + state.now.minute
    return (
        minute,
        state.number,
        screen,
        state.panel,
        state.comfort,
        state.given_back,
        state.lobby,
        state.services,
        state.offline,
        state.person,
        state.tickets,
        state.form,
        state.idle_warning,
        state.mistakes,
    )

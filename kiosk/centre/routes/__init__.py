"""The API's routes, one module a subject."""

from fastapi import FastAPI

from kiosk.centre.routes import (
    board,
    counters,
    devices,
    dossiers,
    events,
    follow,
    health,
    help_calls,
    keeping,
    leases,
    notices,
    ratings,
    rules,
    services,
    session,
    ticket_moves,
    tickets,
)

SUBJECTS = (
    services,
    tickets,
    ticket_moves,
    leases,
    counters,
    help_calls,
    ratings,
    rules,
    notices,
    dossiers,
    board,
    events,
    session,
    devices,
    keeping,
    follow,
)


def add_routes(app: FastAPI) -> None:
    """Add every route of the API, and those of monitoring."""
    for subject in SUBJECTS:
        app.include_router(subject.router)
    app.include_router(health.router)

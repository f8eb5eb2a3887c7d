"""The status of a dossier: what one source said of it, and when.

Nothing is worked out here that the source did not say: a status is always told with the moment it is true of
and with whom it is from.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, tzinfo
from enum import StrEnum
from typing import Any

from kiosk.procedures.dossier_code import parse

LONGEST_SOURCE = 80
LONGEST_PROCEDURE = 300
"""Letters."""


class State(StrEnum):
    """The states of a dossier on the National Public Service Portal, in the order in which it tells them.

    Citizens read their names in the catalogues, under ``my_dossier.states``. ``FINISHED`` is the work,
    ``RETURNED`` the result in the citizen's hand: they are never taken for each other.
    """

    REGISTERED = "registered"
    RECEIVED = "received"
    NOT_ACCEPTED = "not_accepted"
    PROCESSING = "processing"
    SUPPLEMENT = "supplement"
    PAYMENT = "payment"
    WITHDRAWN = "withdrawn"
    STOPPED = "stopped"
    FINISHED = "finished"
    RETURNED = "returned"


_WITH_THE_OFFICE = frozenset({State.RECEIVED, State.PROCESSING})
"""Where the office owes the next step; while the citizen owes it, no due date runs."""


@dataclass(frozen=True)
class DossierStatus:
    """What ``source`` said of one dossier. ``as_of``: the moment its data are of, with a time zone.

    ``due``: the day for which the result was promised; ``procedure``: its name, or "".
    """

    code: str = field(repr=False)
    state: State
    due: date | None
    procedure: str
    as_of: datetime
    source: str

    def overdue(self, zone: tzinfo | None) -> bool:
        """Whether it was late when the source spoke, in days of ``zone``; what came after is not known."""
        late = self.due is not None and self.due < self.as_of.astimezone(zone).date()
        return late and self.state in _WITH_THE_OFFICE


def as_mapping(status: DossierStatus) -> dict[str, Any]:
    """As JSON holds it."""
    return {
        "code": status.code,
        "state": status.state.value,
        "due": None if status.due is None else status.due.isoformat(),
        "procedure": status.procedure,
        "as_of": status.as_of.isoformat(),
        "source": status.source,
    }


def read_status(raw: Mapping[str, Any]) -> DossierStatus:
    """Read what ``as_mapping`` wrote. Raises ``ValueError``, ``KeyError`` or ``TypeError`` for others."""
    as_of = datetime.fromisoformat(raw["as_of"])
    if as_of.tzinfo is None:
        raise ValueError("as_of has no time zone")
    return DossierStatus(
        code=str(parse(raw["code"])),
        state=State(raw["state"]),
        due=None if raw["due"] is None else date.fromisoformat(raw["due"]),
        procedure=_text(raw["procedure"], LONGEST_PROCEDURE),
        as_of=as_of,
        source=_text(raw["source"], LONGEST_SOURCE),
    )


def _text(value: Any, longest: int) -> str:
    if not isinstance(value, str) or len(value) > longest:
        raise ValueError("a text is too long, or none")
    return value

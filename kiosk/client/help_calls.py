"""Calling an officer to a kiosk, and what became of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from kiosk.client.connection import Connection, given, part
from kiosk.client.reading import Json, read_maybe, read_time
from kiosk.client.tickets import CounterName


@dataclass(frozen=True)
class HelpCall:
    """A call for help. ``state``: ``open``, ``answered`` or ``expired``; ``answered_by``: the counter of who
    comes, ``None`` if that one sits at none.
    """

    id: str
    kiosk: str
    screen: str
    language: str | None
    at: datetime
    state: str
    answered_at: datetime | None = None
    answered_by: CounterName | None = None


def read_help_call(raw: Json) -> HelpCall:
    """Read one ``help_call`` from JSON."""
    by = raw["answered_by"]
    return HelpCall(
        id=raw["id"],
        kiosk=raw["kiosk"],
        screen=raw["screen"],
        language=raw["language"],
        at=read_time(raw["at"]),
        state=raw["state"],
        answered_at=read_maybe(read_time, raw["answered_at"]),
        answered_by=None if by is None else CounterName(by["id"], by["number"], by["name"]),
    )


class HelpCalls(Connection):
    """Calls about help."""

    def call_help(self, screen: str, language: str | None = None) -> HelpCall:
        """Call an officer to this kiosk; while a call is open a repetition is that one.

        ``screen``: the name of the screen shown, nothing of a person.
        """
        body = {"screen": screen, **given(language=language)}
        return self._read(read_help_call, "POST", "/help-calls", body)

    def help_call(self, call_id: str) -> HelpCall:
        """One call of this kiosk. Raises ``CentreError``: ``NOT_FOUND``."""
        return self._read(read_help_call, "GET", f"/help-calls/{part(call_id)}")

    def help_calls(self) -> list[HelpCall]:
        """For officers: the calls that nobody has answered, the oldest first."""
        return self._read_list(read_help_call, "GET", "/help-calls")

    def answer_help(self, call_id: str) -> HelpCall:
        """For officers: go there; tells who goes when somebody else was quicker."""
        return self._read(read_help_call, "POST", f"/help-calls/{part(call_id)}/answer")

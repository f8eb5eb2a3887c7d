"""What a ceiling display and the page of a ticket's holder show."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from kiosk.client.connection import CentreError, Connection, part
from kiosk.client.reading import Json, read_maybe, read_time
from kiosk.client.tickets import (
    CounterName,
    Wait,
    read_counter_name,
    read_counter_names,
    read_wait,
)


@dataclass(frozen=True)
class BoardCall:
    """One line of the ceiling display. ``call`` is the journal number of the newest call of this ticket."""

    number: str
    counter: CounterName
    called_at: datetime
    call_count: int
    call: int


@dataclass(frozen=True)
class Board:
    """What a display shows now, true as of journal number ``head``; continue with ``events(head)``."""

    head: int
    epoch: str
    centre_name: str
    centre_short_name: str
    now: tuple[BoardCall, ...]
    waiting: int


@dataclass(frozen=True)
class Place:
    """Where a ticket stands in its queue, as its holder's follow page shows it."""

    number: str
    service_name: str
    state: str
    ahead: int
    minutes_wait: int | None
    counters: tuple[CounterName, ...]
    counter: CounterName | None
    issued_at: datetime
    head: int
    wait: Wait | None = None


def read_board(raw: Json) -> Board:
    """Read one ``board`` from JSON."""
    return Board(
        head=raw["head"],
        epoch=raw["epoch"],
        centre_name=raw["centre"]["name"],
        centre_short_name=raw["centre"]["short_name"],
        waiting=raw["waiting"],
        now=tuple(
            BoardCall(
                number=line["number"],
                counter=read_counter_name(line["counter"]),
                called_at=read_time(line["called_at"]),
                call_count=line["call_count"],
                call=line["call"],
            )
            for line in raw["now"]
        ),
    )


def read_place(raw: Json) -> Place:
    """Read one ``place`` from JSON."""
    return Place(
        number=raw["number"],
        service_name=raw["service_name"],
        state=raw["state"],
        ahead=raw["ahead"],
        minutes_wait=raw["minutes_wait"],
        counters=read_counter_names(raw["counters"]),
        counter=read_maybe(read_counter_name, raw["counter"]),
        issued_at=read_time(raw["issued_at"]),
        head=raw["head"],
        wait=read_maybe(read_wait, raw.get("wait")),
    )


class BoardCalls(Connection):
    """Calls of those who look on: displays, holders of a follow token, supervisors."""

    def board(self) -> Board:
        """What a display shows now."""
        return self._read(read_board, "GET", "/board")

    def place(self, follow_token: str) -> Place:
        """The place in the queue of the ticket with this follow token; needs no device token."""
        return self._read(read_place, "GET", f"/follow/{part(follow_token)}")

    def follow_rejoin(self, follow_token: str) -> Place:
        """The holder of a missed ticket is back; needs no device token."""
        return self._read(read_place, "POST", f"/follow/{part(follow_token)}/rejoin")

    def follow_cancel(self, follow_token: str) -> Place:
        """The holder of a ticket does not want it any more; needs no device token."""
        return self._read(read_place, "POST", f"/follow/{part(follow_token)}/cancel")

    def ready(self) -> bool:
        """Whether the centre answers and can write."""
        try:
            return self._request("GET", f"{self.url}/readyz").ok
        except CentreError:
            return False

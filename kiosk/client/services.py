"""Services citizens can choose, the rules of the queue, and the head's stop."""

from __future__ import annotations

from dataclasses import dataclass
from dataclasses import field as dataclass_field
from datetime import date, datetime

from kiosk.client.connection import Connection, part
from kiosk.client.reading import Json, read_maybe, read_time
from kiosk.client.tickets import CounterName, Wait, read_counter_names, read_wait
from kiosk.translations import Translations


@dataclass(frozen=True)
class PriorityClass:
    """People who go before others. ``sources``: who may say so, of ``chip``, ``self`` and ``officer``.

    ``name_in``: the name by language.
    """

    id: str
    name: str
    from_age: int | None = None
    sources: tuple[str, ...] = ()
    name_in: Translations = dataclass_field(default_factory=dict, hash=False)


@dataclass(frozen=True)
class QueueRules:
    """The rules of the queue, as far as others than the centre need them.

    ``person_key``: key of this day under which a kiosk hashes a card's number; empty for others than kiosks.
    """

    day: date | None
    priorities: tuple[PriorityClass, ...] = ()
    undo_seconds: float = 0.0
    grace_minutes: float = 0.0
    park_reasons: tuple[str, ...] = ()
    person_key: bytes = dataclass_field(default=b"", repr=False)


@dataclass(frozen=True)
class Service:
    """A queue that citizens can choose. ``minutes_wait`` and ``wait`` are ``None`` when nobody can say.

    ``closed_reason``: ``hours``, ``holiday``, ``last_ticket``, ``full`` or ``stopped``; ``closed_words``: the
    holiday's name or the head's message. ``closes_at``: when the hours under way end, or the next ones today;
    until ``last_ticket_at`` numbers are given. ``for_ages``: whom it is meant for, in full years. ``name_in``
    and ``hint_in``: the same by language.
    """

    id: str
    name: str
    hint: str
    open: bool
    closed_reason: str | None
    opens_at: datetime | None
    waiting: int
    ahead: int
    minutes_wait: int | None
    counters: tuple[CounterName, ...]
    form: str | None
    closed_words: str = ""
    wait: Wait | None = None
    closes_at: datetime | None = None
    last_ticket_at: datetime | None = None
    for_ages: tuple[int, int] | None = None
    name_in: Translations = dataclass_field(default_factory=dict, hash=False)
    hint_in: Translations = dataclass_field(default_factory=dict, hash=False)


@dataclass(frozen=True)
class Notice:
    """What everybody in the lobby should read. ``until``: when it goes, if it does by itself.

    ``text_in``: the text by language.
    """

    text: str
    until: datetime | None = None
    text_in: Translations = dataclass_field(default_factory=dict, hash=False)


@dataclass(frozen=True)
class Notices:
    """The notices that are shown now; ``spare_counter`` gives numbers when the machine does not."""

    notices: tuple[Notice, ...] = ()
    spare_counter: CounterName | None = None


def read_service(raw: Json) -> Service:
    """Read one ``service`` from JSON."""
    return Service(
        id=raw["id"],
        name=raw["name"],
        hint=raw["hint"],
        open=raw["open"],
        closed_reason=raw["closed_reason"],
        opens_at=read_maybe(read_time, raw["opens_at"]),
        waiting=raw["waiting"],
        ahead=raw["ahead"],
        minutes_wait=raw["minutes_wait"],
        counters=read_counter_names(raw["counters"]),
        form=raw["form"],
        closed_words=raw.get("closed_words") or "",
        wait=read_maybe(read_wait, raw.get("wait")),
        closes_at=read_maybe(read_time, raw.get("closes_at")),
        last_ticket_at=read_maybe(read_time, raw.get("last_ticket_at")),
        for_ages=read_maybe(_ages, raw.get("for_ages")),
        name_in=raw.get("name_in") or {},
        hint_in=raw.get("hint_in") or {},
    )


def _ages(raw: list[int]) -> tuple[int, int]:
    first, last = raw
    return first, last


def read_notices(raw: Json) -> Notices:
    """Read the notices from JSON."""
    spare = raw["spare_counter"]
    return Notices(
        notices=tuple(
            Notice(one["text"], read_maybe(read_time, one["until"]), one.get("text_in") or {})
            for one in raw["notices"]
        ),
        spare_counter=None if spare is None else CounterName(spare["id"], spare["number"], spare["name"]),
    )


def read_rules(raw: Json) -> QueueRules:
    """Read the rules of the queue from JSON."""
    return QueueRules(
        day=read_maybe(date.fromisoformat, raw.get("day")),
        priorities=tuple(
            PriorityClass(
                one["id"],
                one["name"],
                one.get("from_age"),
                tuple(one.get("sources") or ()),
                one.get("name_in") or {},
            )
            for one in raw["priorities"]
        ),
        undo_seconds=float(raw["undo_seconds"]),
        grace_minutes=float(raw["grace_minutes"]),
        park_reasons=tuple(raw["park_reasons"]),
        person_key=bytes.fromhex(raw.get("person_key") or ""),
    )


class ServiceCalls(Connection):
    """Calls about services."""

    def services(self) -> list[Service]:
        """All services, in the order of the configuration."""
        return self._read_list(read_service, "GET", "/services")

    def queue_rules(self) -> QueueRules:
        """Priority classes, times and, for a kiosk, the day's key of persons' hashes."""
        return self._read(read_rules, "GET", "/queue/rules")

    def notices(self) -> Notices:
        """What everybody in the lobby should read now."""
        return self._read(read_notices, "GET", "/lobby-notices")

    def stop_service(self, service: str, message: str) -> None:
        """Give no numbers for a service, or with ``*`` for none at all, and tell citizens why."""
        self._call("PUT", f"/services/{part(service)}/stop", {"message": message})

    def resume_service(self, service: str) -> None:
        """Give numbers again."""
        self._call("DELETE", f"/services/{part(service)}/stop")

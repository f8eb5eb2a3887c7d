"""The words on paper, read from the Vietnamese catalogue beside this file."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

from kiosk.queueing.wait import WaitRange
from kiosk.speech.wait import wait_words

_CATALOGUE = Path(__file__).with_name("words.vi.toml")


@dataclass(frozen=True)
class TicketWords:
    """Sentences of a ticket; those with braces are filled in by the methods."""

    units: tuple[str, ...]
    your_number: str
    one_counter: str
    many_counters: str
    people_ahead: str
    next_in_line: str
    wait_line: str
    offline: str
    offline_keep: str
    follow: str
    keep: str
    copy: str
    issued: str
    time: str
    date: str
    weekdays: tuple[str, ...]
    wait: Mapping[str, str]

    def office_and_place(self, centre: str) -> tuple[str, str]:
        """A centre's name in two: what it is, and the unit that it belongs to (empty when none is named)."""
        words = centre.split()
        for index in range(len(words) - 1, 0, -1):
            for unit in self.units:
                parts = unit.split()
                if [word.lower() for word in words[index : index + len(parts)]] == parts:
                    return " ".join(words[:index]), " ".join(words[index:])
        return " ".join(words), ""

    def counters(self, numbers: Sequence[int]) -> str:
        """Where to go: “Quầy số 2”, “Quầy số 1, 2 hoặc 9”; empty when no counter is known."""
        if not numbers:
            return ""
        *others, last = (str(number) for number in numbers)
        if not others:
            return self.one_counter.format(number=last)
        return self.many_counters.format(numbers=", ".join(others), last=last)

    def ahead(self, count: int) -> str:
        """How many people come first."""
        return self.people_ahead.format(count=count) if count > 0 else self.next_in_line

    def waiting_time(self, wait: WaitRange | None) -> str:
        """How long it may take: “Chờ khoảng 20–30 phút”; empty when nobody can say."""
        told = wait_words(wait, lambda key, **values: self.wait[key].format(**values))
        return self.wait_line.format(wait=told) if told else ""

    def moment(self, at: datetime, timezone: str) -> str:
        """Time of day, weekday and date of an aware moment, as clocks of ``timezone`` (IANA name) show it."""
        local = at.astimezone(ZoneInfo(timezone))
        return self.issued.format(
            time=local.strftime(self.time),
            weekday=self.weekdays[local.weekday()],
            date=local.strftime(self.date),
        )


@dataclass(frozen=True)
class TestWords:
    """Sentences of a test slip."""

    __test__ = False  # not a pytest class

    title: str
    not_a_number: str
    width: str
    ruler: str
    letters: str
    grey: str
    scan: str


@dataclass(frozen=True)
class PreparationWords:
    """Sentences of a sheet that tells how to prepare for a procedure."""

    title: str
    code: str
    portal: str
    not_official: str
    bring: str
    time: str
    fee: str
    where: str
    notes: str
    ask: str
    here: str
    in_person: str
    online: str


@cache
def preparation_words() -> PreparationWords:
    """Words of preparation sheets. Raises ``TypeError`` when the catalogue lacks one or has one too many."""
    return PreparationWords(**tomllib.loads(_CATALOGUE.read_text(encoding="utf-8"))["preparation"])


@cache
def ticket_words() -> TicketWords:
    """Words of tickets. Raises ``TypeError`` when the catalogue lacks an entry or has one too many."""
    tables = tomllib.loads(_CATALOGUE.read_text(encoding="utf-8"))
    entries = {**tables["ticket"], "wait": tables["wait"]}
    return TicketWords(
        **{**entries, "units": tuple(entries["units"]), "weekdays": tuple(entries["weekdays"])}
    )


@cache
def test_words() -> TestWords:
    """Words of test slips. Raises ``TypeError`` when the catalogue lacks an entry or has one too many."""
    return TestWords(**tomllib.loads(_CATALOGUE.read_text(encoding="utf-8"))["test"])

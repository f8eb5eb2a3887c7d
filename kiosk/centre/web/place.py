"""What the follow page says first, before any script runs: one state of a ticket in words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from typing import Any

from kiosk.centre.web.words import word

_AN_HOUR = 60  # minutes
_VIETNAM = timezone(timedelta(hours=7))  # Asia/Ho_Chi_Minh has had no other offset since 1975


@dataclass(frozen=True)
class Place:
    """View of the API's ``/follow/{token}`` answer; every text is ready to stand on the page."""

    number: str
    state: str
    service: str
    title: str
    headline: str
    figure: str
    hint: str
    minutes: str
    counters: str
    issued: str

    @classmethod
    def of(cls, answer: Mapping[str, Any]) -> Place:
        """Raises ``KeyError`` if the answer lacks number, state or service."""
        number, state = answer["number"], answer["state"]
        at_counter = str((answer.get("counter") or {}).get("number", ""))
        title, headline, figure, hint = word("follow.title_plain", number=number), "", "", ""
        if state == "waiting":
            ahead = answer.get("ahead")
            if ahead:
                title = word("follow.title_wait", number=number, n=ahead)
                headline, figure, hint = word("follow.ahead_before"), str(ahead), word("follow.ahead_after")
            else:
                headline, hint = word("follow.ahead_none"), word("follow.ahead_none_hint")
        elif state == "called":
            title = word("follow.title_called", number=number, counter=at_counter)
            headline, figure, hint = word("follow.called"), at_counter, word("follow.called_hint")
        elif state == "serving":
            headline, figure = word("follow.serving"), at_counter
        elif state == "parked":
            headline, hint = word("follow.parked"), word("follow.parked_hint")
        elif state == "no_show" and _may_rejoin(answer):
            headline, hint = word("follow.missed"), _until("follow.missed_hint", answer["rejoin_until"])
        else:
            headline, hint = word(f"follow.{state}"), word(f"follow.{state}_hint")
        return cls(
            number=number,
            state=state,
            service=_service(answer),
            title=title,
            headline=headline,
            figure=figure,
            hint=hint,
            minutes=_minutes(answer),
            counters=_counters(answer),
            issued=word("follow.issued", time=_clock(answer.get("issued_at"))),
        )


def _service(answer: Mapping[str, Any]) -> str:
    service, then = answer["service_name"], answer.get("then")
    return word("follow.service_then", service=service, then=", ".join(then)) if then else service


def _minutes(answer: Mapping[str, Any]) -> str:
    if answer["state"] == "parked" and answer.get("parked_until"):
        return _until("follow.parked_until", answer["parked_until"])
    if answer["state"] != "waiting":
        return ""
    wait = answer.get("wait")
    if wait is None:
        return word("follow.minutes_unknown")
    low, high = wait["low"], wait["high"]
    if high is None:
        return word("follow.wait_over", time=_duration(low))
    if not low:
        return word("follow.wait_under", time=_duration(high))
    return word("follow.wait_range", low=low, high=high)


def _duration(minutes: int) -> str:
    if minutes >= _AN_HOUR and minutes % _AN_HOUR == 0:
        return word("common.hours", n=minutes // _AN_HOUR)
    return word("common.minutes", n=minutes)


def _may_rejoin(answer: Mapping[str, Any]) -> bool:
    until = answer.get("rejoin_until")
    return until is not None and datetime.fromisoformat(until) > datetime.now(_VIETNAM)


def _until(path: str, moment: str) -> str:
    return word(path, time=_clock(moment))


def _counters(answer: Mapping[str, Any]) -> str:
    if answer["state"] != "waiting":
        return ""
    numbers = [str(counter["number"]) for counter in answer.get("counters", [])]
    if not numbers:
        return word("follow.counters_none")
    return word(
        "follow.counters_one" if len(numbers) == 1 else "follow.counters_many", counters=", ".join(numbers)
    )


def _clock(moment: str | None) -> str:
    if not moment:
        return ""
    return datetime.fromisoformat(moment).astimezone(_VIETNAM).strftime("%H:%M")

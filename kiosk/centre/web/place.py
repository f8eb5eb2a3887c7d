"""What the follow page says first, before any script runs: one state of a ticket in words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from typing import Any

from kiosk.centre.web.words import word

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
        else:
            headline, hint = word(f"follow.{state}"), word(f"follow.{state}_hint")
        return cls(
            number=number,
            state=state,
            service=answer["service_name"],
            title=title,
            headline=headline,
            figure=figure,
            hint=hint,
            minutes=_minutes(answer),
            counters=_counters(answer),
            issued=word("follow.issued", time=_clock(answer.get("issued_at"))),
        )


def _minutes(answer: Mapping[str, Any]) -> str:
    if answer["state"] != "waiting":
        return ""
    minutes = answer.get("minutes_wait")
    if minutes is None:
        return word("follow.minutes_unknown")
    return word("follow.minutes", n=minutes) if minutes >= 1 else word("follow.minutes_soon")


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

"""``services.toml`` and ``counters.toml``: the queues that citizens can choose, and who serves them."""

from __future__ import annotations

from datetime import time
from typing import Annotated, Literal

from pydantic import ConfigDict, Field

from kiosk.settings.section import Name, Section, Translations


class OpeningHours(Section):
    """One period of a week day, in the centre's local time; ``until`` is exclusive, 00:00 is midnight."""

    days: list[Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]]
    start: time = Field(alias="from")
    until: time

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


class ServiceSettings(Section):
    """``services.toml``: one queue that citizens can choose.

    ``last_ticket_minutes``: no numbers in the last minutes before closing. ``stop_when_full``: none to whom
    nine in ten would be served only after closing. ``daily_cap``: most numbers a day. ``for_ages``: whom it
    is meant for, from and to in full years; a machine that has read a card offers it first. ``name_in`` and
    ``hint_in``: the same by language.
    """

    id: Name
    name: str
    name_in: Translations = {}
    hint: str = ""
    hint_in: Translations = {}
    series: Annotated[str, Field(pattern=r"^[A-Z]$")]
    first: Annotated[int, Field(ge=1)] = 1
    last: Annotated[int, Field(ge=1, le=999)] = 999
    minutes_each: Annotated[float, Field(gt=0)] = 6.0
    procedures: list[str] = []
    form: str | None = None
    hours: list[OpeningHours] = []
    daily_cap: Annotated[int, Field(ge=1)] | None = None
    last_ticket_minutes: Annotated[int, Field(ge=0, le=480)] = 0
    stop_when_full: bool = False
    for_ages: tuple[Annotated[int, Field(ge=0)], Annotated[int, Field(le=150)]] | None = None


class CounterSettings(Section):
    """``counters.toml``: one place where an officer sits."""

    id: Name
    number: Annotated[int, Field(ge=1, le=99)]
    name: str = ""
    services: list[Name]

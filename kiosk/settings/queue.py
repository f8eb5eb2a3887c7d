"""``queue.toml``: who is called next, who goes first, how numbers are counted and when they lapse."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from kiosk.settings.section import Name, Section, Translations


class RulesSettings(Section):
    """``[rules]``: a citizen who was missed may come back within ``grace_minutes``, ``rejoins`` times; an
    officer may take the last step back within ``undo_seconds``; waiting numbers expire
    ``close_after_minutes`` after the last closing.
    """

    grace_minutes: Annotated[float, Field(ge=0, le=480)] = 15
    rejoins: Annotated[int, Field(ge=0, le=9)] = 1
    undo_seconds: Annotated[float, Field(ge=0, le=300)] = 20
    recall_gap_seconds: Annotated[float, Field(ge=0, le=60)] = 0
    close_after_minutes: Annotated[int, Field(ge=0, le=480)] = 60
    park_reasons: list[str] = []


class DisciplineSettings(Section):
    """``[discipline]``: who is called next; ``docs/queue.md`` tells of each kind.

    ``overtaken_at_most``: so many later tickets at most go before anybody. Minutes: ``preference_minutes``
    for each place further down in a counter's list; an appointment's head start from ``appointment_early``
    before its time, for who comes at most as much after it. ``ordinary_per_priority``: of ``ratio``.
    """

    kind: Literal["fair", "first_come", "strict", "ratio"] = "fair"
    overtaken_at_most: Annotated[int, Field(ge=0, le=99)] = 3
    preference_minutes: Annotated[float, Field(ge=0, le=240)] = 5
    appointment_head_start: Annotated[float, Field(ge=0, le=480)] = 60
    appointment_early: Annotated[float, Field(ge=0, le=240)] = 10
    ordinary_per_priority: Annotated[int, Field(ge=1, le=20)] = 2


class PrioritySettings(Section):
    """``[[priority]]``: people who go before others by law or custom. ``from_age``: by the birth date on the
    chip, years.

    ``sources``: who may say so: the chip, the officer, the citizen. ``name_in``: the name by language.
    """

    id: Name
    name: str
    name_in: Translations = {}
    head_start_minutes: Annotated[float, Field(ge=0, le=480)] = 30
    from_age: Annotated[int, Field(ge=1, le=120)] | None = None
    sources: list[Literal["chip", "officer", "self"]] = ["officer"]


class NumbersSettings(Section):
    """``[numbers]``: ``house``: one sequence for all services, which then share series and range.
    ``offline_block``: numbers a service that each kiosk holds for when the centre cannot be reached.
    """

    house: bool = False
    offline_block: Annotated[int, Field(ge=0, le=100)] = 10


class QueueSettings(Section):
    """``queue.toml``: the rules of the queue. The file may be missing."""

    rules: RulesSettings = RulesSettings()
    discipline: DisciplineSettings = DisciplineSettings()
    numbers: NumbersSettings = NumbersSettings()
    priority: list[PrioritySettings] = []

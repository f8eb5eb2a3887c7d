"""Typed settings of a centre and their loading from a folder of TOML files.

Unknown keys are refused with the nearest known name; all errors of all files are reported together, each with
its file and key. See ``docs/settings.md`` for the manual of every key.
"""

from __future__ import annotations

import difflib
import re
import tomllib
from datetime import date, datetime, time
from itertools import pairwise
from pathlib import Path
from typing import Annotated, Literal, TypeVar
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from kiosk.queueing.number import LetterFault, LetterProblem, letter_problems


class SettingsError(ValueError):
    """One or more settings are wrong; ``problems`` holds one readable line for each."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


DOSSIER_PAGE = "https://dichvucong.gov.vn/p/home/dvc-tra-cuu-ho-so.html"
"""The National Public Service Portal's page on which a dossier is looked up by its code."""

M = TypeVar("M", bound=BaseModel)
Name = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{0,39}$")]


class BackupSettings(_Section):
    """``[backup]``: a copy each night. ``folder`` empty: ``backups`` in the data folder; ``second_folder``:
    another disk, where the journal's copy is written, too. ``keep``: how many copies stay.
    """

    enabled: bool = True
    at: time = time(2, 30)
    keep: Annotated[int, Field(ge=2, le=400)] = 14
    folder: str = ""
    second_folder: str = ""


class NoticeSettings(_Section):
    """``[[notice]]``: what everybody in the lobby should read. ``from`` and ``until``: days, both among those
    on which it is shown, or local moments (``2026-12-01T14:00:00``); left out: always.
    """

    text: Annotated[str, Field(min_length=1, max_length=200)]
    start: datetime | date | None = Field(None, alias="from")
    until: datetime | date | None = None

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


class CentreSettings(_Section):
    """``centre.toml``: who and where this centre is. ``database_url`` empty: SQLite in the data folder.
    ``rating_words_days``: how long what citizens write with a rating can be read; ``spare_counter``: the
    counter that gives numbers by hand when the machine is out of order; ``dossier_page``: where a phone
    looks up how far a dossier is, as the QR of *my dossier* has it.
    """

    site: Name
    name: str
    short_name: str
    hotline: str = "1800 1096"
    timezone: str = "Asia/Ho_Chi_Minh"
    host: str = "127.0.0.1"
    port: Annotated[int, Field(ge=1, le=65535)] = 8080
    public_url: str = ""
    form_retention_days: Annotated[int, Field(ge=1, le=365)] = 1
    rating_words_days: Annotated[int, Field(ge=1, le=365)] = 60
    spare_counter: str = ""
    dossier_page: Annotated[str, Field(max_length=300)] = DOSSIER_PAGE
    notice: list[NoticeSettings] = []
    database_url: str = ""
    archive_after_days: Annotated[int, Field(ge=7, le=3650)] = 60
    backup: BackupSettings = BackupSettings()


class OpeningHours(_Section):
    """One period of a week day, in the centre's local time; ``until`` is exclusive, 00:00 is midnight."""

    days: list[Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]]
    start: time = Field(alias="from")
    until: time

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


class ServiceSettings(_Section):
    """``services.toml``: one queue that citizens can choose.

    ``last_ticket_minutes``: no numbers in the last minutes before closing. ``stop_when_full``: none to whom
    nine in ten would be served only after closing. ``daily_cap``: most numbers a day. ``for_ages``: whom it
    is meant for, from and to in full years; a machine that has read a card offers it first.
    """

    id: Name
    name: str
    hint: str = ""
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


class CounterSettings(_Section):
    """``counters.toml``: one place where an officer sits."""

    id: Name
    number: Annotated[int, Field(ge=1, le=99)]
    name: str = ""
    services: list[Name]


class CardReaderSettings(_Section):
    """``card_reader`` device. ``bac_after_failed_pace``: a card that offers PACE and fails it is read by the
    weaker BAC, and the result says so.
    """

    enabled: bool = True
    reader: str = "*"
    bac_after_failed_pace: bool = False


class PrinterSettings(_Section):
    """``printer`` device. ``address``: host:port, vendor:product or a path, by ``connection``."""

    enabled: bool = True
    connection: Literal["network", "usb", "serial", "file"] = "network"
    address: str = "127.0.0.1:9100"
    paper_mm: Literal[58, 80] = 80
    cut: bool = True


class ScannerSettings(_Section):
    """``scanner`` device. ``serial``: a tty path; ``keyboard``: an input device path."""

    enabled: bool = True
    connection: Literal["serial", "keyboard"] = "serial"
    address: str = ""


class SpeakerSettings(_Section):
    """``speaker`` device. ``output``: an ALSA device, or ``record:FOLDER``: a folder that keeps it."""

    enabled: bool = True
    output: str = "default"
    volume: Annotated[int, Field(ge=0, le=100)] = 80
    voice: str = "vi"
    words_per_minute: Annotated[int, Field(ge=80, le=250)] = 150


class ScreenSettings(_Section):
    """A window: its place on the desktop in pixels and its physical height, from which millimetres follow.

    ``bottom_mm``: the panel's lower edge above the floor; it tells what a wheelchair user can reach.
    """

    enabled: bool = True
    left: int = 0
    top: int = 0
    width: Annotated[int, Field(ge=320)] = 1080
    height: Annotated[int, Field(ge=320)] = 1920
    diagonal_inches: Annotated[float, Field(ge=7, le=120)] = 21.5
    bottom_mm: Annotated[float, Field(ge=0, le=4000)] = 750


class DeviceSettings(_Section):
    """``devices.toml``: the shipped defaults; what maintenance staff change is kept by the centre."""

    card_reader: CardReaderSettings = CardReaderSettings()
    printer: PrinterSettings = PrinterSettings()
    scanner: ScannerSettings = ScannerSettings()
    speaker: SpeakerSettings = SpeakerSettings()
    kiosk_screen: ScreenSettings = ScreenSettings()
    ceiling_screen: ScreenSettings = ScreenSettings(left=1080, width=1920, height=1080, diagonal_inches=43)


class KioskVoiceSettings(_Section):
    """``[voice]``: where the kiosk speaks. ``aloud`` and ``private`` are ALSA devices as ``aplay -L`` lists
    them, or ``record:FOLDER``: the loudspeaker in the housing, and a handset or headphones; empty: there is
    none, and what is private is never said aloud instead.
    """

    aloud: str = "default"
    private: str = ""
    words_per_minute: Annotated[int, Field(ge=80, le=250)] = 140


class KioskSettings(_Section):
    """``kiosk.toml``: how the citizen's machine behaves. ``languages``: those that get a button, in this
    order, as tags of ``screens/locale/languages.toml``; ``show_unreviewed``: also words and recordings that
    no native reader has confirmed.
    """

    idle_warning_seconds: Annotated[int, Field(ge=20, le=600)] = 60
    idle_countdown_seconds: Annotated[int, Field(ge=20, le=120)] = 30
    clips_after_seconds: Annotated[int, Field(ge=10, le=3600)] = 90
    languages: list[Annotated[str, Field(pattern=r"^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$")]] = ["vi", "en"]
    show_unreviewed: bool = False
    voice: KioskVoiceSettings = KioskVoiceSettings()


class RulesSettings(_Section):
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


class DisciplineSettings(_Section):
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


class PrioritySettings(_Section):
    """``[[priority]]``: people who go before others by law or custom. ``from_age``: by the birth date on the
    chip, years.

    ``sources``: who may say so: the chip, the officer, the citizen.
    """

    id: Name
    name: str
    head_start_minutes: Annotated[float, Field(ge=0, le=480)] = 30
    from_age: Annotated[int, Field(ge=1, le=120)] | None = None
    sources: list[Literal["chip", "officer", "self"]] = ["officer"]


class NumbersSettings(_Section):
    """``[numbers]``: ``house``: one sequence for all services, which then share series and range.
    ``offline_block``: numbers a service that each kiosk holds for when the centre cannot be reached.
    """

    house: bool = False
    offline_block: Annotated[int, Field(ge=0, le=100)] = 10


class QueueSettings(_Section):
    """``queue.toml``: the rules of the queue. The file may be missing."""

    rules: RulesSettings = RulesSettings()
    discipline: DisciplineSettings = DisciplineSettings()
    numbers: NumbersSettings = NumbersSettings()
    priority: list[PrioritySettings] = []


class ExceptionHours(_Section):
    """One period of a day in the centre's local time; ``until`` is exclusive, 00:00 is midnight."""

    start: time = Field(alias="from")
    until: time

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


class ExceptionSettings(_Section):
    """``[[exception]]``: a day that is not like its week day; it goes before the public holidays. With only a
    ``reason`` the house is closed. ``works_like``: each service has that week day's hours (a Saturday worked
    instead of a Monday). ``hours``: all services have these; with ``works_like``, that week day's within
    them.
    """

    date: date
    reason: str = ""
    works_like: Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"] | None = None
    hours: list[ExceptionHours] = []


class CalendarSettings(_Section):
    """``calendar.toml``: days off. ``holidays``: Vietnamese public holidays, the lunar ones with them. The
    file may be missing.
    """

    holidays: bool = True
    exception: list[ExceptionSettings] = []


class Settings(_Section):
    """Everything read from a configuration folder."""

    centre: CentreSettings
    kiosk: KioskSettings
    queue: QueueSettings = QueueSettings()
    calendar: CalendarSettings = CalendarSettings()
    services: list[ServiceSettings]
    counters: list[CounterSettings]
    devices: DeviceSettings
    folder: Path

    def service(self, service_id: str) -> ServiceSettings:
        """The service with this id. Raises ``KeyError``."""
        return {service.id: service for service in self.services}[service_id]

    def counter(self, counter_id: str) -> CounterSettings:
        """The counter with this id. Raises ``KeyError``."""
        return {counter.id: counter for counter in self.counters}[counter_id]


def load(folder: Path) -> Settings:
    """Read ``centre.toml``, ``kiosk.toml``, ``services.toml``, ``counters.toml`` and ``devices.toml``, and
    where they are there ``queue.toml`` and ``calendar.toml``.

    Raises ``SettingsError`` with every problem found in any of them.
    """
    problems: list[str] = []
    single: dict[str, type[BaseModel]] = {
        "centre": CentreSettings,
        "kiosk": KioskSettings,
        "devices": DeviceSettings,
        "queue": QueueSettings,
        "calendar": CalendarSettings,
    }
    raw = {
        name: _read(folder / f"{name}.toml", problems)
        for name in ("centre", "kiosk", "services", "counters", "devices")
    }
    raw |= {
        name: _read(folder / f"{name}.toml", problems) if (folder / f"{name}.toml").exists() else {}
        for name in ("queue", "calendar")
    }
    if problems:
        raise SettingsError(problems)
    parts: dict[str, object] = {"folder": folder}
    for name, model in single.items():
        parts[name] = _checked(f"{name}.toml", model, raw[name], problems)
    parts["services"] = _entries("services.toml", "service", ServiceSettings, raw["services"], problems)
    parts["counters"] = _entries("counters.toml", "counter", CounterSettings, raw["counters"], problems)
    if problems:
        raise SettingsError(problems)
    settings = Settings.model_validate(parts)
    problems = _disagreements(settings)
    if problems:
        raise SettingsError(problems)
    return settings


def _read(path: Path, problems: list[str]) -> dict[str, object]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        problems.append(f"{path.name}: the file is missing in {path.parent}")
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        problems.append(f"{path.name}: not a TOML file: {error}")
    return {}


def _checked(where: str, model: type[M], raw: object, problems: list[str]) -> M | None:
    try:
        return model.model_validate(raw)
    except ValidationError as error:
        for item in error.errors():
            key = ".".join(str(part) for part in item["loc"])
            if item["type"] == "extra_forbidden":
                problems.append(f"{where}: unknown key “{key}”{_did_you_mean(model, item['loc'])}")
            else:
                problems.append(f"{where}: {key}: {item['msg']}")
    return None


def _entries(file: str, key: str, model: type[M], raw: dict[str, object], problems: list[str]) -> list[M]:
    problems += [
        f"{file}: unknown key “{extra}”; entries stand under [[{key}]]" for extra in raw if extra != key
    ]
    entries = raw.get(key, [])
    if not isinstance(entries, list):
        problems.append(f"{file}: entries stand under [[{key}]], with double brackets")
        return []
    checked = [
        _checked(f"{file}, [[{key}]] {number}", model, entry, problems)
        for number, entry in enumerate(entries, 1)
    ]
    return [entry for entry in checked if entry is not None]


def _did_you_mean(model: type[BaseModel], location: tuple[int | str, ...]) -> str:
    for part in location[:-1]:
        field = model.model_fields.get(str(part))
        if field is None or not (
            isinstance(field.annotation, type) and issubclass(field.annotation, BaseModel)
        ):
            return ""
        model = field.annotation
    names = [field.alias or name for name, field in model.model_fields.items()]
    near = difflib.get_close_matches(str(location[-1]), names, n=1)
    return f"; did you mean “{near[0]}”?" if near else f"; known keys: {', '.join(names)}"


def _disagreements(settings: Settings) -> list[str]:
    problems: list[str] = []
    for file, ids in (
        ("services.toml", [service.id for service in settings.services]),
        ("counters.toml", [counter.id for counter in settings.counters]),
        ("queue.toml", [priority.id for priority in settings.queue.priority]),
    ):
        problems += [
            f"{file}: “{twice}” stands twice" for twice in sorted({i for i in ids if ids.count(i) > 1})
        ]
    known = {service.id for service in settings.services}
    for counter in settings.counters:
        for service_id in counter.services:
            if service_id not in known:
                near = difflib.get_close_matches(service_id, known, n=1)
                hint = f"; did you mean “{near[0]}”?" if near else ""
                problems.append(f"counters.toml: counter “{counter.id}” serves unknown “{service_id}”{hint}")
    problems += [
        f"queue.toml: “{one.id}”: the chip tells an age only; “chip” among the sources needs from_age"
        for one in settings.queue.priority
        if "chip" in one.sources and one.from_age is None
    ]
    problems += _number_problems(settings)
    problems += _hour_problems(settings)
    problems += _lobby_problems(settings)
    for service in settings.services:
        if service.first > service.last:
            problems.append(f"services.toml: “{service.id}”: first is greater than last")
        if not any(service.id in counter.services for counter in settings.counters):
            problems.append(f"counters.toml: no counter serves “{service.id}”")
    return problems


def _number_problems(settings: Settings) -> list[str]:
    services = settings.services
    problems = [_letter_words(problem) for problem in letter_problems({one.series for one in services})]
    if settings.queue.numbers.house:
        if len({(one.series, one.first, one.last) for one in services}) > 1:
            problems.append("services.toml: with one sequence for the house all share series, first and last")
        return problems
    for series in sorted({service.series for service in services}):
        bands = sorted((s.first, s.last, s.id) for s in services if s.series == series)
        for (_, last, one), (first, _, other) in pairwise(bands):
            if first <= last:
                problems.append(f"services.toml: “{one}” and “{other}” share numbers of series {series}")
    return problems


def _letter_words(problem: LetterProblem) -> str:
    one, other = problem.letters
    words = {
        LetterFault.LIKE_A_DIGIT: f"series {one} is read as the digit {other}",
        LetterFault.LOOK_ALIKE: f"series {one} and {other} look alike on a slip",
        LetterFault.SOUND_ALIKE: f"series {one} and {other} sound alike when they are called",
    }
    return f"services.toml: {words[problem.fault]}"


def _hour_problems(settings: Settings) -> list[str]:
    problems = [
        f"services.toml: “{service.id}” closes at {period.until:%H:%M} and opens at {period.start:%H:%M}"
        for service in settings.services
        for period in service.hours
        if _ends_first(period)
    ]
    exceptions = settings.calendar.exception
    days = [one.date for one in exceptions]
    problems += [
        f"calendar.toml: {day} stands twice" for day in sorted({d for d in days if days.count(d) > 1})
    ]
    problems += [
        f"calendar.toml: {one.date} ends at {period.until:%H:%M} and begins at {period.start:%H:%M}"
        for one in exceptions
        for period in one.hours
        if _ends_first(period)
    ]
    return problems


def _lobby_problems(settings: Settings) -> list[str]:
    spare, counters = settings.centre.spare_counter, [counter.id for counter in settings.counters]
    problems = []
    if spare and spare not in counters:
        near = difflib.get_close_matches(spare, counters, n=1)
        hint = f"; did you mean “{near[0]}”?" if near else ""
        problems.append(f"centre.toml: spare_counter “{spare}” is no counter{hint}")
    page = settings.centre.dossier_page
    if not _is_address(page):
        problems.append(f"centre.toml: dossier_page “{page}” is no address like {DOSSIER_PAGE}")
    problems += [
        f"centre.toml: the notice “{one.text}” ends before it begins"
        for one in settings.centre.notice
        if one.start is not None and one.until is not None and str(one.until) < str(one.start)[:10]
    ]
    problems += [
        f"services.toml: “{one.id}”: for_ages ends before it begins"
        for one in settings.services
        if one.for_ages is not None and one.for_ages[1] < one.for_ages[0]
    ]
    return problems


def _is_address(text: str) -> bool:
    """Whether a phone can open this: http or https, a host, nothing that a QR code's reader breaks at."""
    try:
        parts = urlsplit(text)
        host = parts.hostname
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(host) and not re.search(r"[\s{}<>\"]", text)


def _ends_first(period: OpeningHours | ExceptionHours) -> bool:
    return period.until != time(0) and period.until <= period.start

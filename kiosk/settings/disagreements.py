"""What is well formed and still cannot stand together: ids, number ranges, letters, hours, notices."""

from __future__ import annotations

import difflib
import re
from datetime import time
from itertools import pairwise
from urllib.parse import urlsplit

from kiosk.queueing.number import LetterFault, LetterProblem, letter_problems
from kiosk.settings.calendar import ExceptionHours
from kiosk.settings.centre import DOSSIER_PAGE
from kiosk.settings.folder import Settings
from kiosk.settings.services import OpeningHours


def disagreements(settings: Settings) -> list[str]:
    """Everything that cannot stand together, one readable line each; empty: the settings are sound."""
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

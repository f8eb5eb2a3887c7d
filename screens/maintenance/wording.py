"""The words of the maintenance screen, and what devices and failures tell in them."""

from __future__ import annotations

import re
from datetime import datetime
from functools import cache
from zoneinfo import ZoneInfo

from kiosk.failures import FailureCode, words
from screens.locale import sections

LOCAL = ZoneInfo("Asia/Ho_Chi_Minh")

_TOKEN = re.compile(r"\b[a-z]+(?:_[a-z]+)*\b")


@cache
def catalogue() -> dict[str, dict[str, str]]:
    """The words of this screen."""
    return sections("maintenance")


def word(section: str, key: str, **values: object) -> str:
    """One entry of the catalogue; the key itself where there is none."""
    return catalogue()[section].get(key, key.replace("_", " ")).format(**values)


def told(value: str) -> str:
    """What a device told, with the words of the devices' own vocabulary in it in Vietnamese."""
    known = catalogue()["value"]
    return _TOKEN.sub(lambda found: known.get(found[0], found[0]), value)


def why(code: FailureCode | None) -> tuple[str, ...]:
    """Cause, remedy and consequence of a failure, as staff read them; nothing without one."""
    if code is None:
        return ()
    failure = words()[code]
    remedy = word("device", "what_to_do", text=failure.staff_remedy)
    return tuple(text for text in (failure.staff_cause, remedy, failure.consequence) if text)


def clock_time(moment: datetime) -> str:
    """Local hour and minute of an aware moment."""
    return f"{moment.astimezone(LOCAL):%H:%M}"

"""The words of the maintenance screen, and what devices and failures tell in them."""

from __future__ import annotations

import re
from datetime import datetime
from functools import cache
from zoneinfo import ZoneInfo

from kiosk.failures import FailureCode, words
from screens.locale import sections
from screens.maintenance.model import DeviceInfo

LOCAL = ZoneInfo("Asia/Ho_Chi_Minh")

_PLAIN = re.compile(r"(kiosk|display)-(\d+)")
_TOKEN = re.compile(r"\b[a-z]+(?:_[a-z]+)*\b")


@cache
def catalogue() -> dict[str, dict[str, str]]:
    """The words of this screen."""
    return sections("maintenance")


def word(section: str, key: str, **values: object) -> str:
    """One entry of the catalogue; the key itself where there is none."""
    return catalogue()[section].get(key, key.replace("_", " ")).format(**values)


def device_name(info: DeviceInfo) -> str:
    """What a device is called; with its machine where several have one. A screen is called as its machine."""
    name = word("name", info.name)
    if not info.machine:
        return name
    plain = _PLAIN.fullmatch(info.machine)  # as tokens are called that nobody gave a name of their own
    if plain is None:
        return word("name", "of_machine", device=name, machine=info.machine)
    kind, number = plain.groups()
    if f"{info.name}_numbered" in catalogue()["name"]:
        return word("name", f"{info.name}_numbered", number=number)
    return word("name", "of_machine", device=name, machine=word("machine", kind, number=number))


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

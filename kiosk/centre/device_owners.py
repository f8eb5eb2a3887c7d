"""Which devices there are, which process owns them, and at which machine they stand.

A machine is a kiosk or a ceiling display, known by the name of its token. Each has devices of its own: the
printer of one kiosk says nothing of the printer of another.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from kiosk.centre.access import Principal, Role
from kiosk.centre.problems import RefusalError
from kiosk.failures import FailureCode

CARD_READER = "card_reader"
"""The one device whose test may come with digits of the card that lies on it."""

OWNERS: Mapping[str, Role] = {
    CARD_READER: Role.KIOSK,
    "printer": Role.KIOSK,
    "scanner": Role.KIOSK,
    "kiosk_screen": Role.KIOSK,
    "speaker": Role.DISPLAY,
    "ceiling_screen": Role.DISPLAY,
}
"""Every device, and the process that owns it."""
OWNING_ROLES = frozenset(OWNERS.values())
MACHINE = "kiosk"
"""What a kiosk reports of itself; listed under the name that the journal gives it."""
MACHINES = f"{Role.KIOSK}:"


class DeviceKey(NamedTuple):
    """A device of one machine. ``machine``: the name of its owner's token; empty before any has reported."""

    name: str
    machine: str

    def __str__(self) -> str:
        """As the memory of heartbeats names it."""
        return f"{self.name}@{self.machine}"


def known(name: str) -> str:
    """``name`` itself. Raises ``RefusalError``: ``NOT_FOUND``."""
    if name not in OWNERS:
        raise RefusalError(FailureCode.NOT_FOUND, f"Devices are {', '.join(OWNERS)}.")
    return name


def owned(name: str, role: Role) -> str:
    """``name``, if ``role`` owns it. Raises ``RefusalError``: ``NOT_FOUND``, ``NOT_ALLOWED``."""
    if OWNERS[known(name)] is not role:
        raise RefusalError(FailureCode.NOT_ALLOWED, f"The device belongs to the role {OWNERS[name]}.")
    return name


def reported(name: str, who: Principal) -> DeviceKey:
    """What a report of ``who`` on ``name`` is about: the device of that machine, or the machine itself.

    Raises ``RefusalError``: ``NOT_FOUND``, ``NOT_ALLOWED``.
    """
    if name != MACHINE:
        return DeviceKey(owned(name, who.role), who.name)
    if who.role is not Role.KIOSK:
        raise RefusalError(FailureCode.NOT_ALLOWED, "Only a kiosk tells of itself.")
    return DeviceKey(who.actor, who.name)


def owner_of(name: str) -> Role | None:
    """Whose a reported name is, also a machine's own; ``None`` for one that this version does not know."""
    return Role.KIOSK if name.startswith(MACHINES) else OWNERS.get(name)


def in_order(machines: Iterable[str]) -> list[str]:
    """Machines by name, ``kiosk-10`` after ``kiosk-2``."""
    return sorted(machines, key=lambda name: re.sub(r"\d+", lambda number: number[0].zfill(9), name))

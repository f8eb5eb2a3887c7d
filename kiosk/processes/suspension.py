"""That staff took this machine out of service: kept in the kiosk's file, so that a restart does not undo it,
and told to the centre.
"""

from __future__ import annotations

import logging

from devices.contract import Condition, DeviceStatus
from kiosk.processes.offline_numbers import OfflineNumbers, OfflineStoreError

_LOG = logging.getLogger(__name__)
_NAME = "suspended"


class Suspension:
    """Reads and writes the mark; without a file nothing outlives a restart."""

    def __init__(self, numbers: OfflineNumbers | None) -> None:
        self._numbers = numbers

    def recall(self) -> bool:
        """Whether the machine was out of service when it last ran."""
        return self._numbers is not None and self._numbers.recall(_NAME) is True

    def keep(self, suspended: bool) -> bool:
        """Keep it; whether a restart will find it so."""
        if self._numbers is None:
            return False
        try:
            self._numbers.remember(_NAME, suspended)
        except OfflineStoreError as error:
            _LOG.error("whether this machine is out of service is not remembered: %s", error)
            return False
        return True


def machine_status(suspended: bool) -> DeviceStatus:
    """What the centre is told of the whole machine."""
    if suspended:
        return DeviceStatus(Condition.DISABLED, facts={"service": "suspended"})
    return DeviceStatus(Condition.READY, facts={"service": "in_service"})

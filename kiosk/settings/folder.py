"""A whole configuration folder as one value."""

from __future__ import annotations

from pathlib import Path

from kiosk.settings.calendar import CalendarSettings
from kiosk.settings.centre import CentreSettings
from kiosk.settings.devices import DeviceSettings
from kiosk.settings.kiosk import KioskSettings
from kiosk.settings.queue import QueueSettings
from kiosk.settings.section import Section
from kiosk.settings.services import CounterSettings, ServiceSettings


class Settings(Section):
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

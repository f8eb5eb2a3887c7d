"""What processes with a window have in common: they join the centre, and run until the window is closed."""

from __future__ import annotations

import argparse
import logging
import signal
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from kiosk.processes.commands.options import CommandError
from kiosk.settings import DeviceSettings, Settings, load

if TYPE_CHECKING:
    from kivy.app import App

    from kiosk.client import CentreClient
    from kiosk.processes.clock_skew import CentreClock
    from kiosk.processes.offline_numbers import OfflineNumbers

PUBLISH_SECONDS = 0.05


@dataclass(frozen=True)
class Joined:
    """What both windows begin with."""

    settings: Settings
    devices: DeviceSettings
    client: CentreClient
    clock: CentreClock
    numbers: OfflineNumbers | None


def join(args: argparse.Namespace) -> Joined:
    """Settings, the client of the centre, and the settings of the devices as the centre keeps them."""
    from kiosk.client import CentreClient
    from kiosk.processes.clock_skew import CentreClock
    from kiosk.processes.effective_settings import effective_settings

    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    for handler in logging.getLogger().handlers:  # python-escpos tells the root logger of each connection
        handler.addFilter(lambda record: record.name != "root" or record.levelno >= logging.WARNING)
    settings = load(args.config)
    file: Path = args.token_file or args.data / "tokens" / f"{args.role}.token"
    try:
        token = file.read_text().strip()
    except OSError as error:
        raise CommandError(
            f"no device token in {file}; make one with "
            f"`python main.py token --role {args.role} --name NAME`, "
            "or start the whole lobby with `python main.py run`"
        ) from error
    url = args.centre or f"http://127.0.0.1:{settings.centre.port}"
    numbers = _offline_numbers(args.data, file) if args.role == "kiosk" else None
    clock = CentreClock(float((numbers.recall("skew") if numbers else None) or 0.0))
    client = CentreClient(url, token, clock=clock)
    return Joined(settings, effective_settings(client, settings.devices), client, clock, numbers)


def _offline_numbers(data: Path, token_file: Path) -> OfflineNumbers | None:
    """The numbers this kiosk holds, a file for each token. Without it the kiosk works on the link only."""
    from kiosk.processes.offline_numbers import OfflineNumbers, OfflineStoreError

    try:
        return OfflineNumbers(data / "kiosk" / f"offline-numbers-{token_file.stem}.sqlite3")
    except (OSError, OfflineStoreError) as error:
        logging.getLogger("kiosk").error("no numbers can be held for when the centre is silent: %s", error)
        return None


def run_window(
    app: App, args: argparse.Namespace, window: str, screen: Callable[[], tuple[str, str]]
) -> None:
    """Run a window until it is closed or the process is asked to end."""
    for sig in (signal.SIGINT, signal.SIGTERM):
        signal.signal(sig, lambda *_: app.stop())
    if args.virtual:
        _publish(args.data, window, screen)
    app.run()


def _publish(data: Path, window: str, screen: Callable[[], tuple[str, str]]) -> None:
    from kivy.clock import Clock

    from kiosk.processes.publishing import Publisher
    from screens.described import described_window

    publisher = Publisher(data / "virtual" / "control.json", window)

    def tell(_seconds: float) -> None:
        name, key = screen()
        publisher.publish({"screen": name, "key": key, **described_window()})

    Clock.schedule_interval(tell, PUBLISH_SECONDS)

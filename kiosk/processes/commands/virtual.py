"""``main.py virtual``: the virtual lobby's own process, and handing it cards, codes and faults."""

from __future__ import annotations

import argparse
import contextlib
import os
import signal
import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Any

from kiosk.processes.accounts import demo_accounts
from kiosk.processes.commands import virtual_card
from kiosk.processes.commands.lobby_control import LobbyControl
from kiosk.processes.commands.options import add_folders
from kiosk.settings import load

if TYPE_CHECKING:
    from devices.virtual.chip_card import VirtualCardReader

__all__ = ["LobbyControl", "add"]


def add(subparsers: Any) -> None:
    """Add the command to the command line."""
    parser = subparsers.add_parser(
        "virtual",
        help="lay a virtual card on the reader, break a virtual device, and so on",
        description="Acts on the virtual devices of a lobby started with `main.py run --virtual`.",
    )
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")

    def action(name: str, text: str, run: Callable[[argparse.Namespace], int]) -> argparse.ArgumentParser:
        sub: argparse.ArgumentParser = actions.add_parser(name, help=text, description=text)
        add_folders(sub)
        sub.set_defaults(run=run)
        return sub

    serve = action("serve", "run the virtual devices (`main.py run --virtual` does this by itself)", _serve)
    serve.add_argument(
        "--printer-port", type=int, default=9100, help="TCP port of the printer (default: 9100)"
    )
    action("insert-card", "lay the card of a demo citizen on the reader", _insert).add_argument(
        "name", metavar="NAME", help="short name of the citizen, as `virtual state` lists them"
    )
    action("remove-card", "take the card off the reader", _remove)
    virtual_card.add(actions)
    action("printer", "put the printer into a state", _printer).add_argument(
        "state", metavar="STATE", help="ok, paper-out, near-end, cover-open, silent, half-print or drop"
    )
    device = action("device", "break the card reader, the scanner or the loudspeaker, or mend it", _device)
    device.add_argument("name", metavar="NAME", help="card-reader, scanner or speaker")
    device.add_argument("state", choices=("ok", "broken"), help="broken: the driver finds it no more")
    action("scan", "hold a code before the scanner", _scan).add_argument(
        "text", metavar="TEXT", help="what the code says"
    )
    action("state", "show the card on the reader, the citizens there are, and the devices", _state)


def _insert(args: argparse.Namespace) -> int:
    LobbyControl(args.data).call("POST", "/card", {"name": args.name})
    print(f"The card of {args.name} lies on the reader.")
    return 0


def _remove(args: argparse.Namespace) -> int:
    LobbyControl(args.data).call("DELETE", "/card")
    print("The reader is empty.")
    return 0


def _printer(args: argparse.Namespace) -> int:
    LobbyControl(args.data).call("POST", "/printer", {"state": args.state})
    print(f"The printer is now: {args.state}.")
    return 0


def _device(args: argparse.Namespace) -> int:
    name = args.name.replace("-", "_")
    LobbyControl(args.data).call("POST", "/device", {"name": name, "state": args.state})
    print(f"{args.name} is now: {args.state}.")
    return 0


def _scan(args: argparse.Namespace) -> int:
    LobbyControl(args.data).call("POST", "/scan", {"text": args.text})
    print("The scanner has read the code.")
    return 0


def _state(args: argparse.Namespace) -> int:
    state = LobbyControl(args.data).call("GET", "/state").json()
    print(f"card on the reader: {state['card'] or 'none'}")
    print("citizens:")
    for citizen in state["citizens"]:
        print(f"  {citizen['name']:<14} {citizen['label']}")
    printer = state["printer"]
    print(f"printer: {printer['state']} ({printer['jobs']} jobs; states: {', '.join(printer['switches'])})")
    for name, state_of_it in state["devices"].items():
        print(f"{name.replace('_', '-')}: {state_of_it}")
    print(f"announcements heard: {state['sound']['plays']}")
    return 0


def _serve(args: argparse.Namespace) -> int:
    # The virtual devices are needed by this action only.
    from devices.virtual.chip_card import VirtualCardReader
    from devices.virtual.control import ControlServer, Fault, VirtualLobby
    from devices.virtual.desktop import Desktop, Region
    from devices.virtual.printer import VirtualPrinter
    from devices.virtual.scanner import VirtualScanner
    from devices.virtual.sound import VirtualSound

    settings = load(args.config).devices
    folder: Path = (args.data / "virtual").absolute()
    (folder / "printer").mkdir(parents=True, exist_ok=True, mode=0o700)
    display = os.environ.get("DISPLAY")
    desktop = None
    if display:
        kiosk, ceiling = (
            Region(screen.left, screen.top, screen.width, screen.height)
            for screen in (settings.kiosk_screen, settings.ceiling_screen)
        )
        desktop = Desktop(display, kiosk, ceiling)
    with contextlib.ExitStack() as devices:
        cards = _CardTable(VirtualCardReader(folder))
        printer = VirtualPrinter(folder / "printer", args.printer_port)
        scanner = VirtualScanner(folder)
        for device in (cards.reader, printer, scanner):
            device.start()
            devices.callback(device.stop)
        sound = VirtualSound(folder / "sound")
        sound.plug()
        devices.callback(sound.plug)
        lobby = VirtualLobby(
            cards,
            printer,
            scanner,
            sound,
            lambda: desktop,
            accounts=lambda: demo_accounts(args.data),
            faults={
                "card_reader": Fault(
                    lambda: cards.reader.service_stopped,
                    cards.reader.stop_service,
                    cards.reader.restore_service,
                ),
                "scanner": Fault(lambda: not scanner.plugged, scanner.stop, scanner.start),
                "speaker": Fault(lambda: not sound.plugged, sound.unplug, sound.plug),
            },
        )
        server = ControlServer(lobby, folder, cards.reader.environment)
        _stop_on_signal(server.stop)
        print(f"virtual lobby at {server.url}", flush=True)
        server.serve()
    return 0


class _CardTable:
    """The virtual reader as the control server wants it: the people, with what is printed on their cards."""

    def __init__(self, reader: VirtualCardReader) -> None:
        self.reader = reader

    @property
    def inserted(self) -> str | None:
        return self.reader.inserted

    def insert(self, name: str, preset: str = "", knobs: Mapping[str, object] | None = None) -> None:
        from devices.virtual.chip_card.presets import GENUINE
        from devices.virtual.chip_card.presets import preset as preset_of

        if preset or knobs:
            self.reader.insert(name, profile=preset_of(preset or GENUINE).with_knobs(knobs or {}))
        else:
            self.reader.insert(name)

    def insert_foreign(self, kind: str) -> None:
        self.reader.lay_foreign(kind)

    def catalogue(self) -> dict[str, Any]:
        from devices.virtual.chip_card.foreign_cards import KINDS
        from devices.virtual.chip_card.presets import presets

        return {
            "citizens": self.citizens(),
            "profiles": [
                {"name": preset.name, "what": preset.what, "says": preset.says}
                for preset in presets().values()
            ],
            "foreign": [{"name": name, "what": kind.what} for name, kind in KINDS.items()],
        }

    def remove(self) -> None:
        self.reader.remove()

    def citizens(self) -> list[dict[str, str]]:
        return [
            {"name": name, "label": citizen.label, "hint": citizen.can, "qr": citizen.qr}
            for name, citizen in self.reader.citizens().items()
        ]


def _stop_on_signal(stop: Callable[[], None]) -> None:
    def on_signal(_sig: int, _frame: FrameType | None) -> None:
        threading.Thread(target=stop, daemon=True).start()

    for sig in (signal.SIGINT, signal.SIGTERM):
        signal.signal(sig, on_signal)

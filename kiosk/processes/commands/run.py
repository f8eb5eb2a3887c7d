"""``main.py run``: the whole lobby on one machine, supervised."""

from __future__ import annotations

import argparse
import asyncio
import fcntl
import logging
import os
import shutil
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import Any

import requests
import tomli_w

from devices.virtual.desktop import layout, screen_size, xvfb_command
from kiosk.processes import accounts, lobby
from kiosk.processes.commands.options import CommandError, add_folders, remember_centre
from kiosk.processes.commands.virtual import LobbyControl
from kiosk.processes.lobby import Lobby, Part
from kiosk.settings import Settings, load

MAIN = Path(__file__).parents[3] / "main.py"
SMALLEST_SIDE = 320
"""Pixels a window needs at least (kiosk.settings.ScreenSettings)."""
PRINTER_PORT = 9100
"""Where a network printer listens; the virtual one takes another if this is taken."""


def add(subparsers: Any) -> None:
    """Add the command to the command line."""
    parser = subparsers.add_parser(
        "run",
        help="start the whole lobby on this machine and keep it running",
        description="Starts centre, kiosk and ceiling display, and starts again what ends. "
        "Ctrl-C stops everything. Without a screen the windows stand on a virtual one.",
    )
    add_folders(parser)
    parser.add_argument(
        "--virtual",
        action="store_true",
        help="with virtual card reader, printer, scanner and loudspeaker, demo accounts, and the page /lobby",
    )
    parser.add_argument(
        "--port",
        type=int,
        metavar="N",
        help="port of the centre (default: as in centre.toml; 0: any free one)",
    )
    parser.add_argument(
        "--virtual-screen",
        action="store_true",
        help="put the windows on a virtual screen though there is a real one",
    )
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Check what can be checked before anything starts, then supervise until a signal."""
    settings = load(args.config)
    port = _port(args.port, settings)
    data: Path = args.data.absolute()
    plan = _Plan(
        settings=settings,
        config=args.config.absolute(),
        data=data,
        port=port,
        virtual=args.virtual,
        display=None if args.virtual_screen else os.environ.get("DISPLAY") or None,
    )
    for folder in ("", "tokens", "logs"):
        (data / folder).mkdir(parents=True, exist_ok=True, mode=0o700)
    _only_once(data)
    remember_centre(data, plan.url)
    plan.first_start = accounts.prepare(settings, data, demo=args.virtual)
    return lobby.guarded(lambda: asyncio.run(_supervise(plan)))


def _port(asked: int | None, settings: Settings) -> int:
    port = settings.centre.port if asked is None else asked
    if port == 0:
        return lobby.free_port(settings.centre.host)
    if not 0 < port < 65536:
        raise CommandError(f"a port is a number from 0 to 65535, not {port}")
    if not lobby.port_is_free(port, settings.centre.host):
        raise CommandError(
            f"port {port} is taken by another program (or another lobby still runs); "
            "stop it, or choose another with --port N (--port 0 takes any free one)"
        )
    return port


def _only_once(data: Path) -> None:
    """Two lobbies on one data folder would fight over it: the second is refused."""
    file = os.open(data / "run.lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        raise CommandError(f"a lobby already runs with the data folder {data}") from None


@dataclass
class _Plan:
    settings: Settings
    config: Path
    data: Path
    port: int
    virtual: bool
    display: str | None
    first_start: bool = False

    @property
    def url(self) -> str:
        """The centre's address on this machine."""
        host = self.settings.centre.host
        return f"http://{'127.0.0.1' if host in ('0.0.0.0', '::') else host}:{self.port}"  # noqa: S104


async def _supervise(plan: _Plan) -> int:
    say = _voice(plan.data)
    began = time.time()
    screen: dict[str, str] = {} if plan.display is None else {"DISPLAY": plan.display}
    stages = [[_screen(screen)]] if plan.display is None else []
    config = plan.config
    first: list[Part] = []
    centre_extra: list[str] = []
    window_extra: list[str] = []
    if plan.virtual:
        printer_port = PRINTER_PORT if lobby.port_is_free(PRINTER_PORT) else lobby.free_port()
        config = _virtual_config(plan, printer_port)
        control = LobbyControl(plan.data)
        control.reserve(lobby.free_port)
        centre_extra = ["--lobby-control", str(control.file)]
        window_extra = ["--virtual"]
        serve = ["virtual", "serve", "--config", str(config), "--data", str(plan.data)]
        serve += ["--printer-port", str(printer_port)]
        first.append(_program("virtual", serve, control.answers, lambda: screen))
    folders = ["--config", str(config), "--data", str(plan.data)]
    centre = ["centre", *folders, "--port", str(plan.port), *centre_extra]
    first.append(_program("centre", centre, lambda: _answers(f"{plan.url}/readyz"), dict))
    windows = [
        _program(
            role,
            [role, *folders, "--centre", plan.url, *window_extra],
            partial(_has_reported, plan, role, device, began),
            lambda: {**screen, **_card_service(plan)},
        )
        for role, device in (("kiosk", "kiosk_screen"), ("display", "ceiling_screen"))
    ]

    async def when_up() -> None:
        say(f"The lobby is up after {time.time() - began:.1f} s. Stop it with Ctrl-C.")
        for line in _addresses(plan):
            say(line)

    return await Lobby([*stages, first, windows], plan.data / "logs", say).run(when_up)


def _program(
    name: str, arguments: list[str], ready: Callable[[], bool], env: Callable[[], Mapping[str, str]]
) -> Part:
    command = [sys.executable, str(MAIN), *arguments]
    return Part(name, command, lambda: {"PYTHONUNBUFFERED": "1", "PYTHONFAULTHANDLER": "1", **env()}, ready)


def _screen(env: dict[str, str]) -> Part:
    """The virtual screen. Its number is known when it answers, and asked for again at the next start."""
    part = Part("screen", xvfb_command(None, 1), ready=lambda: "DISPLAY" in env)

    def on_line(line: str) -> None:
        if line.isdigit():
            env["DISPLAY"] = f":{line}"
            part.command = xvfb_command(int(line), 1)

    part.on_line = on_line
    return part


def _virtual_config(plan: _Plan, printer_port: int) -> Path:
    """A copy of the configuration with the virtual devices in ``devices.toml``."""
    folder = plan.data / "virtual" / "config"
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(plan.config, folder)
    devices = plan.settings.devices.model_dump()
    virtual = plan.data / "virtual"
    devices["card_reader"] |= {"enabled": True, "reader": "*"}
    devices["printer"] |= {"enabled": True, "connection": "network", "address": f"127.0.0.1:{printer_port}"}
    devices["scanner"] |= {"enabled": True, "connection": "serial", "address": str(virtual / "scanner")}
    devices["speaker"] |= {"enabled": True, "output": f"record:{virtual / 'sound'}"}
    if plan.display is not None:
        try:
            places = layout(*screen_size(plan.display))
        except OSError as error:
            raise CommandError(str(error)) from error
        if min(places[0].width, places[1].height) < SMALLEST_SIDE:
            raise CommandError(
                f"the screen {plan.display} is too small for two windows; use --virtual-screen"
            )
        for name, place in zip(("kiosk_screen", "ceiling_screen"), places, strict=True):
            devices[name] |= {
                "left": place.left, "top": place.top, "width": place.width, "height": place.height,
            }  # fmt: skip
    with (folder / "devices.toml").open("wb") as file:
        tomli_w.dump(devices, file)
    kiosk = plan.settings.kiosk.model_dump()
    for output in ("aloud", "private"):
        heard = virtual / "kiosk-voice" / output
        heard.mkdir(parents=True, exist_ok=True)
        kiosk["voice"][output] = f"record:{heard}"
    with (folder / "kiosk.toml").open("wb") as file:
        tomli_w.dump(kiosk, file)
    return folder


def _card_service(plan: _Plan) -> dict[str, str]:
    """Where the kiosk finds the virtual lobby's own pcscd."""
    if not plan.virtual:
        return {}
    return {"PCSCLITE_CSOCK_NAME": LobbyControl(plan.data).told("PCSCLITE_CSOCK_NAME")}


def _answers(url: str) -> bool:
    try:
        return requests.get(url, timeout=2).ok
    except requests.RequestException:
        return False


def _has_reported(plan: _Plan, role: str, device: str, began: float) -> bool:
    """Whether the centre has heard of this device of our own ``role`` since we began."""
    token = (plan.data / "tokens" / f"{role}.token").read_text().strip()
    headers = {"Authorization": f"Bearer {token}"}
    try:
        machine, devices = (
            requests.get(f"{plan.url}/api/v1/{path}", headers=headers, timeout=2).json()
            for path in ("session", "devices")
        )
        place = (device, machine["name"])
        found = [entry for entry in devices if (entry["name"], entry["machine"]) == place]
        return bool(found) and datetime.fromisoformat(found[0]["seen_at"]).timestamp() >= began
    except (requests.RequestException, ValueError, KeyError, TypeError):
        return False


def _addresses(plan: _Plan) -> list[str]:
    lines = [
        f"Officer's page:      {plan.url}/counter",
        f"Head's page:         {plan.url}/head",
        f"Maintenance's page:  {plan.url}/maintenance",
    ]
    if plan.virtual:
        lines.insert(0, f"Play the visit here: {plan.url}/lobby")
        lines += ["Demo accounts:", *(f"  {line}" for line in accounts.demo_lines(plan.data))]
    elif plan.first_start:
        lines += [
            "First start. People sign in after:  python main.py officer add LOGIN --role officer",
            "The kiosk's maintenance screen:     python main.py pin",
        ]
    return lines


def _voice(data: Path) -> Callable[[str], None]:
    """Says a line on the screen and keeps it in the log."""
    log = RotatingFileHandler(
        data / "logs" / "run.log", maxBytes=lobby.LOG_BYTES, backupCount=lobby.LOG_FILES - 1, encoding="utf-8"
    )
    log.setFormatter(logging.Formatter("%(asctime)s %(message)s"))

    def say(line: str) -> None:
        print(line, flush=True)
        if "password" not in line and "PIN" not in line:
            log.emit(logging.makeLogRecord({"msg": line}))

    return say

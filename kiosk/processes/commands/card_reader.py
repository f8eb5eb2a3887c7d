"""The reader that ``main.py card`` reads with: the machine's own, or a virtual one."""

from __future__ import annotations

import argparse
import contextlib
import json
import logging
import os
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kiosk.processes.commands.options import CommandError
from kiosk.processes.commands.virtual import LobbyControl

if TYPE_CHECKING:
    from devices.chip_card import ChipCardReader

_SOCKET = "PCSCLITE_CSOCK_NAME"


def trust_of(args: argparse.Namespace) -> Any:
    """The trust anchors that were asked for, or this installation's."""
    from devices.chip_card import TrustStore

    return TrustStore(args.trust or args.data / "trust")


@contextlib.contextmanager
def reader_of(args: argparse.Namespace) -> Iterator[Any]:
    """The reader on this machine; of a virtual lobby that runs with this data folder; or a private one."""
    logging.getLogger("devices").setLevel(logging.CRITICAL)  # the answer says it all
    with contextlib.ExitStack() as stack:
        trust = trust_of(args)
        if args.virtual is not None:
            virtual = stack.enter_context(_private_virtual_reader(args))
            if args.trust_demo:
                trust = _demo_trust(args.data / "virtual-card" / "trust", virtual.issuer.trust_file())
        elif args.trust_demo:
            raise CommandError("--trust-demo goes with --virtual")
        elif _SOCKET not in os.environ:
            _use_running_virtual_lobby(args.data)
        from devices.chip_card import ChipCardReader
        from kiosk.settings import CardReaderSettings

        reader = ChipCardReader(CardReaderSettings(reader=args.reader), trust=trust)
        stack.callback(reader.close)
        _wait_for_card(reader, args.wait)
        yield reader


def _wait_for_card(reader: ChipCardReader, seconds: float) -> None:
    """Until a card lies there, trouble shows, or the time is over; the reading tells which."""
    until = time.monotonic() + seconds
    seen = reader.presence()
    if not seen.card and seen.failure is None and seconds:
        print("Lay the card on the reader.", file=sys.stderr)
    while not seen.card and seen.failure is None and (left := until - time.monotonic()) > 0:
        seen = reader.presence(left)


def _demo_trust(folder: Path, anchors: bytes) -> Any:
    """A store apart from the installation's own, which must never trust invented cards by accident."""
    from devices.chip_card import TrustStore

    store = TrustStore(folder)
    store.import_file(anchors, "demo issuer", datetime.now(UTC).date())
    return store


def _use_running_virtual_lobby(data: Path) -> None:
    control = LobbyControl(data)
    if control.file.exists() and control.answers():
        os.environ[_SOCKET] = json.loads(control.file.read_text())[_SOCKET]
        print(f"(reading the virtual reader of the lobby in {data})", file=sys.stderr)


@contextlib.contextmanager
def _private_virtual_reader(args: argparse.Namespace) -> Iterator[Any]:
    from devices.virtual.chip_card import VirtualCardReader

    name, _, preset = args.virtual.partition(":")
    folder: Path = args.data / "virtual-card"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    virtual = VirtualCardReader(folder)
    virtual.start()
    try:
        os.environ.update(virtual.environment)
        try:
            if name in virtual.citizens():
                virtual.insert(name, profile=preset or None)
            elif preset:
                raise CommandError(f"no invented person “{name}”; see `python main.py virtual card list`")
            else:
                virtual.lay_foreign(name)
        except ValueError as error:
            raise CommandError(str(error)) from None
        virtual.wait_until_seen()
        yield virtual
    finally:
        virtual.stop()

"""``main.py card``: read a chip ID card, prove dumped files, dump a card for support. Needs no lobby."""

from __future__ import annotations

import argparse
import contextlib
import getpass
import io
import json
import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kiosk.identity import card_qr
from kiosk.identity.access_keys import AccessKeys
from kiosk.processes.commands.card_answers import (
    holder_of,
    print_proof,
    print_read,
    print_values,
    proof_of,
    told,
    verdict_of,
)
from kiosk.processes.commands.card_reader import reader_of, trust_of
from kiosk.processes.commands.options import CommandError, print_json

if TYPE_CHECKING:
    from devices.chip_card import CardReading

ASKED = ""
"""Value of ``--can`` when no digits stand behind it."""
_LARGEST_FILE = 70_000

Run = Callable[[argparse.Namespace], int]


def add(subparsers: Any) -> None:
    """Add the command to the command line."""
    parser = subparsers.add_parser(
        "card",
        help="read a chip ID card, prove dumped files, dump a card for support",
        description="Exit code 0: read, and nothing speaks against the card. "
        "1: not read, or do not rely on it. 2: cannot be done as asked.",
    )
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")

    def action(name: str, text: str, run: Run) -> argparse.ArgumentParser:
        sub: argparse.ArgumentParser = actions.add_parser(name, help=text, description=text)
        sub.add_argument(
            "--data",
            type=Path,
            default=Path("var"),
            metavar="DIR",
            help="folder of this installation, with its trust anchors (default: var)",
        )
        sub.add_argument("--trust", type=Path, metavar="DIR", help="trust anchors (default: DATA/trust)")
        sub.add_argument("--json", action="store_true", help="answer for programs")
        sub.set_defaults(run=run)
        return sub

    read = action("read", "read the card on the reader and say what was proven", _read)
    _add_card(read)
    read.add_argument(
        "--photo", type=Path, metavar="FILE", help="also read the photo, into this file (.png: decoded)"
    )
    read.add_argument(
        "--allow-bac-after-failed-pace",
        action="store_true",
        help="a card that offers PACE and fails it is read by the weaker BAC; the result says so",
    )
    verify = action("verify", "prove files that were dumped from a card; no card is needed", _verify)
    verify.add_argument("--sod", type=Path, required=True, metavar="FILE", help="EF.SOD")
    verify.add_argument("--com", type=Path, metavar="FILE", help="EF.COM, to compare its list with EF.SOD")
    verify.add_argument(
        "--dg",
        action="append",
        default=[],
        metavar="N=FILE",
        help="a data group, e.g. 1=dg1.bin; give one for each",
    )
    dump = action("dump", "dump the card on the reader", _dump)
    _add_card(dump)
    kind = dump.add_mutually_exclusive_group(required=True)
    kind.add_argument(
        "--redacted",
        action="store_true",
        help="a JSON text for support: how the card answers, which algorithms it uses, nothing of the person",
    )
    kind.add_argument(
        "--files", type=Path, metavar="DIR", help="the raw files, personal data, readable by you only"
    )
    dump.add_argument(
        "--out", type=Path, metavar="FILE", help="write the JSON text there instead of printing it"
    )


def _add_card(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--can",
        nargs="?",
        const=ASKED,
        metavar="DIGITS",
        help="last six digits of the number printed on the card. "
        "Without DIGITS they are asked for, so that they do not stay in the shell's history",
    )
    parser.add_argument(
        "--qr", metavar="TEXT", help="text of the QR printed on the card; - reads it from the input"
    )
    parser.add_argument(
        "--mrz", metavar="TEXT", help="machine-readable lines of the card; - reads them from the input"
    )
    parser.add_argument(
        "--reader", default="*", metavar="PATTERN", help="part of the reader's name (default: any)"
    )
    parser.add_argument(
        "--virtual",
        metavar="NAME[:PRESET]",
        help="read an invented person's virtual card through a private pcscd, "
        "see `python main.py virtual card list`",
    )
    parser.add_argument(
        "--wait",
        type=float,
        default=10.0,
        metavar="SECONDS",
        help="how long to wait for a card (default: 10)",
    )
    parser.add_argument(
        "--trust-demo", action="store_true", help="with --virtual: trust the issuer of the invented cards"
    )


# -- read ----------------------------------------------------------------------------------------------------


def _read(args: argparse.Namespace) -> int:
    keys = _keys(args)
    with reader_of(args) as reader:
        from devices.chip_card import CardReading, ReadPlan

        plan = ReadPlan(photo=args.photo is not None, bac_after_failed_pace=args.allow_bac_after_failed_pace)
        result = reader.read(keys, plan=plan)
    photo = None
    if isinstance(result, CardReading) and args.photo is not None:
        photo = _keep_photo(result, args.photo)
    if args.json:
        print_json({**told(result), **({"photo": photo} if photo else {})})
    else:
        print_read(result)
        if photo:
            print("photo: " + ", ".join(str(value) for value in photo.values()))
    return 0 if isinstance(result, CardReading) else 1


def _keep_photo(reading: CardReading, file: Path) -> dict[str, Any]:
    """Write the photo: as the card holds it, or as PNG where the file's name says so. It is decoded first, in
    a process that can do nothing else, so that what is written is a picture.
    """
    from devices.chip_card.data_groups.face_decoder import FaceProblem, decode

    if reading.photo is None:
        return {"problem": "the card gives no photo that can be used"}
    picture = decode(reading.photo)
    if isinstance(picture, FaceProblem):
        return {"problem": f"the photo cannot be decoded: {picture}"}
    content = reading.photo.data
    if file.suffix.casefold() == ".png":
        from PIL import Image

        buffer = io.BytesIO()
        Image.frombytes("RGB", (picture.width, picture.height), picture.rgb).save(buffer, "PNG")
        content = buffer.getvalue()
    with _private(file) as out:
        out.write(content)
    return {
        "file": str(file),
        "format": "png" if file.suffix.casefold() == ".png" else str(reading.photo.format),
        "width": picture.width,
        "height": picture.height,
        "bytes": len(content),
    }


# -- verify --------------------------------------------------------------------------------------------------


def _verify(args: argparse.Namespace) -> int:
    from devices.chip_card import verify_files

    groups: dict[int, bytes] = {}
    for given in args.dg:
        number, equals, name = given.partition("=")
        if not equals or not number.isdigit() or not 1 <= int(number) <= 16:
            raise CommandError(f"“{given}” is not N=FILE with N from 1 to 16")
        if int(number) in groups:
            raise CommandError(f"DG{number} is given twice")
        groups[int(number)] = _content(Path(name))
    result = verify_files(
        _content(args.sod),
        groups,
        com=_content(args.com) if args.com is not None else None,
        trust=trust_of(args),
    )
    holder = holder_of(result)
    if args.json:
        print_json(
            {
                "access": None,
                "citizen": holder,
                "proof": proof_of(result.proof) if result.proof is not None else None,
                **verdict_of(result.proof),
                "notes": sorted(result.notes),
                **({"failure": {"code": result.code.value, "detail": result.detail}} if result.code else {}),
            }
        )
    else:
        print_values(holder or {})
        if result.code is not None:
            print(f"{result.code}: {result.detail}")
        if result.proof is not None:
            print_proof(result.proof)
    return 0 if holder is not None else 1


def _content(file: Path) -> bytes:
    try:
        with file.open("rb") as source:
            content = source.read(_LARGEST_FILE + 1)
    except OSError as error:
        raise CommandError(f"{file}: {error.strerror}") from error
    if len(content) > _LARGEST_FILE:
        raise CommandError(f"{file} is larger than any file of a card")
    return content


# -- dump ----------------------------------------------------------------------------------------------------


def _dump(args: argparse.Namespace) -> int:
    keys = _keys(args)
    with reader_of(args) as reader:
        from devices.chip_card import CardFailure
        from devices.chip_card.support_dump import redacted_dump

        result = reader.dump(keys)
    if isinstance(result, CardFailure):
        print(f"{result.code}: {result.detail}", file=sys.stderr)
        return 1
    if args.files is not None:
        args.files.mkdir(mode=0o700, parents=True, exist_ok=True)
        for name, content in result.files.items():
            with _private(args.files / f"{name}.bin") as out:
                out.write(content)
        print(
            f"{len(result.files)} files in {args.files}: personal data, delete them when they are not needed"
        )
        return 0
    text = json.dumps(redacted_dump(result), indent=2) + "\n"
    if args.out is not None:
        args.out.write_text(text)
        print(f"written: {args.out}")
    else:
        print(text, end="")
    return 0


# -- what they share -----------------------------------------------------------------------------------------


def _keys(args: argparse.Namespace) -> AccessKeys:
    """The keys of the card, from exactly one of the three. Raises ``CommandError`` without repeating them."""
    given = [name for name in ("can", "qr", "mrz") if getattr(args, name) is not None]
    if len(given) != 1:
        raise CommandError("give one of --can, --qr and --mrz")
    text: str = getattr(args, given[0])
    if text == "-":
        text = sys.stdin.read(2000)
    elif text == ASKED:
        text = getpass.getpass("Last six digits of the number on the card: ").strip()
    try:
        if given[0] == "can":
            return AccessKeys.from_number(text) if len(text) == 12 else AccessKeys.from_can(text)
        if given[0] == "qr":
            return AccessKeys.from_qr(card_qr.parse(text))
        return AccessKeys.from_mrz(text)
    except ValueError as error:
        raise CommandError(f"--{given[0]}: {error}") from error


@contextlib.contextmanager
def _private(file: Path) -> Iterator[Any]:
    """A file that only its owner can read; never over another one."""
    try:
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise CommandError(f"{file} exists already; nothing was overwritten") from None
    except OSError as error:
        raise CommandError(f"{file}: {error.strerror}") from error
    with os.fdopen(descriptor, "wb") as out:
        yield out

"""``main.py virtual card`` and ``serve-card``: cards of every kind, here or on somebody else's reader."""

from __future__ import annotations

import argparse
import contextlib
import json
import signal
import threading
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kiosk.processes.commands.lobby_control import LobbyControl
from kiosk.processes.commands.options import CommandError, add_folders

if TYPE_CHECKING:
    from devices.virtual.chip_card.citizens import DemoCitizen
    from devices.virtual.chip_card.presets import Preset
    from devices.virtual.chip_card.slot import CardInSlot

_LOOK_SECONDS = 0.2
_DRIVER = "127.0.0.1:35963"


def add(actions: Any) -> None:
    """Add ``card`` and ``serve-card`` to the actions of ``virtual``."""
    text = "list all cards, honest, forged and foreign; lay one; take it off"
    card = actions.add_parser("card", help=text, description=text)
    cards = card.add_subparsers(dest="card_action", required=True, metavar="ACTION")

    listing = cards.add_parser("list", help="show people, presets and other cards")
    listing.add_argument("--knobs", action="store_true", help="show what `--set` can turn, instead")
    listing.add_argument(
        "--format",
        choices=("text", "json", "markdown"),
        default="text",
        help="json: the presets with the results that a test can compare; markdown: as in the documentation",
    )
    listing.set_defaults(run=_list)

    insert = cards.add_parser("insert", help="lay a card on the reader of the running virtual lobby")
    _describe(insert)
    add_folders(insert)
    insert.set_defaults(run=_insert)

    remove = cards.add_parser("remove", help="take the card off the reader")
    add_folders(remove)
    remove.set_defaults(run=_remove)

    serve = actions.add_parser(
        "serve-card",
        help="lay one card on any reader whose driver is vpcd, without a lobby",
        description="Connects one card to a vpcd driver, of any pcscd on any machine, and stays until it is "
        "interrupted or the card is pulled by its own fault. See docs/virtual-card.md.",
    )
    _describe(serve)
    serve.add_argument(
        "--vpcd", metavar="HOST:PORT", default=_DRIVER, help=f"where the driver listens (default: {_DRIVER})"
    )
    serve.add_argument(
        "--trust-anchor",
        type=Path,
        metavar="FILE",
        help="write the demo issuer's root certificate and revocation list there (PEM), to be imported by "
        "the reader under test",
    )
    add_folders(serve)
    serve.set_defaults(run=_serve)


def _describe(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("name", metavar="NAME", help="a person or another card, as `virtual card list` shows")
    parser.add_argument("--profile", metavar="PRESET", default="", help="which preset (default: genuine)")
    parser.add_argument(
        "--set",
        dest="knobs",
        metavar="KNOB=VALUE",
        action="append",
        default=[],
        help="turn one knob more; may be repeated. `virtual card list --knobs` shows them",
    )


def _knobs(args: argparse.Namespace) -> dict[str, str]:
    """Raises ``CommandError``."""
    pairs = [text.partition("=") for text in args.knobs]
    for knob, equals, _ in pairs:
        if not knob or not equals:
            raise CommandError(f"`--set {knob}`: KNOB=VALUE is wanted")
    return {knob: value for knob, _, value in pairs}


def _list(args: argparse.Namespace) -> int:
    from devices.virtual.chip_card.citizens import demo_citizens
    from devices.virtual.chip_card.foreign_cards import KINDS
    from devices.virtual.chip_card.presets import presets

    if args.knobs:
        _list_knobs()
    elif args.format == "json":
        print(json.dumps([_facts(ready) for ready in presets().values()], ensure_ascii=False, indent=1))
    elif args.format == "markdown":
        print("| preset | what it is | an honest reader says |\n|---|---|---|")
        for ready in presets().values():
            print(f"| `{ready.name}` | {ready.what} | {ready.says} |")
    else:
        print("people, with what opens their chips:")
        for name, citizen in demo_citizens().items():
            print(f"  {name:<26} CAN {citizen.can}  {citizen.label}")
        print("presets, and what an honest reader says:")
        for ready in presets().values():
            print(f"  {ready.name:<26} {ready.what}\n{'':<28} -> {ready.says}")
        print("other cards:")
        for name, kind in KINDS.items():
            print(f"  {name:<26} {kind.what}")
    return 0


def _list_knobs() -> None:
    from devices.virtual.chip_card.profile import CardFaults, CardProfile, LinkTiming, choices

    for kind in (CardProfile, CardFaults, LinkTiming):
        print(f"{kind.__name__}:")
        for knob, default, possible in choices(kind):
            print(f"  {knob:<24} {default:<14} {possible}".rstrip())


def _facts(ready: Preset) -> dict[str, object]:
    """What a test of another reader needs of a preset."""
    return {
        "name": ready.name,
        "what": ready.what,
        "says": ready.says,
        "verdict": ready.verdict,
        "failure": ready.failure,
        "doubts": list(ready.doubts),
        "proof": dict(ready.proof),
    }


def _insert(args: argparse.Namespace) -> int:
    from devices.virtual.chip_card.foreign_cards import KINDS

    knobs = _knobs(args)
    control = LobbyControl(args.data)
    if args.name in KINDS:
        control.call("POST", "/card", {"foreign": args.name})
        print(f"On the reader: {KINDS[args.name].what}.")
        return 0
    body: dict[str, Any] = {"name": args.name}
    if args.profile:
        body["profile"] = args.profile
    if knobs:
        body["set"] = knobs
    control.call("POST", "/card", body)
    print(f"The card of {args.name} lies on the reader.")
    if args.profile:
        ready = _preset(args.profile, {})
        print(f"It is {ready.what}.\nAn honest reader says: {ready.says}.")
    return 0


def _remove(args: argparse.Namespace) -> int:
    LobbyControl(args.data).call("DELETE", "/card")
    print("The reader is empty.")
    return 0


def _serve(args: argparse.Namespace) -> int:
    from devices.virtual.chip_card.serving import ServedCard

    host, _, port = args.vpcd.rpartition(":")
    if not host or not port.isdecimal() or not 0 < int(port) < 65536:
        raise CommandError(f"`--vpcd {args.vpcd}`: HOST:PORT is wanted")
    card, words = _made(args)
    stopped = threading.Event()
    served = ServedCard(
        card, host, int(port), lambda: print(f"nobody listens at {args.vpcd} yet; waiting", flush=True)
    )
    with _stop_on_signal(stopped.set):
        print(words, flush=True)
        served.start()
        try:
            seen = False
            while served.lies_there and not stopped.is_set():
                if not seen and served.wait_until_seen(0):
                    seen = served.lies_there
                    print(f"the reader at {args.vpcd} has powered the card", flush=True)
                stopped.wait(_LOOK_SECONDS)
        finally:
            served.stop()
    print("the card is off the reader" if stopped.is_set() else "the card was pulled by its own fault")
    return 0


def _made(args: argparse.Namespace) -> tuple[CardInSlot, str]:
    """The card, and what is to be known of it. Raises ``CommandError``."""
    from devices.virtual.chip_card.citizens import demo_citizens
    from devices.virtual.chip_card.deck import Deck
    from devices.virtual.chip_card.foreign_cards import KINDS, foreign_card
    from devices.virtual.chip_card.issuer import GIVEN_ROOTS, demo_issuer

    if args.name in KINDS:
        return foreign_card(args.name), f"{KINDS[args.name].what}"
    if args.name not in demo_citizens():
        raise CommandError(f"no person “{args.name}”; there are {', '.join((*demo_citizens(), *KINDS))}")
    ready = _preset(args.profile, _knobs(args))
    issuer = demo_issuer((args.data / "virtual" / "issuer").absolute())
    try:
        card = Deck(issuer).card(args.name, ready)
    except ValueError as error:
        raise CommandError(str(error)) from error
    words = [_printed(demo_citizens()[args.name], ready), f"{ready.name}: {ready.what}"]
    words.append(f"an honest reader says: {ready.says}")
    if args.trust_anchor:
        root = ready.profile.root
        content = issuer.trust_file(root) if root in GIVEN_ROOTS else issuer.trust_file()
        try:
            args.trust_anchor.write_bytes(content)
        except OSError as error:
            raise CommandError(f"{args.trust_anchor} cannot be written: {error}") from error
        words.append(f"root certificate and revocation list: {args.trust_anchor}")
    return card, "\n".join(words)


def _preset(name: str, knobs: dict[str, str]) -> Preset:
    """Raises ``CommandError``."""
    from devices.virtual.chip_card.presets import GENUINE, preset

    try:
        return preset(name or GENUINE).with_knobs(knobs)
    except ValueError as error:
        raise CommandError(str(error)) from error


def _printed(citizen: DemoCitizen, ready: Preset) -> str:
    """What is printed on the invented card and opens its chip."""
    from devices.virtual.chip_card.zone import zone

    lines = zone(citizen, ready.profile.document)
    width = 44 if len(lines) == 88 else 30
    printed = [lines[at : at + width] for at in range(0, len(lines), width)]
    return "\n".join(("printed on the card:", *(f"  {line}" for line in printed), f"  CAN {citizen.can}"))


@contextlib.contextmanager
def _stop_on_signal(stop: Callable[[], None]) -> Any:
    """Call ``stop`` at the first signal to end, and restore what was before."""
    before = {number: signal.signal(number, lambda *_: stop()) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)

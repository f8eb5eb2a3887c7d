"""Targets: a card as a whole: read over a link that lies, with files that lie, dumped for support; and what
lies on the reader instead.
"""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable
from datetime import UTC, date, datetime

from tests.fuzz.chip_answers import FuzzedChip, answers
from tests.fuzz.mutations import Form
from tests.fuzz.target import Loaded, Target

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
TODAY = date(2026, 11, 22)
_MOST_COMMANDS = 1500


class Link:
    """A link to a virtual card in this process."""

    def __init__(self, card, process: Callable[[bytes], bytes]) -> None:
        self._card = card
        self._process = process
        self._commands = 0

    @property
    def atr(self) -> bytes:
        """Answer to reset."""
        return self._card.atr

    def transmit(self, command: bytes) -> bytes:
        """One exchange."""
        self._commands += 1
        assert self._commands < _MOST_COMMANDS, "it asks without end"
        return self._process(command)

    def cold_reset(self) -> None:
        """Power off and on."""
        self._card.reset()


def _read(link: Link, keys) -> object:
    from devices.chip_card.block_size import BlockSizes
    from devices.chip_card.reading import CardRead, Listener, ReadPlan, Sizing
    from devices.chip_card.trust.passive_authentication import PassiveAuthentication

    with PassiveAuthentication(lambda: NOW, None) as passive:
        listener = Listener(lambda step: None, lambda citizen: None)
        sizing = Sizing(BlockSizes(), "fuzzed", link.atr)
        return CardRead(link, sizing, passive, ReadPlan(photo=True), listener).read(keys, TODAY)


def _lying_link(name: str) -> Callable[[], Loaded]:
    """A whole read with one answer changed."""

    def load() -> Loaded:
        from devices.chip_card.errors import CardProblem
        from devices.virtual.chip_card.card import VirtualCard
        from kiosk.identity.access_keys import AccessKeys
        from tests.fuzz import material

        chip = material.chip(name)
        keys = AccessKeys(can=chip.can, mrz=(chip.mrz,))

        def call(data: bytes) -> None:
            card = VirtualCard(chip)
            _read(Link(card, FuzzedChip(card.process, data).process), keys)

        seeds = answers(b"", b"\x6a\x82", b"\x69\x88", b"\1", bytes(20), steps=20)
        return Loaded(call, (CardProblem,), seeds)

    return load


def _lying_files() -> Loaded:
    """A whole read of an honest chip, one of whose files is anything."""
    from devices.chip_card.errors import CardProblem
    from devices.virtual.chip_card.card import VirtualCard
    from kiosk.identity.access_keys import AccessKeys
    from tests.fuzz import material

    chip = material.chip("bac-only")
    keys = AccessKeys(can=chip.can, mrz=(chip.mrz,))
    places = {0x60: 0x1E, 0x77: 0x1D, 0x61: 1, 0x75: 2, 0x6D: 13, 0x6E: 14, 0x6F: 15}

    def call(data: bytes) -> None:
        place = places.get(data[0] if data else 0, 0x1D)
        card = VirtualCard(dataclasses.replace(chip, files={**chip.files, place: data}))
        found = _read(Link(card, card.process), keys)
        signed = chip.files.get(place, b"")
        if not data.startswith(signed):
            assert place != 1, "what is signed cannot differ"
            unused = (found.citizen.residence, found.citizen.father, found.citizen.issue_date)
            assert place != 13 or unused == (None, None, None), "what is no DG13 is done without"
        assert found.citizen.number == "001199012345" or found.citizen.number.isdigit()

    names = ("bac-only", "aa-rsa", "signed-rsa-pss", "details-opaque", "passport", "ca-dh")
    return Loaded(
        call,
        (CardProblem,),
        [one for sfi in (0x1E, 0x1D, 1, 13, 14, 15) for one in material.files(sfi, names)],
    )


def _lying_chip() -> Loaded:
    """A chip that knows the keys of the channel, and lies inside of it at one command."""
    from devices.chip_card.apdu import Command, Response
    from devices.chip_card.errors import CardProblem
    from devices.virtual.chip_card.card import VirtualCard
    from kiosk.identity.access_keys import AccessKeys
    from tests.fuzz import material

    chip = material.chip("bac-only")
    keys = AccessKeys(can=chip.can, mrz=(chip.mrz,))

    class LyingChip(VirtualCard):
        """Answers what the data say to the command whose turn it is."""

        fuzzed: FuzzedChip

        def _execute(self, command: Command) -> Response:
            answer = self.fuzzed.process(command.encode())
            return Response.decode(answer if len(answer) >= 2 else b"\x6f\x00")

        def honest(self, raw: bytes) -> bytes:
            """As the chip would answer."""
            return super()._execute(Command.decode(raw)).encode()

    def call(data: bytes) -> None:
        card = LyingChip(chip)
        card.fuzzed = FuzzedChip(card.honest, data)
        _read(Link(card, card.process), keys)

    seeds = answers(b"", b"\x6a\x82", b"\x67\x00", b"\x6c\x10", b"\x62\x82", b"\1", bytes(20), steps=20)
    return Loaded(call, (CardProblem,), seeds)


def _support_dump() -> Loaded:
    """The redacted dump of a card of any files; JSON comes out, and no name."""
    from devices.chip_card.access import security_infos
    from devices.chip_card.errors import CardProblem
    from devices.chip_card.support_dump import CardDump, redacted_dump
    from kiosk.identity.card_proof import Access, AccessProtocol, Password
    from tests.fuzz import ber_tree, material

    names = {
        0x60: "EF.COM", 0x77: "EF.SOD", 0x61: "DG1", 0x75: "DG2", 0x6D: "DG13", 0x6E: "DG14", 0x6F: "DG15",
    }  # fmt: skip
    access = Access(AccessProtocol.PACE, Password.CAN)

    def call(data: bytes) -> None:
        parts = [node.encode() for node in ber_tree.decode(data) or []] or [data]
        files = {names.get(part[0] if part else 0, "EF.SOD"): part for part in parts}
        infos = None
        for part in parts:
            if part[:1] == b"\x31":
                try:
                    infos = security_infos.parse(part)
                except CardProblem:
                    continue
        dump = CardDump(data[:20], infos, access, files, {}, {}, [])
        assert json.dumps(redacted_dump(dump))

    return Loaded(call, (), material.whole_cards())


def _other_cards() -> Loaded:
    """What lies on the reader instead of an ID card: its answer to reset, and answers of any kind."""
    from devices.chip_card import card_kinds
    from devices.chip_card.apdu import Command, Response

    def call(data: bytes) -> None:
        atr, rest = data[1 : 1 + (data[0] & 0x1F)], data[1 + (data[0] & 0x1F) :]
        answered = iter(range(0, 2 * len(rest), 2))

        def transmit(command: Command) -> Response:
            place = next(answered, 0)
            return Response(rest[:place], int.from_bytes(rest[place : place + 2]))

        card_kinds.kind_by_atr(atr)
        card_kinds.kind_of(atr, transmit)

    atrs = (
        "3b8880010031c173c840009092",
        "3b8f8001804f0ca000000306030001000000006a",
        "3b8180018080",
        "3b",
        "",
    )
    found = [bytes.fromhex(atr) for atr in atrs]
    return Loaded(
        lambda data: call(data or b"\0"), (), [bytes((len(atr),)) + atr + b"\x6a\x82\x90\0" for atr in found]
    )


def _block_sizes() -> Loaded:
    """What was remembered of block sizes, out of a file that anybody may have written."""
    from devices.chip_card.block_size import BlockSizes

    def call(data: bytes) -> None:
        try:
            told = json.loads(data)
        except (ValueError, RecursionError):
            return
        sizes = BlockSizes(told)
        assert BlockSizes(sizes.exported()).exported() == sizes.exported()
        assert 0 < sizes.start("reader", b"atr").bytes <= 65536

    sizes = BlockSizes()
    sizes.remember("reader", b"atr", b"access", sizes.start("reader", b"atr"))
    return Loaded(
        call, (), [json.dumps(sizes.exported()).encode(), b"{}", b'{"a":{"largest":1,"short_ids":null}}']
    )


TARGETS = (
    Target(
        "read-genuine",
        "APDU answers",
        Form.ANSWER,
        _lying_link("genuine"),
        longest=600,
        short=6,
        long=20_000,
        cost=40,
    ),
    Target(
        "read-bac",
        "APDU answers",
        Form.ANSWER,
        _lying_link("bac-only"),
        longest=600,
        short=8,
        long=20_000,
        cost=15,
    ),
    Target(
        "read-chip", "APDU answers", Form.ANSWER, _lying_chip, longest=2000, short=8, long=50_000, cost=12
    ),
    Target("read-files", "every file", Form.BER, _lying_files, longest=8000, short=15, long=50_000, cost=12),
    Target("support-dump", "every file", Form.BER, _support_dump, longest=20_000, short=50, cost=3),
    Target("other-cards", "APDU answers", Form.BYTES, _other_cards, longest=300, short=3000),
    Target("block-sizes", "block sizes", Form.BYTES, _block_sizes, longest=2000, short=3000),
)

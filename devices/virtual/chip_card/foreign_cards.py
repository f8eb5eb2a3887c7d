"""What else people lay on a reader: bank cards, transport cards, phones, and cards that say nothing.

They answer what a reader asks to find out what lies there, and refuse the rest as their kind does; nobody can
pay or travel with them. Answers to reset of contactless cards are those that a PC/SC reader makes up (PC/SC
part 3 §3.1.3.2.3): historical bytes of the card's ATS, or a name for a memory card. A mute card has one byte
instead of an answer to reset: ``vpcd`` knows no card without any, and nobody can connect to this one.
"""

from __future__ import annotations

import secrets
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field

from devices.chip_card import tlv
from devices.chip_card.apdu import Command

_PPSE, _PSE = b"2PAY.SYS.DDF01", b"1PAY.SYS.DDF01"
_PAYMENT = bytes.fromhex("A0000000031010")
_STORAGE_CARD = bytes.fromhex("804F0CA000000306")
_ISO_14443_A_PART_3, _FELICA = 0x03, 0x11
_MIFARE_CLASSIC_1K, _FELICA_NAME = 0x0001, 0x003B


@dataclass(frozen=True)
class ForeignKind:
    """A kind of card. ``applications``: what SELECT by name finds, and its answer; ``others``: the status for
    anything else; ``uid``: what the reader gives as the card's number (``FF CA``), ``None`` with contacts.
    """

    what: str
    atr: bytes
    applications: Mapping[bytes, bytes] = field(default_factory=dict)
    not_found: int = 0x6A82
    others: int = 0x6D00
    uid_prefix: bytes | None = None
    uid_size: int = 0
    speaks: bool = True


class ForeignCard:
    """One such card. It can lie in a slot or in an in-process link like any other."""

    def __init__(self, kind: ForeignKind) -> None:
        self._kind = kind
        self._gone = threading.Event()
        self.commands = 0
        self.uid = self._fresh_uid()

    @property
    def atr(self) -> bytes:
        """Answer to reset."""
        return self._kind.atr

    def reset(self) -> None:
        """As at power-on; a phone shows another random number."""
        self.uid = self._fresh_uid()

    def taken_off(self) -> None:
        """The card has left the reader."""
        self._gone.set()

    def process(self, command: bytes) -> bytes | None:
        """Answer one command APDU; a silent card never does."""
        self.commands += 1
        if not self._kind.speaks:
            self._gone.wait()
            return None
        try:
            parsed = Command.decode(command)
        except ValueError:
            return bytes.fromhex("6700")
        if (parsed.cla, parsed.ins) == (0xFF, 0xCA) and self._kind.uid_prefix is not None:
            return self.uid + b"\x90\x00" if parsed.p1 == 0 else bytes.fromhex("6A81")
        if parsed.cla == 0x90 and parsed.ins == 0x60 and self._kind is KINDS["desfire"]:
            return bytes.fromhex("04010101001805") + bytes.fromhex("91AF")
        if parsed.ins == 0xA4 and parsed.p1 == 0x04 and not parsed.cla:
            found = self._kind.applications.get(parsed.data)
            return found + b"\x90\x00" if found is not None else self._kind.not_found.to_bytes(2)
        return self._kind.others.to_bytes(2)

    def _fresh_uid(self) -> bytes:
        prefix = self._kind.uid_prefix or b""
        return prefix + secrets.token_bytes(max(0, self._kind.uid_size - len(prefix)))


def foreign_card(name: str) -> ForeignCard:
    """A card of this kind. Raises ``ValueError`` that lists the kinds."""
    if name not in KINDS:
        raise ValueError(f"no card “{name}”; there are {', '.join(KINDS)}")
    return ForeignCard(KINDS[name])


def _contactless(historical: bytes) -> bytes:
    """The answer to reset that a PC/SC reader gives for a contactless card."""
    body = bytes((0x80 | len(historical), 0x80, 0x01)) + historical
    check = 0
    for byte in body:
        check ^= byte
    return b"\x3b" + body + bytes((check,))


def _storage(standard: int, name: int) -> bytes:
    return _contactless(_STORAGE_CARD + bytes((standard,)) + name.to_bytes(2) + bytes(4))


def _directory(name: bytes) -> bytes:
    """The file control information of a payment directory with one application in it."""
    application = tlv.encode(0x4F, _PAYMENT) + tlv.encode(0x50, b"DEMO") + tlv.encode(0x87, b"\x01")
    by_file, by_list = tlv.encode(0x88, b"\x01"), tlv.encode(0xBF0C, tlv.encode(0x61, application))
    inside = by_file if name == _PSE else by_list
    return tlv.encode(0x6F, tlv.encode(0x84, name) + tlv.encode(0xA5, inside))


def _application() -> bytes:
    return tlv.encode(0x6F, tlv.encode(0x84, _PAYMENT) + tlv.encode(0xA5, tlv.encode(0x50, b"DEMO")))


_WALLET = {_PPSE: _directory(_PPSE), _PAYMENT: _application()}

KINDS = {
    "bank": ForeignKind(
        "a bank card, contactless", _contactless(bytes.fromhex("0031C164086075")), _WALLET,
        others=0x6D00, uid_prefix=b"\x04", uid_size=7,
    ),
    "bank-contact": ForeignKind(
        "a bank card with its contacts, T=0", bytes.fromhex("3B6500002063CBA000"),
        {_PSE: _directory(_PSE), _PAYMENT: _application()},
    ),
    "transport": ForeignKind(
        "a transport or door card, MIFARE Classic 1K", _storage(_ISO_14443_A_PART_3, _MIFARE_CLASSIC_1K),
        not_found=0x6A81, others=0x6A81, uid_prefix=b"\x5a", uid_size=4,
    ),
    "desfire": ForeignKind(
        "a transport card, MIFARE DESFire", bytes.fromhex("3B8180018080"), others=0x6D00,
        uid_prefix=b"\x04", uid_size=7,
    ),
    "felica": ForeignKind(
        "a transport card, FeliCa", _storage(_FELICA, _FELICA_NAME),
        not_found=0x6A81, others=0x6A81, uid_prefix=b"\x01", uid_size=8,
    ),
    "phone": ForeignKind(
        "a phone with a wallet", _contactless(b""), _WALLET, uid_prefix=b"\x08", uid_size=4,
    ),
    "phone-no-wallet": ForeignKind(
        "a phone without a wallet", _contactless(b""), uid_prefix=b"\x08", uid_size=4,
    ),
    "mute": ForeignKind("a card without a proper answer to reset", b"\x00", speaks=False),
    "silent": ForeignKind(
        "a card that answers the reset and nothing else", _contactless(b""), speaks=False,
    ),
}  # fmt: skip
"""By their names."""

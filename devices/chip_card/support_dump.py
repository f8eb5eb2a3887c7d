"""A card's files and answers for support: whole for its owner, or redacted so that nothing of the person is
left.

The redacted text says what one needs to make a reader work with a card nobody here has seen: how it answers,
which protocols, curves and algorithms it uses, how large its files are. It leaves out every value that is the
person's or that is this one card's alone: data groups, their hashes, signatures, public keys, serial numbers
and everything random. What identifies the issuer (its certificate's names) stays.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from asn1crypto import keys as asn1_keys

from devices.chip_card import lds, tlv
from devices.chip_card.access.opening import open_chip
from devices.chip_card.access.security_infos import SecurityInfos
from devices.chip_card.apdu import Command, Response
from devices.chip_card.conversation import Conversation, Link
from devices.chip_card.data_groups import dg2, dg13, dg14, dg15
from devices.chip_card.errors import CardProblem
from devices.chip_card.lds import BlockSize, ElementaryFile, FileMissing
from devices.chip_card.reading import read_card_access
from devices.chip_card.trust import sod
from devices.chip_card.trust.certificates import Certificate
from devices.chip_card.trust.public_keys import MALFORMED
from devices.chip_card.trust.signed_data import SignedData
from kiosk.identity.access_keys import AccessKeys
from kiosk.identity.card_proof import Access

_GROUPS = (1, 2, 13, 14, 15)
_PROBES = (160, 223, 231, 256, 1024, 4096, 32767, 65535)


@dataclass(frozen=True)
class Exchanged:
    """One exchange, without its data: the command's header, bytes both ways, status, milliseconds."""

    header: bytes
    sent: int
    received: int
    sw: int
    milliseconds: float


@dataclass(frozen=True)
class CardDump:
    """Everything that one card gave.

    ``files`` by name; ``missing`` with the status the card gave instead.
    """

    atr: bytes
    card_access: SecurityInfos | None
    access: Access
    files: dict[str, bytes] = field(repr=False)
    missing: dict[str, str]
    blocks: dict[int, str]
    exchanges: list[Exchanged] = field(repr=False)


class _Recorded:
    """A link that keeps the outline of every exchange."""

    def __init__(self, link: Link) -> None:
        self._link = link
        self.exchanges: list[Exchanged] = []

    @property
    def atr(self) -> bytes:
        """Answer to reset."""
        return self._link.atr

    def transmit(self, command: bytes) -> bytes:
        """Exchange one APDU.

        Raises ``CardProblem``.
        """
        began = time.perf_counter()
        answer = self._link.transmit(command)
        spent = (time.perf_counter() - began) * 1000
        self.exchanges.append(
            Exchanged(command[:4], len(command), len(answer), int.from_bytes(answer[-2:]), round(spent, 2))
        )
        return answer

    def cold_reset(self) -> None:
        """Power off and on.

        Raises ``CardProblem``.
        """
        self._link.cold_reset()


def dump_card(link: Link, keys: AccessKeys) -> CardDump:
    """Read every file that the key opens, and probe which block sizes the card takes.

    Raises ``CardProblem``.
    """
    recorded = _Recorded(link)
    conversation = Conversation(recorded)
    size = BlockSize()
    access_file = read_card_access(conversation, size)
    opened = open_chip(conversation.transmit, conversation.reset, access_file, keys)
    conversation.channel = opened.channel
    if not opened.application:
        lds.select_application(conversation.transmit)
    files: dict[str, bytes] = {}
    missing: dict[str, str] = {}
    if access_file is not None:
        files[lds.CARD_ACCESS.name] = access_file.raw
    for file in (lds.COM, lds.SOD, *(lds.data_group(number) for number in _GROUPS)):
        try:
            files[file.name] = lds.read_file(conversation.transmit, file, size)
        except FileMissing as refusal:
            missing[file.name] = str(refusal)
    blocks = _probe(conversation, lds.SOD)
    return CardDump(recorded.atr, access_file, opened.access, files, missing, blocks, recorded.exchanges)


def _probe(conversation: Conversation, file: ElementaryFile) -> dict[int, str]:
    """How the card answers a read of each size; stops where it costs the channel."""
    found: dict[int, str] = {}
    for wanted in _PROBES:
        try:
            answer: Response = conversation.transmit(Command(0x00, 0xB0, 0x80 | file.sfi, 0, b"", wanted))
        except CardProblem as trouble:
            found[wanted] = f"channel lost: {trouble.code}"
            break
        found[wanted] = f"{answer.sw:04X}, {len(answer.data)} bytes"
    return found


def redacted_dump(dump: CardDump) -> dict[str, Any]:
    """The dump without anything of the person or of this one card, as JSON values."""
    return {
        "atr": dump.atr.hex(),
        "card_access": dump.card_access.raw.hex() if dump.card_access is not None else None,
        "card_access_offers": dump.card_access.summary() if dump.card_access is not None else None,
        "opened_by": str(dump.access),
        "files": {name: _outline(name, content) for name, content in dump.files.items()},
        "missing": dump.missing,
        "block_sizes": {str(size): told for size, told in dump.blocks.items()},
        "exchanges": [
            {
                "header": made.header.hex(),
                "sent": made.sent,
                "received": made.received,
                "sw": f"{made.sw:04X}",
                "ms": made.milliseconds,
            }
            for made in dump.exchanges
        ],
    }


def _outline(name: str, content: bytes) -> dict[str, Any]:
    """What may be told of one file.

    What cannot be parsed is said to be so, never shown.
    """
    told: dict[str, Any] = {"bytes": len(content)} if name not in ("DG1", "DG13") else {}
    describe: Callable[[], dict[str, Any]] = {
        "EF.COM": lambda: {"hex": content.hex()},
        "EF.SOD": lambda: _outline_sod(content),
        "DG1": lambda: {"length": len(content)},
        "DG2": lambda: {"format": str(dg2.parse(content).format)},
        "DG13": lambda: _outline_dg13(content),
        "DG14": lambda: {"offers": dg14.parse(content).summary(), "keys": _outline_keys(content)},
        "DG15": lambda: {"key": _outline_key(dg15.parse(content).info)},
    }.get(name, lambda: {})
    try:
        return {**told, **describe()}
    except (CardProblem, *MALFORMED) as trouble:
        detail = trouble.detail if isinstance(trouble, CardProblem) else type(trouble).__name__
        return {**told, "first_tag": content[:1].hex(), "unreadable": detail}


def _outline_sod(content: bytes) -> dict[str, Any]:
    signed = sod.parse(content)
    envelope = SignedData.parse(tlv.single(content, lds.SOD.tag).value)
    return {
        "hash": signed.hash_name,
        "groups": sorted(signed.hashes),
        "signature": signed.signature.value,
        "signature_algorithms": envelope.signature_algorithms,
        "signers": [_outline_certificate(certificate) for certificate in envelope.certificates],
    }


def _outline_certificate(certificate: Certificate) -> dict[str, Any]:
    """Whose it is and which algorithms it has; a signer's certificate is no person's."""
    return {
        "subject": certificate.subject_text,
        "issuer": certificate.issuer_text,
        "not_before": f"{certificate.not_before:%Y-%m-%d}",
        "not_after": f"{certificate.not_after:%Y-%m-%d}",
        "signature_algorithm": certificate.parsed["signature_algorithm"]["algorithm"].dotted,
        "key": _outline_key(certificate.parsed.public_key),
    }


def _outline_dg13(content: bytes) -> dict[str, Any]:
    """Which fields are there, not how long they are: a name's length narrows down whose it is."""
    printed = dg13.parse(content)
    return {"fields": sorted(printed.texts), "dropped": list(printed.dropped)}


def _outline_keys(content: bytes) -> list[dict[str, Any]]:
    return [
        _outline_key(asn1_keys.PublicKeyInfo.load(key.subject_public_key_info))
        for key in dg14.parse(content).chip_authentication_keys
    ]


def _outline_key(info: asn1_keys.PublicKeyInfo) -> dict[str, Any]:
    """Kind and size of a key, and how its curve is spelled; never the key."""
    told: dict[str, Any] = {"kind": info.algorithm, "oid": info["algorithm"]["algorithm"].dotted}
    if info.algorithm == "ec":
        parameters = info["algorithm"]["parameters"]
        told["parameters"] = parameters.name
        told["curve"] = parameters.chosen.dotted if parameters.name == "named" else None
        told["field_bits"] = (len(info["public_key"].native) - 1) * 4
    elif info.algorithm == "rsa":
        told["bits"] = info["public_key"].parsed["modulus"].native.bit_length()
    return told

"""DG15: the public key of Active Authentication (ICAO Doc 9303-10 §4.7.15)."""

from __future__ import annotations

from dataclasses import dataclass, field

from asn1crypto import keys

from devices.chip_card import tlv
from devices.chip_card.access.object_identifiers import dotted
from devices.chip_card.errors import unreadable
from devices.chip_card.lds import data_group
from devices.chip_card.trust.public_keys import MALFORMED

_SEQUENCE, _OID, _BIT_STRING = 0x30, 0x06, 0x03


@dataclass(frozen=True)
class ActiveAuthenticationKey:
    """The SubjectPublicKeyInfo in the file. ``algorithm``: its dotted object identifier.

    Only the frame has been read. ``access.chip_public_keys.load(der)`` gives the key or says why not; whoever
    asks ``info`` for its parts must expect malformed ones.
    """

    der: bytes = field(repr=False)
    algorithm: str
    info: keys.PublicKeyInfo = field(repr=False, compare=False)


def parse(data: bytes) -> ActiveAuthenticationKey:
    """Read the data group. Raises ``CardProblem`` (data unreadable) when it holds no SubjectPublicKeyInfo."""
    try:
        der = tlv.single(data, data_group(15).tag).value
        parts = tlv.single(der, _SEQUENCE).children()
        if [part.tag for part in parts] != [_SEQUENCE, _BIT_STRING]:
            raise unreadable("DG15: not a SubjectPublicKeyInfo")
        algorithm = parts[0].children()
        if not algorithm or algorithm[0].tag != _OID:
            raise unreadable("DG15: no algorithm")
        identifier = dotted(algorithm[0].value)
        info = keys.PublicKeyInfo.load(der, strict=True)
    except MALFORMED as error:
        raise unreadable(f"DG15: {type(error).__name__}") from None
    return ActiveAuthenticationKey(der, identifier, info)

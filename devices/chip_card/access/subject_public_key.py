"""Elliptic-curve keys of a chip as SubjectPublicKeyInfo (ICAO Doc 9303-11 §9.1, §9.5; RFC 5480; SEC 1 §C.2).

The curve may be named, spelled out, or given by its number in ICAO's table, which no general library reads.
"""

from __future__ import annotations

from devices.chip_card import tlv
from devices.chip_card.access import elliptic_curves as curves
from devices.chip_card.access.domain_parameters import STANDARDIZED, Curve, by_parameter_id, matching
from devices.chip_card.access.elliptic_curves import CurveError, Point
from devices.chip_card.access.object_identifiers import dotted
from devices.chip_card.tlv import Tlv

_SEQUENCE, _INTEGER, _OID, _BIT_STRING, _OCTET_STRING = 0x30, 0x02, 0x06, 0x03, 0x04
_EC_PUBLIC_KEY = "1.2.840.10045.2.1"
_STANDARDIZED_DOMAIN_PARAMETERS = "0.4.0.127.0.7.1.2"
_PRIME_FIELD = "1.2.840.10045.1.1"


class UnknownKey(ValueError):  # noqa: N818 - says nothing against the key
    """Not an elliptic-curve key on one of the standardized curves."""


def ec_key(subject_public_key_info: bytes) -> tuple[Curve, Point]:
    """Curve and point of a key. Raises ``UnknownKey`` for another kind or curve, ``ValueError`` for a
    malformed one and for a point off its curve.
    """
    parts = tlv.single(subject_public_key_info, _SEQUENCE).children()
    if [part.tag for part in parts] != [_SEQUENCE, _BIT_STRING]:
        raise ValueError("not a SubjectPublicKeyInfo")
    algorithm = parts[0].children()
    if len(algorithm) != 2 or algorithm[0].tag != _OID:
        raise UnknownKey("a key without parameters")
    curve = _curve(dotted(algorithm[0].value), algorithm[1])
    if parts[1].value[:1] != b"\x00":
        raise ValueError("the key is not whole bytes")
    return curve, curves.decode_point(curve, parts[1].value[1:])


def _curve(kind: str, parameters: Tlv) -> Curve:
    curve = None
    if kind == _STANDARDIZED_DOMAIN_PARAMETERS and parameters.tag == _INTEGER:
        curve = by_parameter_id(int.from_bytes(parameters.value))
    elif kind == _EC_PUBLIC_KEY and parameters.tag == _OID:
        curve = curves.named(dotted(parameters.value))
    elif kind == _EC_PUBLIC_KEY and parameters.tag == _SEQUENCE:
        curve = _spelled_out(parameters)
    if curve is None:
        raise UnknownKey(f"key {kind} on a curve that is not standardized")
    return curve


def _spelled_out(parameters: Tlv) -> Curve | None:
    parts = parameters.children()
    tags = [part.tag for part in parts[:5]]
    if tags != [_INTEGER, _SEQUENCE, _SEQUENCE, _OCTET_STRING, _INTEGER]:
        raise ValueError("not the parameters of a curve")
    field, equation = parts[1].children(), parts[2].children()
    if len(field) != 2 or len(equation) < 2 or dotted(field[0].value) != _PRIME_FIELD:
        return None
    p, a, b = (int.from_bytes(item.value) for item in (field[1], equation[0], equation[1]))
    order = int.from_bytes(parts[4].value)
    cofactor = int.from_bytes(parts[5].value) if len(parts) > 5 and parts[5].tag == _INTEGER else None
    base = _base(p, parts[3].value)
    return matching(p, a, b, base.x, base.y, order, cofactor) if base is not None else None


def _base(p: int, encoded: bytes) -> Point | None:
    """The generator; a compressed one has the y of the known curve, if that is of the same sign."""
    for curve in STANDARDIZED:
        if curve.p != p:
            continue
        if encoded == bytes((2 + curve.gy % 2,)) + curve.gx.to_bytes(curve.size):
            return Point(curve.gx, curve.gy)
        try:
            return curves.decode_point(curve, encoded)
        except CurveError:
            continue
    return None

"""A chip's elliptic-curve key is read in every form that chips use, never on a curve of their own making."""

import pytest
from asn1crypto.core import ObjectIdentifier
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from hypothesis import given
from hypothesis import strategies as st
from published_pace import I1

from devices.chip_card import tlv
from devices.chip_card.access import elliptic_curves as curves
from devices.chip_card.access.domain_parameters import BRAINPOOL_P256R1, SECP256R1, STANDARDIZED
from devices.chip_card.access.elliptic_curves import Point, multiply_generator
from devices.chip_card.access.subject_public_key import UnknownKey, ec_key

every_curve = pytest.mark.parametrize("curve", STANDARDIZED, ids=lambda curve: curve.name)


def key_info(parameters, point, algorithm="1.2.840.10045.2.1"):
    """SubjectPublicKeyInfo (RFC 5480 §2)."""
    key = tlv.encode(3, b"\x00" + point)
    return tlv.encode(0x30, tlv.encode(0x30, _oid(algorithm) + parameters) + key)


def _oid(dotted):
    return ObjectIdentifier(dotted).dump()


def integer(number):
    return tlv.encode(2, number.to_bytes(number.bit_length() // 8 + 1))


def octets(curve, number):
    return tlv.encode(4, number.to_bytes(curve.size))


def spelled_out(curve, *, base=None, seed=False, cofactor=1, **changes):
    """ECParameters (SEC 1 §C.2) of a curve, with one constant or another changed."""
    value = {name: getattr(curve, name) for name in ("p", "a", "b", "n")} | changes
    base = base if base is not None else curves.encode_point(curve, Point(curve.gx, curve.gy))
    equation = octets(curve, value["a"]) + octets(curve, value["b"])
    equation += tlv.encode(3, b"\x00" + bytes(20)) if seed else b""
    body = integer(1) + tlv.encode(0x30, _oid("1.2.840.10045.1.1") + integer(value["p"]))
    body += tlv.encode(0x30, equation) + tlv.encode(4, base) + integer(value["n"])
    body += integer(cofactor) if cofactor is not None else b""
    return tlv.encode(0x30, body)


def point_of(curve):
    return multiply_generator(curve, 0xC0FFEE)


@every_curve
def test_a_curve_may_be_named_numbered_or_spelled_out(curve):
    point = point_of(curve)
    encoded = curves.encode_point(curve, point)
    compressed = bytes((2 + curve.gy % 2,)) + curve.gx.to_bytes(curve.size)
    numbered = integer(curve.parameter_id)
    for parameters, algorithm in (
        (_oid(curve.oid), "1.2.840.10045.2.1"),
        (numbered, "0.4.0.127.0.7.1.2"),
        (spelled_out(curve), "1.2.840.10045.2.1"),
        (spelled_out(curve, seed=True), "1.2.840.10045.2.1"),
        (spelled_out(curve, cofactor=None), "1.2.840.10045.2.1"),
        (spelled_out(curve, base=compressed), "1.2.840.10045.2.1"),
    ):
        assert ec_key(key_info(parameters, encoded, algorithm)) == (curve, point)


def test_the_key_of_appendix_i_1():
    info = tlv.single(I1.static_key, 0x30).children()[1].raw
    curve, point = ec_key(info)
    assert curve is BRAINPOOL_P256R1
    assert hex(point.x).startswith("0x187270949")


def test_a_key_that_another_library_wrote():
    key = ec.generate_private_key(ec.SECP256R1()).public_key()
    curve, point = ec_key(key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo))
    assert (curve, point.x) == (SECP256R1, key.public_numbers().x)


@every_curve
def test_a_curve_with_one_constant_changed_is_unknown(curve):
    encoded = curves.encode_point(curve, point_of(curve))
    other_base = curves.encode_point(curve, multiply_generator(curve, 2))
    wrong_sign = bytes((3 - curve.gy % 2,)) + curve.gx.to_bytes(curve.size)
    for parameters in (
        spelled_out(curve, base=other_base),  # CVE-2020-0601
        spelled_out(curve, base=wrong_sign),
        spelled_out(curve, base=b"\x00"),
        spelled_out(curve, base=b""),
        spelled_out(curve, p=curve.p - 2),
        spelled_out(curve, a=curve.a ^ 1),
        spelled_out(curve, b=curve.b ^ 1),
        spelled_out(curve, n=curve.n - 2),
        spelled_out(curve, cofactor=2),
        spelled_out(curve, cofactor=0),
    ):
        with pytest.raises(UnknownKey):
            ec_key(key_info(parameters, encoded))


@pytest.mark.parametrize(
    ("parameters", "algorithm"),
    [
        (_oid("1.3.132.0.10"), "1.2.840.10045.2.1"),
        (b"\x05\x00", "1.2.840.10045.2.1"),
        (b"\x05\x00", "1.2.840.113549.1.1.1"),
        (integer(0), "0.4.0.127.0.7.1.2"),
        (integer(19), "0.4.0.127.0.7.1.2"),
        (b"", "1.3.101.112"),
    ],
)
def test_other_kinds_of_keys_are_unknown(parameters, algorithm):
    with pytest.raises(UnknownKey):
        ec_key(key_info(parameters, b"\x04" + bytes(64), algorithm))


@pytest.mark.parametrize(
    "point", [b"", b"\x00", b"\x04" + bytes(64), b"\x02" + bytes(32), b"\x04" + bytes(63)]
)
def test_a_point_off_its_curve_is_no_key(point):
    with pytest.raises(ValueError) as caught:
        ec_key(key_info(_oid(BRAINPOOL_P256R1.oid), point))
    assert not isinstance(caught.value, UnknownKey)


VALID = key_info(
    spelled_out(BRAINPOOL_P256R1), curves.encode_point(BRAINPOOL_P256R1, point_of(BRAINPOOL_P256R1))
)


@given(
    st.binary(max_size=120)
    | st.tuples(st.integers(0, len(VALID) - 1), st.integers(1, 255)).map(
        lambda change: VALID[: change[0]] + bytes((VALID[change[0]] ^ change[1],)) + VALID[change[0] + 1 :]
    )
)
def test_any_bytes_are_a_key_or_a_value_error(raw):
    try:
        curve, point = ec_key(raw)
    except ValueError:
        return
    assert curves.is_on_curve(curve, point)

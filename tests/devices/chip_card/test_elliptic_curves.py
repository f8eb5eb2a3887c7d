"""The curves are the published ones, and products on all of them are those of schoolbook arithmetic."""

import hashlib
from dataclasses import fields

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from hypothesis import given, settings
from hypothesis import strategies as st

from devices.chip_card.access import complete_addition
from devices.chip_card.access import elliptic_curves as curves
from devices.chip_card.access.elliptic_curves import (
    BRAINPOOL_P192R1,
    BRAINPOOL_P224R1,
    BRAINPOOL_P256R1,
    BRAINPOOL_P320R1,
    SECP224R1,
    STANDARDIZED,
    CurveError,
    KeyPair,
    Point,
    add,
    by_parameter_id,
    decode_point,
    encode_point,
    is_on_curve,
    matching,
    multiply,
    multiply_generator,
    named,
    shared_x,
    verify_ecdsa,
)

C = BRAINPOOL_P256R1
G = Point(C.gx, C.gy)
every_curve = pytest.mark.parametrize("curve", STANDARDIZED, ids=lambda curve: curve.name)


def schoolbook(curve, k, point):
    """Double and add, with its own formulas."""
    result = None
    for bit in bin(k)[2:]:
        if result is not None:
            result = add(curve, result, result)
        if bit == "1":
            result = point if result is None else add(curve, result, point)
    return result


def generator(curve):
    return Point(curve.gx, curve.gy)


# ICAO Doc 9303-11, §9.5.1: id, name, bits.
TABLE = [
    (8, "secp192r1", 192), (9, "brainpoolP192r1", 192), (10, "secp224r1", 224), (11, "brainpoolP224r1", 224),
    (12, "secp256r1", 256), (13, "brainpoolP256r1", 256), (14, "brainpoolP320r1", 320),
    (15, "secp384r1", 384), (16, "brainpoolP384r1", 384), (17, "brainpoolP512r1", 512),
    (18, "secp521r1", 521),
]  # fmt: skip


def test_the_table_is_that_of_the_standard():
    assert [(curve.parameter_id, curve.name, curve.p.bit_length()) for curve in STANDARDIZED] == TABLE
    assert [by_parameter_id(number) for number, _, _ in TABLE] == list(STANDARDIZED)
    assert [by_parameter_id(number) for number in (None, 0, 7, 19, 255)] == [None] * 5


@every_curve
def test_a_curve_is_found_by_name_and_by_all_of_its_constants_only(curve):
    constants = [curve.p, curve.a, curve.b, curve.gx, curve.gy, curve.n, 1]
    assert named(curve.oid) is curve
    assert matching(*constants) is curve
    assert matching(*constants[:6], None) is curve
    for place, value in enumerate(constants):
        assert matching(*constants[:place], value + 1, *constants[place + 1 :]) is None


@every_curve
def test_the_generator_has_the_order_that_the_table_says(curve):
    g = generator(curve)
    assert is_on_curve(curve, g)
    assert (4 * curve.a**3 + 27 * curve.b**2) % curve.p
    assert pow(2, curve.p - 1, curve.p) == pow(2, curve.n - 1, curve.n) == 1
    assert complete_addition.multiply(curve, curve.n, g.x, g.y) is None
    assert complete_addition.multiply(curve, curve.n - 1, g.x, g.y) == (g.x, curve.p - g.y)


def test_names_that_are_no_standardized_curve_are_unknown():
    assert named("1.3.132.0.10") is None


@every_curve
@settings(max_examples=3, deadline=None)
@given(data=st.data())
def test_a_product_is_that_of_double_and_add(curve, data):
    scalars = st.integers(2, curve.n - 2)
    k, base = data.draw(scalars), data.draw(scalars)
    point = multiply_generator(curve, base)
    assert point == schoolbook(curve, base, generator(curve))
    product = multiply(curve, k, point)
    assert product == schoolbook(curve, k, point)
    assert shared_x(curve, k, point) == product.x
    assert is_on_curve(curve, product)
    assert decode_point(curve, encode_point(curve, product)) == product


@every_curve
def test_python_and_openssl_agree_and_either_may_compute(curve, monkeypatch):
    pair, peer = KeyPair.generate(curve), KeyPair.generate(curve)
    product = pair.multiply(peer.public)
    assert product == peer.multiply(pair.public)
    assert pair.shared_x(peer.public) == product.x
    monkeypatch.setattr(curves, "runs_natively", lambda _curve: False)
    again = KeyPair.of(curve, pair._k)
    assert (again.public, again.multiply(peer.public)) == (pair.public, product)
    other = KeyPair.generate(curve)
    assert other.multiply(pair.public) == pair.multiply(other.public)


def test_only_three_curves_are_computed_in_python():
    assert [c for c in STANDARDIZED if not curves.runs_natively(c)] == [
        BRAINPOOL_P192R1,
        BRAINPOOL_P224R1,
        BRAINPOOL_P320R1,
    ]


@pytest.mark.parametrize("curve", [C, SECP224R1, BRAINPOOL_P320R1])
@pytest.mark.parametrize("k", [2, 3, 4, -3, -2])
def test_products_at_the_ends_of_the_range(curve, k):
    product = multiply(curve, k % curve.n, generator(curve))
    expected = schoolbook(curve, abs(k), generator(curve))
    opposite = Point(expected.x, curve.p - expected.y)
    assert product == (expected if k > 0 else opposite)
    minus_generator = Point(curve.gx, curve.p - curve.gy)
    assert multiply(curve, k % curve.n, minus_generator) == (opposite if k > 0 else expected)


@pytest.mark.parametrize("curve", [C, BRAINPOOL_P320R1])
@pytest.mark.parametrize("k", [-1, 0, 1, "n-1", "n", "n+5"])
def test_factors_that_give_away_or_lose_the_secret_are_refused(curve, k):
    k = curve.n + int(k[1:] or 0) if isinstance(k, str) else k
    with pytest.raises(CurveError):
        multiply(curve, k, generator(curve))
    with pytest.raises(CurveError):
        multiply_generator(curve, k if not 0 < k < curve.n else 0)


def test_infinity_is_no_point():
    with pytest.raises(CurveError):
        add(C, G, Point(G.x, C.p - G.y))


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\x00",
        b"\x04",
        b"\x04" + bytes(64),
        b"\x02" + bytes(32),
        b"\x04" + b"\xff" * 64,
        b"\x04" + bytes(65),
    ],
)
def test_only_uncompressed_points_of_the_curve_are_read(data):
    with pytest.raises(CurveError):
        decode_point(C, data)


@every_curve
@settings(max_examples=10)
@given(data=st.data())
def test_a_random_pair_is_refused(curve, data):
    point = Point(data.draw(st.integers(0, curve.p - 1)), data.draw(st.integers(0, curve.p - 1)))
    with pytest.raises(CurveError):
        shared_x(curve, 5, point)
    with pytest.raises(CurveError):
        multiply(curve, 5, point)
    with pytest.raises(CurveError):
        verify_ecdsa(curve, point, bytes(20), 1, 1)


def signed(curve, digest, k=0x1234567):
    """A signature by the textbook (SEC 1 §4.1.3), and its key's point."""
    secret = curve.n // 3
    size = curve.n.bit_length()
    number = int.from_bytes(digest) >> max(0, 8 * len(digest) - size)
    r = multiply(curve, k, generator(curve)).x % curve.n
    s = pow(k, -1, curve.n) * (number + r * secret) % curve.n
    return multiply_generator(curve, secret), r, s


@every_curve
@pytest.mark.parametrize("name", ["sha1", "sha224", "sha256", "sha384", "sha512", "blake2b"])
def test_a_signature_verifies_and_an_altered_one_does_not(curve, name):
    digest = hashlib.new(name, b"signed").digest()
    public, r, s = signed(curve, digest)
    assert verify_ecdsa(curve, public, digest, r, s)
    assert not verify_ecdsa(curve, public, bytes(len(digest)), r, s)
    assert not verify_ecdsa(curve, generator(curve), digest, r, s)
    for wrong in ((0, s), (r, 0), (curve.n, s), (r, curve.n), (r + curve.n, s), (-r, s), (r, s ^ 1), (s, r)):
        assert not verify_ecdsa(curve, public, digest, *wrong)


@pytest.mark.parametrize("curve", [BRAINPOOL_P224R1, C])
def test_a_signature_whose_point_is_infinity_does_not_verify(curve):
    digest = bytes(20)
    assert not verify_ecdsa(curve, generator(curve), digest, 1, 1)
    minus = Point(curve.gx, curve.p - curve.gy)
    assert not verify_ecdsa(curve, minus, (1).to_bytes(20), 1, 1)


def test_the_constants_are_those_that_openssl_has():
    for curve in STANDARDIZED:
        if curve.native is not None:
            numbers = ec.derive_private_key(1, curve.native).public_key().public_numbers()
            assert (numbers.x, numbers.y) == (curve.gx, curve.gy)
            assert curve.native.key_size == curve.p.bit_length()


def test_no_secret_shows_in_a_repr():
    pair = KeyPair.of(C, 0xABCDEF0123456789)
    assert str(0xABCDEF0123456789) not in repr(pair)
    assert str(pair.public.x) not in repr(pair)
    assert {item.name for item in fields(pair) if item.repr} == {"curve", "public"}

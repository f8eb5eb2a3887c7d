"""Products found by two ECDH calls are those of schoolbook arithmetic."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from devices.chip_card.access.elliptic_curves import (
    BRAINPOOL_P256R1,
    CurveError,
    Point,
    add,
    decode_point,
    encode_point,
    is_on_curve,
    multiply,
    multiply_generator,
    shared_x,
)

C = BRAINPOOL_P256R1
G = Point(C.gx, C.gy)


def schoolbook(k, point):
    """Double and add, with its own formulas."""
    result = None
    for bit in bin(k)[2:]:
        if result is not None:
            result = add(C, result, result)
        if bit == "1":
            result = point if result is None else add(C, result, point)
    return result


scalars = st.integers(2, C.n - 2)


@settings(max_examples=25, deadline=None)
@given(k=scalars, base=scalars)
def test_a_product_is_that_of_double_and_add(k, base):
    point = multiply_generator(C, base)
    assert point == schoolbook(base, G)
    product = multiply(C, k, point)
    assert product == schoolbook(k, point)
    assert shared_x(C, k, point) == product.x
    assert is_on_curve(C, product)
    assert decode_point(C, encode_point(C, product)) == product


@pytest.mark.parametrize("k", [2, 3, 4, C.n - 3, C.n - 2])
def test_products_at_the_ends_of_the_range(k):
    expected = schoolbook(k, G) if k < 10 else None
    product = multiply(C, k, G)
    assert product == (expected or Point((p := schoolbook(C.n - k, G)).x, C.p - p.y))


@pytest.mark.parametrize("k", [-1, 0, 1, C.n - 1, C.n, C.n + 5])
def test_factors_that_give_away_or_lose_the_secret_are_refused(k):
    with pytest.raises(CurveError):
        multiply(C, k, G)


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


@given(x=st.integers(0, C.p - 1), y=st.integers(0, C.p - 1))
def test_a_random_pair_is_refused(x, y):
    with pytest.raises(CurveError):
        shared_x(C, 5, Point(x, y))

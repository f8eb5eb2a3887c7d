"""The prime-field groups are what the standard says they are; their numbers open the examples of PACE."""

import pytest

from devices.chip_card.access.modp_groups import STANDARDIZED, by_parameter_id


# ICAO Doc 9303-11 §9.5.1: id, bits of the prime, bits of the order.
@pytest.mark.parametrize(("parameter_id", "prime", "order"), [(0, 1024, 160), (1, 2048, 224), (2, 2048, 256)])
def test_prime_order_and_generator_belong_together(parameter_id, prime, order):
    group = by_parameter_id(parameter_id)
    assert (group.p.bit_length(), group.q.bit_length(), group.size) == (prime, order, prime // 8)
    assert pow(3, group.p - 1, group.p) == pow(3, group.q - 1, group.q) == 1
    assert (group.p - 1) % group.q == 0
    assert group.g != 1
    assert pow(group.g, group.q, group.p) == 1


def test_other_numbers_name_no_prime_field():
    assert [by_parameter_id(number) for number in (None, -1, 3, 7, 13)] == [None] * 5
    assert [by_parameter_id(number) for number in (0, 1, 2)] == list(STANDARDIZED)

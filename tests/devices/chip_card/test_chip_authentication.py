"""A chip with its private key ends on the reader's new session keys, on each curve and in each group."""

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from key_agreement import AES_128, AES_256, TDES, PlainChip, agree, infos_of

from devices.chip_card.access import chip_authentication
from devices.chip_card.access.chip_authentication import NotCarriedOut
from devices.chip_card.access.diffie_hellman import standardized
from devices.chip_card.access.elliptic_curves import (
    BRAINPOOL_P256R1,
    SECP256R1,
    STANDARDIZED,
    multiply_generator,
)
from devices.chip_card.access.session_keys import CipherSuite
from devices.virtual.chip_card.authentication import (
    ChipAuthenticator,
    DhAgreementKey,
    EcAgreementKey,
)
from kiosk.identity.card_proof import ChipProof


@pytest.mark.parametrize("curve", STANDARDIZED, ids=repr)
@pytest.mark.parametrize("parameters", ["named", "explicit", "standardized"])
def test_both_sides_agree_on_every_curve(curve, parameters):
    result, keys, _ = agree(ChipAuthenticator(EcAgreementKey(curve, parameters), AES_128))
    assert result.keys == keys
    assert result.words == f"ECDH {curve.name}, AES-128"


@pytest.mark.parametrize("suite", CipherSuite)
@pytest.mark.parametrize(
    "key", [EcAgreementKey(SECP256R1), DhAgreementKey(standardized(0))], ids=["EC", "DH"]
)
def test_both_sides_agree_with_every_cipher(suite, key):
    result, keys, sent = agree(ChipAuthenticator(key, suite))
    assert result.keys == keys
    assert result.keys.suite is suite
    assert len(sent) == (1 if suite is TDES else 2)


@pytest.mark.parametrize("parameters", ["explicit", "standardized", "pkcs3"])
@pytest.mark.parametrize("number", [0, 1, 2])
def test_both_sides_agree_in_every_group(parameters, number):
    result, keys, _ = agree(ChipAuthenticator(DhAgreementKey(standardized(number), parameters), AES_256))
    assert result.keys == keys


def test_each_run_makes_other_keys():
    chip = ChipAuthenticator(EcAgreementKey(BRAINPOOL_P256R1), AES_128)
    runs = [agree(chip) for _ in range(3)]
    assert len({run[0].keys.mac for run in runs}) == 3
    assert len({run[2][1].data for run in runs}) == 3


@settings(max_examples=15, deadline=None)
@given(st.randoms(use_true_random=False))
def test_whatever_the_random_numbers(randoms):
    for key in (EcAgreementKey(BRAINPOOL_P256R1), DhAgreementKey(standardized(0))):
        result, keys, _ = agree(ChipAuthenticator(key, AES_128), random=randoms.randrange)
        assert result.keys == keys


def test_no_secret_begins_with_a_zero_byte():
    """Chips differ in whether they keep such a byte, and a key of Diffie-Hellman in whether they send it."""
    group, x = standardized(0), 11
    assert all(not pow(group.g, n, group.p) >> 1016 for n in (48, 11 * 109))
    numbers = iter([48 - 2, 109 - 2, 7 - 2])
    chip = ChipAuthenticator(DhAgreementKey(group, x=x), AES_128)
    result, keys, sent = agree(chip, random=lambda _: next(numbers))
    assert sent[1].data.endswith(pow(group.g, 7, group.p).to_bytes(128))
    assert result.keys == keys

    curve, k = BRAINPOOL_P256R1, 3
    assert all(not multiply_generator(curve, k * n).x >> 248 for n in (351, 651))
    numbers = iter([351 - 2, 651 - 2, 7 - 2])
    chip = ChipAuthenticator(EcAgreementKey(curve, k=k), AES_128)
    result, keys, sent = agree(chip, random=lambda _: next(numbers))
    assert sent[1].data.endswith(multiply_generator(curve, 7).y.to_bytes(32))
    assert result.keys == keys


@pytest.mark.parametrize("suite", [TDES, AES_128])
@pytest.mark.parametrize("extended_length", [True, False])
@pytest.mark.parametrize("limit", [65535, 255])
def test_a_long_key_is_sent_in_one_command_or_in_a_chain(suite, extended_length, limit):
    chip = ChipAuthenticator(DhAgreementKey(standardized(2)), suite, 5)
    result, keys, sent = agree(chip, extended_length=extended_length, limit=limit)
    assert result.keys == keys
    parts = [command for command in sent if command.cla == 0x10]
    assert bool(parts) is (limit == 255 or not extended_length)
    for part, following in pairwise(sent):
        assert part.cla == 0 or (following.ins, following.p1, following.p2) == (part.ins, part.p1, part.p2)
    assert all(len(part.data) <= 223 for part in parts)


@pytest.mark.parametrize(("limit", "sent"), [(200, [0x22, 0x86]), (0, [0x22])])
def test_nothing_follows_a_refused_command(limit, sent):
    chip = ChipAuthenticator(DhAgreementKey(standardized(2)), AES_128)
    link = PlainChip(chip, limit)
    with pytest.raises(NotCarriedOut) as caught:
        chip_authentication.authenticate(link, infos_of(chip.security_infos()), extended_length=False)
    assert caught.value.proof is ChipProof.FAILED
    assert [command.ins for command in link.sent] == sent


def test_nothing_secret_shows():
    result, _, _ = agree(ChipAuthenticator(EcAgreementKey(BRAINPOOL_P256R1), AES_128))
    assert result.keys.mac.hex() not in repr(result)
    assert repr(result.keys.mac) not in repr(result)

"""DG14 and DG15 are read for what the standard puts there, and refused when they hold anything else."""

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devices.chip_card import tlv
from devices.chip_card.access.chip_public_keys import describe, load
from devices.chip_card.access.diffie_hellman import standardized
from devices.chip_card.access.elliptic_curves import BRAINPOOL_P256R1
from devices.chip_card.access.session_keys import CipherSuite
from devices.chip_card.data_groups import dg14, dg15
from devices.chip_card.errors import CardProblem
from devices.chip_card.trust.public_keys import UnsupportedKey
from devices.virtual.chip_card.authentication import (
    ChipAuthenticator,
    DhAgreementKey,
    EcAgreementKey,
    EcdsaKey,
    RsaKey,
)
from kiosk.failures import FailureCode

# EF.CardAccess of the cards of 2021, whose entries DG14 repeats
CARD_ACCESS = bytes.fromhex(
    "3134300d060804007f0007020202020101300f060a04007f000702020302020201013012060a04007f0007020204020202010202010d"
)
CHIP = ChipAuthenticator(EcAgreementKey(BRAINPOOL_P256R1, "explicit"), CipherSuite.AES_128, 3)
ACTIVE = EcdsaKey(BRAINPOOL_P256R1, "sha384")
DG14 = tlv.encode(0x6E, tlv.encode(0x31, CARD_ACCESS[2:] + CHIP.security_infos() + ACTIVE.security_infos()))
DG15 = tlv.encode(0x6F, ACTIVE.public_key_info())


def test_dg14_holds_the_protocols_and_the_key_of_the_chip():
    infos = dg14.parse(DG14)
    assert infos.terminal_authentication
    assert len(infos.pace) == 1
    announced = [(info.suite, info.version, info.key_id) for info in infos.chip_authentication]
    assert announced == [(CipherSuite.AES_128, 1, None), (CipherSuite.AES_128, 1, 3)]
    (key,) = infos.chip_authentication_keys
    assert (key.key_id, key.protocol) == (3, "ECDH")
    assert describe(load(key.subject_public_key_info)) == "brainpoolP256r1"
    assert infos.active_authentication.signature_algorithm == "0.4.0.127.0.7.1.1.4.1.4"


@pytest.mark.parametrize(
    ("key", "algorithm", "words"),
    [
        (ACTIVE, "1.2.840.10045.2.1", "brainpoolP256r1"),
        (EcdsaKey(BRAINPOOL_P256R1, parameters="explicit"), "1.2.840.10045.2.1", "brainpoolP256r1"),
        (EcdsaKey(BRAINPOOL_P256R1, parameters="standardized"), "0.4.0.127.0.7.1.2", "brainpoolP256r1"),
        (RsaKey.generate(1024, "sha1"), "1.2.840.113549.1.1.1", "RSA 1024"),
        (DhAgreementKey(standardized(1)), "1.2.840.10046.2.1", "DH 2048"),
    ],
)
def test_dg15_holds_the_key_of_active_authentication(key, algorithm, words):
    parsed = dg15.parse(tlv.encode(0x6F, key.public_key_info()))
    assert parsed.der == key.public_key_info() == parsed.info.dump()
    assert parsed.algorithm == algorithm
    assert describe(load(parsed.der)) == words


def spki(kind, parameters, key, unused_bits=b"\x00"):
    algorithm = tlv.encode(0x06, bytes.fromhex(kind)) + tlv.encode(0x30, parameters)
    return tlv.encode(0x30, tlv.encode(0x30, algorithm) + tlv.encode(0x03, unused_bits + key))


X942, PKCS3 = "2a8648ce3e0201", "2a864886f70d010301"
GROUP = tlv.parse(DhAgreementKey(standardized(0)).public_key_info())[0].children()[0].children()[1].children()
P, G, Q = (item.raw for item in GROUP)


def test_keys_of_diffie_hellman_are_read_in_both_forms():
    more = bytes.fromhex("0201023003020101")
    for kind, parameters in (
        (X942, P + G + Q),
        (X942, P + G + Q + more),
        (PKCS3, P + G),
        (PKCS3, P + G + more[:3]),
    ):
        assert describe(load(spki(kind, parameters, G))) == "DH 1024"


@pytest.mark.parametrize(
    "malformed",
    [
        spki(X942, P + G, G),
        spki(X942, P, G),
        spki(PKCS3, P, G),
        spki(PKCS3, b"", G),
        spki(X942, P + G + b"\x02\x00", G),
        spki(X942, P + G + b"\x04" + Q[1:], G),
        spki(X942, P + G + Q, G, unused_bits=b"\x01"),
        spki(X942, P + G + Q, G, unused_bits=b""),
        spki(X942, P + G + Q, b""),
        spki(X942, P + G + Q, G + G),
        spki(X942, P + G + Q, b"\x04" + G[1:]),
    ],
)
def test_malformed_keys_of_diffie_hellman_are_none(malformed):
    with pytest.raises(ValueError) as caught:
        load(malformed)
    assert not isinstance(caught.value, UnsupportedKey)


def test_nothing_of_a_key_shows_in_a_repr():
    parsed = dg15.parse(DG15)
    assert ACTIVE.public_key_info()[-16:].hex() not in repr(parsed)
    assert repr(ACTIVE.public_key_info()[-16:])[2:-1] not in repr(parsed)


UNREADABLE = [
    b"",
    b"\x30",
    bytes.fromhex("6E00"),
    bytes.fromhex("6F00"),
    bytes.fromhex("6E023000"),
    bytes.fromhex("6F023100"),
    bytes.fromhex("6F04300030" + "00"),
    bytes.fromhex("6E8031000000"),
    bytes.fromhex("6F8030000000"),
    bytes.fromhex("6E84FFFFFFFF"),
    bytes.fromhex("6F84FFFFFFFF"),
    bytes.fromhex("6E0231040000"),
    DG14[:-1],
    DG15[:-1],
    DG14 + b"\x00",
    DG15 + b"\x00",
    b"\x61" + DG14[1:],
    b"\x61" + DG15[1:],
]


@pytest.mark.parametrize("content", UNREADABLE, ids=range(len(UNREADABLE)))
@pytest.mark.parametrize("parse", [dg14.parse, dg15.parse])
def test_anything_else_is_unreadable(parse, content):
    with pytest.raises(CardProblem) as caught:
        parse(content)
    assert caught.value.code is FailureCode.CARD_DATA_UNREADABLE


@given(st.binary(max_size=300))
def test_any_bytes_give_a_value_or_a_card_problem(content):
    for parse, tag, inner in ((dg14.parse, 0x6E, 0x31), (dg15.parse, 0x6F, 0x30)):
        for raw in (content, tlv.encode(tag, content), tlv.encode(tag, tlv.encode(inner, content))):
            try:
                parse(raw)
            except CardProblem as problem:
                assert problem.code is FailureCode.CARD_DATA_UNREADABLE


@given(content=st.sampled_from([DG14, DG15]), data=st.data())
def test_any_change_gives_a_value_or_a_card_problem(content, data):
    raw = bytearray(content)
    for _ in range(data.draw(st.integers(1, 4))):
        raw[data.draw(st.integers(0, len(raw) - 1))] = data.draw(st.integers(0, 255))
    for parse in (dg14.parse, dg15.parse):
        try:
            parsed = parse(bytes(raw))
        except CardProblem as problem:
            assert problem.code is FailureCode.CARD_DATA_UNREADABLE
            continue
        keys = (
            [parsed.der]
            if parse is dg15.parse
            else [key.subject_public_key_info for key in parsed.chip_authentication_keys]
        )
        for der in keys:
            with contextlib.suppress(ValueError):
                load(der)


def test_deep_nesting_and_endless_identifiers_cost_nothing():
    nested = b""
    for _ in range(3000):
        nested = tlv.encode(0x30, nested)
    name = tlv.encode(0x06, b"\xff" * 5000 + b"\x7f")
    for inner in (nested, tlv.encode(0x30, tlv.encode(0x30, name) + nested)):
        with pytest.raises(CardProblem):
            dg15.parse(tlv.encode(0x6F, inner))
    assert not dg14.parse(tlv.encode(0x6E, tlv.encode(0x31, nested))).chip_authentication_keys

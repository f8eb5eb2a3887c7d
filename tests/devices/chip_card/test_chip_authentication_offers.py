"""Which keys and ciphers of DG14 are used, and which are not: unknown, weak, or of another kind than told."""

import pytest
from key_agreement import AES_128, AES_256, G0, TDES, PlainChip, agree, infos_of, never, public_key

from devices.chip_card import tlv
from devices.chip_card.access import chip_authentication
from devices.chip_card.access.chip_authentication import NotCarriedOut
from devices.chip_card.access.diffie_hellman import Group, GroupError, standardized
from devices.chip_card.access.elliptic_curves import (
    BRAINPOOL_P256R1,
    SECP224R1,
    SECP256R1,
    Point,
    add,
    multiply_generator,
)
from devices.virtual.chip_card.authentication import (
    ChipAuthenticator,
    DhAgreementKey,
    EcAgreementKey,
    ec_public_key_info,
)
from kiosk.identity.card_proof import ChipProof


def test_an_older_document_without_info_means_3des():
    result, keys, sent = agree(ChipAuthenticator(EcAgreementKey(SECP256R1), TDES, announced=False))
    assert result.keys == keys
    assert result.keys.suite is TDES
    assert sent[0].encode()[:7] == bytes.fromhex("002241A6439141")


def test_a_3des_chip_that_knows_only_the_newer_commands():
    chip = ChipAuthenticator(EcAgreementKey(SECP256R1), TDES, key_agreement_template=False)
    result, keys, sent = agree(chip)
    assert result.keys == keys
    assert [command.ins for command in sent] == [0x22, 0x22, 0x86]


@pytest.mark.parametrize("key_id", [0, 1, 13, 200, 0x0102])
@pytest.mark.parametrize("suite", [TDES, AES_128])
def test_a_numbered_key_is_named_to_the_chip(key_id, suite):
    result, keys, sent = agree(ChipAuthenticator(EcAgreementKey(SECP256R1), suite, key_id))
    assert result.keys == keys
    assert result.key_id == key_id
    number = f"{key_id:04x}" if key_id > 255 else f"{key_id:02x}"
    assert sent[0].data.endswith(tlv.encode(0x84, bytes.fromhex(number)))


def test_the_strongest_of_several_keys_is_used():
    chips = [
        ChipAuthenticator(EcAgreementKey(SECP256R1), TDES, 1),
        ChipAuthenticator(DhAgreementKey(standardized(0)), AES_256, 2),
        ChipAuthenticator(EcAgreementKey(SECP224R1), AES_256, 3),
        ChipAuthenticator(EcAgreementKey(BRAINPOOL_P256R1), AES_256, 4),
        ChipAuthenticator(EcAgreementKey(BRAINPOOL_P256R1), AES_128, 5),
    ]
    offers = chip_authentication.offers(infos_of(*(chip.security_infos() for chip in chips)))
    assert [offer.key_id for offer in offers] == [4, 3, 2, 5, 1]
    result = chip_authentication.authenticate(
        PlainChip(chips[3]), infos_of(*(chip.security_infos() for chip in chips))
    )
    assert result.keys == chips[3].take_keys()


def test_an_offer_that_the_chip_refuses_is_followed_by_the_next():
    strong = ChipAuthenticator(EcAgreementKey(SECP256R1), AES_256, 1)
    weak = ChipAuthenticator(EcAgreementKey(SECP256R1), AES_128, 2)
    infos = infos_of(strong.security_infos(), weak.security_infos())
    assert chip_authentication.authenticate(PlainChip(weak), infos).keys == weak.take_keys()


def test_keys_and_infos_belong_together_by_number():
    one, two = (ChipAuthenticator(EcAgreementKey(SECP256R1), AES_128, number) for number in (1, 2))
    info, key = tlv.parse(one.security_infos())[0].raw, tlv.parse(two.security_infos())[1].raw
    assert not chip_authentication.offers(infos_of(info, key))


def test_a_single_key_may_leave_its_number_out():
    numbered = tlv.parse(ChipAuthenticator(EcAgreementKey(SECP256R1), AES_128, 7).security_infos())
    bare = tlv.parse(ChipAuthenticator(EcAgreementKey(SECP256R1), AES_128).security_infos())
    other = tlv.parse(ChipAuthenticator(EcAgreementKey(SECP256R1), AES_128, 8).security_infos())
    for info, key in ((numbered[0], bare[1]), (bare[0], numbered[1])):
        assert [offer.key_id for offer in chip_authentication.offers(infos_of(info.raw, key.raw))] == [7]
    assert not chip_authentication.offers(infos_of(numbered[0].raw, bare[1].raw, other[1].raw))


@pytest.mark.parametrize(
    ("entries", "proof"),
    [
        ([], ChipProof.NOT_OFFERED),
        (["300d060804007f0007020202020101"], ChipProof.NOT_OFFERED),
        (["300f060a04007f00070202030202020101"], ChipProof.UNSUPPORTED),  # and no key for it
    ],
)
def test_a_chip_without_a_key_in_dg14(entries, proof):
    with pytest.raises(NotCarriedOut) as caught:
        chip_authentication.authenticate(never, infos_of(*map(bytes.fromhex, entries)))
    assert caught.value.proof is proof


def dh_spki(p, g, q, y):
    """A key with any numbers in the form of X9.42."""
    integers = [tlv.encode(2, n.to_bytes(n.bit_length() // 8 + 1, signed=True)) for n in (p, g, q)]
    algorithm = tlv.encode(6, bytes.fromhex("2a8648ce3e0201")) + tlv.encode(0x30, b"".join(integers))
    key = tlv.encode(2, y.to_bytes(y.bit_length() // 8 + 1))
    return tlv.encode(0x30, tlv.encode(0x30, algorithm) + tlv.encode(3, b"\x00" + key))


def test_a_key_of_another_kind_than_dg14_says_is_not_used():
    ecdh = ec_public_key_info(SECP256R1, multiply_generator(SECP256R1, 5))
    with pytest.raises(NotCarriedOut) as caught:
        chip_authentication.authenticate(never, infos_of(public_key(ecdh, 1)))
    assert caught.value.proof is ChipProof.UNSUPPORTED


def test_an_info_speaks_only_of_keys_of_its_kind():
    ecdh, dh = (tlv.parse(ChipAuthenticator(key, AES_256).security_infos()) for key in KEYS)
    offers = chip_authentication.offers(infos_of(dh[0].raw, ecdh[1].raw))
    assert [(offer.suite, offer.protocol) for offer in offers] == [(TDES, None)]


@pytest.mark.parametrize(
    "info",
    [
        "300f060a04007f00070202030202020102",
        "300f060a04007f00070202030205020101",
        "3012060a04007f000702020302020201010201ff",
    ],
    ids=["version 2", "no known cipher", "a negative number"],
)
def test_a_protocol_that_is_not_known_here_is_not_replaced_by_3des(info):
    key = tlv.parse(ChipAuthenticator(EcAgreementKey(SECP256R1), AES_128).security_infos())[1].raw
    with pytest.raises(NotCarriedOut) as caught:
        chip_authentication.authenticate(never, infos_of(bytes.fromhex(info), key))
    assert caught.value.proof is ChipProof.UNSUPPORTED


def test_many_keys_and_odd_groups_do_not_keep_the_reader_busy():
    """2^1024 + 643 is the first prime above: nearly every element begins with a zero byte."""
    p = (1 << 1024) + 643
    chip = ChipAuthenticator(DhAgreementKey(Group(p, 2), "pkcs3"), AES_128)
    result, keys, _ = agree(chip)
    assert result.keys == keys
    many = [public_key(ec_public_key_info(SECP256R1, multiply_generator(SECP256R1, n))) for n in range(2, 40)]
    assert len(chip_authentication.offers(infos_of(*many))) < 10


KEYS = EcAgreementKey(SECP256R1), DhAgreementKey(standardized(0))


OTHER_GENERATOR = add(SECP256R1, Point(SECP256R1.gx, SECP256R1.gy), Point(SECP256R1.gx, SECP256R1.gy))


def explicit(**changes):
    """An explicit SubjectPublicKeyInfo with some constants of the curve replaced."""
    spki = ec_public_key_info(SECP256R1, multiply_generator(SECP256R1, 5), "explicit")
    for name, value in changes.items():
        old = getattr(SECP256R1, name)
        assert spki.count(old.to_bytes(32)) >= 1
        spki = spki.replace(old.to_bytes(32), value.to_bytes(32), 1)
    return spki


@pytest.mark.parametrize(
    "spki",
    [
        explicit(gx=OTHER_GENERATOR.x, gy=OTHER_GENERATOR.y),
        explicit(b=SECP256R1.b ^ 1),
        explicit(a=SECP256R1.a ^ 1),
        explicit(n=SECP256R1.n ^ 2),
        ec_public_key_info(SECP256R1, Point(SECP256R1.gx, SECP256R1.gy ^ 1)),
        ec_public_key_info(BRAINPOOL_P256R1, Point(0, 0)),
        ec_public_key_info(SECP256R1, multiply_generator(SECP256R1, 5)).replace(
            bytes.fromhex("2a8648ce3d030107"), bytes.fromhex("2b8104000a2b8104")
        ),
        b"",
        b"\x30\x00",
        bytes.fromhex("3006300206000300"),
    ],
    ids=["generator", "b", "a", "order", "off curve", "zero", "unknown name", "nothing", "empty", "hollow"],
)
def test_a_curve_or_point_that_is_not_exactly_known_is_not_used(spki):
    with pytest.raises(NotCarriedOut) as caught:
        chip_authentication.authenticate(never, infos_of(public_key(spki or b"\x30\x00")))
    assert caught.value.proof is ChipProof.UNSUPPORTED


@pytest.mark.parametrize(
    "numbers",
    [
        (G0.p, G0.g, G0.q, 0),
        (G0.p, G0.g, G0.q, 1),
        (G0.p, G0.g, G0.q, G0.p - 1),
        (G0.p, G0.g, G0.q, G0.p + 5),
        (G0.p, G0.g, G0.q, 2),  # outside of the subgroup
        (G0.p, 1, G0.q, G0.g),
        (G0.p, G0.p - 1, G0.q, G0.g),
        (G0.p, G0.g, G0.q + 2, G0.g),
        (G0.p, G0.g, G0.q * 1009, G0.g),  # does not divide p - 1
        (G0.p, pow(7, G0.p // 223, G0.p), 223, pow(7, 5 * (G0.p // 223), G0.p)),  # too small an order
        (G0.p, G0.g, 1, G0.g),
        (G0.p, G0.g, -G0.q, G0.g),
        (G0.p, G0.g, G0.p, G0.g),
        (G0.p + 2, G0.g, G0.q, G0.g),
        (G0.p * G0.q, G0.g, G0.q, G0.g),
        (23, 5, 11, 4),
        (-G0.p, G0.g, G0.q, G0.g),
        (0, 0, 0, 0),
        ((1 << 5000) + 1, 2, (1 << 200) + 1, 4),
    ],
)
def test_a_group_or_key_that_is_not_sane_is_not_used(numbers):
    with pytest.raises(NotCarriedOut) as caught:
        chip_authentication.authenticate(never, infos_of(public_key(dh_spki(*numbers), 1)))
    assert caught.value.proof is ChipProof.UNSUPPORTED


@pytest.mark.parametrize(
    "p",
    [(1 << 521) - 1, (1 << 4253) - 1, ((1 << 521) - 1) * ((1 << 607) - 1)],
    ids=["a short prime", "a long prime", "two primes"],
)
def test_a_group_without_an_order_is_checked_too(p):
    with pytest.raises(GroupError):
        Group(p, 3).check()


def test_a_group_of_the_issuers_own_is_used_when_it_is_sane():
    """RFC 3526 §3, which has no order of its own, spelled out as PKCS #3 does."""
    p = int(
        "FFFFFFFFFFFFFFFFC90FDAA22168C234C4C6628B80DC1CD129024E088A67CC74020BBEA63B139B22514A08798E3404DDEF95"
        "19B3CD3A431B302B0A6DF25F14374FE1356D6D51C245E485B576625E7EC6F44C42E9A637ED6B0BFF5CB6F406B7EDEE386BFB"
        "5A899FA5AE9F24117C4B1FE649286651ECE45B3DC2007CB8A163BF0598DA48361C55D39A69163FA8FD24CF5F83655D23DCA3"
        "AD961C62F356208552BB9ED529077096966D670C354E4ABC9804F1746C08CA18217C32905E462E36CE3BE39E772C180E8603"
        "9B2783A2EC07A28FB5C55DF06F4C52C9DE2BCBF6955817183995497CEA956AE515D2261898FA051015728E5A8AACAA68FFFF"
        "FFFFFFFFFFFF",
        16,
    )
    result, keys, _ = agree(ChipAuthenticator(DhAgreementKey(Group(p, 2), "pkcs3"), AES_128))
    assert result.keys == keys
    assert result.words == "DH 2048, AES-128"

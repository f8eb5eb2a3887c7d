"""A chip with its private key ends on the same new session keys as the reader, and no other chip does.

Numbers: BSI, "Worked Example for Extended Access Control (EAC)", version 1.02 (2011), Chip Authentication
with ECDH on brainpoolP256r1 and with DH in the 1024-bit group of RFC 5114. The example is of version 2, whose
key agreement is that of version 1; version 2 only adds a nonce to what the keys are derived from.
"""

import contextlib
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from devices.chip_card import tlv
from devices.chip_card.access import chip_authentication, security_infos
from devices.chip_card.access.chip_authentication import NotCarriedOut
from devices.chip_card.access.diffie_hellman import Group, GroupError, standardized
from devices.chip_card.access.elliptic_curves import (
    BRAINPOOL_P256R1,
    SECP224R1,
    SECP256R1,
    STANDARDIZED,
    Point,
    add,
    multiply_generator,
)
from devices.chip_card.access.secure_messaging import SecureChannel
from devices.chip_card.access.session_keys import CipherSuite, SessionKeys, session_keys
from devices.chip_card.apdu import Command, Response
from devices.chip_card.errors import CardProblem, channel_broken
from devices.virtual.chip_card.authentication import (
    ChipAuthenticator,
    DhAgreementKey,
    EcAgreementKey,
    ec_public_key_info,
)
from devices.virtual.chip_card.chip_channel import ChannelError, ChipChannel
from kiosk.failures import FailureCode
from kiosk.identity.card_proof import ChipProof

TDES, AES_128, AES_192, AES_256 = CipherSuite
ECDH_INFO = {suite: bytes.fromhex(f"04007f00070202030{2}0{arc}") for arc, suite in enumerate(CipherSuite, 1)}
EAC_CHIP = 0x7984674CF3B3A524BF929CE8A67FCF22173DA0BAD595EED6DEB72D22C542FA9D
EAC_CHIP_PUBLIC = (
    "04A44EBE5451DF7AADB01E459B8C928A87746A57927C8C28A6775C97A7E1FE8D9A"
    "46FF4A1CC7E4D1389AEA19758E4F75C28C598FD734AEBEB135337CF95BE12E94"
)
EAC_TERMINAL = 0xA6A4D255C5BF7A77EC3D0553DB74F693CF044E18C98364D4977A296108AF19BD
EAC_TERMINAL_PUBLIC = (
    "045A7A377FC9CAFC03AC7FF45441A8B2909D88EAB8E6B0173847AB49B949DF3799"
    "A34EE57EC55268CF8B1C3EC489F8BF4CF4C68D3FD9670E89C0D5D3FFF1AAF89F"
)
EAC_SECRET = "791DA04273CCFE862E52DF60347E2557192E1F8D7517822CE3D306056C1CDEB4"
EAC_NONCE, EAC_MAC, EAC_ENC = (
    "4287B3072A3EDC60",
    "78B5709E7ABEDB185B424D0EE3A82499",
    "94ABCD271AB7D9A5590BA52CB518B831",
)
EAC_DH_CHIP = 0xD0E5A95ECA541DEF4FE92B9FF9920D49A454C297
EAC_DH_CHIP_PUBLIC = (
    "1B3345F8DC04341BF8B2C97F652FA680E5D4FA4C146AE4B839431A644A79BC368C4822C89CD018A57F953644BEDA679C"
    "5B532902320E83E13B80DEEF8C18AF3E7D493AE3F88196101B9F78EAFE4B3025EF8BFF916B2FC02D762D0838DEA29C09"
    "B485591C2F47F87C71F530BB358F56AF6459D86DBF85EAF9EDBD962CD364F7B8"
)
EAC_DH_TERMINAL = int(
    "A2CFFD06C34AFD622EEE0FC31F093FDFDA609C67121CACF0A8F52291DE6853BB5C93CF76705775ECF408A74302613BEE"
    "CB381447D36494C9E18951EC17252DD2A807AAE09FA4DC30183339013D9C9191303CACEE3C91E926A36D014A5CFA9495"
    "0CADB37B534F32A9BF76B37980979304C5663871BD746EB9E95A47CA471B4EDE",
    16,
)
EAC_DH_TERMINAL_PUBLIC = (
    "A2830947A6FCAACDE2FCB88B29AB38E07C3453ABC4BCB466087E11C79F32A19E6EF22BE108F8DD18FE8249C960951511"
    "200DC985AA3EC0CCAD59A5F9BBCC33EE5F1577E20330B4DD10EB06B740277C97A189180EDE52BEE9D429F10FB77F180F"
    "05D6A99C499CB5E1ECEEB8E92284F66EA98479674CE73F53C567A03B0D297833"
)
EAC_DH_SECRET = (
    "2A4FC2D11490DF4773DDFA6FF705557C51F4AD4533E8D8A66A3001BFDD271DB87BE3C1CAC22A05E8AF1A066DD0298E75"
    "DB928AAFDF00EB4BFB1BD12F372313C1CA649056517305638515D5A4FBE0AC59BDC80E8C5A5F46254D231916EA77F80A"
    "C58E6B63A26198EE4387F10981E8E46FFBA23790C81E679363C589587D30BBB3"
)
EAC_DH_NONCE, EAC_DH_MAC, EAC_DH_ENC = (
    "1A1AC1AB04D96965",
    "066721F3EBEA787B4F1C6DCA431EC229",
    "E813D09DF69FFCC63763C537F828985C",
)


def infos_of(*entries):
    return security_infos.parse(tlv.encode(0x31, b"".join(entries)))


class PlainChip:
    """A chip on an open channel that keeps what it was sent."""

    def __init__(self, chip, limit=65535):
        self.chip = chip
        self.limit = limit
        self.sent = []

    def __call__(self, command):
        self.sent.append(command)
        if len(command.data) > self.limit:
            return Response(b"", 0x6700)
        return self.chip.answer(Command.decode(command.encode())) or Response(b"", 0x6D00)


def agree(chip, **options):
    """Keys of both sides, and the commands."""
    link = PlainChip(chip, options.pop("limit", 65535))
    result = chip_authentication.authenticate(link, infos_of(chip.security_infos()), **options)
    return result, chip.take_keys(), link.sent


# --------------------------------------------------------------------------------------- published examples


def test_ecdh_gives_the_published_secret():
    chip = ChipAuthenticator(EcAgreementKey(BRAINPOOL_P256R1, "standardized", EAC_CHIP), AES_128)
    assert chip.security_infos().hex().upper().endswith(EAC_CHIP_PUBLIC)
    result, keys, sent = agree(chip, random=lambda _: EAC_TERMINAL - 2)
    assert [command.encode().hex().upper() for command in sent] == [
        "002241A4" + "0C" + "800A04007F00070202030202",
        "00860000" + "45" + "7C438041" + EAC_TERMINAL_PUBLIC + "00",
    ]
    assert result.keys == keys == session_keys(bytes.fromhex(EAC_SECRET))


def test_dh_gives_the_published_secret():
    chip = ChipAuthenticator(DhAgreementKey(standardized(0), "standardized", EAC_DH_CHIP), AES_128)
    assert chip.security_infos().hex().upper().endswith(EAC_DH_CHIP_PUBLIC)
    result, keys, sent = agree(chip, random=lambda _: EAC_DH_TERMINAL - 2)
    assert [command.encode().hex().upper() for command in sent] == [
        "002241A4" + "0C" + "800A04007F00070202030102",
        "00860000" + "86" + "7C8183808180" + EAC_DH_TERMINAL_PUBLIC + "00",
    ]
    assert result.keys == keys == session_keys(bytes.fromhex(EAC_DH_SECRET))


@pytest.mark.parametrize(
    ("secret", "nonce", "encryption", "mac"),
    [
        (EAC_SECRET, EAC_NONCE, EAC_ENC, EAC_MAC),
        (EAC_DH_SECRET, EAC_DH_NONCE, EAC_DH_ENC, EAC_DH_MAC),
    ],
)
def test_the_published_keys_follow_from_the_published_secrets(secret, nonce, encryption, mac):
    assert session_keys(bytes.fromhex(secret + nonce)) == SessionKeys(
        AES_128, bytes.fromhex(encryption), bytes.fromhex(mac)
    )


# ------------------------------------------------------------------------------------ a chip with its own key


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


# ------------------------------------------------------------------------------------------- what is offered


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


def never(command):
    raise AssertionError("nothing is sent")


def public_key(spki, kind=2):
    return tlv.encode(0x30, tlv.encode(0x06, bytes.fromhex("04007f0007020201") + bytes((kind,))) + spki)


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
G0 = standardized(0)
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


# ------------------------------------------------------------------------------------------- long commands


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


# ---------------------------------------------------------------------------------------- refusals and copies


@pytest.mark.parametrize("sw", [0x6300, 0x6A80, 0x6A88, 0x6D00, 0x6700, 0x6982, 0x6F00])
def test_a_chip_that_refuses_what_its_signed_file_offers_has_failed(sw):
    """A copy of the files in a chip that knows no chip authentication."""
    offered = ChipAuthenticator(EcAgreementKey(SECP256R1), AES_128).security_infos()
    with pytest.raises(NotCarriedOut) as caught:
        chip_authentication.authenticate(lambda _: Response(b"", sw), infos_of(offered))
    assert caught.value.proof is ChipProof.FAILED
    assert f"{sw:04X}" in caught.value.detail


def protected(chip_channel, channel, command):
    """One exchange through both ends of secure messaging."""
    sent = Command.decode(channel.protect(command).encode())
    try:
        answer = chip_channel.wrap(Response(b"file", 0x9000)) if chip_channel.unwrap(sent) else None
    except ChannelError as error:
        answer = Response(b"", error.sw)
    return channel.unprotect(answer)


READ = Command(0x00, 0xB0, 0x81, 0x00, b"", 4)


@pytest.mark.parametrize("suite", CipherSuite)
def test_the_first_answer_under_the_new_keys_proves_the_chip(suite):
    chip = ChipAuthenticator(EcAgreementKey(BRAINPOOL_P256R1), suite)
    result, keys, _ = agree(chip)
    assert protected(ChipChannel(keys), SecureChannel(result.keys), READ).data == b"file"
    assert chip.take_keys() is None


@pytest.mark.parametrize(
    "chip",
    [
        ChipAuthenticator(EcAgreementKey(BRAINPOOL_P256R1), AES_128),
        ChipAuthenticator(EcAgreementKey(SECP256R1), TDES),
        ChipAuthenticator(DhAgreementKey(standardized(0)), AES_256),
    ],
    ids=["AES-128", "3DES", "DH"],
)
def test_a_copy_without_the_private_key_fails_at_that_answer(chip):
    copy = chip.copied()
    assert copy.security_infos() == chip.security_infos()
    result, keys, _ = agree(copy)
    assert result.keys != keys
    with pytest.raises(CardProblem) as caught:
        protected(ChipChannel(keys), SecureChannel(result.keys), READ)
    assert chip_authentication.disproves(caught.value)


def test_a_copy_that_goes_on_under_the_old_keys_fails():
    result, _, _ = agree(ChipAuthenticator(EcAgreementKey(BRAINPOOL_P256R1), AES_128).copied())
    old = ChipChannel(session_keys(b"of PACE"))
    with pytest.raises(CardProblem) as caught:
        SecureChannel(result.keys).unprotect(old.wrap(Response(b"file", 0x9000)))
    assert chip_authentication.disproves(caught.value)


@pytest.mark.parametrize("answer", [Response(b"", 0x6988), Response(b"", 0x6982), Response(b"file", 0x9000)])
def test_an_answer_in_clear_fails(answer):
    result, _, _ = agree(ChipAuthenticator(EcAgreementKey(BRAINPOOL_P256R1), AES_128))
    channel = SecureChannel(result.keys)
    channel.protect(READ)
    with pytest.raises(CardProblem) as caught:
        channel.unprotect(answer)
    assert chip_authentication.disproves(caught.value)


@pytest.mark.parametrize(
    "code", [FailureCode.CARD_REMOVED_EARLY, FailureCode.READER_NOT_FOUND, FailureCode.READER_SERVICE_DOWN]
)
def test_a_pulled_card_or_a_lost_reader_says_nothing_about_the_chip(code):
    assert not chip_authentication.disproves(CardProblem(code, "gone"))
    assert chip_authentication.disproves(channel_broken("wrong checksum"))


def test_trouble_of_the_link_passes_through():
    def pulled(command):
        raise CardProblem(FailureCode.CARD_REMOVED_EARLY, "pulled")

    offered = ChipAuthenticator(EcAgreementKey(SECP256R1), AES_128).security_infos()
    with pytest.raises(CardProblem) as caught:
        chip_authentication.authenticate(pulled, infos_of(offered))
    assert not isinstance(caught.value, NotCarriedOut)


# -------------------------------------------------------------------------------------------- hostile files


CHIPS = {
    "named": ChipAuthenticator(EcAgreementKey(SECP256R1, "named", 3), AES_128),
    "explicit": ChipAuthenticator(EcAgreementKey(SECP256R1, "explicit", 3), AES_128),
    "standardized": ChipAuthenticator(EcAgreementKey(SECP256R1, "standardized", 3), TDES),
    "x942": ChipAuthenticator(DhAgreementKey(G0, "explicit", 3), AES_128),
    "pkcs3": ChipAuthenticator(DhAgreementKey(G0, "pkcs3", 3), TDES),
}


@settings(max_examples=150, deadline=None)
@given(kind=st.sampled_from(sorted(CHIPS)), data=st.data())
def test_any_change_of_the_key_in_dg14_gives_keys_or_a_card_problem(kind, data):
    """Whether it was signed is asked elsewhere; here nothing else is raised, and nothing runs long."""
    chip = CHIPS[kind]
    raw = bytearray(chip.security_infos())
    for _ in range(data.draw(st.integers(1, 3))):
        raw[data.draw(st.integers(0, len(raw) - 1))] = data.draw(st.integers(0, 255))
    with contextlib.suppress(CardProblem):
        chip_authentication.authenticate(PlainChip(chip), infos_of(bytes(raw)))


@given(st.binary(max_size=200), st.sampled_from([1, 2]))
def test_any_bytes_as_a_key_give_a_card_problem(spki, kind):
    with pytest.raises(CardProblem):
        chip_authentication.authenticate(never, infos_of(public_key(tlv.encode(0x30, spki), kind)))


@given(st.binary(max_size=60), st.integers(0, 0xFFFF))
def test_any_answers_give_keys_or_a_card_problem(content, sw):
    offered = ChipAuthenticator(EcAgreementKey(SECP256R1), TDES).security_infos()
    try:
        result = chip_authentication.authenticate(lambda _: Response(content, sw), infos_of(offered))
    except NotCarriedOut as problem:
        assert problem.proof is ChipProof.FAILED
    else:
        assert sw == 0x9000
        assert result.keys.suite is TDES


def test_nothing_secret_shows():
    result, _, _ = agree(ChipAuthenticator(EcAgreementKey(BRAINPOOL_P256R1), AES_128))
    assert result.keys.mac.hex() not in repr(result)
    assert repr(result.keys.mac) not in repr(result)

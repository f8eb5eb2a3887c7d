"""The chip's side against the worked examples of ICAO Doc 9303-11, so that it does not merely agree with our
own reader: appendix D (BAC), G (generic mapping), H (integrated mapping), I (chip authentication mapping).
"""

import pytest
from published_pace import G1, G2, H1, H2, I1

from devices.chip_card import tlv
from devices.chip_card.access.session_keys import CipherSuite, SessionKeys, password_from_mrz
from devices.chip_card.apdu import Command, Response
from devices.virtual.chip_card import chip_bac, chip_pace
from devices.virtual.chip_card.chip_bac import ChipBac
from devices.virtual.chip_card.chip_channel import ChipChannel
from devices.virtual.chip_card.chip_errors import ChannelError
from devices.virtual.chip_card.chip_pace import ChipPace
from devices.virtual.chip_card.pace_domain import domain

# Appendix G.1's private keys of the chip.
G1_MAP_SECRET = 0x498FF49756F2DC1587840041839A85982BE7761D14715FB091EFA7BCE9058560
G1_SECRET = 0x107CF58696EF6155053340FD633392BA81909DF7B9706F226F32086C7AFF974A
SECURE_MESSAGING = [
    ("0CA4020C158709016375432908C044F68E08BF8B92D635FF24F800", "00A4020C02011E",
     "9000", "990290008E08FA855A5D4C50A8ED9000"),
    ("0CB000000D9701048E08ED6705417E96BA5500", "00B0000004",
     "60145F019000", "8709019FF0EC34F9922651990290008E08AD55CC17140B2DED9000"),
    ("0CB000040D9701128E082EA28A70F3C7B53500", "00B0000412",
     "04303130365F36063034303030305C0261759000",
     "871901FB9235F4E4037F2327DCC8964F1F9B8C30F42C8E2FFF224A990290008E08C8B2787EAEA07D749000"),
]  # fmt: skip


def octets(text):
    return bytes.fromhex(text)


def given(monkeypatch, module, *randoms):
    left = list(randoms)

    def urandom(size):
        assert size == len(left[0])
        return left.pop(0)

    monkeypatch.setattr(module.os, "urandom", urandom)


def test_bac_answers_and_protects_as_in_appendix_d(monkeypatch):
    given(monkeypatch, chip_bac, octets("4608F91988702212"), octets("0B4F80323EB3191CB04970CB4052790B"))
    chip = ChipBac("L898902C<369080619406236")
    assert chip.challenge.hex().upper() == "4608F91988702212"
    answer = chip.authenticate(
        octets("72C29C2371CC9BDB65B779B8E8D37B29ECC154AA56A8799FAE2F498F76ED92F25F1448EEA8AD90A7")
    )
    assert answer.hex().upper() == (
        "46B9342A41396CD7386BF5803104D7CEDC122B9132139BAF2EEDC94EE178534F2F2D235D074D7449"
    )
    assert f"{chip.counter:016X}" == "887022120C06C226"
    channel = ChipChannel(chip.keys, chip.counter)
    for protected, plain, answer, wrapped in SECURE_MESSAGING:
        assert channel.unwrap(Command.decode(octets(protected))) == Command.decode(octets(plain))
        assert channel.wrap(Response.decode(octets(answer))).encode().hex().upper() == wrapped


def test_pace_answers_as_in_appendix_g_1(monkeypatch):
    given(monkeypatch, chip_pace, G1.nonce)
    group = domain(13)
    secrets = [G1_MAP_SECRET, G1_SECRET]
    monkeypatch.setattr(group, "secret", lambda: secrets.pop(0))
    chip = ChipPace(G1.info.protocol, password_from_mrz(G1.mrz_information), group)
    steps = [
        (b"", 0x80, G1.encrypted_nonce),
        (tlv.encode(0x81, G1.map_public), 0x82, G1.map_chip_public),
        (tlv.encode(0x83, G1.public), 0x84, G1.chip_public),
        (tlv.encode(0x85, G1.token), 0x86, G1.chip_token),
    ]
    for sent, tag, expected in steps:
        assert chip.step(tlv.encode(0x7C, sent)) == tlv.encode(0x7C, tlv.encode(tag, expected))
    assert chip.keys == SessionKeys(CipherSuite.AES_128, G1.encryption_key, G1.mac_key)


@pytest.mark.parametrize("example", [G1, G2, I1], ids=["G.1", "G.2", "I.1"])
def test_the_generic_mapping_is_that_of_the_appendices(example):
    group = domain(example.info.parameter_id)
    shared = group.power(example.map_private, example.map_chip_public)
    assert group.mapped(example.nonce, shared) == example.generator


@pytest.mark.parametrize("example", [H1, H2], ids=["H.1", "H.2"])
def test_the_integrated_mapping_is_that_of_the_appendix(example):
    group = domain(example.info.parameter_id)
    suite = example.info.suite
    assert group.integrated(suite, example.nonce, example.additional_nonce) == example.generator


@pytest.mark.parametrize("example", [G1, G2, H1, H2, I1], ids=["G.1", "G.2", "H.1", "H.2", "I.1"])
def test_agreement_and_tokens_are_those_of_the_appendices(example):
    group = domain(example.info.parameter_id)
    assert group.agreed(example.private, example.chip_public) == example.shared
    chip = ChipPace(example.info.protocol, b"", group)
    keys = SessionKeys(example.info.suite, example.encryption_key, example.mac_key)
    assert chip._token(keys, example.chip_public) == example.token
    assert chip._token(keys, example.public) == example.chip_token


def test_another_order_of_steps_is_refused():
    chip = ChipPace(G1.info.protocol, b"")
    for wrong in (tlv.encode(0x83, G1.public), tlv.encode(0x85, G1.token), tlv.encode(0x80, b"")):
        with pytest.raises(ChannelError):
            chip.step(tlv.encode(0x7C, wrong))

"""PACE gives the published keys, byte for byte, and no chip that cheats gets through.

Numbers: ICAO Doc 9303-11, appendices G (generic mapping), H (integrated mapping), I (chip authentication
mapping), each over a curve and over a prime field as far as the standard has it.
"""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from published_pace import G1, G2, H1, H1_REDUCED, H2, H2_REDUCED, I1, RecordedChip

from devices.chip_card import tlv
from devices.chip_card.access import pace, pace_mapping
from devices.chip_card.access.agreement_groups import CurveGroup, ModpGroup
from devices.chip_card.access.block_ciphers import decrypt, encrypt
from devices.chip_card.access.domain_parameters import BRAINPOOL_P256R1, SECP224R1, by_parameter_id
from devices.chip_card.access.security_infos import PaceInfo
from devices.chip_card.access.session_keys import (
    PASSWORD,
    CipherSuite,
    derive,
    password_from_mrz,
    session_keys,
)
from devices.chip_card.apdu import Response
from devices.chip_card.errors import CardProblem
from devices.virtual.chip_card.chip_errors import ChannelError
from devices.virtual.chip_card.chip_pace import ChipPace
from kiosk.failures import FailureCode

AES_128 = CipherSuite.AES_128
every_example = pytest.mark.parametrize("example", [G1, G2, H1, H2, I1], ids=["G1", "G2", "H1", "H2", "I1"])
with_zone = pytest.mark.parametrize("example", [G1, G2, I1], ids=["G1", "G2", "I1"])
INFO = G1.info


def group_of(example):
    return pace.agreement_group(example.info.domain)


def run(chip, example=G1, secret=None, reference=pace.MRZ):
    """PACE with the example's own secret numbers."""
    secrets = iter((example.map_private, example.private) if example.map_private else (example.private,))
    secret = password_from_mrz(example.mrz_information) if secret is None else secret
    return pace.establish(
        chip,
        example.info,
        secret,
        reference,
        new_key=lambda group: group.key(next(secrets)),
        random=lambda size: example.additional_nonce[:size],
    )


def commands(example):
    """Those of the appendix, from the second on."""

    def step(tag, value, last=False):
        body = tlv.encode(0x7C, tlv.encode(tag, value) if tag else b"")
        return bytes((0x00 if last else 0x10, 0x86, 0, 0, len(body))) + body + b"\x00"

    return [
        step(0, b""),
        step(0x81, example.map_public or example.additional_nonce),
        step(0x83, example.public),
        step(0x85, example.token, last=True),
    ]


@with_zone
def test_the_password_and_the_nonce_are_those_of_the_standard(example):
    secret = password_from_mrz(example.mrz_information)
    assert derive(secret, PASSWORD) == example.nonce_key
    assert pace.decrypt_nonce(AES_128, secret, example.encrypted_nonce) == example.nonce


def test_the_zone_is_hashed_as_in_appendix_g():
    secret = password_from_mrz(G1.mrz_information)
    assert secret.hex().upper() == "7E2D2A41C74EA0B38CD36F863939BFA8E9032AAD"


@every_example
def test_the_nonce_opens_with_its_key(example):
    assert decrypt(AES_128, example.nonce_key, example.encrypted_nonce) == example.nonce


@with_zone
def test_the_generic_mapping_is_that_of_appendices_g_and_i(example):
    sent = []

    def exchange(own):
        sent.append(own)
        return example.map_chip_public

    generator, peer = pace_mapping.map_generic(
        group_of(example), example.nonce, exchange, lambda group: group.key(example.map_private)
    )
    assert (generator, peer, sent) == (example.generator, example.map_chip_public, [example.map_public])


@pytest.mark.parametrize(("example", "reduced"), [(H1, H1_REDUCED), (H2, H2_REDUCED)], ids=["H1", "H2"])
def test_the_integrated_mapping_is_that_of_appendix_h(example, reduced):
    group = group_of(example)
    number = pace_mapping.pseudo_random(AES_128, example.nonce, example.additional_nonce, group.prime)
    assert number == reduced
    assert group.element_of(number) == example.generator


@every_example
def test_session_keys_and_tokens_are_those_of_the_standard(example):
    group = group_of(example)
    key = group.key(example.private)
    assert key.multiply(example.generator) == example.public
    assert key.shared_secret(example.chip_public) == example.shared
    keys = session_keys(example.shared)
    assert (keys.encryption, keys.mac) == (example.encryption_key, example.mac_key)
    protocol = example.info.protocol
    assert pace.authentication_token(keys, protocol, group, example.chip_public) == example.token
    assert pace.authentication_token(keys, protocol, group, example.public) == example.chip_token


@with_zone
def test_the_whole_protocol_sends_the_commands_of_the_standard(example):
    chip = RecordedChip(example)
    result = run(chip, example)
    assert (result.keys.encryption, result.keys.mac) == (example.encryption_key, example.mac_key)
    template = bytes.fromhex("0022C1A412800A") + example.info.protocol + bytes.fromhex("8301018401")
    assert chip.sent == [template + bytes((example.info.parameter_id,)), *commands(example)]


@pytest.mark.parametrize("answer", ["7C00", "7C028200", ""])
@pytest.mark.parametrize("example", [H1, H2], ids=["H1", "H2"])
def test_the_whole_integrated_mapping_sends_the_commands_of_appendix_h(example, answer):
    # The appendix gives a nonce key without its password; here another password encrypts its nonce.
    encrypted = encrypt(AES_128, derive(b"123456", PASSWORD), example.nonce)
    chip = RecordedChip(example, encrypted_nonce=encrypted, map=answer + "9000")
    result = run(chip, example, b"123456", pace.CAN)
    assert (result.keys.encryption, result.keys.mac) == (example.encryption_key, example.mac_key)
    assert chip.sent[1:] == commands(example)


@pytest.mark.parametrize("refusal", ["6A80", "6A86", "6A87", "6A88"])
def test_a_chip_that_refuses_the_parameter_number_is_asked_without_as_in_the_appendix(refusal):
    chip = RecordedChip(G1, template=(refusal, "9000"))
    run(chip)
    assert [sent.hex().upper() for sent in chip.sent[:2]] == [
        "0022C1A412800A04007F0007020204020283010184010D",
        "0022C1A40F800A04007F00070202040202830101",
    ]


@pytest.mark.parametrize("status", ["63C1", "63C3"])
def test_tries_that_are_left_are_no_refusal(status):
    assert run(RecordedChip(G1, template=(status,))).keys.mac == G1.mac_key


@pytest.mark.parametrize("template", [("6982",), ("6983",), ("6A80", "6A80"), ("6A88", "6A88"), ("6D00",)])
def test_a_protocol_that_the_chip_does_not_start_is_refused(template):
    expect(FailureCode.CARD_ACCESS_REFUSED, RecordedChip(G1, template=template))


def expect(code, chip, example=G1, reference=pace.MRZ):
    with pytest.raises(CardProblem) as caught:
        run(chip, example, reference=reference)
    assert caught.value.code is code
    return caught.value.detail


def answer(tag, value):
    return tlv.encode(0x7C, tlv.encode(tag, value)).hex()


def altered(element):
    return element[:-1] + bytes((element[-1] ^ 1,))


@pytest.mark.parametrize(
    ("step", "reply", "words"),
    [
        ("map", answer(0x82, altered(G1.map_chip_public)), "mapping: the point is not on the curve"),
        ("map", answer(0x82, b"\x00"), "mapping: not an uncompressed point"),
        ("map", answer(0x82, G1.map_public), "mapping: the chip gave our own key back"),
        ("map", answer(0x82, b"\x04" + b"\xff" * 64), "mapping: the point is not on the curve"),
        ("map", answer(0x82, b"\x02" + G1.map_chip_public[1:33]), "mapping: not an uncompressed point"),
        ("map", answer(0x84, G1.map_chip_public), "mapping: expected 82, got 84"),
        ("map", "7C00", "mapping: not an uncompressed point"),
        ("map", "", "mapping: not an uncompressed point"),
        ("agree", answer(0x84, G1.public), "key agreement: the chip gave our own key back"),
        ("agree", answer(0x84, altered(G1.chip_public)), "key agreement: the point is not on the curve"),
        ("agree", answer(0x84, b"\x00"), "key agreement: not an uncompressed point"),
        ("agree", answer(0x82, G1.chip_public), "key agreement: expected 84, got 82"),
        ("agree", "7C00", "key agreement: expected 84, got none"),
        ("agree", "", "key agreement: expected one object 7C"),
        ("token", "7C0A86083ABB9674BCE93C09", "token: it is wrong"),
        ("token", "7C0986073ABB9674BCE93C", "token: it is wrong"),
        ("token", "7C028600", "token: it is wrong"),
        ("token", "7C0D870144" + "86083ABB9674BCE93C08", "token: expected 86, got 87 86"),
        ("token", "7C0D86083ABB9674BCE93C08" + "890144", "token: expected 86, got 86 89"),
        ("nonce", answer(0x80, G1.encrypted_nonce[:15]), "nonce: a nonce of 15 bytes"),
        ("nonce", answer(0x80, b""), "nonce: a nonce of 0 bytes"),
        ("nonce", answer(0x80, bytes(80)), "nonce: a nonce of 80 bytes"),
        ("nonce", "7C00", "nonce: expected 80, got none"),
        ("nonce", "7C84FFFFFFFF", "nonce: "),
        ("nonce", "", "nonce: expected one object 7C"),
        ("nonce", answer(0x80, G1.encrypted_nonce) + "00", "nonce: "),
    ],
)
def test_a_chip_that_cheats_breaks_the_channel_and_the_step_is_named(step, reply, words):
    detail = expect(FailureCode.CARD_CHANNEL_BROKEN, RecordedChip(G1, **{step: reply + "9000"}))
    assert detail.startswith("PACE: " + words)


@pytest.mark.parametrize(
    ("step", "value"),
    [
        ("map", b"\x01"),
        ("map", b""),
        ("map", G2.map_public),
        ("map", b"\x00" + G2.map_public),
        ("map", (group_of(G2).prime - 1).to_bytes(128)),
        ("map", (2).to_bytes(128)),
        ("agree", G2.public),
        ("agree", altered(G2.chip_public)),
    ],
)
def test_a_number_outside_of_the_subgroup_breaks_the_channel(step, value):
    reply = answer(0x82 if step == "map" else 0x84, value)
    expect(FailureCode.CARD_CHANNEL_BROKEN, RecordedChip(G2, **{step: reply + "9000"}), G2)


def test_what_answers_an_integrated_mapping_with_data_breaks_the_channel():
    detail = expect(FailureCode.CARD_CHANNEL_BROKEN, RecordedChip(H1, map=answer(0x82, b"x") + "9000"), H1)
    assert "mapping" in detail


REFUSALS = ["6300", "63C0", "63C2", "6982", "6983", "6984", "6985", "6988"]


@pytest.mark.parametrize("status", REFUSALS)
def test_a_refused_token_means_a_wrong_password(status):
    expect(FailureCode.CARD_CAN_WRONG, RecordedChip(G1, token=status), reference=pace.CAN)
    expect(FailureCode.CARD_MRZ_WRONG, RecordedChip(G1, token=status), reference=pace.MRZ)


@pytest.mark.parametrize("step", ["nonce", "map", "agree"])
@pytest.mark.parametrize("status", ["6A80", "6300", "6982"])
def test_a_refusal_on_the_way_is_no_wrong_password(step, status):
    detail = expect(FailureCode.CARD_ACCESS_REFUSED, RecordedChip(G1, **{step: status}))
    assert status in detail


@pytest.mark.parametrize("status", ["6A80", "6D00", "6F00"])
def test_another_refusal_of_the_token_is_no_wrong_password(status):
    expect(FailureCode.CARD_ACCESS_REFUSED, RecordedChip(G1, token=status))


@pytest.mark.parametrize(
    "info",
    [
        PaceInfo(INFO.protocol, 1, 13),
        PaceInfo(INFO.protocol, 2, None),
        PaceInfo(INFO.protocol, 2, 19),
        PaceInfo(INFO.protocol, 2, 0),
        PaceInfo(INFO.protocol[:-1] + b"\x09", 2, 13),
        PaceInfo(H1.info.protocol, 2, 10),
        PaceInfo(G2.info.protocol, 2, 13),
        PaceInfo(b"", 2, 13),
    ],
)
def test_what_is_not_spoken_is_not_tried(info):
    with pytest.raises(CardProblem) as caught:
        pace.establish(lambda _command: pytest.fail("a command was sent"), info, b"123456")
    assert caught.value.code is FailureCode.CARD_NOT_SUPPORTED


@given(
    step=st.sampled_from(["nonce", "map", "agree", "token"]),
    reply=st.binary(max_size=90) | st.binary(max_size=70).map(lambda data: bytes((0x7C, len(data))) + data),
    sw=st.sampled_from(["9000", "6300", "6A80", "6282"]),
)
def test_any_answer_gives_a_problem_and_nothing_else(step, reply, sw):
    with pytest.raises(CardProblem) as caught:
        run(RecordedChip(I1, **{step: reply.hex() + sw}), I1)
    assert "C11T002JM" not in caught.value.detail


def test_the_integrated_mapping_has_no_point_for_secp224r1():
    with pytest.raises(ValueError, match="no point encoding"):
        CurveGroup(SECP224R1).element_of(5)


@pytest.mark.parametrize("parameter_id", [8, 9, 11, 12, 13, 14, 15, 16, 17, 18])
@given(data=st.data())
def test_every_number_has_its_point(parameter_id, data):
    curve = by_parameter_id(parameter_id)
    group = CurveGroup(curve)
    number = data.draw(st.integers(2, curve.p - 2))
    element = group.element_of(number)
    assert group.canonical(element) == element


@pytest.mark.parametrize("number", [0, BRAINPOOL_P256R1.p, 1])
def test_numbers_without_a_point_are_refused(number):
    with pytest.raises(ValueError):
        CurveGroup(BRAINPOOL_P256R1).element_of(number)


@pytest.mark.parametrize(
    ("suite", "nonce", "key"),
    [
        (CipherSuite.TDES, 16, 16),
        (CipherSuite.AES_128, 16, 16),
        (CipherSuite.AES_192, 32, 24),
        (CipherSuite.AES_256, 32, 32),
    ],
)
def test_the_integrated_mapping_takes_nonces_of_the_standard_lengths_only(suite, nonce, key):
    prime = BRAINPOOL_P256R1.p
    number = pace_mapping.pseudo_random(suite, bytes(nonce), bytes(range(key)), prime)
    assert 0 < number < prime
    for wrong in (0, 8, nonce - suite.block, nonce + suite.block):
        with pytest.raises(ValueError, match="nonce"):
            pace_mapping.pseudo_random(suite, bytes(wrong), bytes(range(key)), prime)


def test_terminal_and_virtual_chip_agree_on_keys():
    chip = ChipPace(INFO.protocol, b"417263")

    def transmit(command):
        return Response(b"" if command.ins == 0x22 else chip.step(command.data), 0x9000)

    assert pace.establish(transmit, INFO, b"417263") == pace.PaceResult(chip.keys)


def test_the_virtual_chip_refuses_another_password():
    chip = ChipPace(INFO.protocol, b"417263")

    def transmit(command):
        try:
            return Response(b"" if command.ins == 0x22 else chip.step(command.data), 0x9000)
        except ChannelError as error:
            return Response(b"", error.sw)

    with pytest.raises(CardProblem) as caught:
        pace.establish(transmit, INFO, b"417264")
    assert caught.value.code is FailureCode.CARD_CAN_WRONG
    assert chip.keys is None


def test_nothing_of_keys_or_secrets_shows_in_a_repr():
    result = run(RecordedChip(I1), I1)
    shown = repr(result).lower()
    assert I1.encryption_key.hex() not in shown
    assert I1.chip_data.hex() not in shown
    assert repr(I1.chip_data).lower() not in shown
    for group in (CurveGroup(BRAINPOOL_P256R1), ModpGroup(G2.info.domain)):
        assert str(0xABCDEF0123456789) not in repr(group.key(0xABCDEF0123456789))
    assert "7C" not in repr(tlv.Tlv(0x80, b"secret", b"secret"))[8:]

"""Reader and a chip written apart from it open the same channel, whatever the chip is made of."""

import pytest
from simulated_chip import BacChip, CurvePoints, PaceChip, PrimeField

from devices.chip_card import tlv
from devices.chip_card.access import bac, pace, pace_mapping, security_infos
from devices.chip_card.access.domain_parameters import Curve, by_parameter_id
from devices.chip_card.access.secure_messaging import SecureChannel
from devices.chip_card.access.security_infos import PaceInfo
from devices.chip_card.access.session_keys import password_from_can, password_from_mrz
from devices.chip_card.apdu import Command, Response
from devices.chip_card.errors import CardProblem
from kiosk.failures import FailureCode
from kiosk.identity.card_proof import ChipProof

CAN = "417263"
MRZ_INFORMATION = "199012345699020153902013"
READ = Command(0x00, 0xB0, 0x9E, 0x00, b"", 223)


def offered(kind, suite, parameter_id):
    return PaceInfo(bytes.fromhex("04007f0007020204") + bytes((kind, suite)), 2, parameter_id)


def chip_with(info, password=CAN, **details):
    domain = info.domain
    elements = CurvePoints(domain) if isinstance(domain, Curve) else PrimeField(domain)
    return PaceChip(info, elements, password.encode(), pace.CAN, **details)


def expect_open(channel, end):
    """One command and its answer pass the channel."""
    assert end.understand(channel.protect(READ)) == READ
    answer = Response(b"sixty bytes, or so" * 7, 0x9000)
    assert channel.unprotect(end.answer(answer)) == answer


GENERIC = [(kind, suite, 13) for kind in (2, 4) for suite in (1, 2, 3, 4)] + [
    (6, suite, 13) for suite in (2, 3, 4)
]
CURVES = [(2, 2, number) for number in range(8, 19)]
PRIME_FIELDS = [(kind, suite, number) for kind in (1, 3) for suite, number in ((1, 0), (2, 1), (4, 2))]


@pytest.mark.parametrize(("kind", "suite", "parameter_id"), GENERIC + CURVES + PRIME_FIELDS)
def test_every_protocol_on_every_group_opens_a_channel(kind, suite, parameter_id):
    info = offered(kind, suite, parameter_id)
    chip = chip_with(info, static=0x1234567)
    result = pace.establish(chip, info, password_from_can(CAN))
    expect_open(SecureChannel(result.keys), chip.end)
    assert (result.chip_mapping is not None) == (kind == 6)


@pytest.mark.parametrize("kind", [1, 2, 3, 4, 6])
def test_another_password_is_refused_by_the_chip(kind):
    info = offered(kind, 2, 13 if kind in (2, 4, 6) else 1)
    chip = chip_with(info, "417264", static=5)
    with pytest.raises(CardProblem) as caught:
        pace.establish(chip, info, password_from_can(CAN))
    assert caught.value.code is FailureCode.CARD_CAN_WRONG
    assert chip.end is None


@pytest.mark.parametrize(("suite", "nonce"), [(1, 8), (1, 16), (1, 24), (2, 32), (4, 16), (4, 32), (3, 48)])
def test_a_generic_mapping_takes_nonces_of_any_blocks(suite, nonce):
    info = offered(2, suite, 12)
    chip = chip_with(info, nonce=nonce)
    expect_open(SecureChannel(pace.establish(chip, info, password_from_can(CAN)).keys), chip.end)


def test_the_zone_opens_as_well_as_the_number():
    info = offered(2, 2, 13)
    secret = password_from_mrz(MRZ_INFORMATION)
    chip = PaceChip(info, CurvePoints(info.domain), secret, pace.MRZ)
    expect_open(SecureChannel(pace.establish(chip, info, secret, pace.MRZ).keys), chip.end)


def test_bac_opens_a_channel():
    chip = BacChip(MRZ_INFORMATION)
    expect_open(bac.establish(chip, MRZ_INFORMATION), chip.end)


def test_bac_with_another_zone_is_refused_by_the_chip():
    with pytest.raises(CardProblem) as caught:
        bac.establish(BacChip(MRZ_INFORMATION), MRZ_INFORMATION[:-1] + "4")
    assert caught.value.code is FailureCode.CARD_MRZ_WRONG


def card_security(*keys):
    """SecurityInfos with keys of curve 13 or another, as point, number and parameter id."""
    entries = b""
    for point, key_id, parameter_id in keys:
        encoded = CurvePoints(by_parameter_id(parameter_id)).encode(point)
        algorithm = bytes.fromhex("060704007f00070102") + tlv.encode(2, bytes((parameter_id,)))
        key = tlv.encode(0x30, tlv.encode(0x30, algorithm) + tlv.encode(3, b"\x00" + encoded))
        number = tlv.encode(2, bytes((key_id,))) if key_id is not None else b""
        entries += tlv.encode(0x30, bytes.fromhex("060904007f000702020102") + key + number)
    return security_infos.parse(tlv.encode(0x31, entries))


@pytest.mark.parametrize("parameter_id", [9, 13, 18])
def test_chip_authentication_mapping_proves_the_chip_that_has_the_static_key(parameter_id):
    info = offered(6, 2, parameter_id)
    chip = chip_with(info, static=0xABCDEF)
    mapping = pace.establish(chip, info, password_from_can(CAN)).chip_mapping
    own = chip.static_public
    other = CurvePoints(info.domain).times(0xABCDEE, CurvePoints(info.domain).generator)

    def proof(*keys):
        return pace_mapping.verify_chip_mapping(mapping, card_security(*keys))

    assert proof((own, parameter_id, parameter_id)) is ChipProof.PASSED
    assert proof((own, None, parameter_id)) is ChipProof.PASSED
    assert proof((other, 72, parameter_id), (own, parameter_id, parameter_id)) is ChipProof.PASSED
    assert proof((other, parameter_id, parameter_id)) is ChipProof.FAILED
    assert proof((own, 72, parameter_id), (other, parameter_id, parameter_id)) is ChipProof.FAILED
    assert proof((CurvePoints(by_parameter_id(12)).generator, parameter_id, 12)) is ChipProof.FAILED
    assert proof((own, 72, parameter_id)) is ChipProof.NOT_OFFERED
    assert proof() is ChipProof.NOT_OFFERED


@pytest.mark.parametrize("parts", [(0x86,), (0x86, 0x87)])
def test_a_chip_that_keeps_its_chip_authentication_data_back_breaks_the_channel(parts):
    info = offered(6, 2, 13)
    chip = chip_with(info, static=7)

    def without_data(command):
        answer = chip(command)
        if command.cla != 0x00 or command.ins != 0x86:
            return answer
        kept = {item.tag: item.value for item in tlv.single(answer.data, 0x7C).children()} | {0x87: b"CA"}
        return Response(tlv.encode(0x7C, b"".join(tlv.encode(tag, kept[tag]) for tag in parts)), answer.sw)

    with pytest.raises(CardProblem) as caught:
        pace.establish(without_data, info, password_from_can(CAN))
    assert caught.value.code is FailureCode.CARD_CHANNEL_BROKEN


def test_chip_authentication_data_with_bad_padding_break_the_channel():
    info = offered(6, 2, 13)
    chip = chip_with(info, static=7)

    def altered(command):
        answer = chip(command)
        if command.cla != 0x00 or command.ins != 0x86:
            return answer
        data = bytearray(answer.data)
        data[-32] ^= 1  # the block before the last: flips the first bit of the padding's mark
        return Response(bytes(data), answer.sw)

    with pytest.raises(CardProblem) as caught:
        pace.establish(altered, info, password_from_can(CAN))
    assert caught.value.code is FailureCode.CARD_CHANNEL_BROKEN

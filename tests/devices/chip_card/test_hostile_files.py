"""Whatever files lie on a card, a read ends with a named failure, soon, and with no data."""

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from devices.chip_card import reading, tlv
from devices.chip_card.errors import CardProblem
from devices.chip_card.lds import BlockSize
from devices.virtual.chip_card import demo_citizens
from devices.virtual.chip_card.card import Chip, VirtualCard
from devices.virtual.chip_card.issuer import demo_issuer
from devices.virtual.chip_card.personalisation import personalise
from kiosk.failures import FailureCode

MOST_COMMANDS = 400
UNUSABLE = {
    FailureCode.CARD_DATA_UNREADABLE,
    FailureCode.CARD_NOT_SUPPORTED,
    FailureCode.CARD_DATA_ALTERED,
    FailureCode.CHIP_SIGNATURE_INVALID,
}


class DirectLink:
    """A link to a virtual card without PC/SC in between."""

    def __init__(self, chip):
        self.card = VirtualCard(chip)

    def transmit(self, command):
        return self.card.process(command)

    def cold_reset(self):
        self.card.reset()


@pytest.fixture(scope="module")
def chip(tmp_path_factory):
    return personalise(demo_citizens()["lan"], demo_issuer(tmp_path_factory.mktemp("issuer")))


def read(chip):
    """A whole read; the citizen and the number of commands."""
    link, size, notes = DirectLink(chip), BlockSize(), set()
    try:
        access = reading.read_card_access(link, size)
        files = reading.read_files(link, reading.open_channel(link, access, chip.can), size)
        reading.prove(files)
        return reading.citizen_of(files, chip.can, notes, date(2026, 11, 22))
    finally:
        assert link.card.commands < MOST_COMMANDS


def test_the_card_itself_is_read(chip):
    assert read(chip).number == demo_citizens()["lan"].number


@pytest.mark.parametrize("sfi", [0x1C, 0x1E, 0x1D, 0x01])
def test_a_missing_file_that_every_card_has(chip, sfi):
    files = {key: content for key, content in chip.files.items() if key != sfi}
    with pytest.raises(CardProblem) as caught:
        read(Chip(files, chip.can))
    expected = FailureCode.CARD_NOT_SUPPORTED if sfi == 0x1C else FailureCode.CARD_DATA_UNREADABLE
    assert caught.value.code is expected


@pytest.mark.parametrize("sfi", [0x1C, 0x1E, 0x1D, 0x01, 0x0D])
@pytest.mark.parametrize(
    "content",
    [
        "30",
        "84FFFFFFFF",
        "6100",
        "7700",
        "6000",
        "6D00",
        "7780",
        "6184FFFFFFFF",
        "7782FFFF",
        "6D83010000",
        "00" * 300,
    ],
)
def test_files_full_of_nonsense(chip, sfi, content):
    with pytest.raises(CardProblem) as caught:
        read(Chip({**chip.files, sfi: bytes.fromhex(content)}, chip.can))
    assert caught.value.code in UNUSABLE


@settings(max_examples=60, deadline=None)
@given(sfi=st.sampled_from([0x1C, 0x1E, 0x1D, 0x01, 0x0D]), inside=st.binary(max_size=600))
def test_files_of_any_content_under_the_right_tag(chip, sfi, inside):
    content = tlv.encode(chip.files[sfi][0], inside)
    try:
        citizen = read(Chip({**chip.files, sfi: content}, chip.can))
    except CardProblem as problem:
        assert problem.code in UNUSABLE
    else:
        assert sfi == 0x1C, "only what is not signed may differ"
        assert citizen.number == demo_citizens()["lan"].number


@settings(max_examples=60, deadline=None)
@given(sfi=st.sampled_from([0x01, 0x0D]), data=st.data())
def test_one_flipped_bit_of_the_identity_is_enough(chip, sfi, data):
    raw = bytearray(chip.files[sfi])
    place = data.draw(st.integers(0, len(raw) * 8 - 1))
    raw[place // 8] ^= 1 << place % 8
    with pytest.raises(CardProblem) as caught:
        read(Chip({**chip.files, sfi: bytes(raw)}, chip.can))
    assert caught.value.code in UNUSABLE

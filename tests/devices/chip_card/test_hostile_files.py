"""Whatever files lie on a card, a read ends with a named failure, soon, and with no data."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from in_process import keys_of, read_in_process, virtual_card

from devices.chip_card import tlv
from devices.chip_card.errors import CardProblem
from devices.virtual.chip_card import demo_citizens
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


@pytest.fixture(scope="module")
def chip(tmp_path_factory):
    return personalise(demo_citizens()["lan"], demo_issuer(tmp_path_factory.mktemp("issuer")))


def read(chip):
    """The citizen of a whole read, in few commands."""
    card = virtual_card(chip)
    try:
        return read_in_process(card, keys_of(chip)).citizen
    finally:
        assert card.commands < MOST_COMMANDS


def with_file(chip, sfi, content):
    return replace(chip, files={**chip.files, sfi: content})


def only_the_zone(citizen):
    """Nothing of DG13 was used."""
    person = demo_citizens()["lan"]
    assert citizen.number == person.number
    assert citizen.full_name == "NGUYEN THI NGOC LAN"
    assert {citizen.residence, citizen.father, citizen.hometown, citizen.issue_date} == {None}


def test_the_card_itself_is_read(chip):
    assert read(chip).number == demo_citizens()["lan"].number


@pytest.mark.parametrize("sfi", [0x1E, 0x1D, 0x01])
def test_a_missing_file_that_every_card_has(chip, sfi):
    files = {key: content for key, content in chip.files.items() if key != sfi}
    with pytest.raises(CardProblem) as caught:
        read(replace(chip, files=files))
    assert caught.value.code is FailureCode.CARD_DATA_UNREADABLE


def test_a_card_without_card_access_is_opened_by_basic_access_control(chip):
    files = {key: content for key, content in chip.files.items() if key != 0x1C}
    assert read(replace(chip, files=files)).number == demo_citizens()["lan"].number


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
    if sfi == 0x0D and not content.startswith("6D00"):
        only_the_zone(read(with_file(chip, sfi, bytes.fromhex(content))))
        return
    with pytest.raises(CardProblem) as caught:
        read(with_file(chip, sfi, bytes.fromhex(content)))
    assert caught.value.code in UNUSABLE


@settings(max_examples=60, deadline=None)
@given(sfi=st.sampled_from([0x1C, 0x1E, 0x1D, 0x01, 0x0D]), inside=st.binary(max_size=600))
def test_files_of_any_content_under_the_right_tag(chip, sfi, inside):
    content = tlv.encode(chip.files[sfi][0], inside)
    try:
        citizen = read(with_file(chip, sfi, content))
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
    try:
        citizen = read(with_file(chip, sfi, bytes(raw)))
    except CardProblem as problem:
        assert problem.code in UNUSABLE
    else:
        assert sfi == 0x0D, "what cannot be a file at all is done without"
        only_the_zone(citizen)

"""Cards of other kinds say what cards of their kind say, and nothing of an ID card."""

import threading

import pytest

from devices.chip_card.apdu import Command
from devices.chip_card.lds import LDS1_AID
from devices.virtual.chip_card.foreign_cards import KINDS, foreign_card

SPEAKING = [name for name, kind in KINDS.items() if kind.speaks]
UID = bytes.fromhex("FFCA000000")


def select(name, le=256):
    return Command(0, 0xA4, 0x04, 0, name, le).encode()


@pytest.mark.parametrize("name", SPEAKING)
def test_none_has_the_id_application(name):
    assert foreign_card(name).process(select(LDS1_AID, None)) in (b"\x6a\x82", b"\x6a\x81")


@pytest.mark.parametrize("name", SPEAKING)
def test_contactless_answers_to_reset_are_those_of_a_reader(name):
    atr = foreign_card(name).atr
    if name == "bank-contact":
        return
    check = 0
    for byte in atr[1:]:
        check ^= byte
    assert check == 0
    assert atr[2:4] == b"\x80\x01" or name == "desfire"


@pytest.mark.parametrize(
    ("name", "first"), [("bank", 1), ("bank-contact", 1), ("phone", 1), ("phone-no-wallet", 0)]
)
def test_payment_directories_are_found_where_money_is(name, first):
    card = foreign_card(name)
    answers = [card.process(select(directory)) for directory in (b"2PAY.SYS.DDF01", b"1PAY.SYS.DDF01")]
    found = [answer for answer in answers if answer.endswith(b"\x90\x00")]
    assert len(found) == first
    assert all(answer.startswith(b"\x6f") for answer in found)


def test_a_phone_has_another_number_each_time():
    card = foreign_card("phone")
    first = card.process(UID)
    card.reset()
    assert first[0] == 0x08
    assert first[-2:] == b"\x90\x00"
    assert card.process(UID) != first


def test_storage_cards_are_named_by_their_answer_to_reset():
    assert foreign_card("transport").atr.hex() == "3b8f8001804f0ca000000306030001000000006a"
    assert foreign_card("felica").atr.hex() == "3b8f8001804f0ca00000030611003b0000000042"
    assert foreign_card("desfire").atr.hex() == "3b8180018080"
    assert foreign_card("desfire").process(bytes.fromhex("9060000000")).endswith(b"\x91\xaf")


def test_a_silent_card_never_answers_and_lets_go_when_it_is_taken_off():
    card = foreign_card("silent")
    answers = []
    waiting = threading.Thread(target=lambda: answers.append(card.process(UID)))
    waiting.start()
    card.taken_off()
    waiting.join(30)
    assert answers == [None]


def test_an_unknown_kind_names_the_others():
    with pytest.raises(ValueError, match="bank, bank-contact, transport"):
        foreign_card("library")

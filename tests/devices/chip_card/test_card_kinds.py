"""A wrong card is called by its name, and nothing of it is read for that."""

import logging

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devices.chip_card.apdu import Response
from devices.chip_card.card_kinds import kind_by_atr, kind_of
from devices.chip_card.errors import CardProblem
from kiosk.failures import FailureCode

PLAIN = bytes.fromhex("3b80800101")
ID_CARD = bytes.fromhex("3b8880010031c173c840009092")
CONTACT = bytes.fromhex("3b6800000073c84012009000")
LDS1 = bytes.fromhex("a0000002471001")
CONTACTLESS_DIRECTORY, CONTACT_DIRECTORY = b"2PAY.SYS.DDF01", b"1PAY.SYS.DDF01"
DESFIRE = bytes.fromhex("d2760000850100")
SEOS = bytes.fromhex("a0000004400001010001")
NAPAS = bytes.fromhex("a000000727")
FIXED, RANDOM = bytes.fromhex("04a1b2c3d4e5f6"), bytes.fromhex("08a1b2c3")
SECRET = b"4111111111111111"


class OtherCard:
    """Knows some applications and answers their selection with something that must not be looked at."""

    def __init__(self, *names, identifier=FIXED, sw=0x9000):
        self.names = names
        self.identifier = identifier
        self.sw = sw
        self.sent = []

    def __call__(self, command):
        self.sent.append(command)
        if command.cla == 0xFF:
            return Response(self.identifier, 0x9000) if self.identifier else Response(b"", 0x6E00)
        if command.ins == 0xA4 and command.data in self.names:
            return Response(SECRET, self.sw)
        return Response(b"", 0x6A82)


@pytest.mark.parametrize(
    ("atr", "what"),
    [
        ("3b8f8001804f0ca0000003060300010000" + "00006a", "MIFARE Classic 1K"),
        ("3b8f8001804f0ca000000306030002000000" + "0069", "MIFARE Classic 4K"),
        ("3b8f8001804f0ca000000306030003000000" + "0068", "MIFARE Ultralight"),
        ("3b8f8001804f0ca00000030611003b00000000" + "42", "FeliCa"),
        ("3b8f8001804f0ca0000003060300380000000051", "MIFARE Plus as a memory card"),
        ("3b8180018080", "DESFire"),
        ("3b8680010675778102" + "8000", "DESFire with its whole answer to select"),
        ("3b878001c1052f2f01bcd6a9", "MIFARE Plus"),
    ],
)
def test_transport_cards_are_known_before_anything_is_sent(atr, what):
    card = OtherCard()
    assert kind_by_atr(bytes.fromhex(atr)) is FailureCode.CARD_IS_TRANSPORT_CARD, what
    assert kind_of(bytes.fromhex(atr), card) is FailureCode.CARD_IS_TRANSPORT_CARD
    assert card.sent == []


@pytest.mark.parametrize(
    "atr", [PLAIN, ID_CARD, CONTACT, bytes.fromhex("3b8f8001804f0ca00000030603ff28000000008e")]
)
def test_other_answers_to_reset_tell_nothing(atr):
    """The last is a chip card behind a reader that did not activate it; its SAK stands where a name would."""
    assert kind_by_atr(atr) is None


def test_an_id_card_without_the_access_file_is_none_of_them():
    card = OtherCard(LDS1)
    assert kind_of(ID_CARD, card) is None
    assert [command.encode().hex() for command in card.sent] == ["00a4040007a0000002471001"]


@pytest.mark.parametrize("sw", [0x9000, 0x6283, 0x611C])
def test_a_bank_card_without_contact(sw):
    card = OtherCard(CONTACTLESS_DIRECTORY, sw=sw)
    assert kind_of(bytes.fromhex("3b8a800180318065b0830100900045"), card) is FailureCode.CARD_IS_BANK_CARD


@pytest.mark.parametrize("name", [CONTACT_DIRECTORY, NAPAS])
def test_a_bank_card_with_contact(name):
    """Without Le: with T=0 there is none beside data."""
    card = OtherCard(name)
    assert kind_of(CONTACT, card) is FailureCode.CARD_IS_BANK_CARD
    assert all(command.le is None for command in card.sent)


def test_a_phone_with_a_wallet():
    card = OtherCard(CONTACTLESS_DIRECTORY, identifier=RANDOM)
    assert kind_of(PLAIN, card) is FailureCode.CARD_IS_PHONE


def test_a_phone_without_a_wallet():
    assert kind_of(PLAIN, OtherCard(identifier=RANDOM)) is FailureCode.CARD_IS_PHONE


def test_a_phone_behind_a_reader_that_gives_no_identifier_is_called_by_its_wallet():
    assert kind_of(PLAIN, OtherCard(CONTACTLESS_DIRECTORY, identifier=None)) is FailureCode.CARD_IS_BANK_CARD
    assert kind_of(PLAIN, OtherCard(identifier=None)) is FailureCode.CARD_NOT_SUPPORTED


@pytest.mark.parametrize("name", [DESFIRE, SEOS])
def test_a_card_for_doors_is_known_by_its_application(name):
    assert kind_of(PLAIN, OtherCard(name, identifier=RANDOM)) is FailureCode.CARD_IS_TRANSPORT_CARD


@pytest.mark.parametrize("atr", [ID_CARD, CONTACT])
def test_anything_else_is_a_card_that_is_not_supported(atr):
    assert kind_of(atr, OtherCard(identifier=RANDOM)) is FailureCode.CARD_NOT_SUPPORTED


def test_a_mute_card_is_asked_nothing():
    card = OtherCard()
    assert kind_of(b"", card) is FailureCode.CARD_NOT_SUPPORTED
    assert card.sent == []


@pytest.mark.parametrize("atr", [PLAIN, ID_CARD, CONTACT])
def test_nothing_is_read_and_nothing_is_kept(atr, caplog):
    """Only selections, and the identifier that the reader gives; nothing of it in the log."""
    caplog.set_level(logging.DEBUG)
    card = OtherCard(CONTACTLESS_DIRECTORY, CONTACT_DIRECTORY)
    kind_of(atr, card)
    assert {(command.cla, command.ins) for command in card.sent} <= {(0x00, 0xA4), (0xFF, 0xCA)}
    assert SECRET.decode() not in caplog.text
    assert FIXED.hex() not in caplog.text.lower()
    assert len(card.sent) < 12


def test_a_card_that_leaves_says_so():
    def transmit(command):
        raise CardProblem(FailureCode.CARD_REMOVED_EARLY, "transmit")

    with pytest.raises(CardProblem) as trouble:
        kind_of(PLAIN, transmit)
    assert trouble.value.code is FailureCode.CARD_REMOVED_EARLY


@given(st.binary(max_size=33), st.binary(max_size=20), st.integers(0, 0xFFFF))
def test_any_card_gets_one_of_the_names(atr, data, sw):
    found = kind_of(atr, lambda command: Response(data, sw))
    assert found is None or found in {
        FailureCode.CARD_IS_BANK_CARD,
        FailureCode.CARD_IS_TRANSPORT_CARD,
        FailureCode.CARD_IS_PHONE,
        FailureCode.CARD_NOT_SUPPORTED,
    }

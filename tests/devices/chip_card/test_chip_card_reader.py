"""Through the real pcscd: every demo card, every fault, and what the reader promises of each.

The virtual card behaves as a plastic one does behind PC/SC; only the plastic is missing.
"""

import logging
import os
import signal
import subprocess
import sys
import time
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from devices.chip_card import CardFailure, CardReading, ChipCardReader, Note, ReadStep
from devices.chip_card.pcsc import ANSWER_SECONDS
from devices.contract import Condition
from devices.virtual.chip_card import demo_citizens
from devices.virtual.chip_card.card import CardFaults
from kiosk.failures import FailureCode
from kiosk.identity import card_qr
from kiosk.identity.access_keys import AccessKeys
from kiosk.identity.card_proof import Chain, ChipProof, GroupHash, Signature, Verdict
from kiosk.identity.citizen import Sex, Source
from kiosk.settings import CardReaderSettings
from tests.devices.device_contract import DeviceContract

GOOD = [name for name, citizen in demo_citizens().items() if not citizen.altered]
APDUS_OF_A_READ = 16
"""EF.CardAccess, five of PACE, SELECT, EF.COM, EF.SOD, DG14, two of chip authentication, DG1, DG13, DG15,
active authentication.
"""


class TestReaderKeepsTheContractOfDevices(DeviceContract):
    @pytest.fixture
    def well(self, lobby):
        return lobby.reader

    @pytest.fixture
    def absent(self, lobby):
        return ChipCardReader(CardReaderSettings(reader="a reader that is not plugged in"))


def personal(citizen):
    texts = [
        citizen.number,
        citizen.full_name,
        citizen.residence,
        citizen.father,
        citizen.mother,
        citizen.can,
    ]
    return [*texts, citizen.number[3:], f"{citizen.birth_date:%d/%m/%Y}", str(citizen.birth_date)]


@pytest.mark.parametrize("name", GOOD)
def test_a_card_tells_who_its_holder_is_and_what_was_proven(lobby, people, name, caplog):
    caplog.set_level(logging.DEBUG)
    person = people[name]
    lobby.lay(name)
    steps = []
    reading = lobby.reader.read(person.can, steps.append)
    assert isinstance(reading, CardReading)
    citizen = reading.citizen
    assert (citizen.number, citizen.full_name, citizen.birth_date, citizen.sex) == (
        person.number, person.full_name, person.birth_date, person.sex,
    )  # fmt: skip
    assert (citizen.nationality, citizen.ethnicity, citizen.hometown, citizen.residence) == (
        "Việt Nam", person.ethnicity, person.hometown, person.residence,
    )  # fmt: skip
    assert (citizen.issue_date, citizen.expiry_date) == (person.issue_date, person.expiry_date)
    assert (citizen.father, citizen.mother, citizen.spouse) == (person.father, person.mother, person.spouse)
    assert citizen.former_number == person.former_number
    assert citizen.source is Source.CHIP
    proof = reading.proof
    assert str(proof.access).startswith("PACE with CAN")
    assert proof.sod_signature is Signature.VALID
    assert proof.data_groups == {
        **dict.fromkeys((1, 13, 14, 15), GroupHash.MATCH),
        **dict.fromkeys((2, 3), GroupHash.NOT_READ),
    }
    assert proof.data_intact
    assert proof.chain is Chain.NOT_CHECKED
    assert {proof.chip_authentication, proof.active_authentication} == {ChipProof.PASSED}
    assert proof.verdict is Verdict.ISSUER_UNKNOWN
    assert steps == [ReadStep.ACCESS, ReadStep.IDENTITY, ReadStep.PROOF]
    assert reading.notes == frozenset()
    assert reading.apdus == APDUS_OF_A_READ
    shown = repr(reading) + repr(citizen) + caplog.text
    assert not [text for text in personal(person) if text in shown]


def test_the_couple_name_each_other(lobby, people):
    lobby.lay("anh-hung")
    husband = lobby.reader.read(people["anh-hung"].can).citizen
    lobby.lay("chi-ha")
    wife = lobby.reader.read(people["chi-ha"].can).citizen
    assert (husband.spouse, wife.spouse) == (wife.full_name, husband.full_name)
    assert husband.residence == wife.residence


@pytest.mark.parametrize(
    ("name", "code", "signature", "details"),
    [
        ("the-bi-sua", FailureCode.CARD_DATA_ALTERED, Signature.VALID, GroupHash.MISMATCH),
        ("the-sai-chu-ky", FailureCode.CHIP_SIGNATURE_INVALID, Signature.INVALID, GroupHash.MATCH),
    ],
)
def test_a_forged_card_gives_no_data(lobby, people, caplog, name, code, signature, details):  # noqa: PLR0917
    lobby.lay(name)
    failure = lobby.reader.read(people[name].can)
    assert isinstance(failure, CardFailure)
    assert failure.code is code
    assert failure.step is ReadStep.PROOF
    assert failure.proof.sod_signature is signature
    assert (failure.proof.data_groups[1], failure.proof.data_groups[13]) == (GroupHash.MATCH, details)
    assert not failure.proof.data_intact
    assert not [text for text in personal(people[name]) if text in repr(failure) + caplog.text]


def test_a_wrong_number_is_tried_once_and_the_right_one_works_after_it(lobby, people):
    card = lobby.lay("lan")
    failure = lobby.reader.read("000000")
    assert failure.code is FailureCode.CARD_CAN_WRONG
    assert card.commands == 6  # EF.CardAccess and one PACE
    assert isinstance(lobby.reader.read(people["lan"].can), CardReading)


@pytest.mark.parametrize("can", ["", "12345", "1234567", "12345a", "１２３４５６", "-12345"])
def test_what_is_no_can_never_reaches_the_card(lobby, can):
    card = lobby.lay("lan")
    assert lobby.reader.read(can).code is FailureCode.CARD_CAN_WRONG
    assert card.commands == 0


def test_no_card_on_the_reader(lobby):
    failure = lobby.reader.read("123456")
    assert failure.code is FailureCode.CARD_REMOVED_EARLY
    assert failure.step is None


@pytest.mark.parametrize("at", range(1, APDUS_OF_A_READ + 1))
def test_a_card_pulled_at_any_command_is_said_at_once_and_the_next_read_works(lobby, people, at):
    """A second on a quiet machine; no waiting for an answer (``ANSWER_SECONDS``) on any."""
    card = lobby.lay("lan", CardFaults(pull_at=at))
    started = time.monotonic()
    failure = lobby.reader.read(people["lan"].can)
    assert time.monotonic() - started < ANSWER_SECONDS / 2
    assert card.commands == at, "nothing was tried again"
    assert isinstance(failure, CardFailure)
    assert failure.code is FailureCode.CARD_REMOVED_EARLY
    lobby.until_empty()
    assert lobby.virtual.inserted is None
    lobby.lay("lan")
    assert isinstance(lobby.reader.read(people["lan"].can), CardReading)


def test_two_cards_are_never_mixed(lobby, people):
    lobby.lay("lan")
    before = lobby.reader.presence()
    lobby.lay("chi-hanh")
    after = lobby.reader.presence()
    assert before.card
    assert after.card
    assert before.token != after.token
    assert lobby.reader.read(people["lan"].can).code is FailureCode.CARD_CAN_WRONG
    assert lobby.reader.read(people["chi-hanh"].can).citizen.number == people["chi-hanh"].number


def test_presence_tells_of_a_card_as_soon_as_it_is_there(lobby):
    reader = lobby.reader
    assert not reader.presence().card
    lobby.virtual.insert("lan")
    started = time.monotonic()
    while not reader.presence(1.0).card:
        assert time.monotonic() - started < 3
    lobby.virtual.remove()
    started = time.monotonic()
    while reader.presence(1.0).card:
        assert time.monotonic() - started < 3
    started = time.monotonic()
    assert not reader.presence(0.3).card
    assert 0.2 < time.monotonic() - started < 2


class TestServiceAndReader:
    """What stands between us and the card goes away and comes back."""

    def test_the_service_is_killed_and_starts_again(self, lobby, people):
        lobby.lay("lan")
        reader = lobby.reader
        assert reader.status().condition is Condition.READY
        old = lobby.virtual.pid
        os.kill(old, signal.SIGKILL)
        assert isinstance(reader.read(people["lan"].can), CardReading | CardFailure)
        deadline = time.monotonic() + 40
        while not reader.presence(0.2).card:
            assert time.monotonic() < deadline
        assert lobby.virtual.pid not in (None, old)
        assert isinstance(reader.read(people["lan"].can), CardReading)
        assert reader.status().condition is Condition.READY

    def test_the_service_is_down(self, lobby, people):
        reader = lobby.reader
        assert reader.status().condition is Condition.READY
        lobby.virtual.stop_service()
        try:
            assert reader.status().condition is Condition.DISCONNECTED
            assert reader.status().failure is FailureCode.READER_SERVICE_DOWN
            assert reader.presence(0.1).failure is FailureCode.READER_SERVICE_DOWN
            assert reader.read("123456").code is FailureCode.READER_SERVICE_DOWN
            assert reader.test().failure is FailureCode.READER_SERVICE_DOWN
            assert reader.readers() == []
        finally:
            lobby.virtual.restore_service()
        assert reader.status().condition is Condition.READY
        lobby.lay("lan")
        assert isinstance(reader.read(people["lan"].can), CardReading)

    def test_the_service_dies_in_the_middle_of_a_read(self, lobby, people):
        lobby.lay("lan")

        def stop(step):
            if step is ReadStep.IDENTITY:
                lobby.virtual.stop_service()

        failure = lobby.reader.read(people["lan"].can, stop)
        lobby.virtual.restore_service()
        assert failure.code is FailureCode.READER_SERVICE_DOWN
        assert failure.step is ReadStep.IDENTITY

    def test_another_reader_is_wanted(self, lobby):
        reader = ChipCardReader(CardReaderSettings(reader="ACS ACR39U"))
        assert reader.status().failure is FailureCode.READER_NOT_FOUND
        assert reader.presence(5).failure is FailureCode.READER_NOT_FOUND
        assert reader.read("123456").code is FailureCode.READER_NOT_FOUND
        assert len(reader.readers()) == 2

    @pytest.mark.parametrize(
        "pattern", ["*", "mot cua", "Mot Cua Virtual Reader 00 00", "*Virtual*", "mot?cua*"]
    )
    def test_a_reader_is_found_by_part_of_its_name_or_a_pattern(self, lobby, people, pattern):
        reader = ChipCardReader(CardReaderSettings(reader=pattern))
        lobby.lay("lan")
        assert isinstance(reader.read(people["lan"].can), CardReading)
        reader.close()

    def test_the_other_slot_is_a_reader_without_card(self, lobby):
        reader = ChipCardReader(CardReaderSettings(reader="00 01"))
        lobby.lay("lan")
        assert reader.status().facts["card"] == "absent"
        reader.close()

    def test_another_program_holds_the_card(self, lobby, people):
        lobby.lay("lan")
        holder = subprocess.Popen(
            [sys.executable, "-c", HOLD], stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=os.environ
        )
        try:
            assert holder.stdout.readline() == b"held\n"
            status = lobby.reader.status()
            assert (status.condition, status.failure) == (
                Condition.NEEDS_ATTENTION,
                FailureCode.READER_IN_USE,
            )
            assert lobby.reader.read(people["lan"].can).code is FailureCode.READER_IN_USE
        finally:
            holder.stdin.close()
            holder.wait(30)
            holder.stdout.close()
        assert isinstance(lobby.reader.read(people["lan"].can), CardReading)

    def test_a_reader_that_is_switched_off_in_the_settings(self):
        reader = ChipCardReader(CardReaderSettings(enabled=False))
        assert reader.status().condition is Condition.DISABLED
        assert not reader.presence().card
        assert not reader.test().passed


HOLD = """
import sys
from smartcard import scard
_, context = scard.SCardEstablishContext(scard.SCARD_SCOPE_USER)
_, names = scard.SCardListReaders(context, [])
held = scard.SCardConnect(context, names[0], scard.SCARD_SHARE_EXCLUSIVE, scard.SCARD_PROTOCOL_T1)
print("held" if held[0] == 0 else hex(held[0]), flush=True)
sys.stdin.read()
scard.SCardDisconnect(held[1], scard.SCARD_LEAVE_CARD)
"""


class TestTest:
    """The reader's own test says what was really done, and nothing of the person."""

    def test_without_a_card(self, lobby):
        report = lobby.reader.test()
        assert report.passed
        assert dict(report.lines)["card"] == "absent"

    def test_a_number_without_its_card_proves_nothing(self, lobby):
        report = lobby.reader.test(can="123456")
        assert not report.passed
        assert dict(report.lines)["card"] == "absent"

    def test_a_card_without_its_number(self, lobby):
        lobby.lay("lan")
        report = lobby.reader.test()
        assert report.passed
        lines = dict(report.lines)
        assert lines["reader"] == "Mot Cua Virtual Reader 00 00"
        assert lines["atr"] == "3B8880010031C173C840009092"
        assert lines["card_access"] == "PACE-ECDH-GM-AES-128/13, CA, TA"
        assert "sod_signature" not in lines

    def test_a_card_with_its_number(self, lobby, people):
        lobby.lay("lan")
        report = lobby.reader.test(can=people["lan"].can)
        assert report.passed
        lines = dict(report.lines)
        assert lines["sod_signature"] == "valid"
        assert lines["data_groups"].startswith("DG1 match, DG2 not_read")
        assert lines["chain"] == "not_checked"
        assert not [text for text in personal(people["lan"]) if text in repr(report)]

    def test_a_forged_card(self, lobby, people):
        lobby.lay("the-bi-sua")
        report = lobby.reader.test(can=people["the-bi-sua"].can)
        assert not report.passed
        assert report.failure is FailureCode.CARD_DATA_ALTERED
        assert "DG13 mismatch" in dict(report.lines)["data_groups"]


class TestOtherChips:
    """Cards that are not as ours are."""

    @pytest.fixture
    def chip(self, lobby):
        """Lan's card as files, to change."""
        lobby.virtual.insert("lan")
        return lobby.virtual._chips["lan"]

    def read(self, lobby, chip, can, faults=None):
        card = lobby.lay_chip(chip, faults)
        return card, lobby.reader.read(can)

    def test_a_chip_without_extended_length_is_read_in_short_blocks(self, lobby, people, chip):
        can = people["lan"].can
        card, reading = self.read(lobby, chip, can, CardFaults(extended_length=False))
        assert isinstance(reading, CardReading)
        first = card.commands
        again = lobby.reader.read(can)
        assert card.commands - first == again.apdus < first, "the refused size is remembered"
        assert again.citizen == reading.citizen

    @pytest.mark.parametrize("largest", [1000, 255, 200])
    def test_a_chip_that_loses_the_channel_over_a_large_block_is_read_again(
        self, lobby, people, chip, largest
    ):
        can = people["lan"].can
        card, reading = self.read(lobby, chip, can, CardFaults(largest_answer=largest))
        assert isinstance(reading, CardReading)
        assert reading.citizen.number == people["lan"].number
        again = lobby.reader.read(can)
        assert again.apdus < reading.apdus, "the size that worked is remembered"
        before = card.commands
        assert lobby.reader.read(can).apdus == again.apdus == card.commands - before

    def test_what_a_card_takes_is_remembered_over_a_restart(self, lobby, people, chip, tmp_path):
        kept = tmp_path / "sizes.json"
        kept.write_text("not what was kept")
        lobby.lay_chip(chip, CardFaults(extended_length=False))
        counts = []
        for _ in range(2):
            reader = ChipCardReader(CardReaderSettings(), block_sizes=kept)
            counts.append(reader.read(people["lan"].can).apdus)
            reader.close()
        assert counts[1] < counts[0]
        assert people["lan"].can not in kept.read_text()

    def test_a_chip_that_always_loses_the_channel_is_given_up(self, lobby, chip):
        card, failure = self.read(lobby, chip, chip.can, CardFaults(largest_answer=1))
        assert failure.code is FailureCode.CARD_CHANNEL_BROKEN
        assert card.commands < 50

    @pytest.mark.parametrize(
        ("kind", "code"),
        [
            ("bank", FailureCode.CARD_IS_BANK_CARD),
            ("transport", FailureCode.CARD_IS_TRANSPORT_CARD),
            ("phone", FailureCode.CARD_IS_PHONE),
        ],
    )
    def test_a_wrong_card_is_named_before_any_key_is_asked_for(self, lobby, kind, code):
        lobby.virtual.lay_foreign(kind)
        lobby.until_seen()
        assert lobby.reader.recognise() is code
        assert lobby.reader.read("123456").code is code

    def test_an_id_card_is_recognised_by_its_first_answer(self, lobby):
        card = lobby.lay("lan")
        assert lobby.reader.recognise() is None
        assert card.commands == 1

    def test_a_card_that_offers_no_pace(self, lobby, people, chip):
        """It is opened with what the printed QR says; six digits are not enough, and that is said."""
        offers = bytes.fromhex("310f300d060804007f0007020202020101")
        card = replace(chip, files={**chip.files, 0x1C: offers})
        _, failure = self.read(lobby, card, chip.can)
        assert failure.code is FailureCode.CARD_NEEDS_QR
        keys = AccessKeys.from_qr(card_qr.parse(people["lan"].qr))
        assert lobby.reader.read(keys).code is FailureCode.CARD_DATA_ALTERED, (
            "DG14 offers PACE under signature"
        )

    def test_a_card_without_dg13_still_says_who_its_holder_is(self, lobby, people, chip):
        files = {key: content for key, content in chip.files.items() if key != 13}
        _, reading = self.read(lobby, replace(chip, files=files), chip.can)
        assert isinstance(reading, CardReading)
        assert reading.citizen.full_name == "NGUYEN THI NGOC LAN"
        assert reading.citizen.number == people["lan"].number
        assert reading.citizen.residence is None
        assert Note.DETAILS_MISSING in reading.notes
        assert reading.proof.data_groups[1] is GroupHash.MATCH
        assert reading.proof.data_groups[13] is GroupHash.MISSING

    def test_the_files_of_another_card(self, lobby, people, chip):
        """DG1 and its SOD belong together, but not to the number that opened the chip."""
        lobby.virtual.insert("chi-hanh")
        other = lobby.virtual._chips["chi-hanh"]
        _, failure = self.read(lobby, replace(other, can=chip.can), chip.can)
        assert failure.code is FailureCode.CARD_NUMBERS_DISAGREE
        assert people["chi-hanh"].number not in repr(failure)

    def test_dg13_of_another_card(self, lobby, chip):
        lobby.virtual.insert("chi-hanh")
        other = lobby.virtual._chips["chi-hanh"]
        _, failure = self.read(lobby, replace(chip, files={**chip.files, 13: other.files[13]}), chip.can)
        assert failure.code is FailureCode.CARD_DATA_ALTERED

    def test_an_expired_card_is_read_and_noted(self, lobby, people):
        reader = ChipCardReader(CardReaderSettings(), today=lambda: date(2027, 3, 15))
        lobby.lay("lan")
        reading = reader.read(people["lan"].can)
        assert Note.EXPIRED in reading.notes
        assert reading.citizen.sex is Sex.FEMALE
        reader.close()


def test_a_closed_reader_leaves_no_trace_on_stderr():
    code = (
        "from devices.chip_card import ChipCardReader; from kiosk.settings import CardReaderSettings\n"
        "r = ChipCardReader(CardReaderSettings()); r.status(); r.presence(); r.read('123456'); r.close()"
    )
    root = Path(__file__).parents[3]
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, capture_output=True, check=True, cwd=root, env=os.environ)
    assert b"Exception" not in done.stderr
    assert b"Traceback" not in done.stderr

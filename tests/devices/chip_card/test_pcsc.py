"""What the link makes of the PC/SC service's answers, with the service's functions put in by the test.

The same against a real ``pcscd`` is in ``test_readers``; here stand the cases that need a plug to be pulled,
or a card that speaks T=0.
"""

from types import SimpleNamespace

import pytest

from devices.chip_card import pcsc
from devices.chip_card.errors import CardProblem
from devices.chip_card.pcsc import PcscService
from kiosk.failures import FailureCode

scard = pcsc.scard
PRESENT, EMPTY, MUTE = scard.SCARD_STATE_PRESENT, scard.SCARD_STATE_EMPTY, scard.SCARD_STATE_MUTE
OLD_READER, READER = "Ältere Firma 00 00", "ACS ACR1252 1S CL Reader 00 00"

FUNCTIONS = (
    "establish_context", "release_context", "list_readers", "get_status_change", "connect", "status",
    "transmit", "reconnect", "disconnect",
)  # fmt: skip


class Service:
    """The functions of ``smartcard.scard`` that are used, over readers in a dictionary."""

    def __init__(self):
        self.readers = {}
        self.results = {}
        self.protocol = scard.SCARD_PROTOCOL_T1
        self.sent = []
        self.answers = []
        self.contexts = 0

    def failing(self, name):
        return self.results.get(name, scard.SCARD_S_SUCCESS)

    def establish_context(self, scope):
        self.contexts += 1
        return [self.failing("SCardEstablishContext"), self.contexts]

    def release_context(self, context):
        return [0]

    def list_readers(self, context, groups):
        if not self.readers and not self.failing("SCardListReaders"):
            return [scard.SCARD_E_NO_READERS_AVAILABLE, []]
        return [self.failing("SCardListReaders"), list(self.readers)]

    def get_status_change(self, context, wait, wanted):
        gone = [name for name, _ in wanted if name not in self.readers]
        if gone:
            return [scard.SCARD_E_UNKNOWN_READER, []]
        result = self.failing("SCardGetStatusChange")
        return [result, [(name, self.readers[name] | scard.SCARD_STATE_CHANGED, []) for name, _ in wanted]]

    def connect(self, context, reader, share, protocols):
        assert share == scard.SCARD_SHARE_EXCLUSIVE
        return [self.failing("SCardConnect"), 77, self.protocol]

    def status(self, handle):
        return [0, "", 0, self.protocol, [0x3B, 0x00]]

    def transmit(self, handle, pci, command):
        self.sent.append((pci, bytes(command).hex()))
        result = self.failing("SCardTransmit")
        return [result, [] if result else list(bytes.fromhex(self.answers.pop(0)))]

    def reconnect(self, handle, share, protocols, initialisation):
        assert initialisation == scard.SCARD_UNPOWER_CARD
        return [self.failing("SCardReconnect"), self.protocol]

    def disconnect(self, handle, disposition):
        self.sent.append((None, f"disconnect {disposition}"))
        return [0]


@pytest.fixture
def service(monkeypatch):
    found = Service()
    names = {f"SCard{name.title().replace('_', '')}": getattr(found, name) for name in FUNCTIONS}
    constants = {name: getattr(scard, name) for name in dir(scard) if name.startswith("SCARD_")}
    monkeypatch.setattr(pcsc, "scard", SimpleNamespace(**constants, **names))
    return found


def failure(action, *arguments):
    with pytest.raises(CardProblem) as trouble:
        action(*arguments)
    return trouble.value.code


@pytest.fixture
def link(service):
    service.readers = {READER: PRESENT}
    pcscd = PcscService("*")
    link = pcscd.connect(pcscd.state())
    yield link
    link.close()
    pcscd.close()


@pytest.mark.parametrize(
    ("result", "code"),
    [
        (scard.SCARD_E_NO_SERVICE, FailureCode.READER_SERVICE_DOWN),
        (scard.SCARD_E_SERVICE_STOPPED, FailureCode.READER_SERVICE_DOWN),
        (scard.SCARD_F_COMM_ERROR, FailureCode.READER_SERVICE_DOWN),
        (scard.SCARD_E_UNKNOWN_READER, FailureCode.READER_NOT_FOUND),
        (scard.SCARD_E_READER_UNAVAILABLE, FailureCode.READER_NOT_FOUND),
        (scard.SCARD_W_REMOVED_CARD, FailureCode.CARD_REMOVED_EARLY),
        (scard.SCARD_E_NO_SMARTCARD, FailureCode.CARD_REMOVED_EARLY),
        (scard.SCARD_W_UNRESPONSIVE_CARD, FailureCode.CARD_NOT_SUPPORTED),
        (scard.SCARD_E_SHARING_VIOLATION, FailureCode.READER_IN_USE),
        (scard.SCARD_W_RESET_CARD, FailureCode.CARD_CHANNEL_BROKEN),
        (0x80101234, FailureCode.CARD_CHANNEL_BROKEN),
    ],
)
def test_every_result_of_the_service_has_a_name(result, code):
    found = pcsc.problem(result, "connect")
    assert found.code is code
    assert f"{result:08X}" in found.detail


class TestReaders:
    """Which reader is meant, and what lies there."""

    def test_no_reader_at_all(self, service):
        pcscd = PcscService("*")
        assert pcscd.all_readers() == []
        assert failure(pcscd.state) is FailureCode.READER_NOT_FOUND

    def test_a_reader_whose_name_cannot_be_asked_for_does_not_hide_the_others(self, service):
        service.readers = {OLD_READER: EMPTY, READER: PRESENT}
        assert PcscService("*").state().reader == READER

    def test_the_reader_with_the_card_is_meant(self, service):
        service.readers = {"A 00 00": EMPTY, "A 00 01": PRESENT | 3 << 16}
        state = PcscService("A").state()
        assert (state.reader, state.card, state.cards, state.events) == ("A 00 01", True, 1, 3)

    def test_two_cards_are_not_guessed_between(self, service):
        service.readers = {"A 00 00": PRESENT, "A 00 01": PRESENT, "B 00 00": PRESENT}
        pcscd = PcscService("a")
        state = pcscd.state()
        assert state.cards == 2
        assert failure(pcscd.connect, state) is FailureCode.CARDS_TWO

    def test_a_card_in_a_reader_that_is_not_meant_does_not_count(self, service):
        service.readers = {"A 00 00": PRESENT, "B 00 00": PRESENT}
        assert PcscService("b*").state().cards == 1

    def test_a_second_card_ends_the_wait(self, service):
        service.readers = {"A 00 00": PRESENT, "A 00 01": EMPTY}
        pcscd = PcscService("*")
        known = pcscd.state()
        service.readers["A 00 01"] = PRESENT | 1 << 16
        assert pcscd.state(known, 30).cards == 2

    def test_a_mute_card(self, service):
        service.readers = {READER: PRESENT | MUTE}
        service.results["SCardConnect"] = scard.SCARD_W_UNRESPONSIVE_CARD
        pcscd = PcscService("*")
        state = pcscd.state()
        assert state.mute
        assert failure(pcscd.connect, state) is FailureCode.CARD_NOT_SUPPORTED

    def test_a_reader_pulled_out_while_it_is_waited_for(self, service):
        service.readers = {READER: EMPTY}
        pcscd = PcscService("*")
        known = pcscd.state()
        del service.readers[READER]
        assert failure(pcscd.state, known, 30) is FailureCode.READER_NOT_FOUND

    def test_one_of_two_readers_pulled_out_ends_the_wait(self, service):
        service.readers = {"A 00 00": EMPTY, "B 00 00": EMPTY}
        pcscd = PcscService("*")
        known = pcscd.state()
        del service.readers["A 00 00"]
        assert pcscd.state(known, 30).reader == "B 00 00"


class TestPulledReader:
    """The service answers an APDU for a pulled reader in many ways; the list of readers tells."""

    @pytest.mark.parametrize(
        "result",
        [scard.SCARD_E_NO_SERVICE, scard.SCARD_E_INVALID_HANDLE, scard.SCARD_E_NOT_TRANSACTED,
         scard.SCARD_W_REMOVED_CARD, scard.SCARD_E_READER_UNAVAILABLE],
    )  # fmt: skip
    def test_it_is_named_as_such(self, service, link, result):
        service.readers = {}
        service.results["SCardTransmit"] = result
        assert failure(link.transmit, b"\x00\xb0\x00\x00\x00") is FailureCode.READER_NOT_FOUND

    def test_a_card_taken_off_a_reader_that_is_there(self, service, link):
        service.results["SCardTransmit"] = scard.SCARD_W_REMOVED_CARD
        assert failure(link.transmit, b"\x00\xb0\x00\x00\x00") is FailureCode.CARD_REMOVED_EARLY

    def test_of_the_failed_exchange_no_answer_is_kept(self, service, link):
        service.answers = ["0102039000"]
        link.transmit(b"\x00\xb0\x00\x00\x00")
        assert link.last_answer == 5
        service.results["SCardTransmit"] = scard.SCARD_E_NOT_TRANSACTED
        failure(link.transmit, b"\x00\xb0\x00\x00\x00")
        assert link.last_answer == 0

    def test_a_service_that_is_down(self, service, link):
        service.results = dict.fromkeys(
            ["SCardTransmit", "SCardListReaders", "SCardEstablishContext"], scard.SCARD_E_NO_SERVICE
        )
        assert failure(link.transmit, b"\x00\xb0\x00\x00\x00") is FailureCode.READER_SERVICE_DOWN

    def test_a_service_that_comes_back_is_connected_to_anew(self, service):
        service.readers = {READER: EMPTY}
        pcscd = PcscService("*")
        pcscd.state()
        real = service.list_readers
        pcsc.scard.SCardListReaders = lambda context, groups: (
            real(context, groups) if context > 1 else [scard.SCARD_E_SERVICE_STOPPED, []]
        )
        assert pcscd.state().reader == READER
        assert service.contexts == 2


class TestBeneathAnApdu:
    """T=0 and fetched answers; nothing above the link knows of them."""

    @pytest.fixture
    def old_card(self, service):
        service.protocol = scard.SCARD_PROTOCOL_T0

    def test_no_le_beside_data_with_t0(self, old_card, service, link):
        service.answers = ["610a", "00010203040506070809" + "9000"]
        assert link.transmit(bytes.fromhex("00a4040c02011c00")).hex() == "000102030405060708099000"
        assert service.sent == [
            (scard.SCARD_PCI_T0, "00a4040c02011c"),
            (scard.SCARD_PCI_T0, "00c000000a"),
        ]
        assert link.apdus == 2

    def test_le_alone_stays_with_t0(self, old_card, service, link):
        service.answers = ["9000", "9000", "9000"]
        for command in ("00b09c0000", "00a4040c02011c", "00b00000"):
            link.transmit(bytes.fromhex(command))
        assert [sent for _, sent in service.sent] == ["00b09c0000", "00a4040c02011c", "00b00000"]

    def test_extended_length_is_refused_for_a_card_that_cannot_be_asked(self, old_card, service, link):
        assert link.transmit(bytes.fromhex("00b09c00000000")).hex() == "6700"
        assert service.sent == []

    def test_a_reader_that_does_not_carry_extended_length(self, service, link):
        """Many readers for short commands only; the card, reset, is asked again in a shorter way."""
        service.results["SCardTransmit"] = scard.SCARD_E_NOT_TRANSACTED
        assert link.transmit(bytes.fromhex("00b09c00000000")).hex() == "6700"
        assert failure(link.transmit, bytes.fromhex("00b09c0000")) is FailureCode.CARD_REMOVED_EARLY
        assert failure(link.transmit, bytes.fromhex("0cb09c0000000d0000")) is FailureCode.CARD_REMOVED_EARLY

    def test_a_card_taken_off_during_an_extended_command(self, service, link):
        service.results["SCardTransmit"] = scard.SCARD_E_NOT_TRANSACTED
        service.results["SCardReconnect"] = scard.SCARD_E_NO_SMARTCARD
        assert failure(link.transmit, bytes.fromhex("00b09c00000000")) is FailureCode.CARD_REMOVED_EARLY

    def test_with_t1_everything_goes_as_it_is(self, service, link):
        service.answers = ["9000"]
        link.transmit(bytes.fromhex("00a4040c02011c00"))
        assert service.sent == [(scard.SCARD_PCI_T1, "00a4040c02011c00")]

    def test_a_long_answer_is_fetched_to_its_end(self, service, link):
        service.answers = ["aa6102", "bbcc6101", "dd9000"]
        assert link.transmit(bytes.fromhex("00b0000000")).hex() == "aabbccdd9000"
        assert link.last_answer == 6

    def test_a_card_that_always_has_more_and_gives_nothing(self, service, link):
        service.answers = ["6110"] * 3
        assert link.transmit(bytes.fromhex("00b0000000")).hex() == "6110"
        assert len(service.sent) == 2

    def test_a_card_that_never_ends(self, service, link):
        service.answers = [("00" * 255) + "61ff"] * 300
        assert len(link.transmit(bytes.fromhex("00b0000000"))) < 66000

    def test_no_answer_is_a_card_that_has_left(self, service, link):
        service.answers = [""]
        assert failure(link.transmit, b"\x00\xb0\x00\x00\x00") is FailureCode.CARD_REMOVED_EARLY

    def test_a_reset_may_change_the_protocol(self, service, link):
        service.protocol = scard.SCARD_PROTOCOL_T0
        link.cold_reset()
        service.answers = ["9000"]
        link.transmit(bytes.fromhex("00b0000000"))
        assert service.sent == [(scard.SCARD_PCI_T0, "00b0000000")]


def test_both_directions_are_counted(service, link):
    service.answers = ["0102039000", "9000"]
    link.transmit(bytes.fromhex("00b0000003"))
    link.transmit(bytes.fromhex("00b0000000"))
    assert (link.apdus, link.bytes) == (2, 5 + 5 + 5 + 2)


def test_the_card_is_left_reset(service):
    service.readers = {READER: PRESENT}
    pcscd = PcscService("*")
    pcscd.connect(pcscd.state()).close()
    assert service.sent == [(None, f"disconnect {scard.SCARD_RESET_CARD}")]


def test_a_card_that_cannot_be_asked_for_its_status_is_let_go(service):
    service.readers = {READER: PRESENT}
    pcscd = PcscService("*")
    pcsc.scard.SCardStatus = lambda handle: [scard.SCARD_W_REMOVED_CARD]
    assert failure(pcscd.connect, pcscd.state()) is FailureCode.CARD_REMOVED_EARLY
    assert service.sent == [(None, f"disconnect {scard.SCARD_LEAVE_CARD}")]

"""What a printer's status bytes mean; silence is never "paper ok"."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devices.contract import Condition
from devices.ticket_printer.status import (
    AnswerParser,
    AutomaticStatus,
    Fence,
    ProcessDone,
    Replies,
    StatusByte,
    judge,
)
from kiosk.failures import FailureCode

WELL = Replies(0x12, 0x12, 0x12, 0x12)
OCTETS = st.one_of(st.none(), st.integers(0, 255))


@pytest.mark.parametrize(
    ("replies", "condition", "failure", "warning"),
    [
        (WELL, Condition.READY, None, None),
        (Replies(0x16, 0x12, 0x12, 0x12), Condition.READY, None, None),
        (Replies(0x12, None, None, 0x12), Condition.READY, None, None),
        (Replies(0x12, 0x12, 0x12, 0x1E), Condition.READY, None, FailureCode.PRINTER_PAPER_LOW),
        (Replies(0x1A, 0x32, 0x12, 0x7E), Condition.NEEDS_ATTENTION, FailureCode.PRINTER_PAPER_OUT, "low"),
        (Replies(0x1A, None, None, 0x72), Condition.NEEDS_ATTENTION, FailureCode.PRINTER_PAPER_OUT, None),
        (Replies(0x1A, 0x36, 0x12, 0x72), Condition.NEEDS_ATTENTION, FailureCode.PRINTER_COVER_OPEN, None),
        (Replies(0x1A, 0x52, 0x1A, 0x12), Condition.NEEDS_ATTENTION, FailureCode.PRINTER_ERROR, None),
        (Replies(0x1A, 0x12, 0x12, 0x12), Condition.NEEDS_ATTENTION, FailureCode.PRINTER_ERROR, None),
        (Replies(0x1A, 0x1A, 0x12, 0x12), Condition.BUSY, None, None),
        (Replies(), Condition.NEEDS_ATTENTION, FailureCode.PRINTER_SILENT, None),
        (Replies(0x12, 0x12, 0x12, None), Condition.NEEDS_ATTENTION, FailureCode.PRINTER_SILENT, None),
        (Replies(None, None, None, 0x12), Condition.NEEDS_ATTENTION, FailureCode.PRINTER_SILENT, None),
    ],
)
def test_the_bits_mean_what_the_manuals_say(replies, condition, failure, warning):
    judgement = judge(replies)
    wanted = FailureCode.PRINTER_PAPER_LOW if warning == "low" else warning
    assert (judgement.condition, judgement.failure, judgement.warning) == (condition, failure, wanted)


@given(OCTETS, OCTETS, OCTETS, OCTETS)
def test_only_a_printer_that_says_so_is_ready(printer, cause, error, paper):
    judgement = judge(Replies(printer, cause, error, paper))
    if judgement.ready:
        assert printer is not None
        assert not printer & 0x08
        assert paper is not None
        assert not paper & 0x60
        assert not (cause or 0) & 0x64
    elif judgement.condition is Condition.NEEDS_ATTENTION:
        assert judgement.failure is not None


@given(st.lists(st.binary(max_size=40), max_size=20))
def test_garbage_in_any_pieces_gives_the_same_messages_and_never_raises(pieces):
    in_pieces = AnswerParser()
    messages = [message for piece in pieces for message in in_pieces.feed(piece)]
    assert messages == AnswerParser().feed(b"".join(pieces))
    assert len(in_pieces._pending) <= 6


MESSAGES = st.one_of(
    st.integers(0, 255).filter(lambda b: b & 0x93 == 0x12).map(StatusByte),
    st.integers(0, 15).map(Fence),
    st.binary(min_size=4, max_size=4).map(lambda b: bytes(32 + x % 95 for x in b)).map(ProcessDone),
    st.tuples(
        st.integers(0, 255).filter(lambda b: b & 0x93 == 0x10),
        *[st.integers(0, 255).filter(lambda b: not b & 0x90)] * 3,
    ).map(lambda four: AutomaticStatus(bytes(four))),
)


def sent(message):
    match message:
        case StatusByte(value) | Fence(value):
            return bytes((value,))
        case ProcessDone(job_id):
            return b"\x37\x22" + job_id + b"\0"
        case AutomaticStatus(value):
            return value


@given(st.lists(MESSAGES, max_size=20), st.integers(1, 7))
def test_messages_one_after_another_are_told_apart(messages, size):
    data = b"".join(map(sent, messages))
    parser = AnswerParser()
    read = [m for i in range(0, len(data), size) for m in parser.feed(data[i : i + size])]
    assert read == messages


def test_flow_control_between_the_bytes_of_an_automatic_status_is_passed_over():
    assert AnswerParser().feed(b"\x11\x18\x13\x00\x11\x0c\x00\x12") == [
        AutomaticStatus(b"\x18\x00\x0c\x00"),
        StatusByte(0x12),
    ]


def test_an_automatic_status_is_never_taken_for_an_acknowledgement():
    assert AnswerParser().feed(b"\x10\x00\x00\x00") == [AutomaticStatus(b"\x10\x00\x00\x00")]


def test_offline_and_clear_buffer_answers_are_no_acknowledgement():
    assert AnswerParser().feed(b"\x37\x23ABCD\x00\x37\x25\x00") == []

"""A faulty card fails in the way that its switch says, at the place it says, and in no other."""

import threading
import time

import pytest
from virtual_terminal import Terminal

from devices.chip_card import lds, tlv
from devices.chip_card.apdu import Command, Response
from devices.chip_card.errors import CardProblem
from devices.virtual.chip_card import CardFaults, Deck, demo_citizens, demo_issuer, in_process_link
from devices.virtual.chip_card.chip_channel import ChipChannel
from devices.virtual.chip_card.profile import ChannelFault, turned
from kiosk.failures import FailureCode

READ_ZONE = Command(0, 0xB0, 0x81, 0, b"", 256)


@pytest.fixture(scope="module")
def deck(tmp_path_factory):
    return Deck(demo_issuer(tmp_path_factory.mktemp("issuer")))


def terminal_of(deck, **knobs):
    card = deck.card("lan", faults=turned(CardFaults(), knobs))
    return Terminal(in_process_link(card), card.chip)


def opened(deck, **knobs):
    terminal = terminal_of(deck, **knobs)
    terminal.open()
    return terminal


@pytest.mark.parametrize("fault", [fault for fault in ChannelFault if fault is not ChannelFault.NONE])
@pytest.mark.parametrize("at", [2, 5])
def test_a_spoiled_answer_is_the_one_that_was_named(deck, fault, at):
    terminal = opened(deck, channel_fault=fault, channel_fault_at=at)  # SELECT was the first protected answer
    for _ in range(at - 2):
        assert terminal.send(READ_ZONE).sw == 0x9000
    with pytest.raises(CardProblem) as caught:
        terminal.send(READ_ZONE)
    assert caught.value.code is FailureCode.CARD_CHANNEL_BROKEN


@pytest.mark.parametrize("fault", [fault for fault in ChannelFault if fault is not ChannelFault.NONE])
def test_one_answer_is_spoiled_and_the_chips_channel_goes_on(deck, fault):
    """A reader that looked away would see nothing but that one answer."""
    terminal = opened(deck, channel_fault=fault)
    spoiled = terminal.plain(terminal.channel.protect(READ_ZONE))
    honest = opened(deck)
    right = honest.plain(honest.channel.protect(READ_ZONE))
    tags = [item.tag for item in tlv.parse(spoiled.data)]
    if fault is ChannelFault.PLAIN:
        assert spoiled.data == terminal.chip.files[1]
    elif fault is ChannelFault.MISSING_MAC:
        assert tags == [0x87, 0x99]
    elif fault is ChannelFault.MISSING_STATUS:
        assert tags == [0x87, 0x8E]
    elif fault is ChannelFault.SHORT_MAC:
        assert len(spoiled.data) == len(right.data) - 4
    else:
        assert len(spoiled.data) == len(right.data)
        assert tags == [0x87, 0x99, 0x8E]
    assert (spoiled.sw == 0x9000) == (fault is not ChannelFault.STATUS_DIFFERS)
    # The reader's counter counts the answer that it did not look at.
    terminal.channel._counter += 1
    assert terminal.send(READ_ZONE).data == terminal.chip.files[1]


def test_bad_padding_waits_for_an_answer_with_data(deck):
    terminal = opened(deck, channel_fault="bad-padding", channel_fault_at=1)
    with pytest.raises(CardProblem, match="padding"):
        terminal.send(READ_ZONE)


@pytest.mark.parametrize(
    ("refusal", "sw", "size"), [("6700", 0x6700, 0), ("6C", 0x6CC8, 0), ("6B00", 0x6B00, 0),
                                ("6282", 0x6282, 200), ("short", 0x9000, 200)],
)  # fmt: skip
def test_a_block_above_the_largest(deck, refusal, sw, size):
    terminal = opened(deck, largest_block=200, block_refusal=refusal)
    answer = terminal.send(Command(0, 0xB0, 0x82, 0, b"", 201))
    assert (answer.sw, len(answer.data)) == (sw, size)
    assert len(terminal.send(Command(0, 0xB0, 0x82, 0, b"", 200)).data) == 200


def test_more_bytes_than_were_asked_for(deck):
    terminal = opened(deck, extra_bytes=3)
    assert len(terminal.send(Command(0, 0xB0, 0x82, 0, b"", 100)).data) == 103


def test_a_card_that_gives_no_bytes_any_more(deck):
    terminal = terminal_of(deck, no_bytes_from=3)
    read = Command(0, 0xB0, 0x9C, 0, b"", 16)
    assert [len(terminal.plain(read).data) for _ in range(5)] == [16, 16, 0, 0, 0]


def test_a_card_without_extended_length(deck):
    terminal = terminal_of(deck, extended_length=False)
    assert terminal.plain(Command(0, 0xB0, 0x9C, 0, b"", 300)).sw == 0x6700
    assert terminal.plain(Command(0, 0xB0, 0x9C, 0, b"", 256)).sw == 0x9000


def test_a_large_block_that_costs_the_channel(deck):
    terminal = opened(deck, largest_answer=200)
    terminal.send(Command(0, 0xB0, 0x82, 0, b"", 200))
    with pytest.raises(CardProblem):
        terminal.send(Command(0, 0xB0, 0x82, 0, b"", 201))
    assert terminal.plain(READ_ZONE).sw == 0x6982


def test_a_pulled_card_answers_nothing_any_more(deck):
    terminal = terminal_of(deck, pull_at=2)
    read = Command(0, 0xB0, 0x9C, 0, b"", 16)
    assert terminal.plain(read).sw == 0x9000
    for _ in range(2):
        with pytest.raises(CardProblem) as caught:
            terminal.plain(read)
        assert caught.value.code is FailureCode.CARD_REMOVED_EARLY
    with pytest.raises(CardProblem):
        terminal.link.cold_reset()


def test_a_swapped_card_is_another_persons_and_freshly_powered(deck):
    terminal = opened(deck, swap_at=9)
    for _ in range(20):
        try:
            terminal.send(READ_ZONE)
        except CardProblem as problem:
            assert problem.code is FailureCode.CARD_CHANNEL_BROKEN
            break
    other = next(
        name for name in demo_citizens() if name != "lan" and deck.chip(name) is terminal.link.card.chip
    )
    terminal.chip = deck.chip(other)
    terminal.open()
    assert terminal.read(lds.data_group(1)) == deck.chip(other).files[1]


def test_any_command_can_be_answered_by_anything(deck):
    terminal = terminal_of(deck, answer_at=2, answer="DEADBEEF6283")
    read = Command(0, 0xB0, 0x9C, 0, b"", 16)
    assert terminal.plain(read).sw == 0x9000
    assert terminal.plain(read) == Response(bytes.fromhex("DEADBEEF"), 0x6283)
    assert terminal.plain(read).sw == 0x9000


def test_a_card_that_hangs_lets_go_when_it_is_taken_off(deck):
    card = deck.card("lan", faults=CardFaults(hang_at=1, hang_seconds=60))
    answers = []
    waiting = threading.Thread(target=lambda: answers.append(card.process(READ_ZONE.encode())))
    waiting.start()
    assert not answers
    card.taken_off()
    waiting.join(30)
    assert answers == [b"\x6a\x82"]


def test_a_delay_and_a_slow_line_take_their_time(deck):
    faults = CardFaults(delay=0.02)
    card = deck.card("lan", faults=faults, timing=deck.card("lan", "slow")._timing)
    began = time.monotonic()
    for _ in range(3):
        card.process(READ_ZONE.encode())
    assert time.monotonic() - began >= 3 * (0.02 + 0.02)
    assert card.elapsed >= 3 * 0.02


def test_each_wrong_password_makes_the_chip_slower(deck):
    waits = []
    card = deck.card("lan")
    card._gone.wait = waits.append
    card.chip = deck.chip("lan", turned(card.chip.profile, {"wrong_password_seconds": 0.5}))
    for _ in range(3):
        card.process(bytes.fromhex("00A4040C07A0000002471001"))
        card.process(bytes.fromhex("0084000008"))
        assert card.process(bytes.fromhex("0082000028" + "00" * 40 + "28")) == b"\x63\x00"
    assert waits == [0.5, 1.0, 1.5]


def test_a_chip_never_spoils_without_being_told_to(deck):
    terminal = opened(deck)
    for _ in range(50):
        assert terminal.send(READ_ZONE).sw == 0x9000
    assert ChipChannel.__init__.__defaults__[1] is ChannelFault.NONE

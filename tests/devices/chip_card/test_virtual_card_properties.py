"""Whatever bytes a reader sends, the card answers with a status, with no more than fits, and never fails."""

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from virtual_terminal import Terminal

from devices.chip_card import tlv
from devices.chip_card.apdu import Command
from devices.virtual.chip_card import Deck, demo_issuer, in_process_link
from devices.virtual.chip_card.foreign_cards import KINDS, foreign_card

LARGEST = 65535
INSTRUCTIONS = (0xA4, 0xB0, 0xB1, 0x22, 0x82, 0x84, 0x86, 0x88, 0xCA, 0xC0)
CARDS = (
    "genuine", "bac-only", "pace-im", "pace-cam", "pace-dh", "ca-dh", "ca-3des", "aa-rsa-sha1", "clone-mute",
    "hostile-dg1-empty", "block-100-end",
)  # fmt: skip
NO_DATA_LEAVES = {1, 2, 13, 14, 15, 0x1D, 0x1E}


@pytest.fixture(scope="module")
def deck(tmp_path_factory):
    return Deck(demo_issuer(tmp_path_factory.mktemp("issuer")))


objects = st.recursive(
    st.binary(max_size=80),
    lambda inside: st.builds(
        tlv.encode,
        st.sampled_from((0x7C, 0x80, 0x81, 0x82, 0x83, 0x84, 0x85, 0x87, 0x8E, 0x91, 0x97, 0x54, 0x06)),
        inside,
    ),
    max_leaves=4,
)
commands = st.builds(
    Command,
    st.sampled_from((0x00, 0x0C, 0x10, 0x1C, 0x80, 0x04, 0xFF)),
    st.sampled_from(INSTRUCTIONS) | st.integers(0, 255),
    st.sampled_from((0x00, 0x02, 0x04, 0x41, 0x81, 0x8D, 0x9C, 0x9D, 0xC1)) | st.integers(0, 255),
    st.sampled_from((0x00, 0x02, 0x0C, 0xA4, 0xA6)) | st.integers(0, 255),
    objects | st.sampled_from((bytes.fromhex("A0000002471001"), b"\x01\x1c", bytes(8), bytes(40))),
    st.none() | st.sampled_from((1, 8, 256, 65536)) | st.integers(1, 65536),
)
apdus = st.binary(max_size=40) | commands.map(Command.encode)
quick = settings(max_examples=35, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def secrets_of(chip):
    """Parts of the files that nobody may see before the chip is open; not what open files say, too."""
    shut = [content for sfi, content in chip.files.items() if sfi in NO_DATA_LEAVES]
    told = [content for sfi, content in chip.files.items() if sfi not in NO_DATA_LEAVES]
    parts = [content[at : at + 32] for content in shut for at in range(8, len(content) - 31, 32)]
    return [part for part in parts if not any(part in content for content in told)]


@pytest.mark.parametrize("name", CARDS)
@quick
@given(sent=st.lists(apdus, min_size=1, max_size=12))
@example(sent=[bytes.fromhex("00B09C0000")])  # EF.CardAccess, which says the same as a part of DG14
def test_any_commands_are_answered_and_no_secret_leaves(deck, name, sent):
    card = deck.card("lan", name)
    secrets = secrets_of(card.chip)
    assert secrets
    for command in sent:
        answer = card.process(command)
        assert answer is not None
        assert 2 <= len(answer) <= LARGEST
        assert not [part for part in secrets if part in answer]


@pytest.mark.parametrize("name", ["genuine", "bac-only", "ca-dh"])
@quick
@given(sent=st.lists(commands, min_size=1, max_size=8))
def test_any_commands_through_the_channel_are_answered(deck, name, sent):
    card = deck.card("lan", name)
    terminal = Terminal(in_process_link(card), card.chip)
    terminal.open()
    for command in sent:
        answer = terminal.link.transmit(terminal.channel.protect(command).encode())
        assert 2 <= len(answer) <= LARGEST


@quick
@given(spoil=st.lists(st.tuples(st.integers(0, 400), st.integers(1, 255)), min_size=1, max_size=3))
def test_a_protected_command_with_any_bits_turned_opens_nothing(deck, spoil):
    card = deck.card("lan")
    terminal = Terminal(in_process_link(card), card.chip)
    terminal.open()
    whole = terminal.channel.protect(Command(0, 0xB0, 0x81, 0, b"", 256)).encode()
    raw = bytearray(whole)
    for place, bits in spoil:
        raw[place % len(raw)] ^= bits
    answer = card.process(bytes(raw))
    if bytes(raw) != whole and raw[:-1] != whole[:-1]:
        assert len(answer) == 2 or answer[:-2] == card.chip.files[0x1C]


@pytest.mark.parametrize("kind", [name for name, kind in KINDS.items() if kind.speaks])
@quick
@given(sent=st.lists(apdus, min_size=1, max_size=6))
def test_foreign_cards_answer_too(kind, sent):
    card = foreign_card(kind)
    for command in sent:
        assert len(card.process(command)) >= 2

"""Reading the card's files: as few commands as the card allows, and no card that never ends.

The chip here speaks in clear and knows READ BINARY and SELECT only (ISO/IEC 7816-4 §11.2.2, §11.3.3).
"""

import json
import math
import os

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from devices.chip_card import lds, tlv
from devices.chip_card.apdu import EXTENDED_LE, SHORT_LE, Command, Response
from devices.chip_card.block_size import LADDER
from devices.chip_card.errors import CardProblem
from devices.chip_card.lds import BlockSize, BlockSizes, FileMissing, read_file
from kiosk.failures import FailureCode

DG2 = lds.data_group(2)
SIZES = [160, 223, 231, 256, 4096, 32767]


def file_of(size):
    """A data group 2 of so many bytes, header included."""
    for header in (2, 3, 4):
        content = tlv.encode(DG2.tag, bytes(index % 251 for index in range(size - header)))
        if len(content) == size:
            return content
    raise ValueError(size)


class FileChip:
    """One file; ``largest`` bytes at once, above which ``refusal`` is answered, or fewer bytes are given."""

    def __init__(self, content, largest=EXTENDED_LE, refusal=None, **ways):
        self.content = content
        self.largest = largest
        self.refusal = refusal
        self.extended = ways.get("extended", True)
        self.short_ids = ways.get("short_ids", True)
        self.odd = ways.get("odd", True)
        self.exact = ways.get("exact", False)
        self.selected = False
        self.commands = []

    def __call__(self, command):
        self.commands.append(command)
        if command.extended and not self.extended:
            return Response(b"", 0x6700)
        try:
            return self.select(command) if command.ins == 0xA4 else self.read(command)
        except RefusedError as refused:
            return Response(b"", refused.args[0])

    def select(self, command):
        self.selected = command.data == DG2.file_id.to_bytes(2)
        return Response(b"", 0x9000 if self.selected else 0x6A82)

    def read(self, command):
        far = command.ins == 0xB1
        offset = self.far_offset(command) if far else self.offset(command)
        if not self.selected:
            raise RefusedError(0x6986)
        if command.le > self.largest and self.refusal:
            raise RefusedError(0x6C00 | self.largest % 256 if self.refusal == 0x6C00 else self.refusal)
        room = min(command.le, self.largest)
        while far and len(tlv.encode(0x53, self.content[offset : offset + room])) > min(
            command.le, self.largest
        ):
            room -= 1
        data = self.content[offset : offset + room]
        if not data:
            raise RefusedError(0x6B00)
        if self.exact and len(data) < room:
            raise RefusedError(0x6C00 | len(data))
        whole = len(data) == room or command.le in (SHORT_LE, EXTENDED_LE)
        return Response(tlv.encode(0x53, data) if far else data, 0x9000 if whole else 0x6282)

    def offset(self, command):
        if not command.p1 & 0x80:
            return command.p1 << 8 | command.p2
        if not self.short_ids:
            raise RefusedError(0x6A86)
        if command.p1 & 0x1F != DG2.sfi:
            raise RefusedError(0x6A82)
        self.selected = True
        return command.p2

    def far_offset(self, command):
        if not self.odd:
            raise RefusedError(0x6D00)
        return int.from_bytes(tlv.single(command.data, 0x54).value)


class RefusedError(Exception):
    """What the chip answers instead of data."""


def exactly(size):
    """A size that is in use already."""
    return BlockSize(size, known=True)


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("length", [26, 159, 160, 161, 256, 512, 4096, 15083, 32767])
def test_a_file_takes_as_few_commands_as_its_blocks(size, length):
    chip = FileChip(file_of(length))
    blocks = exactly(size)
    blocks.short_answer = 231
    assert read_file(chip, DG2, blocks) == chip.content
    assert len(chip.commands) == math.ceil(length / size)
    assert blocks.largest == size


@pytest.mark.parametrize("length", [26, 15083, 40000, 65535])
def test_a_card_that_gives_all_at_once_is_asked_once(length):
    chip = FileChip(file_of(length))
    assert read_file(chip, DG2, BlockSize()) == chip.content
    assert [command.le for command in chip.commands] == [EXTENDED_LE]


def test_the_first_command_names_the_file_and_asks_for_a_full_block():
    chip = FileChip(file_of(300))
    read_file(chip, DG2, exactly(256))
    assert [command.encode().hex() for command in chip.commands] == ["00b0820000", "00b001002c"]


@pytest.mark.parametrize("size", [160, 231, 256, 4096, 32000])
@pytest.mark.parametrize("length", [32768, 32769, 40000, 65535])
def test_a_file_beyond_32767_bytes_goes_on_with_odd_ins(size, length):
    chip = FileChip(file_of(length))
    blocks = exactly(size)
    blocks.short_answer = 231
    assert read_file(chip, DG2, blocks) == chip.content
    far = [command for command in chip.commands if command.ins == 0xB1]
    plain = len(chip.commands) - len(far)
    assert plain == math.ceil(32768 / size)
    header = 2 if size < 0x80 else 3 if size <= 256 else 4
    assert len(far) == math.ceil(max(0, length - plain * size) / (size - header))
    assert all((command.p1, command.p2) == (0, 0) for command in far)
    assert all(command.le <= size for command in far)


def test_the_offset_stands_in_a_data_object():
    """ISO/IEC 7816-4 §11.3.3: ``54`` holds the offset, and Le also counts the header of ``53``."""
    chip = FileChip(file_of(32768 + 100))
    read_file(chip, DG2, exactly(32768))
    assert chip.commands[-1].encode().hex() == "00b100000454028000" + f"{100 + 2:02x}"


def test_a_card_that_knows_no_odd_ins_is_left():
    chip = FileChip(file_of(40000), odd=False)
    with pytest.raises(CardProblem) as trouble:
        read_file(chip, DG2, exactly(4096))
    assert trouble.value.code is FailureCode.CARD_DATA_UNREADABLE


class TestRefusals:
    """Cards that do not give what is asked for: each refusal costs one command, and only once."""

    def test_no_extended_length(self):
        chip = FileChip(file_of(1000), extended=False)
        size = BlockSize()
        assert read_file(chip, DG2, size) == chip.content
        assert size.bytes == 256
        before = len(chip.commands)
        assert read_file(chip, DG2, size) == chip.content
        assert len(chip.commands) - before == 4

    @pytest.mark.parametrize("refusal", [0x6700, 0x6B00, 0x6282, 0x9000])
    @pytest.mark.parametrize(("largest", "found"), [(5000, 4096), (255, 223), (200, 160)])
    def test_a_block_too_large(self, refusal, largest, found):
        chip = FileChip(file_of(15083), largest, refusal)
        size = BlockSize()
        assert read_file(chip, DG2, size) == chip.content
        assert size.bytes == found
        before = len(chip.commands)
        read_file(chip, DG2, size)
        assert len(chip.commands) - before == math.ceil(15083 / found)

    @pytest.mark.parametrize("largest", [240, 200, 100])
    def test_a_card_that_names_the_length_is_asked_for_that(self, largest):
        chip = FileChip(file_of(15083), largest, 0x6C00)
        size = BlockSize(256)
        assert read_file(chip, DG2, size) == chip.content
        assert size.bytes == largest
        assert len(chip.commands) == 1 + math.ceil(15083 / largest)

    def test_a_length_above_256_cannot_be_named(self):
        """5000 becomes ``6C88``; 136 bytes are taken, and not for what the card can do."""
        chip = FileChip(file_of(15083), 5000, 0x6C00)
        size = BlockSize()
        assert read_file(chip, DG2, size) == chip.content
        assert size.bytes == 4096

    def test_a_card_that_names_the_length_of_a_short_file_still_gives_large_blocks(self):
        """ISO/IEC 7816-4 §5.6: ``6Cxx`` is also how a card says that the file has no more than that."""
        chip = FileChip(file_of(95), exact=True)
        size = BlockSize()
        assert read_file(chip, DG2, size) == chip.content
        assert [command.le for command in chip.commands] == [65536, 95]
        assert size.bytes == 65536

    @pytest.mark.parametrize("largest", [2000, 250, 100])
    def test_fewer_bytes_than_asked_for_are_taken(self, largest):
        chip = FileChip(file_of(15083), largest)
        size = BlockSize()
        assert read_file(chip, DG2, size) == chip.content
        assert len(chip.commands) == math.ceil(15083 / largest)

    def test_a_card_without_short_identifiers(self):
        chip = FileChip(file_of(300), short_ids=False)
        size = BlockSize()
        assert read_file(chip, DG2, size) == chip.content
        assert [command.ins for command in chip.commands] == [0xB0, 0xA4, 0xB0]
        assert chip.commands[1].encode().hex() == "00a4020c020102"
        read_file(chip, DG2, size)
        assert [command.ins for command in chip.commands[3:]] == [0xA4, 0xB0]

    def test_a_missing_file_costs_one_command_once_short_identifiers_have_worked(self):
        chip = FileChip(file_of(300))
        size = BlockSize()
        with pytest.raises(FileMissing):
            read_file(chip, lds.data_group(13), size)
        assert len(chip.commands) == 2
        read_file(chip, DG2, size)
        before = len(chip.commands)
        with pytest.raises(FileMissing) as missing:
            read_file(chip, lds.data_group(13), size)
        assert len(chip.commands) - before == 1
        assert not missing.value.refused

    def test_a_file_that_needs_more_rights(self):
        with pytest.raises(FileMissing) as missing:
            read_file(lambda command: Response(b"", 0x6982), DG2, BlockSize(short_ids=True))
        assert missing.value.refused


class TestBadAnswers:
    """Nothing that a card answers is believed beyond its bounds."""

    def read(self, answers, size=None):
        """What comes of a card that gives these answers and then the last of them for ever."""
        given = []

        def transmit(command):
            given.append(command)
            assert len(given) < 1200, "the card is never left"
            return answers[min(len(given), len(answers)) - 1]

        with pytest.raises(CardProblem) as trouble:
            read_file(transmit, DG2, size or exactly(256))
        assert trouble.value.code is FailureCode.CARD_DATA_UNREADABLE
        return len(given)

    def test_no_bytes_for_ever(self):
        assert self.read([Response(b"", 0x9000)]) < 10
        assert self.read([Response(file_of(4000)[:256], 0x9000), Response(b"", 0x9000)]) < 10

    def test_byte_after_byte(self):
        assert self.read([Response(file_of(60000)[:256], 0x9000), Response(b"\x00", 0x9000)]) < 1100

    def test_the_length_again_and_again(self):
        assert self.read([Response(b"", 0x6C01)]) < 20

    def test_more_than_asked_for(self):
        self.read([Response(bytes(257), 0x9000)])
        self.read([Response(file_of(300)[:256], 0x9000), Response(bytes(45), 0x9000)])

    @pytest.mark.parametrize(
        "start", ["75847fffffff", "7583010000", "758300ffff", "7580", "7585", "75", "ff"]
    )
    def test_a_header_that_cannot_be(self, start):
        self.read([Response(bytes.fromhex(start), 0x9000)])

    def test_another_file(self):
        self.read([Response(tlv.encode(0x61, bytes(20)), 0x9000)])

    def test_a_file_that_is_shorter_than_it_says(self):
        """The end is believed: the size is not what was refused."""
        size = BlockSize()
        content = file_of(900)[:600]
        assert self.read([Response(content, 0x6282), Response(b"", 0x6B00)], size) == 2
        assert size.largest == LADDER[0]

    @pytest.mark.parametrize(
        "answer", ["", "5300", "54020000", "53820200" + "00" * 256, "ff", "5381ea" + "00" * 234]
    )
    def test_an_odd_answer_that_is_none(self, answer):
        """32768 of 33001 bytes have come; 233 are left."""
        beginning = Response(file_of(33001)[:32768], 0x9000)
        self.read([beginning, Response(bytes.fromhex(answer), 0x9000)], exactly(32768))

    @settings(max_examples=200, deadline=None)
    @given(st.lists(st.tuples(st.binary(max_size=300), st.integers(0, 0xFFFF)), min_size=1, max_size=30))
    def test_any_answers_give_a_file_or_a_named_problem(self, answers):
        given = iter([*answers, *[answers[-1]] * 2000])
        try:
            content = read_file(lambda command: Response(*next(given)), DG2, BlockSize())
        except (CardProblem, FileMissing):
            return
        assert content[0] == DG2.tag
        assert tlv.single(content, DG2.tag)


def test_each_part_is_given_out_before_the_next_command():
    chip = FileChip(file_of(700))
    heard = []
    content = read_file(chip, DG2, exactly(256), lambda part: heard.append((len(chip.commands), part)))
    assert [count for count, _ in heard] == [1, 2, 3]
    assert b"".join(part for _, part in heard) == content


def test_what_follows_the_file_in_its_place_is_left_out():
    chip = FileChip(file_of(300) + bytes(100))
    heard = []
    assert read_file(chip, DG2, BlockSize(), heard.append) == file_of(300)
    assert b"".join(heard) == file_of(300)


def test_the_block_size_goes_down_and_stops():
    size = BlockSize()
    seen = [size.bytes]
    while size.smaller():
        seen.append(size.bytes)
    assert seen == [65536, 4096, 1024, 256, 223, 160]
    assert not size.smaller()
    assert size.bytes == 160


def test_what_fits_in_a_short_answer_depends_on_the_cipher():
    size = BlockSize(231)
    assert size.bytes == 223
    size.short_answer = 231
    assert size.bytes == 231


class TestLostChannels:
    """A chip or a reader that loses the channel over a large block costs a new key agreement each time."""

    def test_each_attempt_asks_for_less(self):
        size = BlockSize()
        tried = [size.bytes]
        while size.lost():
            tried.append(size.bytes)
        assert tried == [65536, 4096, 256, 223, 160]

    @pytest.mark.parametrize("received", [256, 258, 261])
    def test_a_reader_that_cuts_answers_off_is_asked_at_once_for_what_fits(self, received):
        size = BlockSize()
        assert size.lost(received)
        assert size.bytes == 223

    def test_a_size_that_has_worked_is_tried_once_more(self):
        size = BlockSize(4096, known=True)
        assert size.lost()
        assert size.bytes == 4096
        assert size.lost()
        assert size.bytes == 256


class TestMemory:
    """What a type of card takes is found once."""

    READER, ATR, ACCESS = "Reader 00 00", bytes.fromhex("3b80800101"), b"\x31\x00"

    def found(self, largest, short_ids=True):
        sizes = BlockSizes()
        size = BlockSize(largest)
        size.short_ids = short_ids
        sizes.remember(self.READER, self.ATR, self.ACCESS, size)
        return sizes

    def test_an_unknown_card_begins_with_everything(self):
        size = BlockSizes().start(self.READER, self.ATR)
        assert (size.bytes, size.known, size.short_ids) == (65536, False, None)

    def test_a_known_card_begins_with_what_worked(self):
        sizes = self.found(256)
        started = sizes.start(self.READER, self.ATR)
        size = sizes.for_card(self.READER, self.ATR, self.ACCESS, started)
        assert (size.bytes, size.known, size.short_ids) == (256, True, True)

    def test_another_card_with_the_same_answer_to_reset_begins_anew(self):
        sizes = self.found(256)
        started = sizes.start(self.READER, self.ATR)
        assert sizes.for_card(self.READER, self.ATR, b"\x31\x01\x00", started).bytes == 65536

    def test_what_the_first_file_taught_holds_for_the_others(self):
        sizes = BlockSizes()
        started = sizes.start(self.READER, self.ATR)
        started.smaller(1024)
        assert sizes.for_card(self.READER, self.ATR, self.ACCESS, started) is started

    def test_another_reader_is_another_thing(self):
        assert self.found(160).start("Reader 00 01", self.ATR).bytes == 65536

    def test_it_survives_as_json_and_names_no_card(self):
        sizes = self.found(160, short_ids=False)
        text = json.dumps(sizes.exported())
        assert self.ATR.hex() not in text.lower()
        assert "Reader" not in text
        again = BlockSizes(json.loads(text))
        assert again.exported() == sizes.exported()
        size = again.start(self.READER, self.ATR)
        assert (size.bytes, size.short_ids) == (160, False)

    @pytest.mark.parametrize(
        "exported",
        [None, [], "x", {"k": 1}, {"k": {"largest": 0, "short_ids": None}}, {"k": {"largest": True}},
         {"k": {"largest": 65537, "short_ids": None}}, {"k": {"largest": 160, "short_ids": 1}}, {1: {}}],
    )  # fmt: skip
    def test_a_spoiled_memory_is_forgotten(self, exported):
        assert BlockSizes(exported).exported() == {}

    def test_it_does_not_grow_for_ever(self):
        sizes = BlockSizes()
        for _ in range(100):
            sizes.remember(self.READER, os.urandom(12), self.ACCESS, BlockSize())
        assert len(sizes.exported()) == 64


def test_selecting_the_application_asks_for_nothing_back():
    sent = []
    lds.select_application(lambda command: sent.append(command.encode().hex()) or Response(b"", 0x9000))
    assert sent == ["00a4040007a0000002471001"]


@pytest.mark.parametrize(
    ("sw", "code"), [(0x6A82, FailureCode.CARD_NOT_SUPPORTED), (0x6985, FailureCode.CARD_ACCESS_REFUSED)]
)
def test_a_card_without_the_application(sw, code):
    with pytest.raises(CardProblem) as trouble:
        lds.select_application(lambda command: Response(b"", sw))
    assert trouble.value.code is code


def test_the_far_command_is_what_the_standard_says():
    assert Command(0, 0xB1, 0, 0, bytes.fromhex("54028000"), 256).encode().hex() == "00b10000045402800000"

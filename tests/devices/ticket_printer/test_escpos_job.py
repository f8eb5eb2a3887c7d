"""The bytes of a job: the picture dot for dot, and nothing in it that a printer takes for a command."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from devices.ticket_printer.escpos import (
    FENCE,
    encode,
    looks_like_real_time,
    process_request,
    resynchronise,
)
from devices.virtual.printer.interpreter import Interpreter, SessionOverError
from devices.virtual.printer.paper import Strip


class Paper:
    """A mechanism that only keeps what comes out."""

    def __init__(self, paper_mm):
        self.strip = Strip(paper_mm)
        self.dots = self.strip.dots
        self.pieces = []
        self.asked = []

    def wait_until_online(self): ...
    def initialised(self): ...
    def burn(self, data, width_bytes, left):
        self.strip.burn(data, width_bytes, left)

    def feed(self, rows):
        self.strip.feed(rows)

    def cut(self):
        self.pieces.append(self.strip.picture())
        self.strip.clear()

    def fence(self, n):
        self.asked.append(("fence", n))

    def process_id(self, job_id):
        self.asked.append(("process", job_id))

    def offline_id(self, job_id): ...
    def identify(self, n): ...
    def automatic_status(self, mask): ...


def carried_out(data, paper_mm=80):
    paper = Paper(paper_mm)
    position = 0

    def read(count):
        nonlocal position
        if position + count > len(data):
            raise SessionOverError
        position += count
        return data[position - count : position]

    Interpreter(read, paper).run()
    return paper


def picture_of(rows, across=72):
    ink = b"".join(row.ljust(across, b"\0")[:across] for row in rows)
    return Image.frombytes("1", (across * 8, len(rows)), bytes(byte ^ 0xFF for byte in ink))


def same(one, other):
    return one.size == other.size and one.tobytes() == other.tobytes()


@pytest.mark.parametrize("rows", [1, 127, 128, 129, 700])
def test_the_picture_arrives_dot_for_dot(rows):
    picture = picture_of([bytes((i * 37 + j * 11) % 251 for j in range(72)) for i in range(rows)])
    job = encode(picture, cut=True)
    (piece,) = carried_out(job.data).pieces
    assert same(piece, job.picture)


def test_without_a_cutter_the_paper_is_fed_past_the_tear_bar():
    paper = carried_out(encode(picture_of([b"\xff"] * 10), cut=False).data)
    assert paper.pieces == []
    assert paper.strip.rows >= 10 + 100  # at least 12 mm


LOOK_ALIKES = st.sampled_from(
    [b"\x10\x04\x01", b"\x10\x04\x08", b"\x10\x05\x00", b"\x10\x05\x02", b"\x10\x14\x01", b"\x10\x14\x08"]
)


@settings(max_examples=60, deadline=None)
@given(
    rows=st.lists(
        st.one_of(
            st.binary(min_size=72, max_size=72),
            st.tuples(st.integers(0, 69), LOOK_ALIKES).map(lambda p: (bytes(p[0]) + p[1]).ljust(72, b"\0")),
            st.lists(LOOK_ALIKES, min_size=24, max_size=24).map(b"".join),
        ),
        min_size=1,
        max_size=40,
    )
)
def test_no_picture_ever_holds_a_real_time_command(rows):
    picture = picture_of(rows)
    job = encode(picture, cut=True)
    assert not looks_like_real_time(job.data)
    (piece,) = carried_out(job.data).pieces
    assert same(piece, job.picture)
    if not looks_like_real_time(b"".join(rows)):
        assert job.shift == 0
        assert same(job.picture, picture)


def test_a_look_alike_across_two_rows_is_seen():
    job = encode(picture_of([bytes(70) + b"\x10\x04", b"\x02"]), cut=True)
    assert job.shift > 0
    assert not looks_like_real_time(job.data)


def test_a_picture_that_no_shift_helps_gets_a_dot_more():
    every = [bytes(0x10 << s >> 8 & 0xFF for s in ()) or (b"\x10\x04\x01" * 24)]
    for shift in range(1, 8):
        bits = int.from_bytes(b"\x10\x04\x01" * 24, "big") << shift
        every.append((bits & ((1 << 576) - 1)).to_bytes(72, "big"))
    job = encode(picture_of(every), cut=True)
    assert not looks_like_real_time(job.data)


def test_the_requests_for_an_answer_are_understood():
    paper = carried_out(process_request(b"AB12") + FENCE)
    assert paper.asked == [("process", b"AB12"), ("fence", 49)]


@pytest.mark.parametrize("job_id", [b"", b"ABC", b"ABCDE", b"AB\x00C", b"AB\xffC"])
def test_a_process_id_that_the_standard_forbids_is_refused(job_id):
    with pytest.raises(ValueError, match="four bytes"):
        process_request(job_id)


@pytest.mark.parametrize("kept", [3, 100, 5000, 20_000])
def test_after_a_broken_job_the_next_comes_out_whole(kept):
    broken = encode(picture_of([b"\xaa" * 72] * 600), cut=True).data[:kept]
    whole = encode(picture_of([b"\x0f" * 72] * 50), cut=True)
    piece = carried_out(broken + resynchronise(576) + whole.data).pieces[-1]
    assert same(piece.crop((0, piece.height - 50, 576, piece.height)), whole.picture)

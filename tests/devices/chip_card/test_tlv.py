"""Whatever a hostile card sends, the parser ends, keeps its bounds and says what is wrong in one way."""

import contextlib
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devices.chip_card import tlv
from devices.chip_card.apdu import Command, Response

tags = st.sampled_from([0x02, 0x0C, 0x30, 0x31, 0x5C, 0x6D, 0x5F1F, 0x7F49, 0x7F61, 0x5F8101])
values = st.recursive(
    st.binary(max_size=300),
    lambda inner: st.lists(st.tuples(tags, inner), max_size=4).map(
        lambda items: b"".join(tlv.encode(tag, value) for tag, value in items)
    ),
    max_leaves=12,
)


@given(st.lists(st.tuples(tags, values), max_size=6))
def test_what_is_written_is_read_back(items):
    data = b"".join(tlv.encode(tag, value) for tag, value in items)
    assert [(item.tag, item.value) for item in tlv.parse(data)] == items
    assert b"".join(item.raw for item in tlv.parse(data)) == data


@given(st.binary(max_size=2000))
def test_any_bytes_are_read_to_the_end_or_refused(data):
    try:
        objects = tlv.parse(data)
    except tlv.TlvError:
        return
    assert b"".join(item.raw for item in objects) == data
    for item in objects:
        assert len(item.value) < len(item.raw)
        try:
            item.children()
        except tlv.TlvError:
            continue


@given(st.tuples(tags, values), st.integers(0, 5000))
def test_a_cut_off_object_is_refused(item, cut):
    data = tlv.encode(*item)
    part = data[: cut % len(data)]
    if part:
        with pytest.raises(tlv.TlvError):
            tlv.parse(part)


@pytest.mark.parametrize(
    "data",
    [
        "84FFFFFFFF",
        "3084FFFFFFFF00",
        "3080020101" + "0000",
        "30850000000001FF",
        "30FF",
        "3083010000",
        "1F",
        "1F8181818101",
        "30030205",
        "3081",
        "30",
    ],
)
def test_the_known_traps(data):
    raw = bytes.fromhex(data)
    with pytest.raises(tlv.TlvError):
        for item in tlv.parse(raw):
            item.children()


def test_a_deep_nest_costs_nothing():
    data = b""
    while len(data) < 60_000:
        data = tlv.encode(0x30, data)
    started = time.perf_counter()
    assert len(tlv.parse(data)) == 1
    assert time.perf_counter() - started < 0.1


def test_many_empty_objects_are_read_once_each():
    assert len(tlv.parse(b"\x30\x00" * 30_000)) == 30_000


@pytest.mark.parametrize(
    ("command", "encoded"),
    [
        (Command(0, 0xB0, 0x9C, 0, b"", 256), "00B09C0000"),
        (Command(0, 0xB0, 0x9C, 0, b"", 4096), "00B09C00001000"),
        (Command(0, 0xB0, 0, 0, b"", 65536), "00B00000000000"),
        (Command(0, 0xA4, 2, 0x0C, b"\x01\x1c"), "00A4020C02011C"),
        (Command(0x10, 0x86, 0, 0, b"\x7c\x00", 256), "10860000027C0000"),
        (Command(0, 0x84, 0, 0), "00840000"),
    ],
)
def test_commands_have_the_bytes_of_the_standard(command, encoded):
    assert command.encode().hex().upper() == encoded
    assert Command.decode(bytes.fromhex(encoded)) == command


@given(
    st.builds(
        Command,
        cla=st.integers(0, 255),
        ins=st.integers(0, 255),
        p1=st.integers(0, 255),
        p2=st.integers(0, 255),
        data=st.binary(max_size=1200),
        le=st.none() | st.integers(1, 65536),
    )
)
def test_a_command_is_read_back(command):
    assert Command.decode(command.encode()) == command


@given(st.binary(max_size=600))
def test_any_bytes_are_a_command_or_refused(raw):
    with contextlib.suppress(ValueError):
        command = Command.decode(raw)
        assert Command.decode(command.encode()) == command


def test_reprs_show_sizes_and_no_content():
    assert "secret" not in repr(Command(0, 0xD6, 0, 0, b"secret"))
    assert "secret" not in repr(Response(b"secret", 0x9000))
    with pytest.raises(ValueError, match="status"):
        Response.decode(b"\x90")

"""The virtual printer is as real to a driver as one of metal: questions, faults, and any bytes at all."""

import socket
import threading
import time

import pytest
from escpos.printer import Network
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image, ImageDraw

from devices.virtual.printer import STATES, VirtualPrinter
from devices.virtual.printer.connection import questions
from devices.virtual.printer.paper import LONGEST
from tests.devices.ticket_printer.test_escpos_job import carried_out


@pytest.fixture
def virtual(tmp_path):
    with VirtualPrinter(tmp_path, millimetres_per_second=None) as printer:
        yield printer


def ask(connection, data, count, seconds=20.0):
    connection.settimeout(seconds)
    connection.sendall(data)
    answer = b""
    while len(answer) < count:
        answer += connection.recv(count - len(answer))
    return answer


def connect(printer):
    return socket.create_connection(("127.0.0.1", printer.port), timeout=20)


@pytest.mark.parametrize(
    ("state", "answers"),
    [
        ("ok", "12121212"),
        ("near-end", "1212121e"),
        ("paper-out", "1a32127e"),
        ("cover-open", "1a161212"),
        ("error", "1a521a12"),
    ],
)
def test_real_time_status_is_answered_also_while_offline(virtual, state, answers):
    virtual.set_state(state)
    with connect(virtual) as connection:
        read = b"".join(ask(connection, bytes((0x10, 4, n)), 1) for n in (1, 2, 3, 4))
    assert read.hex() == answers


def test_real_time_status_is_answered_while_a_job_waits_for_paper(virtual):
    virtual.set_state("paper-out")
    with connect(virtual) as connection:
        connection.sendall(b"\x1b@letters\n\x1dVA\x03")
        assert ask(connection, b"\x10\x04\x04", 1) == b"\x7e"
        virtual.set_state("ok")
        assert virtual.wait_for_jobs(1)


def test_a_question_inside_a_picture_is_obeyed_as_real_printers_do(virtual):
    with connect(virtual) as connection:
        assert ask(connection, b"\x1dv0\x00\x03\x00\x01\x00\x10\x04\x01", 1) == b"\x12"


def test_a_question_cut_in_two_by_the_network_is_one_question(virtual):
    with connect(virtual) as connection:
        connection.sendall(b"\x10\x04")
        time.sleep(0.1)
        assert ask(connection, b"\x01", 1) == b"\x12"


@given(st.lists(st.sampled_from([b"\x10", b"\x04", b"\x01", b"\x05", b"x", b"\x10\x04\x02"]), max_size=30))
def test_no_question_is_missed_or_answered_twice_however_the_bytes_are_cut(parts):
    whole = questions(b"".join(parts) + b"\0\0")
    tail, found = b"", []
    for part in [*parts, b"\0", b"\0"]:
        found += questions(tail + part)
        tail = (tail + part)[-2:]
    assert found == whole


def test_acknowledgements_come_in_order_and_after_the_paper_is_there(virtual, tmp_path):
    with connect(virtual) as connection:
        answer = ask(connection, b"\x1b@one\n\x1dV\x00" + b"\x1d(H\x06\x0000ABCD" + b"\x1dr1", 8)
        assert answer == b"\x37\x22ABCD\x00" + b"\x00"
        assert (tmp_path / "0001.png").exists()
        assert (tmp_path / "0001.bin").read_bytes().startswith(b"\x1b@one\n\x1dV\x00")


def test_status_back_by_itself_on_each_change(virtual):
    with connect(virtual) as connection:
        assert ask(connection, b"\x1da\xff", 4) == b"\x10\x00\x00\x00"
        virtual.set_state("cover-open")
        assert ask(connection, b"", 4) == b"\x38\x00\x00\x00"
        virtual.set_state("paper-out")
        assert ask(connection, b"", 4) == b"\x18\x00\x0f\x00"


def test_what_python_escpos_sends_comes_out_as_text_pictures_and_codes(virtual, tmp_path):
    picture = Image.new("1", (200, 40), 255)
    ImageDraw.Draw(picture).ellipse((10, 5, 190, 35), fill=0)
    printer = Network("127.0.0.1", virtual.port, timeout=5, profile="TM-T88V")
    printer.set(align="center", bold=True, double_height=True, double_width=True)
    printer.text("MOT CUA 015\n")
    printer.set(align="left", double_height=False, double_width=False, normal_textsize=True)
    printer.text("plain text, 1234567890\n")
    for impl in ("bitImageRaster", "graphics", "bitImageColumn"):
        printer.image(picture, impl=impl)
    printer.qr("https://example.vn/x", native=True, size=6, ec=1)
    printer.barcode("123456789012", "EAN13", function_type="B")
    printer.text("after\n")
    printer.cut()
    printer.close()
    assert virtual.wait_for_jobs(1)
    paper = virtual.printed[-1].picture
    shown = paper.point(lambda v: 255 - v)
    found = 0
    wanted = picture.tobytes()
    for y in range(paper.height - 40):
        found += shown.crop((0, y, 200, y + 40)).point(lambda v: 255 - v).tobytes() == wanted
    assert found == 3
    import subprocess

    read = subprocess.run(
        ["zbarimg", "-q", "--raw", tmp_path / "0001.png"], capture_output=True, text=True, check=False
    )
    assert read.stdout.strip() == "https://example.vn/x"


def test_one_client_is_served_at_a_time(virtual):
    with connect(virtual) as first:
        assert ask(first, b"\x10\x04\x01", 1) == b"\x12"
        with connect(virtual) as second:
            second.sendall(b"\x10\x04\x01")
            second.settimeout(0.3)
            with pytest.raises(TimeoutError):
                second.recv(1)
            first.close()
            second.settimeout(2)
            assert second.recv(1) == b"\x12"


def test_a_hung_printer_forgets_what_it_got_and_is_well_after_power_off_and_on(virtual):
    virtual.set_state("silent")
    with connect(virtual) as connection:
        connection.sendall(b"\x1b@lost\n\x1dV\x00\x10\x04\x01")
        connection.settimeout(0.3)
        with pytest.raises(TimeoutError):
            connection.recv(1)
        virtual.set_state("ok")
        assert ask(connection, b"\x10\x04\x01", 1) == b"\x12"
    assert virtual.jobs == 0


def test_it_comes_back_at_the_same_port(virtual):
    port = virtual.port
    virtual.set_state("gone")
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        try:
            connect(virtual).close()
            time.sleep(0.02)
        except ConnectionError:  # refused; reset when it closed just then
            break
    else:
        pytest.fail("the port is still open")
    virtual.set_state("ok")
    time.sleep(0.2)
    assert virtual.port == port
    connect(virtual).close()


def test_an_unknown_state_is_refused_and_changes_nothing(virtual):
    with pytest.raises(ValueError, match="paper-out"):
        virtual.set_state("on-fire")
    assert virtual.state == "ok"
    assert virtual.states == STATES


def test_only_the_last_hundred_jobs_are_kept_and_numbers_go_on_after_a_restart(tmp_path):
    with VirtualPrinter(tmp_path, millimetres_per_second=None) as printer, connect(printer) as connection:
        connection.sendall(b"\x1b@x\n\x1dV\x00" * 105)
        assert printer.wait_for_jobs(105, 30)
        assert len(printer.printed) == 100
    assert len(list(tmp_path.glob("*.png"))) == len(list(tmp_path.glob("*.bin"))) == 100
    with VirtualPrinter(tmp_path, millimetres_per_second=None) as printer, connect(printer) as connection:
        connection.sendall(b"\x1b@x\n\x1dV\x00")
        assert printer.wait_for_jobs(106)
    assert not list(tmp_path.glob("*.part"))


def test_a_job_without_end_cannot_fill_the_memory():
    paper = carried_out(b"\x1bd\xff" * 200 + b"\x1dv0\x00\xff\xff\xff\xff")
    assert paper.strip.rows == LONGEST


COMMANDS = st.one_of(
    st.binary(max_size=12),
    st.tuples(st.sampled_from([b"\x1b", b"\x1d", b"\x1c", b"\x10"]), st.binary(max_size=8)).map(b"".join),
    st.tuples(
        st.just(b"\x1dv0"), st.integers(0, 3), st.integers(0, 90), st.integers(0, 40), st.binary(max_size=400)
    ).map(lambda p: p[0] + bytes((p[1], p[2], 0, p[3], 0)) + p[4]),
    st.tuples(st.sampled_from(b"HkLAEX"), st.binary(max_size=30)).map(
        lambda p: b"\x1d(" + bytes((p[0], len(p[1]), 0)) + p[1]
    ),
    st.sampled_from([b"\x1d(k\x04\x00\x31\x50\x30A", b"\x1d(k\x03\x00\x31\x51\x30", b"\x1d!\x77", b"\n"]),
)


@settings(max_examples=300, deadline=None)
@given(st.lists(COMMANDS, max_size=30))
def test_no_bytes_crash_the_command_processor(commands):
    paper = carried_out(b"".join(commands))
    assert paper.strip.rows <= LONGEST
    paper.strip.picture()


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(COMMANDS, min_size=1, max_size=20))
def test_after_any_garbage_the_next_client_gets_its_ticket(virtual, commands):
    with connect(virtual) as connection:
        connection.sendall(b"".join(commands))
    with connect(virtual) as connection:
        connection.sendall(b"\x1b@fine\n\x1dV\x00\x1d(H\x06\x0000GOOD")
        connection.settimeout(5)
        answer = b""
        while b"\x37\x22GOOD\x00" not in answer:
            answer += connection.recv(64)


def test_it_stops_at_once_whatever_it_is_doing(tmp_path):
    printer = VirtualPrinter(tmp_path, millimetres_per_second=20)
    printer.start()
    printer.set_state("paper-out")
    with connect(printer) as connection:
        connection.sendall(b"\x1b@" + b"x\n" * 100 + b"\x1dV\x00")
        time.sleep(0.1)
        started = time.monotonic()
        printer.stop()
        assert time.monotonic() - started < 2
    assert not any(thread.name.startswith("virtual-printer") for thread in threading.enumerate())

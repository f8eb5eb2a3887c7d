"""The code scanner: whole codes with their Vietnamese letters, and nothing of what is not one."""

import logging
import queue
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devices.code_scanner import LONGEST_CODE, CodeScanner
from devices.code_scanner.lines import STALE_SECONDS, KeyAssembler, LineAssembler
from devices.contract import Condition
from devices.virtual.scanner import VirtualScanner
from kiosk.failures import FailureCode
from kiosk.settings import ScannerSettings
from tests.devices.device_contract import DeviceContract

CARD_QR = (
    "001099000123|012345678|Nguyễn Thị Ngọc Ánh|02091990|Nữ|Thôn Nà Đứa, Xã Thuận Hòa, Tuyên Quang|15032021"
)
CODES = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=200)


def driver(path, **changes):
    return CodeScanner(ScannerSettings(address=str(path)), **changes)


@pytest.fixture
def plugged(tmp_path):
    with VirtualScanner(tmp_path) as virtual:
        yield virtual


@pytest.fixture
def scanner(plugged):
    scanner = driver(plugged.path)
    scanner.codes = queue.Queue()
    scanner.on_code(scanner.codes.put)
    yield scanner
    scanner.close()


class TestContract(DeviceContract):
    @pytest.fixture
    def well(self, plugged):
        scanner = driver(plugged.path)
        yield scanner
        scanner.close()

    @pytest.fixture
    def absent(self, tmp_path):
        return driver(tmp_path / "no-scanner")


def test_a_cards_qr_arrives_whole_with_its_vietnamese_letters(plugged, scanner):
    assert scanner.status().condition is Condition.READY
    plugged.scan(CARD_QR)
    assert scanner.codes.get(timeout=20) == CARD_QR
    plugged.scan("https://tthcc.example.vn/follow/Xk3v9Q")
    assert scanner.codes.get(timeout=20) == "https://tthcc.example.vn/follow/Xk3v9Q"


@pytest.mark.parametrize(
    "garbage", [b"\xff\xfe\x80\r", b"\x00\x01\x02\r", b"Nguy\xe1\xbb\r", b"x" * 3000 + b"\r"]
)
def test_garbage_is_refused_and_counted_and_the_next_code_is_read(plugged, scanner, garbage):
    scanner.status()
    plugged.send(garbage)
    plugged.scan("good")
    assert scanner.codes.get(timeout=20) == "good"
    assert scanner.codes.empty()
    assert scanner.status().facts["refused"] == "1"


def test_a_scanner_that_is_pulled_out_is_missed_and_used_again_when_it_is_back(plugged, scanner):
    scanner.status()
    plugged.stop()
    deadline = time.monotonic() + 20
    while scanner.status().condition is Condition.READY and time.monotonic() < deadline:
        time.sleep(0.02)
    assert scanner.status().failure is FailureCode.SCANNER_NOT_FOUND
    plugged.start()
    assert scanner.status().condition is Condition.READY
    plugged.scan("again")
    assert scanner.codes.get(timeout=20) == "again"


@pytest.mark.parametrize(
    "settings", [ScannerSettings(), ScannerSettings(enabled=False, address="/dev/ttyACM0")]
)
def test_a_scanner_that_is_not_set_up_is_disabled_not_broken(settings):
    scanner = CodeScanner(settings)
    assert scanner.status().condition is Condition.DISABLED
    assert not scanner.test().passed


@pytest.mark.parametrize("connection", ["serial", "keyboard"])
def test_a_path_that_is_no_scanner_is_not_found(tmp_path, connection):
    file = tmp_path / "file"
    file.write_text("x")
    for path in (file, tmp_path, tmp_path / "missing"):
        scanner = CodeScanner(ScannerSettings(connection=connection, address=str(path)))
        assert scanner.status().failure is FailureCode.SCANNER_NOT_FOUND


def test_the_test_waits_for_a_scan_and_tells_its_length_only(plugged, scanner):
    import threading

    timer = threading.Timer(0.3, plugged.scan, [CARD_QR])
    timer.start()
    report = scanner.test()
    timer.join()
    assert report.passed
    assert dict(report.lines)["code_length"] == str(len(CARD_QR))
    assert "Nguyễn" not in repr(report)
    assert scanner.codes.empty()


def test_the_test_fails_when_nobody_scans(plugged):
    scanner = driver(plugged.path, test_seconds=0.2)
    report = scanner.test()
    scanner.close()
    assert not report.passed
    assert dict(report.lines)["codes"] == "0"


def test_a_fault_of_the_receiver_ends_nothing_and_leaks_nothing(plugged, caplog):
    seen = []

    def receiver(code):
        seen.append(code)
        raise ValueError(f"cannot use {code}")

    scanner = driver(plugged.path)
    scanner.on_code(receiver)
    scanner.status()
    with caplog.at_level(logging.DEBUG):
        plugged.scan(CARD_QR)
        plugged.scan("second")
        deadline = time.monotonic() + 20
        while len(seen) < 2 and time.monotonic() < deadline:
            time.sleep(0.01)
    scanner.close()
    assert seen == [CARD_QR, "second"]
    assert "Nguyễn" not in caplog.text
    assert "ValueError" in caplog.text


@given(st.lists(CODES, max_size=10), st.sampled_from([b"\r", b"\n", b"\r\n"]), st.integers(1, 50))
def test_codes_are_read_however_the_bytes_are_cut(codes, end, size):
    data = b"".join(code.encode() + end for code in codes)
    lines = LineAssembler()
    read = [code for i in range(0, len(data), size) for code in lines.feed(data[i : i + size])]
    assert read == codes
    assert lines.refused == 0


@given(st.lists(st.binary(max_size=300), max_size=20))
def test_no_bytes_give_a_code_that_is_not_text(pieces):
    lines = LineAssembler()
    for piece in pieces:
        for code in lines.feed(piece):
            assert code
            assert code.isprintable() or not any(character < " " for character in code)
            assert len(code.encode()) <= LONGEST_CODE
    assert len(lines._begun) <= LONGEST_CODE


def test_a_code_that_stops_in_the_middle_does_not_spoil_the_next():
    now = [0.0]
    lines = LineAssembler(lambda: now[0])
    assert lines.feed(b"half a co") == []
    now[0] += STALE_SECONDS + 0.1
    assert lines.feed(b"whole\r") == ["whole"]
    assert lines.refused == 1


# The keys a scanner in keyboard mode presses, by the codes of linux/input-event-codes.h.
SHIFT, ENTER, BACKSLASH, SLASH, SEMICOLON, H, T, P, S, KEY_1 = 42, 28, 43, 53, 39, 35, 20, 25, 31, 2


def test_keyboard_mode_gives_the_characters_of_the_us_layout():
    keys = KeyAssembler()

    def press(code, shifted=False):
        out = keys.key(SHIFT, 1) if shifted else []
        out += keys.key(code, 1) + keys.key(code, 2) + keys.key(code, 0)
        return out + (keys.key(SHIFT, 0) if shifted else [])

    for code, shifted in ((H, True), (T, False), (T, False), (P, False), (S, False), (SEMICOLON, True)):
        assert press(code, shifted) == []
    for code, shifted in ((SLASH, False), (SLASH, False), (BACKSLASH, True), (KEY_1, False), (KEY_1, True)):
        press(code, shifted)
    assert press(ENTER) == ["Https://|1!"]


def test_the_key_table_agrees_with_the_kernels_names():
    import evdev

    from devices.code_scanner.lines import _KEYS

    names = evdev.ecodes.KEY
    assert all(
        names[evdev.ecodes.ecodes[f"KEY_{letter.upper()}"]] == f"KEY_{letter.upper()}" for letter in "az"
    )
    for letter in "abcdefghijklmnopqrstuvwxyz0123456789":
        assert _KEYS[evdev.ecodes.ecodes[f"KEY_{letter.upper()}"]][0] == letter

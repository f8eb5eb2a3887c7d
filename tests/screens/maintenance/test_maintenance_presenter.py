"""The maintenance screen without a window: PIN, list, test, settings."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from kiosk.device_fields import device_fields
from kiosk.failures import FailureCode
from kiosk.settings import DeviceSettings
from screens.maintenance.model import (
    Back,
    CanView,
    Choose,
    Clear,
    DeviceInfo,
    Devices,
    DeviceView,
    Digit,
    Done,
    Edit,
    EditView,
    Erase,
    Leave,
    ListView,
    OpenDevice,
    OpenPin,
    PinAnswer,
    PinView,
    ReadChip,
    Report,
    Save,
    Shift,
    SkipDigits,
    Step,
    Suspend,
    Test,
    Type,
)
from screens.maintenance.presenter import IDLE_SECONDS, MaintenancePresenter
from screens.maintenance.wording import catalogue

NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
SHIPPED = DeviceSettings()


def device(name: str, condition: str = "ready", failure: FailureCode | None = None) -> DeviceInfo:
    return DeviceInfo(
        name,
        condition,
        failure,
        since=NOW - timedelta(hours=1),
        settings=getattr(SHIPPED, name).model_dump(),
    )


class Lobby:
    """Devices that answer at once."""

    def __init__(self) -> None:
        self.answer = PinAnswer(True)
        self.known = Devices(
            (device("printer", "needs_attention", FailureCode.PRINTER_PAPER_OUT), device("speaker"))
        )
        self.report = Report(True, (("milliseconds", "312"),))
        self.saved: list[tuple[str, dict[str, str]]] = []
        self.tested: list[str] = []
        self.machines: list[str] = []
        self.card = True
        self.read: list[str] = []
        self.out_of_service = False
        self.keeps = True

    def check_pin(self, pin: str) -> PinAnswer:
        return self.answer

    def devices(self) -> Devices:
        return self.known

    def test(self, name: str, machine: str) -> Report:
        self.tested.append(name)
        self.machines.append(machine)
        return self.report

    def card_lies_there(self) -> bool:
        return self.card

    def read_chip(self, can: str) -> Report:
        self.read.append(can)
        return self.report

    def save(self, name: str, machine: str, changes: Any) -> Report:
        self.saved.append((name, dict(changes)))
        self.machines.append(machine)
        return self.report

    def readers(self) -> list[str]:
        return ["ACS ACR39U 00 00"]

    def suspended(self) -> bool:
        return self.out_of_service

    def suspend(self, suspended: bool) -> bool:
        self.out_of_service = suspended
        return self.keeps


class Desk:
    """A presenter with a clock to turn and workers that can be held."""

    def __init__(self) -> None:
        self.lobby = Lobby()
        self.seconds = 0.0
        self.left = 0
        self.held: list[Callable[[], None]] | None = None
        self.presenter = MaintenancePresenter(
            self.lobby, self.background, self.leave, now=lambda: NOW, clock=lambda: self.seconds
        )
        self.presenter.enter()

    def background(self, work: Callable[[], Any], then: Callable[[Any], None]) -> None:
        if self.held is None:
            then(work())
        else:
            self.held.append(lambda: then(work()))

    def leave(self) -> None:
        self.left += 1

    def press(self, *events: object) -> Any:
        for event in events:
            self.presenter.handle(event)
        return self.presenter.view

    def open(self) -> Any:
        return self.press(*(Digit(digit) for digit in "123456"), OpenPin())


@pytest.fixture
def desk() -> Desk:
    return Desk()


def test_nothing_is_seen_before_the_pin(desk: Desk) -> None:
    view = desk.press(OpenDevice("printer"), Test(), Digit("1"))
    assert isinstance(view, PinView)
    assert view.dots == 1
    assert desk.lobby.tested == []


def test_the_pin_is_never_part_of_what_is_shown(desk: Desk) -> None:
    assert "123456" not in repr(desk.press(*(Digit(digit) for digit in "123456")))


def test_a_wrong_pin_tells_how_many_tries_are_left(desk: Desk) -> None:
    desk.lobby.answer = PinAnswer(False, tries_left=3)
    view = desk.open()
    assert isinstance(view, PinView)
    assert view.message is not None
    assert "3" in view.message.text
    assert view.dots == 0


def test_a_locked_pin_tells_until_when_in_local_time(desk: Desk) -> None:
    desk.lobby.answer = PinAnswer(False, locked_until=NOW + timedelta(minutes=5))
    view = desk.open()
    assert view.message is not None
    assert "09:05" in view.message.text


def test_the_list_says_state_since_when_and_what_to_do(desk: Desk) -> None:
    view = desk.open()
    assert isinstance(view, ListView)
    assert view.summary.tone == "trouble"
    printer, speaker = view.rows
    assert printer.tone == "trouble"
    assert "08:00" in printer.state
    assert "giấy" in printer.remedy
    assert speaker.tone == "done"
    assert speaker.remedy == ""


def test_a_test_shows_what_the_device_did(desk: Desk) -> None:
    desk.open()
    view = desk.press(OpenDevice("printer"), Test())
    assert isinstance(view, DeviceView)
    assert desk.lobby.tested == ["printer"]
    assert view.result is not None
    assert view.result.tone == "done"
    assert any("312" in line for line in view.lines)


def test_known_values_are_told_in_words(desk: Desk) -> None:
    desk.lobby.report = Report(True, (("result", "printed"), ("status", "12 12")))
    desk.open()
    view = desk.press(OpenDevice("printer"), Test())
    assert view.lines == ("Kết quả: đã in", "Máy in trả lời: 12 12")


def test_of_two_displays_each_is_called_by_its_number_and_asked_alone(desk: Desk) -> None:
    names = ("speaker", "ceiling_screen")
    places = [(name, machine) for name in names for machine in ("display-1", "display-2", "Sảnh B")]
    desk.lobby.known = Devices(tuple(replace(device(name), machine=machine) for name, machine in places))
    view = desk.open()
    assert [row.button.label for row in view.rows] == [
        "Loa gọi số – màn hình trần 1", "Loa gọi số – màn hình trần 2", "Loa gọi số – Sảnh B",
        "Màn hình trần 1", "Màn hình trần 2", "Màn hình trần – Sảnh B",
    ]  # fmt: skip
    view = desk.press(view.rows[1].button.event, Test())
    assert view.title == "Loa gọi số – màn hình trần 2"
    desk.press(Edit("volume"), Step(-5), Done(), Save())
    assert (desk.lobby.tested, desk.lobby.machines) == (["speaker"], ["display-2", "display-2"])


def test_while_a_test_runs_it_cannot_be_started_again(desk: Desk) -> None:
    desk.open()
    desk.held = []
    view = desk.press(OpenDevice("printer"), Test(), Test(), Back())
    assert isinstance(view, DeviceView)
    assert not view.test.enabled
    desk.held.pop()()
    assert desk.lobby.tested == ["printer"]


class TestReader:
    """The reader's test reads the card that lies there, with the digits printed on it."""

    PROVEN = Report(
        True,
        (
            ("access", "PACE-CAN"),
            ("sod_signature", "passed"),
            ("data_groups", "DG1 passed, DG13 passed"),
            ("chain", "not_done"),
        ),
    )

    @pytest.fixture
    def reader(self, desk: Desk) -> Desk:
        desk.lobby.known = Devices((device("card_reader"),))
        desk.lobby.report = self.PROVEN
        desk.open()
        desk.press(OpenDevice("card_reader"))
        return desk

    def test_asks_for_the_six_digits_of_a_card_that_lies_there(self, reader: Desk) -> None:
        view = reader.press(Test())
        assert isinstance(view, CanView)
        view = reader.press(*(Digit(digit) for digit in "0421"))
        assert view.boxes == ("0", "4", "2", "1", "", "")
        assert not view.read.enabled
        assert (reader.lobby.tested, reader.lobby.read) == ([], [])

    def test_shows_in_words_what_was_proven_and_what_was_not(self, reader: Desk) -> None:
        view = reader.press(Test(), *(Digit(digit) for digit in "0421339"), ReadChip())
        assert isinstance(view, DeviceView)
        assert reader.lobby.read == ["042133"]
        assert reader.lobby.tested == [], "the digits do not go through the centre"
        assert view.result is not None
        assert view.result.tone == "done"
        assert view.lines == (
            "Mở chip bằng: PACE-CAN",
            "Chữ ký trên SOD: đạt",
            "Dữ liệu khớp SOD: DG1 đạt, DG13 đạt",
            "Chuỗi chứng thư: chưa kiểm tra",
        )

    def test_five_digits_read_nothing(self, reader: Desk) -> None:
        view = reader.press(Test(), *(Digit(digit) for digit in "04213"), ReadChip())
        assert isinstance(view, CanView)
        assert reader.lobby.read == []

    def test_digits_can_be_corrected(self, reader: Desk) -> None:
        view = reader.press(Test(), Digit("1"), Digit("2"), Erase())
        assert view.boxes[:2] == ("1", "")
        assert reader.press(Clear()).boxes == ("",) * 6

    def test_goes_on_without_digits(self, reader: Desk) -> None:
        view = reader.press(Test(), Digit("1"), SkipDigits())
        assert isinstance(view, DeviceView)
        assert (reader.lobby.tested, reader.lobby.read) == (["card_reader"], [])

    def test_with_no_card_it_tests_the_reader_and_says_how_to_read_one(self, reader: Desk) -> None:
        reader.lobby.card = False
        reader.lobby.report = Report(True, (("card", "absent"),))
        view = reader.press(Test())
        assert reader.lobby.tested == ["card_reader"]
        assert view.lines[0] == "Thẻ: không có thẻ"
        assert "đặt một căn cước" in view.lines[1]

    @pytest.mark.parametrize("way_out", [Back(), SkipDigits(), Leave()])
    def test_no_digit_is_left_behind(self, reader: Desk, way_out: object) -> None:
        reader.press(Test(), *(Digit(digit) for digit in "042133"), way_out)
        assert "042133" not in repr(vars(reader.presenter))
        if isinstance(way_out, Leave):
            reader.presenter.enter()
            reader.open()
            reader.press(OpenDevice("card_reader"))
        assert reader.press(Test()).boxes == ("",) * 6

    def test_digits_are_gone_while_the_chip_is_read(self, reader: Desk) -> None:
        reader.press(Test(), *(Digit(digit) for digit in "042133"))
        reader.held = []
        view = reader.press(ReadChip())
        assert "042133" not in repr(vars(reader.presenter))
        assert view.result.tone == "wait"
        assert not view.test.enabled
        reader.held.pop()()
        assert reader.lobby.read == ["042133"]

    def test_digits_are_forgotten_when_nobody_is_there(self, reader: Desk) -> None:
        reader.press(Test(), *(Digit(digit) for digit in "042133"))
        reader.seconds = IDLE_SECONDS + 1
        reader.presenter.tick()
        assert reader.left == 1
        assert "042133" not in repr(vars(reader.presenter))


def test_changes_are_kept_only_after_the_check_passed(desk: Desk) -> None:
    desk.open()
    view = desk.press(OpenDevice("printer"), Edit("paper_mm"), Choose("58"))
    assert isinstance(view, DeviceView)
    assert view.save is not None
    desk.lobby.report = Report(False, failure=FailureCode.DEVICE_SETTING_INVALID)
    view = desk.press(Save())
    assert desk.lobby.saved == [("printer", {"paper_mm": "58"})]
    assert view.result.tone == "trouble"
    assert view.save is not None, "the change is still there to be corrected"
    desk.lobby.report = Report(True)
    view = desk.press(Save())
    assert view.save is None
    assert view.result.tone == "done"


def test_two_settings_of_a_device_are_checked_together(desk: Desk) -> None:
    desk.open()
    desk.press(OpenDevice("printer"), Edit("connection"), Choose("usb"), Edit("address"))
    for _ in range(40):
        desk.press(Erase())
    desk.press(*(Type(sign) for sign in "04b8:0202"), Done(), Save())
    assert desk.lobby.saved == [("printer", {"connection": "usb", "address": "04b8:0202"})]


def test_a_value_set_back_to_what_it_was_is_no_change(desk: Desk) -> None:
    desk.open()
    view = desk.press(OpenDevice("printer"), Edit("paper_mm"), Choose("58"), Edit("paper_mm"), Choose("80"))
    assert view.save is None


def test_the_volume_steps_stay_within_its_limits(desk: Desk) -> None:
    desk.open()
    view = desk.press(OpenDevice("speaker"), Edit("volume"), *(Step(5) for _ in range(30)))
    assert isinstance(view, EditView)
    assert view.value == "100"


def test_the_readers_that_were_found_are_offered(desk: Desk) -> None:
    desk.lobby.known = Devices((device("card_reader"),))
    desk.open()
    view = desk.press(OpenDevice("card_reader"), Edit("reader"))
    assert [button.label for button in view.choices][1:] == ["ACS ACR39U 00 00"]


def test_capital_letters_can_be_typed(desk: Desk) -> None:
    desk.open()
    view = desk.press(OpenDevice("printer"), Edit("address"), Shift(), Type("a"), Shift(), Type("b"))
    assert view.value.endswith("Ab")


def test_without_the_centre_no_setting_can_be_changed(desk: Desk) -> None:
    desk.lobby.known = replace(desk.lobby.known, centre_answers=False)
    view = desk.open()
    assert view.message is not None
    view = desk.press(OpenDevice("printer"))
    assert all(row.change is None for row in view.settings)


def test_after_three_minutes_without_a_touch_the_citizens_screen_comes_back(desk: Desk) -> None:
    desk.open()
    desk.seconds = IDLE_SECONDS - 1
    desk.presenter.tick()
    assert desk.left == 0
    desk.seconds = IDLE_SECONDS + 1
    desk.presenter.tick()
    assert desk.left == 1
    desk.presenter.enter()
    assert isinstance(desk.presenter.view, PinView)


def test_leaving_locks_the_screen_again(desk: Desk) -> None:
    desk.open()
    desk.press(Leave())
    assert desk.left == 1
    assert isinstance(desk.presenter.view, PinView)


def test_an_answer_that_comes_after_leaving_opens_nothing(desk: Desk) -> None:
    desk.held = []
    desk.open()
    desk.press(Leave())
    desk.presenter.enter()
    for late in desk.held:
        late()
    assert isinstance(desk.presenter.view, PinView)


def test_every_device_and_setting_has_its_words() -> None:
    words = catalogue()
    for name in DeviceSettings.model_fields:
        assert name in words["name"]
        for one in device_fields(name):
            assert one.name in words["setting"]
            for choice in one.choices:
                assert isinstance(choice, int) or choice in words["choice"]


def test_one_press_takes_the_machine_out_of_service_and_another_puts_it_back(desk: Desk) -> None:
    view = desk.open()
    assert view.machine is None
    suspended = desk.press(view.switch.event)
    assert desk.lobby.out_of_service
    assert suspended.machine is not None
    assert suspended.machine.tone == "wait"
    assert suspended.switch.label != view.switch.label
    desk.press(suspended.switch.event)
    assert not desk.lobby.out_of_service


def test_the_switch_is_behind_the_pin(desk: Desk) -> None:
    desk.press(Suspend(True))
    assert not desk.lobby.out_of_service


def test_staff_are_told_when_a_restart_would_undo_it(desk: Desk) -> None:
    desk.lobby.keeps = False
    view = desk.press(desk.open().switch.event)
    assert catalogue()["machine"]["not_kept"] in view.machine.text


def test_the_switch_is_there_before_any_device_has_answered(desk: Desk) -> None:
    desk.open()
    desk.held = []
    desk.presenter.enter()
    desk.press(*(Digit(digit) for digit in "123456"), OpenPin())
    desk.held.pop()()
    view = desk.presenter.view
    assert isinstance(view, ListView)
    assert not view.rows
    assert view.switch.enabled

"""The maintenance screen without its pixels: PIN, list of devices, one device, a card's digits, one setting.

What the devices can do comes in as ``DeviceActions``. Its calls may take long; they are made through
``background``, which runs them on a worker and brings the result back to the screen's thread.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import datetime
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

from kiosk.device_fields import DeviceField, device_fields
from kiosk.failures import FailureCode, words
from kiosk.identity.number import CAN_DIGITS
from screens.locale import sections
from screens.maintenance.model import (
    Back,
    Background,
    Button,
    CanView,
    Choose,
    Clear,
    DeviceActions,
    DeviceInfo,
    DeviceRow,
    Devices,
    DeviceView,
    Digit,
    Discard,
    Done,
    Edit,
    EditView,
    Erase,
    Leave,
    ListView,
    Message,
    OpenDevice,
    OpenPin,
    PinAnswer,
    PinView,
    ReadChip,
    Report,
    Save,
    SettingRow,
    Shift,
    SkipDigits,
    Step,
    Suspend,
    Test,
    Type,
    View,
)

IDLE_SECONDS = 180.0
REFRESH_SECONDS = 2.0
LONGEST_PIN = 12
LONGEST_VALUE = 200
VOLUME_STEP = 5

_LOCAL = ZoneInfo("Asia/Ho_Chi_Minh")


@cache
def catalogue() -> dict[str, dict[str, str]]:
    """The words of this screen."""
    return sections("maintenance")


def _word(section: str, key: str, **values: object) -> str:
    return catalogue()[section].get(key, key.replace("_", " ")).format(**values)


def _value(told: str) -> str:
    """What a device told, with the words of the devices' own vocabulary in it in Vietnamese."""
    known = catalogue()["value"]
    return _TOKEN.sub(lambda found: known.get(found[0], found[0]), told)


_TOKEN = re.compile(r"\b[a-z]+(?:_[a-z]+)*\b")
_READER = "card_reader"
_LETTER_ROWS = ("1234567890", "qwertyuiop", "asdfghjkl", "zxcvbnm", ".:/-_*")


class MaintenancePresenter:
    """Holds the state of the screen; ``changed`` is called whenever ``view`` is another.

    ``leave`` is called when the staff member is done or nobody has touched the screen for three minutes.
    ``now`` gives aware wall time, ``clock`` monotonic seconds.
    """

    def __init__(
        self,
        actions: DeviceActions,
        background: Background,
        leave: Callable[[], None],
        *,
        now: Callable[[], datetime],
        clock: Callable[[], float],
        changed: Callable[[], None] = lambda: None,
    ) -> None:
        self._actions = actions
        self._background = background
        self._leave = leave
        self._now = now
        self._clock = clock
        self.changed = changed
        self._close()

    def _close(self) -> None:
        self._open = False
        self._entered = 0  # visits of this screen; answers for an earlier one are dropped
        self._pin = ""
        self._pin_message: Message | None = None
        self._pin_busy = False
        self._devices: Devices | None = None
        self._asking = False
        self._asked_at = 0.0
        self._touched_at = 0.0
        self._device = ""
        self._result: Message | None = None
        self._lines: tuple[str, ...] = ()
        self._busy = ""
        self._asks_can = False
        self._can = ""
        self._staged: dict[str, str] = {}
        self._setting = ""
        self._typed = ""
        self._capitals = False
        self._readers: tuple[str, ...] = ()
        self._switching = self._not_kept = False

    # entering, leaving, time

    def enter(self) -> None:
        """The hidden gesture was made: ask for the PIN."""
        visit = self._entered + 1
        self._close()
        self._entered = visit
        self._touched_at = self._clock()
        self.changed()

    def touched(self) -> None:
        """Someone is there."""
        self._touched_at = self._clock()

    def tick(self) -> None:
        """To be called about once a second: asks the devices again, leaves when nobody is there."""
        if self._clock() - self._touched_at > IDLE_SECONDS and not self._busy:
            self._go()
        elif self._open and not self._asking and self._clock() - self._asked_at >= REFRESH_SECONDS:
            self._ask()

    def _go(self) -> None:
        visit = self._entered + 1
        self._close()
        self._entered = visit
        self._leave()

    def _later(self, work: Callable[[], Any], then: Callable[[Any], None]) -> None:
        visit = self._entered

        def back(result: Any) -> None:
            if visit == self._entered:
                then(result)
                self.changed()

        self._background(work, back)

    def _ask(self) -> None:
        self._asking = True
        self._asked_at = self._clock()

        def answered(devices: Devices) -> None:
            self._asking = False
            self._devices = devices

        self._later(self._actions.devices, answered)

    # events

    def handle(self, event: object) -> None:
        """One press."""
        self.touched()
        match event:
            case Leave():
                self._go()
                return
            case Digit(digit) if not self._open and not self._pin_busy and len(self._pin) < LONGEST_PIN:
                self._pin += digit
                self._pin_message = None
            case Clear():
                self._pin = self._typed = self._can = ""
            case Erase():
                self._pin, self._typed, self._can = self._pin[:-1], self._typed[:-1], self._can[:-1]
            case OpenPin() if self._pin and not self._pin_busy:
                self._check_pin()
            case _ if self._asks_can:
                self._handle_can(event)
            case _ if self._open:
                self._handle_open(event)
        self.changed()

    def _check_pin(self) -> None:
        pin, self._pin = self._pin, ""
        self._pin_busy = True
        self._pin_message = Message(_word("pin", "checking"), "wait")

        def answered(answer: PinAnswer) -> None:
            self._pin_busy = False
            if answer.opened:
                self._open = True
                self._pin_message = None
                self._ask()
            elif not answer.known:
                self._pin_message = Message(_word("pin", "not_set"), "trouble")
            elif answer.locked_until is not None:
                until = _time(answer.locked_until)
                self._pin_message = Message(_word("pin", "locked", time=until), "trouble")
            else:
                self._pin_message = Message(_word("pin", "wrong", n=answer.tries_left), "trouble")

        self._later(lambda: self._actions.check_pin(pin), answered)

    def _handle_open(self, event: object) -> None:
        match event:
            case OpenDevice(name):
                self._device, self._result, self._lines = name, None, ()
                self._staged = {}
            case Suspend(suspended) if not self._switching:
                self._suspend(suspended)
            case Test() if not self._busy:
                self._begin_test("testing")
                (self._look_for_card if self._device == _READER else self._test)()
            case Edit(setting) if not self._busy:
                self._begin_edit(setting)
            case Type(sign) if len(self._typed) < LONGEST_VALUE:
                self._typed += sign.upper() if self._capitals else sign
            case Shift():
                self._capitals = not self._capitals
            case Step(by):
                self._typed = self._stepped(by)
            case Choose(value):
                self._typed = value
                self._stage()
            case Done():
                self._stage()
            case Save() if self._staged and not self._busy:
                self._save()
            case Discard():
                self._staged, self._result = {}, None
            case Back() if self._setting or not self._busy:
                self._back()

    def _back(self) -> None:
        if self._setting:
            self._setting = ""
        else:
            self._device = ""

    def _suspend(self, suspended: bool) -> None:
        self._switching = True

        def answered(kept: bool) -> None:
            self._switching, self._not_kept = False, not kept

        self._later(lambda: self._actions.suspend(suspended), answered)

    def _look_for_card(self) -> None:
        """With a card on the reader, ask for its digits first."""

        def answered(card: bool) -> None:
            if card:
                self._busy, self._result, self._asks_can = "", None, True
            else:
                self._test(_word("device", "lay_card"))

        self._later(self._actions.card_lies_there, answered)

    def _handle_can(self, event: object) -> None:
        match event:
            case Digit(digit) if len(self._can) < CAN_DIGITS:
                self._can += digit
            case ReadChip() if len(self._can) == CAN_DIGITS:
                self._read_chip()
            case SkipDigits():
                self._forget_can()
                self._begin_test("testing")
                self._test()
            case Back():
                self._forget_can()

    def _forget_can(self) -> None:
        self._asks_can, self._can = False, ""

    def _read_chip(self) -> None:
        given = [self._can]  # taken out by the job, so that a finished job holds nothing
        self._forget_can()
        self._begin_test("reading_chip")
        self._later(lambda: self._actions.read_chip(given.pop()), self._tested)

    def _test(self, advice: str = "") -> None:
        name = self._device

        def answered(report: Report) -> None:
            self._tested(report)
            self._lines += (advice,) if advice and report.passed else ()

        self._later(lambda: self._actions.test(name), answered)

    def _begin_test(self, doing: str) -> None:
        self._busy = "test"
        self._result, self._lines = Message(_word("device", doing), "wait"), ()

    def _tested(self, report: Report) -> None:
        self._tell(report, "test_passed", "test_failed", "test_refused")

    def _save(self) -> None:
        name, changes = self._device, dict(self._staged)
        self._busy = "save"
        self._result, self._lines = Message(_word("device", "saving"), "wait"), ()

        def answered(report: Report) -> None:
            self._tell(report, "saved", "refused", "not_saved")
            if report.passed:
                self._staged = {}
                self._ask()

        self._later(lambda: self._actions.save(name, changes), answered)

    def _tell(self, report: Report, good: str, bad: str, refused: str) -> None:
        self._busy = ""
        self.touched()
        if report.refused:
            self._result = Message(_word("device", refused, reason=report.refused), "trouble")
        else:
            key, tone = (good, "done") if report.passed else (bad, "trouble")
            self._result = Message(_word("device", key, time=_time(self._now())), tone)
        lines = [f"{_word('device_test', key)}: {_value(value)}" for key, value in report.lines]
        self._lines = (*lines, *_why(report.failure))

    # one setting

    def _begin_edit(self, setting: str) -> None:
        self._setting = setting
        self._typed = self._value(setting)
        self._capitals = False
        if setting == "reader":

            def answered(readers: Sequence[str]) -> None:
                self._readers = tuple(readers)

            self._later(self._actions.readers, answered)

    def _value(self, setting: str) -> str:
        if setting in self._staged:
            return self._staged[setting]
        info = self._info()
        value = info.settings.get(setting, "") if info is not None else ""
        return str(value).lower() if isinstance(value, bool) else str(value)

    def _stepped(self, by: float) -> str:
        described = self._field()
        try:
            value = float(self._typed) + by
        except ValueError:
            return self._typed
        value = max(value, described.least) if described.least is not None else value
        value = min(value, described.most) if described.most is not None else value
        return f"{value:g}"

    def _stage(self) -> None:
        setting, info = self._setting, self._info()
        self._setting = ""
        self._staged.pop(setting, None)
        if self._typed != self._value(setting) and info is not None:
            self._staged[setting] = self._typed
        self._result, self._lines = None, ()

    def _field(self) -> DeviceField:
        return next(one for one in device_fields(self._device) if one.name == self._setting)

    def _info(self) -> DeviceInfo | None:
        known = self._devices.devices if self._devices is not None else ()
        return next((info for info in known if info.name == self._device), None)

    # what is shown

    @property
    def view(self) -> View:
        """What to show now."""
        leave = Button(_word("pin", "leave"), Leave())
        if not self._open:
            return self._pin_view(leave)
        info = self._info()
        if not self._device or info is None:
            return self._list_view(leave)
        if self._asks_can:
            return self._can_view(info, leave)
        if self._setting:
            return self._edit_view(info, leave)
        return self._device_view(info, leave)

    def _pin_view(self, leave: Button) -> PinView:
        return PinView(
            title=_word("pin", "title"),
            prompt=_word("pin", "prompt"),
            dots=len(self._pin),
            keys=_number_pad(),
            open=Button(_word("pin", "open"), OpenPin(), enabled=bool(self._pin) and not self._pin_busy),
            leave=leave,
            message=self._pin_message,
        )

    def _can_view(self, info: DeviceInfo, leave: Button) -> CanView:
        return CanView(
            title=_word("name", info.name),
            prompt=_word("can", "prompt"),
            note=_word("can", "note"),
            boxes=(*self._can, *("" for _ in range(CAN_DIGITS - len(self._can)))),
            keys=_number_pad(),
            read=Button(_word("can", "read"), ReadChip(), enabled=len(self._can) == CAN_DIGITS),
            skip=Button(_word("can", "skip"), SkipDigits()),
            back=Button(_word("can", "back"), Back()),
            leave=leave,
        )

    def _list_view(self, leave: Button) -> ListView:
        title, switch, machine = _word("list", "title"), *self._machine()
        if self._devices is None:
            loading = Message(_word("list", "loading"), "wait")
            return ListView(title, loading, (), leave, switch, machine=machine)
        known = self._devices.devices
        bad = sum(info.failure is not None for info in known)
        summary = (
            Message(_word("list", "summary_bad", n=bad), "trouble")
            if bad
            else Message(_word("list", "summary_good"), "done")
        )
        centre = None
        if not self._devices.centre_answers:
            centre = Message(_word("list", "no_centre"), "trouble")
        rows = tuple(
            DeviceRow(
                Button(_word("name", info.name), OpenDevice(info.name), hint=self._state(info)),
                _tone(info),
                self._state(info),
                words()[info.failure or info.warning].staff_remedy  # type: ignore[index]
                if info.failure or info.warning
                else "",
            )
            for info in known
        )
        return ListView(title, summary, rows, leave, switch, centre, machine)

    def _machine(self) -> tuple[Button, Message | None]:
        """The switch that takes this machine out of service, and what is to be said of it."""
        suspended = self._actions.suspended()
        label = _word("machine", "resume" if suspended else "suspend")
        switch = Button(label, Suspend(not suspended), enabled=not self._switching, active=suspended)
        told = [_word("machine", "suspended")] if suspended else []
        told += [_word("machine", "not_kept")] if self._not_kept else []
        return switch, Message(" ".join(told), "wait") if told else None

    def _state(self, info: DeviceInfo) -> str:
        state = _word("condition", info.condition)
        if info.since is None:
            return state
        since, now = info.since.astimezone(_LOCAL), self._now().astimezone(_LOCAL)
        if since.date() == now.date():
            return f"{state}, {_word('list', 'since', time=f'{since:%H:%M}')}"
        day = f"{since.day}/{since.month}"
        return f"{state}, {_word('list', 'since_long', time=f'{since:%H:%M}', day=day)}"

    def _device_view(self, info: DeviceInfo, leave: Button) -> DeviceView:
        idle = not self._busy
        changeable = self._devices is not None and self._devices.centre_answers
        rows = tuple(
            SettingRow(
                _word("setting", one.name),
                self._shown(one, self._value(one.name)),
                Button(_word("device", "change"), Edit(one.name), enabled=idle) if changeable else None,
            )
            for one in device_fields(info.name)
        )
        result = self._result
        if result is None and self._staged:
            result = Message(_word("device", "staged"), "wait")
        return DeviceView(
            title=_word("name", info.name),
            tone=_tone(info),
            state=self._state(info),
            causes=(*_why(info.failure), *_why(info.warning)),
            facts=" · ".join(f"{_word('fact', key)}: {_value(value)}" for key, value in info.facts.items()),
            test=Button(_word("device", "test"), Test(), enabled=idle),
            result=result,
            lines=self._lines,
            settings_title=_word("device", "settings"),
            settings=rows,
            save=Button(_word("device", "save"), Save(), enabled=idle) if self._staged else None,
            discard=Button(_word("device", "discard"), Discard(), enabled=idle) if self._staged else None,
            back=Button(_word("device", "back"), Back(), enabled=idle),
            leave=leave,
        )

    def _shown(self, described: DeviceField, value: str) -> str:
        if described.kind in ("switch", "choice"):
            return _word("choice", value)
        return value or "–"

    def _edit_view(self, info: DeviceInfo, leave: Button) -> EditView:
        described = self._field()
        choices: tuple[Button, ...] = ()
        steps: tuple[Button, ...] = ()
        keys: tuple[tuple[Button, ...], ...] = ()
        shown = self._shown(described, self._typed) if described.kind in ("switch", "choice") else self._typed
        if described.kind in ("switch", "choice"):
            offered = tuple(str(choice) for choice in described.choices) or ("true", "false")
            choices = tuple(self._choice(value, _word("choice", value)) for value in offered)
        elif described.kind in ("whole", "number"):
            by = VOLUME_STEP if described.name == "volume" else 1
            steps = (Button(_word("edit", "less"), Step(-by)), Button(_word("edit", "more"), Step(by)))
            keys = self._keys("1234567890" + ("." if described.kind == "number" else ""))
        else:
            if described.name == "reader":
                found = [self._choice(name, name) for name in self._readers]
                choices = (self._choice("*", _word("choice", "any_reader")), *found)
            keys = self._keys(*_LETTER_ROWS)
        hint = ""
        if described.least is not None and described.most is not None:
            hint = _word("edit", "limits", least=f"{described.least:g}", most=f"{described.most:g}")
        title = _word(
            "edit", "title", device=_word("name", info.name), setting=_word("setting", described.name)
        )
        done = Button(_word("edit", "done"), Done()) if keys else None
        cancel = Button(_word("edit", "cancel"), Back())
        return EditView(title, shown, hint, choices, steps, keys, done, cancel, leave)

    def _choice(self, value: str, label: str) -> Button:
        return Button(label, Choose(value), active=value == self._typed)

    def _keys(self, *rows: str) -> tuple[tuple[Button, ...], ...]:
        shown = [
            tuple(Button(sign.upper() if self._capitals else sign, Type(sign)) for sign in row)
            for row in rows
        ]
        erase = Button(_word("pin", "erase"), Erase())
        if len(rows) == 1:
            return (shown[0][:5], (*shown[0][5:], erase))
        shift = Button(_word("edit", "shift"), Shift(), active=self._capitals)
        space = Button(_word("edit", "space"), Type(" "))
        return (*shown[:-2], (shift, *shown[-2], erase), (*shown[-1], space))


def _number_pad() -> tuple[tuple[Button, ...], ...]:
    digits = [Button(digit, Digit(digit)) for digit in "123456789"]
    last = (
        Button(_word("pin", "clear"), Clear()),
        Button("0", Digit("0")),
        Button(_word("pin", "erase"), Erase()),
    )
    return tuple(digits[:3]), tuple(digits[3:6]), tuple(digits[6:]), last


def _tone(info: DeviceInfo) -> str:
    if info.failure is not None:
        return "trouble"
    return "wait" if info.warning is not None or info.condition == "disabled" else "done"


def _why(code: FailureCode | None) -> tuple[str, ...]:
    if code is None:
        return ()
    told = words()[code]
    remedy = _word("device", "what_to_do", text=told.staff_remedy)
    return tuple(text for text in (told.staff_cause, remedy, told.consequence) if text)


def _time(moment: datetime) -> str:
    return f"{moment.astimezone(_LOCAL):%H:%M}"

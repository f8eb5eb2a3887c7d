"""What happens at the maintenance screen: PIN, tests, reading a chip, changing and saving settings.

What the devices can do comes in as ``DeviceActions``. Its calls may take long; they are made through
``background``, which runs them on a worker and brings the result back to the screen's thread. What is known
between two presses is ``MaintenanceState``; ``view_models`` says how that looks.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from kiosk.identity.number import CAN_DIGITS
from screens.maintenance.model import (
    Back,
    Background,
    Choose,
    Clear,
    DeviceActions,
    Devices,
    Digit,
    Discard,
    Done,
    Edit,
    Erase,
    Leave,
    Message,
    OpenDevice,
    OpenPin,
    PinAnswer,
    ReadChip,
    Report,
    Save,
    Shift,
    SkipDigits,
    Step,
    Suspend,
    Test,
    Type,
    View,
)
from screens.maintenance.state import MaintenanceState
from screens.maintenance.view_models import view_of
from screens.maintenance.wording import clock_time, told, why, word

IDLE_SECONDS = 180.0
REFRESH_SECONDS = 2.0
LONGEST_PIN = 12
LONGEST_VALUE = 200

_READER = "card_reader"


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
        self._entered = 0  # visits of this screen; answers for an earlier one are dropped
        self._close()

    def _close(self) -> None:
        self._state = MaintenanceState()
        self._asking = False
        self._asked_at = 0.0
        self._touched_at = 0.0

    @property
    def view(self) -> View:
        """What to show now."""
        return view_of(self._state, self._now(), self._actions.suspended())

    # entering, leaving, time

    def enter(self) -> None:
        """The hidden gesture was made: ask for the PIN."""
        self._close()
        self._entered += 1
        self._touched_at = self._clock()
        self.changed()

    def touched(self) -> None:
        """Someone is there."""
        self._touched_at = self._clock()

    def tick(self) -> None:
        """To be called about once a second: asks the devices again, leaves when nobody is there."""
        if self._clock() - self._touched_at > IDLE_SECONDS and not self._state.busy:
            self._go()
        elif self._state.open and not self._asking and self._clock() - self._asked_at >= REFRESH_SECONDS:
            self._ask()

    def _go(self) -> None:
        self._close()
        self._entered += 1
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
            self._state.devices = devices

        self._later(self._actions.devices, answered)

    # events

    def handle(self, event: object) -> None:
        """One press."""
        self.touched()
        state = self._state
        match event:
            case Leave():
                self._go()
                return
            case Digit(digit) if not state.open and not state.pin_busy and len(state.pin) < LONGEST_PIN:
                state.pin += digit
                state.pin_message = None
            case Clear():
                state.clear()
            case Erase():
                state.erase()
            case OpenPin() if state.pin and not state.pin_busy:
                self._check_pin()
            case _ if state.asks_can:
                self._handle_can(event)
            case _ if state.open:
                self._handle_open(event)
        self.changed()

    def _check_pin(self) -> None:
        pin, self._state.pin = self._state.pin, ""
        self._state.pin_busy = True
        self._state.pin_message = Message(word("pin", "checking"), "wait")

        def answered(answer: PinAnswer) -> None:
            self._state.pin_busy = False
            if answer.opened:
                self._state.open = True
                self._state.pin_message = None
                self._ask()
            elif not answer.known:
                self._state.pin_message = Message(word("pin", "not_set"), "trouble")
            elif answer.locked_until is not None:
                until = clock_time(answer.locked_until)
                self._state.pin_message = Message(word("pin", "locked", time=until), "trouble")
            else:
                self._state.pin_message = Message(word("pin", "wrong", n=answer.tries_left), "trouble")

        self._later(lambda: self._actions.check_pin(pin), answered)

    def _handle_open(self, event: object) -> None:
        state = self._state
        match event:
            case OpenDevice(key):
                state.device, state.result, state.lines = key, None, ()
                state.staged = {}
            case Suspend(suspended) if not state.switching:
                self._suspend(suspended)
            case Test() if not state.busy:
                self._begin_test("testing")
                (self._look_for_card if state.device == _READER else self._test)()
            case Edit(setting) if not state.busy:
                self._begin_edit(setting)
            case Type(sign) if len(state.typed) < LONGEST_VALUE:
                state.typed += sign.upper() if state.capitals else sign
            case Shift():
                state.capitals = not state.capitals
            case Step(by):
                state.step(by)
            case Choose(value):
                state.typed = value
                state.stage()
            case Done():
                state.stage()
            case Save() if state.staged and not state.busy:
                self._save()
            case Discard():
                state.staged, state.result = {}, None
            case Back() if state.setting or not state.busy:
                state.close()

    def _suspend(self, suspended: bool) -> None:
        self._state.switching = True

        def answered(kept: bool) -> None:
            self._state.switching, self._state.not_kept = False, not kept

        self._later(lambda: self._actions.suspend(suspended), answered)

    def _look_for_card(self) -> None:
        """With a card on the reader, ask for its digits first."""

        def answered(card: bool) -> None:
            if card:
                self._state.busy, self._state.result, self._state.asks_can = "", None, True
            else:
                self._test(word("device", "lay_card"))

        self._later(self._actions.card_lies_there, answered)

    def _handle_can(self, event: object) -> None:
        match event:
            case Digit(digit) if len(self._state.can) < CAN_DIGITS:
                self._state.can += digit
            case ReadChip() if len(self._state.can) == CAN_DIGITS:
                self._read_chip()
            case SkipDigits():
                self._forget_can()
                self._begin_test("testing")
                self._test()
            case Back():
                self._forget_can()

    def _forget_can(self) -> None:
        self._state.asks_can, self._state.can = False, ""

    def _read_chip(self) -> None:
        given = [self._state.can]  # taken out by the job, so that a finished job holds nothing
        self._forget_can()
        self._begin_test("reading_chip")
        self._later(lambda: self._actions.read_chip(given.pop()), self._tested)

    def _test(self, advice: str = "") -> None:
        place = self._state.place

        def answered(report: Report) -> None:
            self._tested(report)
            self._state.lines += (advice,) if advice and report.passed else ()

        self._later(lambda: self._actions.test(*place), answered)

    def _begin_test(self, doing: str) -> None:
        self._state.busy = "test"
        self._state.result, self._state.lines = Message(word("device", doing), "wait"), ()

    def _tested(self, report: Report) -> None:
        self._tell(report, "test_passed", "test_failed", "test_refused")

    def _save(self) -> None:
        place, changes = self._state.place, dict(self._state.staged)
        self._state.busy = "save"
        self._state.result, self._state.lines = Message(word("device", "saving"), "wait"), ()

        def answered(report: Report) -> None:
            self._tell(report, "saved", "refused", "not_saved")
            if report.passed:
                self._state.staged = {}
                self._ask()

        self._later(lambda: self._actions.save(*place, changes), answered)

    def _tell(self, report: Report, good: str, bad: str, refused: str) -> None:
        self._state.busy = ""
        self.touched()
        if report.refused:
            self._state.result = Message(word("device", refused, reason=report.refused), "trouble")
        else:
            key, tone = (good, "done") if report.passed else (bad, "trouble")
            self._state.result = Message(word("device", key, time=clock_time(self._now())), tone)
        lines = [f"{word('device_test', key)}: {told(value)}" for key, value in report.lines]
        self._state.lines = (*lines, *why(report.failure))

    def _begin_edit(self, setting: str) -> None:
        self._state.edit(setting)
        if setting == "reader":

            def answered(readers: Sequence[str]) -> None:
                self._state.readers = tuple(readers)

            self._later(self._actions.readers, answered)

"""What the ceiling display does without its window: follows the centre, calls aloud, minds its devices.

A call is shown at once and spoken in its turn: the board changes on the thread that reads the journal, the
loudspeaker works on its own. After a restart the board is right at once and nothing old is spoken.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from concurrent.futures import CancelledError, ThreadPoolExecutor
from concurrent.futures import TimeoutError as LateError
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from pydantic import BaseModel, ValidationError

from devices.contract import Condition, Device, DeviceStatus, TestReport
from devices.screen import Screen, Window
from devices.speaker import Announcement, Speaker
from devices.supervisor import DeviceWorker, WorkerStoppedError
from kiosk import board as boards
from kiosk.board import Board, Call, Display
from kiosk.client import Board as ToldBoard
from kiosk.client import CentreClient, CentreError, Event
from kiosk.failures import FailureCode
from kiosk.processes.effective_settings import effective_settings
from kiosk.settings import DeviceSettings, ScreenSettings, SpeakerSettings
from kiosk.speech import announcement

_LOG = logging.getLogger(__name__)

SPOKEN_WITHIN_SECONDS = 30.0
"""A call older than this when its turn to be spoken comes is only shown: the person has read it, or gone."""
REPORT_SECONDS = 20.0
POLL_SECONDS = 10.0
AGAIN_SECONDS = 1.0
RELOAD_SECONDS = 0.1
REFUSED_AGAIN_SECONDS = 10.0
TEST_SECONDS = 60.0


@dataclass(frozen=True)
class _Heard:
    """A call to be spoken. ``monotonic`` is when it was made, by this machine's monotonic clock."""

    call: Call
    monotonic: float


class DisplayProcess:
    """Follows the centre of ``client`` from ``start`` to ``stop``.

    ``on_change`` is called, from any thread, when ``display`` has changed. ``settings`` are those in
    effect at the start; the centre's come before them as soon as it answers.
    """

    def __init__(
        self,
        client: CentreClient,
        settings: DeviceSettings,
        window: Window,
        on_change: Callable[[], None],
        *,
        make_speaker: Callable[[SpeakerSettings], Speaker] = Speaker,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._client = client
        self._on_change = on_change
        self._make_speaker = make_speaker
        self._now = now
        self._settings = settings
        self._display = Display(lost_at=now())
        self._screen = Screen("ceiling_screen", settings.ceiling_screen, window)
        self._workers: dict[str, DeviceWorker] = {}
        self._stop = threading.Event()
        self._report_now = threading.Event()
        self._desk = ThreadPoolExecutor(1, "device-requests")
        self._threads = [
            threading.Thread(target=self._follow, name="board", daemon=True),
            threading.Thread(target=self._report, name="device-reports", daemon=True),
        ]

    @property
    def display(self) -> Display:
        """What is to be shown now."""
        return self._display

    def start(self) -> None:
        """Begin following; returns at once."""
        speaker = self._make_speaker(self._settings.speaker)
        devices: tuple[Device, ...] = (speaker, self._screen)
        for device in devices:
            self._workers[device.name] = DeviceWorker(device, self._status_changed, POLL_SECONDS)
        self._workers["speaker"].submit(speaker.warm_up)
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """End everything within a few seconds; what is being spoken is cut off."""
        self._stop.set()
        self._report_now.set()
        self._desk.shutdown(wait=False, cancel_futures=True)
        for worker in self._workers.values():
            worker.device.close()
            worker.stop()

    # the board

    def _follow(self) -> None:
        board: Board | None = None  # what to go on from; None: load it anew
        while not self._stop.is_set():
            pause = RELOAD_SECONDS
            try:
                if board is None:
                    self._load(self._client.board())
                board = self._display.board
                self._catch_up_requests()
                if board is not None:
                    self._follow_from(board.head, board.epoch)
                board = None
            except CentreError as error:
                self._link(False)
                pause = AGAIN_SECONDS
                if error.code is not FailureCode.CENTRE_UNREACHABLE:
                    _LOG.error("the centre refuses the display: %s", error)
                    pause = REFUSED_AGAIN_SECONDS
            self._stop.wait(pause)

    def _follow_from(self, head: int, epoch: str) -> None:
        """Take every event until the display is stopped or the board has to be loaded anew."""
        backlog = head
        following = threading.Event()  # once set, the end of this stream says nothing about the link
        stream = self._client.events(
            head, self._stop, lambda up: None if following.is_set() else self._link(up)
        )
        for event in stream:
            if event.type == "reset" or (event.type == "hello" and event.data.get("epoch") != epoch):
                break
            if event.type == "hello":
                backlog = int(event.data.get("head", backlog))
            else:
                self._take(event, backlog)
            if self._stop.is_set():
                break
        following.set()
        close = getattr(stream, "close", None)
        if close is not None:
            close()

    def _load(self, told: ToldBoard) -> None:
        """Show what the centre shows now; none of it is spoken, for it was when it happened."""
        calls = tuple(Call(c.call, c.number, c.counter.number, c.called_at) for c in told.now)
        self._show(Display(Board(told.centre_name, told.head, told.epoch, calls, told.waiting)))
        settings = effective_settings(self._client, self._settings)
        if settings.speaker != self._settings.speaker:
            self._use_speaker(self._make_speaker(settings.speaker))
        if settings.ceiling_screen != self._settings.ceiling_screen:
            self._screen.move(settings.ceiling_screen)
        self._settings = settings

    def _take(self, event: Event, backlog: int) -> None:
        """One journal entry. Those up to ``backlog`` happened before the link was up: they may be too old."""
        if event.id is None:
            return
        now = self._now()
        monotonic = time.monotonic()
        at = now
        if event.id <= backlog:
            at = min(now, _moment(event.data.get("at"), now))
            monotonic -= (now - at).total_seconds()
        try:
            board = self._display.board
            if board is None:
                return
            board, call = boards.after(board, event.id, event.type, event.data, at)
            self._show(replace(self._display, board=board))
            if call is not None:
                heard = _Heard(call, monotonic)
                self._workers["speaker"].submit(lambda: self._speak(heard))
            elif event.type == "device.requested":
                self._asked(event.data["request"])
        except (KeyError, TypeError, ValueError) as error:
            _LOG.error("entry %d (%s) is not what the centre promises: %r", event.id, event.type, error)

    def _link(self, up: bool) -> None:
        display = self._display
        if up:
            self._show(replace(display, lost_at=None))
        elif display.lost_at is None:
            self._show(replace(display, lost_at=self._now()))

    def _show(self, display: Display) -> None:
        if display != self._display:
            self._display = display
            self._on_change()

    # calling aloud

    def _speak(self, heard: _Heard) -> None:
        """On the loudspeaker's thread: one call to its end, if it is still worth hearing."""
        if self._stop.is_set():
            return
        age = time.monotonic() - heard.monotonic
        if age > SPOKEN_WITHIN_SECONDS:
            _LOG.warning("call %d was shown but is %.0f s old: not spoken", heard.call.call, age)
            return
        try:
            words = announcement(heard.call.number, heard.call.counter)
        except ValueError as error:
            _LOG.error("call %d cannot be spoken: %s", heard.call.call, error)
            return
        self._speaker.announce(Announcement(words))

    @property
    def _speaker(self) -> Speaker:
        device = self._workers["speaker"].device
        if not isinstance(device, Speaker):
            raise TypeError("the loudspeaker's worker has another device")
        return device

    def _use_speaker(self, speaker: Speaker) -> None:
        """Speak with another one from the next call on; those waiting are not lost."""
        worker = self._workers["speaker"]

        def change() -> None:
            worker.device.close()
            worker.device = speaker

        worker.submit(change)

    # devices

    def _status_changed(self, _status: DeviceStatus) -> None:
        self._report_now.set()

    def _report(self) -> None:
        """Tell the centre how the devices are: on every change, and at least each ``REPORT_SECONDS``."""
        while not self._stop.is_set():
            pause = REPORT_SECONDS
            self._report_now.clear()
            for name, worker in self._workers.items():
                status = worker.status
                if worker.status.condition is Condition.BUSY and not status.facts:
                    continue  # never asked yet
                try:
                    self._client.report_device(
                        name, status.condition.value, status.failure, status.warning, dict(status.facts)
                    )
                except CentreError as error:
                    if error.code is not FailureCode.CENTRE_UNREACHABLE:
                        _LOG.error("the centre does not take the report on %s: %s", name, error)
                    pause = AGAIN_SECONDS
            self._report_now.wait(pause)

    def _catch_up_requests(self) -> None:
        """Requests made while this process was away."""
        for name in self._workers:
            for request in self._client.device_requests(name, "requested"):
                self._desk.submit(self._answer, request.id, name, request.kind, request.settings)

    def _asked(self, request: dict[str, Any]) -> None:
        if request["device"] in self._workers:
            self._desk.submit(
                self._answer, request["id"], request["device"], request["kind"], request["settings"] or {}
            )

    def _answer(self, request_id: str, name: str, kind: str, changes: dict[str, Any]) -> None:
        """Test a device, or try changed settings on it, and answer. On the desk's thread."""
        worker = self._workers[name]
        take_over: Callable[[], None] | None = None
        try:
            if kind == "test":
                # Which device the worker has may change while this waits its turn.
                report = worker.submit(lambda: worker.device.test()).result(TEST_SECONDS)  # noqa: PLW0108
            else:
                report, take_over = worker.submit(lambda: self._tried(name, changes)).result(TEST_SECONDS)
        except (LateError, WorkerStoppedError, CancelledError):
            report = TestReport(False, failure=FailureCode.DEVICE_SILENT)
        except Exception as error:  # a bug of the driver, already logged by the worker, is an answer too
            report = TestReport(False, (("error", type(error).__name__),), FailureCode.UNEXPECTED)
        try:
            self._client.answer_device_request(request_id, report.passed, report.lines, report.failure)
        except CentreError as error:
            _LOG.warning("the answer on %s was not taken (%s): nothing is changed", name, error.code)
            return
        if take_over is not None:
            take_over()
        worker.refresh()

    def _tried(self, name: str, changes: dict[str, Any]) -> tuple[TestReport, Callable[[], None] | None]:
        """Check changed settings with the device itself; what to do once the centre has kept them."""
        current: BaseModel = getattr(self._settings, name)
        try:
            wanted = type(current).model_validate({**current.model_dump(), **changes})
        except ValidationError as error:
            lines = tuple((".".join(map(str, item["loc"])), item["msg"]) for item in error.errors())
            return TestReport(False, lines, FailureCode.DEVICE_SETTING_INVALID), None
        if isinstance(wanted, SpeakerSettings):
            return self._tried_speaker(wanted)
        if not isinstance(wanted, ScreenSettings):
            raise TypeError(f"{name} is no device of the display")
        failure = self._screen.check(wanted) if wanted.enabled else None
        if failure is not None:
            return TestReport(False, failure=failure), None

        def move() -> None:
            self._settings = self._settings.model_copy(update={"ceiling_screen": wanted})
            self._screen.move(wanted)

        return TestReport(True), move

    def _tried_speaker(self, wanted: SpeakerSettings) -> tuple[TestReport, Callable[[], None] | None]:
        candidate = self._make_speaker(wanted)
        status = candidate.status()
        if status.failure is not None:
            candidate.close()
            return TestReport(False, tuple(status.facts.items()), status.failure), None

        def change() -> None:
            self._settings = self._settings.model_copy(update={"speaker": wanted})
            self._use_speaker(candidate)

        return TestReport(True, tuple(status.facts.items())), change


def _moment(text: object, otherwise: datetime) -> datetime:
    try:
        return datetime.fromisoformat(str(text))
    except ValueError:
        return otherwise

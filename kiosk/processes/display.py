"""What the ceiling display does without its window: follows the centre, calls aloud, minds its devices.

A call is shown at once and spoken in its turn: the board changes on the thread that reads the journal, the
loudspeaker works on its own. After a restart the board is right at once and nothing old is spoken.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from pydantic import BaseModel

from devices.contract import Device
from devices.screen import Screen, Window
from devices.speaker import Announcement, Speaker
from kiosk import board as boards
from kiosk.board import Board, Call, Display
from kiosk.client import Board as ToldBoard
from kiosk.client import CentreClient, CentreError, Event
from kiosk.failures import FailureCode
from kiosk.processes.owned_devices import OwnedDevices
from kiosk.settings import DeviceSettings, ScreenSettings, SpeakerSettings
from kiosk.speech import announcement

_LOG = logging.getLogger(__name__)

SPOKEN_WITHIN_SECONDS = 30.0
"""A call older than this when its turn to be spoken comes is only shown: the person has read it, or gone."""
AGAIN_SECONDS = 1.0
RELOAD_SECONDS = 0.1
REFUSED_AGAIN_SECONDS = 10.0
POLL_SECONDS: Mapping[str, float] = {"speaker": 10.0, "ceiling_screen": 10.0}


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
        self._window = window
        self._on_change = on_change
        self._make_speaker = make_speaker
        self._now = now
        self._display = Display(lost_at=now())
        self._devices = OwnedDevices(client, settings, POLL_SECONDS, self._build, listen=False)
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._follow, name="board", daemon=True)

    @property
    def display(self) -> Display:
        """What is to be shown now."""
        return self._display

    def start(self) -> None:
        """Begin following; returns at once."""
        self._devices.start()
        self._devices.worker("speaker").submit(self._speaker.warm_up)
        self._thread.start()

    def stop(self) -> None:
        """End everything within a few seconds; what is being spoken is cut off."""
        self._stop.set()
        self._devices.stop(cut_off=True)

    # the board

    def _follow(self) -> None:
        board: Board | None = None  # what to go on from; None: load it anew
        while not self._stop.is_set():
            pause = RELOAD_SECONDS
            try:
                if board is None:
                    self._load(self._client.board())
                board = self._display.board
                self._devices.catch_up()
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
                self._devices.worker("speaker").submit(lambda: self._speak(heard))
        except (KeyError, TypeError, ValueError) as error:
            _LOG.error("entry %d (%s) is not what the centre promises: %r", event.id, event.type, error)
        self._devices.take(event)

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
        device = self._devices.worker("speaker").device
        if not isinstance(device, Speaker):
            raise TypeError("the loudspeaker's worker has another device")
        return device

    # devices

    def _build(self, name: str, settings: BaseModel) -> Device:
        match settings:
            case SpeakerSettings():
                return self._make_speaker(settings)
            case ScreenSettings():
                return Screen(name, settings, self._window)
            case _:
                raise TypeError(f"{name} is no device of the display")


def _moment(text: object, otherwise: datetime) -> datetime:
    try:
        return datetime.fromisoformat(str(text))
    except ValueError:
        return otherwise

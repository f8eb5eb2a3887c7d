"""The start screen in pixels."""

from __future__ import annotations

from pathlib import Path

from kivy.clock import Clock, ClockEvent
from kivy.lang import Builder
from kivy.properties import BooleanProperty, ObjectProperty, StringProperty

from screens.citizen.parts import Message
from screens.citizen.start.presenter import Door, StartView
from screens.theme import current
from screens.widgets.doors import DoorTile
from screens.widgets.notices import Notice
from screens.widgets.page import Page
from screens.widgets.rows import Rows

Builder.load_file(str(Path(__file__).with_name("view.kv")))

NOTICES_AT_ONCE = (2, 1, 1)  # by the size of the letters
TURN_SECONDS = 12.0
"""So long some notices stand where there are more of them than fit."""


class StartPage(Page):
    """Nothing personal: the card, or one of the doors."""

    view_model = StartView

    title = StringProperty("")
    action = StringProperty("")
    action_hint = StringProperty("")
    hours = StringProperty("")
    privacy = StringProperty("")
    doors = ObjectProperty(())
    messages = ObjectProperty(())
    notices = ObjectProperty(())
    card_wanted = BooleanProperty(True)
    card_left = BooleanProperty(False)
    spoken = ObjectProperty(())

    shown = BooleanProperty(False)  # it stands on the window

    def __init__(self, **kwargs: object) -> None:
        super().__init__(**kwargs)
        self._doors: Rows[Door, DoorTile] = Rows(self.ids.doors, DoorTile, _show_door)
        self._messages: Rows[Message, Notice] = Rows(self.ids.messages, Notice, _show_message)
        self._notices: Rows[str, Notice] = Rows(self.ids.notices, Notice, _show_notice)
        self._first = 0
        self._turning: ClockEvent | None = None

    def on_parent(self, *_args: object) -> None:
        """What moves stands still while nobody sees it."""
        self.shown = self.parent is not None
        self._turn_by_itself()

    def on_doors(self, *_args: object) -> None:
        """One tile for each door."""
        self._doors.show(self.doors)

    def on_messages(self, *_args: object) -> None:
        """One notice for each message."""
        self._messages.show(self.messages)
        self.on_notices()

    def on_notices(self, *_args: object) -> None:
        """The first of the centre's notices; the others take their turn."""
        self._first = 0
        self._show_notices()
        self._turn_by_itself()

    @property
    def _at_once(self) -> int:
        """Notices of the centre at a time; lying, the machine's own messages take the room of some."""
        theme = current()
        most = NOTICES_AT_ONCE[theme.text_size]
        return most if theme.portrait else max(1, most - len(self.messages))

    def _turn_by_itself(self) -> None:
        if self._turning is not None:
            self._turning.cancel()
            self._turning = None
        if self.shown and len(self.notices) > self._at_once:
            self._turning = Clock.schedule_interval(self._turn, TURN_SECONDS)

    def _turn(self, _seconds: float) -> None:
        self._first += self._at_once
        if self._first >= len(self.notices):
            self._first = 0
        self._show_notices()

    def _show_notices(self) -> None:
        self._notices.show(self.notices[self._first : self._first + self._at_once])


def _show_door(tile: DoorTile, door: Door) -> None:
    tile.door = door


def _show_message(notice: Notice, message: Message) -> None:
    notice.message = message


def _show_notice(notice: Notice, text: str) -> None:
    notice.message = Message(text)

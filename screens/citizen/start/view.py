"""The start screen in pixels."""

from __future__ import annotations

from pathlib import Path

from kivy.lang import Builder
from kivy.properties import BooleanProperty, ObjectProperty, StringProperty

from screens.citizen.parts import Message
from screens.citizen.start.presenter import StartView
from screens.widgets.notices import Notice
from screens.widgets.page import Page
from screens.widgets.rows import Rows

Builder.load_file(str(Path(__file__).with_name("view.kv")))


class StartPage(Page):
    """Nothing personal, one thing to do."""

    view_model = StartView

    title = StringProperty("")
    action = StringProperty("")
    action_hint = StringProperty("")
    notice = StringProperty("")
    without_card = ObjectProperty(None, allownone=True)
    clips = ObjectProperty(None, allownone=True)
    messages = ObjectProperty(())
    card_wanted = BooleanProperty(True)
    card_left = BooleanProperty(False)

    def __init__(self, **kwargs: object) -> None:
        super().__init__(**kwargs)
        self._messages: Rows[Message, Notice] = Rows(self.ids.messages, Notice, _show_message)

    def on_messages(self, *_args: object) -> None:
        """One notice for each message."""
        self._messages.show(self.messages)


def _show_message(notice: Notice, message: Message) -> None:
    notice.message = message

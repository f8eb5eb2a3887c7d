"""The number in pixels."""

from __future__ import annotations

from pathlib import Path

from kivy.lang import Builder
from kivy.properties import ObjectProperty, StringProperty

from screens.citizen.parts import Button
from screens.citizen.ticket.presenter import TicketView
from screens.widgets.doors import QuietTile
from screens.widgets.page import Page
from screens.widgets.rows import Rows

Builder.load_file(str(Path(__file__).with_name("view.kv")))


class TicketPage(Page):
    """The number, big, with its QR."""

    view_model = TicketView

    title = StringProperty("")
    number = StringProperty("")
    service = StringProperty("")
    service_said = StringProperty("")
    ahead = StringProperty("")
    wait = StringProperty("")
    counters = StringProperty("")
    note = ObjectProperty(None, allownone=True)
    follow_url = StringProperty("")
    qr_hint = StringProperty("")
    printing = ObjectProperty(None, allownone=True)
    proceed = ObjectProperty(None, allownone=True)
    others = ObjectProperty(())
    matters = StringProperty("")
    issued = StringProperty("")
    spoken = ObjectProperty(())
    card_reminder = ObjectProperty(None, allownone=True)

    def __init__(self, **kwargs: object) -> None:
        super().__init__(**kwargs)
        self._others: Rows[Button, QuietTile] = Rows(self.ids.others, QuietTile, _show_other)

    def on_others(self, *_args: object) -> None:
        """One quiet button for each further way on."""
        self._others.show(self.others)


def _show_other(tile: QuietTile, button: Button) -> None:
    tile.button = button

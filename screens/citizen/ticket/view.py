"""The number in pixels."""

from __future__ import annotations

from pathlib import Path

from kivy.lang import Builder
from kivy.properties import ObjectProperty, StringProperty

from screens.citizen.ticket.presenter import TicketView
from screens.widgets.page import Page

Builder.load_file(str(Path(__file__).with_name("view.kv")))


class TicketPage(Page):
    """The number, big, with its QR."""

    view_model = TicketView

    title = StringProperty("")
    number = StringProperty("")
    service = StringProperty("")
    ahead = StringProperty("")
    wait = StringProperty("")
    counters = StringProperty("")
    note = ObjectProperty(None, allownone=True)
    follow_url = StringProperty("")
    qr_hint = StringProperty("")
    printing = ObjectProperty(None, allownone=True)
    proceed = ObjectProperty(None, allownone=True)
    another = ObjectProperty(None, allownone=True)
    finish = ObjectProperty(None, allownone=True)
    card_reminder = ObjectProperty(None, allownone=True)

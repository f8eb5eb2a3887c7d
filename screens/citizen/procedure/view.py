"""One procedure: what to bring, how long, the fee."""

from __future__ import annotations

from pathlib import Path

from kivy.lang import Builder
from kivy.properties import ObjectProperty, StringProperty

from screens.citizen.procedure.presenter import ProcedureView
from screens.widgets.page import Page

Builder.load_file(str(Path(__file__).with_name("view.kv")))


class ProcedurePage(Page):
    """One procedure: what to bring, how long, the fee."""

    view_model = ProcedureView

    title = StringProperty("")
    back = ObjectProperty(None, allownone=True)
    spoken = ObjectProperty(())

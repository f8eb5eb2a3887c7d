"""What one wants to do, as one types, and what fits."""

from __future__ import annotations

from pathlib import Path

from kivy.lang import Builder
from kivy.properties import ObjectProperty, StringProperty

from screens.citizen.find_procedure.presenter import FindProcedureView
from screens.widgets.page import Page

Builder.load_file(str(Path(__file__).with_name("view.kv")))


class FindProcedurePage(Page):
    """What one wants to do, as one types, and what fits."""

    view_model = FindProcedureView

    title = StringProperty("")
    back = ObjectProperty(None, allownone=True)
    spoken = ObjectProperty(())

"""Something failed, in pixels."""

from __future__ import annotations

from pathlib import Path

from kivy.lang import Builder
from kivy.properties import ObjectProperty, StringProperty

from screens.citizen.problem.presenter import ProblemView
from screens.widgets.page import Page

Builder.load_file(str(Path(__file__).with_name("view.kv")))


class ProblemPage(Page):
    """What happened, what to do now, what is kept."""

    view_model = ProblemView

    title = StringProperty("")
    what_to_do = StringProperty("")
    kept = StringProperty("")
    number = StringProperty("")
    code = StringProperty("")
    primary = ObjectProperty(None, allownone=True)
    others = ObjectProperty(())
    spoken = ObjectProperty(())

"""The code of a dossier and where to look it up."""

from __future__ import annotations

from pathlib import Path

from kivy.lang import Builder
from kivy.properties import ObjectProperty, StringProperty

from screens.citizen.my_dossier.presenter import MyDossierView
from screens.widgets.page import Page

Builder.load_file(str(Path(__file__).with_name("view.kv")))


class MyDossierPage(Page):
    """The code of a dossier and where to look it up."""

    view_model = MyDossierView

    title = StringProperty("")
    back = ObjectProperty(None, allownone=True)
    spoken = ObjectProperty(())

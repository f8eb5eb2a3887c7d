"""Turning the pages of a list that does not fit one screen."""

from __future__ import annotations

from kivy.lang import Builder
from kivy.properties import ObjectProperty
from kivy.uix.boxlayout import BoxLayout

from screens.widgets import buttons as _buttons  # noqa: F401 - kv names its classes

Builder.load_string(
    """
<Turning>:
    size_hint_y: None
    height: max(before.height, place.height, after.height) + theme.mm(2) if self.pages is not None else 0
    opacity: 1 if self.pages is not None else 0
    spacing: theme.mm(4)
    SecondaryButton:
        id: before
        least_mm: 20
        pos_hint: {"center_y": 0.5}
    Words:
        id: place
        halign: "center"
        pos_hint: {"center_y": 0.5}
    SecondaryButton:
        id: after
        least_mm: 20
        pos_hint: {"center_y": 0.5}
"""
)


class Turning(BoxLayout):
    """*Before*, where one is, *after*; takes no place where there is nothing to turn."""

    pages = ObjectProperty(None, allownone=True)

    def on_pages(self, *_args: object) -> None:
        """Show the ways that there are."""
        pages = self.pages
        self.ids.before.button = pages.before if pages is not None and pages.before.enabled else None
        self.ids.after.button = pages.after if pages is not None and pages.after.enabled else None
        self.ids.place.text = pages.place if pages is not None else ""

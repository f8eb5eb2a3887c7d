"""Letters, colours, reach, hand and voice in pixels."""

from __future__ import annotations

from pathlib import Path

from kivy.lang import Builder
from kivy.properties import NumericProperty, ObjectProperty, StringProperty

from screens.citizen.comfort.presenter import ComfortView, Group
from screens.widgets.options import Options
from screens.widgets.page import Page
from screens.widgets.rows import Rows

Builder.load_file(str(Path(__file__).with_name("view.kv")))


class ComfortPanel(Page):
    """Everything takes effect at once; *done* closes."""

    view_model = ComfortView

    title = StringProperty("")
    groups = ObjectProperty(())
    loudness = StringProperty("")
    softer = ObjectProperty(None, allownone=True)
    louder = ObjectProperty(None, allownone=True)
    volume = NumericProperty(0)
    loudest = NumericProperty(0)
    close = ObjectProperty(None, allownone=True)
    spoken = ObjectProperty(())

    def __init__(self, **kwargs: object) -> None:
        super().__init__(**kwargs)
        self._groups: Rows[Group, Options] = Rows(
            self.ids.groups, Options, _show_group, before=self.ids.volume
        )

    def on_groups(self, *_args: object) -> None:
        """One row of options for each."""
        self._groups.show(self.groups)


def _show_group(options: Options, group: Group) -> None:
    options.heading, options.options = group.heading, group.options

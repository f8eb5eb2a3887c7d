"""What is pressed while a clip plays: one large button to stop and go on, the others around it."""

from __future__ import annotations

from kivy.lang import Builder
from kivy.properties import ObjectProperty
from kivy.uix.boxlayout import BoxLayout

from screens.widgets import buttons as _buttons  # noqa: F401 - kv names its classes

Builder.load_string(
    """
#:import LevelGrid screens.widgets.tiles.LevelGrid

<ClipControls>:
    orientation: "vertical"
    size_hint_y: None
    height: self.minimum_height
    spacing: theme.mm(5) if self.controls and self.controls.back else theme.mm(2.5)
    PrimaryButton:
        button: root.controls.pause if root.controls else None
    LevelGrid:
        cols: 2
        size_hint_y: None
        height: self.minimum_height
        spacing: theme.mm(5) if root.controls and root.controls.back else 0
        SecondaryButton:
            button: root.controls.back if root.controls else None
        SecondaryButton:
            button: root.controls.forward if root.controls else None
        SecondaryButton:
            button: root.controls.speed if root.controls else None
        SecondaryButton:
            button: root.controls.captions if root.controls else None
    SecondaryButton:
        button: root.controls.take if root.controls else None
"""
)


class ClipControls(BoxLayout):
    """The ``controls`` of the view-model as buttons."""

    controls = ObjectProperty(None, allownone=True)

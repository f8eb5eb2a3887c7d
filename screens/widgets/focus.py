"""The ring around what the keys stand on: thick, of its own colour, clear of the words."""

from __future__ import annotations

from kivy.graphics import Color, InstructionGroup, SmoothLine
from kivy.uix.widget import Widget

from screens.theme import current

CLEAR_MM = 0.7  # between the control and the ring
RIM_MM = 0.5
RING_MM = 1.9


class FocusRing(Widget):
    """Follows ``around`` while that is set; it lies above everything and takes no touch."""

    def __init__(self, **kwargs: object) -> None:
        super().__init__(size_hint=(None, None), size=(0, 0), **kwargs)
        self._around: Widget | None = None
        self._drawing = InstructionGroup()
        self.canvas.add(self._drawing)

    @property
    def around(self) -> Widget | None:
        """What it stands around."""
        return self._around

    def stand_around(self, widget: Widget | None) -> None:
        """Go around ``widget``; ``None``: vanish."""
        if self._around is not None:
            self._around.unbind(pos=self.draw, size=self.draw)
        self._around = widget
        if widget is not None:
            widget.bind(pos=self.draw, size=self.draw)
        self.draw()

    def draw(self, *_args: object) -> None:
        """Draw it where the widget stands now."""
        self._drawing.clear()
        widget = self._around
        if widget is None or widget.get_root_window() is None:
            return
        theme = current()
        left, bottom = widget.to_window(*widget.pos)
        for out_mm, thick_mm, colour in (
            (CLEAR_MM, RIM_MM, theme.focus_rim),
            (CLEAR_MM + (RIM_MM + RING_MM) / 2, RING_MM, theme.focus),
        ):
            out = theme.mm.px_per_mm * out_mm
            box = (left - out, bottom - out, widget.width + 2 * out, widget.height + 2 * out)
            self._drawing.add(Color(*colour))
            self._drawing.add(
                SmoothLine(
                    rounded_rectangle=(*box, theme.radius + out), width=theme.mm.px_per_mm * thick_mm / 2
                )
            )

    def on_touch_down(self, touch: object) -> bool:
        """Nothing of it is felt."""
        return False

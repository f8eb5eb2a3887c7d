"""The ticket as it comes out of the printer: a sheet torn off at its lower edge."""

from __future__ import annotations

from kivy.graphics import Color, InstructionGroup, Mesh, SmoothLine

from screens.theme import current
from screens.widgets.column import Column

TEETH_MM = 6.0


class Slip(Column):
    """A column on paper whose lower edge is torn."""

    def __init__(self, **kwargs: object) -> None:
        theme = current()
        super().__init__(inset_x=theme.mm(8), inset_y=theme.mm(7), **kwargs)
        self._paper = InstructionGroup()
        self.canvas.before.add(self._paper)
        self.bind(pos=self._draw, size=self._draw)

    def _draw(self, *_args: object) -> None:
        theme = current()
        self._paper.clear()
        if self.width < 1 or self.height < 1:
            return
        count = max(2, round(self.width / theme.mm(TEETH_MM)))
        tooth = self.width / count
        deep = tooth * 0.45
        right, top = self.x + self.width, self.y + self.height  # ``right`` and ``top`` follow only afterwards
        edge = [(self.x + n * tooth / 2, self.y + (deep if n % 2 else 0)) for n in range(2 * count + 1)]
        outline = [(self.x, top), *edge, (right, top)]
        strip = [point for x, y in edge for point in ((x, top), (x, y))]
        vertices = [value for x, y in strip for value in (x, y, 0, 0)]
        self._paper.add(Color(*theme.surface))
        self._paper.add(Mesh(vertices=vertices, indices=range(len(strip)), mode="triangle_strip"))
        self._paper.add(Color(*theme.edge))
        flat = [value for point in outline for value in point]
        self._paper.add(SmoothLine(points=flat, close=True, width=max(1.0, theme.line / 2)))

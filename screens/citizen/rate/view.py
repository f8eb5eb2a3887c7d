"""How it was, in pixels."""

from __future__ import annotations

from pathlib import Path

from kivy.lang import Builder
from kivy.properties import BooleanProperty, NumericProperty, ObjectProperty, StringProperty

from screens.citizen.rate.presenter import AspectChoice, Face, RateView
from screens.widgets.buttons import ChoiceTile
from screens.widgets.faces import FaceTile
from screens.widgets.page import Page
from screens.widgets.rows import Rows

Builder.load_file(str(Path(__file__).with_name("view.kv")))


class RatePage(Page):
    """Five faces; then what about, and words."""

    view_model = RateView

    step = StringProperty("")
    title = StringProperty("")
    hint = StringProperty("")
    private = StringProperty("")
    faces = ObjectProperty(())
    face = NumericProperty(0)
    face_words = StringProperty("")
    aspects = ObjectProperty(())
    entry = StringProperty("")
    entry_hint = StringProperty("")
    keyboard = ObjectProperty(None, allownone=True)
    message = ObjectProperty(None, allownone=True)
    proceed = ObjectProperty(None, allownone=True)
    write = ObjectProperty(None, allownone=True)
    back = ObjectProperty(None, allownone=True)
    leave = ObjectProperty(None, allownone=True)
    spoken = ObjectProperty(())

    writing = BooleanProperty(False)

    def __init__(self, **kwargs: object) -> None:
        super().__init__(**kwargs)
        self._faces: Rows[Face, FaceTile] = Rows(self.ids.faces, self._face_tile, _show_face)
        self._aspects: Rows[AspectChoice, ChoiceTile] = Rows(self.ids.aspects, _aspect_tile, _show_aspect)

    def _face_tile(self) -> FaceTile:
        tile = FaceTile()
        tile.bind(own_height=self._level)
        return tile

    def _level(self, *_args: object) -> None:
        """The faces are equally tall."""
        tiles: list[FaceTile] = self.ids.faces.children
        for tile in tiles:
            tile.row_height = max(one.own_height for one in tiles)

    def on_faces(self, *_args: object) -> None:
        """One tile for each face."""
        self._faces.show(self.faces)
        self._level()

    def on_aspects(self, *_args: object) -> None:
        """One tile for each aspect."""
        self._aspects.show(self.aspects)


def _show_face(tile: FaceTile, face: Face) -> None:
    tile.choice = face


def _aspect_tile() -> ChoiceTile:
    return ChoiceTile(leads_on=False)


def _show_aspect(tile: ChoiceTile, choice: AspectChoice) -> None:
    tile.button, tile.chosen = choice.button, choice.chosen

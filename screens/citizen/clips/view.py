"""Instruction clips in pixels: the list and the player."""

from __future__ import annotations

from pathlib import Path

from kivy.lang import Builder
from kivy.properties import BooleanProperty, ObjectProperty, StringProperty

from screens.citizen.clips.presenter import ClipCard, ClipsView
from screens.widgets.clip_player import ClipPlayer
from screens.widgets.clip_tile import ClipTile
from screens.widgets.page import Page
from screens.widgets.rows import Rows

Builder.load_file(str(Path(__file__).with_name("view.kv")))


class ClipsPage(Page):
    """The list while nothing plays, else the player with its captions."""

    view_model = ClipsView

    title = StringProperty("")
    cards = ObjectProperty(())
    playing = ObjectProperty(None, allownone=True)
    attract = BooleanProperty(False)
    touch_hint = StringProperty("")
    stop = ObjectProperty(None, allownone=True)
    back = ObjectProperty(None, allownone=True)

    def __init__(self, **kwargs: object) -> None:
        super().__init__(**kwargs)
        self._cards: Rows[ClipCard, ClipTile] = Rows(self.ids.cards, ClipTile, _show_card)
        self.player = ClipPlayer()

    def on_cards(self, *_args: object) -> None:
        """One tile for each clip."""
        self._cards.show(self.cards)

    def on_playing(self, *_args: object) -> None:
        """Start, change or stop the player; it replaces the list."""
        self.player.playing = self.playing
        middle = self.ids.middle
        wanted = self.player if self.playing is not None else self.ids.list
        if middle.children != [wanted]:
            middle.clear_widgets()
            middle.add_widget(wanted)


def _show_card(tile: ClipTile, card: ClipCard) -> None:
    tile.button, tile.length = card.button, card.length
    tile.poster = str(card.poster) if card.poster is not None else ""

"""The choice of a service in pixels."""

from __future__ import annotations

from pathlib import Path

from kivy.lang import Builder
from kivy.properties import ListProperty, ObjectProperty, StringProperty

from screens.citizen.services.presenter import ServiceCard, ServicesView
from screens.theme import current
from screens.widgets.buttons import ChoiceTile
from screens.widgets.page import Page
from screens.widgets.rows import Rows

Builder.load_file(str(Path(__file__).with_name("view.kv")))


class ServicesPage(Page):
    """One touch gives a number."""

    view_model = ServicesView

    title = StringProperty("")
    greeting = StringProperty("")
    proven = ObjectProperty(None, allownone=True)
    cards = ObjectProperty(())
    loading = StringProperty("")
    message = ObjectProperty(None, allownone=True)
    find = ObjectProperty(None, allownone=True)
    priority = ObjectProperty(None, allownone=True)
    pages = ObjectProperty(None, allownone=True)
    back = ObjectProperty(None, allownone=True)
    finish = ObjectProperty(None, allownone=True)
    spoken = ObjectProperty(())

    turning = ListProperty([])  # lying, the ways to other pages stand among the ways out

    def __init__(self, **kwargs: object) -> None:
        super().__init__(**kwargs)
        self._cards: Rows[ServiceCard, ChoiceTile] = Rows(self.ids.cards, self._tile, _show_card)

    def _tile(self) -> ChoiceTile:
        tile = ChoiceTile()
        tile.bind(own_height=self._level)
        return tile

    def on_cards(self, *_args: object) -> None:
        """One tile for each service."""
        self._cards.show(self.cards)
        self._level()

    def on_pages(self, *_args: object) -> None:
        """The ways to other pages, where they have no row of their own."""
        ways = (self.pages.before, self.pages.after) if self.pages and not current().portrait else ()
        self.turning = [way for way in ways if way.enabled]

    def _level(self, *_args: object) -> None:
        """Tiles side by side are equally tall."""
        tiles: list[ChoiceTile] = self.ids.cards.children[::-1]
        columns = self.ids.cards.cols
        for start in range(0, len(tiles), columns):
            row = tiles[start : start + columns]
            for tile in row:
                tile.row_height = max(one.own_height for one in row)


def _show_card(tile: ChoiceTile, card: ServiceCard) -> None:
    tile.button = card.button
    tile.busy = card.busy
    tile.state_words = "  ·  ".join(words for words in (card.fits, card.badge, card.waiting) if words)

"""Instruction clips in pixels: the list and the player."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from kivy.lang import Builder
from kivy.properties import BooleanProperty, ObjectProperty, StringProperty
from kivy.uix.boxlayout import BoxLayout

from kiosk.visit.events import ClipStopped
from screens.citizen.clips.presenter import ClipCard, ClipsView, Topic
from screens.widgets import clip_controls as _clip_controls  # noqa: F401 - kv names its classes
from screens.widgets.clip_player import ClipPlayer
from screens.widgets.clip_tile import ClipTile, TopicButton
from screens.widgets.page import Page
from screens.widgets.rows import Rows

Builder.load_file(str(Path(__file__).with_name("view.kv")))


class TakeAlongCard(BoxLayout):
    """The code that brings the clip to a phone; nothing while ``take`` is None."""

    take = ObjectProperty(None, allownone=True)


class ClipsPage(Page):
    """The list while nothing plays, else the player with its captions."""

    view_model = ClipsView

    title = StringProperty("")
    topics = ObjectProperty(())
    cards = ObjectProperty(())
    page = StringProperty("")
    previous = ObjectProperty(None, allownone=True)
    following = ObjectProperty(None, allownone=True)
    find = ObjectProperty(None, allownone=True)
    playing = ObjectProperty(None, allownone=True)
    controls = ObjectProperty(None, allownone=True)
    take = ObjectProperty(None, allownone=True)
    attract = BooleanProperty(False)
    touch_hint = StringProperty("")
    stop = ObjectProperty(None, allownone=True)
    back = ObjectProperty(None, allownone=True)
    spoken = ObjectProperty(())

    def __init__(self, **kwargs: object) -> None:
        super().__init__(**kwargs)
        self._cards: Rows[ClipCard, ClipTile] = Rows(self.ids.cards, ClipTile, _show_card)
        self._topics: Rows[Topic, TopicButton] = Rows(self.ids.topics, TopicButton, _show_topic)
        self.player = ClipPlayer()
        self.ids.player_place.add_widget(self.player)
        # ids are weak: what is taken out of the page would be gone
        self._list, self._playing_side = self.ids.list.__self__, self.ids.playing_side.__self__
        self._controls_place = self.ids.controls_place.__self__
        self.ids.middle.remove_widget(self._playing_side)

    def on_cards(self, *_args: object) -> None:
        """One tile for each clip."""
        self._cards.show(self.cards)

    def on_topics(self, *_args: object) -> None:
        """One button for each topic."""
        self._topics.show(self.topics)

    def on_playing(self, *_args: object) -> None:
        """Start, change or stop the player; it replaces the list."""
        self.player.playing = self.playing
        middle = self.ids.middle
        wanted = self._playing_side if self.playing is not None else self._list
        if middle.children != [wanted]:
            middle.clear_widgets()
            middle.add_widget(wanted)

    def on_attract(self, *_args: object) -> None:
        """Clips that run by themselves have the whole place."""
        place, controls = self._playing_side, self._controls_place
        if self.attract and controls.parent is place:
            place.remove_widget(controls)
        elif not self.attract and controls.parent is None:
            place.add_widget(controls)

    def send_event(self, event: object) -> None:
        """Pass on what was pressed; leaving a clip tells where."""
        if isinstance(event, ClipStopped):
            event = replace(event, position=self.player.position)
        super().send_event(event)


def _show_card(tile: ClipTile, card: ClipCard) -> None:
    tile.button, tile.length = card.button, card.length
    tile.poster = str(card.poster) if card.poster is not None else ""


def _show_topic(widget: TopicButton, topic: Topic) -> None:
    widget.button, widget.chosen = topic.button, topic.chosen

"""The offer of the form in pixels."""

from __future__ import annotations

from pathlib import Path

from kivy.lang import Builder
from kivy.properties import ObjectProperty, StringProperty

from screens.citizen.offer_form.presenter import NoticeLine, OfferFormView
from screens.widgets.notices import HeadedWords
from screens.widgets.page import Page
from screens.widgets.rows import Rows

Builder.load_file(str(Path(__file__).with_name("view.kv")))


class OfferFormPage(Page):
    """What it is, what happens with the data, the tap of consent."""

    view_model = OfferFormView

    title = StringProperty("")
    lead = StringProperty("")
    number = StringProperty("")
    notice = ObjectProperty(())
    consent = StringProperty("")
    accept = ObjectProperty(None, allownone=True)
    refuse = ObjectProperty(None, allownone=True)
    clip = ObjectProperty(None, allownone=True)
    spoken = ObjectProperty(())

    def __init__(self, **kwargs: object) -> None:
        super().__init__(**kwargs)
        self._notice: Rows[NoticeLine, HeadedWords] = Rows(self.ids.notice, HeadedWords, _show_line)

    def on_notice(self, *_args: object) -> None:
        """One paragraph for each line."""
        self._notice.show(self.notice)


def _show_line(words: HeadedWords, line: NoticeLine) -> None:
    words.heading, words.text = line.heading, line.text

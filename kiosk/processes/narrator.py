"""What the kiosk's voice says of the screens, and when: between what is shown and ``SpeechGuide``."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from kiosk.processes.speech_guide import VOICES, Sentence, SpeechGuide
from kiosk.speech.news import News, fresh
from kiosk.visit.comfort import Comfort, Voice

REST_SECONDS = 1.0
"""So long no key was pressed when what was found is said: who types on hears nothing of each letter."""


class Narrator:
    """Decides what the guide says of the screens: each screen once when it comes, and while it stands what
    its ``News`` tells, in its turn. What follows each key is said when the hand rests.

    ``fixed`` gives the sentences of a language in which nothing of a person can stand: those of the catalogue
    that take no values. Only their sounds are kept.
    """

    def __init__(self, guide: SpeechGuide, fixed: Callable[[str], frozenset[str]]) -> None:
        self._guide = guide
        self._fixed = fixed
        self._shown: tuple[object, ...] = ()
        self._visit: object = None
        self._known: frozenset[str] = frozenset()
        self._mistakes = 0
        self._last_mistake: frozenset[str] = frozenset()  # what was said of it, while the same screen stands

    def follow(
        self,
        visit: object,
        screen: object,
        sentences: Sequence[str],
        comfort: Comfort,
        news: Sequence[News] = (),
        *,
        mistakes: int = 0,
    ) -> None:
        """This is shown now. ``visit`` names the visit, ``screen`` what was entered and what lies over it;
        ``news`` is what is said when it comes while the same screen stands. ``mistakes`` counts what did not
        work in this visit: with one more, what was said of the last one is said again where it still stands.
        """
        if visit != self._visit:
            self._visit, self._mistakes = visit, 0
            self._shown = ()
            self._guide.forget()
        shown = (screen, comfort.language, comfort.voice)
        if comfort.voice is Voice.OFF:
            if self._shown != shown:
                self._guide.stop()
        elif self._shown != shown:
            self._say(sentences, comfort)
        elif mistakes > self._mistakes:
            self._tell_mistake(news, sentences, comfort)
        else:
            self._tell(fresh(news, self._known), comfort)
        if self._shown != shown:
            self._last_mistake = frozenset()
        self._shown, self._mistakes = shown, mistakes
        self._known = frozenset(one.key for one in news)

    def _tell_mistake(self, news: Sequence[News], sentences: Sequence[str], comfort: Comfort) -> None:
        """What is new of it and what was said of the last one; of a screen that came with it, the screen."""
        told = fresh(news, self._known - self._last_mistake)
        self._last_mistake = frozenset(one.key for one in told)
        if told:
            self._tell(told, comfort)
        else:
            self._add(sentences, comfort)

    def _tell(self, news: Sequence[News], comfort: Comfort) -> None:
        said = [one.said for one in news]
        if any(one.typing for one in news):
            told = self._sentences(said, comfort)
            self._guide.say(told, comfort.language, comfort.voice, comfort.volume, after=REST_SECONDS)
        elif said:
            self._add(said, comfort)

    def _add(self, sentences: Sequence[str], comfort: Comfort) -> None:
        told = self._sentences(sentences, comfort)
        self._guide.add(told, comfort.language, comfort.voice, comfort.volume, once=True)

    def focus(self, text: str, comfort: Comfort) -> None:
        """The keypad has moved to something that is called so."""
        if comfort.voice is not Voice.OFF:
            self._say((text,), comfort)

    def close(self) -> None:
        """End the guide."""
        self._guide.close()

    def touched(self) -> None:
        """A finger is on the screen: what was being said ends."""
        self._guide.stop()

    def _say(self, sentences: Sequence[str], comfort: Comfort) -> None:
        told = self._sentences(sentences, comfort)
        self._guide.say(told, comfort.language, comfort.voice, comfort.volume)

    def _sentences(self, sentences: Sequence[str], comfort: Comfort) -> list[Sentence]:
        fixed, vietnamese = self._fixed(comfort.language), self._fixed("vi")
        voiceless = comfort.language not in VOICES
        return [
            Sentence(
                text,
                personal=text not in fixed,
                synthesise=not voiceless or text not in fixed or text in vietnamese,
            )
            for text in sentences
        ]

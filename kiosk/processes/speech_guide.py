"""The kiosk's own voice: says what a screen tells, until the next screen or the next touch.

One utterance at a time; the newest wins. ``say`` and ``stop`` return at once, from any thread; a thread of
its own finds a recording or has the sentence synthesised (in the speaker's child process) and plays it. With
no sound card, no voice or no output chosen there is silence and one line in the log, never a waiting screen.
"""

from __future__ import annotations

import logging
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from devices.speaker.outputs import Output, open_output
from devices.speaker.sound import Sound
from devices.speaker.synthesis import SynthesisError, Synthesizer, VoiceMissingError
from kiosk.processes.recordings import Recordings
from kiosk.speech import spoken
from kiosk.visit.comfort import LOUDEST, Voice

_LOG = logging.getLogger(__name__)

MEMORY = Path("/dev/shm")  # noqa: S108 - sentences with a name in them never reach a disk
GAP_SECONDS = 0.25
"""Silence between two sentences."""
KEPT_SENTENCES = 64
HUSH_SECONDS = 2.0
STEP_DB = 6.0
"""One step of ``Comfort.volume``: about one and a half times as loud to the ear."""
VOICES: Mapping[str, str] = {"vi": "vi", "en": "en"}
"""espeak-ng's voice for a language. Any other language has recordings, and where its texts fall back to
Vietnamese, the Vietnamese voice.
"""


@dataclass(frozen=True)
class Sentence:
    """One finished sentence. ``personal``: it may hold something of this citizen, so its sound is not kept.

    ``synthesise`` false: no voice of this machine speaks its language; a recording or nothing.
    """

    text: str
    personal: bool = True
    synthesise: bool = True


class Voicing(Protocol):
    """What turns words into sound; ``devices.speaker.synthesis.Synthesizer`` is one."""

    def speak(self, text: str, *, keep: bool = True) -> Sound: ...
    def close(self) -> None: ...


@dataclass(frozen=True)
class _Utterance:
    sentences: tuple[Sentence, ...]
    language: str
    output: Output
    gain: float
    after: float = 0.0


def gain_of(volume: int) -> float:
    """The factor for ``Comfort.volume``: 0 is silence, ``LOUDEST`` all there is, each step 6 dB."""
    if volume <= 0:
        return 0.0
    return float(10 ** (-STEP_DB * (LOUDEST - min(volume, LOUDEST)) / 20))


class SpeechGuide:
    """Speaks sentences aloud or into headphones. ``aloud`` and ``private`` are ALSA devices or
    ``record:FOLDER``; an empty one means that nothing is plugged in there: what is private is never said
    aloud instead. ``words_per_minute`` is espeak-ng's speed.
    """

    def __init__(
        self,
        *,
        aloud: str = "default",
        private: str = "",
        words_per_minute: int = 140,
        recordings: Recordings | None = None,
        make_voice: Callable[[str, int], Voicing] | None = None,
        make_output: Callable[[str], Output] = open_output,
    ) -> None:
        self._outputs = {
            voice: make_output(name)
            for voice, name in ((Voice.ALOUD, aloud), (Voice.PRIVATE, private))
            if name
        }
        self._words_per_minute = words_per_minute
        self._recordings = recordings
        self._make_voice = make_voice or _synthesizer
        self._voices: dict[str, Voicing] = {}
        self._kept: OrderedDict[tuple[str, str], Sound] = OrderedDict()
        self._said_personal = False
        self._silent_voices: set[str] = set()
        self._silent_outputs: set[int] = set()
        self._changed = threading.Condition()
        self._newest = 0  # number of the last say or stop; an utterance of an older number is over
        self._waiting: _Utterance | None = None
        self._next: list[_Utterance] = []  # said when what is being said has ended
        self._forgetting = self._ended = False
        self._playing: Output | None = None
        self._said: _Utterance | None = None  # on that output
        self._playing_number = 0
        self._thread = threading.Thread(target=self._run, name="speech-guide", daemon=True)
        self._thread.start()

    # -- from any thread, never waiting ------------------------------------------------------------------

    def say(
        self,
        sentences: Sequence[Sentence | str],
        language: str = "vi",
        voice: Voice = Voice.ALOUD,
        volume: int = 2,
        *,
        after: float = 0.0,
    ) -> None:
        """Say these in order, instead of whatever is being said. A bare string counts as personal.

        ``after``: seconds of silence before; what comes meanwhile is said instead.
        """
        utterance = self._utterance(sentences, language, voice, volume, after)
        if utterance is None:
            self.stop()
        else:
            self._replace(utterance)

    def add(
        self,
        sentences: Sequence[Sentence | str],
        language: str = "vi",
        voice: Voice = Voice.ALOUD,
        volume: int = 2,
        *,
        once: bool = False,
    ) -> None:
        """Say these when what is being said has ended; at once if nothing is, or if it is being stopped.

        ``once``: not when just these are being said or wait for their turn.
        """
        utterance = self._utterance(sentences, language, voice, volume)
        if utterance is None:
            return
        with self._changed:
            to_come = self._to_come()
            if once and any(one.sentences == utterance.sentences for one in to_come):
                return
            if to_come:
                self._next.append(utterance)
                return
        self._replace(utterance)

    def _to_come(self) -> list[_Utterance]:
        """What is being said and will not be stopped, and what waits."""
        said = self._said if self._playing_number == self._newest else None
        return [one for one in (said, self._waiting, *self._next) if one is not None]

    def _utterance(
        self,
        sentences: Sequence[Sentence | str],
        language: str,
        voice: Voice,
        volume: int,
        after: float = 0.0,
    ) -> _Utterance | None:
        output = self._outputs.get(voice)
        gain = gain_of(volume)
        told = tuple(one if isinstance(one, Sentence) else Sentence(one) for one in sentences)
        told = tuple(one for one in told if one.text.strip())
        if output is None or gain == 0 or not told:
            return None
        return _Utterance(told, language, output, gain, after)

    def stop(self) -> None:
        """Silence, at once: on any touch, and when a visit is over."""
        self._replace(None)

    def forget(self) -> None:
        """Stop, and let go of the process that may still hold a person's sentence in its memory."""
        with self._changed:
            self._forgetting = True
        self._replace(None)

    def close(self) -> None:
        """End everything within a moment."""
        with self._changed:
            self._ended = True
        self._replace(None)
        self._thread.join(2)

    @property
    def speaking(self) -> bool:
        """Whether something is being said or about to be."""
        return self._waiting is not None or self._playing is not None

    def can(self, voice: Voice) -> bool:
        """Whether there is an output for this at all."""
        return voice in self._outputs

    def _replace(self, utterance: _Utterance | None) -> None:
        with self._changed:
            self._newest += 1
            self._waiting = utterance
            self._next.clear()
            playing, number = self._playing, self._newest
            if playing is not None:
                playing.stop()
            self._changed.notify_all()
        if playing is not None:
            # A player that had not quite begun did not hear it: told again until the worker has moved on.
            threading.Thread(target=self._hush, args=(playing, number), name="hush", daemon=True).start()

    def _hush(self, output: Output, number: int) -> None:
        until = time.monotonic() + HUSH_SECONDS
        while time.monotonic() < until:
            time.sleep(0.01)
            with (
                self._changed
            ):  # the worker begins an utterance under this lock, so none is hit that is newer
                if self._playing is None or self._playing_number >= number:
                    return
                output.stop()

    # -- the thread --------------------------------------------------------------------------------------

    def _run(self) -> None:
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._waiting is not None or self._ended or self._forgetting)
                utterance, self._waiting, number = self._waiting, None, self._newest
                forgetting, self._forgetting = self._forgetting, False
                ended = self._ended
                if utterance is not None:
                    self._playing, self._said, self._playing_number = utterance.output, utterance, number
            if ended or (forgetting and self._said_personal):
                self._let_go()
            if ended:
                return
            if utterance is not None:
                try:
                    self._say(utterance, number)
                except Exception as error:  # a bug: the screens go on, and a sentence is never logged
                    _LOG.error("the kiosk's voice failed: %s", type(error).__name__)
                finally:
                    with self._changed:
                        self._playing = self._said = None
                        if self._next and self._newest == number:
                            self._waiting = self._next.pop(0)

    def _say(self, utterance: _Utterance, number: int) -> None:
        with self._changed:
            self._changed.wait_for(lambda: self._newest != number, utterance.after)
        gap = Sound.silence(GAP_SECONDS)
        for sentence in utterance.sentences:
            if self._newest != number:
                return
            sound = self._sound(sentence, utterance.language)
            if sound is None:
                continue
            failure = (
                None if self._newest != number else utterance.output.play(sound.scaled(utterance.gain) + gap)
            )
            if failure is not None and self._newest == number:
                if id(utterance.output) not in self._silent_outputs:
                    _LOG.error("the kiosk's voice cannot be heard: %s", failure)
                self._silent_outputs.add(id(utterance.output))
                return
            if self._newest == number:
                self._silent_outputs.discard(id(utterance.output))

    def _sound(self, sentence: Sentence, language: str) -> Sound | None:
        if self._recordings is not None:
            recorded = self._recordings.find(language, sentence.text)
            if recorded is not None:
                return recorded
        if not sentence.synthesise:
            return None
        voice = VOICES.get(language, VOICES["vi"])
        kept = self._kept.get((voice, sentence.text))
        if kept is not None:
            self._kept.move_to_end((voice, sentence.text))
            return kept
        sound = self._synthesised(voice, sentence)
        if sound is not None and not sentence.personal:
            self._kept[(voice, sentence.text)] = sound
            while len(self._kept) > KEPT_SENTENCES:
                self._kept.popitem(last=False)
        return sound

    def _synthesised(self, voice: str, sentence: Sentence) -> Sound | None:
        self._said_personal = self._said_personal or sentence.personal
        if voice not in self._voices:
            self._voices[voice] = self._make_voice(voice, self._words_per_minute)
        try:
            sound = self._voices[voice].speak(spoken(sentence.text, voice), keep=False)
        except (VoiceMissingError, SynthesisError) as error:
            if voice not in self._silent_voices:
                _LOG.error("the voice %s is missing: %s", voice, type(error).__name__)
            self._silent_voices.add(voice)
            return None
        self._silent_voices.discard(voice)
        return sound

    def _let_go(self) -> None:
        self._said_personal = False
        for voice in self._voices.values():
            voice.close()
        self._voices.clear()


def _synthesizer(voice: str, words_per_minute: int) -> Voicing:
    return Synthesizer(voice, words_per_minute, folder=MEMORY if MEMORY.is_dir() else None)

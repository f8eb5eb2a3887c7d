"""The lobby's loudspeaker: a chime and a spoken sentence, made here and really played."""

from __future__ import annotations

import logging
import math
import time
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from devices.contract import Condition, DeviceStatus, TestReport
from devices.speaker.outputs import Output, RecordOutput, open_output
from devices.speaker.sound import Level, Sound, SoundError
from devices.speaker.synthesis import SynthesisError, Synthesizer, VoiceMissingError
from kiosk.failures import FailureCode
from kiosk.settings import SpeakerSettings
from kiosk.speech import LOUDSPEAKER_TEST

_LOG = logging.getLogger(__name__)
_CHIME = Path(__file__).resolve().parents[2] / "media" / "chimes" / "call.wav"

GAP_SECONDS = 0.15
CHIME_PEAK = 0.5
TEST_TONE_HZ = 440.0
TEST_TONE_SECONDS = 1.0
TEST_TONE_PEAK = 0.5
QUIETEST_RMS = 0.003


@dataclass(frozen=True)
class Announcement:
    """A sentence to speak, in words, and whether the chime goes before it. Nothing personal in it."""

    text: str
    chime: bool = True


@dataclass(frozen=True)
class SpeakOutcome:
    """What was heard: ``played`` something at all, ``spoken`` the sentence too; ``seconds`` of sound."""

    played: bool
    spoken: bool
    seconds: float
    failure: FailureCode | None = None


class Speaker:
    """Speaks with espeak-ng's voice and plays through ALSA or into a folder. For one worker thread.

    ``output`` replaces the one the settings name.
    """

    name = "speaker"

    def __init__(self, settings: SpeakerSettings, output: Output | None = None) -> None:
        self.settings = settings
        self._output = output or open_output(settings.output)
        self._voice = Synthesizer(settings.voice, settings.words_per_minute)
        self._voice_failure: FailureCode | None = None
        self._voice_known = False

    def status(self) -> DeviceStatus:
        """Whether a call would be heard, found by trying voice and output; never raises."""
        facts = {
            "output": self.settings.output,
            "voice": self.settings.voice,
            "volume": str(self.settings.volume),
        }
        if not self.settings.enabled:
            return DeviceStatus(Condition.DISABLED, facts=facts)
        failure = self._output.check()
        if failure is not None:
            return DeviceStatus(Condition.DISCONNECTED, failure, facts=facts)
        if not self._voice_known or self._voice_failure is not None:
            self._speech(LOUDSPEAKER_TEST)
        if self._voice_failure is not None:
            return DeviceStatus(Condition.NEEDS_ATTENTION, self._voice_failure, facts=facts)
        return DeviceStatus(Condition.READY, facts=facts)

    def announce(self, announcement: Announcement) -> SpeakOutcome:
        """Chime, a short gap, the sentence, as one sound, to its end. Without the voice the chime alone."""
        if not self.settings.enabled:
            return SpeakOutcome(False, False, 0.0)
        speech = self._speech(announcement.text)
        parts = [chime()] if announcement.chime or speech is None else []
        if speech is not None:
            parts += [Sound.silence(GAP_SECONDS), speech] if parts else [speech]
        return self._played(parts, spoken=speech is not None)

    def play_tone(self) -> SpeakOutcome:
        """One second of 440 Hz."""
        if not self.settings.enabled:
            return SpeakOutcome(False, False, 0.0)
        return self._played([Sound.tone(TEST_TONE_HZ, TEST_TONE_SECONDS, TEST_TONE_PEAK)], spoken=False)

    def test(self) -> TestReport:
        """Play a tone and a sentence; measure what the folder kept, or else how the player ended."""
        if not self.settings.enabled:
            return TestReport(False, (("output", self.settings.output),))
        speech = self._speech(LOUDSPEAKER_TEST)
        tone = Sound.tone(TEST_TONE_HZ, TEST_TONE_SECONDS, TEST_TONE_PEAK)
        parts = [tone] if speech is None else [tone, Sound.silence(GAP_SECONDS), speech]
        began = time.monotonic()
        outcome = self._played(parts, spoken=speech is not None)
        lines = [
            ("output", self.settings.output),
            ("voice", self.settings.voice),
            ("sound_seconds", f"{outcome.seconds:.2f}"),
            ("played_seconds", f"{time.monotonic() - began:.2f}"),
        ]
        failure = outcome.failure
        if outcome.played and isinstance(self._output, RecordOutput):
            failure = failure or _measured(self._output.last, speech is not None, lines)
        elif outcome.played and self.settings.volume == 0:
            failure = failure or FailureCode.SPEAKER_SILENT
        return TestReport(failure is None, tuple(lines), failure)

    def warm_up(self) -> None:
        """Start the voice's process, so that the first call is as quick as the next."""
        if self.settings.enabled:
            self._speech(LOUDSPEAKER_TEST)

    def close(self) -> None:
        """End what plays and the voice's process."""
        self._output.stop()
        self._voice.close()

    @property
    def voice_process(self) -> int | None:
        """Process id of the voice, for measuring its memory."""
        return self._voice.child_id

    def _speech(self, text: str) -> Sound | None:
        try:
            speech = self._voice.speak(text)
        except (VoiceMissingError, SynthesisError) as error:
            if self._voice_failure is None:
                _LOG.error("the voice %s is missing: %s", self.settings.voice, error)
            self._voice_known, self._voice_failure = True, FailureCode.VOICE_MISSING
            return None
        self._voice_known, self._voice_failure = True, None
        return speech

    def _played(self, parts: list[Sound], *, spoken: bool) -> SpeakOutcome:
        sound = parts[0]
        for part in parts[1:]:
            sound = sound + part
        sound = sound.scaled(self.settings.volume / 100)
        failure = self._output.play(sound)
        if failure is not None:
            return SpeakOutcome(False, False, sound.seconds, failure)
        return SpeakOutcome(True, spoken, sound.seconds, self._voice_failure)


@cache
def chime() -> Sound:
    """The two notes before a call."""
    return Sound.read(_CHIME).with_peak(CHIME_PEAK)


def _measured(path: Path | None, with_speech: bool, lines: list[tuple[str, str]]) -> FailureCode | None:
    """Add what the kept file really holds to ``lines``; a failure when tone or sentence are not in it."""
    try:
        kept = Sound.read(path) if path is not None else Sound(())
    except SoundError:
        return FailureCode.SPEAKER_SILENT
    tone = kept.part(0.05, TEST_TONE_SECONDS - 0.1)
    speech = kept.part(TEST_TONE_SECONDS + GAP_SECONDS, kept.seconds)
    hertz, loudness = tone.frequency(), tone.level()
    lines += [("tone_hz", f"{hertz:.1f}"), ("tone_level_db", _decibels(loudness))]
    heard = abs(hertz - TEST_TONE_HZ) < 0.01 * TEST_TONE_HZ and loudness.rms > QUIETEST_RMS
    if with_speech:
        lines += [
            ("speech_seconds", f"{speech.seconds:.2f}"),
            ("speech_level_db", _decibels(speech.level())),
        ]
        heard = heard and speech.level().rms > QUIETEST_RMS
    return None if heard and not kept.level().clipped else FailureCode.SPEAKER_SILENT


def _decibels(level: Level) -> str:
    """Loudness against full scale, e.g. "-12.1"; silence is "-inf"."""
    return f"{20 * math.log10(level.rms):.1f}" if level.rms > 0 else "-inf"

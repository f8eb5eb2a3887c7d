"""Sound as samples: one channel, 16 bits, 22,050 Hz; read and written as WAV, joined, levelled, measured.

Pure Python over ``array``: a phrase of three seconds costs some 20 ms, in a worker that nobody waits for.
"""

from __future__ import annotations

import io
import math
import operator
import sys
import wave
from array import array
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

RATE = 22_050
FULL_SCALE = 32_767
SPEECH_PEAK = 0.7  # −3 dB: loud, and far enough from clipping for any amplifier
SILENCE = 300  # samples weaker than this at either end are no speech


class SoundError(ValueError):
    """A WAV file that is not one channel of 16 bits at 22,050 Hz, or no WAV file at all."""


@dataclass(frozen=True)
class Level:
    """How loud a sound is: root mean square and highest sample, both as part of full scale (0 to 1)."""

    rms: float
    peak: float

    @property
    def clipped(self) -> bool:
        """Whether the loudest samples stand at the edge of what can be played."""
        return self.peak >= 0.999


class Sound:
    """Samples of one channel at 22,050 Hz."""

    __slots__ = ("samples",)

    def __init__(self, samples: Iterable[int]) -> None:
        self.samples = array("h", samples)

    @classmethod
    def silence(cls, seconds: float) -> Sound:
        """Nothing to be heard for so long."""
        return cls(array("h", bytes(2 * round(seconds * RATE))))

    @classmethod
    def tone(cls, hertz: float, seconds: float, peak: float = 0.5) -> Sound:
        """A pure tone with 10 ms of fading at both ends, so that it does not click."""
        count, fade = round(seconds * RATE), round(0.01 * RATE)
        return cls(
            round(
                FULL_SCALE
                * peak
                * min(1.0, i / fade, (count - i) / fade)
                * math.sin(2 * math.pi * hertz * i / RATE)
            )
            for i in range(count)
        )

    @classmethod
    def read(cls, source: Path | bytes) -> Sound:
        """Samples of a WAV file. Raises ``SoundError``."""
        try:
            with wave.open(io.BytesIO(source) if isinstance(source, bytes) else str(source), "rb") as file:
                if (file.getnchannels(), file.getsampwidth(), file.getframerate()) != (1, 2, RATE):
                    raise SoundError(f"one channel of 16 bits at {RATE} Hz is wanted")
                samples = array("h", file.readframes(file.getnframes()))
        except (OSError, EOFError, wave.Error, ValueError) as error:
            raise SoundError(str(error)) from error
        if sys.byteorder == "big":
            samples.byteswap()
        return cls(samples)

    def wav(self) -> bytes:
        """The sound as a WAV file."""
        samples = self.samples
        if sys.byteorder == "big":
            samples = array("h", samples)
            samples.byteswap()
        content = io.BytesIO()
        with wave.open(content, "wb") as file:
            file.setnchannels(1)
            file.setsampwidth(2)
            file.setframerate(RATE)
            file.writeframes(samples.tobytes())
        return content.getvalue()

    @property
    def seconds(self) -> float:
        """How long it lasts."""
        return len(self.samples) / RATE

    def __add__(self, other: Sound) -> Sound:
        return Sound(self.samples + other.samples)

    def trimmed(self) -> Sound:
        """Without the silence at both ends."""
        samples = self.samples
        loud = [i for i in range(0, len(samples), 32) if max(map(abs, samples[i : i + 32])) > SILENCE]
        return Sound(samples[loud[0] : loud[-1] + 32]) if loud else Sound(())

    def with_peak(self, peak: float) -> Sound:
        """Louder or softer, with the highest sample at this part of full scale; silence stays silence."""
        highest = self._highest()
        return self.scaled(peak * FULL_SCALE / highest) if highest else self

    def scaled(self, gain: float) -> Sound:
        """Every sample times ``gain``, cut off at full scale."""
        if self._highest() * abs(gain) < FULL_SCALE + 1:  # as nearly always: nothing to cut off
            return Sound([int(sample * gain) for sample in self.samples])
        return Sound([max(-FULL_SCALE, min(FULL_SCALE, int(sample * gain))) for sample in self.samples])

    def level(self) -> Level:
        """Measured loudness; of an empty sound 0."""
        if not self.samples:
            return Level(0.0, 0.0)
        squares = sum(map(operator.mul, self.samples, self.samples))
        return Level(
            rms=math.sqrt(squares / len(self.samples)) / FULL_SCALE,
            peak=self._highest() / FULL_SCALE,
        )

    def _highest(self) -> int:
        return max(map(abs, self.samples), default=0)

    def part(self, start: float, seconds: float) -> Sound:
        """The stretch that begins ``start`` seconds in."""
        first = round(start * RATE)
        return Sound(self.samples[first : first + round(seconds * RATE)])

    def frequency(self) -> float:
        """Frequency in Hz of a tone, from its rising zero crossings; 0 when there are fewer than two."""
        crossings: list[float] = []
        for index, (before, after) in enumerate(zip(self.samples, self.samples[1:], strict=False)):
            if before < 0 <= after:
                crossings.append(index - before / (after - before))
        if len(crossings) < 2:
            return 0.0
        return RATE * (len(crossings) - 1) / (crossings[-1] - crossings[0])

"""Makes ``call.wav``: two soft bell notes, a major third going down, heard before each called number.

Run ``python media/chimes/make_chimes.py``; the result is the same every time.
"""

from __future__ import annotations

import math
import wave
from array import array
from pathlib import Path

RATE = 22_050
SECONDS = 1.15
PEAK = 0.6
# start in seconds, frequency in Hz (E5, C5), strength
NOTES = ((0.0, 659.26, 1.0), (0.32, 523.25, 0.95))
# harmonic, strength, decay in seconds: a bell's overtones die before its ground tone
PARTIALS = ((1.0, 1.0, 0.42), (2.0, 0.28, 0.20), (3.0, 0.10, 0.11), (4.2, 0.05, 0.06))
ATTACK = 0.006
RELEASE = 0.08


def bell(time: float, hertz: float) -> float:
    """One struck note at ``time`` seconds after the stroke."""
    if time < 0:
        return 0.0
    return min(1.0, time / ATTACK) * sum(
        strength * math.exp(-time / decay) * math.sin(2 * math.pi * hertz * harmonic * time)
        for harmonic, strength, decay in PARTIALS
    )


def chime() -> array[int]:
    """Samples of the whole chime."""
    count = round(SECONDS * RATE)
    wave_form = [
        sum(strength * bell(i / RATE - start, hertz) for start, hertz, strength in NOTES)
        * min(1.0, (SECONDS - i / RATE) / RELEASE)
        for i in range(count)
    ]
    highest = max(map(abs, wave_form))
    return array("h", (round(32_767 * PEAK * value / highest) for value in wave_form))


def main() -> None:
    """Write ``call.wav`` beside this file."""
    with wave.open(str(Path(__file__).with_name("call.wav")), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes(chime().tobytes())


if __name__ == "__main__":
    main()

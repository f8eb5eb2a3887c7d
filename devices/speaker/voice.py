"""The program that owns espeak-ng: ``python -m devices.speaker.voice``, started by ``synthesis``.

pyttsx3 crashes when started in several threads and hangs after a fork, so it lives in a process of its own.
It takes one JSON object a line, ``{"text", "path", "voice", "words_per_minute"}``, speaks it into a WAV file
at ``path`` and answers one line: ``{"voice": …}`` with the voice that really spoke, or ``{"error": …}``. It
ends when its input ends.
"""

from __future__ import annotations

import json
import os
import sys
import time
import wave
from typing import Any

import pyttsx3

DONE_WITHIN_SECONDS = 4.0


def main() -> None:
    """Serve requests from standard input until it closes."""
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)  # pyttsx3 prints to standard output
    engine = pyttsx3.init("espeak")
    in_force: dict[str, Any] = {}
    for line in sys.stdin:
        try:
            answer = {"voice": _speak(engine, json.loads(line), in_force)}
        except Exception as error:  # whatever the library raises goes to the parent as an answer
            answer = {"error": f"{type(error).__name__}: {error}"}
        answers.write(json.dumps(answer) + "\n")
        answers.flush()


def _speak(engine: Any, request: dict[str, Any], in_force: dict[str, Any]) -> str:
    """Write the phrase's file and return the voice that spoke. Raises ``RuntimeError`` when no sound came.

    Settings are given only when they change: espeak-ng takes a rate beside its other work, and of a hundred
    phrases that follow one at once two or three come out empty (measured on a busy machine).
    """
    for name, value in (("voice", request["voice"]), ("rate", request["words_per_minute"])):
        if in_force.get(name) != value:
            engine.setProperty(name, value)
            in_force[name] = value
    engine.save_to_file(request["text"], request["path"])
    engine.runAndWait()  # one phrase at a time: of several only the last would be spoken
    give_up = time.monotonic() + DONE_WITHIN_SECONDS
    while engine.isBusy() and time.monotonic() < give_up:  # runAndWait returns before the file is written
        time.sleep(0.002)
    with wave.open(request["path"], "rb") as file:
        if file.getnframes() == 0:
            raise RuntimeError("no sound came")
    return str(engine.getProperty("voice"))  # settings take effect inside runAndWait


if __name__ == "__main__":
    main()

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
import threading
import time
import wave
from collections.abc import Callable

import pyttsx3
from pyttsx3.drivers import _espeak

DONE_WITHIN_SECONDS = 4.0
_LOOK_SECONDS = 0.002


def main() -> None:
    """Serve requests from standard input until it closes."""
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)  # pyttsx3 prints to standard output
    voice = Voice()
    for line in sys.stdin:
        try:
            answer = {"voice": voice.speak(**json.loads(line))}
        except Exception as error:  # whatever the library raises goes to the parent as an answer
            answer = {"error": f"{type(error).__name__}: {error}"}
        answers.write(json.dumps(answer) + "\n")
        answers.flush()


class Voice:
    """pyttsx3's engine, waited for: espeak-ng works on a thread of its own behind it.

    pyttsx3 cancels whatever that thread has before it at the start of each phrase, a rate that was just given
    as well as the phrase itself, and it calls a phrase done before its file is written.
    """

    def __init__(self) -> None:
        self._engine = pyttsx3.init("espeak")
        self._engine.proxy.setBusy(False)  # settings take effect at once, not with the first phrase
        self._written = threading.Event()
        self._engine.connect("finished-utterance", lambda **_: self._written.set())
        self._voice = ""

    def speak(self, text: str, path: str, voice: str, words_per_minute: int) -> str:
        """Write the phrase's file; returns the voice that spoke. ``RuntimeError`` when no sound came."""
        give_up = time.monotonic() + DONE_WITHIN_SECONDS
        _until(self._idle, give_up, "espeak-ng is still at the phrase before")
        if self._voice != voice:
            self._engine.setProperty("voice", voice)
            self._voice = voice
        while self._rate() != words_per_minute:  # given again: seen to be lost once beside the first voice
            if time.monotonic() > give_up:
                raise RuntimeError(f"espeak-ng keeps {self._rate()} words a minute")
            self._engine.setProperty("rate", words_per_minute)
            time.sleep(_LOOK_SECONDS)
            _until(self._idle, give_up, "espeak-ng is still at its settings")
        self._written.clear()
        self._engine.save_to_file(text, path)
        self._engine.runAndWait()  # one phrase at a time: of several only the last would be spoken
        if not self._written.wait(give_up - time.monotonic()):
            raise RuntimeError("the phrase did not end")
        with wave.open(path, "rb") as file:
            if file.getnframes() == 0:
                raise RuntimeError("no sound came")
        return str(self._engine.getProperty("voice"))

    @staticmethod
    def _idle() -> bool:
        return not _espeak.IsPlaying()

    def _rate(self) -> int:
        return int(self._engine.getProperty("rate"))


def _until(condition: Callable[[], bool], give_up: float, otherwise: str) -> None:
    """Wait for the condition until that moment of ``time.monotonic``. Raises ``RuntimeError`` then."""
    while not condition():
        if time.monotonic() > give_up:
            raise RuntimeError(otherwise)
        time.sleep(_LOOK_SECONDS)


if __name__ == "__main__":
    main()

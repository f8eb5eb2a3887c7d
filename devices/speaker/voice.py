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

import pyttsx3


def main() -> None:
    """Serve requests from standard input until it closes."""
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)  # pyttsx3 prints to standard output
    engine = pyttsx3.init("espeak")
    for line in sys.stdin:
        request = json.loads(line)
        try:
            engine.setProperty("voice", request["voice"])
            engine.setProperty("rate", request["words_per_minute"])
            engine.save_to_file(request["text"], request["path"])
            engine.runAndWait()  # one phrase at a time: of several only the last would be spoken
            answer = {"voice": engine.getProperty("voice")}  # settings take effect inside runAndWait
        except Exception as error:  # whatever the library raises goes to the parent as an answer
            answer = {"error": f"{type(error).__name__}: {error}"}
        answers.write(json.dumps(answer) + "\n")
        answers.flush()


if __name__ == "__main__":
    main()

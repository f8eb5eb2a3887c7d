"""Tells the virtual lobby's control server what a window shows. Only with virtual devices."""

from __future__ import annotations

import json
import threading
from pathlib import Path
from typing import Any

import requests

_TOKEN_HEADER = "X-Lobby-Token"  # noqa: S105 - the name of a header, not a secret
_AGAIN_SECONDS = 0.5


class Publisher:
    """Sends the newest description of one window; nothing is kept in a file, for it may name a citizen."""

    def __init__(self, control_file: Path, window: str) -> None:
        self._file = control_file
        self._path = f"/screens/{window}"
        self._newest: dict[str, Any] | None = None
        self._wake = threading.Event()
        self._stopped = False
        threading.Thread(target=self._work, name="publisher", daemon=True).start()

    def publish(self, shown: dict[str, Any]) -> None:
        """Take over what the window shows now; returns at once."""
        if shown != self._newest:
            self._newest = shown
            self._wake.set()

    def stop(self) -> None:
        """Send nothing more."""
        self._stopped = True
        self._wake.set()

    def _work(self) -> None:
        session = requests.Session()
        session.trust_env = False
        while True:
            self._wake.wait()
            if self._stopped:
                return
            self._wake.clear()
            newest = self._newest
            while newest is not None and not self._send(session, newest):
                if self._stopped or self._wake.wait(_AGAIN_SECONDS):
                    break

    def _send(self, session: requests.Session, shown: dict[str, Any]) -> bool:
        try:
            control = json.loads(self._file.read_text())
            answer = session.put(
                control["url"] + self._path,
                json=shown,
                headers={_TOKEN_HEADER: control["token"]},
                timeout=2,
            )
        except (OSError, ValueError, KeyError, requests.RequestException):
            return False
        return answer.ok

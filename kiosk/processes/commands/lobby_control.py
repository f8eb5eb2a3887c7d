"""A running virtual lobby, asked over its control server."""

from __future__ import annotations

import json
import os
import secrets
from collections.abc import Callable
from pathlib import Path
from typing import Any

import requests

from kiosk.processes.commands.options import CommandError

_TOKEN_HEADER = "X-Lobby-Token"  # noqa: S105 - the name of a header, not a secret


class LobbyControl:
    """The control server of a running virtual lobby, found by its data folder."""

    def __init__(self, data: Path) -> None:
        self.file = data / "virtual" / "control.json"

    def reserve(self, free_port: Callable[[], int]) -> None:
        """Choose address and secret before the lobby starts, so that others may be told them already."""
        try:
            self.told("token")
        except CommandError:
            self.file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            content = {"url": f"http://127.0.0.1:{free_port()}", "token": secrets.token_urlsafe(24)}
            with os.fdopen(os.open(self.file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
                json.dump(content, file)

    def answers(self) -> bool:
        """Whether the virtual lobby runs."""
        try:
            self.call("GET", "/state")
        except CommandError:
            return False
        return True

    def told(self, key: str) -> str:
        """A value of the address file. Raises ``CommandError`` when there is none."""
        try:
            return str(json.loads(self.file.read_text())[key])
        except (OSError, ValueError, KeyError) as error:
            raise CommandError(f"{self.file} does not tell “{key}”: {error}") from error

    def call(self, method: str, path: str, body: dict[str, Any] | None = None) -> requests.Response:
        """One request. Raises ``CommandError`` when the lobby does not run or refuses."""
        try:
            control = json.loads(self.file.read_text())
            answer = requests.request(
                method,
                control["url"] + path,
                json=body,
                headers={_TOKEN_HEADER: control["token"]},
                timeout=15,
            )
        except (FileNotFoundError, requests.ConnectionError):
            raise CommandError(
                f"no virtual lobby runs with the data folder {self.file.parent.parent}; "
                "start it with `python main.py run --virtual`"
            ) from None
        except (OSError, ValueError, requests.RequestException) as error:
            raise CommandError(f"the virtual lobby does not answer: {error}") from error
        if not answer.ok:
            try:
                reason = answer.json()["title"]
            except (ValueError, KeyError, TypeError):
                reason = f"HTTP status {answer.status_code}"
            raise CommandError(reason)
        return answer

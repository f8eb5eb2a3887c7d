"""The PIN of the maintenance screen: kept as an Argon2id hash, locked after wrong tries and over restarts."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from argon2 import PasswordHasher
from argon2.exceptions import VerificationError

from kiosk.failures import FailureCode

TRIES = 5
LOCKED_FOR = timedelta(minutes=5)
PIN_DIGITS = re.compile(r"[0-9]{6,12}")


class PinError(ValueError):
    """The PIN cannot be used; the message says why."""


@dataclass(frozen=True)
class PinVerdict:
    """``failure`` is ``None`` for the right PIN. ``tries_left`` after a wrong one, ``until`` while locked."""

    failure: FailureCode | None
    tries_left: int = TRIES
    until: datetime | None = None


class MaintenancePin:
    """The PIN in the file ``maintenance.pin`` of a data folder (mode 0600)."""

    def __init__(self, data: Path, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self._file = data / "maintenance.pin"
        self._now = now
        self._hasher = PasswordHasher(time_cost=3, memory_cost=32 * 1024, parallelism=1)

    @property
    def exists(self) -> bool:
        """Whether a PIN has been set."""
        return self._file.exists()

    def set(self, pin: str) -> None:
        """Keep a new PIN and forget wrong tries. Raises ``PinError`` unless it has 6 to 12 digits."""
        if not PIN_DIGITS.fullmatch(pin):
            raise PinError("a PIN has 6 to 12 digits and nothing else")
        self._write({"hash": self._hasher.hash(pin), "wrong": 0, "locked_until": None})

    def check(self, pin: str) -> PinVerdict:
        """Compare. Five wrong tries lock the PIN for five minutes; without a PIN nothing opens."""
        try:
            kept = json.loads(self._file.read_text())
            hashed, wrong = str(kept["hash"]), int(kept["wrong"])
            locked = kept.get("locked_until")
            until = datetime.fromisoformat(locked) if locked else None
        except (OSError, ValueError, KeyError, TypeError):
            return PinVerdict(FailureCode.PIN_WRONG)
        if until is not None:
            # A clock set back must not lock for longer than the lock lasts.
            until = min(until, self._now() + LOCKED_FOR)
            if self._now() < until:
                return PinVerdict(FailureCode.PIN_LOCKED, 0, until)
            wrong = 0
        # The try is counted before it is looked at, so that pulling the plug does not give it back.
        wrong += 1
        until = self._now() + LOCKED_FOR if wrong >= TRIES else None
        self._write({"hash": hashed, "wrong": wrong, "locked_until": until.isoformat() if until else None})
        try:
            self._hasher.verify(hashed, pin)
        except VerificationError:
            if until is not None:
                return PinVerdict(FailureCode.PIN_LOCKED, 0, until)
            return PinVerdict(FailureCode.PIN_WRONG, TRIES - wrong)
        self._write({"hash": hashed, "wrong": 0, "locked_until": None})
        return PinVerdict(None)

    def _write(self, content: dict[str, object]) -> None:
        fresh = self._file.with_suffix(".new")
        with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
            json.dump(content, file)
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(self._file)

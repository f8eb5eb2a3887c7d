"""Officers signing in and out."""

from __future__ import annotations

from dataclasses import dataclass
from dataclasses import field as dataclass_field
from datetime import datetime

from kiosk.client.connection import Connection
from kiosk.client.reading import Json, read_time


@dataclass(frozen=True)
class Session:
    """An officer's sign-in. ``token`` is the bearer token; it is not shown in logs."""

    token: str = dataclass_field(repr=False)
    login: str
    name: str
    role: str
    expires_at: datetime


@dataclass(frozen=True)
class Who:
    """Who the centre takes this client for."""

    role: str
    name: str
    login: str | None


def read_session(raw: Json) -> Session:
    """Read one ``session`` from JSON."""
    officer = raw["officer"]
    return Session(
        token=raw["token"],
        login=officer["login"],
        name=officer["name"],
        role=officer["role"],
        expires_at=read_time(raw["expires_at"]),
    )


def read_who(raw: Json) -> Who:
    """Read one ``who`` from JSON."""
    return Who(role=raw["role"], name=raw["name"], login=raw.get("login"))


class SessionCalls(Connection):
    """Calls about who calls."""

    def sign_in(self, login: str, password: str) -> Session:
        """Sign an officer in; later calls of this client are made as that officer.

        Raises ``CentreError``: ``SIGN_IN_FAILED``, ``SIGN_IN_LOCKED``.
        """
        session = self._read(read_session, "POST", "/session", {"login": login, "password": password})
        self._token = session.token
        return session

    def sign_out(self) -> None:
        """End the officer's session."""
        self._call("DELETE", "/session")
        self._token = None

    def who(self) -> Who:
        """Who the centre takes this client for."""
        return self._read(read_who, "GET", "/session")

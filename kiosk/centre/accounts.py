"""Device tokens, officers, sessions, and the lock after failed sign-ins. Secrets are kept as hashes only."""

from __future__ import annotations

import asyncio
import hashlib
import secrets
import time
from dataclasses import dataclass
from datetime import timedelta
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import delete, insert, select

from kiosk.centre.access import Principal, Role
from kiosk.centre.journal import Entry
from kiosk.centre.moments import read, written
from kiosk.centre.problems import RefusalError
from kiosk.centre.store.schema import device_token, officer, session, sign_in_failure
from kiosk.centre.store.store import Reading, Store, Transaction
from kiosk.centre.store.upsert import upsert
from kiosk.failures import FailureCode

TOKEN_BYTES = 32
SESSION_HOURS = 12
FAILURES_BEFORE_LOCK = 5
LOCK_MINUTES = 10
REMEMBERED_SECONDS = 5.0
"""How long an answer of ``who`` is taken from memory: a token withdrawn by the command line works that
long.
"""
_MOST_REMEMBERED = 1024
_ENDS_SESSIONS = frozenset({"officer.signed_out", "officer.changed"})

# 19 MiB, 2 passes, 1 lane: OWASP's choice for a small machine; about 25 ms
_PASSWORDS = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)


class AccountError(ValueError):
    """A name, login or password that cannot be taken."""


@dataclass(frozen=True)
class SignedIn:
    """A new session; ``token`` is shown once and kept nowhere."""

    token: str
    login: str
    name: str
    role: Role
    expires_at: str

    def __repr__(self) -> str:
        return f"SignedIn({self.login!r})"


def hashed(secret: str) -> str:
    """What is kept of a token. The token is random and long, so one SHA-256 is enough."""
    return hashlib.sha256(secret.encode("utf-8", errors="replace")).hexdigest()


def add_token(transaction: Transaction, role: Role, name: str) -> str:
    """Make a device's token. It is shown once; only its hash is kept. Raises ``AccountError``."""
    if role in {Role.OFFICER, Role.HEAD}:
        raise AccountError(
            "an officer signs in with a password; tokens are for kiosk, display and maintenance"
        )
    _checked_name(name)
    token = secrets.token_urlsafe(TOKEN_BYTES)
    row = {
        "site": transaction.site,
        "hash": hashed(token),
        "role": role.value,
        "name": name,
        "created_at": transaction.at,
    }
    transaction.connection.execute(insert(device_token).values(row))
    transaction.record("token.created", "administrator", name, {"role": role.value, "name": name})
    return token


def set_officer(transaction: Transaction, login: str, role: Role, name: str, password_hash: str) -> bool:
    """Add a person, or give a known one a new role and password; ends their sessions. Returns whether new.

    Raises ``AccountError``.
    """
    if role not in {Role.OFFICER, Role.HEAD, Role.MAINTENANCE}:
        raise AccountError("people are officers, heads of the centre or maintenance staff")
    _checked_name(login)
    site = transaction.site
    known = select(officer.c.login).where(officer.c.site == site, officer.c.login == login)
    new = transaction.connection.execute(known).first() is None
    row = {"name": name or login, "role": role.value, "password": password_hash}
    fresh = upsert(officer).values(site=site, login=login, created_at=transaction.at, **row)
    transaction.connection.execute(fresh.on_conflict_do_update(index_elements=["site", "login"], set_=row))
    transaction.connection.execute(delete(session).where(session.c.site == site, session.c.login == login))
    kind = "officer.added" if new else "officer.changed"
    transaction.record(kind, "administrator", login, {"login": login, "role": role.value})
    return new


def hash_password(password: str) -> str:
    """argon2id of a password. Raises ``AccountError`` for one that is too short or too long."""
    if not 8 <= len(password) <= 200:
        raise AccountError("a password has 8 to 200 characters")
    return _PASSWORDS.hash(password)


def _checked_name(name: str) -> None:
    if not (0 < len(name) <= 60 and name.isprintable() and name == name.strip()):
        raise AccountError("a name has 1 to 60 printable characters and no space at its ends")


@cache
def _nobodys_password() -> str:
    return _PASSWORDS.hash(secrets.token_hex(16))


class Accounts:
    """Who is who, for the running centre. Used on the event loop."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._remembered: dict[str, tuple[float, Principal]] = {}
        self._hashing = asyncio.Semaphore(2)

    def heard(self, entry: Entry) -> None:
        """An entry of any process: whoever was signed out there is no longer known here."""
        if entry.type in _ENDS_SESSIONS:
            self._remembered.clear()

    async def who(self, secret: str) -> Principal | None:
        """The bearer of a token or session, or ``None``."""
        key = hashed(secret)
        known = self._remembered.get(key)
        if known is not None and known[0] > time.monotonic():
            return known[1]
        found = await self._store.read(lambda reading: _look_up(reading, key))
        if found is None:
            self._remembered.pop(key, None)
            return None
        if len(self._remembered) >= _MOST_REMEMBERED:
            self._remembered.clear()
        self._remembered[key] = (time.monotonic() + REMEMBERED_SECONDS, found)
        return found

    async def sign_in(self, login: str, password: str) -> SignedIn:
        """Begin a session. Raises ``RefusalError``: ``SIGN_IN_FAILED``, ``SIGN_IN_LOCKED``.

        An unknown login takes as long as a wrong password and is locked the same way, so that logins cannot
        be guessed one by one.
        """
        row = await self._store.read(lambda reading: _before_password(reading, login))
        async with self._hashing:
            right = await asyncio.to_thread(_verified, row[1] if row else _nobodys_password(), password)
        if row is None or not right:
            await self._store.write(lambda transaction: _count_failure(transaction, login))
            raise RefusalError(FailureCode.SIGN_IN_FAILED, "Login or password is wrong.")
        name, _, role = row
        return await self._store.write(
            lambda transaction: _begin_session(transaction, login, name, Role(role))
        )

    async def sign_out(self, who: Principal) -> None:
        """End the session."""
        self._remembered.pop(who.secret_hash, None)

        def end(transaction: Transaction) -> None:
            site = transaction.site
            transaction.connection.execute(
                delete(session).where(session.c.site == site, session.c.hash == who.secret_hash)
            )
            transaction.record("officer.signed_out", who.actor, who.login or who.name, {"login": who.login})

        await self._store.write(end)


def _look_up(reading: Reading, key: str) -> Principal | None:
    of_device = select(device_token.c.role, device_token.c.name).where(
        device_token.c.site == reading.site, device_token.c.hash == key
    )
    device = reading.connection.execute(of_device).first()
    if device is not None:
        return Principal(Role(device.role), device.name, None, key)
    of_person = (
        select(officer.c.role, officer.c.name, officer.c.login, session.c.expires_at)
        .join_from(
            session, officer, (officer.c.site == session.c.site) & (officer.c.login == session.c.login)
        )
        .where(
            session.c.site == reading.site,
            session.c.hash == key,
            session.c.expires_at > written(reading.now),
        )
    )
    person = reading.connection.execute(of_person).first()
    if person is None:
        return None
    return Principal(Role(person.role), person.name, person.login, key, person.expires_at)


def _before_password(reading: Reading, login: str) -> tuple[str, str, str] | None:
    """Name, password hash and role. Raises ``RefusalError``: ``SIGN_IN_LOCKED``."""
    locked = select(sign_in_failure.c.locked_until).where(
        sign_in_failure.c.site == reading.site, sign_in_failure.c.login_hash == hashed(login)
    )
    until = reading.connection.execute(locked).scalar()
    if until is not None and until > written(reading.now):
        seconds = max(1, int((read(until) - reading.now).total_seconds()))
        headers = {"Retry-After": str(seconds)}
        raise RefusalError(
            FailureCode.SIGN_IN_LOCKED, f"Locked for {seconds} s after failed sign-ins.", headers
        )
    query = select(officer.c.name, officer.c.password, officer.c.role).where(
        officer.c.site == reading.site, officer.c.login == login
    )
    row = reading.connection.execute(query).first()
    return None if row is None else (row.name, row.password, row.role)


def _verified(password_hash: str, password: str) -> bool:
    try:
        return _PASSWORDS.verify(password_hash, password)
    except (VerificationError, InvalidHashError):
        return False


def _count_failure(transaction: Transaction, login: str) -> None:
    site, connection = transaction.site, transaction.connection
    old = written(transaction.now - timedelta(minutes=LOCK_MINUTES))
    connection.execute(
        delete(sign_in_failure).where(sign_in_failure.c.site == site, sign_in_failure.c.last_at < old)
    )
    row = {"failures": 1, "last_at": transaction.at}
    fresh = upsert(sign_in_failure).values(site=site, login_hash=hashed(login), **row)
    counted = fresh.on_conflict_do_update(
        index_elements=["site", "login_hash"],
        set_={"failures": sign_in_failure.c.failures + 1, "last_at": transaction.at},
    ).returning(sign_in_failure.c.failures)
    failures = connection.execute(counted).scalar_one()
    if failures >= FAILURES_BEFORE_LOCK:
        until = written(transaction.now + timedelta(minutes=LOCK_MINUTES))
        connection.execute(
            sign_in_failure.update()
            .where(sign_in_failure.c.site == site, sign_in_failure.c.login_hash == hashed(login))
            .values(locked_until=until)
        )
        transaction.record("officer.locked", "centre", "sign-in", {"until": until})


def _begin_session(transaction: Transaction, login: str, name: str, role: Role) -> SignedIn:
    site, connection = transaction.site, transaction.connection
    token = secrets.token_urlsafe(TOKEN_BYTES)
    expires_at = written(transaction.now + timedelta(hours=SESSION_HOURS))
    connection.execute(delete(session).where(session.c.site == site, session.c.expires_at <= transaction.at))
    connection.execute(
        delete(sign_in_failure).where(
            sign_in_failure.c.site == site, sign_in_failure.c.login_hash == hashed(login)
        )
    )
    row = {
        "site": site,
        "hash": hashed(token),
        "login": login,
        "created_at": transaction.at,
        "expires_at": expires_at,
    }
    connection.execute(insert(session).values(row))
    transaction.record(
        "officer.signed_in", f"{role}:{login}", login, {"officer": {"login": login, "name": name}}
    )
    return SignedIn(token, login, name, role, expires_at)

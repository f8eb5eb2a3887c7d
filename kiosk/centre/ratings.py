"""What citizens say of the service: a face, one aspect, and if they like some words.

A rating is kept without whoever gave it: not the number, not the time of day, only the day and the service.
Words and a way to answer are locked with a key of the day they came, which is destroyed after
``rating_words_days``; then they are gone from every copy and backup. ``docs/ratings.md`` tells it to the
head of the centre.
"""

from __future__ import annotations

import csv
import io
import json
import logging
import re
import secrets
from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import delete, func, insert, select

from kiosk.centre import days
from kiosk.centre.day_keys import DayKeys, KeyDestroyedError, first_day_kept
from kiosk.centre.moments import Clock
from kiosk.centre.plan import Plan
from kiosk.centre.problems import RefusalError
from kiosk.centre.queue_view import Json, Row, service_name
from kiosk.centre.store.schema import rating as rating_table
from kiosk.centre.store.schema import rating_words, ticket
from kiosk.centre.store.store import Reading, StoreFullError, Transaction
from kiosk.centre.tickets import hashed_body, hashed_key
from kiosk.failures import FailureCode
from kiosk.queueing.business_day import local_date
from kiosk.settings import Settings

_LOG = logging.getLogger(__name__)
FACES = (1, 2, 3, 4, 5)
"""From very dissatisfied to very satisfied, as the satisfaction index (SIPAS) asks."""
ASPECTS = ("access", "procedure", "staff", "result", "feedback")
"""SIPAS's five: access to the service, the procedure, the officers, the result, how feedback is handled."""
LATE_DAYS = 5
"""A rating that a kiosk kept while the centre was away counts on its own day for so long."""
_NONCE_BYTES = 12  # NIST SP 800-38D §8.2.2: random, far below 2**32 uses of one day's key
_LONG_NUMBER = re.compile(r"(?:\d[ .-]?){7,}\d")
"""A telephone or identity number that somebody wrote among the words."""
COLUMNS = ("day", "face", "aspect", "service", "count")


@dataclass(frozen=True)
class Said:
    """A rating as it came; ``repr`` shows nothing of what was written. ``ticket`` is not kept."""

    face: int
    aspect: str | None = None
    words: str = field(default="", repr=False)
    contact: str = field(default="", repr=False)
    ticket: str | None = None
    procedure: str | None = None
    given_at: datetime | None = None


class Given(NamedTuple):
    """A kept rating; not ``new``: it was told before."""

    row: Row
    new: bool


class RatingDesk:
    """The ratings of this centre."""

    def __init__(self, settings: Settings, plan: Plan, keys_folder: Path, clock: Clock) -> None:
        self._plan = plan
        self._clock = clock
        self._keep_days = settings.centre.rating_words_days
        self._keys = DayKeys(keys_folder)
        self._service_of = {code: one.id for one in settings.services for code in one.procedures}

    def give(self, transaction: Transaction, actor: str, key: str, said: Said) -> Given:
        """Keep a rating, once for each ``key``.

        Raises ``RefusalError``: ``IDEMPOTENCY_KEY_REUSED``.
        """
        today = days.today(transaction, self._plan)
        hashed, body = hashed_key(key), hashed_body(key, {**asdict(said), "given_at": None})
        query = select(rating_table).where(
            rating_table.c.site == self._plan.site, rating_table.c.key == hashed
        )
        known = transaction.connection.execute(query).mappings().first()
        if known is not None:
            if known["body"] != body:
                raise RefusalError(
                    FailureCode.IDEMPOTENCY_KEY_REUSED, "This Idempotency-Key was used with another body."
                )
            return Given(known, new=False)
        row: Json = {
            "site": self._plan.site,
            "id": secrets.token_hex(8),
            "day": self._day(today, said.given_at),
            "face": said.face,
            "aspect": said.aspect,
            "service": self._service(transaction, said),
            "has_words": int(bool(said.words or said.contact)),
            "key": hashed,
            "body": body,
        }
        transaction.connection.execute(insert(rating_table).values(row))
        if row["has_words"]:
            self._seal(transaction, row, said, date.fromisoformat(today))
        kept = {name: value for name, value in row.items() if name != "site" and value is not None}
        transaction.record("rating.given", actor, row["id"], {"rating": kept})
        return Given(row, new=True)

    def _day(self, today: str, given_at: datetime | None) -> str:
        if given_at is None:
            return today
        given, now = local_date(given_at, self._plan.zone), date.fromisoformat(today)
        return given.isoformat() if now - timedelta(days=LATE_DAYS) <= given <= now else today

    def _service(self, transaction: Transaction, said: Said) -> str | None:
        """The service is all that is kept of the ticket and the procedure."""
        if said.ticket is not None:
            query = select(ticket.c.service).where(
                ticket.c.site == self._plan.site, ticket.c.id == said.ticket
            )
            found = transaction.connection.execute(query).scalar()
            if found is not None:
                return str(found)
        return self._service_of.get(said.procedure or "")

    def _seal(self, transaction: Transaction, row: Row, said: Said, today: date) -> None:
        opened = {
            "words": said.words,
            "contact": said.contact,
            "procedure": said.procedure,
            **{name: row[name] for name in ("day", "face", "aspect", "service")},
        }
        nonce = secrets.token_bytes(_NONCE_BYTES)
        try:
            key = self._keys.read_or_make(today)
        except OSError as error:
            raise StoreFullError("the day's key cannot be written") from error
        text = json.dumps(opened, ensure_ascii=False).encode("utf-8")
        sealed = AESGCM(key).encrypt(nonce, text, self._bound_to(row["id"]))
        kept = {"rating": row["id"], "day": today.isoformat(), "nonce": nonce, "sealed": sealed}
        transaction.connection.execute(insert(rating_words).values(site=self._plan.site, **kept))

    # -- reading -----------------------------------------------------------------------------------------

    def summary(self, reading: Reading, first: str, last: str) -> Json:
        """Counts of the days ``first`` to ``last`` (``YYYY-MM-DD``) by face, aspect and day, and what was
        written, the newest first, with long numbers and contacts hidden.
        """
        counts = self.counts(reading, first, last)
        return {
            "from": first,
            "to": last,
            "total": sum(one["count"] for one in counts),
            "faces": _faces(counts),
            "aspects": [
                {"aspect": aspect, "faces": _faces(one for one in counts if one["aspect"] == aspect)}
                for aspect in ASPECTS
            ],
            "days": [
                {"day": day, "faces": _faces(one for one in counts if one["day"] == day)}
                for day in sorted({one["day"] for one in counts})
            ],
            "words": self._written(reading, first, last),
            "words_kept_days": self._keep_days,
        }

    def counts(self, reading: Reading, first: str, last: str) -> list[Json]:
        """How many ratings of each day, face, aspect and service."""
        table = rating_table
        parts = (table.c.day, table.c.face, table.c.aspect, table.c.service)
        query = (
            select(*parts, func.count().label("count"))
            .where(table.c.site == self._plan.site, table.c.day.between(first, last))
            .group_by(*parts)
        )
        rows = [dict(row) for row in reading.connection.execute(query).mappings()]
        return sorted(
            rows, key=lambda row: (row["day"], row["face"], row["aspect"] or "", row["service"] or "")
        )

    def opened(self, transaction: Transaction, actor: str, rating_id: str) -> Json:
        """One whole text with its contact; the journal says who asked for it.

        Raises ``RefusalError``: ``NOT_FOUND``, ``RATING_WORDS_DESTROYED`` when its time is over.
        """
        query = select(rating_words).where(
            rating_words.c.site == self._plan.site, rating_words.c.rating == rating_id
        )
        row = transaction.connection.execute(query).mappings().first()
        if row is None:
            raise RefusalError(FailureCode.NOT_FOUND, "Nothing was written with this rating.")
        opened = self._unsealed(row)
        if opened is None:
            raise RefusalError(FailureCode.RATING_WORDS_DESTROYED, "The key of that day was destroyed.")
        transaction.record("rating.opened", actor, rating_id, {"rating_id": rating_id})
        return {"id": rating_id, "words": opened["words"], "contact": opened["contact"]}

    def _written(self, reading: Reading, first: str, last: str) -> list[Json]:
        today = local_date(self._clock(), self._plan.zone)
        kept = first_day_kept(today, self._keep_days).isoformat()
        query = (
            select(rating_words)
            .where(rating_words.c.site == self._plan.site, rating_words.c.day >= max(first, kept))
            .order_by(rating_words.c.day.desc(), rating_words.c.rating)
        )
        told = []
        for row in reading.connection.execute(query).mappings():
            opened = self._unsealed(row)
            if opened is not None and first <= opened["day"] <= last:
                told.append(self._hidden(row["rating"], opened))
        return sorted(told, key=lambda one: str(one["day"]), reverse=True)

    def _hidden(self, rating_id: str, opened: Json) -> Json:
        words = _LONG_NUMBER.sub("••••", opened["words"])
        service = opened["service"]
        return {
            "id": rating_id,
            "day": opened["day"],
            "face": opened["face"],
            "aspect": opened["aspect"],
            "service_name": None if service is None else service_name(service, self._plan),
            "procedure": opened["procedure"],
            "words": words,
            "hidden": bool(opened["contact"]) or words != opened["words"],
        }

    def _unsealed(self, row: Row) -> Json | None:
        try:
            key = self._keys.read(date.fromisoformat(row["day"]))
            text = AESGCM(key).decrypt(row["nonce"], row["sealed"], self._bound_to(row["rating"]))
        except (KeyDestroyedError, InvalidTag):
            return None  # its time is over, or it came back with a backup whose key is gone
        opened: Json = json.loads(text)
        return opened

    def _bound_to(self, rating_id: str) -> bytes:
        """Additional data: sealed words open only in their own row."""
        return f"{self._plan.site}/rating/{rating_id}".encode()

    # -- forgetting --------------------------------------------------------------------------------------

    def forget(self, transaction: Transaction) -> None:
        """Delete what nobody can read any more."""
        kept = first_day_kept(local_date(transaction.now, self._plan.zone), self._keep_days)
        old = (rating_words.c.site == self._plan.site, rating_words.c.day < kept.isoformat())
        transaction.connection.execute(delete(rating_words).where(*old))

    def destroy_expired_keys(self) -> list[date]:
        """Destroy the keys of days that are past keeping; returns those days. Never raises."""
        today = local_date(self._clock(), self._plan.zone)
        try:
            return self._keys.destroy_before(first_day_kept(today, self._keep_days))
        except OSError as error:
            _LOG.error("expired keys cannot be destroyed: %s", type(error).__name__)
            return []


def as_csv(counts: Iterable[Json]) -> str:
    """Counts as a table that spreadsheets open: a byte-order mark, a line of names, a line each."""
    out = io.StringIO()
    out.write("\ufeff")
    table = csv.writer(out)
    table.writerow(COLUMNS)
    table.writerows(["" if one[name] is None else one[name] for name in COLUMNS] for one in counts)
    return out.getvalue()


def _faces(counts: Iterable[Json]) -> list[int]:
    """How many chose each face, from 1 to 5."""
    sums: Counter[int] = Counter()
    for one in counts:
        sums[one["face"]] += one["count"]
    return [sums[face] for face in FACES]

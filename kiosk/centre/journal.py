"""The journal: every change of state as a numbered entry that holds the hash of the one before.

Numbers come from the head row, which each transaction takes last: no gap after a rollback, and no number
that becomes visible after a greater one. An entry's hash is SHA-256 over its canonical JSON (keys sorted,
no spaces, UTF-8) together with the previous hash, so an edit or a deletion shows; a cut tail shows against
the newest hash kept outside the database. No personal data.
"""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, bindparam, func, insert, select, update

from kiosk.centre.store.schema import journal, journal_anchor, journal_head

NO_HASH = "0" * 64
"""What the first entry names as its predecessor's hash."""


class JournalBrokenError(Exception):
    """The chain does not verify; the text names the first entry that is wrong."""


@dataclass(frozen=True)
class Record:
    """A change, not yet numbered. ``subject`` is the ticket, counter or device it is about."""

    type: str
    actor: str
    subject: str
    payload: Mapping[str, Any]


@dataclass(frozen=True)
class Entry:
    """A numbered, chained change. ``payload`` is canonical JSON; ``hash`` covers the entry before as well."""

    seq: int
    epoch: str
    type: str
    at: str
    actor: str
    subject: str
    payload: str
    hash: str

    def data(self) -> dict[str, Any]:
        """What the stream tells of it."""
        return {
            "seq": self.seq,
            "type": self.type,
            "at": self.at,
            "actor": self.actor,
            "epoch": self.epoch,
            **json.loads(self.payload),
        }


@dataclass(frozen=True)
class Head:
    """The newest entry's number and hash, and the epoch in which numbers are given now."""

    epoch: str
    seq: int
    hash: str


def canonical(value: Any) -> str:
    """JSON with sorted keys and no spaces, letters as they are."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)


def entry_hash(place: tuple[str, str, int], at: str, record: tuple[str, str, str, str], prev: str) -> str:
    """Hash of an entry at ``place`` (site, epoch, number); ``record``: type, actor, subject and payload."""
    whole = canonical([*place, at, *record, prev])
    return hashlib.sha256(whole.encode("utf-8")).hexdigest()


_READ_HEAD = select(journal_head.c.epoch, journal_head.c.seq, journal_head.c.hash).where(
    journal_head.c.site == bindparam("in_site")
)
_LOCK_HEAD = _READ_HEAD.with_for_update()
_MOVE_HEAD = (
    update(journal_head)
    .where(journal_head.c.site == bindparam("in_site"))
    .values(seq=bindparam("new_seq"), hash=bindparam("new_hash"))
)
_INSERT = insert(journal)
_COLUMNS = [journal.c[name] for name in Entry.__dataclass_fields__]
_AFTER = (
    select(*_COLUMNS)
    .where(journal.c.site == bindparam("in_site"), journal.c.seq > bindparam("after"))
    .order_by(journal.c.seq)
    .limit(bindparam("most"))
)


def read_head(connection: Connection, site: str) -> Head | None:
    """The head row; ``None`` before the first epoch."""
    row = connection.execute(_READ_HEAD, {"in_site": site}).first()
    return None if row is None else Head(*row)


def append(connection: Connection, site: str, at: str, records: Sequence[Record]) -> tuple[Entry, ...]:
    """Number and chain ``records`` inside the caller's transaction; the last thing the transaction does."""
    row = connection.execute(_LOCK_HEAD, {"in_site": site}).first()
    if row is None:
        raise JournalBrokenError("the journal has no head: it was never begun")
    epoch, seq, prev = row
    entries = []
    for record in records:
        seq += 1
        payload = canonical(record.payload)
        own = entry_hash((site, epoch, seq), at, (record.type, record.actor, record.subject, payload), prev)
        entries.append(Entry(seq, epoch, record.type, at, record.actor, record.subject, payload, own))
        prev = own
    connection.execute(_INSERT, [{"site": site, **vars(entry)} for entry in entries])
    connection.execute(_MOVE_HEAD, {"in_site": site, "new_seq": seq, "new_hash": prev})
    return tuple(entries)


def begin_epoch(connection: Connection, site: str, at: str, reason: str) -> tuple[Entry, ...]:
    """Mint a new epoch and say so in its first entry. Numbers and chain go on from what the database holds.

    ``reason``: ``install``, ``restore`` or ``moved``.
    """
    head = read_head(connection, site)
    epoch = secrets.token_hex(8)
    if head is None:
        connection.execute(insert(journal_head).values(site=site, epoch=epoch, seq=0, hash=NO_HASH))
    else:
        connection.execute(update(journal_head).where(journal_head.c.site == site).values(epoch=epoch))
    payload = {"reason": reason, "previous": None if head is None else head.epoch}
    return append(connection, site, at, [Record("epoch.begun", "centre", "centre", payload)])


def read_after(connection: Connection, site: str, after: int, most: int = 500) -> list[Entry]:
    """Up to ``most`` entries with numbers above ``after``, in order."""
    rows = connection.execute(_AFTER, {"in_site": site, "after": after, "most": most})
    return [Entry(*row) for row in rows]


def find(connection: Connection, site: str, seq: int) -> Entry | None:
    """The entry with this number."""
    entries = read_after(connection, site, seq - 1, 1)
    return entries[0] if entries and entries[0].seq == seq else None


@dataclass(frozen=True)
class Verified:
    """How far a chain was followed: number of entries, and the hash and number of the last."""

    entries: int
    seq: int
    hash: str


def verify_chain(site: str, entries: Sequence[Entry], after: Verified) -> Verified:
    """Follow the chain over ``entries``, which come right after ``after``. Raises ``JournalBrokenError``."""
    seq, prev = after.seq, after.hash
    for entry in entries:
        if entry.seq != seq + 1:
            raise JournalBrokenError(f"entry {seq + 1} is missing")
        record = (entry.type, entry.actor, entry.subject, entry.payload)
        if entry_hash((site, entry.epoch, entry.seq), entry.at, record, prev) != entry.hash:
            raise JournalBrokenError(
                f"entry {entry.seq} was changed after it was written, or does not follow from entry {seq}"
            )
        seq, prev = entry.seq, entry.hash
    return Verified(after.entries + len(entries), seq, prev)


def anchor(connection: Connection, site: str) -> Verified:
    """After which entry the database's part of the chain begins: the last one that was archived."""
    query = select(journal_anchor.c.seq, journal_anchor.c.hash).where(journal_anchor.c.site == site)
    row = connection.execute(query.order_by(journal_anchor.c.seq.desc()).limit(1)).first()
    return Verified(0, 0, NO_HASH) if row is None else Verified(0, *row)


def verify(connection: Connection, site: str, page: int = 2000) -> Verified:
    """Follow the whole chain that the database holds up to the head row. Raises ``JournalBrokenError``."""
    done = anchor(connection, site)
    while entries := read_after(connection, site, done.seq, page):
        done = verify_chain(site, entries, done)
    check_head(done, read_head(connection, site))
    return done


def verify_tail(connection: Connection, site: str, length: int = 200) -> None:
    """Follow the newest entries only; quick enough for every start. Raises ``JournalBrokenError``."""
    head = read_head(connection, site)
    if head is None:
        return
    newest = connection.execute(select(func.max(journal.c.seq)).where(journal.c.site == site)).scalar() or 0
    if newest > head.seq:
        raise JournalBrokenError(f"entry {newest} lies past the head {head.seq}")
    done = anchor(connection, site)
    first = max(done.seq, head.seq - length)
    if first > done.seq:
        before = find(connection, site, first)
        if before is None:
            raise JournalBrokenError(f"entry {first} is missing")
        done = Verified(0, first, before.hash)
    check_head(verify_chain(site, read_after(connection, site, first, length), done), head)


def check_head(done: Verified, head: Head | None) -> None:
    """The chain's end must be what the head row says. Raises ``JournalBrokenError``."""
    seq, newest = (0, NO_HASH) if head is None else (head.seq, head.hash)
    if (done.seq, done.hash) != (seq, newest):
        raise JournalBrokenError(f"the chain ends at entry {done.seq}, the head says {seq}")

"""The centre's tables. ``site`` comes first in every key, so that many sites can share one database later.

Moments are ISO-8601 text in UTC with milliseconds and ``Z``: they sort as text, stand in the journal as they
are hashed, and read the same in every database. Days are ``YYYY-MM-DD`` at the centre.
"""

from __future__ import annotations

from sqlalchemy import (
    Column,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    PrimaryKeyConstraint,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)

metadata = MetaData()

OPEN_TICKET = text("ticket.state IN ('waiting', 'called', 'serving', 'parked')")
"""What a query says besides its own condition on the state, so that old tickets are not looked through.

Databases use a partial index only for a query that says its condition in the same words
(https://www.sqlite.org/partialindex.html §3); a bound parameter says nothing.
"""

TICKET_AT_COUNTER = text("ticket.state IN ('called', 'serving')")
"""The same for the tickets at counters."""

UNDOABLE_TICKET = text("ticket.before IS NOT NULL")
"""The same for the tickets whose last step may be taken back."""


def _text(name: str, *, null: bool = False) -> Column[str]:
    return Column(name, String, nullable=null)


def _number(name: str, *, null: bool = False) -> Column[int]:
    return Column(name, Integer, nullable=null)


def _key(*names: str) -> PrimaryKeyConstraint:
    return PrimaryKeyConstraint("site", *names)


journal_head = Table(
    "journal_head",
    metadata,
    _text("site"),
    _text("epoch"),
    _number("seq"),
    _text("hash"),
    _key(),
)

journal = Table(
    "journal",
    metadata,
    _text("site"),
    _number("seq"),
    _text("epoch"),
    _text("type"),
    _text("at"),
    _text("actor"),
    _text("subject"),
    Column("payload", Text, nullable=False),
    _text("hash"),
    _key("seq"),
    Index("journal_subject", "site", "subject", "seq"),
)

journal_anchor = Table(
    "journal_anchor",
    metadata,
    _text("site"),
    _number("seq"),
    _text("hash"),
    _text("day"),
    _text("file"),
    _text("digest"),
    _text("at"),
    _key("seq"),
)
"""Where archived entries end: the chain goes on after ``seq``. ``digest`` is the file's SHA-256."""

site_secret = Table(
    "site_secret",
    metadata,
    _text("site"),
    _text("name"),
    Column("value", LargeBinary, nullable=False),
    _key("name"),
)

business_day = Table(
    "business_day",
    metadata,
    _text("site"),
    _text("day"),
    _number("arrivals"),
    _text("last_queued_at", null=True),
    _text("closed_at", null=True),
    _key(),
)
"""One row a site: the day whose numbers are given. Its lock is the lock of the queue's order."""

number_band = Table(
    "number_band",
    metadata,
    _text("site"),
    _text("day"),
    _text("series"),
    _number("first"),
    _number("taken"),
    Column("reserved", Integer, nullable=False, server_default="0"),
    _key("day", "series", "first"),
)
"""``taken`` numbers are given from the start, ``reserved`` cut from the end for kiosks without a link."""

lease = Table(
    "lease",
    metadata,
    _text("site"),
    _text("id"),
    _text("kiosk"),
    _text("day"),
    _text("at"),
    _text("until"),
    _text("returned_at", null=True),
    _key("id"),
)

lease_block = Table(
    "lease_block",
    metadata,
    _text("site"),
    _text("lease"),
    _text("service"),
    _text("series"),
    _number("first"),
    _number("last"),
    _key("lease", "service"),
    ForeignKeyConstraint(["site", "lease"], ["lease.site", "lease.id"]),
)

ticket = Table(
    "ticket",
    metadata,
    _text("site"),
    _text("id"),
    _text("day"),
    _text("series"),
    _number("sequence"),
    _text("service"),
    _text("then", null=True),
    _number("arrival"),
    Column("queued_at", String, nullable=False, server_default=""),
    _text("state"),
    _text("issued_at"),
    Column("issued_by", String, nullable=False, server_default=""),
    Column("offline", Integer, nullable=False, server_default="0"),
    _text("priority", null=True),
    _text("priority_source", null=True),
    _text("appointed_at", null=True),
    Column("overtaken", Integer, nullable=False, server_default="0"),
    _text("counter", null=True),
    _text("reserved_counter", null=True),
    _text("called_at", null=True),
    _text("recalled_at", null=True),
    _number("call_count"),
    _text("started_at", null=True),
    _text("ended_at", null=True),
    _text("parked_until", null=True),
    _text("park_reason", null=True),
    Column("rejoins", Integer, nullable=False, server_default="0"),
    Column("legs", Integer, nullable=False, server_default="0"),
    _text("undoable", null=True),
    _text("undo_until", null=True),
    _text("undo_counter", null=True),
    Column("before", Text, nullable=True),
    _text("follow_token"),
    _text("print_state"),
    _text("print_code", null=True),
    _number("print_copies"),
    _text("form", null=True),
    _text("form_attached_at", null=True),
    _key("id"),
    UniqueConstraint("site", "day", "series", "sequence", name="ticket_number"),
    UniqueConstraint("site", "follow_token", name="ticket_follow"),
    Index(
        "ticket_open",
        "site",
        "state",
        "arrival",
        sqlite_where=text("state IN ('waiting', 'called', 'serving', 'parked')"),
        postgresql_where=text("state IN ('waiting', 'called', 'serving', 'parked')"),
    ),
    Index(
        "ticket_at_counter",
        "site",
        "counter",
        unique=True,
        sqlite_where=text("state IN ('called', 'serving')"),
        postgresql_where=text("state IN ('called', 'serving')"),
    ),
    Index(
        "ticket_undoable",
        "site",
        "undo_until",
        sqlite_where=text("before IS NOT NULL"),
        postgresql_where=text("before IS NOT NULL"),
    ),
    Index("ticket_day", "site", "day", "arrival"),
)

leg = Table(
    "leg",
    metadata,
    _text("site"),
    _text("ticket"),
    _number("n"),
    _text("day"),
    _text("service"),
    _text("counter"),
    _number("officers"),
    _text("queued_at"),
    _text("called_at"),
    _text("started_at", null=True),
    _text("ended_at"),
    _text("outcome"),
    _key("ticket", "n"),
    Index("leg_day", "site", "day"),
)
"""One finished service of a visit, or one no-show; nothing but an undo, which takes it away, changes it."""

stop = Table(
    "stop",
    metadata,
    _text("site"),
    _text("service"),
    _text("message"),
    _text("stopped_by"),
    _text("at"),
    _key("service"),
)
"""What the head of the centre has stopped; ``service`` ``*`` is the whole house."""

person_today = Table(
    "person_today",
    metadata,
    _text("site"),
    _text("person"),
    _text("service"),
    _text("day"),
    _text("ticket"),
    _key("person", "service"),
)
"""Who already holds a number, as a hash under a key that lives for the day only."""

issue_key = Table(
    "issue_key",
    metadata,
    _text("site"),
    _text("key"),
    _text("body"),
    _text("ticket"),
    _text("at"),
    _key("key"),
    ForeignKeyConstraint(["site", "ticket"], ["ticket.site", "ticket.id"]),
    Index("issue_key_ticket", "site", "ticket"),
)

counter = Table(
    "counter",
    metadata,
    _text("site"),
    _text("id"),
    _text("officer"),
    _text("opened_at"),
    _key("id"),
)

form = Table(
    "form",
    metadata,
    _text("site"),
    _text("ticket"),
    _text("day"),
    _text("form"),
    _text("version"),
    _text("attached_at"),
    Column("nonce", LargeBinary, nullable=False),
    Column("sealed", LargeBinary, nullable=False),
    _key("ticket"),
    ForeignKeyConstraint(["site", "ticket"], ["ticket.site", "ticket.id"]),
)

help_call = Table(
    "help_call",
    metadata,
    _text("site"),
    _text("id"),
    _text("kiosk"),
    _text("screen"),
    _text("language", null=True),
    _text("day"),
    _text("at"),
    _text("ended_at", null=True),
    _text("outcome", null=True),
    _text("counter", null=True),
    _key("id"),
    Index(
        "help_call_open",
        "site",
        "kiosk",
        unique=True,
        sqlite_where=text("ended_at IS NULL"),
        postgresql_where=text("ended_at IS NULL"),
    ),
    Index("help_call_day", "site", "day"),
)
"""Somebody at a kiosk asked for an officer. ``outcome``: ``answered`` (``counter``: by whom sat there) or
``expired``.
"""

rating = Table(
    "rating",
    metadata,
    _text("site"),
    _text("id"),
    _text("day"),
    _number("face"),
    _text("aspect", null=True),
    _text("service", null=True),
    _number("has_words"),
    _text("key"),
    _text("body"),
    _key("id"),
    UniqueConstraint("site", "key", name="rating_key"),
    Index("rating_day", "site", "day"),
)
"""How content somebody was, 1 to 5; neither who, nor with which number, nor at what time."""

rating_words = Table(
    "rating_words",
    metadata,
    _text("site"),
    _text("rating"),
    _text("day"),
    Column("nonce", LargeBinary, nullable=False),
    Column("sealed", LargeBinary, nullable=False),
    _key("rating"),
    Index("rating_words_day", "site", "day"),
)
"""What somebody wrote with a rating, locked with the key of ``day``, the day it came."""

device_token = Table(
    "device_token",
    metadata,
    _text("site"),
    _text("hash"),
    _text("role"),
    _text("name"),
    _text("created_at"),
    _key("hash"),
)

officer = Table(
    "officer",
    metadata,
    _text("site"),
    _text("login"),
    _text("name"),
    _text("role"),
    _text("password"),
    _text("created_at"),
    _key("login"),
)

session = Table(
    "session",
    metadata,
    _text("site"),
    _text("hash"),
    _text("login"),
    _text("created_at"),
    _text("expires_at"),
    _key("hash"),
    ForeignKeyConstraint(["site", "login"], ["officer.site", "officer.login"]),
)

sign_in_failure = Table(
    "sign_in_failure",
    metadata,
    _text("site"),
    _text("login_hash"),
    _number("failures"),
    _text("last_at"),
    _text("locked_until", null=True),
    _key("login_hash"),
)

device = Table(
    "device",
    metadata,
    _text("site"),
    _text("name"),
    _text("machine"),
    _text("condition"),
    _text("failure", null=True),
    _text("warning", null=True),
    Column("facts", Text, nullable=False),
    _text("since"),
    _text("seen_at"),
    _text("found_at", null=True),
    _key("name", "machine"),
)
"""What each machine, by the name of its token, last reported of its own devices.

``found_at``: when the device itself first answered; a machine also reports those never connected to it.
"""

device_setting = Table(
    "device_setting",
    metadata,
    _text("site"),
    _text("device"),
    _text("machine"),
    Column("settings", Text, nullable=False),
    _text("changed_at"),
    _text("changed_by"),
    _key("device", "machine"),
)
"""What was changed of a machine's device; with an empty ``machine``: of every machine's, before each had its
own.
"""

device_request = Table(
    "device_request",
    metadata,
    _text("site"),
    _text("id"),
    _text("device"),
    Column("machine", String, nullable=False, server_default=""),
    _text("kind"),
    Column("settings", Text, nullable=True),
    _text("state"),
    _text("actor"),
    _text("at"),
    Column("passed", Integer, nullable=True),
    Column("lines", Text, nullable=False),
    _text("failure", null=True),
    _text("answered_at", null=True),
    _key("id"),
    Index("device_request_state", "site", "state", "at"),
)

probe = Table(
    "probe",
    metadata,
    _text("site"),
    _text("at"),
    _key(),
)

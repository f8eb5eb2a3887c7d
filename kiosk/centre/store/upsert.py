"""``INSERT … ON CONFLICT`` for whichever engine runs it.

SQLite took the clause over from PostgreSQL (https://www.sqlite.org/lang_upsert.html), and SQLAlchemy's SQLite
compiler writes PostgreSQL's construct as its own, so one statement made at import serves both. A conflict
target is named by its columns (``index_elements``), not by its constraint, which SQLite does not know.
"""

from __future__ import annotations

from sqlalchemy import Table
from sqlalchemy.dialects.postgresql import Insert


def upsert(table: Table) -> Insert:
    """An insert that also has ``on_conflict_do_update``, ``on_conflict_do_nothing`` and ``excluded``."""
    return Insert(table)

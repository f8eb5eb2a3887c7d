"""A past for a centre: finished tickets of old days, with their keys and legs, straight into the tables."""

from __future__ import annotations

import sqlalchemy

A_DAY = 400
_STEP = 500_000

_FIRST_DAY = "1900-01-01"
_SQLITE = {
    "id": "printf('0%023x', n)",
    "day": f"date('{_FIRST_DAY}', '+' || (n / {A_DAY}) || ' days')",
    "token": "printf('old-%018d', n)",
    "from": "(WITH RECURSIVE old(n) AS (SELECT {first} UNION ALL SELECT n + 1 FROM old WHERE n + 1 < {last})"
    " SELECT n FROM old) AS old",
}
_POSTGRESQL = {
    "id": "'0' || lpad(to_hex(n), 23, '0')",
    "day": f"(date '{_FIRST_DAY}' + n / {A_DAY})::text",
    "token": "'old-' || lpad(n::text, 18, '0')",
    "from": "generate_series({first}, {last} - 1) AS n",
}
_TICKET = """
INSERT INTO ticket (site, id, day, series, sequence, service, arrival, queued_at, state, issued_at, counter,
                    called_at, call_count, started_at, ended_at, follow_token, print_state, print_copies)
SELECT '{site}', {id}, {day}, 'A', n % {each} + 1, 'ho-tich', n % {each} + 1, {day} || 'T01:00:00.000Z',
       'completed', {day} || 'T01:00:00.000Z', 'quay-1', {day} || 'T01:10:00.000Z', 1,
       {day} || 'T01:11:00.000Z', {day} || 'T01:20:00.000Z', {token}, 'printed', 0
FROM {source}
"""
_KEY = (
    "INSERT INTO issue_key (site, key, body, ticket, at) SELECT '{site}', {id}, '', {id}, {day} FROM {source}"
)
_LEG = """
INSERT INTO leg (site, ticket, n, day, service, counter, officers, queued_at, called_at, started_at, ended_at,
                 outcome)
SELECT '{site}', {id}, 1, {day}, 'ho-tich', 'quay-1', 1, {day} || 'T01:00:00.000Z', {day} || 'T01:10:00.000Z',
       {day} || 'T01:11:00.000Z', {day} || 'T01:20:00.000Z', 'completed'
FROM {source}
"""


def fill(url: str, site: str, old: int, *, whole: bool = False) -> None:
    """Give the database at ``url`` so many old tickets, four hundred a day; ``whole``: with keys and legs."""
    engine = sqlalchemy.create_engine(url, isolation_level="AUTOCOMMIT")
    on_postgresql = engine.dialect.name == "postgresql"
    words = _POSTGRESQL if on_postgresql else _SQLITE
    with engine.connect() as connection:
        for first in range(0, old, _STEP):
            source = words["from"].format(first=first, last=min(old, first + _STEP))
            for statement in (_TICKET, _KEY, _LEG) if whole else (_TICKET,):
                told = statement.format(
                    site=site,
                    each=A_DAY,
                    id=words["id"],
                    day=words["day"],
                    token=words["token"],
                    source=source,
                )
                connection.exec_driver_sql(told.replace("%", "%%") if on_postgresql else told)
        if on_postgresql:
            connection.exec_driver_sql("VACUUM ANALYZE")
        else:
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    engine.dispose()

"""PostgreSQL's own programs, ``pg_dump`` and ``pg_restore``, as processes: whole copies of one moment.

The password of the URL goes to them in their environment, never on their command line.
"""

from __future__ import annotations

import os
import secrets
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Connection, Engine, create_engine, make_url, text
from sqlalchemy.exc import DBAPIError, ProgrammingError
from sqlalchemy.pool import NullPool

from kiosk.centre.keeping.sqlite_files import NEVER_KEPT

_MOST_SECONDS = 3600
_ENDING_SECONDS = 3.0


class DumpError(Exception):
    """A program of PostgreSQL is not there or failed; the text is its last line."""


def dump(url: str, to: Path, snapshot: str | None = None) -> None:
    """Write the whole database to a file (custom format) as one moment saw it, while others write.

    ``snapshot``: that moment, as ``pg_export_snapshot`` named it. Raises ``DumpError``.
    """
    left_out = [f"--exclude-table-data=public.{table}" for table in NEVER_KEPT]
    moment = [] if snapshot is None else [f"--snapshot={snapshot}"]
    _run(
        url, "pg_dump", "--format=custom", "--no-owner", "--no-privileges", *left_out, *moment, f"--file={to}"
    )


def load(url: str, file: Path) -> None:
    """Put a dump in place of what the database holds, all or nothing. Raises ``DumpError``."""
    _run(
        url,
        "pg_restore",
        "--clean",
        "--if-exists",
        "--no-owner",
        "--no-privileges",
        "--single-transaction",
        "--exit-on-error",
        f"--dbname={make_url(url).database}",
        str(file),
    )


def read_through(url: str, file: Path) -> None:
    """Read all of a dump, as a restore would, and put it nowhere. Raises ``DumpError``."""
    _run(url, "pg_restore", f"--file={os.devnull}", str(file))


def export_snapshot(connection: Connection) -> str:
    """A name for the moment that this transaction sees; valid while the transaction is open."""
    return str(connection.execute(text("SELECT pg_export_snapshot()")).scalar_one())


def others(url: str) -> int:
    """How many other sessions work with this database; those that are just ending are given some seconds."""
    query = (
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
    )
    with _administering(url) as engine, engine.connect() as connection:
        end = time.monotonic() + _ENDING_SECONDS
        while (found := int(connection.execute(text(query)).scalar_one())) and time.monotonic() < end:
            time.sleep(0.1)
        return found


@contextmanager
def trial_database(url: str) -> Iterator[str | None]:
    """The URL of an empty database on that server, gone afterwards; ``None`` if the user may make none."""
    name = f"mot_cua_trial_{secrets.token_hex(4)}"
    with _administering(url) as engine:
        try:
            with engine.connect() as connection:
                connection.execute(text(f'CREATE DATABASE "{name}" TEMPLATE template0'))
        except ProgrammingError as error:
            if getattr(error.orig, "sqlstate", "") != "42501":  # insufficient_privilege
                raise DumpError(str(error.orig)) from error
            yield None
            return
        try:
            yield make_url(url).set(database=name).render_as_string(hide_password=False)
        finally:
            with engine.connect() as connection:
                connection.execute(text(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)'))


def put_beside(url: str, name: str) -> None:
    """Give the database another name, and make an empty one under its own. Raises ``DumpError`` with what an
    administrator must do where the user may not; then nothing was changed.
    """
    parts = make_url(url)
    own, user = str(parts.database), parts.username
    renamed = f'ALTER DATABASE "{own}" RENAME TO "{name}"'
    made = f'CREATE DATABASE "{own}" TEMPLATE template0'
    elsewhere = parts.set(database="postgres").render_as_string(hide_password=False)
    with _administering(elsewhere) as engine, engine.connect() as connection:
        try:
            connection.execute(text(renamed))
        except ProgrammingError as error:
            if getattr(error.orig, "sqlstate", "") != "42501":  # insufficient_privilege
                raise
            raise DumpError(
                f"the user {user} may not set the damaged database aside. As the user postgres run "
                f"psql -c '{renamed}' -c '{made} OWNER \"{user}\"', then restore again"
            ) from error
        try:
            connection.execute(text(made))
        except DBAPIError:
            connection.execute(text(f'ALTER DATABASE "{name}" RENAME TO "{own}"'))
            raise


def put_back(url: str, name: str) -> None:
    """Undo ``put_beside``. Raises ``DumpError``."""
    parts = make_url(url)
    elsewhere = parts.set(database="postgres").render_as_string(hide_password=False)
    with _administering(elsewhere) as engine, engine.connect() as connection:
        connection.execute(text(f'DROP DATABASE "{parts.database}" WITH (FORCE)'))
        connection.execute(text(f'ALTER DATABASE "{name}" RENAME TO "{parts.database}"'))


@contextmanager
def _administering(url: str) -> Iterator[Engine]:
    engine = create_engine(url, poolclass=NullPool, hide_parameters=True, isolation_level="AUTOCOMMIT")
    try:
        yield engine
    except DBAPIError as error:
        raise DumpError(str(error.orig)) from error
    finally:
        engine.dispose()


def _run(url: str, program: str, *arguments: str) -> None:
    try:
        done = subprocess.run(
            [program, *arguments],
            env=_environment(url),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=_MOST_SECONDS,
            check=False,
        )
    except FileNotFoundError as error:
        raise DumpError(f"{program} is not installed (Debian: postgresql-client)") from error
    except subprocess.TimeoutExpired as error:
        raise DumpError(f"{program} took longer than an hour") from error
    if done.returncode != 0:
        said = [line for line in done.stderr.splitlines() if line.strip()]
        raise DumpError(said[-1] if said else f"{program} ended with code {done.returncode}")


def _environment(url: str) -> dict[str, str]:
    parts = make_url(url)
    host = parts.host or parts.query.get("host")
    port = parts.port or parts.query.get("port")
    named = {
        "PGHOST": host,
        "PGPORT": port,
        "PGUSER": parts.username,
        "PGPASSWORD": parts.password,
        "PGDATABASE": parts.database,
        "PGSSLMODE": parts.query.get("sslmode"),
        "PGSSLROOTCERT": parts.query.get("sslrootcert"),
    }
    given = {name: str(value) for name, value in named.items() if value}
    return {**os.environ, **given, "LC_ALL": "C", "PGOPTIONS": "-c statement_timeout=0 -c lock_timeout=30s"}

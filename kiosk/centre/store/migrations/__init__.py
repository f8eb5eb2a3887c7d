"""Bringing a database to the tables of this program."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Connection, inspect, text

NEWEST = "0005"
"""The newest revision in ``versions``; a test compares."""


class DatabaseTooNewError(RuntimeError):
    """The database was written by a newer program; this one would not understand it."""


def migrate(connection: Connection) -> None:
    """Run the migrations that are missing, inside the caller's transaction.

    Raises ``DatabaseTooNewError`` for a revision this program does not know. Alembic is loaded only when
    there is something to do: it costs a third of a second of start-up.
    """
    found = None
    if inspect(connection).has_table("alembic_version"):
        found = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
    if found == NEWEST:
        return
    from alembic import command  # noqa: PLC0415
    from alembic.config import Config  # noqa: PLC0415
    from alembic.util import CommandError  # noqa: PLC0415

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent).replace("%", "%%"))
    config.attributes["connection"] = connection
    try:
        command.upgrade(config, "head")
    except CommandError as error:
        raise DatabaseTooNewError(
            f"the database is at revision {found}, which this program does not know"
        ) from error

"""Alembic's entry: runs the migrations on the connection the store hands over."""

from __future__ import annotations

from alembic import context

from kiosk.centre.store.schema import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    transactional_ddl=True,
    transaction_per_migration=False,
)
context.run_migrations()

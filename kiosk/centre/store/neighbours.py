"""The other processes of the centre on the same PostgreSQL: they tell of their commits, and one is on duty.

A connection of its own listens for the number of each entry committed anywhere; it is a wake-up only, the
entries are read from the journal. The same connection tries for an advisory lock: whose process holds it is
*on duty* and does what must be done once for all. When a process dies its connection ends, and with it
the lock; another process has it within ``TRY_SECONDS``.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from typing import Any

import psycopg
from psycopg import sql

from kiosk.centre.store import postgresql
from kiosk.centre.store.store import Store

_LOG = logging.getLogger(__name__)
TRY_SECONDS = 1.0
_TRY = "SELECT pg_try_advisory_lock(%s)"
_PING = "SELECT 1"


class Neighbours:
    """``announce`` is called on the event loop with the number of an entry that another process committed,
    with 0 when numbers may have been missed.

    On SQLite there are no neighbours, and this process is on duty.
    """

    def __init__(self, store: Store, announce: Callable[[int], None]) -> None:
        self._store = store
        self._announce = announce
        self._duty = asyncio.Event()
        if not store.on_postgresql:
            self._duty.set()

    @property
    def on_duty(self) -> bool:
        """Whether this process does what one does for all."""
        return self._duty.is_set()

    async def until_on_duty(self) -> None:
        """Wait until it does."""
        await self._duty.wait()

    async def watch(self) -> None:
        """Listen, and try to be on duty. For ever."""
        if not self._store.on_postgresql:
            return
        while True:
            try:
                await self._listen()
            except psycopg.Error as error:
                _LOG.warning("the database says nothing of other processes: %s", type(error).__name__)
            finally:
                self._duty.clear()
            await asyncio.sleep(TRY_SECONDS)

    async def _listen(self) -> None:
        taken = postgresql.parameters(str(self._store.database))
        async with await psycopg.AsyncConnection.connect(**taken, autocommit=True) as connection:
            await connection.execute(sql.SQL("LISTEN {}").format(sql.Identifier(self._store.channel)))
            self._announce(0)
            while True:
                await self._try(connection)
                async for told in connection.notifies(timeout=TRY_SECONDS):
                    if not self._store.own_backend(told.pid):
                        self._announce(int(told.payload))

    async def _try(self, connection: psycopg.AsyncConnection[Any]) -> None:
        if self.on_duty:
            await connection.execute(_PING)
            return
        key = postgresql.lock_key("mot-cua", "duty", self._store.site)
        answer = await (await connection.execute(_TRY, (key,))).fetchone()
        if answer is not None and answer[0]:
            self._duty.set()

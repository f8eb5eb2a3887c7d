"""Who sits at which counter, with the counters' rows locked so that nobody leaves meanwhile."""

from __future__ import annotations

from sqlalchemy import bindparam, select

from kiosk.centre.plan import Plan
from kiosk.centre.problems import RefusalError
from kiosk.centre.store.schema import counter
from kiosk.centre.store.store import Transaction
from kiosk.failures import FailureCode

_LOCK = (
    select(counter.c.id, counter.c.officer)
    .where(counter.c.site == bindparam("in_site"), counter.c.id.in_(bindparam("in_ids", expanding=True)))
    .order_by(counter.c.id)
    .with_for_update()
)
_OF_OFFICER = (
    select(counter.c.id)
    .where(counter.c.site == bindparam("in_site"), counter.c.officer == bindparam("in_login"))
    .limit(2)
)


def locked(transaction: Transaction, plan: Plan, *counters: str) -> dict[str, str]:
    """The logins of those who sit at the open ones of ``counters``; the rows stay locked."""
    found = transaction.connection.execute(_LOCK, {"in_site": plan.site, "in_ids": sorted(counters)})
    return {row.id: row.officer for row in found}


def counter_of(transaction: Transaction, plan: Plan, login: str) -> str | None:
    """Where an officer sits; ``None`` for one who sits nowhere, or at several counters."""
    found = transaction.connection.execute(_OF_OFFICER, {"in_site": plan.site, "in_login": login}).all()
    return str(found[0].id) if len(found) == 1 else None


def checked_target(transaction: Transaction, plan: Plan, service: str | None, counter_id: str | None) -> None:
    """Whether a ticket can be sent there.

    Raises ``RefusalError``: ``NOT_FOUND``, ``SERVICE_WITHOUT_COUNTER``, ``TRANSFER_COUNTER_CLOSED``.
    """
    if service is not None:
        if service not in plan.services:
            raise RefusalError(FailureCode.NOT_FOUND, "There is no such service.")
        if not plan.serving(service):
            raise RefusalError(FailureCode.SERVICE_WITHOUT_COUNTER, "No counter serves this service.")
    if counter_id is not None:
        if counter_id not in plan.counters:
            raise RefusalError(FailureCode.NOT_FOUND, "There is no such counter.")
        if counter_id not in locked(transaction, plan, counter_id):
            raise RefusalError(FailureCode.TRANSFER_COUNTER_CLOSED, "The other counter is closed.")

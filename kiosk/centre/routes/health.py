"""For monitoring: does it live, can it work, and how much does it do."""

from __future__ import annotations

import asyncio
import ipaddress

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from kiosk.centre import dossier_watch
from kiosk.centre.moments import written
from kiosk.centre.problems import RefusalError
from kiosk.centre.routes.common import Answer, centre_of
from kiosk.centre.store.schema import probe
from kiosk.centre.store.store import Transaction
from kiosk.centre.store.upsert import upsert
from kiosk.failures import FailureCode

router = APIRouter(tags=["health"], include_in_schema=False)


@router.get("/healthz")
async def alive(_request: Request) -> Response:
    """The event loop turns."""
    return Answer({"alive": True})


@router.get("/readyz")
async def ready(request: Request) -> Response:
    """The store can be read and durably written, and the journal verifies as far as it was followed."""
    centre = centre_of(request)
    if (fault := centre.fault()) is not None:
        raise RefusalError(FailureCode.JOURNAL_BROKEN, fault)

    def write(transaction: Transaction) -> None:
        fresh = upsert(probe).values(site=transaction.site, at=transaction.at)
        transaction.connection.execute(
            fresh.on_conflict_do_update(index_elements=["site"], set_={"at": transaction.at})
        )

    await centre.store.write(write)
    waiting = await centre.store.read(lambda reading: centre.queue(reading).waiting_count)
    warned = await centre.store.read(centre.keeper.warnings)
    head = centre.events.head
    told = {"ready": True, "epoch": head.epoch, "head": head.seq, "waiting": waiting}
    codes = [one.code for one in warned]
    imported, by = await asyncio.to_thread(centre.dossiers.imported), centre.settings.centre.dossiers_by
    if (missed := dossier_watch.warned(imported, centre.plan, by, centre.clock())) is not None:
        codes.append(missed.code)
    as_of = None if imported is None or imported.as_of is None else written(imported.as_of)
    return Answer({**told, "dossiers_as_of": as_of, "warnings": [code.value for code in codes]})


@router.get("/metrics")
async def metrics(request: Request) -> Response:
    """Figures in Prometheus' text format, for this machine only."""
    if request.client is None or not _is_loopback(request.client.host):
        raise RefusalError(FailureCode.NOT_ALLOWED, "Figures are told on this machine only.")
    centre = centre_of(request)
    centre.metrics.waiting.set(await centre.store.read(lambda reading: centre.queue(reading).waiting_count))
    centre.metrics.head.set(centre.events.head.seq)
    of_all = await asyncio.to_thread(centre.commons.exchange, centre.metrics.figures())
    return Response(centre.metrics.text(of_all), media_type="text/plain; version=0.0.4; charset=utf-8")


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False

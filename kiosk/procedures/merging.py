"""The typed-in procedures and those of a table, one of each code. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from kiosk.procedures.procedure import Aspect, FeeKind, Method, Online, Procedure


def merged(shipped: Iterable[Procedure], imported: Iterable[Procedure]) -> tuple[Procedure, ...]:
    """One of each code, the suffix of a province left aside.

    What was checked of a typed-in procedure stays; what was not is taken from the table where that knows it.
    Everyday names, what to bring and where it leads are always the typed-in ones.
    """
    by_code = {one.code[:8]: one for one in shipped}
    for other in imported:
        own = by_code.get(other.code[:8])
        by_code[other.code[:8]] = other if own is None else _both(own, other)
    return tuple(by_code.values())


def _beside(own: Procedure, method: Method) -> Method:
    """A channel of the table without what contradicts the checked facts."""
    if own.is_checked(Aspect.FEE) and method.fee_kind is not own.fee_kind:
        method = replace(method, fee="", fee_kind=own.fee_kind)
    if own.is_checked(Aspect.TIME) and not method.unit_known:
        method = replace(method, time="", unit_known=True)
    return method


def _both(own: Procedure, other: Procedure) -> Procedure:
    name = own.name if own.is_checked(Aspect.NAME) else other.name
    time_own = own.is_checked(Aspect.TIME) or not (other.time_text or other.methods)
    fee_own = own.is_checked(Aspect.FEE) or other.fee_kind is FeeKind.UNKNOWN
    keep_online = own.is_checked(Aspect.ONLINE) or other.online is Online.UNKNOWN
    return replace(
        own,
        name=name,
        level=other.level or own.level,
        decision=other.decision or own.decision,
        methods=own.methods or tuple(_beside(own, method) for method in other.methods),
        bring=own.bring or other.bring,
        time_text=own.time_text if time_own else other.time_text,
        fee_text=own.fee_text if fee_own else other.fee_text,
        fee_kind=own.fee_kind if fee_own else other.fee_kind,
        exemptions=own.exemptions if fee_own else other.exemptions,
        online=own.online if keep_online else other.online,
        in_person=own.in_person if own.in_person is not None else other.in_person,
        place=own.place or other.place,
        url=other.url or own.url,
        valid_from=own.valid_from or other.valid_from,
        valid_to=own.valid_to or other.valid_to,
        service=own.service or other.service,
        everyday=tuple(dict.fromkeys((*own.everyday, *other.everyday))),
        stale=own.stale or other.stale,
    )

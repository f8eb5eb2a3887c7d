"""What a kiosk asks the centre about the numbers it holds, as the tests ask it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from kiosk.centre.moments import written
from tests.centre.support import Desk

SERVICE = "ho-tich"


def lease(
    desk: Desk, holder: str = "memory-1", role: str = "kiosk", *, ahead: bool = False
) -> dict[str, Any]:
    answer = desk.call("POST", "/number-leases", role, json={"holder": holder, "ahead": ahead})
    assert answer.status_code in {200, 201}, answer.text
    found: dict[str, Any] = answer.json()
    return found


def block(held: dict[str, Any], service: str = SERVICE) -> dict[str, Any]:
    found: dict[str, Any] = next(one for one in held["blocks"] if one["service"] == service)
    return found


def given(held: dict[str, Any], place: int, at: datetime, **more: Any) -> dict[str, Any]:
    """The number at a place of the block, as the kiosk tells of it later."""
    numbers = block(held, more.get("service", SERVICE))
    return {
        "series": numbers["series"],
        "sequence": numbers["first"] + place,
        "service": numbers["service"],
        "issued_at": written(at),
        "key": f"visit-{numbers['service']}-{place}",
        **more,
    }


def tell(desk: Desk, held: dict[str, Any], *told: dict[str, Any], role: str = "kiosk") -> Any:
    return desk.call("POST", "/tickets/offline", role, json={"lease": held["lease"], "tickets": list(told)})


def accepted(
    desk: Desk, held: dict[str, Any], *told: dict[str, Any], role: str = "kiosk"
) -> list[dict[str, Any]]:
    answer = tell(desk, held, *told, role=role)
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json()["tickets"]
    assert all(one["accepted"] for one in found), found
    return found

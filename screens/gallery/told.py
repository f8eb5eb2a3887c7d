"""What the gallery's visits need to be told; the citizen is invented."""

from __future__ import annotations

import tomllib
from datetime import datetime
from pathlib import Path
from typing import Any

from kiosk.clip_library import SHIPPED, load_clips
from kiosk.dossiers.status import DossierStatus, State
from kiosk.eforms.definition import load_forms
from kiosk.eforms.suggestions import Suggestions
from kiosk.identity.citizen import Citizen, Sex
from kiosk.procedures.dossier_code import DossierCode
from kiosk.queueing.wait import WaitKind, WaitRange
from kiosk.settings import load
from kiosk.visit.events import (
    PriorityClass,
    ServiceChoice,
)
from kiosk.visit.states import Setup
from screens.gallery.walk import ROOT


def told() -> dict[str, Any]:
    """What the visit needs to be told: the citizen, the services, the clips, what is typed."""
    return tomllib.loads(Path(__file__).with_name("told.toml").read_text(encoding="utf-8"))


def setup_of(table: dict[str, Any]) -> Setup:
    """The demo centre's kiosk."""
    settings = load(ROOT / "config")
    return Setup(
        machine="gallery",
        centre_name=settings.centre.name,
        hotline=settings.centre.hotline,
        commune=settings.centre.short_name,
        retention_days=settings.centre.form_retention_days,
        idle_warning_seconds=60,
        idle_countdown_seconds=30,
        clips_after_seconds=90,
        forms=load_forms(ROOT / "config" / "forms"),
        clips=load_clips(SHIPPED),
        public_url="http://192.168.1.10:8080",
        dossier_page=settings.centre.dossier_page,
        suggestions=Suggestions(**{kind: tuple(names) for kind, names in table["suggestions"].items()}),
    )


def citizen_of(table: dict[str, Any]) -> Citizen:
    """The invented citizen."""
    return Citizen(**{**table["citizen"], "sex": Sex(table["citizen"]["sex"])})


def services_of(table: dict[str, Any]) -> tuple[ServiceChoice, ...]:
    """The services as the centre would list them, translated as in its configuration."""
    configured = {one.id: one for one in load(ROOT / "config").services}
    return tuple(
        ServiceChoice(
            **{
                **service,
                "counters": tuple(service.get("counters", ())),
                "wait": wait_of(service.get("wait")),
                "name_in": configured[service["id"]].name_in,
                "hint_in": configured[service["id"]].hint_in,
            }
        )
        for service in table["service"]
    )


def priorities_of(table: dict[str, Any]) -> tuple[PriorityClass, ...]:
    """The classes of priority that citizens may name."""
    configured = {one.id: one for one in load(ROOT / "config").queue.priority}
    return tuple(PriorityClass(**one, name_in=configured[one["id"]].name_in) for one in table["priority"])


def wait_of(told: list[int] | None) -> WaitRange | None:
    if told is None:
        return None
    low, high = told
    return WaitRange(low or None, high, WaitKind.RANGE if low else WaitKind.UNDER)


def closed_of() -> tuple[tuple[str, str, datetime | None], ...]:
    """Every reason for which a service gives no numbers."""
    return tuple((one["why"], one.get("words", ""), one.get("opens_at")) for one in told()["closed"])


def statuses_of(code: DossierCode) -> dict[str, DossierStatus]:
    """How far a dossier may be, by the name of the picture."""
    table = told()["dossier"]
    return {
        name: DossierStatus(
            str(code), State(one["state"]), one["due"], table["procedure"], table["as_of"], table["source"]
        )
        for name, one in table["status"].items()
    }

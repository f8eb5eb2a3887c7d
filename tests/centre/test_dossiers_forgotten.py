"""A morning on which nobody imported the export of dossiers: staff are told, and only then."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

import pytest

from kiosk.centre.dossier_watch import warned
from kiosk.centre.dossiers import LONGEST_TOLD, Imported, file_of, write
from kiosk.centre.plan import Plan
from kiosk.dossiers.status import DossierStatus, State
from kiosk.settings import CalendarSettings, ExceptionSettings, OpeningHours, Settings, load
from tests.centre.support import CONFIG, Desk, sign_in

OUTDATED, TOO_OLD = "DOSSIERS_OUTDATED", "DOSSIERS_TOO_OLD"
pytestmark = pytest.mark.on_sqlite


def at(clock: str, day: str = "2026-11-23") -> datetime:
    """A moment on the wall of the lobby; 23 November 2026 is a Monday."""
    return datetime.fromisoformat(f"{day}T{clock}:00+07:00")


FRIDAY = at("07:15", "2026-11-20")


@dataclass
class Lobby:
    """A centre's settings, and what it would warn of."""

    settings: Settings

    def told(self, as_of: datetime | None, now: datetime) -> str | None:
        by = self.settings.centre.dossiers_by
        found = warned(Imported(as_of, None), Plan.of(self.settings, ""), by, now)
        return None if found is None else found.code.value


@pytest.fixture(scope="module")
def lobby() -> Lobby:
    """Open from Monday to Friday, from 07:30."""
    hours = [OpeningHours(days=["mon", "tue", "wed", "thu", "fri"], start=time(7, 30), until=time(17))]
    return with_hours(load(CONFIG), hours)


def with_hours(settings: Settings, hours: list[OpeningHours], *exceptions: ExceptionSettings) -> Lobby:
    services = [one.model_copy(update={"hours": hours}) for one in settings.services]
    calendar = CalendarSettings(exception=list(exceptions))
    return Lobby(settings.model_copy(update={"services": services, "calendar": calendar}))


def test_data_of_an_earlier_day_are_missed_from_nine(lobby: Lobby) -> None:
    assert lobby.told(FRIDAY, at("08:59")) is None
    assert lobby.told(FRIDAY, at("09:00")) == OUTDATED
    assert lobby.told(FRIDAY, at("09:01")) == OUTDATED
    assert lobby.told(at("23:59", "2026-11-22"), at("09:01")) == OUTDATED


def test_data_of_today_are_never_missed(lobby: Lobby) -> None:
    for now in ("07:00", "08:59", "09:01", "23:59"):
        assert lobby.told(at("00:00"), at(now)) is None, now


def test_closed_days_ask_for_nothing(lobby: Lobby) -> None:
    for day in ("2026-11-21", "2026-11-22", "2026-11-24"):  # a weekend, a public holiday
        assert lobby.told(FRIDAY, at("10:00", day)) is None, day
        assert lobby.told(None, at("10:00", day)) is None, day
    training = ExceptionSettings(date=date(2026, 11, 23), reason="Tập huấn toàn xã")
    closed = with_hours(lobby.settings, lobby.settings.services[0].hours, training)
    assert closed.told(FRIDAY, at("10:00")) is None
    assert closed.told(FRIDAY, at("10:00", "2026-11-25")) == OUTDATED
    worked = ExceptionSettings.model_validate({"date": date(2026, 11, 21), "works_like": "mon"})
    assert with_hours(lobby.settings, lobby.settings.services[0].hours, worked).told(
        FRIDAY, at("10:00", "2026-11-21")
    )


def test_nobody_is_asked_before_the_doors_open(lobby: Lobby) -> None:
    afternoon = OpeningHours(days=["mon"], start=time(13, 30), until=time(17))
    late = with_hours(lobby.settings, [afternoon])
    assert late.told(FRIDAY, at("13:29")) is None
    assert late.told(FRIDAY, at("13:30")) == OUTDATED


def test_a_machine_without_hours_goes_by_the_offices_week(lobby: Lobby) -> None:
    always = with_hours(lobby.settings, [])
    assert always.told(FRIDAY, at("09:00")) == OUTDATED
    assert always.told(FRIDAY, at("08:59")) is None
    for day in ("2026-11-22", "2027-01-01"):
        assert always.told(FRIDAY, at("10:00", day)) is None, day


def test_the_hour_is_the_centres_own(lobby: Lobby) -> None:
    centre = lobby.settings.centre.model_copy(update={"dossiers_by": time(10, 30)})
    later = Lobby(lobby.settings.model_copy(update={"centre": centre}))
    assert later.told(FRIDAY, at("10:29")) is None
    assert later.told(FRIDAY, at("10:30")) == OUTDATED


def test_after_fourteen_days_it_says_that_the_machines_tell_nothing(lobby: Lobby) -> None:
    as_of = at("09:30") - LONGEST_TOLD
    assert lobby.told(as_of, at("09:30")) == OUTDATED
    assert lobby.told(as_of - timedelta(seconds=1), at("09:30")) == TOO_OLD
    assert lobby.told(None, at("09:30")) == TOO_OLD


# -- the centre as staff and monitoring see it -------------------------------------------------------------


def imported(desk: Desk, as_of: datetime) -> None:
    status = DossierStatus("H26-261102-0013", State.PROCESSING, None, "Khai sinh", as_of, "hệ thống của tỉnh")
    write(desk.folder, [status])


def ready(desk: Desk) -> tuple[str | None, list[str]]:
    told = desk.web.get("/readyz").json()
    return told["dossiers_as_of"], told["warnings"]


def keeping(desk: Desk) -> list[Any]:
    told: list[Any] = desk.call("GET", "/keeping", "maintenance").json()["warnings"]
    return told


def test_who_never_imported_hears_nothing(desk: Desk) -> None:
    for now in (at("08:59"), at("09:01"), at("10:00", "2026-12-14")):
        desk.clock.moment = now
        assert ready(desk)[0] is None
        assert [one for one in ready(desk)[1] + keeping(desk) if "DOSSIERS" in str(one)] == []


def test_the_warning_comes_by_the_clock_and_goes_with_an_import(desk: Desk) -> None:
    imported(desk, FRIDAY)
    desk.clock.moment = at("08:59")
    assert ready(desk) == ("2026-11-20T00:15:00.000Z", [])
    assert keeping(desk) == []
    desk.clock.moment = at("09:01")
    assert ready(desk) == ("2026-11-20T00:15:00.000Z", [OUTDATED])
    assert keeping(desk) == [{"code": OUTDATED, "since": "2026-11-20T00:15:00.000Z", "detail": ""}]
    imported(desk, at("08:50"))
    assert ready(desk) == ("2026-11-23T01:50:00.000Z", [])
    assert keeping(desk) == []


def test_the_head_reads_it_and_citizens_do_not(desk: Desk) -> None:
    imported(desk, FRIDAY)
    desk.clock.moment = at("09:01")
    desk.tokens["head"] = sign_in(desk.web, "giam-doc")
    assert [one["code"] for one in desk.call("GET", "/keeping", "head").json()["warnings"]] == [OUTDATED]
    for role in ("kiosk", "display", "officer", None):
        assert desk.call("GET", "/keeping", role).status_code in (401, 403), role
    found = desk.call("POST", "/dossiers/look-up", "kiosk", json={"code": "H26-261102-0013"}).json()
    assert set(found) == {"code", "state", "due", "procedure", "as_of", "source"}


def test_data_that_were_removed_are_missed_until_the_next_import(desk: Desk) -> None:
    imported(desk, at("07:15"))
    file_of(desk.folder).unlink()
    desk.clock.moment = at("08:59")
    assert ready(desk) == (None, [])
    desk.clock.moment = at("09:01")
    assert ready(desk) == (None, [TOO_OLD])
    assert keeping(desk) == [{"code": TOO_OLD, "since": None, "detail": ""}]
    file_of(desk.folder).parent.rmdir()  # who imports no more takes the folder away
    assert ready(desk) == (None, [])

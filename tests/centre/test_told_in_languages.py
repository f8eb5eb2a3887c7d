"""What the centre's folder says in other languages reaches the kiosk, also while the centre is silent."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from kiosk.client.services import read_notices, read_rules, read_service
from kiosk.processes.clock_skew import CentreClock
from kiosk.processes.offline_numbers import Lease, OfflineNumbers
from kiosk.processes.remembered_choice import RememberedChoice, choice_of, classes_of
from kiosk.settings import NoticeSettings
from tests.centre.support import Desk, start_desk

HANOI = ZoneInfo("Asia/Ho_Chi_Minh")


@pytest.mark.on_sqlite
def test_names_in_other_languages_reach_the_kiosk(desk: Desk) -> None:
    services = [read_service(one) for one in desk.call("GET", "/services", "kiosk").json()]
    told = {one.id: choice_of(one, HANOI) for one in services}
    assert told["ho-tich"].name == "Hộ tịch"
    assert told["ho-tich"].name_in == {"en": "Civil status"}
    assert told["ho-tich"].hint_in == {"en": "Births, marriages, deaths"}
    rules = read_rules(desk.call("GET", "/queue/rules", "kiosk").json())
    classes = {one.id: one for one in classes_of(rules.priorities)}
    assert classes["khuyet-tat"].name_in == {"en": "Person with a disability"}


@pytest.mark.on_sqlite
def test_notices_in_other_languages_reach_the_kiosk(desk: Desk) -> None:
    notice = NoticeSettings.model_validate({"text": "Mất điện.", "text_in": {"en": "No electricity."}})
    centre = desk.settings.centre.model_copy(update={"notice": [notice]})
    desk.web.__exit__(None, None, None)
    desk.web = start_desk(desk.settings.model_copy(update={"centre": centre}), desk.folder, desk.clock)
    (told,) = read_notices(desk.call("GET", "/lobby-notices", "kiosk").json()).notices
    assert (told.text, told.text_in) == ("Mất điện.", {"en": "No electricity."})


@pytest.mark.on_sqlite
def test_the_kiosk_remembers_them_while_the_centre_is_silent(desk: Desk, tmp_path: Path) -> None:
    services = [read_service(one) for one in desk.call("GET", "/services", "kiosk").json()]
    classes = read_rules(desk.call("GET", "/queue/rules", "kiosk").json()).priorities
    numbers = OfflineNumbers(tmp_path / "offline.sqlite3")
    try:
        remembered = RememberedChoice(numbers, CentreClock(), HANOI)
        remembered.keep(services, classes)
        now = datetime(2026, 11, 23, 2, tzinfo=UTC)
        lease = Lease("l", now.date(), now, now + timedelta(hours=9), ())
        assert remembered.choices(lease)[0].name_in == {"en": "Civil status"}
        assert [one.name_in for one in remembered.priorities()] == [one.name_in for one in classes]
    finally:
        numbers.close()

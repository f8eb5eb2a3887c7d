"""Backups are made while the centre runs, proved, kept and restored, and the journal's copy with them."""

from __future__ import annotations

import json
import shutil
import time
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from kiosk.centre import admin
from kiosk.centre.keeping import backup
from kiosk.centre.keeping.backup import BackupError
from kiosk.centre.keeping.journal_files import newest
from kiosk.centre.keeping.places import CentreRunsError
from kiosk.centre.keeping.restore import RestoreError
from kiosk.settings import BackupSettings, Settings
from tests.centre.command import main
from tests.centre.support import CONFIG, Desk, SetClock, WarmProcess, sql, start_desk
from tests.centre.support import backup as keep_database

SECRET_TABLES = ("person_today", "session")


def queue(desk: Desk) -> list[tuple[str, str]]:
    found = sql(desk.folder, "SELECT series || sequence, state FROM ticket ORDER BY arrival")
    return [tuple(row) for row in found]


def stop(desk: Desk) -> None:
    desk.web.__exit__(None, None, None)


def wait_for(what: Callable[[], Any], seconds: float = 20) -> Any:
    end = time.monotonic() + seconds
    while not (found := what()):
        assert time.monotonic() < end, "in vain"
        time.sleep(0.05)
    return found


def copied(desk: Desk) -> int:
    last = newest(desk.folder / "journal")
    return 0 if last is None else last.seq


def test_a_backup_of_a_running_centre_is_whole_and_proved(desk: Desk, settings: Settings) -> None:
    desk.issue()
    told = admin.back_up(settings, desk.folder)
    assert told["compared"] is True
    (file,) = backup.found([desk.folder / "backups"], settings.centre.site)
    manifest = backup.read_manifest(file)
    assert (manifest.site, manifest.seq) == (settings.centre.site, told["seq"])
    made = desk.journal()[-1]
    assert (made.type, json.loads(made.payload)["file"]) == ("backup.made", file.name)
    assert desk.call("GET", "/keeping", "maintenance").json()["backup"]["file"] == file.name
    assert not list((desk.folder / "backups").glob(".*")), "nothing is left lying about"


def test_nobody_can_be_found_in_a_backup(desk: Desk, settings: Settings, tmp_path: Path) -> None:
    person = "5e" * 32
    body = {"service": "ho-tich", "person": person}
    sent = desk.call("POST", "/tickets", "kiosk", json=body, headers={"Idempotency-Key": "one"})
    assert sent.status_code == 201, sent.text
    key = bytes.fromhex(desk.call("GET", "/queue/rules", "kiosk").json()["person_key"])
    admin.back_up(settings, desk.folder, tmp_path)
    (file,) = backup.found([tmp_path], settings.centre.site)
    content = tmp_path / "content"
    manifest = backup.unpack(file, settings.centre.site, content)
    everything = content.read_bytes()
    assert person.encode() not in everything
    assert key not in everything
    assert key.hex().encode() not in everything
    if manifest.engine == "sqlite":
        import sqlite3

        with sqlite3.connect(content) as opened:
            for table in SECRET_TABLES:
                assert opened.execute(f"SELECT count(*) FROM {table}").fetchone() == (0,)  # noqa: S608


def test_a_restored_backup_gets_what_the_copy_of_the_journal_holds(
    desk: Desk, settings: Settings, clock: SetClock, capsys: pytest.CaptureFixture[str]
) -> None:
    desk.at("quay-1", "open")
    for _ in range(3):
        desk.issue()
    desk.at("quay-1", "call-next")
    admin.back_up(settings, desk.folder)
    desk.at("quay-1", "start")
    after = desk.issue().json()
    follow = after["follow_url"].rsplit("/", 1)[1]
    admin.create_token(settings, desk.folder, "display", "made-after")
    before, epoch = queue(desk), desk.journal()[-1].epoch
    (file,) = backup.found([desk.folder / "backups"], settings.centre.site)
    wait_for(lambda: copied(desk) == desk.head())
    with pytest.raises(CentreRunsError):
        admin.restore(settings, desk.folder, file)
    stop(desk)

    words = ["restore", str(file), "--yes", "--config", str(CONFIG), "--data", str(desk.folder)]
    assert main(words) == 0
    said = capsys.readouterr().out
    assert "Put back from the journal's copy" in said
    assert "1 x device tokens were made: make them again" in said
    assert "NOT FOUND" not in said
    assert list((desk.folder / "set-aside").glob("*/centre.*"))

    web = start_desk(settings, desk.folder, clock)
    try:
        again = Desk(settings, desk.folder, clock, web, desk.tokens)
        assert queue(again) == before
        entries = again.journal()
        assert len({entry.epoch for entry in entries}) == 2
        assert entries[-1].epoch != epoch
        assert [entry.type for entry in entries].count("centre.restored") == 1
        assert again.call("GET", f"/follow/{follow}", None).status_code == 200, "the slip's link works"
        assert again.issue(key="fresh").json()["number"] == "A005", "numbers go on"
        ready = web.get("/readyz").json()
        assert ready["warnings"] == ["CENTRE_RESTORED"]
        told = again.call("GET", "/keeping", "maintenance").json()
        assert told["restored"]["source"] == file.name
        assert told["restored"]["missing"] == 0
        assert again.call("GET", "/counters", "officer").status_code == 401, "people sign in again"
        assert admin.check_rebuild(settings, desk.folder) is None
        admin.verify_journal(settings, desk.folder)
    finally:
        web.__exit__(None, None, None)


def test_a_restore_without_the_copy_is_exactly_the_backup(
    desk: Desk, settings: Settings, clock: SetClock
) -> None:
    desk.issue()
    admin.back_up(settings, desk.folder)
    before = queue(desk)
    desk.issue()
    stop(desk)
    (file,) = backup.found([desk.folder / "backups"], settings.centre.site)
    done = admin.restore(settings, desk.folder, file, copies=False)
    assert done.replayed == 0
    web = start_desk(settings, desk.folder, clock)
    try:
        assert queue(desk) == before
    finally:
        web.__exit__(None, None, None)
    assert list(desk.folder.glob("journal-set-aside-*")), "the other past is kept"


def test_another_sites_or_a_damaged_backup_changes_nothing(
    desk: Desk, settings: Settings, tmp_path: Path
) -> None:
    desk.issue()
    admin.back_up(settings, desk.folder, tmp_path)
    (file,) = backup.found([tmp_path], settings.centre.site)
    before = queue(desk)
    stop(desk)
    bad = tmp_path / "bad.zip"
    with zipfile.ZipFile(file) as good, zipfile.ZipFile(bad, "w") as out:
        for name in good.namelist():
            content = good.read(name)
            if name != "manifest.json":
                content = content[:5000] + b"X" + content[5001:]
            out.writestr(name, content)
    with pytest.raises(RestoreError, match="is not what was backed up"):
        admin.restore(settings, desk.folder, bad)
    other = tmp_path / "other.zip"
    with zipfile.ZipFile(file) as good, zipfile.ZipFile(other, "w") as out:
        for name in good.namelist():
            content = good.read(name)
            if name == "manifest.json":
                content = content.replace(settings.centre.site.encode(), b"xa-khac")
            out.writestr(name, content)
    with pytest.raises(RestoreError, match="is a backup of xa-khac"):
        admin.restore(settings, desk.folder, other)
    with pytest.raises(BackupError, match="not a backup"):
        backup.read_manifest(Path(__file__))
    assert queue(desk) == before


def test_only_so_many_are_kept_and_the_second_folder_has_them_too(
    desk: Desk, settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    second = tmp_path / "second"
    second.mkdir()
    chosen = BackupSettings(keep=2, second_folder=str(second))
    changed = _with(settings, chosen)
    moment = desk.clock.moment
    monkeypatch.setattr(admin, "system_clock", lambda: desk.clock.moment)
    for _ in range(3):
        desk.clock.forward(days=1)
        admin.back_up(changed, desk.folder)
    desk.clock.moment = moment
    names = [file.name for file in backup.found([desk.folder / "backups"], settings.centre.site)]
    assert len(names) == 2
    there = backup.found([second / settings.centre.site / "backups"], settings.centre.site)
    assert [file.name for file in there] == names

    shutil.rmtree(second)
    desk.clock.forward(days=4)
    with pytest.raises(BackupError, match="not in the second folder"):
        admin.back_up(changed, desk.folder)


def _with(settings: Settings, chosen: BackupSettings) -> Settings:
    centre = settings.centre.model_copy(update={"backup": chosen})
    return settings.model_copy(update={"centre": centre})


def test_the_nights_backup_is_made_by_a_process_of_its_own_and_told(desk: Desk, settings: Settings) -> None:
    assert desk.call("POST", "/keeping/backup", "maintenance").status_code == 202
    wait_for(lambda: any(entry.type == "backup.made" for entry in desk.journal()), 60)
    assert backup.found([desk.folder / "backups"], settings.centre.site)
    assert desk.web.get("/readyz").json()["warnings"] == []


def test_a_backup_that_fails_is_told_to_staff(desk: Desk) -> None:
    (desk.folder / "backups").write_text("not a folder")
    assert desk.call("POST", "/keeping/backup", "maintenance").status_code == 202
    failed = wait_for(lambda: [one for one in desk.journal() if one.type == "backup.failed"], 60)
    payload = json.loads(failed[0].payload)
    assert payload["code"] == "BACKUP_FAILED"
    assert str(desk.folder) not in failed[0].payload
    assert desk.web.get("/readyz").json()["warnings"] == ["BACKUP_FAILED"]
    told = desk.call("GET", "/keeping", "maintenance").json()
    assert told["warnings"][0]["detail"] == payload["reason"]


def test_the_copy_follows_every_commit(desk: Desk) -> None:
    desk.issue()
    assert wait_for(lambda: copied(desk) == desk.head(), 5)
    before = desk.head()
    desk.issue()
    assert wait_for(lambda: copied(desk) == before + 1, 5)


def test_an_older_database_put_in_place_by_hand_gets_what_the_copy_holds(
    desk: Desk, settings: Settings, clock: SetClock
) -> None:
    desk.issue()
    stop(desk)
    put_old_one_back = keep_database(desk.folder)
    with_more = Desk(settings, desk.folder, clock, start_desk(settings, desk.folder, clock), desk.tokens)
    with_more.issue(key="more")
    tomorrow = {"json": {"holder": "memory", "ahead": True}}
    held = with_more.call("POST", "/number-leases", "kiosk", **tomorrow).json()
    before = queue(desk)
    stop(with_more)
    put_old_one_back()
    web = start_desk(settings, desk.folder, clock)
    try:
        again = Desk(settings, desk.folder, clock, web, desk.tokens)
        assert queue(again) == before
        assert again.issue(key="more").json()["number"] == "A002", "a retry gets the first number"
        assert again.call("POST", "/number-leases", "kiosk", **tomorrow).json() == held
        fresh = again.call("POST", "/number-leases", "kiosk-2", **tomorrow).json()
        assert fresh["blocks"][0]["last"] == held["blocks"][0]["first"] - 1, "tomorrow's are given once, too"
        assert web.get("/readyz").json()["warnings"] == ["CENTRE_RESTORED"]
        assert admin.check_rebuild(settings, desk.folder) is None
        assert len({entry.epoch for entry in again.journal()}) == 2
    finally:
        web.__exit__(None, None, None)


@pytest.mark.on_sqlite
def test_a_second_disk_that_was_away_is_caught_up_with(
    settings: Settings, data: Path, clock: SetClock, seed: Any, tmp_path: Path
) -> None:
    second = tmp_path / "usb"
    chosen = _with(settings, BackupSettings(second_folder=str(second)))
    web = start_desk(chosen, data, clock)
    try:
        desk = Desk(chosen, data, clock, web, dict(seed.tokens))
        desk.issue()
        wait_for(lambda: web.get("/readyz").json()["warnings"] == ["JOURNAL_COPY_FAILED"], 10)
        assert not second.exists(), "a folder that is not mounted is not made"
        second.mkdir()
        wait_for(lambda: web.get("/readyz").json()["warnings"] == [], 10)
        there = second / chosen.centre.site / "journal"
        wait_for(lambda: newest(there).seq == desk.head() == copied(desk), 10)  # type: ignore[union-attr]
        files = sorted(file.name for file in there.iterdir())
        assert [(there / name).read_bytes() for name in files] == [
            (data / "journal" / name).read_bytes() for name in files
        ]
    finally:
        web.__exit__(None, None, None)


@pytest.mark.on_sqlite
def test_a_centre_killed_and_its_database_destroyed_begins_where_it_was(
    process: WarmProcess, settings: Settings, data: Path, seed: Any
) -> None:
    import httpx

    def issue(key: str) -> str:
        answer = httpx.post(
            f"{process.url}/api/v1/tickets",
            json={"service": "ho-tich"},
            headers={"Authorization": f"Bearer {seed.tokens['kiosk']}", "Idempotency-Key": key},
        )
        return str(answer.json()["number"])

    given = [issue(f"k{n}") for n in range(5)]
    admin.back_up(settings, data)
    given += [issue(f"m{n}") for n in range(5)]
    ((head,),) = sql(data, "SELECT max(seq) FROM journal")
    wait_for(lambda: (last := newest(data / "journal")) is not None and last.seq >= head)
    process.kill()
    (data / "centre.sqlite3").write_bytes(b"\xff" * 8192)
    process.start()
    assert issue("m4") == given[-1], "a retry gets the first number"
    assert issue("fresh") == "A011"
    assert httpx.get(f"{process.url}/readyz").json()["warnings"] == ["CENTRE_RESTORED"]

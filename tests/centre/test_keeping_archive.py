"""Old days leave the database; the chain, the export and the tables go on as if they had not."""

from __future__ import annotations

import csv
import gzip
import io
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import pytest

from kiosk.centre import admin, journal
from kiosk.centre.journal import JournalBrokenError
from kiosk.centre.keeping import archive, tables
from kiosk.centre.keeping.archive import ArchiveError
from kiosk.centre.keeping.export import COLUMNS
from kiosk.centre.store import schema
from kiosk.centre.store.engine import chosen_url
from kiosk.centre.store.store import Store, Transaction
from kiosk.settings import Settings
from tests.centre.lobby_days import LobbyDays
from tests.centre.support import CONFIG, Seed, planted

MONDAY = date(2027, 3, 1)
DAYS = 5


@dataclass
class Week:
    """Five days in a store, of which the first three are archived."""

    data: Path
    store: Store
    days: LobbyDays
    before: list[journal.Entry]

    @property
    def site(self) -> str:
        return self.store.site

    @property
    def folder(self) -> Path:
        return self.data / "archive"

    def archive(self, kept: int = 3) -> list[archive.Archived]:
        return archive.archive_before(self.store, [self.folder], MONDAY + timedelta(days=kept))

    def entries(self) -> list[journal.Entry]:
        return self.store.submit_read(lambda r: journal.read_after(r.connection, r.site, 0, 10_000)).result()

    def count(self, table: str) -> int:
        kept = self.store.submit_read(lambda r: tables.kept_in_tables(r.connection, r.site)).result()
        return len(kept.tables[table])


@pytest.fixture
def week(seed: Seed, tmp_path: Path, settings: Settings) -> Iterator[Week]:
    data = tmp_path / "data"
    with planted(seed, data):
        days = LobbyDays(settings.centre.site)
        store = days.store = Store(data, settings.centre.site, days.now, chosen_url(""))
        store.open()
        for number in range(DAYS):
            days.day(MONDAY + timedelta(days=number), 12)
        made = Week(data, store, days, [])
        made.before = made.entries()
        yield made
        store.close()


def test_old_days_leave_and_the_chain_goes_on(week: Week, settings: Settings) -> None:
    made = week.archive()
    assert [one.day for one in made] == ["2027-03-01", "2027-03-02", "2027-03-03"]
    left = week.entries()
    assert left[0].seq == made[-1].seq + 1
    assert left[-1].type == "days.archived"
    assert week.count("ticket") == week.count("issue_key") == week.count("leg") == 2 * 12
    assert admin.verify_journal(settings, week.data).entries == len(week.before) + 1
    assert admin.check_rebuild(settings, week.data) is None
    archived = [entry for one in made for entry in archive.read_entries(week.folder / one.file)]
    assert archived + left[:-1] == week.before, "nothing was lost on the way"
    week.store.close()
    again = Store(week.data, week.site, week.days.now, chosen_url(""))
    again.open()
    assert again.submit_read(lambda r: journal.read_head(r.connection, r.site)).result() is not None
    again.submit_read(lambda r: journal.verify_tail(r.connection, r.site)).result()
    again.close()


def test_what_is_archived_is_archived_once(week: Week, settings: Settings) -> None:
    week.archive(2)
    assert week.archive(2) == []
    assert [one.day for one in week.archive(4)] == ["2027-03-03", "2027-03-04"]
    assert admin.verify_journal(settings, week.data).entries == len(week.before) + 2
    assert admin.check_rebuild(settings, week.data) is None


def test_the_newest_day_stays_however_old_it_is(week: Week) -> None:
    assert [one.day for one in week.archive(900)][-1] == "2027-03-04"
    assert week.count("ticket") == 12


def test_an_end_in_the_middle_is_made_up_for_the_next_time(
    week: Week, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as broken:
        broken.setattr(archive, "_delete_archived", lambda store: None)
        week.archive()
    assert admin.check_rebuild(settings, week.data) is None
    assert admin.verify_journal(settings, week.data).entries == len(week.before) + 1
    assert week.count("ticket") == DAYS * 12, "the rows are still there"
    assert week.archive() == []
    assert week.count("ticket") == 2 * 12


@pytest.mark.parametrize("harm", ["missing", "changed", "rewritten"])
def test_an_archived_day_that_is_not_as_it_was_is_named(week: Week, settings: Settings, harm: str) -> None:
    week.archive()
    file = week.folder / "2027-03-02.jsonl.gz"
    if harm == "missing":
        file.unlink()
    elif harm == "changed":
        content = bytearray(file.read_bytes())
        content[len(content) // 2] ^= 1
        file.write_bytes(bytes(content))
    else:
        lines = gzip.decompress(file.read_bytes()).replace(b'"officer:lan"', b'"officer:hoa"')
        file.write_bytes(gzip.compress(lines))
    with pytest.raises(JournalBrokenError, match="2027-03-02"):
        admin.verify_journal(settings, week.data)
    with pytest.raises(ArchiveError, match="2027-03-02"):
        list(admin.export_journal(settings, week.data, MONDAY, MONDAY + timedelta(days=1), "csv"))
    later = MONDAY + timedelta(days=4)
    assert list(admin.export_journal(settings, week.data, later, later, "jsonl")), (
        "other days are not held up"
    )


def test_the_export_has_every_day_archived_or_not(week: Week, settings: Settings) -> None:
    week.archive()
    first, last = MONDAY + timedelta(days=1), MONDAY + timedelta(days=3)
    lines = list(admin.export_journal(settings, week.data, first, last, "jsonl"))
    wanted = [e for e in week.before if first.isoformat() <= e.at[:10] <= last.isoformat()]
    assert [json.loads(line)["hash"] for line in lines] == [entry.hash for entry in wanted]
    text = "".join(admin.export_journal(settings, week.data, first, last, "csv"))
    rows = list(csv.DictReader(io.StringIO(text)))
    assert tuple(rows[0]) == COLUMNS
    assert len(rows) == len(wanted)
    issued = next(row for row in rows if row["type"] == "ticket.issued")
    assert (issued["number"], issued["local_time"][:13]) == ("A001", "2027-03-02 07")


def test_no_cell_of_the_export_is_a_formula(week: Week, settings: Settings) -> None:
    def change(transaction: object) -> None:
        for word in ("=1+1", "+cmd", "-2", "@SUM(A1)", "\tx"):
            transaction.record("test.word", word, word, {"service": word})  # type: ignore[attr-defined]

    week.store.submit_write(change).result()
    day = MONDAY + timedelta(days=4)
    text = "".join(admin.export_journal(settings, week.data, day, day, "csv"))
    rows = list(csv.reader(io.StringIO(text)))
    assert not [cell for row in rows for cell in row if cell.startswith(("=", "+", "-", "@", "\t"))]
    assert "'=1+1" in rows[-5]


def test_the_command_writes_a_file_for_excel(
    week: Week, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    from tests.centre.command import main

    week.archive()
    out = tmp_path / "thang-3.csv"
    words = ["journal", "export", "--from", "2027-03-01", "--to", "2027-03-31", "--bom", "--out", str(out)]
    assert main([*words, "--config", str(CONFIG), "--data", str(week.data)]) == 0
    content = out.read_bytes()
    assert content.startswith(b"\xef\xbb\xbfseq,")
    assert content.count(b"ticket.completed") == DAYS * 12
    with pytest.raises(SystemExit):
        main(["journal", "export", "--from", "hôm qua", "--config", str(CONFIG), "--data", str(week.data)])
    assert "not a day like 2026-11-22" in capsys.readouterr().err


def test_stops_and_open_counters_outlive_the_days_they_came_from(week: Week, settings: Settings) -> None:
    """What is carried over an archive stands in the entry that tells of it."""
    week.days.moment += timedelta(days=1)

    def begin(transaction: Transaction) -> None:
        transaction.record("counter.opened", "officer:lan", "quay-1", {"counter": "quay-1", "officer": "lan"})
        told = {"service": "*", "message": "Mất điện"}
        transaction.record("service.stopped", "head:truong", "*", told)
        counter = {"id": "quay-1", "officer": "lan", "opened_at": transaction.at}
        transaction.connection.execute(schema.counter.insert(), {"site": week.site, **counter})
        stopped = {**told, "stopped_by": "head:truong", "at": transaction.at}
        transaction.connection.execute(schema.stop.insert(), {"site": week.site, **stopped})

    week.store.submit_write(begin).result()
    for number in (7, 8, 9):
        week.days.day(MONDAY + timedelta(days=number), 2)
    week.archive(9)
    assert [entry.type for entry in week.entries()].count("counter.opened") == 0, "it is archived"
    assert admin.check_rebuild(settings, week.data) is None
    assert week.count("counter") == week.count("stop") == 1
    told = json.loads(week.entries()[-1].payload)
    assert told["carried"]["stop"][0]["message"] == "Mất điện"

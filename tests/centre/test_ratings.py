"""What citizens say of the service: counted by day, face and aspect; words only for the head."""

from __future__ import annotations

import csv
import io
import json
from datetime import date
from typing import Any

import pytest

from kiosk.centre.events import Published
from kiosk.centre.keeping import archive, tables
from kiosk.centre.moments import written
from kiosk.settings import Settings
from tests.centre.support import HEAD, Desk, sign_in, sql, start_desk, stored

WORDS = "Cán bộ tiếp tôi rất chu đáo, nhưng ghế ngồi chờ ít quá."
CONTACT = "chị Lương Thị Hoài, 0978 123 456"


@pytest.fixture
def desk(desk: Desk) -> Desk:
    """A desk at which the head of the centre has signed in, too."""
    desk.tokens["head"] = sign_in(desk.web, HEAD)
    return desk


def give(desk: Desk, face: int = 5, key: str | None = None, role: str = "kiosk", **more: Any) -> Any:
    desk.keys += 1
    sent = {"Idempotency-Key": key or f"rating-{desk.keys}"}
    return desk.call("POST", "/ratings", role, json={"face": face, **more}, headers=sent)


def seen(desk: Desk, query: str = "") -> dict[str, Any]:
    told: dict[str, Any] = desk.call("GET", f"/ratings{query}", "head").json()
    return told


def days_pass(desk: Desk, days: int) -> None:
    """Sessions end meanwhile."""
    desk.clock.forward(days=days)
    desk.tokens["head"] = sign_in(desk.web, HEAD)


def journal_of(desk: Desk, kind: str) -> list[dict[str, Any]]:
    return [json.loads(entry.payload) for entry in desk.journal() if entry.type == kind]


def minute(desk: Desk) -> None:
    desk.web.portal.call(desk.centre.minute)  # type: ignore[union-attr]


def difference(desk: Desk) -> str | None:
    def look(reading: Any) -> str | None:
        return tables.check(reading.connection, reading.site, written(reading.now))

    found: str | None = desk.centre.store.submit_read(look).result()
    return found


class TestCounting:
    """Faces, aspects and days."""

    def test_the_head_sees_how_many_chose_what(self, desk: Desk) -> None:
        give(desk, 5, aspect="staff")
        give(desk, 5, aspect="result")
        give(desk, 2, aspect="staff")
        days_pass(desk, 1)
        give(desk, 3)
        told = seen(desk)
        assert (told["total"], told["faces"]) == (4, [0, 1, 1, 0, 2])
        by_aspect = {one["aspect"]: one["faces"] for one in told["aspects"]}
        assert list(by_aspect) == ["access", "procedure", "staff", "result", "feedback"]
        assert (by_aspect["staff"], by_aspect["access"]) == ([0, 1, 0, 0, 1], [0, 0, 0, 0, 0])
        assert told["days"] == [
            {"day": "2026-11-23", "faces": [0, 1, 0, 0, 2]},
            {"day": "2026-11-24", "faces": [0, 0, 1, 0, 0]},
        ]
        assert seen(desk, "?from=2026-11-24&to=2026-11-24")["total"] == 1

    def test_one_key_counts_once(self, desk: Desk) -> None:
        first = give(desk, 4, "one", words=WORDS)
        again = give(desk, 4, "one", words=WORDS)
        assert (first.status_code, again.status_code) == (201, 200)
        assert again.json() == first.json()
        other = give(desk, 1, "one")
        assert (other.status_code, other.json()["code"]) == (422, "IDEMPOTENCY_KEY_REUSED")
        assert seen(desk)["total"] == len(journal_of(desk, "rating.given")) == 1

    def test_a_key_is_asked_for(self, desk: Desk) -> None:
        answer = desk.call("POST", "/ratings", "kiosk", json={"face": 3})
        assert (answer.status_code, answer.json()["code"]) == (400, "IDEMPOTENCY_KEY_MISSING")

    @pytest.mark.parametrize(
        "body",
        [
            {"face": 0},
            {"face": 6},
            {"face": "5"},
            {"face": 3, "aspect": "chairs"},
            {"face": 3, "words": "x" * 501},
            {"face": 3, "contact": "x" * 101},
            {"face": 3, "name": "Lương Thị Hoài"},
        ],
    )
    def test_what_is_no_rating_is_refused(self, desk: Desk, body: dict[str, Any]) -> None:
        answer = desk.call("POST", "/ratings", "kiosk", json=body, headers={"Idempotency-Key": "x"})
        assert (answer.status_code, answer.json()["code"]) == (422, "REQUEST_INVALID")
        assert "Hoài" not in answer.text

    def test_a_rating_told_late_counts_on_its_day(self, desk: Desk) -> None:
        give(desk, 5, given_at="2026-11-21T03:00:00Z")
        give(desk, 5, given_at="2026-10-01T03:00:00Z")
        give(desk, 5, given_at="2026-12-24T03:00:00Z")
        days = {one["day"]: sum(one["faces"]) for one in seen(desk)["days"]}
        assert days == {"2026-11-21": 1, "2026-11-23": 2}, "neither from long ago nor from the future"

    def test_days_that_make_no_span_are_refused(self, desk: Desk) -> None:
        for query in ("?from=2026-11-24&to=2026-11-23", "?from=2020-01-01&to=2026-11-23", "?from=gestern"):
            assert desk.call("GET", f"/ratings{query}", "head").status_code == 422

    def test_counts_are_exported_without_words(self, desk: Desk) -> None:
        ticket = desk.issue("chung-thuc").json()
        give(desk, 5, aspect="staff", ticket=ticket["id"], words=WORDS)
        give(desk, 5, aspect="staff", procedure="2.000815")
        give(desk, 2)
        answer = desk.call("GET", "/ratings/export?from=2026-11-01&to=2026-11-30", "head")
        assert answer.headers["content-type"].startswith("text/csv")
        assert 'filename="danh-gia-2026-11-01-2026-11-30.csv"' in answer.headers["content-disposition"]
        rows = list(csv.reader(io.StringIO(answer.text.removeprefix("\ufeff"))))
        assert rows == [
            ["day", "face", "aspect", "service", "count"],
            ["2026-11-23", "2", "", "", "1"],
            ["2026-11-23", "5", "staff", "chung-thuc", "2"],
        ]
        told = desk.call("GET", "/ratings/export?format=json", "head").json()
        assert [one["count"] for one in told["counts"]] == [1, 2]
        assert WORDS not in answer.text + json.dumps(told, ensure_ascii=False)


class TestWhoSaidIt:
    """Those who rate are protected."""

    def test_neither_ticket_nor_time_is_kept(self, desk: Desk) -> None:
        ticket = desk.issue("chung-thuc").json()
        give(desk, 1, aspect="staff", ticket=ticket["id"])
        (entry,) = journal_of(desk, "rating.given")
        assert set(entry["rating"]) == {
            "id",
            "day",
            "face",
            "aspect",
            "service",
            "has_words",
            "key",
            "body",
        }
        assert entry["rating"]["service"] == "chung-thuc"
        assert ticket["id"] not in repr(sql(desk.folder, "SELECT * FROM rating"))

    def test_the_stream_does_not_tell_officers_the_face(self, desk: Desk) -> None:
        give(desk, 1, aspect="staff", words=WORDS)
        entry = next(one for one in desk.journal() if one.type == "rating.given")
        line = Published.of(entry, desk.centre.plan).wire.decode().split("data: ")[1]
        assert set(json.loads(line)) == {"seq", "type", "at", "epoch"}

    def test_words_and_contact_stand_nowhere_in_the_clear(
        self, desk: Desk, caplog: pytest.LogCaptureFixture
    ) -> None:
        give(desk, 2, words=WORDS, contact=CONTACT)
        kept = stored(desk.folder)
        for part in (WORDS, "ghế ngồi chờ", "Lương Thị Hoài", "0978 123 456"):
            assert part.encode() not in kept
            assert part not in caplog.text

    def test_only_the_head_reads(self, desk: Desk) -> None:
        rating = give(desk, 2, words=WORDS).json()["id"]
        for role in ("officer", "kiosk", "display", "maintenance"):
            assert desk.call("GET", "/ratings", role).status_code == 403
            assert desk.call("POST", f"/ratings/{rating}/open", role).status_code == 403


class TestWords:
    """What somebody wrote, for as long as was promised."""

    def test_the_head_reads_them_with_contacts_hidden_until_asked_for(self, desk: Desk) -> None:
        rating = give(
            desk,
            2,
            aspect="access",
            words=f"{WORDS} Gọi tôi: 0978 123 456.",
            contact=CONTACT,
            procedure="2.000815",
        ).json()
        assert rating["has_words"]
        (told,) = seen(desk)["words"]
        assert told["words"] == f"{WORDS} Gọi tôi: ••••."
        assert (told["face"], told["aspect"], told["hidden"]) == (2, "access", True)
        assert (told["service_name"], told["procedure"]) == ("Chứng thực", "2.000815")
        assert "Hoài" not in json.dumps(told, ensure_ascii=False)
        opened = desk.call("POST", f"/ratings/{rating['id']}/open", "head").json()
        assert (opened["words"], opened["contact"]) == (f"{WORDS} Gọi tôi: 0978 123 456.", CONTACT)
        (entry,) = [one for one in desk.journal() if one.type == "rating.opened"]
        assert (entry.actor, entry.payload) == (
            f"head:{HEAD}",
            json.dumps({"rating_id": rating["id"]}, separators=(",", ":")),
        )

    def test_plain_words_hide_nothing(self, desk: Desk) -> None:
        give(desk, 5, words="Chờ 15 phút,\nngày 23/11/2026.\0\x07  ")
        (told,) = seen(desk)["words"]
        assert (told["words"], told["hidden"]) == ("Chờ 15 phút,\nngày 23/11/2026.", False)

    def test_a_face_alone_has_no_words(self, desk: Desk) -> None:
        assert not give(desk, 5, words=" \n ").json()["has_words"]
        assert seen(desk)["words"] == []
        assert desk.call("POST", "/ratings/unknown/open", "head").status_code == 404

    def test_they_are_gone_after_the_promised_days_and_the_counts_stay(self, desk: Desk) -> None:
        rating = give(desk, 2, words=WORDS).json()["id"]
        days = desk.settings.centre.rating_words_days
        first, query = "2026-11-23", "?from=2026-11-23&to=2026-11-23"
        days_pass(desk, days - 1)
        minute(desk)
        assert len(seen(desk, query)["words"]) == 1
        key = desk.folder / "keys" / "ratings" / f"{first}.key"
        assert key.exists()
        days_pass(desk, 1)
        minute(desk)
        told = seen(desk, query)
        assert (told["total"], told["words"]) == (1, [])
        assert not key.exists()
        assert sql(desk.folder, "SELECT * FROM rating_words") == []
        assert desk.call("POST", f"/ratings/{rating}/open", "head").status_code == 404
        assert difference(desk) is None

    def test_a_copy_of_the_row_is_no_use_when_the_key_is_destroyed(self, desk: Desk) -> None:
        rating = give(desk, 2, words=WORDS).json()["id"]
        (desk.folder / "keys" / "ratings" / "2026-11-23.key").unlink()
        assert seen(desk)["words"] == []
        refused = desk.call("POST", f"/ratings/{rating}/open", "head")
        assert (refused.status_code, refused.json()["code"]) == (410, "RATING_WORDS_DESTROYED")

    def test_sealed_words_open_in_their_own_row_only(self, desk: Desk) -> None:
        give(desk, 2, words=WORDS)
        give(desk, 5, words="Rất tốt.")
        sql(
            desk.folder,
            "UPDATE rating_words SET (nonce, sealed) = "
            "(SELECT nonce, sealed FROM rating_words ORDER BY rating LIMIT 1)",
        )
        assert len(seen(desk)["words"]) == 1

    def test_keys_of_ratings_and_forms_have_their_own_time(self, desk: Desk, settings: Settings) -> None:
        assert settings.centre.rating_words_days > settings.centre.form_retention_days
        give(desk, 2, words=WORDS)
        days_pass(desk, 2)
        minute(desk)
        assert len(seen(desk)["words"]) == 1


class TestKeeping:
    """Nothing counted is lost."""

    def test_the_counts_follow_from_the_journal(self, desk: Desk) -> None:
        give(desk, 2, words=WORDS, aspect="staff")
        give(desk, 5)
        assert difference(desk) is None

    def test_ratings_outlive_a_restart(self, desk: Desk) -> None:
        give(desk, 2, words=WORDS)
        desk.web.__exit__(None, None, None)
        desk.web = start_desk(desk.settings, desk.folder, desk.clock)
        told = seen(desk)
        assert (told["total"], told["words"][0]["words"]) == (1, WORDS)

    def test_archived_days_leave_with_their_ratings_and_the_words_go_in_their_own_time(
        self, desk: Desk
    ) -> None:
        give(desk, 2, words=WORDS)
        call = desk.call("POST", "/help-calls", "kiosk", json={"screen": "services"}).json()
        desk.call("POST", f"/help-calls/{call['id']}/answer")
        days_pass(desk, 1)
        give(desk, 5)
        made = archive.archive_before(desk.centre.store, [desk.folder / "archive"], date(2026, 11, 24))
        assert [one.day for one in made] == ["2026-11-23"]
        told = seen(desk)
        assert (told["faces"], len(told["words"])) == ([0, 0, 0, 0, 1], 1)
        assert sql(desk.folder, "SELECT * FROM help_call") == []
        assert difference(desk) is None

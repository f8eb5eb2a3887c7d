"""A number given without the centre is given once: through crashes, full disks, repeats and new leases."""

import contextlib
import os
import signal
import sqlite3
import subprocess
import sys
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from kiosk.processes.offline_numbers import Block, Lease, OfflineNumbers, OfflineStoreError

ROOT = Path(__file__).parents[3]
NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
MIDNIGHT = datetime(2026, 11, 23, 17, 0, tzinfo=UTC)
DAY, TOMORROW = date(2026, 11, 23), date(2026, 11, 24)
MORNING = datetime(2026, 11, 24, 0, 30, tzinfo=UTC)


def lease(name="l1", first=990, last=999, until=MIDNIGHT, periods=None) -> Lease:
    blocks = (
        Block("ho-tich", "A", first, last, periods),
        Block("dat-dai", "D", first, last, periods),
    )
    return Lease(name, DAY, NOW, until, blocks, MIDNIGHT - timedelta(days=1))


def ahead(name="l1-tomorrow", first=980, last=989) -> Lease:
    """Tomorrow's, in hand today."""
    blocks = (Block("ho-tich", "A", first, last), Block("dat-dai", "D", first, last))
    return Lease(name, TOMORROW, NOW, MIDNIGHT + timedelta(days=1), blocks, MIDNIGHT)


@pytest.fixture
def numbers(tmp_path):
    made = OfflineNumbers(tmp_path / "kiosk" / "offline.sqlite3")
    yield made
    made.close()


def test_numbers_come_one_after_the_other_and_the_block_ends(numbers):
    held = lease(first=998)
    numbers.keep(held)
    given = [numbers.give("ho-tich", f"k{n}", NOW) for n in range(3)]
    assert [one.sequence if one else None for one in given] == [998, 999, None]
    assert numbers.left(held, "ho-tich") == 0
    assert numbers.left(held, "dat-dai") == 2


def test_the_same_key_has_the_same_number(numbers):
    numbers.keep(lease())
    first = numbers.give("ho-tich", "k", NOW, ("cao-tuoi", "chip"), ("a" * 64, DAY))
    assert numbers.give("ho-tich", "k", NOW + timedelta(minutes=5)) == first
    assert numbers.left(lease(), "ho-tich") == 9


def test_times_of_issue_only_grow_though_the_clock_is_set_back(numbers):
    numbers.keep(lease())
    first = numbers.give("ho-tich", "1", NOW)
    second = numbers.give("dat-dai", "2", NOW - timedelta(hours=1))
    assert second.issued_at > first.issued_at
    assert [one.key for one in numbers.waiting()] == ["1", "2"]


def test_nothing_is_given_without_a_lease_after_its_day_or_out_of_hours(numbers):
    assert numbers.give("ho-tich", "1", NOW) is None
    morning = ((NOW, NOW + timedelta(hours=2)), (NOW + timedelta(hours=4), NOW + timedelta(hours=8)))
    numbers.keep(lease(periods=morning))
    assert numbers.give("ho-tich", "2", NOW + timedelta(hours=3)) is None
    assert numbers.lease(NOW).block("ho-tich").opens_at(NOW + timedelta(hours=3)) == NOW + timedelta(hours=4)
    assert numbers.give("ho-tich", "3", NOW + timedelta(hours=4)) is not None
    assert numbers.give("ho-tich", "4", MIDNIGHT) is None
    assert numbers.give("nobody-knows", "5", NOW) is None


def test_a_dropped_lease_gives_nothing_and_a_new_one_never_what_was_given(numbers):
    numbers.keep(lease())
    assert numbers.give("ho-tich", "1", NOW).sequence == 990
    numbers.drop("l1")
    assert numbers.give("ho-tich", "2", NOW) is None
    numbers.keep(lease("l2"))
    assert numbers.give("ho-tich", "3", NOW).sequence == 991


def test_tomorrows_numbers_are_given_from_midnight_on_and_not_before(numbers, tmp_path):
    numbers.keep(lease())
    numbers.keep(ahead())
    assert numbers.give("ho-tich", "today", NOW).sequence == 990
    last = numbers.give("ho-tich", "late", MIDNIGHT - timedelta(seconds=1))
    assert (last.sequence, last.lease) == (991, "l1")
    assert numbers.give("ho-tich", "gap", MIDNIGHT + timedelta(seconds=1)) is None, (
        "the centre's clock may be a little behind"
    )
    numbers.close()
    again = OfflineNumbers(tmp_path / "kiosk" / "offline.sqlite3")
    first = again.give("ho-tich", "morning", MORNING)
    assert (first.sequence, first.lease, first.issued_at) == (980, "l1-tomorrow", MORNING)
    assert again.give("ho-tich", "night", MIDNIGHT + timedelta(days=1)) is None
    again.close()


def test_the_lease_of_a_day_is_replaced_by_another_of_that_day_alone(numbers):
    numbers.keep(lease())
    numbers.keep(ahead())
    numbers.keep(ahead("other", 970, 979))
    numbers.keep(lease("l2"))
    assert [(one.id, one.day) for one in numbers.leases()] == [("l2", DAY), ("other", TOMORROW)]
    assert numbers.give("ho-tich", "morning", MORNING).sequence == 970
    numbers.forget_before(TOMORROW)
    assert [one.id for one in numbers.leases()] == ["other"]


def test_the_same_numbers_of_two_days_are_two(numbers):
    numbers.keep(lease())
    numbers.keep(ahead(first=990, last=999))
    assert numbers.give("ho-tich", "today", NOW).sequence == 990
    assert numbers.give("ho-tich", "tomorrow", MORNING).sequence == 990


def test_a_hash_under_the_key_of_another_day_is_not_kept(numbers):
    numbers.keep(ahead())
    assert numbers.give("ho-tich", "1", MORNING, person=("f" * 64, DAY)).person is None
    assert numbers.give("ho-tich", "2", MORNING, person=("f" * 64, TOMORROW)).person == "f" * 64


def test_a_file_of_an_earlier_program_goes_on(tmp_path):
    file = tmp_path / "offline.sqlite3"
    made = OfflineNumbers(file)
    made.keep(lease())
    made.close()
    with contextlib.closing(sqlite3.connect(file)) as old:
        old.execute("ALTER TABLE lease DROP COLUMN begins")
    again = OfflineNumbers(file)
    assert again.give("ho-tich", "1", NOW).sequence == 990
    again.keep(ahead())
    assert again.give("ho-tich", "2", MORNING).sequence == 980
    again.close()


def test_what_the_centre_answered_is_kept_and_the_persons_hash_is_not(numbers, tmp_path):
    numbers.keep(lease())
    for key in ("a", "b", "c"):
        numbers.give("ho-tich", key, NOW, person=("f" * 64, DAY))
    numbers.accepted("a", "t1")
    numbers.was_refused("b", "number_taken")
    assert [one.key for one in numbers.waiting()] == ["c"]
    assert numbers.refused(date(2026, 11, 23)) == 1
    assert numbers.give("ho-tich", "a", NOW).person is None
    numbers.forget_before(date(2027, 1, 1))
    assert [one.key for one in numbers.waiting()] == ["c"], (
        "what the centre has not answered is never forgotten"
    )


def test_a_slip_under_way_when_the_power_went_is_unknown(numbers, tmp_path):
    numbers.keep(lease())
    numbers.give("ho-tich", "a", NOW)
    numbers.give("ho-tich", "b", NOW)
    numbers.slip("a", "pending")
    numbers.slip("b", "printed")
    again = OfflineNumbers(tmp_path / "kiosk" / "offline.sqlite3")
    for key in ("a", "b"):
        again.accepted(key, f"t-{key}")
    told = again.slips_to_tell()
    assert [(one.ticket, one.slip) for one in told] == [("t-a", "unknown"), ("t-b", "printed")]
    for one in told:
        again.slip_told(one)
    assert again.slips_to_tell() == []
    again.close()


def test_a_damaged_file_is_set_aside_and_the_holder_is_another(tmp_path):
    file = tmp_path / "offline.sqlite3"
    first = OfflineNumbers(file)
    first.keep(lease())
    holder = first.holder
    first.close()
    again = OfflineNumbers(file)
    assert again.holder == holder
    again.close()
    file.write_bytes(b"not a database at all" * 400)
    second = OfflineNumbers(file)
    assert second.leases() == []
    assert second.holder != holder
    assert list(tmp_path.glob("offline.sqlite3.damaged-*"))
    second.close()


GIVER = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from kiosk.processes.offline_numbers import OfflineNumbers
numbers = OfflineNumbers(Path(sys.argv[1]))
turn = 0
while True:
    turn += 1
    given = numbers.give("ho-tich", f"{sys.argv[2]}-{turn}", datetime(2026, 11, 23, 2, 0, tzinfo=UTC))
    if given is None:
        break
    print(given.sequence, flush=True)
"""


def test_killed_at_any_point_it_never_prints_a_number_twice(tmp_path):
    file = tmp_path / "offline.sqlite3"
    numbers = OfflineNumbers(file)
    numbers.keep(lease(first=1, last=900))
    numbers.close()
    printed: list[int] = []
    for run in range(12):
        child = subprocess.Popen(
            [sys.executable, "-c", GIVER, str(file), str(run)], cwd=ROOT, stdout=subprocess.PIPE, text=True
        )
        assert child.stdout is not None
        for _ in range(5 + 7 * run):
            line = child.stdout.readline()
            if line:
                printed.append(int(line))
        os.kill(child.pid, signal.SIGKILL)
        printed += [int(line) for line in child.stdout.read().splitlines()]
        child.wait()
        child.stdout.close()
    assert len(printed) == len(set(printed))
    after = OfflineNumbers(file)
    assert set(printed) <= {one.sequence for one in after.waiting()}
    after.close()


class Failing:
    """A connection whose ``fails``-th statement from now breaks, before or after it was carried out."""

    def __init__(self, connection, fails: int, after: bool) -> None:
        self._connection, self._fails, self._after = connection, fails, after

    def execute(self, *statement):
        self._fails -= 1
        if self._fails == 0 and not self._after:
            raise sqlite3.OperationalError("database or disk is full")
        done = self._connection.execute(*statement)
        if self._fails == 0:
            raise sqlite3.OperationalError("disk I/O error")
        return done

    def __getattr__(self, name):
        return getattr(self._connection, name)


class AnyDay(RuleBasedStateMachine):
    """Gives, repeats, reconciles, breaks and restarts, against a plain list of what citizens saw."""

    def __init__(self) -> None:
        super().__init__()
        import tempfile

        self.folder = tempfile.TemporaryDirectory()
        self.file = Path(self.folder.name) / "offline.sqlite3"
        self.numbers = OfflineNumbers(self.file)
        self.seen: dict[str, tuple[date, str, int]] = {}
        self.now = NOW
        self.keys = 0
        self.leases = 0
        self.told: set[str] = set()

    @initialize()
    def leased(self) -> None:
        self.new_lease(3)

    @rule(size=st.integers(1, 6))
    def new_lease(self, size: int) -> None:
        self.leases += 1
        first = 1000 - 10 * self.leases
        self.numbers.keep(lease(f"l{self.leases}", first, first + size - 1))

    @rule(size=st.integers(1, 6))
    def new_lease_of_tomorrow(self, size: int) -> None:
        self.leases += 1
        first = 1000 - 10 * self.leases
        self.numbers.keep(ahead(f"l{self.leases}", first, first + size - 1))

    @rule(now=st.sampled_from([NOW, MORNING]))
    def another_day(self, now: datetime) -> None:
        self.now = now

    @rule(service=st.sampled_from(["ho-tich", "dat-dai"]))
    def gives(self, service: str) -> None:
        self.keys += 1
        self.sees(f"k{self.keys}", self.numbers.give(service, f"k{self.keys}", self.now))

    @rule(pick=st.integers(0, 99))
    def asks_again(self, pick: int) -> None:
        if self.seen:
            key = sorted(self.seen)[pick % len(self.seen)]
            self.sees(key, self.numbers.give("ho-tich", key, self.now))

    def sees(self, key: str, given) -> None:
        if given is None:
            return
        day = (given.issued_at + timedelta(hours=7)).date()
        number = (day, given.series, given.sequence)
        assert self.seen.get(key, number) == number
        assert number not in [other for k, other in self.seen.items() if k != key]
        self.seen[key] = number

    @rule(statement=st.integers(1, 8), after=st.booleans(), restart=st.booleans())
    def breaks_while_giving(self, statement: int, after: bool, restart: bool) -> None:
        self.keys += 1
        key = f"k{self.keys}"
        whole = self.numbers._connection
        self.numbers._connection = Failing(whole, statement, after)
        with contextlib.suppress(OfflineStoreError):
            self.sees(key, self.numbers.give("ho-tich", key, self.now))
        self.numbers._connection = whole
        if restart:
            self.restarts()
        self.sees(key, self.numbers.give("ho-tich", key, self.now))

    @rule()
    def restarts(self) -> None:
        self.numbers._connection.close()
        self.numbers = OfflineNumbers(self.file)

    @rule(stops_after=st.integers(0, 9))
    def reconciles(self, stops_after: int) -> None:
        for one in self.numbers.waiting()[:stops_after]:
            self.numbers.accepted(one.key, f"t-{one.key}")
            self.told.add(one.key)

    @invariant()
    def what_was_seen_is_told_once(self) -> None:
        waiting = [one.key for one in self.numbers.waiting()]
        assert not self.told & set(waiting)
        assert set(self.seen) <= self.told | set(waiting)

    def teardown(self) -> None:
        self.numbers.close()
        self.folder.cleanup()


AnyDay.TestCase.settings = settings(
    max_examples=40, stateful_step_count=30, deadline=None, suppress_health_check=list(HealthCheck)
)
TestAnyDay = AnyDay.TestCase

"""The centre's time is known through slow answers, drifting crystals and wall clocks that somebody sets."""

from datetime import UTC, datetime, timedelta

from hypothesis import example, given
from hypothesis import strategies as st

from kiosk.processes.clock_skew import DRIFT, CentreClock

START = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)


class Machines:
    """A kiosk and a centre whose clocks are set apart and may drift."""

    def __init__(self, apart: float = 0.0, drift: float = 0.0) -> None:
        self.boot = 5000.0
        self.wall_ahead = apart
        self.drift = drift
        self.step = 0.0
        self.clock = CentreClock(0.0, lambda: self.boot, self.wall)

    def wall(self) -> datetime:
        return START + timedelta(seconds=self.boot - 5000 + self.wall_ahead)

    def centre(self) -> datetime:
        passed = (self.boot - 5000) * (1 + self.drift)
        return START + timedelta(seconds=passed + self.step)

    def asks(self, there: float, back: float) -> None:
        sent = self.boot
        self.boot += there
        told = self.centre()
        self.boot += back
        self.clock.heard(sent, self.boot, told)

    def wrong_by(self) -> float:
        return abs((self.clock.now() - self.centre()).total_seconds())


SLOW_AMONG_QUICK = [(0.0, 0.0, 93.0), (0.0, 1.0, 66.0), *[(3.0, 3.0, 120.0)] * 5, (0.0, 0.0, 19.0)]


@given(
    st.floats(-90_000, 90_000),
    st.lists(st.tuples(st.floats(0, 3), st.floats(0, 3), st.floats(0, 120)), min_size=1, max_size=30),
)
@example(0.0, SLOW_AMONG_QUICK)
def test_the_time_is_never_more_wrong_than_the_best_round_trip_allows(apart, trips):
    machines = Machines(apart, drift=DRIFT / 2)
    for there, back, pause in trips:
        machines.asks(there, back)
        machines.boot += pause
        assert machines.wrong_by() <= machines.clock.error() + 1e-3
        assert abs(machines.clock.skew() - (machines.wall() - machines.centre()).total_seconds()) <= (
            machines.clock.error() + 1e-3
        )


def test_one_quick_answer_counts_more_than_many_slow_ones():
    machines = Machines(apart=77)
    machines.asks(0.002, 0.002)
    for _ in range(20):
        machines.asks(3.0, 0.0)
    assert machines.wrong_by() < 0.05


def test_a_wall_clock_that_somebody_sets_changes_nothing():
    machines = Machines()
    machines.asks(0.001, 0.001)
    before = machines.clock.now()
    machines.wall_ahead = -86_400 * 400
    assert abs((machines.clock.now() - before).total_seconds()) < 0.01
    assert machines.clock.skew() < -86_000 * 400


def test_a_centre_whose_clock_is_set_is_believed_at_once():
    machines = Machines()
    for _ in range(5):
        machines.asks(0.001, 0.001)
        machines.boot += 60
    machines.step = 3600
    machines.asks(0.05, 0.05)
    assert machines.wrong_by() < 0.1


def test_drift_is_learnt_and_carried_through_an_hour_without_the_centre():
    machines = Machines(drift=60e-6)
    for _ in range(60):
        machines.asks(0.001, 0.001)
        machines.boot += 60
    machines.boot += 3600
    assert machines.wrong_by() < 0.02  # 0.2 s if the drift were not known


def test_without_any_answer_the_remembered_difference_counts():
    machines = Machines(apart=120)
    clock = CentreClock(120.0, lambda: machines.boot, machines.wall)
    assert not clock.measured
    assert abs((clock.now() - machines.centre()).total_seconds()) < 1e-6
    assert clock.skew() == 120.0
    assert clock.error() is None


def test_an_answer_that_came_before_it_was_asked_for_is_no_sample():
    machines = Machines()
    machines.clock.heard(10.0, 9.0, START)
    assert not machines.clock.measured

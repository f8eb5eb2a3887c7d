"""A ticket's life follows its table: every pair is answered, what is refused changes nothing, undo undoes."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import product

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from kiosk.queueing.ticket import (
    ACTIVE,
    FINAL,
    OPEN,
    TABLE,
    UNDOABLE,
    Actor,
    Guard,
    Life,
    Line,
    Refused,
    Rules,
    Step,
    TicketEvent,
    TicketState,
    issued,
    rejoin_until,
    step,
)

NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
RULES = Rules(grace_minutes=15, rejoins=1, undo_seconds=20, recall_gap_seconds=3)
HERE, THERE = "quay-1", "quay-2"

LIVES = {
    TicketState.WAITING: Life(TicketState.WAITING, "a", ("b",), reserved_counter=HERE),
    TicketState.CALLED: Life(TicketState.CALLED, "a", ("b",), counter=HERE, call_count=1, called_at=NOW),
    TicketState.SERVING: Life(
        TicketState.SERVING, "a", ("b",), counter=HERE, call_count=1, called_at=NOW, started_at=NOW
    ),
    TicketState.PARKED: Life(TicketState.PARKED, "a", counter=HERE, parked_until=NOW, park_reason="phô tô"),
    TicketState.NO_SHOW: Life(TicketState.NO_SHOW, "a", counter=HERE, call_count=1, ended_at=NOW),
    TicketState.COMPLETED: Life(TicketState.COMPLETED, "a", counter=HERE, ended_at=NOW),
    TicketState.CANCELLED: Life(TicketState.CANCELLED, "a", ended_at=NOW),
    TicketState.EXPIRED: Life(TicketState.EXPIRED, "a", ended_at=NOW),
}
"""A life in each state that meets every guard but those of undo, a little later than ``NOW``."""


def asked(event: TicketEvent, who: Actor = Actor.OFFICER, *, seconds: float = 10, **more: object) -> Step:
    particulars: dict[str, object] = {"counter": HERE if who is Actor.OFFICER else None}
    if event in {TicketEvent.TRANSFER, TicketEvent.ADD_SERVICE}:
        particulars["to_service"] = "c"
    return Step(event, who, NOW + timedelta(seconds=seconds), **{**particulars, **more})  # type: ignore[arg-type]


def lines_of(state: TicketState, event: TicketEvent, who: Actor) -> list[Line]:
    return [line for line in TABLE if (line.state, line.event) == (state, event) and who in line.who]


def done(life: Life | Refused) -> Life:
    assert isinstance(life, Life), life
    return life


class TestTable:
    """The table as a whole."""

    @pytest.mark.parametrize("state", TicketState)
    @pytest.mark.parametrize("event", TicketEvent)
    @pytest.mark.parametrize("who", Actor)
    def test_every_state_event_and_actor_is_answered(
        self, state: TicketState, event: TicketEvent, who: Actor
    ) -> None:
        answer = step(LIVES[state], asked(event, who), RULES)
        lines = lines_of(state, event, who)
        if isinstance(answer, Refused):
            assert (answer.state, answer.event) == (state, event)
            assert (answer.guard is None) == (not lines)
            assert answer.guard is None or answer.guard is Guard.WITHIN_UNDO
        else:
            assert answer.state in {line.to for line in lines}

    def test_only_undo_leads_out_of_completed_cancelled_and_expired(self) -> None:
        ended = FINAL - {TicketState.NO_SHOW}
        assert {line.event for line in TABLE if line.state in ended} == {TicketEvent.UNDO}
        assert not [line for line in TABLE if line.state is TicketState.EXPIRED]

    def test_every_open_state_has_a_way_to_an_end(self) -> None:
        reaches = set(FINAL)
        while True:
            more = {line.state for line in TABLE if line.to in reaches} | reaches
            if more == reaches:
                break
            reaches = more
        assert reaches == set(TicketState)

    def test_closing_takes_all_but_who_is_being_served(self) -> None:
        expirable = {line.state for line in TABLE if line.event is TicketEvent.EXPIRE}
        assert expirable == OPEN - {TicketState.SERVING}

    def test_without_a_person_a_ticket_only_expires_or_waits_again(self) -> None:
        assert {line.event for line in TABLE if Actor.SYSTEM in line.who} == {
            TicketEvent.EXPIRE,
            TicketEvent.RETURN,
            TicketEvent.RELEASE,
        }

    def test_a_citizen_comes_back_adds_a_service_or_goes(self) -> None:
        assert {line.event for line in TABLE if Actor.CITIZEN in line.who} == {
            TicketEvent.REJOIN,
            TicketEvent.CANCEL,
            TicketEvent.ADD_SERVICE,
        }

    def test_no_two_lines_hold_at_once(self) -> None:
        for one, other in product(TABLE, TABLE):
            if (
                one is not other
                and (one.state, one.event) == (other.state, other.event)
                and one.who & other.who
            ):
                assert {Guard.MORE_SERVICES, Guard.NO_MORE_SERVICES} <= {*one.guards, *other.guards}


class TestGuards:
    """Each guard refuses by name, and then nothing has changed."""

    @pytest.mark.parametrize(
        ("guard", "life", "asked_for"),
        [
            (Guard.AT_COUNTER, LIVES[TicketState.WAITING], asked(TicketEvent.CALL, counter=None)),
            (Guard.AT_COUNTER, LIVES[TicketState.PARKED], asked(TicketEvent.CALL, counter=None)),
            (Guard.NOT_ELSEWHERE, LIVES[TicketState.WAITING], asked(TicketEvent.CALL, counter=THERE)),
            *(
                (Guard.SAME_COUNTER, LIVES[line.state], asked(line.event, counter=THERE))
                for line in TABLE
                if Guard.SAME_COUNTER in line.guards and Guard.NO_MORE_SERVICES not in line.guards
            ),
            (Guard.RECALL_GAP, LIVES[TicketState.CALLED], asked(TicketEvent.RECALL, seconds=2.9)),
            (
                Guard.TIME_IS_UP,
                LIVES[TicketState.PARKED],
                asked(TicketEvent.RETURN, Actor.SYSTEM, seconds=-1),
            ),
            (
                Guard.TIME_IS_UP,
                replace(LIVES[TicketState.PARKED], parked_until=None),
                asked(TicketEvent.RETURN, Actor.SYSTEM),
            ),
            (
                Guard.WITHIN_GRACE,
                LIVES[TicketState.NO_SHOW],
                asked(TicketEvent.REJOIN, Actor.CITIZEN, seconds=901),
            ),
            (Guard.WITHIN_GRACE, LIVES[TicketState.NO_SHOW], asked(TicketEvent.CALL, seconds=901)),
            (
                Guard.REJOINS_LEFT,
                replace(LIVES[TicketState.NO_SHOW], rejoins=1),
                asked(TicketEvent.REJOIN, Actor.CITIZEN),
            ),
            (Guard.HAS_TARGET, LIVES[TicketState.SERVING], asked(TicketEvent.TRANSFER, to_service=None)),
            (Guard.HAS_TARGET, LIVES[TicketState.SERVING], asked(TicketEvent.TRANSFER, to_service="a")),
            (Guard.NOT_THERE_YET, LIVES[TicketState.SERVING], asked(TicketEvent.ADD_SERVICE, to_service="a")),
            (Guard.NOT_THERE_YET, LIVES[TicketState.SERVING], asked(TicketEvent.ADD_SERVICE, to_service="b")),
            (
                Guard.NOT_THERE_YET,
                LIVES[TicketState.SERVING],
                asked(TicketEvent.ADD_SERVICE, to_service=None),
            ),
            (
                Guard.RESERVED,
                replace(LIVES[TicketState.WAITING], reserved_counter=None),
                asked(TicketEvent.RELEASE, Actor.SYSTEM),
            ),
            (Guard.WITHIN_UNDO, LIVES[TicketState.SERVING], asked(TicketEvent.UNDO)),
        ],
    )
    def test_refuses(self, guard: Guard, life: Life, asked_for: Step) -> None:
        assert step(life, asked_for, RULES) == Refused(life.state, asked_for.event, guard)

    def test_every_guard_that_can_fail_alone_is_tried_above(self) -> None:
        marks = [mark for mark in TestGuards.test_refuses.pytestmark if mark.name == "parametrize"]  # type: ignore[attr-defined]
        tried = {case[0] for case in marks[0].args[1]}
        assert tried == set(Guard) - {Guard.MORE_SERVICES, Guard.NO_MORE_SERVICES}

    def test_a_clock_set_back_silences_no_officer(self) -> None:
        again = done(step(LIVES[TicketState.CALLED], asked(TicketEvent.RECALL, seconds=-3600), RULES))
        assert again.call_count == 2


class TestCalls:
    """Calling and calling again."""

    def test_recalls_are_counted(self) -> None:
        life = done(step(issued("a"), asked(TicketEvent.CALL), RULES))
        for seconds in (20, 30, 40):
            life = done(step(life, asked(TicketEvent.RECALL, seconds=seconds), RULES))
        assert (life.call_count, life.recalled_at) == (4, NOW + timedelta(seconds=40))
        assert life.called_at == NOW + timedelta(seconds=10)

    def test_the_gap_counts_from_the_last_recall(self) -> None:
        life = done(step(LIVES[TicketState.CALLED], asked(TicketEvent.RECALL), RULES))
        assert isinstance(step(life, asked(TicketEvent.RECALL, seconds=12), RULES), Refused)
        assert isinstance(step(life, asked(TicketEvent.RECALL, seconds=13), RULES), Life)

    def test_who_is_parked_is_called_back_by_hand(self) -> None:
        life = done(step(LIVES[TicketState.PARKED], asked(TicketEvent.CALL, counter=THERE), RULES))
        assert (life.state, life.counter, life.parked_until, life.park_reason) == (
            TicketState.CALLED,
            THERE,
            None,
            None,
        )


class TestSeveralServices:
    """One number, several services, one after the other."""

    def test_they_are_done_in_order_with_the_same_number(self) -> None:
        life, served = issued("a", ("b", "c")), []
        while life.state is TicketState.WAITING:
            for event in (TicketEvent.CALL, TicketEvent.START, TicketEvent.COMPLETE):
                if event is TicketEvent.START:
                    served.append(life.service)
                life = done(step(life, asked(event), RULES))
        assert (served, life.state, life.then) == (["a", "b", "c"], TicketState.COMPLETED, ())

    def test_one_is_added_while_another_is_served(self) -> None:
        life = done(step(LIVES[TicketState.SERVING], asked(TicketEvent.ADD_SERVICE), RULES))
        assert (life.state, life.service, life.then) == (TicketState.SERVING, "a", ("b", "c"))

    def test_between_two_the_ticket_is_as_one_that_was_never_called(self) -> None:
        life = done(step(LIVES[TicketState.SERVING], asked(TicketEvent.COMPLETE), RULES))
        assert replace(life, before=None, undoable=None, undo_until=None, undo_counter=None) == issued("b")

    def test_a_service_asked_for_twice_is_done_once(self) -> None:
        assert issued("a", ("b", "a", "b", "c")).then == ("b", "c")


class TestTransfer:
    """To another service or counter, with the same number."""

    def test_to_a_service(self) -> None:
        life = done(step(LIVES[TicketState.SERVING], asked(TicketEvent.TRANSFER), RULES))
        assert (life.state, life.service, life.then) == (TicketState.WAITING, "c", ("b",))
        assert (life.counter, life.reserved_counter, life.started_at) == (None, None, None)

    def test_to_a_service_that_was_to_come_anyway(self) -> None:
        life = done(step(LIVES[TicketState.CALLED], asked(TicketEvent.TRANSFER, to_service="b"), RULES))
        assert (life.service, life.then) == ("b", ())

    def test_to_a_counter_which_alone_may_call_it(self) -> None:
        to_counter = asked(TicketEvent.TRANSFER, to_service=None, to_counter=THERE)
        life = done(step(LIVES[TicketState.CALLED], to_counter, RULES))
        assert (life.state, life.service, life.reserved_counter) == (TicketState.WAITING, "a", THERE)
        assert isinstance(step(life, asked(TicketEvent.CALL, counter=HERE), RULES), Refused)
        called = done(step(life, asked(TicketEvent.CALL, counter=THERE), RULES))
        assert (called.counter, called.reserved_counter) == (THERE, None)

    def test_a_counter_that_closes_keeps_nobody(self) -> None:
        life = done(step(LIVES[TicketState.WAITING], asked(TicketEvent.RELEASE, Actor.SYSTEM), RULES))
        assert (life.state, life.reserved_counter) == (TicketState.WAITING, None)


class TestNoShow:
    """Who was missed may come back within the grace time."""

    def test_once(self) -> None:
        missed = LIVES[TicketState.NO_SHOW]
        assert rejoin_until(missed, RULES) == NOW + timedelta(minutes=15)
        back = done(step(missed, asked(TicketEvent.REJOIN, Actor.CITIZEN, seconds=900), RULES))
        assert (back.state, back.rejoins, back.counter, back.ended_at) == (TicketState.WAITING, 1, None, None)
        again = done(
            step(done(step(back, asked(TicketEvent.CALL), RULES)), asked(TicketEvent.NO_SHOW), RULES)
        )
        assert rejoin_until(again, RULES) is None
        assert isinstance(step(again, asked(TicketEvent.REJOIN, Actor.CITIZEN), RULES), Refused)

    def test_as_often_as_configured(self) -> None:
        missed = LIVES[TicketState.NO_SHOW]
        none = Rules(rejoins=0)
        assert rejoin_until(missed, none) is None
        assert isinstance(step(missed, asked(TicketEvent.REJOIN, Actor.CITIZEN), none), Refused)
        assert rejoin_until(replace(missed, rejoins=2), Rules(rejoins=3)) is not None

    def test_an_officer_who_sees_the_person_calls_once_more_within_the_grace_time(self) -> None:
        missed = replace(LIVES[TicketState.NO_SHOW], rejoins=1)
        life = done(step(missed, asked(TicketEvent.CALL, counter=THERE), RULES))
        assert (life.state, life.counter, life.rejoins) == (TicketState.CALLED, THERE, 2)

    def test_nobody_else_is_in_a_grace_time(self) -> None:
        assert {state for state, life in LIVES.items() if rejoin_until(life, RULES)} == {TicketState.NO_SHOW}


UNDOABLE_LINES = [line for line in TABLE if line.event in UNDOABLE and Actor.OFFICER in line.who]


class TestUndo:
    """An officer takes the last step back, for a short time, at the same counter."""

    @pytest.mark.parametrize("line", UNDOABLE_LINES, ids=lambda line: f"{line.event}-{line.state}-{line.to}")
    def test_brings_back_exactly_what_was(self, line: Line) -> None:
        life = LIVES[line.state]
        if Guard.NO_MORE_SERVICES in line.guards:
            life = replace(life, then=())
        after = done(step(life, asked(line.event), RULES))
        assert (after.state, after.undoable, after.undo_counter) == (line.to, line.event, HERE)
        assert step(after, asked(TicketEvent.UNDO, seconds=30), RULES) == life

    def test_not_after_its_time_not_elsewhere_not_twice(self) -> None:
        after = done(step(LIVES[TicketState.SERVING], asked(TicketEvent.COMPLETE), RULES))
        late = asked(TicketEvent.UNDO, seconds=30.001)
        assert step(after, late, RULES) == Refused(after.state, TicketEvent.UNDO, Guard.WITHIN_UNDO)
        assert isinstance(step(after, asked(TicketEvent.UNDO, counter=THERE), RULES), Refused)
        assert isinstance(step(after, asked(TicketEvent.UNDO, counter=None), RULES), Refused)
        assert isinstance(step(after, asked(TicketEvent.UNDO, Actor.CITIZEN), RULES), Refused)
        back = done(step(after, asked(TicketEvent.UNDO), RULES))
        assert isinstance(step(back, asked(TicketEvent.UNDO), RULES), Refused)

    def test_what_somebody_else_did_since_then_stands(self) -> None:
        waiting = done(step(LIVES[TicketState.SERVING], asked(TicketEvent.COMPLETE), RULES))
        called = done(step(waiting, asked(TicketEvent.CALL, counter=THERE), RULES))
        assert isinstance(step(called, asked(TicketEvent.UNDO, counter=HERE), RULES), Refused)
        parked = done(step(LIVES[TicketState.SERVING], asked(TicketEvent.PARK), RULES))
        gone = done(step(parked, asked(TicketEvent.CANCEL, Actor.CITIZEN), RULES))
        assert isinstance(step(gone, asked(TicketEvent.UNDO), RULES), Refused)

    def test_a_call_that_was_repeated_was_heard(self) -> None:
        called = done(step(issued("a"), asked(TicketEvent.CALL), RULES))
        again = done(step(called, asked(TicketEvent.RECALL, seconds=15), RULES))
        assert isinstance(step(again, asked(TicketEvent.UNDO, seconds=16), RULES), Refused)

    def test_what_is_done_away_from_a_counter_is_not_undone_at_one(self) -> None:
        life = done(step(issued("a"), asked(TicketEvent.PRIORITISE, counter=None, priority="p"), RULES))
        assert (life.priority, life.before) == ("p", None)


class LifeMachine(RuleBasedStateMachine):
    """One ticket, any events in any order, against what must hold always."""

    def __init__(self) -> None:
        super().__init__()
        self.asked_for = ("a", "b")
        self.life = issued("a", ("b",))
        self.at = NOW
        self.rejoined = 0

    @rule(
        event=st.sampled_from(TicketEvent),
        who=st.sampled_from(Actor),
        counter=st.sampled_from([HERE, THERE, None]),
        to_service=st.sampled_from(["a", "b", "c", None]),
        to_counter=st.sampled_from([HERE, THERE, None]),
        seconds=st.sampled_from([0.0, 1.0, 19.0, 21.0, 600.0, 1200.0]),
    )
    def happens(
        self,
        *,
        event: TicketEvent,
        who: Actor,
        counter: str | None,
        to_service: str | None,
        to_counter: str | None,
        seconds: float,
    ) -> None:
        self.at += timedelta(seconds=seconds)
        before = self.life
        asked_for = Step(
            event,
            who,
            self.at,
            counter=counter if who is Actor.OFFICER else None,
            to_service=to_service,
            to_counter=to_counter,
            until=self.at + timedelta(minutes=5),
        )
        answer = step(before, asked_for, RULES)
        if isinstance(answer, Refused):
            return
        self.life = answer
        if event is TicketEvent.UNDO:
            assert before.before is not None
            assert answer.state is before.before.state
            assert before.undo_counter == counter
        assert before.state not in {TicketState.COMPLETED, TicketState.CANCELLED} or event is TicketEvent.UNDO
        assert before.state is not TicketState.EXPIRED

    @invariant()
    def a_ticket_is_at_a_counter_if_and_only_if_it_is_active(self) -> None:
        life = self.life
        if life.state in ACTIVE:
            assert life.counter is not None
            assert life.called_at is not None
            assert life.call_count >= 1
        if life.state is TicketState.WAITING:
            assert (life.counter, life.called_at, life.started_at, life.call_count) == (None, None, None, 0)

    @invariant()
    def what_ended_has_an_end_and_nothing_else_has(self) -> None:
        assert (self.life.state in FINAL) == (self.life.ended_at is not None)

    @invariant()
    def only_a_parked_ticket_has_a_time_to_come_back(self) -> None:
        parked = self.life.state is TicketState.PARKED
        assert parked == (self.life.parked_until is not None)

    @invariant()
    def only_a_waiting_ticket_is_reserved(self) -> None:
        assert self.life.reserved_counter is None or self.life.state is TicketState.WAITING

    @invariant()
    def no_service_is_asked_for_twice(self) -> None:
        services = (self.life.service, *self.life.then)
        assert len(set(services)) == len(services)

    @invariant()
    def one_step_can_be_undone_and_not_a_chain(self) -> None:
        assert (self.life.before is None) == (self.life.undoable is None) == (self.life.undo_until is None)
        assert self.life.before is None or self.life.before.before is None


TestLife = LifeMachine.TestCase

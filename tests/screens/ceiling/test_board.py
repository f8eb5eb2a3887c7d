"""What a display knows follows from the journal alone, in order, each entry once."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.board import LINES, Board, after

NOW = datetime(2026, 11, 23, 2, 41, tzinfo=UTC)
EMPTY = Board("Trung tâm", 0, "e1")


def ticket(number, counter=None, called_at=None):
    where = None if counter is None else {"id": "x", "number": counter, "name": ""}
    return {"ticket": {"number": number, "counter": where, "called_at": called_at}}


def test_the_newest_call_stands_first_and_the_earlier_ones_stay():
    board = EMPTY
    for seq in range(1, LINES + 3):
        board, call = after(board, seq, "ticket.called", ticket(f"A{seq:03d}", 1), NOW)
        assert (call.call, call.number) == (seq, f"A{seq:03d}")
    assert [c.call for c in board.calls] == list(range(LINES + 2, 2, -1))


def test_a_ticket_that_moves_on_keeps_its_place_in_the_list():
    board, _ = after(EMPTY, 1, "ticket.called", ticket("A001", 1), NOW)
    for seq, kind in enumerate(("ticket.started", "ticket.completed", "counter.closed"), 2):
        board, call = after(board, seq, kind, ticket("A001", 1), NOW)
        assert call is None
    assert [c.number for c in board.calls] == ["A001"]
    assert board.head == 4


def test_who_waits_is_counted():
    board = EMPTY
    for seq, (kind, data, waiting) in enumerate(
        (
            ("ticket.issued", ticket("A001"), 1),
            ("ticket.issued", ticket("A002"), 2),
            ("ticket.called", ticket("A001", 1), 1),
            ("ticket.recalled", ticket("A001", 1), 1),
            ("ticket.no_show", ticket("A001", 1, "2026-11-23T02:40:00Z"), 1),
            ("ticket.expired", ticket("A001", 1, "2026-11-23T02:40:00Z"), 1),
            ("ticket.expired", ticket("A002"), 0),
            ("device.changed", {}, 0),
        ),
        1,
    ):
        board, _ = after(board, seq, kind, data, NOW)
        assert board.waiting == waiting, kind


def moved(number, state, was=None, **more):
    data = ticket(number, 1)
    data["ticket"]["state"] = state
    return {**data, **({} if was is None else {"was": was}), **more}


def test_who_waits_is_counted_through_every_move():
    board = EMPTY
    for seq, (kind, data, waiting) in enumerate(
        (
            ("ticket.issued", moved("A001", "waiting"), 1),
            ("ticket.issued", moved("A002", "expired"), 1),  # told after its day
            ("ticket.called", moved("A001", "called", "waiting"), 0),
            ("ticket.undone", moved("A001", "waiting", "called", undid="call"), 1),
            ("ticket.called", moved("A001", "called", "waiting"), 0),
            ("ticket.parked", moved("A001", "parked", "called"), 0),
            ("ticket.returned", moved("A001", "waiting", "parked"), 1),
            ("ticket.transferred", moved("A001", "waiting"), 1),
            ("ticket.prioritised", moved("A001", "waiting"), 1),
            ("ticket.called", moved("A001", "called", "waiting"), 0),
            ("ticket.next_service", moved("A001", "waiting", "serving"), 1),
            ("ticket.called", moved("A001", "called", "waiting"), 0),
            ("ticket.no_show", moved("A001", "no_show", "called"), 0),
            ("ticket.called", moved("A001", "called", "no_show"), 0),  # called once more by hand
            ("ticket.no_show", moved("A001", "no_show", "called"), 0),
            ("ticket.rejoined", moved("A001", "waiting", "no_show"), 1),
            ("ticket.cancelled", moved("A001", "cancelled", "waiting"), 0),
            ("ticket.of_the_future", {"nobody": "knows"}, 0),
            ("service.stopped", {"service": "*", "message": "…"}, 0),
            ("numbers.leased", {}, 0),
        ),
        1,
    ):
        board, _ = after(board, seq, kind, data, NOW)
        assert board.waiting == waiting, (seq, kind)
    assert board.head == seq


def test_a_call_taken_back_leaves_the_board_and_other_undone_steps_do_not():
    board, _ = after(EMPTY, 1, "ticket.called", ticket("A001", 1), NOW)
    board, _ = after(board, 2, "ticket.called", ticket("A002", 2), NOW)
    board, _ = after(board, 3, "ticket.undone", moved("A002", "called", "serving", undid="start"), NOW)
    assert [c.number for c in board.calls] == ["A002", "A001"]
    board, call = after(board, 4, "ticket.undone", moved("A002", "waiting", "called", undid="call"), NOW)
    assert [c.number for c in board.calls] == ["A001"]
    assert call is None


@pytest.mark.parametrize("data", [{}, {"ticket": None}, ticket("A001"), {"ticket": {"number": "A001"}}])
def test_an_entry_that_is_not_what_was_promised_is_refused(data):
    with pytest.raises((KeyError, TypeError, ValueError)):
        after(EMPTY, 1, "ticket.called", data, NOW)


@given(
    st.lists(
        st.tuples(st.sampled_from(["A001", "A002", "B001"]), st.integers(1, 9)), min_size=1, max_size=20
    ),
    st.data(),
)
def test_entries_given_twice_change_nothing(calls, data):
    board, spoken = EMPTY, []
    entries = list(enumerate(calls, 1))
    for seq, _ in entries:
        again = data.draw(st.integers(0, seq - 1))
        for number_again, what in [*entries[again:seq]]:
            board, call = after(board, number_again, "ticket.called", ticket(*what), NOW)
            spoken += [call.call] if call else []
    assert spoken == [seq for seq, _ in entries]
    assert board.calls[0].number == calls[-1][0]
    assert len({call.number for call in board.calls}) == len(board.calls)

"""A key pressed eight times at once is one number, a button pressed eight times at once is one action."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from kiosk.settings import load
from tests.faults.audit import audited
from tests.faults.caller import Answer, Caller
from tests.faults.places import Place
from tests.faults.serving import served

AT_ONCE = 8
ROUNDS = 6


class Crowd:
    """Eight callers who ask for the same at the same time, spread over the centre's processes."""

    def __init__(self, urls: list[str], token: str) -> None:
        self.callers = [Caller(urls[n % len(urls) :] + urls[: n % len(urls)], token) for n in range(AT_ONCE)]
        self._barrier = Barrier(AT_ONCE)
        self._pool = ThreadPoolExecutor(AT_ONCE)

    def __call__(self, path: str, body: object = None, key: str | None = None) -> list[Answer]:
        """All answers to one request sent eight times."""

        def ask(caller: Caller) -> Answer:
            self._barrier.wait()
            return caller("POST", path, body, key)

        return list(self._pool.map(ask, self.callers))

    def close(self) -> None:
        """Hang up."""
        self._pool.shutdown()
        for caller in self.callers:
            caller.close()


def test_what_is_asked_for_eight_times_at_once_happens_once(place: Place) -> None:
    told, keys = [], {}
    with served(place, count=1 if place.server is None else 2) as urls:
        officer = Caller(urls)
        officer.sign_in("lan")
        officer("POST", "/counters/quay-1/open")
        citizens, officers = Crowd(urls, place.tokens["kiosk"]), Crowd(urls, officer.token)
        for count in range(ROUNDS):
            answers = citizens("/tickets", {"service": "ho-tich"}, f"key-{count}")
            assert Counter(answer.status for answer in answers) == {201: 1, 200: AT_ONCE - 1}
            (ticket,) = {answer.body["id"] for answer in answers}
            keys[f"key-{count}"] = ticket
            told.append(("ticket.issued", ticket, "kiosk"))
            for action, kind, refusal in (
                ("call-next", "ticket.called", "COUNTER_BUSY"),
                ("start", "ticket.started", "TICKET_STATE_WRONG"),
                ("complete", "ticket.completed", "COUNTER_IDLE"),
            ):
                answers = officers(f"/counters/quay-1/{action}")
                codes = Counter(answer.code for answer in answers if answer.status != 200)
                assert codes == {refusal: AT_ONCE - 1}, action
                told.append((kind, ticket, "lan"))
        for crowd in (citizens, officers):
            crowd.close()
        officer.close()
    books = audited(place.url, load(place.config).centre.site, told, keys)
    assert books.faults == ()
    assert books.tickets == ROUNDS


def test_eight_presses_of_next_call_one_waiting_citizen_once(place: Place) -> None:
    """Two counters serve the service; each of the two officers presses four times."""
    with served(place, count=1 if place.server is None else 2) as urls:
        tokens = {}
        for login, counter in (("lan", "quay-1"), ("minh", "quay-9")):
            caller = Caller(urls)
            caller.sign_in(login)
            caller("POST", f"/counters/{counter}/open")
            tokens[counter] = caller.token
            caller.close()
        kiosk = Caller(urls, place.tokens["kiosk"])
        barrier = Barrier(AT_ONCE)

        def press(counter: str) -> Answer:
            caller = Caller(urls, tokens[counter])
            barrier.wait()
            try:
                return caller("POST", f"/counters/{counter}/call-next")
            finally:
                caller.close()

        with ThreadPoolExecutor(AT_ONCE) as pool:
            for count in range(ROUNDS):
                ticket = kiosk("POST", "/tickets", {"service": "ho-tich"}, f"one-{count}").body["id"]
                answers = list(pool.map(press, ["quay-1", "quay-9"] * (AT_ONCE // 2)))
                called = [answer.body["id"] for answer in answers if answer.status == 200]
                assert called == [ticket]
                for counter, token in tokens.items():
                    caller = Caller(urls, token)
                    caller("POST", f"/counters/{counter}/no-show")
                    caller.close()
        kiosk.close()

"""Two processes of one centre behind one address, on PostgreSQL."""

from __future__ import annotations

import contextlib
import json
import os
import re
import shutil
import signal
import threading
import time
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from multiprocessing import Pipe
from pathlib import Path
from typing import Any

import psutil
import pytest
import requests

from kiosk.centre import admin
from kiosk.centre.commons import CommonsAt, SharedCommons
from kiosk.centre.metrics import Metrics
from kiosk.settings import load
from tests.centre.command import main
from tests.centre.support import API, CONFIG, OFFICERS, PASSWORD, Process, Seed, eventually, headers, sql

pytestmark = pytest.mark.on_postgresql
COUNTERS = 8
PEOPLE = 40


@pytest.fixture
def config(tmp_path: Path) -> Path:
    """Eight counters that all serve the same."""
    folder = Path(shutil.copytree(CONFIG, tmp_path / "config"))
    services = [one.id for one in load(CONFIG).services]
    tables = [
        f'[[counter]]\nid = "quay-{n}"\nnumber = {n}\nservices = {json.dumps(services)}\n'
        for n in range(1, COUNTERS + 1)
    ]
    (folder / "counters.toml").write_text("\n".join(tables))
    return folder


@pytest.fixture
def centre(data: Path, config: Path) -> Iterator[Process]:
    made = Process(data, config, processes=2)
    made.start()
    try:
        yield made
    finally:
        made.end()


def ask(centre: Process, method: str, path: str, token: str | None, **more: Any) -> requests.Response:
    """On a connection of its own, so that either process may get it."""
    sent = {**(headers(token) if token else {}), "Connection": "close", **more.pop("sent", {})}
    return requests.request(method, f"{centre.url}{path}", headers=sent, timeout=20, **more)


def children(centre: Process) -> list[int]:
    assert centre.child is not None
    return sorted(one.pid for one in psutil.Process(centre.child.pid).children())


def figures(centre: Process, name: str) -> dict[str, float]:
    """A figure of each process."""
    text = ask(centre, "GET", "/metrics", None).text
    found: Counter[str] = Counter()
    for line in text.splitlines():
        if line.startswith(name) and (process := re.search(r'process="(\d+)"', line)):
            found[process[1]] += float(line.rsplit(" ", 1)[1])
    return dict(found)


def sign_in(centre: Process, login: str) -> str:
    answer = ask(centre, "POST", f"{API}/session", None, json={"login": login, "password": PASSWORD})
    assert answer.status_code == 200, answer.text
    return str(answer.json()["token"])


class Display(threading.Thread):
    """Reads the numbers of entries off the stream of whichever process it came to, until that ends."""

    def __init__(self, centre: Process, token: str) -> None:
        super().__init__(daemon=True)
        self._response = requests.get(
            f"{centre.url}{API}/events?last_event_id=0", headers=headers(token), stream=True, timeout=60
        )
        self.seen: list[int] = []
        self.start()

    def run(self) -> None:
        with contextlib.suppress(Exception):  # closed, or its centre was killed
            for line in self._response.iter_lines(chunk_size=1):
                if line.startswith(b"id: "):
                    self.seen.append(int(line[4:]))


@pytest.mark.timeout(170)
def test_eight_officers_over_both_processes_call_everyone_once(
    centre: Process, seed: Seed, data: Path, config: Path
) -> None:
    logins = [*OFFICERS, "mai", "nam", "oanh", "phuc"]
    for login in logins[len(OFFICERS) :]:
        admin.add_officer(load(config), data, login, "officer", PASSWORD)
    displays: list[Display] = []
    subscribers = "mot_cua_event_subscribers"
    while len(displays) < 4 or min(figures(centre, subscribers).values()) < 1:
        displays.append(Display(centre, seed.tokens["display"]))
        time.sleep(1.1)  # figures are told each second
        assert len(displays) < 30, figures(centre, subscribers)

    for number in range(PEOPLE):
        issued = ask(
            centre,
            "POST",
            f"{API}/tickets",
            seed.tokens["kiosk"],
            json={"service": ("ho-tich", "chung-thuc")[number % 2]},
            sent={"Idempotency-Key": f"k{number}"},
        )
        assert issued.status_code == 201, issued.text
    called: list[str] = []
    trouble: list[str] = []

    def work(login: str, counter: int) -> None:
        token = sign_in(centre, login)
        at = f"{API}/counters/quay-{counter}"
        assert ask(centre, "POST", f"{at}/open", token).status_code == 200
        while True:
            answer = ask(centre, "POST", f"{at}/call-next", token)
            if answer.status_code == 204:
                return
            if answer.status_code != 200:
                trouble.append(answer.text)
                return
            called.append(answer.json()["id"])
            for step in ("start", "complete"):
                if ask(centre, "POST", f"{at}/{step}", token).status_code != 200:
                    trouble.append(step)
                    return

    officers = [
        threading.Thread(target=work, args=(login, number + 1)) for number, login in enumerate(logins)
    ]
    for officer in officers:
        officer.start()
    for officer in officers:
        officer.join(timeout=120)
    assert trouble == []
    assert len(called) == len(set(called)) == PEOPLE, "nobody twice, nobody forgotten"
    assert min(figures(centre, "mot_cua_calls_total").values()) > 0, "both processes called"
    head = admin.verify_journal(load(config), data).seq
    for display in displays:
        eventually(lambda display=display: display.seen and display.seen[-1] >= head, 15)
        assert display.seen[: head + 1] == list(range(1, display.seen[-1] + 1))[: head + 1]


def test_a_process_that_dies_is_started_anew_and_another_is_on_duty(
    centre: Process, data: Path, seed: Seed
) -> None:
    held = "SELECT pid FROM pg_locks WHERE locktype = 'advisory' AND granted"

    def on_duty() -> set[int]:
        return {row[0] for row in sql(data, held)}

    eventually(on_duty, 15)
    for _ in range(2):
        before, duty = children(centre), on_duty()
        for pid in before:  # one after the other: the one on duty is among them
            os.kill(pid, signal.SIGKILL)
            eventually(lambda pid=pid: pid not in children(centre) and len(children(centre)) == 2, 20)
            eventually(lambda: ask_well(centre), 20)
        assert not duty & eventually(on_duty, 15)
    head = admin.verify_journal(load(CONFIG), data)
    mark = data / "journal.head.json"
    eventually(lambda: json.loads(mark.read_text())["seq"] >= head.seq, 15)
    assert len({row[0] for row in sql(data, "SELECT DISTINCT epoch FROM journal")}) == 1
    assert ask(centre, "GET", f"{API}/board", seed.tokens["display"]).status_code == 200


def ask_well(centre: Process) -> bool:
    try:
        return ask(centre, "GET", "/readyz", None).status_code == 200
    except requests.RequestException:
        return False


def test_who_signs_out_is_nobody_in_every_process(centre: Process) -> None:
    token = sign_in(centre, "lan")
    for _ in range(20):  # both remember her
        assert ask(centre, "GET", f"{API}/session", token).status_code == 200
    assert ask(centre, "DELETE", f"{API}/session", token).status_code == 204
    eventually(
        lambda: {ask(centre, "GET", f"{API}/session", token).status_code for _ in range(30)} == {401}, 15
    )


def test_digits_of_a_card_reach_its_reader_through_either_process_once(
    centre: Process, seed: Seed, data: Path
) -> None:
    kiosk, staff = seed.tokens["kiosk"], seed.tokens["maintenance"]
    ready = {"condition": "ready"}
    assert ask(centre, "PUT", f"{API}/devices/card_reader", kiosk, json=ready).status_code == 204
    for number in range(10):
        digits = f"{640000 + 7919 * number}"
        asked = ask(
            centre,
            "POST",
            f"{API}/devices/card_reader/requests",
            staff,
            json={"kind": "test", "can": digits},
        )
        assert asked.status_code == 202, asked.text
        secret = f"{API}/device-requests/{asked.json()['id']}/secret"
        given = [ask(centre, "POST", secret, kiosk).json()["can"] for _ in range(3)]
        assert given == [digits, None, None]


def test_it_stops_as_a_whole(centre: Process) -> None:
    before = children(centre)
    assert len(before) == 2
    assert centre.stop() == 0
    assert not any(psutil.pid_exists(pid) for pid in before)


def test_children_do_not_outlive_their_parent(centre: Process) -> None:
    before = children(centre)
    centre.kill()
    assert eventually(lambda: not any(psutil.pid_exists(pid) for pid in before), 20)


@pytest.mark.parametrize("count", ["0", "-1", "1000"])
def test_how_many_is_checked(data: Path, capsys: pytest.CaptureFixture[str], count: str) -> None:
    line = ["centre", "--config", str(CONFIG), "--data", str(data), "--port", "0", "--processes", count]
    assert main(line) == 2
    assert "--processes" in capsys.readouterr().err


@pytest.mark.on_sqlite
def test_several_processes_are_refused_on_sqlite(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    line = ["centre", "--config", str(CONFIG), "--data", str(data), "--port", "0", "--processes", "2"]
    assert main(line) == 2
    assert "PostgreSQL" in capsys.readouterr().err


class TestCommons:
    """What processes know together."""

    @pytest.fixture
    def both(self) -> Iterator[tuple[CommonsAt, CommonsAt]]:
        shared, pipes = SharedCommons(), [Pipe() for _ in range(2)]

        def serve(number: int) -> None:
            with contextlib.suppress(OSError, EOFError):
                while True:
                    pipes[number][0].send(shared.answer(number, pipes[number][0].recv()))

        for number in range(2):
            threading.Thread(target=serve, args=(number,), daemon=True).start()
        yield CommonsAt(pipes[0][1]), CommonsAt(pipes[1][1])
        for ours, theirs in pipes:
            theirs.close()
            ours.close()
        shared.clear()

    def test_a_heartbeat_to_one_is_known_to_the_other(self, both: tuple[CommonsAt, CommonsAt]) -> None:
        now = datetime.now(UTC)
        assert both[1].seen.get("printer") is None
        both[0].seen["printer"] = now
        assert both[1].seen.get("printer") == now

    def test_digits_are_taken_once(self, both: tuple[CommonsAt, CommonsAt]) -> None:
        both[0].digits.put("request", "042133")
        both[0].digits.clear()  # one process ends; the other goes on
        assert [both[1].digits.take("request"), both[0].digits.take("request")] == ["042133", None]

    def test_a_broken_journal_is_told_by_all(self, both: tuple[CommonsAt, CommonsAt]) -> None:
        assert both[1].fault() is None
        both[0].tell_fault("entry 3 is missing")
        assert both[1].fault() == "entry 3 is missing"

    def test_figures_are_told_for_each_process_and_once_for_the_centre(
        self, both: tuple[CommonsAt, CommonsAt]
    ) -> None:
        metrics = [Metrics(), Metrics()]
        metrics[0].calls.labels("call").inc(3)
        metrics[1].calls.labels("call").inc(4)
        for one in metrics:
            one.waiting.set(7)
        both[0].exchange(metrics[0].figures())
        text = metrics[1].text(both[1].exchange(metrics[1].figures())).decode()
        assert 'mot_cua_calls_total{kind="call",process="0"} 3.0' in text
        assert 'mot_cua_calls_total{kind="call",process="1"} 4.0' in text
        assert text.count("\nmot_cua_tickets_waiting ") == 1
        assert text.count("# TYPE mot_cua_calls_total") == 1

    def test_a_parent_that_does_not_answer_is_no_reason_to_hang(self) -> None:
        ours, theirs = Pipe()
        ours.close()
        alone = CommonsAt(theirs)
        assert alone.digits.take("request") is None
        assert alone.seen.get("printer") is None
        assert alone.exchange([]) == {}

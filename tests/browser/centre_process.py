"""The centre as a process that can be killed and started again; the requests of kiosk and other officers."""

from __future__ import annotations

import json
import secrets
import signal
import socket
import subprocess
import sys
import time
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import requests

from kiosk.eforms.answers import Answer, Answers, to_wire
from kiosk.eforms.check import next_question
from kiosk.eforms.definition import FieldType, FormDefinition, load_form
from kiosk.eforms.prefill import Known, filled
from kiosk.identity.citizen import Citizen, Sex, Source

PASSWORD = "mat-khau-thu"
ROOT = Path(__file__).parents[2]


class CentreProcess:
    """Starts with one officer ``ha``, one ``lan``, the head ``truong``, one maintainer ``bao-tri``."""

    def __init__(self, data: Path, lobby_url: str | None = None) -> None:
        self.data = data
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self._lobby = [lobby_url] if lobby_url else []
        self._process: subprocess.Popen[bytes] | None = None
        self._sessions: dict[str, requests.Session] = {}

    def start(self) -> None:
        command = [
            sys.executable,
            "-m",
            "tests.browser.serve_centre",
            str(self.data),
            str(self.port),
            *self._lobby,
        ]
        self._process = subprocess.Popen(command, cwd=ROOT)
        until = time.monotonic() + 120
        while True:
            try:
                if requests.get(self.url + "/readyz", timeout=10).status_code == 200:
                    return
            except (requests.ConnectionError, requests.Timeout):
                pass
            assert self._process.poll() is None, "the centre ended while starting"
            assert time.monotonic() < until, "the centre does not start"
            time.sleep(0.05)

    def kill(self) -> None:
        """As a power cut does."""
        if self._process is not None:
            self._process.send_signal(signal.SIGKILL)
            self._process.wait()
            self._process = None

    def call(self, role: str, method: str, path: str, body: Any = None, **headers: str) -> requests.Response:
        """A request of the kiosk or the display."""
        token = json.loads((self.data / "test-tokens.json").read_text())[role]
        headers["Authorization"] = f"Bearer {token}"
        return requests.request(method, f"{self.url}/api/v1{path}", json=body, headers=headers, timeout=10)

    def take_number(self, service: str = "dat-dai", **wishes: Any) -> dict[str, Any]:
        """A citizen takes a number at the kiosk. ``wishes``: more of the request, such as ``then``."""
        key = {"Idempotency-Key": secrets.token_hex(16)}
        answer = self.call("kiosk", "POST", "/tickets", {"service": service, **wishes}, **key)
        assert answer.status_code == 201, answer.text
        ticket: dict[str, Any] = answer.json()
        return ticket

    def call_help(self, screen: str = "services", **more: Any) -> dict[str, Any]:
        """Somebody at the kiosk calls an officer."""
        call: dict[str, Any] = self.call("kiosk", "POST", "/help-calls", {"screen": screen, **more}).json()
        return call

    def rate(self, face: int, **more: Any) -> str:
        """Somebody at the kiosk says how it was; the rating's id."""
        key = {"Idempotency-Key": secrets.token_hex(16)}
        answer = self.call("kiosk", "POST", "/ratings", {"face": face, **more}, **key)
        assert answer.status_code == 201, answer.text
        return str(answer.json()["id"])

    def attach_form(self, ticket_id: str) -> None:
        """The citizen confirms the form of procedure 1.004873 on the kiosk."""
        form = load_form(ROOT / "config/forms/1.004873.toml")
        now = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        body = {
            "form": form.id,
            "version": form.version,
            "consent": {"at": now, "text_version": form.consent.version},
            "answers": to_wire(form, _answered(form)),
        }
        answer = self.call("kiosk", "PUT", f"/tickets/{ticket_id}/form", body)
        assert answer.status_code == 204, answer.text

    def officer(self, login: str = "lan") -> requests.Session:
        """A session of another officer, elsewhere in the room."""
        session = requests.Session()
        answer = session.post(
            f"{self.url}/api/v1/session", json={"login": login, "password": PASSWORD}, timeout=10
        )
        assert answer.status_code == 200, answer.text
        return session

    def _signed_in(self, login: str) -> requests.Session:
        """A session kept from test to test: a password takes long to check, each time three of them."""
        kept = self._sessions.get(login)
        if kept is None or kept.get(f"{self.url}/api/v1/session", timeout=10).status_code != 200:
            kept = self._sessions[login] = self.officer(login)
            kept.headers["Connection"] = "close"  # the centre may be killed or close it just then
        return kept

    def clear(self) -> None:
        """Finish every ticket and close every counter, as at the end of a day."""
        if self._process is None:
            self.start()
        officers = {login: self._signed_in(login) for login in ("ha", "lan", "truong")}
        for counter in self.call("kiosk", "GET", "/counters").json():
            officer = officers[counter["officer"]["login"] if counter["officer"] else "lan"]
            self.act(officer, counter["id"], "open")
            if counter["state"] == "serving":
                self.act(officer, counter["id"], "complete")
            elif counter["state"] == "calling":
                self.act(officer, counter["id"], "no-show")
            while self.act(officer, counter["id"], "call-next").status_code == 200:
                self.act(officer, counter["id"], "no-show")
            self.act(officer, counter["id"], "close")
        head, lan = officers["truong"], officers["lan"]
        services = lan.get(f"{self.url}/api/v1/services", timeout=10).json()
        for stopped in {"*" if one["stop"]["house"] else one["id"] for one in services if one["stop"]}:
            head.delete(f"{self.url}/api/v1/services/{stopped}/stop", timeout=10)
        for call in lan.get(f"{self.url}/api/v1/help-calls", timeout=10).json():
            lan.post(f"{self.url}/api/v1/help-calls/{call['id']}/answer", timeout=10)
        for ticket in lan.get(f"{self.url}/api/v1/tickets?state=parked", timeout=10).json():
            lan.post(f"{self.url}/api/v1/tickets/{ticket['id']}/cancel", timeout=10)

    def act(
        self, officer: requests.Session, counter: str, action: str, /, **particulars: Any
    ) -> requests.Response:
        url = f"{self.url}/api/v1/counters/{counter}/{action}"
        return officer.post(url, json=particulars or None, timeout=10)


def _answered(form: FormDefinition) -> Answers:
    citizen = Citizen(
        number="002198000015", full_name="Lò Thị Mai Phương", birth_date=date(1998, 3, 12), sex=Sex.FEMALE,
        nationality="Việt Nam", ethnicity="Tày", residence="Thôn Bản Phú, xã Thuận Hòa, tỉnh Tuyên Quang",
        issue_date=date(2024, 8, 1),
    )  # fmt: skip
    known = Known(citizen, datetime.now(UTC), {"authority": "UBND xã Thuận Hòa"})
    typed = {form.declaration.field: Answer(True, Source.TYPED)} if form.declaration else {}
    asked: set[str] = set()
    while (question := next_question(form, filled(form, typed, known), asked)) is not None:
        asked.add(question.id)
        if question.type is FieldType.BOOL:
            typed[question.id] = Answer(True, Source.TYPED)
        elif question.options:
            typed[question.id] = Answer(question.options[0].value, Source.TYPED)
        elif question.type is FieldType.INT:
            typed[question.id] = Answer("1", Source.TYPED)
        elif question.required:
            typed[question.id] = Answer("Đăng ký kết hôn", Source.TYPED)
    return filled(form, typed, known)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port

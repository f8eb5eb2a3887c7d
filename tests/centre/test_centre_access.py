"""No one without a role does anything; everyone with one does what the table says."""

from __future__ import annotations

import pytest

from kiosk.centre.access import ROLES, Role
from tests.centre.support import API, HEAD, PASSWORD, Desk, headers, sign_in, stored

REAL = {
    "service_id": "ho-tich",
    "ticket_id": "unknown",
    "lease_id": "unknown",
    "counter_id": "quay-1",
    "name": "printer",
    "request_id": "unknown",
    "token": "unknown",
    "call_id": "unknown",
    "rating_id": "unknown",
}
STREAMS = {("GET", "/events"), ("GET", "/follow/{token}/events")}


def _admitted(roles: frozenset[Role] | None, role: str | None) -> bool:
    return roles is None or (role is not None and Role(role) in roles)


@pytest.mark.on_sqlite
@pytest.mark.parametrize("role", [None, *Role])
def test_each_route_admits_the_roles_of_the_table_and_nobody_else(desk: Desk, role: Role | None) -> None:
    if role is Role.HEAD:
        desk.tokens[role] = sign_in(desk.web, HEAD)
    last = ("DELETE", "/session")  # whoever was admitted there is nobody afterwards
    wrong = []
    for method, path in sorted(ROLES, key=lambda route: route == last):
        admitted = _admitted(ROLES[method, path], role)
        if admitted and (method, path) in STREAMS:
            continue  # it answers for ever; test_centre_events reads it
        before = desk.head()
        answer = desk.call(method, path.format(**REAL), role)
        if admitted:
            right = answer.status_code not in {401, 403} or path.startswith("/devices/{name}")
        else:
            code = "NOT_SIGNED_IN" if role is None else "NOT_ALLOWED"
            right = (
                answer.status_code == (401 if role is None else 403)
                and answer.headers["content-type"] == "application/problem+json"
                and answer.json()["code"] == code
                and desk.head() == before
            )
        if not right:
            wrong.append((method, path, answer.status_code))
    assert wrong == []


def test_every_route_of_the_api_stands_in_the_table(desk: Desk) -> None:
    described = desk.web.get(f"{API}/openapi.json").json()["paths"]
    served = {(method.upper(), path.removeprefix(API)) for path, how in described.items() for method in how}
    assert served == set(ROLES)


@pytest.mark.parametrize("token", ["", "x", "Bearer", "ü" * 30, "0" * 5000])
def test_a_token_that_is_not_ours_is_nobody(desk: Desk, token: str) -> None:
    answer = desk.web.get(f"{API}/board", headers={"Authorization": f"Bearer {token}".encode()})
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"].startswith("Bearer")


def test_a_refusal_comes_before_the_body_is_looked_at(desk: Desk) -> None:
    answer = desk.web.post(f"{API}/tickets", content=b"not json")
    assert answer.status_code == 401


class TestCookie:
    """The officer's browser."""

    @pytest.fixture
    def browser(self, desk: Desk) -> Desk:
        desk.web.post(f"{API}/session", json={"login": "lan", "password": PASSWORD})
        return desk

    def test_is_for_this_site_only_and_out_of_scripts_reach(self, desk: Desk) -> None:
        answer = desk.web.post(f"{API}/session", json={"login": "lan", "password": PASSWORD})
        cookie = answer.headers["set-cookie"].lower()
        assert "httponly" in cookie
        assert "samesite=strict" in cookie
        assert "path=/" in cookie

    def test_is_as_good_as_the_token(self, browser: Desk) -> None:
        assert browser.web.get(f"{API}/session").json()["login"] == "lan"
        assert browser.web.post(f"{API}/counters/quay-1/open").status_code == 200

    @pytest.mark.parametrize(
        "sent",
        [
            {"Sec-Fetch-Site": "cross-site"},
            {"Sec-Fetch-Site": "same-site"},
            {"Origin": "http://evil.example"},
            {"Origin": "null"},
            {"Origin": "http://testserver:81"},
        ],
    )
    def test_does_nothing_for_another_sites_page(self, browser: Desk, sent: dict[str, str]) -> None:
        answer = browser.web.post(f"{API}/counters/quay-1/open", headers=sent)
        assert answer.status_code == 403
        assert browser.web.get(f"{API}/counters").json()[0]["state"] == "closed"

    @pytest.mark.parametrize("sent", [{"Sec-Fetch-Site": "same-origin"}, {"Origin": "http://testserver"}])
    def test_works_for_its_own_page(self, browser: Desk, sent: dict[str, str]) -> None:
        assert browser.web.post(f"{API}/counters/quay-1/open", headers=sent).status_code == 200

    def test_ends_with_sign_out(self, browser: Desk) -> None:
        cookie = dict(browser.web.cookies)
        assert browser.web.delete(f"{API}/session").status_code == 204
        browser.web.cookies.update(cookie)
        assert browser.web.get(f"{API}/session").status_code == 401


class TestSignIn:
    """People with passwords."""

    def test_wrong_password_and_unknown_login_are_told_alike(self, desk: Desk) -> None:
        bodies = []
        for login in ("lan", "khong-co"):
            answer = desk.call("POST", "/session", None, json={"login": login, "password": "sai-mat-khau"})
            assert answer.status_code == 401
            bodies.append(answer.json())
        assert bodies[0] == bodies[1]
        assert bodies[0]["code"] == "SIGN_IN_FAILED"

    @pytest.mark.parametrize("login", ["lan", "khong-co"])
    def test_five_failures_lock_even_the_right_password_for_a_while(self, desk: Desk, login: str) -> None:
        for _ in range(5):
            desk.call("POST", "/session", None, json={"login": login, "password": "sai-mat-khau"})
        answer = desk.call("POST", "/session", None, json={"login": login, "password": PASSWORD})
        assert (answer.status_code, answer.json()["code"]) == (429, "SIGN_IN_LOCKED")
        assert int(answer.headers["retry-after"]) > 0
        desk.clock.forward(minutes=10, seconds=1)
        answer = desk.call("POST", "/session", None, json={"login": login, "password": PASSWORD})
        assert answer.status_code == (200 if login == "lan" else 401)

    def test_a_session_ends_after_twelve_hours(self, desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("kiosk.centre.accounts.REMEMBERED_SECONDS", 0.0)
        token = desk.call("POST", "/session", None, json={"login": "minh", "password": PASSWORD}).json()[
            "token"
        ]
        desk.clock.forward(hours=11, minutes=59)
        assert desk.web.get(f"{API}/session", headers=headers(token)).status_code == 200
        desk.clock.forward(minutes=2)
        desk.web.cookies.clear()
        assert desk.web.get(f"{API}/session", headers=headers(token)).status_code == 401

    def test_secrets_are_kept_as_hashes(self, desk: Desk) -> None:
        kept = stored(desk.folder)
        for secret in [*desk.tokens.values(), PASSWORD]:
            assert secret.encode() not in kept
        assert b"$argon2id$v=19$m=19456,t=2,p=1$" in kept

    def test_figures_are_told_on_this_machine_only(self, desk: Desk) -> None:
        assert desk.web.get("/metrics").status_code == 200
        elsewhere = type(desk.web)(desk.web.app, client=("192.0.2.7", 1))
        assert elsewhere.get("/metrics").status_code == 403

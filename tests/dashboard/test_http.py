"""Our own routes and the guard before them: cookies, redirects, posts from elsewhere, headers."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.responses import PlainTextResponse
from starlette.routing import Route, WebSocketRoute
from starlette.testclient import TestClient
from starlette.websockets import WebSocket, WebSocketDisconnect

from dashboard import session, sign_in
from dashboard.guard import HEADERS, Guard
from models.core.actor import SYSTEM
from models.core.settings import settings
from models.core.unit_of_work import unit_of_work
from models.identity.tables import UserSession
from tests.support.build import PASSWORD, Build

HERE = {"origin": "http://testserver"}


async def socket(websocket: WebSocket) -> None:
    await websocket.accept()
    await websocket.close()


@pytest.fixture
def email(on_sqlite: str) -> str:
    with unit_of_work(actor=SYSTEM) as uow:
        return Build(uow).user("analyst").email


@pytest.fixture
def client(email: str) -> Iterator[TestClient]:
    pages = [Route(path, lambda request: PlainTextResponse("file")) for path in ("/media/{name}", "/_stcore/metrics")]
    app = Starlette(routes=[*sign_in.routes, *pages, WebSocketRoute("/ws", socket)], middleware=[Middleware(Guard)])
    with TestClient(app, follow_redirects=False) as client:
        yield client


def post_login(
    client: TestClient, email: str, password: str, after: str = "/", headers: dict[str, str] = HERE
) -> object:
    return client.post("/login", data={"email": email, "password": password, "next": after}, headers=headers)


def test_signing_in_sets_a_cookie_that_scripts_and_other_sites_cannot_use(client: TestClient, email: str) -> None:
    answer = post_login(client, email, PASSWORD, "/expenditures?from=2024-09")
    assert (answer.status_code, answer.headers["location"]) == (303, "/expenditures?from=2024-09")
    cookie = next(line for line in answer.headers.get_list("set-cookie") if line.startswith(session.cookie()))
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie
    assert session.person_of(client.cookies) is not None


def test_a_failed_sign_in_keeps_the_address_and_says_why(client: TestClient, email: str) -> None:
    answer = post_login(client, email, "wrong", "/lines?from=2024-09")
    assert answer.headers["location"] == "/lines?from=2024-09&refused=SIGN-IN-FAILED"
    assert session.cookie() not in client.cookies
    assert session.EMAIL_COOKIE in client.cookies
    for _ in range(4):
        post_login(client, email, "wrong")
    answer = post_login(client, email, PASSWORD)
    assert "refused=SIGN-IN-PAUSED&until=" in answer.headers["location"]
    assert session.cookie() not in client.cookies


def test_signing_out_ends_the_session_itself(client: TestClient, email: str) -> None:
    post_login(client, email, PASSWORD)
    kept = dict(client.cookies)
    assert client.post("/logout", headers=HERE).status_code == 303
    assert session.cookie() not in client.cookies
    assert session.person_of(kept) is None
    with unit_of_work(actor=SYSTEM, read_only=True) as uow:
        assert all(row.ended_at for row in uow.session.query(UserSession))


@pytest.mark.parametrize(
    "after", ["//evil.example", "https://evil.example", "/\\evil.example", "javascript:alert(1)", "", "/a\r\nx: y"]
)
def test_signing_in_leads_nowhere_else(after: str, client: TestClient, email: str) -> None:
    assert post_login(client, email, PASSWORD, after).headers["location"] == "/"


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "https://evil.example"},
        {"origin": "null"},
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
        {},
    ],
)
@pytest.mark.parametrize("path", ["/login", "/logout", "/setup"])
def test_posts_from_other_sites_are_refused(headers: dict[str, str], path: str, client: TestClient, email: str) -> None:
    answer = client.post(path, data={"email": email, "password": PASSWORD}, headers=headers)
    assert answer.status_code == 403
    assert session.cookie() not in client.cookies


def test_a_websocket_from_another_site_is_refused(client: TestClient) -> None:
    with (
        pytest.raises(WebSocketDisconnect),
        client.websocket_connect("/ws", headers={"origin": "https://evil.example"}),
    ):
        pass
    with client.websocket_connect("/ws", headers=HERE):
        pass


def test_every_answer_carries_the_security_headers(client: TestClient, email: str) -> None:
    for answer in (client.get("/nothing-here"), post_login(client, email, PASSWORD), client.post("/login")):
        assert {name: answer.headers[name] for name in HEADERS} == HEADERS


def test_two_ecosystems_of_one_machine_keep_their_own_sessions(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = set()
    for name, value in (("PORT", "8080"), ("PORT", "8081"), ("PUBLIC_URL", "https://kontor.example")):
        monkeypatch.setenv(f"KONTOR_{name}", value)
        settings.cache_clear()
        names.add(session.cookie())
    assert len(names) == 3


def test_behind_https_cookie_and_browser_stay_with_it(
    client: TestClient, email: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "strict-transport-security" not in client.get("/nothing-here").headers
    monkeypatch.setenv("KONTOR_PUBLIC_URL", "https://kontor.example")
    settings.cache_clear()
    answer = post_login(client, email, PASSWORD)
    assert "Secure" in next(line for line in answer.headers.get_list("set-cookie") if "kontor_session" in line)
    assert answer.headers["strict-transport-security"] == "max-age=31536000"


@pytest.mark.parametrize("path", ["/login", "/setup", "/logout"])
def test_a_body_without_end_is_not_read(path: str, client: TestClient) -> None:
    sent = []

    def endless() -> Iterator[bytes]:
        while len(sent) < 1000:
            sent.append(1)
            yield b"x" * 1024

    answer = client.post(path, content=endless(), headers=HERE | {"content-type": "application/x-www-form-urlencoded"})
    assert answer.status_code == (303 if path == "/logout" else 413)
    assert session.cookie() not in client.cookies


def test_files_that_a_page_shows_need_a_session(client: TestClient, email: str) -> None:
    for path in ("/media/chart.png", "/_stcore/metrics"):
        assert client.get(path).status_code == 403
        post_login(client, email, PASSWORD)
        assert client.get(path).text == "file"
        client.post("/logout", headers=HERE)
        assert client.get(path).status_code == 403

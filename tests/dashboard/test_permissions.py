"""Every address that answers over HTTP has a rule, also one that is added tomorrow: for all, a session, or a token."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.routing import Route
from starlette.testclient import TestClient

from dashboard.api.app import ADDRESS, api
from dashboard.app import routes
from dashboard.guard import Guard
from models.core.actor import SYSTEM, Actor
from models.core.unit_of_work import unit_of_work
from models.tokens import service
from models.tokens.rules import TokenArea
from tests.support.build import Build

FOR_ALL = {"/login", "/logout", "/setup", "/health", "/designer-canvas/{version}/{name}"}
"""Beginning and ending a session, whether Kontor runs, and code without anybody's data."""
HERE = {"origin": "http://testserver"}
OPERATIONS = [
    (path, method.upper())
    for path, methods in api.openapi()["paths"].items()
    for method in methods
    if method in {"get", "post", "put", "patch", "delete"}
]


@pytest.fixture
def client(on_sqlite: str) -> Iterator[TestClient]:
    app = Starlette(routes=routes, middleware=[Middleware(Guard)])
    with TestClient(app, follow_redirects=False, raise_server_exceptions=False) as client:
        yield client


def _filled(path: str) -> str:
    """An address with something in its places."""
    for name in ("task_id:uuid", "case_id:uuid", "run_id:uuid", "case_id", "export_id", "task_id", "id"):
        path = path.replace(f"{{{name}}}", str(uuid4()))
    while "{" in path:
        path = path[: path.index("{")] + "x" + path[path.index("}") + 1 :]
    return path


def test_an_address_answers_nobody_without_a_session_unless_it_is_for_all(client: TestClient) -> None:
    named = [(route.path, method) for route in routes if isinstance(route, Route) for method in route.methods or ()]
    assert {path for path, _ in named} >= FOR_ALL
    assert {route.path for route in routes if not isinstance(route, Route)} == {ADDRESS}
    for path, method in named:
        if path not in FOR_ALL:
            answer = client.request(method, _filled(path), headers=HERE)
            assert answer.status_code == 401, (method, path, answer.status_code)


def test_the_api_answers_nobody_without_a_token(client: TestClient) -> None:
    assert len(OPERATIONS) > 5
    for path, method in OPERATIONS:
        answer = client.request(method, f"{ADDRESS}{_filled(path)}", json={})
        assert answer.status_code == 401, (method, path, answer.status_code)


def test_a_token_opens_only_the_area_that_it_was_made_for(client: TestClient) -> None:
    with unit_of_work(actor=SYSTEM) as uow:
        actor = Build(uow).actor("administrator")
    opened = {area: _headers(actor, area) for area in TokenArea}
    for path, method in OPERATIONS:
        if path == "/token":
            continue
        answers = {
            area: client.request(method, f"{ADDRESS}{_filled(path)}", json={}, headers=headers).status_code
            for area, headers in opened.items()
        }
        assert sum(status != 403 for status in answers.values()) == 1, (method, path, answers)


def _headers(actor: Actor, area: TokenArea) -> dict[str, Any]:
    with unit_of_work(actor=actor) as uow:
        return {"authorization": f"Bearer {service.create(uow, area, [area], 1).secret}"}

"""The download route: the file to who asked for it, words to everybody else."""

from __future__ import annotations

from uuid import UUID, uuid4

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

import tests.support.exporting
from dashboard import downloads
from dashboard.session import cookie
from models.core.actor import SYSTEM, Actor
from models.core.unit_of_work import unit_of_work
from models.exports import service
from models.exports.rules import ExportFormat
from models.identity import service as identity
from tests.support.build import PASSWORD, Build

assert tests.support.exporting


@pytest.fixture
def browser(on_sqlite: str) -> TestClient:
    return TestClient(Starlette(routes=downloads.routes))


def person(role: str) -> tuple[Actor, str]:
    """Somebody, and the token of their session."""
    with unit_of_work(actor=SYSTEM) as uow:
        build = Build(uow)
        build.customer(None, "Polder Energie", account_name=f"polder-{uuid4()}")
        actor = build.actor(role, username=role, email=f"{role}@kontor.example")
        return actor, identity.sign_in(uow, f"{role}@kontor.example", PASSWORD)


def export_of(actor: Actor, *, done: bool = True, title: str = "Umsätze") -> UUID:
    with unit_of_work(actor=actor) as uow:
        task_id = service.request(uow, "test.customers", {}, ExportFormat.CSV, title)
    if done:
        service.run(task_id)
    return task_id


@pytest.mark.meets("FIN-EXP-01")
def test_the_requester_gets_the_file(browser: TestClient):
    actor, token = person("analyst")
    browser.cookies.set(cookie(), token)
    answer = browser.get(f"/exports/{export_of(actor)}")
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert answer.headers["content-disposition"].startswith('attachment; filename="Ums_tze 20')
    assert "filename*=UTF-8''Ums%C3%A4tze%2020" in answer.headers["content-disposition"]
    assert answer.headers["cache-control"] == "private, no-store"
    assert answer.content.decode("utf-8-sig").splitlines()[0] == "Number,Customer,E-mail"
    assert int(answer.headers["content-length"]) == len(answer.content)


def test_everybody_else_gets_words(browser: TestClient):
    actor, token = person("analyst")
    _, others = person("finance")
    _, administrators = person("administrator")
    done, waiting = export_of(actor), export_of(actor, done=False)
    for held, task_id, status, words in (
        (None, done, 401, "Sign in"),
        ("made up", done, 401, "Sign in"),
        (others, done, 403, "Only the person who asked for this export may download it."),
        (token, uuid4(), 404, "There is no such export."),
        (token, waiting, 409, "not ready"),
    ):
        browser.cookies.clear()
        if held:
            browser.cookies.set(cookie(), held)
        answer = browser.get(f"/exports/{task_id}")
        assert (answer.status_code, words in answer.text) == (status, True), answer.text
        assert answer.headers["content-type"].startswith("text/plain")
    browser.cookies.clear()
    browser.cookies.set(cookie(), administrators)
    assert browser.get(f"/exports/{done}").status_code == 200

"""Random people ask random questions through the API: never a foreign row."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from dashboard.api import access
from dashboard.api.app import ADDRESS
from dashboard.api.limits import Limits
from models.core.actor import SYSTEM
from models.core.unit_of_work import unit_of_work
from models.identity.roles import role_book
from models.statistics import catalogue
from tests.dashboard.api.conftest import application, token_for
from tests.support.build import Build
from tests.support.facts import FactBuilder
from tests.support.mdf import Fund

WORDS = ("Alder", "Birch", "Cedar")
PERIODS: tuple[Any, ...] = (
    "this_year", "last_month", "last_12_months", "last_90_days", {"first": "2026-05-01", "last": "2026-08-01"},
)  # fmt: skip
FEW, MANY = 100, 10_000


@dataclass
class Reader:
    """A token, and what may never come out with it: names and keys of others."""

    token: str
    role: str
    foreign: tuple[str, ...]


@pytest.fixture
def readers(on_sqlite: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[Reader]:
    """Three partners with a customer, lines and a case each, and somebody of every role at each of them."""
    monkeypatch.setattr(access, "LIMITS", Limits(clock=iter(range(10**9)).__next__))  # a second for each request
    facts = FactBuilder(tmp_path)
    lines, owned, actors = [], {}, []
    with unit_of_work(actor=SYSTEM) as uow:
        build = Build(uow)
        for word in WORDS:
            fund = Fund(build)
            fund.partner.name = f"{word} Partners"
            customer = build.customer(fund.partner, f"{word} Works")
            manager = build.user("account_manager", partner=fund.partner, name=f"{word} Manager")
            build.assignment(customer, manager, date(2026, 1, 1))
            case_id = fund.applied(activity_name=f"{word} Day")
            lines += [facts.line(date(2026, month, 3), month, customer) for month in (5, 6, 7, 8, 9, 10)]
            owned[word] = (f"{word} ", str(fund.partner.id), str(customer.id), str(case_id))
            actors += [(word, "account_manager", build.actor_of(manager, ("account_manager",)))]
            actors += [(word, role, build.actor(role, partner=fund.partner, name=f"{word} {role}"))
                       for role in role_book().partner if role != "account_manager"]  # fmt: skip
    facts.put(lines)
    return [
        Reader(token_for(actor), role, tuple(each for other in WORDS if other != word for each in owned[other]))
        for word, role, actor in actors
    ]


@pytest.fixture
def client(readers: list[Reader]) -> Iterator[TestClient]:
    with TestClient(application(), raise_server_exceptions=False) as client:
        yield client


def questions(seed: int) -> Iterator[tuple[str, str, Any]]:
    """Requests without end: method, path, body."""
    chance = random.Random(seed)
    measures = tuple(catalogue.measures())
    while True:
        if chance.random() < 0.15:
            yield "GET", chance.choice(["/cases", "/cases?open=true", "/cases?search=Day", "/exports"]), None
            continue
        measure = chance.choice(measures)
        dimensions = tuple(catalogue.facts_of(measure).dimensions)
        ask: dict[str, Any] = {
            "measures": [measure], "period": chance.choice(PERIODS),
            "by": chance.sample(dimensions, chance.randint(0, 2)),
        }  # fmt: skip
        if chance.random() < 0.4:
            ask["against"] = [chance.choice(["previous", "year"])]
        if chance.random() < 0.3:
            ask["granularity"] = chance.choice(["month", "quarter"])
        if chance.random() < 0.3:
            ask["top"] = chance.randint(1, 3)
        yield "POST", "/queries", ask


def never_a_foreign_row(client: TestClient, readers: list[Reader], asked: int, seed: int) -> None:
    chance, answered = random.Random(seed), 0
    asking = questions(seed)
    for _ in range(asked):
        reader = chance.choice(readers)
        method, path, body = next(asking)
        if body and chance.random() < 0.3:  # asks for others by name
            body["where"] = [{"dimension": "partner", "values": list(reader.foreign)}]
        answer = client.request(
            method, f"{ADDRESS}{path}", json=body, headers={"authorization": f"Bearer {reader.token}"}
        )
        assert answer.status_code in (200, 403, 422), (reader.role, body, answer.text)
        leaked = [each for each in reader.foreign if each in answer.text]
        assert leaked == [], (reader.role, path, json.dumps(body))
        answered += answer.status_code == 200 and bool(answer.json().get("rows"))
    assert answered > asked / 10, "hardly any question had an answer: this proves nothing"


@pytest.mark.meets("CUS-COM-01")
def test_never_a_foreign_row(client: TestClient, readers: list[Reader]) -> None:
    never_a_foreign_row(client, readers, FEW, 5)


@pytest.mark.deep
def test_never_a_foreign_row_in_ten_thousand_questions(client: TestClient, readers: list[Reader]) -> None:
    never_a_foreign_row(client, readers, MANY, 17)

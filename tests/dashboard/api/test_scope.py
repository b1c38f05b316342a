"""Random people ask random questions through the API: never a foreign row."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from dashboard.api import access
from dashboard.api.app import ADDRESS
from dashboard.api.limits import Limits
from models.engines.statistics import Unit
from models.statistics import catalogue
from tests.dashboard.api.conftest import application, token_for
from tests.support.neighbours import neighbours

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
    is_small: bool


@pytest.fixture
def readers(on_sqlite: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[Reader]:
    """Somebody of every role at each of three partners."""
    monkeypatch.setattr(access, "LIMITS", Limits(clock=iter(range(10**9)).__next__))  # a second for each request
    return [Reader(token_for(each.actor), each.role, each.foreign, each.is_small) for each in neighbours(tmp_path)]


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
        told = answer.json()
        values = [value for part in ("rows", "totals") for row in told.get(part, ()) for value in row.get("values", ())]
        if body and reader.is_small and catalogue.measure(body["measures"][0]).unit is Unit.MONEY:  # others: millions
            assert all(value is None or abs(Decimal(str(value))) < 10**7 for value in values), (reader.role, body)
        answered += answer.status_code == 200 and bool(answer.json().get("rows"))
    assert answered > asked / 10, "hardly any question had an answer: this proves nothing"


@pytest.mark.meets("CUS-COM-01")
def test_never_a_foreign_row(client: TestClient, readers: list[Reader]) -> None:
    never_a_foreign_row(client, readers, FEW, 5)


@pytest.mark.deep
def test_never_a_foreign_row_in_ten_thousand_questions(client: TestClient, readers: list[Reader]) -> None:
    never_a_foreign_row(client, readers, MANY, 17)

"""What the catalogue knows of files spares reading it, and changes no answer."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from models.core.actor import SYSTEM, Scope
from models.core.lake import between, lake
from models.core.unit_of_work import UnitOfWork, unit_of_work
from models.engines.statistics import Granularity, Period, Question, ask, engine, forget
from models.engines.statistics.compiling import compiled
from models.expenditures.dimensions import EXPENDITURES
from models.expenditures.facts import expenditure_line
from models.expenditures.measures import EXPENDITURE, LINES
from tests.support.build import Build
from tests.support.facts import FactBuilder

MAY, JUNE, JULY = date(2026, 5, 1), date(2026, 6, 1), date(2026, 7, 1)
IN_DOLLARS, MIXED = Period(MAY, JUNE), Period(MAY, JULY)


@pytest.fixture
def uow(sqlite: object, tmp_path: Path) -> Any:
    """May and June are in dollars only; July is not, and a line of it has no region."""
    with unit_of_work(actor=SYSTEM) as work:
        build, facts = Build(work), FactBuilder(tmp_path)
        customer = build.customer(build.partner())
        facts.put([facts.line(date(2026, month, day), day, customer) for month in (5, 6) for day in (1, 15, 30)])
        facts.put([facts.line(date(2026, 7, 3), "7", customer, currency="EUR", region_id=None),
                   facts.line(date(2026, 7, 4), "9", customer)])  # fmt: skip
        forget()
        yield work.at(date(2026, 7, 20))
        work.session.rollback()


def bounds(period: Period, *columns: str) -> dict[str, tuple[Any, Any]]:
    return dict(lake().scan(expenditure_line, between("cycle", period.first, period.last), bounds=columns).bounds)


def test_the_least_and_the_largest_are_known_where_they_are_certain(uow: UnitOfWork) -> None:
    assert bounds(IN_DOLLARS, "currency", "cycle") == {"currency": ("USD", "USD"), "cycle": (MAY, JUNE)}
    assert bounds(MIXED, "currency", "spent_on") == {"currency": ("EUR", "USD"), "spent_on": (MAY, date(2026, 7, 4))}
    # Long texts are cut in the catalogue, amounts are not asked for, and a missing value lies between no bounds.
    assert bounds(IN_DOLLARS, "customer_id", "expenditure", "region_id") == {"region_id": ("eu-west-1", "eu-west-1")}
    assert bounds(MIXED, "region_id") == {}
    assert bounds(Period(date(2030, 1, 1), date(2030, 1, 1)), "currency") == {}


def sql(question: Question, **known: Any) -> str:
    return str(compiled(question, Scope.ALL, known))


def test_what_is_certain_is_not_read() -> None:
    question = Question(EXPENDITURES, (EXPENDITURE,), IN_DOLLARS, by=("service_type",))
    read = sql(question)
    assert "GROUP BY key_0, currency" in read and "cycle BETWEEN" in read
    spared = sql(question, currency=("USD", "USD"), cycle=(MAY, JUNE))
    assert "expenditure_line.currency" not in spared and "cycle" not in spared
    assert "GROUP BY key_0" in spared and "currency" not in spared.rpartition("GROUP BY")[2]
    for known in ({"currency": ("EUR", "USD")}, {"cycle": (MAY, JULY)}, {"cycle": (date(2026, 4, 1), JUNE)}):
        assert sql(question, **known) == read
    some_days = Question(EXPENDITURES, (EXPENDITURE,), Period(JUNE, JUNE, day=date(2026, 6, 2)), by=("service_type",))
    assert "cycle" in sql(some_days, cycle=(JUNE, JUNE))
    alone = Question(EXPENDITURES, (EXPENDITURE,), IN_DOLLARS)
    assert "GROUP BY currency" in sql(alone, currency=("USD", "USD")), "without facts there must be no row of nothing"


@pytest.mark.parametrize("period", [IN_DOLLARS, MIXED, Period(MAY, JUNE, until=20), Period(JULY, JULY)])
@pytest.mark.parametrize("by", [(), ("service_type",), ("customer", "region")])
@pytest.mark.parametrize(
    "more", [{}, {"granularity": Granularity.MONTH}, {"per_currency": True}, {"currencies": ("EUR",)}]
)
def test_an_answer_is_the_same_whether_or_not_anything_is_certain(
    uow: UnitOfWork, monkeypatch: pytest.MonkeyPatch, period: Period, by: tuple[str, ...], more: dict[str, Any]
) -> None:
    question = Question(EXPENDITURES, (EXPENDITURE, LINES), period, by=by, **more)
    found = ask(uow, question).rows
    forget()
    monkeypatch.setattr(engine, "compiled", lambda asked, scope, _: compiled(asked, scope))
    assert sorted(ask(uow, question).rows, key=str) == sorted(found, key=str)

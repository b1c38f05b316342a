"""Random people export random questions to files: no file holds a foreign line, name or number.

The real producers write real CSV files, which are read back and held to an independent count over one's own lines.
"""

from __future__ import annotations

import csv
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from models.core.actor import Scope
from models.core.unit_of_work import UnitOfWork
from models.expenditures.queries import ExpenditureFilter
from models.exports import writing
from models.exports.producers import Question, producer_of
from models.exports.rules import ExportFormat
from models.statistics.asks import Ask
from models.statistics.exporting import question_of
from models.statistics.exporting_lines import question_of as lines_of
from tests.support.lines_world import MONTHS, World, allowed, as_somebody, lines_world, scopes

BY = ("partner", "customer", "service_type", "region", "account_manager")
EACH = 5
"""Files that each example makes, one after another."""
CHECKED = settings(
    max_examples=4, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)


@pytest.fixture
def world(uow, build, tmp_path) -> World:
    return lines_world(uow, build, tmp_path)


def written(uow: UnitOfWork, kind: str, question: Question, folder: Path) -> list[dict[str, str]]:
    """The records of the file that is made of a question."""
    target = folder / "export.csv"
    produced = producer_of(kind).open(uow, question)
    writing.write(ExportFormat.CSV, target, produced, writing.Cover("Export", tuple(produced.facts)), lambda _: None)
    with target.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


@st.composite
def questions(draw: st.DrawFn, world: World) -> ExpenditureFilter:
    first, last = sorted((draw(st.sampled_from(MONTHS)), draw(st.sampled_from(MONTHS))))
    filters = {}
    for dimension in draw(st.sets(st.sampled_from(BY), max_size=1)):
        known = sorted({world.key(dimension, line) for line in world.lines})
        filters[dimension] = draw(st.lists(st.sampled_from(known), min_size=1, max_size=4, unique=True))
    return ExpenditureFilter.of(first, last, filters=filters)


def names_nobody_else(world: World, scope: Scope, rows: list[dict[str, str]]) -> None:
    """No name or key of a partner, and no key of a customer, without a line that is one's own."""
    mine = [line for line in world.lines if allowed(scope, line)]
    told = {cell for row in rows for cell in row.values()}
    partners = {line["partner_id"] for line in mine}
    customers = {line["customer_id"] for line in mine}
    for partner in world.partners:
        if str(partner.id) not in partners:
            assert not told & {partner.name, str(partner.id)}
    assert not told & {str(customer.id) for customer in world.customers if str(customer.id) not in customers}


def lines_are_ones_own(uow: UnitOfWork, world: World, scope: Scope, asked: ExpenditureFilter, folder: Path) -> None:
    mine = world.seen(scope, asked)
    rows = written(uow, "expenditures.lines", {"asked": asked.to_address()}, folder)
    found = sorted((int(row["Delivery File"]), int(row["Delivery Line"])) for row in rows)
    assert found == sorted((line["file_id"], line["line"]) for line in mine)
    assert sum(Decimal(row["Expenditure (exact)"]) for row in rows) == sum(line["expenditure"] for line in mine)
    names_nobody_else(world, scope, rows)


def page_is_ones_own(
    uow: UnitOfWork, world: World, scope: Scope, asked: ExpenditureFilter, by: str, folder: Path
) -> None:
    ask = Ask.of(
        "expenditure", by=(by,), currency="USD", period={"first": asked.first, "last": asked.last},
        where={each.dimension: list(each.values) for each in asked.filters},
    )  # fmt: skip
    mine = [line for line in world.seen(scope, asked) if line["currency"] == "USD"]
    total = sum((line["expenditure"] for line in mine), Decimal(0))
    page = written(uow, "statistics.page", question_of([("Who?", ask)], uow), folder)
    assert sum((Decimal(row["Value"] or 0) for row in page), Decimal(0)) == total
    names_nobody_else(world, scope, page)
    rows = written(uow, "statistics.lines", lines_of(ask, uow), folder)
    amount = next((each for each in (rows[0] if rows else ()) if each.endswith("(exact)")), "")
    assert sum((Decimal(row[amount]) for row in rows), Decimal(0)) == total
    assert len(rows) == len(mine)
    names_nobody_else(world, scope, rows)


@pytest.mark.meets("CUS-COM-01")
@CHECKED
@given(data=st.data())
def test_no_file_holds_anything_foreign(world, tmp_path, data):
    for _ in range(EACH):
        asked, scope = data.draw(questions(world)), data.draw(scopes(world))
        uow = as_somebody(world, scope)
        lines_are_ones_own(uow, world, scope, asked, tmp_path)
        page_is_ones_own(uow, world, scope, asked, data.draw(st.sampled_from(BY)), tmp_path)


@pytest.mark.deep
def test_ten_thousand_files_hold_nothing_foreign(world, tmp_path):
    """Three files for each question, on each of two databases."""
    many = settings(CHECKED, max_examples=10_000 // (2 * 3 * EACH) + 1, database=None)
    many(given(data=st.data())(test_no_file_holds_anything_foreign.hypothesis.inner_test))(
        world=world, tmp_path=tmp_path
    )

"""Random people ask random questions: each answer is exactly what an independent count over their own lines gives."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from models.core.actor import Scope
from models.core.paging import PageRequest
from models.expenditures import queries as q
from models.expenditures.dimensions import DIMENSIONS
from models.expenditures.queries import Against, ExpenditureFilter, Sort
from tests.support.lines_world import MONTHS, World, allowed, as_somebody, lines_world, scopes, summed

CHECKED = settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)


@pytest.fixture
def world(uow, build, tmp_path) -> World:
    return lines_world(uow, build, tmp_path)


@st.composite
def questions(draw: st.DrawFn, world: World) -> ExpenditureFilter:
    first, last = sorted((draw(st.sampled_from(MONTHS)), draw(st.sampled_from(MONTHS))))
    filters = {}
    for dimension in draw(st.sets(st.sampled_from(sorted(set(DIMENSIONS) & set(q.FILTERS))), max_size=2)):
        known = sorted({world.key(dimension, line) for line in world.lines})
        filters[dimension] = draw(st.lists(st.sampled_from(known), min_size=1, max_size=4, unique=True))
    return ExpenditureFilter.of(first, last, against=draw(st.sampled_from(Against)), filters=filters)


@pytest.mark.meets("CUS-COM-01", "FIN-SEXP-04")
@CHECKED
@given(data=st.data())
def test_every_figure_equals_an_independent_count_of_ones_own_lines(world, data):
    asked, scope = data.draw(questions(world)), data.draw(scopes(world))
    uow, mine = as_somebody(world, scope), world.seen(scope, asked)
    overview = q.overview(uow, asked)
    figures = {figure.currency: figure.now for figure in overview.figures}
    assert {currency: amount for currency, amount in figures.items() if amount} == {
        currency: amount for currency, amount in summed(mine).items() if amount
    }
    assert overview.lines == len(mine)
    currency = overview.total.currency
    assert overview.total.now == summed(mine).get(currency, 0)

    by = data.draw(st.sampled_from([*q.GROUPINGS, "partner", "region"]))
    groups = q.distribution(uow, asked, by, top=50).groups
    expected: Counter[str] = Counter()
    for line in mine:
        if line["currency"] == currency:
            expected[world.key(by, line)] += line["expenditure"]
    assert {group.key: group.now for group in groups if group.now} == {
        key: sum_ for key, sum_ in expected.items() if sum_
    }
    few = q.distribution(uow, asked, by, top=data.draw(st.integers(1, 4)), sort=data.draw(st.sampled_from(Sort)))
    assert sum(group.now for group in few.groups) == few.total.now == overview.total.now
    if overview.total.before is not None:
        assert sum(group.before for group in few.groups) == overview.total.before
        assert sum(part.amount for part in q.drivers(uow, asked).parts) == overview.total.change


@pytest.mark.meets("CUS-COM-01")
@CHECKED
@given(data=st.data())
def test_nobody_sees_a_foreign_line_in_any_answer(world, data):
    asked, scope = data.draw(questions(world)), data.draw(scopes(world))
    uow, mine = as_somebody(world, scope), world.seen(scope, asked)
    own = {(line["file_id"], line["line"]) for line in mine}
    page = q.lines(uow, asked, PageRequest(size=500))
    assert {(row.file_id, row.line) for row in page.rows} == own
    assert page.count == len(own)
    assert {total.currency: total.now for total in page.totals} == summed(mine)
    exported = [row for batch in q.lines_for_export(uow, asked, batch=50) for row in batch.to_pylist()]
    assert {(row["file_id"], row["line"]) for row in exported} == own
    for dimension in ("partner", "customer", "account_manager"):
        theirs = world.seen(scope, asked.narrowed(dimension))
        assert {option.key for option in q.options(uow, asked, dimension)} == {
            world.key(dimension, line) for line in theirs
        }
    whole = [line for line in world.lines if allowed(scope, line)]
    named = {line["customer_id"] or "unmapped" for line in whole}
    assert {row.key for row in q.customers_by_change(uow, asked, PageRequest(size=100)).rows} <= named
    assert set(q.cycles(uow).cycles) == {line["cycle"] for line in whole if line["bill_type"] != "tax"}


@pytest.mark.meets("CUS-COM-01")
def test_filters_of_an_address_never_widen_a_scope(world):
    one, other = world.partners[:2]
    uow = as_somebody(world, Scope(frozenset({one.id})))
    asked = ExpenditureFilter.from_address(
        {"from": "2026-02", "to": "2026-05", "partner": str(other.id)}, latest=MONTHS[0]
    )
    assert q.overview(uow, asked).empty and q.lines(uow, asked).rows == ()
    unmapped = asked.narrowed("partner").narrowed("customer", "unmapped")
    assert q.overview(uow, unmapped).unmapped is None and q.overview(uow, unmapped).empty
    strange = asked.narrowed("partner", "not a key", "' OR 1=1 --")
    assert q.overview(uow, strange).empty


@pytest.mark.deep
@pytest.mark.parametrize(
    "check",
    [test_every_figure_equals_an_independent_count_of_ones_own_lines, test_nobody_sees_a_foreign_line_in_any_answer],
)
def test_ten_thousand_questions_show_nothing_foreign(check, world):
    many = settings(CHECKED, max_examples=2500, database=None)  # twice, on two databases
    many(given(data=st.data())(check.hypothesis.inner_test))(world=world)

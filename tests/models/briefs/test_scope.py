"""Random people's briefs of random days: nothing in them is of a partner or a customer that they may not see."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from models.briefs.composing import Wanted, compose
from models.briefs.rules import Every
from models.core.actor import Scope
from models.core.money import money_text
from models.engines.statistics import shift_month
from models.expenditures.queries import ExpenditureFilter
from tests.support.lines_world import MONTHS, World, as_somebody, lines_world, scopes, summed

CHECKED = settings(
    max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)


@pytest.fixture
def world(uow, build, tmp_path) -> World:
    """Every partner and customer has a name that stands in no other."""
    made = lines_world(uow, build, tmp_path)
    for place, row in enumerate([*made.partners, *made.customers]):
        row.name = f"Marker{chr(65 + place)} House"
    uow.session.flush()
    return made


def foreign(world: World, scope: Scope) -> set[str]:
    """Names and keys of whom one may not see."""
    partners = [row for row in world.partners if scope.partners is not None and row.id not in scope.partners]
    outside = {row.id for row in partners}
    customers = [
        row
        for row in world.customers
        if row.partner_id in outside or (scope.customers is not None and row.id not in scope.customers)
    ]
    return {word for row in (*partners, *customers) for word in (row.name, str(row.id))}


@pytest.mark.meets("CUS-COM-01")
@CHECKED
@given(data=st.data())
def test_no_brief_tells_anything_foreign(world, data):
    scope = data.draw(scopes(world))
    day = data.draw(st.sampled_from(MONTHS)) + timedelta(days=data.draw(st.integers(0, 75)))
    chosen = data.draw(st.sets(st.sampled_from([str(row.id) for row in world.partners]), max_size=2))
    uow = as_somebody(world, scope).at(day)
    wanted = Wanted(data.draw(st.sampled_from(Every)), tuple(sorted(chosen)), ZoneInfo("Europe/Tallinn"), "Tallinn")
    composed = compose(uow, wanted)
    told = composed.model_dump_json()
    asked = chosen  # links repeat the partners that were chosen, whoever they are
    assert not [word for word in foreign(world, scope) - asked if word in told]
    if wanted.every is Every.MONTH:
        month = shift_month(uow.today.replace(day=1), -1)
        about = {"partner": sorted(chosen)} if chosen else {}
        mine = summed(world.seen(scope, ExpenditureFilter.of(month, month, filters=about)))
        figure = next(item.text for item in composed.sections[0].items if item.title == "Expenditure")
        money = figure.split(" USD")[0].split(" EUR")[0]
        currency = "EUR" if f"{money} EUR" in figure else "USD"
        assert money == money_text(mine.get(currency, Decimal(0)))


@pytest.mark.deep
def test_ten_thousand_questions_of_briefs_tell_nothing_foreign(world):
    """A thousand briefs of five questions each, on each of two databases."""
    many = settings(CHECKED, max_examples=1_000, database=None)
    many(given(data=st.data())(test_no_brief_tells_anything_foreign.hypothesis.inner_test))(world=world)

"""The lines behind a figure: a page of them, their sum at the foot, the way to what they are of, an export."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import streamlit as st
from sqlalchemy import select

from dashboard.parts.statistics_lines import line_links
from models.core.actor import SYSTEM, Actor
from models.core.clock import clock_at
from models.core.unit_of_work import unit_of_work
from models.engines.statistics import engine
from models.exports.producers import producer_of
from models.exports.rules import ExportFormat
from models.exports.tables import ExportTask
from models.incentives.facts import incentive_line
from models.revenue.facts import revenue_line
from tests.support.build import Build
from tests.support.lake_rows import put_rows
from tests.support.pages import page, texts, words

LINES, REVENUE = "statistics/figure_lines.py", "statistics/revenue.py"
JUNE = {"from": "2026-06", "to": "2026-06"}


@dataclass(frozen=True, slots=True)
class World:
    """Who is there, and a customer of the provider."""

    manager: Actor
    provider: Actor
    specialist: Actor
    bluewing: str


@pytest.fixture
def world(on_sqlite: str, tmp_path: Path) -> Iterator[World]:
    """Sixty revenue records of June for one customer and one of another, and earnings on some."""
    with clock_at(datetime(2026, 7, 16, 6, 5, tzinfo=UTC)):
        engine.forget()
        with unit_of_work(actor=SYSTEM) as uow:
            build = Build(uow)
            north, kudu = build.partner("Nordlicht Systems"), build.partner("Kudu Data")
            bluewing, mobile = build.customer(north, "Bluewing Air Cargo"), build.customer(kudu, "Kudu Mobile Money")
            rows = [_record(number, bluewing, f"{number}.00000001") for number in range(1, 61)]
            rows.append(_record(99, mobile, "-7.5", order_type="unsubscription"))
            put_rows(revenue_line, rows, tmp_path)
            earned = {"earnings": Decimal("1.25"), "earned_on": date(2026, 6, 3), "reconciliation_period": "2026M6",
                      "earnings_kind": "expenditure", "incentive_program": "Monthly rebate"}  # fmt: skip
            put_rows(incentive_line, [row | earned for row in rows[:4]], tmp_path)
            actors = build.actor("ecosystem_manager"), build.actor("partner_admin", partner=north)
            made = World(*actors, build.actor("finance_specialist", partner=north), str(bluewing.id))
        yield made


def _record(number: int, customer: Any, amount: str, **more: Any) -> dict[str, Any]:
    return {
        "source": "focus", "cycle": date(2026, 6, 1), "line": number, "revenue_id": f"R{number}",
        "partner_id": str(customer.partner_id), "customer_id": str(customer.id), "order_type": "subscription",
        "order_id": f"CS{number}", "currency": "USD", "eligible": Decimal(amount), "tax": Decimal("0.5"),
        "product": "EC2-T3", "service_type": "Elastic compute", "generated_on": date(2026, 6, number % 30 + 1),
        "period_status": "final",
    } | more  # fmt: skip


@pytest.mark.meets("FIN-REV-06", "FIN-REV-07")
def test_the_lines_of_revenue_stand_page_by_page_with_the_figure_at_the_foot(world: World) -> None:
    test = page(LINES, world.manager, measure="eligible_revenue", **JUNE).run()
    shown = words(test)
    assert "61 lines of June make 1,822.50 USD." in shown
    assert "Total of all 61 lines: 1,822.50 USD" in shown
    (grid,) = [each.value for each in test.dataframe]
    assert len(grid) == 50
    first = grid.iloc[0]
    assert (first["customer"], first["order_id"], first["value"]) == ("Bluewing Air Cargo", "CS60", "60.00000001")
    test.button(key="pager:after").click().run()
    (grid,) = [each.value for each in test.dataframe]
    assert len(grid) == 11
    assert "Total of all 61 lines: 1,822.50 USD" in words(test)


@pytest.mark.meets("FIN-SREV-06", "FIN-SREV-07", "DST-STA-07")
def test_the_summary_of_revenue_opens_a_customers_lines(world: World) -> None:
    shown = texts(page(REVENUE, world.provider, tab="summary", **JUNE).run())
    link = f"customer={world.bluewing}"
    assert any("figure-lines?" in way and link in way and "measure=eligible_revenue" in way for way in shown.split('"'))
    test = page(LINES, world.provider, measure="eligible_revenue", customer=world.bluewing, of="revenue", **JUNE).run()
    assert "60 lines of June make 1,830.00 USD." in words(test)
    assert 'href="revenue?from=2026-06' in texts(test)


@pytest.mark.meets("FIN-SINC-05", "FIN-SINC-06")
def test_the_summary_of_incentives_opens_a_customers_lines(world: World) -> None:
    test = page("statistics/incentives.py", world.provider, tab="expenditures", **JUNE).run()
    assert "Bluewing Air Cargo" in words(test)
    assert "measure=incentive_of_expenditures" in texts(test)
    shown = words(page(LINES, world.provider, measure="incentive_of_expenditures", **JUNE).run())
    assert "4 lines of June make 5.00 USD." in shown


def test_everybody_sees_their_own_lines_alone(world: World) -> None:
    shown = words(page(LINES, world.provider, measure="eligible_revenue", **JUNE).run())
    assert "60 lines of June make 1,830.00 USD." in shown


def test_a_filter_stands_as_a_chip_and_is_taken_off(world: World) -> None:
    asked = {"measure": "eligible_revenue", "order_type": "unsubscription"}
    test = page(LINES, world.manager, **asked, **JUNE).run()
    assert "1 line of June makes −7.50 USD." in words(test)
    test.button(key="figure_lines:order_type:unsubscription").click().run()
    assert "61 lines" in words(test)


def test_a_damaged_address_is_said_and_another_measure_of_the_address_is_not_invented(world: World) -> None:
    shown = words(page(LINES, world.manager, measure="eligible_revenue", **{"from": "2026-13"}).run())
    assert "This is no question yet" in shown
    assert "Expenditure: lines" in words(page(LINES, world.manager, measure="no_such").run())


def test_lines_of_what_is_not_for_the_person_are_refused_in_words(world: World) -> None:
    hidden = Actor(world.manager.user_id, "A", permissions=frozenset({"statistics.view"}), scope=world.manager.scope)
    assert "cannot be shown" in words(page(LINES, hidden, measure="decisions", **JUNE).run())


def test_a_line_leads_to_what_the_person_may_open(world: World) -> None:
    keys = {"customer": world.bluewing, "case": world.bluewing, "partner": "none"}
    assert [name for name, _ in line_links(world.manager, keys)] == ["Open the case", "Open the customer"]
    assert [name for name, _ in line_links(world.specialist, keys)] == ["Open the case"]


@pytest.mark.meets("FIN-EXP-03")
def test_every_line_is_exported_with_the_figure_on_the_cover(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(st, "menu_button", lambda *_, **__: ExportFormat.XLSX)
    monkeypatch.setattr(st, "rerun", lambda: None)
    page(LINES, world.manager, measure="eligible_revenue", period="last_month").run()
    with unit_of_work(read_only=True, actor=world.manager) as uow:
        (task,) = uow.session.scalars(select(ExportTask))
        assert (task.kind, task.rows_total) == ("statistics.lines", 61)
        assert task.question["ask"]["period"] == {"first": "2026-06-01", "last": "2026-06-01"}
        made = producer_of(task.kind).open(uow, task.question)
        columns = [column.label for column in made.columns]
        (batch,) = list(made.batches)
    cells = dict(zip(columns, batch, strict=True))
    assert sum(cells["Revenue eligible for incentives (exact)"]) == Decimal("1822.5000006")
    assert set(cells["Customer account"]) == {"B****o", "K****y"}
    assert ("Revenue eligible for incentives", "1,822.50 USD") in made.facts


def test_where_there_is_revenue_its_page_says_that_it_is_the_demos(world: World) -> None:
    assert "Demo figures until revenue is generated by bill runs." in words(page(REVENUE, world.provider, **JUNE).run())

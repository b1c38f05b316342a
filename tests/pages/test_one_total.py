"""One question has one total: on its page, its lines, a dashboard, in files, through the API, in the brief."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
import python_calamine
from starlette.testclient import TestClient

from dashboard.api import access
from dashboard.api.app import ADDRESS
from dashboard.api.limits import Limits
from models import areas
from models.briefs.composing import Wanted, compose
from models.briefs.rules import Every
from models.core.actor import SYSTEM, Actor
from models.core.clock import BUSINESS_ZONE, clock_at
from models.core.money import money_text
from models.core.unit_of_work import UnitOfWork, unit_of_work
from models.dashboards import service as dashboards
from models.dashboards.content import Content, Placed
from models.engines.statistics import forget
from models.exports.rules import ExportFormat
from models.exports.service import write_now
from models.statistics import exporting, exporting_lines, lines
from models.statistics.asking import answer
from models.statistics.asks import Ask
from models.statistics.tiles import ChartKind, Tile
from tests.dashboard.api.conftest import application, token_for
from tests.support.build import Build
from tests.support.facts import FactBuilder
from tests.support.pages import page, words

JULY = datetime(2026, 7, 16, 6, 5, tzinfo=UTC)
JUNE = date(2026, 6, 1)
IN_JUNE = {"from": "2026-06", "to": "2026-06"}
STORAGE = "Object storage"
AMOUNTS = (
    ("own", "400.050000000001", "Elastic compute"), ("own", "70.010000000002", STORAGE), ("own", "-5.5", STORAGE),
    ("own", "0.333333333333", STORAGE), ("other", "900.07", STORAGE), ("other", "11.11", "CDN"),
    (None, "2.25", STORAGE),
)  # fmt: skip
"""Whose line of June, how much, for what; the last is nobody's."""


@dataclass(frozen=True)
class World:
    """The vendor's manager and a partner's administrator, and what each may see of `AMOUNTS`."""

    people: dict[str, Actor]
    client: TestClient
    tokens: dict[str, str]

    def total(self, who: str, service_type: str) -> Decimal:
        """Counted line by line."""
        return sum(
            (Decimal(amount) for whose, amount, kind in AMOUNTS
             if (who == "manager" or whose == "own") and service_type in ("", kind)), Decimal(0),
        )  # fmt: skip


@pytest.fixture
def world(on_sqlite: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    monkeypatch.setattr(access, "LIMITS", Limits())
    areas.load()
    facts = FactBuilder(tmp_path)
    with clock_at(JULY):
        forget()
        with unit_of_work(actor=SYSTEM) as uow:
            build = Build(uow)
            north, harbor = build.partner("Nordlicht Systems"), build.partner("Harbor & Finch")
            whose: dict[str | None, Any] = {"own": build.customer(north), "other": build.customer(harbor), None: None}
            june = [
                facts.line(date(2026, 6, place + 2), amount, whose[owner], service_type=kind)
                for place, (owner, amount, kind) in enumerate(AMOUNTS)
            ]
            own, storage = whose["own"], {"service_type": STORAGE}
            tax = facts.line(date(2026, 6, 9), "999", own, bill_type="tax", **storage)
            beside = [facts.line(day, "1", own, **storage) for day in (date(2026, 5, 31), date(2026, 7, 1))]
            facts.put([*june, tax, *beside])
            people = {"manager": build.actor("ecosystem_manager")}
            people["partner"] = build.actor("partner_admin", partner=north)
        tokens = {who: token_for(actor) for who, actor in people.items()}
        with TestClient(application()) as client:
            yield World(people, client, tokens)


def column(rows: list[list[str]], name: str) -> list[str]:
    """The cells of a column, below the row that names it."""
    head = next(place for place, row in enumerate(rows) if name in row)
    return [row[rows[head].index(name)] for row in rows[head + 1 :] if any(row)]


def from_file(
    uow: UnitOfWork, kind: str, question: dict[str, Any], format_: ExportFormat, folder: Path, name: str
) -> Decimal:
    """The sum of a column of an export's file."""
    target = folder / f"{kind}.{format_.value}"
    write_now(uow, kind, question, format_, "Total", target)
    if format_ is ExportFormat.PARQUET:
        values = pq.read_table(target).column(name).to_pylist()
    elif format_ is ExportFormat.CSV:
        values = column(list(csv.reader(io.StringIO(target.read_text(encoding="utf-8-sig")))), name)
    else:
        book = python_calamine.CalamineWorkbook.from_path(target)
        cells = book.get_sheet_by_name(book.sheet_names[-1]).to_python()  # behind its cover
        values = column([[str(cell) for cell in row] for row in cells], name)
    return sum((Decimal(str(value)) for value in values), Decimal(0))


@pytest.mark.parametrize("service_type", ["", STORAGE])
@pytest.mark.parametrize("who", ["manager", "partner"])
def test_one_question_has_one_total_in_every_channel(world: World, tmp_path: Path, who: str, service_type: str) -> None:
    actor, total = world.people[who], world.total(who, service_type)
    where = {"service_type": service_type} if service_type else {}
    ask = Ask.of("expenditure", period={"first": JUNE, "last": JUNE})
    for name, value in where.items():
        ask = ask.narrowed(name, value)
    shown = f"{money_text(total)} USD"

    with unit_of_work(actor=actor, read_only=True) as uow:
        assert answer(uow, ask).total.value() == total
        assert sum(row.value() for row in answer(uow, ask.changed(by=("customer", "service_type"))).rows) == total
        result, _, batches = lines.all_lines(uow, ask)
        assert result.total.value() == total
        assert sum(Decimal(value) for batch in batches for value in batch["value"]) == total
        for format_ in (ExportFormat.CSV, ExportFormat.XLSX, ExportFormat.PARQUET):
            figures = exporting.question_of([("Figures", ask)], uow)
            assert from_file(uow, "statistics.page", figures, format_, tmp_path, "Value") == total, format_
            each = exporting_lines.question_of(ask, uow)
            assert from_file(uow, "statistics.lines", each, format_, tmp_path, "Expenditure (exact)") == total, format_

    assert shown in words(page("statistics/expenditures.py", actor, **IN_JUNE, **where).run())
    drawn = words(page("statistics/figure_lines.py", actor, measure="expenditure", **IN_JUNE, **where).run())
    assert f"make {shown}" in drawn

    headers = {"authorization": f"Bearer {world.tokens[who]}"}
    told = world.client.post(f"{ADDRESS}/queries", json=ask.model_dump(mode="json"), headers=headers)
    assert Decimal(str(told.json()["totals"][0]["values"][0])) == total
    file = world.client.post(f"{ADDRESS}/queries/file?format=csv", json=ask.model_dump(mode="json"), headers=headers)
    rows = list(csv.reader(io.StringIO(file.content.decode("utf-8-sig"))))
    assert [Decimal(value) for value in column(rows, "Value")] == [total]

    with unit_of_work(actor=actor) as uow:
        made = dashboards.make(uow, "One figure")
        tile = Tile(key="all", ask=ask, chart=ChartKind.FIGURE)
        dashboards.save(uow, made, Content(title="One figure", tiles=(Placed(tile=tile, w=3, h=1),)), expected=1)
    assert money_text(total) in words(page("statistics/dashboard.py", actor, id=str(made)).run())

    if not service_type:
        with unit_of_work(actor=actor, read_only=True) as uow:
            brief = compose(uow, Wanted(Every.MONTH, (), BUSINESS_ZONE, "GMT+08:00"))
        (figure,) = [item.text for item in brief.sections[0].items if item.title == "Expenditure"]
        assert figure.startswith(shown)

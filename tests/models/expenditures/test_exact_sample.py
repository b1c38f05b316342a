"""The real sample and bills around midnight, imported and asked, against a count in Python: to the last digit."""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from models.core.actor import SYSTEM, acting_as
from models.core.clock import BUSINESS_ZONE, clock_at
from models.core.unit_of_work import UnitOfWork, unit_of_work
from models.engines.statistics import forget, month_end
from models.expenditures import service
from models.statistics.asking import answer
from models.statistics.asks import Ask
from tests.support import ROOT
from tests.support.focus import write_focus

SAMPLE = ROOT / "tests" / "data" / "focus_sample_1000.csv"
SEPTEMBER, OCTOBER = date(2024, 9, 1), date(2024, 10, 1)
Row = dict[str, str]


@pytest.fixture(autouse=True)
def _nothing_remembered(on_sqlite: str) -> Iterator[None]:
    with acting_as(SYSTEM):
        forget()
        yield


@pytest.fixture(scope="module")
def rows() -> list[Row]:
    """The lines of the sample that count, as the file has them; an empty field and `NULL` are nothing."""
    with SAMPLE.open(encoding="utf-8", newline="") as file:
        found = [
            {name: "" if value == "NULL" else value for name, value in row.items()} for row in csv.DictReader(file)
        ]
    assert len(found) == 1_000
    return [row for row in found if row["ChargeCategory"] != "Tax"]


def asked(ask: Ask) -> dict[tuple[str, ...], tuple[object, ...]]:
    with clock_at(date(2024, 12, 1)), unit_of_work(read_only=True) as uow:
        return {row.keys: row.now for row in answer(uow, ask).rows}


def cycle(row: Row) -> date:
    return datetime.fromisoformat(row["BillingPeriodStart"]).date()


OF_A_LINE: dict[str, Callable[[Row], str]] = {
    "service_family": lambda row: row["ServiceCategory"] or "--",
    "service_type": lambda row: row["ServiceName"] or "--",
    "product": lambda row: row["SkuId"] or "--",
    "region": lambda row: row["RegionId"] or "none",
    "partner": lambda row: "unmapped",
}
"""Where a line of the file belongs, read from the file alone."""


@pytest.mark.meets("FIN-SEXP-01", "CUS-COM-05")
@pytest.mark.parametrize(("first", "last"), [(SEPTEMBER, SEPTEMBER), (OCTOBER, OCTOBER), (SEPTEMBER, OCTOBER)])
def test_the_real_sample_has_the_totals_of_its_file_however_it_is_asked(
    rows: list[Row], first: date, last: date
) -> None:
    service.import_files([SAMPLE], source="aws")
    counted = [row for row in rows if first <= cycle(row) <= last]
    whole = (sum(Decimal(row["BilledCost"]) for row in counted), len(counted))
    ask = Ask.of("expenditure", "lines", period={"first": first, "last": last})
    assert asked(ask) == {(): whole}
    for by in [(name,) for name in OF_A_LINE] + [("service_family", "region"), ("service_type", "product")]:
        sums: dict[tuple[str, ...], list[Decimal]] = defaultdict(list)
        for row in counted:
            sums[tuple(OF_A_LINE[name](row) for name in by)].append(Decimal(row["BilledCost"]))
        assert asked(ask.changed(by=by)) == {key: (sum(found), len(found)) for key, found in sums.items()}, by
        key, found = max(sums.items(), key=lambda each: len(each[1]))
        narrowed = ask
        for name, value in zip(by, key, strict=True):
            narrowed = narrowed.narrowed(name, value)
        assert asked(narrowed) == {(): (sum(found), len(found))}, key


# ---- bills around midnight ----

ENDS = [date(2024, 2, 28), date(2024, 2, 29), date(2023, 12, 31), date(2024, 3, 31), date(2024, 6, 30)]
"""The day before the leap day, the leap day, the ends of a year, a quarter and a half."""
QUARTER = timedelta(minutes=15)


@pytest.mark.meets("CUS-COM-04")
@pytest.mark.parametrize("in_business_time", [True, False], ids=["bill cut at GMT+08:00", "bill cut at UTC"])
@pytest.mark.parametrize("day", ENDS, ids=str)
def test_a_charge_of_any_quarter_hour_counts_on_its_business_day_of_the_month_of_its_bill(
    tmp_path: Path, day: date, in_business_time: bool
) -> None:
    """Charges from two hours before the end of the day in UTC or in business time until ten hours after it.

    Each is billed in the month in which it began, as the bill cuts months. It is spent on its business day; the day
    stays within the month of the bill (decision 0033).
    """
    zone = BUSINESS_ZONE if in_business_time else UTC
    first = datetime.combine(day, datetime.min.time(), zone) + timedelta(days=1) - 8 * QUARTER
    lines, expected = [], defaultdict(Decimal)
    for place in range(48):
        start = first + place * QUARTER
        month = start.astimezone(zone).replace(day=1, hour=0, minute=0)
        cost = Decimal(1) + Decimal(place) / 1_000_000_000_000
        lines.append({
            "BilledCost": str(cost), "ListCost": str(cost), "BillingPeriodStart": month.isoformat(),
            "ChargePeriodStart": start.isoformat(), "ChargePeriodEnd": (start + QUARTER).isoformat(),
        })  # fmt: skip
        bill = month.date()
        spent_on = max(bill, min(start.astimezone(BUSINESS_ZONE).date(), month_end(bill)))
        expected[bill, spent_on] += cost
    report = service.import_files([write_focus(tmp_path / "bill.csv", lines)], source="aws").as_json()
    assert report["accepted"] == 48, report

    with clock_at(date(2025, 1, 1)), unit_of_work(read_only=True) as uow:
        months = sorted({bill for bill, _ in expected})
        assert by_day(uow, months[0], months[-1]) == {
            spent_on: amount for (_, spent_on), amount in sorted(expected.items(), key=lambda each: each[0][1])
        }
        for month in months:
            mine = {spent_on: amount for (bill, spent_on), amount in expected.items() if bill == month}
            assert by_day(uow, month, month) == mine
            found = answer(uow, Ask.of("expenditure", period={"first": month, "last": month}))
            assert found.total.value() == sum(mine.values())
        quarters = answer(
            uow, Ask.of("expenditure", granularity="quarter", period={"first": months[0], "last": months[-1]})
        )
        assert sum(step.now[0] or 0 for step in quarters.series() if step) == sum(expected.values())


def by_day(uow: UnitOfWork, first: date, last: date) -> dict[date, Decimal]:
    """Expenditure a day, days without any left out."""
    found = answer(uow, Ask.of("expenditure", granularity="day", period={"first": first, "last": last}))
    return {step.start: step.now[0] for step in found.series() if step and step.start and step.now[0]}

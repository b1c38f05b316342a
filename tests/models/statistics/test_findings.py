"""What an answer says: a table of answers and sentences."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from models.engines.statistics import OTHER, Unit
from models.statistics import catalogue
from models.statistics.asks import Ask, Compared
from models.statistics.findings import finding, moved, value_text
from models.statistics.periods import Span, Step
from models.statistics.results import Comparison, Grouped, Measured, Result, ResultRow

D = Decimal
JUNE = Span(date(2026, 6, 1), date(2026, 6, 30), True)


def result(ask: Ask, *rows: tuple, total: object = None, before: object = None, through: date | None = None) -> Result:
    """An answer of rows (label or month, value)."""
    made = [catalogue.measure(name) for name in ask.measures]
    measures = tuple(Measured(m.name, m.words, m.unit, m.definition, m.additive) for m in made)
    found = []
    for place, (label, *values) in enumerate(rows, start=1):
        start = label if isinstance(label, date) else None
        key = () if start else (OTHER if label == "Other" else str(label),)
        found.append(
            ResultRow(key, () if start else (str(label),), "USD", place if start else 0, start, tuple(values), ())
        )
    values = total if isinstance(total, tuple) else (total,)
    comparison = (Comparison(Compared.PREVIOUS, JUNE, "May"),) if before is not None else ()
    whole = ResultRow((), (), "USD", 0, None, values, ((before,),) if before is not None else ())
    dimensions = tuple(Grouped(name, catalogue.dimensions()[name].words, None) for name in ask.by)
    steps = tuple(Step(row.position, row.start, ()) for row in found if row.start)
    return Result(
        ask, measures, dimensions, JUNE, "June", comparison, tuple(found or [whole]), (whole,), steps, "USD", (), None,
        None, through, (),
    )  # fmt: skip


MONTHS = [date(2026, month, 1) for month in (4, 5, 6)]
TOP = ("A", D(30)), ("B", D(20)), ("Other", D(50))


def over(*values: int) -> list[tuple[date, Decimal]]:
    """Amounts of three months."""
    return list(zip(MONTHS, map(D, values), strict=True))


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        (result(Ask.of("expenditure"), total=D("1234.5"), before=D(1000)),
         "Expenditure 1,234.50 USD: rose 23.5\u202f% against May"),
        (result(Ask.of("active_partners", "dormant_partners"), total=(142, 1), before=142),
         "142 active partners and 1 dormant partner"),
        (result(Ask.of("expenditure", by=("service_type",)), ("Compute", D(60)), ("CDN", D(40)), total=D(100)),
         "Compute makes 60\u202f% of expenditure"),
        (result(Ask.of("expenditure", by=("partner",), top=2), *TOP, total=D(100)),
         "The 2 largest partners make 50\u202f% of expenditure"),
        (result(Ask.of("partners", by=("partner_kind",)), ("Reseller", 46), ("Service", 16), total=60),
         "Reseller 46 and Service 16 of 60 partners"),
        (result(Ask.of("decision_time_median", by=("stage",)), ("Finance", 360000), ("Business", 90000), total=180000),
         "Finance takes longest: 4.2 days, against 2.1 days in all"),
        (result(Ask.of("rejection_share", by=("stage",)), ("Finance", D("0.25")), total=D("0.125")),
         "Finance has the highest share: 25.0\u202f%, against 12.5\u202f% in all"),
        (result(Ask.of("expenditure", by=("partner",)), ("A", D(100)), total=D(100)), "A makes all of expenditure"),
        (result(Ask.of("expenditure", by=("partner",)), total=D(0)), "No expenditure in June"),
        (result(Ask.of("expenditure", granularity="month"), *over(90, 100, 88), total=D(278)),
         "June fell 12.0\u202f% against May"),
        (result(Ask.of("expenditure", granularity="month"), *over(90, 100, 8), total=D(198),
                through=date(2026, 6, 3)), "May rose 11.1\u202f% against April"),
        (result(Ask.of("customers", granularity="month"), *zip(MONTHS, (7, 8, 9), strict=True), total=9),
         "Customers: 9, up from 7 in April"),
    ],
    ids=range(12),
)  # fmt: skip
def test_a_finding_says_what_the_answer_shows(asked, said):
    assert finding(asked) == said


@pytest.mark.parametrize(
    ("value", "unit", "said"),
    [
        (D("-1234.5"), Unit.MONEY, "−1,234.50 USD"),
        (1234, Unit.COUNT, "1,234"),
        (D("0.0625"), Unit.SHARE, "6.3\u202f%"),
        (1800, Unit.DURATION, "30 minutes"),
        (90000, Unit.DURATION, "25.0 hours"),
        (259200, Unit.DURATION, "3.0 days"),
        (None, Unit.MONEY, "--"),
    ],
)
def test_a_value_is_written_by_its_unit(value, unit, said):
    assert value_text(value, unit, "USD" if unit is Unit.MONEY else "") == said


@pytest.mark.parametrize(
    ("now", "before", "said"),
    [
        (110, 100, "rose 10.0\u202f% against May"),
        (100, D("100.4"), "is level with May"),
        (100, 0, ""),
        (100, None, ""),
        (None, 100, ""),
    ],
)
def test_a_change_is_said_only_where_there_is_something_to_compare_with(now, before, said):
    assert moved(now, before, "May") == said

"""Exports of Statistics › Expenditures: the lines behind a figure, and the tables that the page shows (FIN-SEXP).

A question is `{"asked": ExpenditureFilter.to_address(), …}`; the other names stand with each kind. Every amount comes
twice: with eight decimals, and exact, so that the records add up to the page's total to the last digit.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from models.core.clock import business_date
from models.core.errors import Problem, Refused
from models.core.money import WIDE, Rate, exact_text, money_text
from models.core.paging import PageRequest
from models.core.settings import settings
from models.core.unit_of_work import UnitOfWork
from models.expenditures import queries
from models.expenditures.answers import Context, Group
from models.expenditures.queries import ExpenditureFilter, Granularity, Sort
from models.exports.producers import Column, Produced, Question, Section, register
from models.exports.rules import ColumnKind, masked_name, without_addresses

ALL = 1_000_000
"""More groups than any question has: an export sums nothing up as Other."""
PAGE = 500

LINES: tuple[tuple[str, Column], ...] = (
    ("cycle", Column("Billing Cycle", ColumnKind.DATE)),
    ("spent_on", Column("Expenditure Date", ColumnKind.DATE)),
    ("charge_start", Column("Charge Start", ColumnKind.INSTANT)),
    ("charge_end", Column("Charge End", ColumnKind.INSTANT)),
    ("partner", Column("Partner")),
    ("customer_id", Column("Customer ID")),
    ("customer", Column("Customer")),
    ("account_name", Column("Customer Account", ColumnKind.NAME)),
    ("association_type", Column("Association Type")),
    ("account_manager", Column("Account Manager")),
    ("sub_account_id", Column("Sub-Account ID")),
    ("sub_account_name", Column("Sub-Account Name", ColumnKind.NAME)),
    ("provider", Column("Provider")),
    ("service_family", Column("Service Family")),
    ("service_type", Column("Service Type")),
    ("product", Column("Product")),
    ("region", Column("Region")),
    ("billing_mode", Column("Billing Mode")),
    ("bill_type", Column("Bill Type")),
    ("currency", Column("Currency")),
    ("expenditure", Column("Expenditure", ColumnKind.AMOUNT)),
    ("list_price", Column("List Price", ColumnKind.AMOUNT)),
    ("expenditure", Column("Expenditure (exact)", ColumnKind.EXACT)),
    ("quantity", Column("Quantity", ColumnKind.QUANTITY)),
    ("unit", Column("Unit")),
    ("resource_id", Column("Resource ID")),
    ("resource_name", Column("Resource Name")),
    ("description", Column("Description")),
    ("source", Column("Source")),
    ("file_id", Column("Delivery File", ColumnKind.NUMBER)),
    ("line", Column("Delivery Line", ColumnKind.NUMBER)),
)
"""Field of the answer and column of the file, in order."""

MONEY = (
    Column("Currency"),
    Column("Expenditure", ColumnKind.AMOUNT),
    Column("Compared Period", ColumnKind.AMOUNT),
    Column("Change", ColumnKind.AMOUNT),
    Column("Expenditure (exact)", ColumnKind.EXACT),
    Column("Compared Period (exact)", ColumnKind.EXACT),
)
PERCENTS = (Column("Change %", ColumnKind.QUANTITY), Column("Share %", ColumnKind.QUANTITY))


def asked_of(question: Question) -> ExpenditureFilter:
    """The question that the page asked.

    Raises:
        Refused: it names no period.
    """
    address = question.get("asked")
    if not isinstance(address, Mapping) or not address.get("from"):
        raise Refused(Problem("EXPORT-QUESTION", "This export names no period. Export from the page again."))
    return ExpenditureFilter.from_address(address, latest=business_date(), base=settings().base_currency)


class Lines:
    """`expenditures.lines`: every line behind the figures of the question."""

    def count(self, uow: UnitOfWork, question: Question) -> int:
        """How many lines there are."""
        return queries.lines(uow, asked_of(question), PageRequest(size=1)).count

    def open(self, uow: UnitOfWork, question: Question) -> Produced:
        """The lines in the order of cycle and delivery."""
        asked = asked_of(question)
        context = queries.overview(uow, asked).context
        batches = (_line_cells(batch) for batch in queries.lines_for_export(uow, asked))
        return Produced([column for _, column in LINES], batches, context.as_of, _facts(uow, asked, context))


def _line_cells(batch: Any) -> Sequence[Sequence[Any]]:
    cells: dict[str, list[Any]] = {name: batch.column(name).to_pylist() for name, _ in LINES}
    cells["customer_id"] = [None if key is None else str(key) for key in cells["customer_id"]]
    known = zip(cells["customer_id"], cells["customer"], strict=True)
    cells["customer"] = [masked_name(name or "") if key else name for key, name in known]
    return [cells[name] for name, _ in LINES]


class Table:
    """A table that the page shows: few rows, made at once."""

    def count(self, uow: UnitOfWork, question: Question) -> int:
        """Tables are small: only the question itself is looked at."""
        asked_of(question)
        if by := question.get("by"):
            _grouping(str(by))
        return 0

    def open(self, uow: UnitOfWork, question: Question) -> Produced:
        """The table's rows."""
        asked = asked_of(question)
        columns, rows, context = self.rows(uow, asked, question)
        facts = _facts(uow, asked, context)
        section = _printed(columns, rows, context)
        return Produced(columns, iter([_by_column(rows, len(columns))]), context.as_of, facts, [section])

    def rows(
        self, uow: UnitOfWork, asked: ExpenditureFilter, question: Question
    ) -> tuple[Sequence[Column], list[Sequence[Any]], Context]:
        """Columns, rows and the answer's context."""
        raise NotImplementedError


def _printed(columns: Sequence[Column], rows: Sequence[Sequence[Any]], context: Context) -> Section:
    """The table on paper, its picture above it: what was spent by group or step, with two decimals."""
    shown = [place for place, each in enumerate(columns) if each.kind is not ColumnKind.EXACT
             and each.label not in UNPRINTED]  # fmt: skip
    numbers = [at for at, place in enumerate(shown) if columns[place].kind in NUMBERS]
    names = [place for place, each in enumerate(columns) if each.label not in UNPRINTED]
    spent = next(place for place, each in enumerate(columns) if each.label == "Expenditure")
    over_time = columns[0].kind is ColumnKind.DATE
    alone = not over_time or columns[1].kind is ColumnKind.DATE
    bars = [(_text(row[names[0]]), float(row[spent] or 0)) for row in rows] if alone else []
    texts = [[_text(row[place]) for place in shown] for row in rows]
    headers = [columns[place].label for place in shown]
    return Section(_period(context.first, context.last), context.currency, headers, texts, numbers, bars, over_time)


UNPRINTED = ("Customer ID", "Customer Account", "Currency")
"""Columns of tables that a page has no room for; the currency stands above."""
NUMBERS = (ColumnKind.AMOUNT, ColumnKind.QUANTITY)


def _text(value: Any) -> str:
    if value is None:
        return "--"
    if isinstance(value, date):
        return f"{value:%Y-%m-%d}"
    return money_text(value) if isinstance(value, Decimal) else without_addresses(str(value))


class Trend(Table):
    """`expenditures.trend`: over time, by `by` when given; `granularity` is month or day, or left to the period."""

    def rows(
        self, uow: UnitOfWork, asked: ExpenditureFilter, question: Question
    ) -> tuple[Sequence[Column], list[Sequence[Any]], Context]:
        """One row for each step of the period, for each group when grouped."""
        if by := question.get("by"):
            return self._grouped(uow, asked, str(by))
        wanted = question.get("granularity")
        trend = queries.trend(uow, asked, Granularity(wanted) if wanted else None)
        columns = (Column("From", ColumnKind.DATE), Column("Compared From", ColumnKind.DATE), *MONEY)
        rows: list[Sequence[Any]] = [
            (point.start, point.before_start, *_money(trend.context.currency, point.now, point.before))
            for point in trend.points
        ]
        return columns, rows, trend.context

    def _grouped(
        self, uow: UnitOfWork, asked: ExpenditureFilter, by: str
    ) -> tuple[Sequence[Column], list[Sequence[Any]], Context]:
        answer = queries.grouped_trend(uow, asked, _grouping(by), top=ALL)
        columns = (Column("From", ColumnKind.DATE), Column(_heading(by)), *MONEY)
        rows: list[Sequence[Any]] = []
        for series in answer.series:
            before: Iterable[Decimal | None] = series.before or (None,) * len(answer.starts)
            for start, now, earlier in zip(answer.starts, series.amounts, before, strict=True):
                rows.append((start, _label(by, series.group), *_money(answer.context.currency, now, earlier)))
        return columns, rows, answer.context


class Distribution(Table):
    """`expenditures.distribution`: by `by`, in the order of `sort`."""

    def rows(
        self, uow: UnitOfWork, asked: ExpenditureFilter, question: Question
    ) -> tuple[Sequence[Column], list[Sequence[Any]], Context]:
        """One row for each group."""
        by = _grouping(str(question.get("by") or "service_type"))
        answer = queries.distribution(uow, asked, by, top=ALL, sort=Sort(question.get("sort") or Sort.AMOUNT))
        rows: list[Sequence[Any]] = [
            (
                _label(by, group),
                *_money(answer.context.currency, group.now, group.before),
                _hundredths(group.percent),
                _share(group.share),
            )
            for group in answer.groups
        ]
        return (Column(_heading(by)), *MONEY, *PERCENTS), rows, answer.context


class Customers(Table):
    """`expenditures.customers`: the customer expenditure list, narrowed by `search`, in the order of `sort`."""

    def rows(
        self, uow: UnitOfWork, asked: ExpenditureFilter, question: Question
    ) -> tuple[Sequence[Column], list[Sequence[Any]], Context]:
        """One row for each customer."""
        columns = (
            Column("Customer ID"), Column("Customer"), Column("Customer Account", ColumnKind.NAME), Column("Partner"),
            Column("Association Type"), Column("Account Manager"), *MONEY, *PERCENTS,
        )  # fmt: skip
        sort = Sort(question.get("sort") or Sort.CHANGE)
        request, rows = PageRequest(size=PAGE), list[Sequence[Any]]()
        while True:
            page = queries.customers_by_change(uow, asked, request, search=str(question.get("search") or ""), sort=sort)
            for row in page.rows:
                rows.append((
                    str(row.customer_id) if row.customer_id else None,
                    masked_name(row.name) if row.customer_id else row.name,
                    row.account_name, row.partner, row.association_type, row.account_manager,
                    *_money(page.context.currency, row.now, row.before), _hundredths(row.percent), _share(row.share),
                ))  # fmt: skip
            if page.next is None:
                return columns, rows, page.context
            request = PageRequest(cursor=page.next, size=PAGE)


def _grouping(by: str) -> str:
    if by not in (*queries.GROUPINGS, "partner"):
        raise Refused(Problem("EXPORT-GROUP", f'Nothing is grouped by "{by}". Export from the page again.'))
    return by


def _heading(by: str) -> str:
    return by.replace("_", " ").title()


def _label(by: str, group: Group) -> str:
    """A group's words; customers' names are masked, `Unmapped` and the like are nobody's name."""
    return masked_name(group.label) if by == "customer" and _is_customer(group.key) else group.label


def _is_customer(key: str | None) -> bool:
    return key is not None and len(key) == 36


def _money(currency: str, now: Decimal | None, before: Decimal | None) -> tuple[Any, ...]:
    change = None if now is None or before is None else now - before
    return currency, now, before, change, now, before


def _hundredths(percent: Decimal | None) -> Decimal | None:
    return None if percent is None else percent.quantize(Decimal("0.01"), ROUND_HALF_UP, WIDE)


def _share(share: Decimal | None) -> Decimal | None:
    return None if share is None else _hundredths(share * 100)


def _by_column(rows: list[Sequence[Any]], width: int) -> Sequence[Sequence[Any]]:
    return list(zip(*rows, strict=True)) if rows else [()] * width


def _facts(uow: UnitOfWork, asked: ExpenditureFilter, context: Context) -> list[tuple[str, str]]:
    """What the cover says about the question, in words."""
    facts = [("Period", _period(context.first, context.last))]
    if asked.day:
        facts.append(("Day", asked.day.isoformat()))
    if context.compared_first and context.compared_last:
        facts.append(("Compared with", _period(context.compared_first, context.compared_last)))
    facts.append(("Currency", context.currency))
    if context.conversion:
        rates = (
            f"1 {r.currency} = {exact_text(r.value)} {r.base} on {r.on} ({r.source})" for r in context.conversion.rates
        )
        facts.append(("Rates", "; ".join(rates) or "none needed"))
        if context.conversion.missing:
            facts.append(("Left out, no rate", ", ".join(context.conversion.missing)))
    for each in asked.filters:
        facts.append((_heading(each.dimension), ", ".join(_filter_labels(uow, asked, each.dimension, each.values))))
    return facts


def _filter_labels(uow: UnitOfWork, asked: ExpenditureFilter, dimension: str, values: Iterable[str]) -> Iterator[str]:
    labels = {option.key: option.label for option in queries.options(uow, asked, dimension)}
    for value in values:
        label = labels.get(value, value)
        yield masked_name(label) if dimension == "customer" and _is_customer(value) else label


def _rate(rate: Rate) -> str:
    return f"1 {rate.currency} = {exact_text(rate.value)} {rate.base} on {rate.on} ({rate.source})"


def _period(first: date, last: date) -> str:
    return f"{first:%Y-%m}" if first == last else f"{first:%Y-%m} to {last:%Y-%m}"


register("expenditures.lines", Lines())
register("expenditures.trend", Trend())
register("expenditures.distribution", Distribution())
register("expenditures.customers", Customers())

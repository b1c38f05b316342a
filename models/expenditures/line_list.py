"""The lines behind a figure: a page of them, or all as a stream for an export. They add up to the figure exactly."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import fields, replace
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pyarrow as pa
import pyarrow.compute as pc
from sqlalchemy import ColumnElement, Select, func, select

from models.core.paging import FIRST_PAGE, Asc, Desc, PageRequest, keyset, page_of
from models.core.unit_of_work import UnitOfWork
from models.customers import queries as customers
from models.engines.statistics import Filter, Sort, ask, fetch, narrowed, stream
from models.expenditures.answers import Figure, LinePage, LineRow
from models.expenditures.dimensions import DIMENSIONS, MANAGERS, customer_accounts, labels
from models.expenditures.facts import expenditure_line
from models.expenditures.filters import ExpenditureFilter
from models.expenditures.frame import Frame, frame
from models.expenditures.measures import COUNTED

_line = expenditure_line.c
_KEYS = ("partner", "customer", "association_type", "account_manager", "billing_mode", "bill_type", "region")
"""Columns that hold a key in the lake and a word in the answer."""


def lines(
    uow: UnitOfWork, asked: ExpenditureFilter, page: PageRequest = FIRST_PAGE, *, sort: Sort = Sort.AMOUNT
) -> LinePage:
    """The lines behind a figure, largest first (`Sort.TIME`: newest first). They add up to the figure exactly.

    Of a question in one named currency only the lines in it are shown; else those of all, each in its own. `sort` by
    amount means its size, so that a large refund is among the first.

    Raises:
        Refused: the cursor is not one of this list.
    """
    framed = _frame(uow, asked)
    order = _order(sort)
    question, stmt = framed.question(compared=None), _statement(uow, framed)
    found, as_of = fetch(uow, question, keyset(stmt, page, order=order), (MANAGERS,))
    words = _words(uow, found)
    accounts = _accounts(uow, found)
    answer = ask(uow, question)
    cut = page_of(found, len(stmt.selected_columns), page, lambda *values: _row(values, words, accounts))
    totals = sorted((Figure(row.currency, row.amount(), None) for row in answer.rows), key=lambda each: each.currency)
    count = int(sum(row.amount(1) for row in answer.rows))
    return LinePage(cut.rows, count, tuple(totals), as_of, cut.next, cut.previous)


def lines_for_export(uow: UnitOfWork, asked: ExpenditureFilter, *, batch: int = 50_000) -> Iterator[pa.RecordBatch]:
    """Exactly the lines behind the figures, as a stream in the order of cycle and delivery.

    Columns are those of `LineRow`, amounts as decimals; consume it while `uow` is open.
    """
    framed = _frame(uow, asked)
    stmt = _statement(uow, framed).order_by(_line.cycle, _line.file_id, _line.line)
    accounts = customer_accounts(uow)
    known: dict[str, dict[str, str]] = {name: {} for name in _KEYS}
    for found in stream(uow, framed.question(compared=None), stmt, (MANAGERS,), batch=batch):
        yield _worded(uow, found, known, accounts)


def _frame(uow: UnitOfWork, asked: ExpenditureFilter) -> Frame:
    if asked.currency and not asked.conversion:
        asked = replace(asked, filters=(*asked.filters, Filter("currency", (asked.currency,))))
    return frame(uow, asked)


def _statement(uow: UnitOfWork, framed: Frame) -> Select[Any]:
    """Every line of the period within filters and scope, its columns in the order of `_SELECTED`."""
    columns = (column.label(name) for name, column in _SELECTED.items())
    question = framed.question(compared=None)
    return narrowed(select(*columns).where(COUNTED), question, uow.actor.scope, also=(MANAGERS,))


def _key(name: str) -> ColumnElement[str]:
    dimension = DIMENSIONS[name]
    return func.coalesce(dimension.column, dimension.missing_key)


def _text(name: str) -> ColumnElement[str]:
    return func.coalesce(_line[name], "")


_SELECTED: Mapping[str, ColumnElement[Any]] = {
    "cycle": _line.cycle,
    "file_id": _line.file_id,
    "line": _line.line,
    "source": _line.source,
    "spent_on": _line.spent_on,
    "charge_start": _line.charge_start,
    "charge_end": _line.charge_end,
    "partner_id": _line.partner_id,
    "partner": _key("partner"),
    "customer_id": _line.customer_id,
    "customer": _key("customer"),
    "association_type": _key("association_type"),
    "account_manager": _key("account_manager"),
    "sub_account_id": _text("sub_account_id"),
    "sub_account_name": _text("sub_account_name"),
    "provider": _text("provider"),
    "service_family": _text("service_family"),
    "service_type": _text("service_type"),
    "product": _text("product"),
    "region": _key("region"),
    "billing_mode": _key("billing_mode"),
    "bill_type": _key("bill_type"),
    "currency": _line.currency,
    "expenditure": _line.expenditure,
    "list_price": _line.list_price,
    "quantity": _line.quantity,
    "unit": _text("unit"),
    "resource_id": _text("resource_id"),
    "resource_name": _text("resource_name"),
    "description": _text("description"),
}


def _order(sort: Sort) -> tuple[Asc | Desc, ...]:
    unique = (Asc(_line.file_id), Asc(_line.line))
    if sort is Sort.TIME:
        return (Desc(_line.spent_on), *unique)
    return (Desc(func.abs(_line.expenditure)), *unique)


def _words(uow: UnitOfWork, found: list[tuple[Any, ...]]) -> dict[str, dict[str, str]]:
    place = {name: number for number, name in enumerate(_SELECTED)}
    return {name: labels(uow, name, (row[place[name]] for row in found)) for name in _KEYS}


def _accounts(uow: UnitOfWork, found: list[tuple[Any, ...]]) -> dict[str, str]:
    place = list(_SELECTED).index("customer_id")
    keys = {UUID(row[place]) for row in found if row[place]}
    return {str(key): account for key, (_, account) in customers.accounts_of(uow, keys).items()}


def _row(values: tuple[Any, ...], words: Mapping[str, Mapping[str, str]], accounts: Mapping[str, str]) -> LineRow:
    cells = dict(zip(_SELECTED, values, strict=True))
    cells["account_name"] = accounts.get(cells["customer"], "")
    for name in _KEYS:
        cells[name] = words[name][cells[name]]
    for name in ("partner_id", "customer_id"):
        cells[name] = UUID(cells[name]) if cells[name] else None
    for name in ("charge_start", "charge_end"):
        cells[name] = _utc(cells[name])
    return LineRow(**cells)


def _utc(moment: datetime | None) -> datetime | None:
    return moment.astimezone(UTC) if moment else None


def _worded(
    uow: UnitOfWork,
    found: pa.RecordBatch,
    known: dict[str, dict[str, str]],
    accounts: Mapping[str, tuple[str, str]],
) -> pa.RecordBatch:
    """A batch with words in place of keys, in the order of `LineRow`; words are asked once for each key."""
    columns = dict(zip(found.schema.names, found.columns, strict=True))
    columns["account_name"] = _replaced(columns["customer"], {key: account for key, (_, account) in accounts.items()})
    for name in _KEYS:
        keys = pc.unique(columns[name]).to_pylist()
        if fresh := [key for key in keys if key not in known[name]]:
            known[name] |= labels(uow, name, fresh)
        columns[name] = _replaced(columns[name], known[name])
    return pa.RecordBatch.from_pydict({each.name: columns[each.name] for each in fields(LineRow)})


def _replaced(column: pa.Array, words: Mapping[str, str]) -> pa.Array:
    """Each text replaced by its word; one without a word becomes empty."""
    encoded = column.dictionary_encode()
    named = pa.array([words.get(key, "") for key in encoded.dictionary.to_pylist()], pa.string())
    return named.take(encoded.indices)

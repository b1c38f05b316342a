"""What people type and what a form holds: there and back, so that typing is never changed in its meaning or lost."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

import pandas as pd

from models.engines.forms.schema import Field
from models.engines.forms.values import holds_data, is_empty
from models.engines.forms.words import amount_words

_NUMBER = re.compile(r"(\d+|\d{1,3}(,\d{3})+)(\.\d+)?")
"""Thousands only where they stand right: `8.640,00` is refused rather than read as eight."""
_MARKS = re.compile(r"([\\`*_\[\]$:~<>#|])")
YES, NO = "Yes", "No"


def marked(text: str) -> str:
    """A text as Markdown that reads as it is written."""
    return _MARKS.sub(r"\\\1", text)


def label(field: Field, *, needed: bool, currency: str) -> str:
    """What stands above an input, as Markdown: unit where it is an amount, a star where it is needed (BEN-COM-03)."""
    unit = f" ({currency})" if field.type == "usd" and currency not in field.label else ""
    return f"{marked(field.label + unit)}{' *' if needed else ''}"


def shown(field: Field, value: Any) -> Any:
    """What the input of a field shows for a value."""
    match field.type:
        case "yes_no":
            return {True: YES, False: NO}.get(value) if isinstance(value, bool) else None
        case "date":
            return _day(value)
        case "choice":
            return value if isinstance(value, str) and value else None
        case "count":
            return f"{value:,}" if isinstance(value, int) and not isinstance(value, bool) else _typed(value)
        case "usd":
            return amount_words(value) if isinstance(value, str) and _NUMBER.fullmatch(value) else _typed(value)
    return _typed(value)


def read(field: Field, typed: Any) -> Any:
    """What a form holds of what was typed: the value, or the text as it is when it is none."""
    match field.type:
        case "yes_no":
            return {YES: True, NO: False}.get(typed)
        case "date":
            return typed.isoformat() if isinstance(typed, date) else None
        case "choice":
            return typed
    text = str(typed or "").replace("\x00", "")
    plain = text.strip().replace(",", "")
    if field.type in ("count", "usd") and _NUMBER.fullmatch(text.strip()):
        if field.type == "usd":
            return _cents(Decimal(plain))
        return int(plain) if plain.isdigit() else text
    return text if field.type == "long_text" else text.strip()


def _cents(amount: Decimal) -> str:
    """With two decimals; with all that there are when they are more, as validation says so."""
    return f"{amount:.2f}" if amount == round(amount, 2) else f"{amount:f}"


def _typed(value: Any) -> str:
    return "" if value is None else str(value)


def _day(value: Any) -> date | None:
    try:
        return date.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None


# ---- the grid of rows ----


_DTYPES = {"yes_no": "boolean", "usd": "Float64", "count": "Int64", "date": "object"}


def frame(columns: Sequence[Field], rows: Sequence[Mapping[str, Any]]) -> pd.DataFrame:
    """Rows for the grid. Amounts go there as floating point, which the grid alone shows: at most 100,000,000.00, so
    that cents come back as they went (`edited`); what is no amount stays in the data and is said below the grid."""
    return pd.DataFrame({
        column.name: pd.Series(
            [_cell(column, row.get(column.name)) for row in rows], dtype=_DTYPES.get(_kind(column), "string")
        )
        for column in columns
    })  # fmt: skip


def _kind(column: Field) -> str:
    return column.shows if column.type == "earlier" else column.type


def _cell(column: Field, value: Any) -> Any:
    if is_empty(value):
        return None
    match _kind(column):
        case "usd":
            try:
                return float(Decimal(value)) if isinstance(value, str) else None
            except InvalidOperation:
                return None
        case "count":
            return value if isinstance(value, int) else None
        case "yes_no":
            return value if isinstance(value, bool) else None
        case "date":
            return _day(value)
    return str(value)


def edited(
    columns: Sequence[Field], base: Sequence[Mapping[str, Any]], done: Mapping[str, Any]
) -> list[dict[str, Any]]:
    """The rows that an editor began with after what was done in it: cells changed, rows added and deleted."""
    rows = [dict(row) for row in base]
    for number, cells in done.get("edited_rows", {}).items():
        rows[int(number)] |= _cells(columns, cells)
    gone = set(done.get("deleted_rows", []))
    rows = [row for number, row in enumerate(rows) if number not in gone]
    return rows + [_cells(columns, cells) for cells in done.get("added_rows", [])]


def _cells(columns: Sequence[Field], cells: Mapping[str, Any]) -> dict[str, Any]:
    kinds = {column.name: column for column in columns if holds_data(column)}
    return {name: _of_cell(kinds[name], value) for name, value in cells.items() if name in kinds}


def _of_cell(column: Field, value: Any) -> Any:
    number = isinstance(value, int | float) and not isinstance(value, bool)
    if column.type == "usd" and number:
        return _cents(Decimal(repr(value)))  # the shortest number that is meant, not its binary neighbour
    if column.type == "count" and number:
        return int(value) if value == int(value) else repr(value)
    return value.replace("\x00", "") if isinstance(value, str) else value

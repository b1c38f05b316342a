"""Values of a list as people read them: cells of the grid and rows on a phone."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import streamlit as st

from dashboard.parts import formats, tables
from dashboard.parts.list_page_state import Shown
from dashboard.parts.rows import Row, Tone
from models.core.actor import current_actor
from models.engines.lists.compiling import ListAnswer, ListRow
from models.engines.lists.schema import ColumnKind, ListColumn
from models.exports import rules as masks
from models.lists.queries import OpenList

Look = Callable[[ListRow], tuple[Tone, str]]
"""The colour of a row on a phone, and its icon; no icon: the list's own."""

GRID: dict[ColumnKind, tables.Kind] = {
    ColumnKind.AMOUNT: "amount", ColumnKind.COUNT: "count", ColumnKind.PERCENT: "percent",
    ColumnKind.SHARE: "share",
}  # fmt: skip
MASKS = {"name": masks.masked_name, "email": masks.masked_email, "mobile": masks.masked_mobile}


def plain_look(row: ListRow) -> tuple[Tone, str]:
    """A row without a colour of its own."""
    return "gray", ""


def header(opened: OpenList, answer: ListAnswer, name: str) -> str:
    """The head of a column, with the currency of its amounts where that is the same for all of them."""
    column = opened.shape.columns[name]
    label = answer.labels.get(name, column.label)
    if column.kind is ColumnKind.AMOUNT and column.currency not in opened.source.fields and name not in answer.labels:
        return f"{label}, {column.currency}"
    if column.kind is ColumnKind.AMOUNT and column.currency in opened.source.fields:
        found = {row.values.get(column.currency) for row in answer.page.rows} - {None}
        return f"{label}, {found.pop()}" if len(found) == 1 else label
    return label


def grid_columns(shown: Shown) -> list[tables.Column]:
    """The columns of the grid."""
    return [
        tables.Column(name, label, _grid_kind(shown, name), shown.opened.shape.columns[name].width,
                      shown.opened.shape.columns[name].help)
        for name, label in shown.labels.items()
    ]  # fmt: skip


def _grid_kind(shown: Shown, name: str) -> tables.Kind:
    column = shown.opened.shape.columns[name]
    if column.kind is ColumnKind.AMOUNT and _mixed(shown, column):
        return "exact"
    return GRID.get(column.kind, "text")


def cells(shown: Shown) -> list[dict[str, Any]]:
    """The rows as the grid takes them."""
    full = shown_in_full(shown.key)
    return [{name: _cell(shown, row, name, full) for name in shown.labels} for row in shown.rows]


def _cell(shown: Shown, row: ListRow, name: str, full: set[str]) -> Any:
    column, value = shown.opened.shape.columns[name], row.values.get(name)
    if name in shown.says:
        return shown.says[name](row) or None
    if value is None:
        return None
    if column.kind is ColumnKind.AMOUNT and _mixed(shown, column):
        return f"{formats.amount(value)} {row.values.get(column.currency) or ''}".strip()
    return value if column.kind in GRID else words(shown, row, name, full) or None


def _mixed(shown: Shown, column: ListColumn) -> bool:
    """Whether the amounts of a column are of several currencies: then each names its own."""
    return len({row.values.get(column.currency) for row in shown.rows} - {None}) > 1


def words(shown: Shown, row: ListRow, name: str, full: set[str] | None = None) -> str:
    """A value in words; empty for nothing."""
    column, value = shown.opened.shape.columns[name], row.values.get(name)
    full = shown_in_full(shown.key) if full is None else full
    if name in shown.says:
        return shown.says[name](row)
    if value is None:
        return ""
    match column.kind:
        case ColumnKind.AMOUNT:
            currency = row.values.get(column.currency) or ("" if column.currency in row.values else column.currency)
            return f"{formats.amount(value)} {currency}".strip()
        case ColumnKind.COUNT:
            return formats.plural(value, column.label.lower().removesuffix("s"))
        case ColumnKind.PERCENT:
            return formats.signed_share(value)
        case ColumnKind.SHARE:
            return formats.share(value)
        case ColumnKind.DATE:
            return formats.day(value)
        case ColumnKind.INSTANT:
            return formats.instant(value)
        case ColumnKind.YES_NO:
            return "Yes" if value else "No"
    behind = shown.opened.source.fields.get(name)
    said = behind.words(value) if behind else str(value)
    hides = column.private and shown.opened.source.definition.masks and column.private not in full
    return MASKS[column.private](said) if hides else said


def shown_in_full(key: str) -> set[str]:
    """The kinds of private data that the person wants to see unmasked; the vendor sees the names of companies."""
    chosen = {*(st.session_state.get(f"list_full:{key}") or ())}
    return chosen | {"name"} if current_actor().is_vendor else chosen


def narrow(shown: Shown, look: Look) -> list[Row]:
    """The rows as a phone shows them."""
    return [_narrow(shown, row, look) for row in shown.rows]


def _narrow(shown: Shown, row: ListRow, look: Look) -> Row:
    phone, known = shown.opened.source.definition.phone, shown.opened.shape.columns
    tone, icon = look(row)

    def joined(names: Sequence[str]) -> str:
        return " · ".join(filter(None, (words(shown, row, name) for name in names if name in known)))

    amount = _short(shown, row, phone.amount) if phone.amount in known else ""
    title = words(shown, row, phone.title) or words(shown, row, next(iter(shown.labels))) or formats.NOTHING
    return Row(str(row.key), title, joined(phone.sub), amount, joined(phone.note), tone, icon or phone.icon)


def _short(shown: Shown, row: ListRow, name: str) -> str:
    value = row.values.get(name)
    if name not in shown.says and shown.opened.shape.columns[name].kind is ColumnKind.INSTANT and value is not None:
        return formats.clock_or_day(value)
    return words(shown, row, name)

"""Rows of a form: a grid to type into, or line by line where rows are fixed or carry files."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import streamlit as st

from dashboard.parts import formats
from dashboard.parts.head import section
from dashboard.parts.wizard_fields import Sheet, below, entry
from dashboard.parts.wizard_files import files
from dashboard.parts.wizard_words import edited, frame
from dashboard.parts.wizard_work import Place, Work
from models.engines.forms.schema import Field
from models.engines.forms.validation import most_rows
from models.engines.forms.values import beside, columns_of, holds_data, is_blank, only_choice, rows_of, rows_to_copy
from models.engines.forms.words import words


def rows(field: Field, sheet: Sheet, *, needed: bool) -> None:
    """The rows of a field, under its label, with a way to copy them where an earlier form has some."""
    with st.container(gap="small", key=f"{sheet.work.key}:{field.name}:rows"):
        _head(field, sheet, needed)
        if in_grid(field):
            _grid(field, sheet)
        else:
            _lines(field, sheet)
        below(Place(sheet.work, field.name), sheet)


def in_grid(field: Field) -> bool:
    """Whether the rows are typed into a grid: they come and go, and none carries files."""
    return not field.fixed and all(column.type != "files" for column in field.of)


def _head(field: Field, sheet: Sheet, needed: bool) -> None:
    money = any(column.type == "usd" for column in field.of)
    source = rows_to_copy(field, sheet.paper.earlier)
    with st.container(horizontal=True, vertical_alignment="center", key=f"{sheet.work.key}:{field.name}:head"):
        section(f"{field.label}{' *' if needed else ''}", aside=sheet.paper.currency if money else "", note=field.help)
        if source:
            name = field.copy_from.rpartition(".")[2].replace("_", " ")
            st.button(
                f"Copy from {name}", icon=":material/content_copy:", type="tertiary",
                key=f"{sheet.work.key}:{field.name}:copy", on_click=_copy, args=(field, sheet.work, source),
            )  # fmt: skip


def _copy(field: Field, work: Work, source: list[dict[str, Any]]) -> None:
    """Copied rows follow those that are there: nothing typed is lost."""
    take_rows(field, work)
    there = [row for row in _rows(field, work) if not is_blank(row)]
    work.put(field.name, there + source)
    work.revision += 1


def _rows(field: Field, work: Work) -> list[dict[str, Any]]:
    found = rows_of(field, work.data.get(field.name))
    return [dict(row) for row in found if isinstance(row, Mapping)] if isinstance(found, list) else []


# ---- the grid ----


def _grid_key(field: Field, work: Work) -> str:
    return f"{work.key}:{work.revision}:{field.name}"


def take_rows(field: Field, work: Work) -> None:
    """Take over what was done in a grid."""
    key = _grid_key(field, work)
    if key in st.session_state and f"{key}:base" in st.session_state:
        now = edited(field.of, st.session_state[f"{key}:base"], st.session_state[key])
        if now != work.data.get(field.name):
            work.put(field.name, now)


def _grid(field: Field, sheet: Sheet) -> None:
    key = _grid_key(field, sheet.work)
    if sheet.work.draws(key):  # what it begins with stays the same while one types: the grid keeps its place
        st.session_state.pop(key, None)
        st.session_state[f"{key}:base"] = _rows(field, sheet.work)
    base = st.session_state[f"{key}:base"]
    next_to = beside(field, base, sheet.paper.earlier)
    st.data_editor(
        frame(field.of, [row | more for row, more in zip(base, next_to, strict=True)]),
        key=key,
        num_rows="dynamic",
        row_height=34,
        placeholder="",
        column_config={
            column.name: _column(column, sheet.paper.currency, last=column is field.of[-1]) for column in field.of
        },
        disabled=[column.name for column in field.of if not holds_data(column)],
        on_change=take_rows,
        args=(field, sheet.work),
        alt=f"{field.label}. Enter edits a cell.",  # part of the grid's identity: a count of rows would begin it anew
    )
    st.html(
        '<div class="k mu sm">Type into the empty line to add one; tick lines at their left edge to delete them.</div>'
    )
    _wrong(field, sheet)


def _column(column: Field, currency: str, *, last: bool) -> Any:
    """How a column is typed into. What a line is about, its box and its amount fit a phone; the last text takes
    what is left of a wide screen."""
    kind = column.shows if column.type == "earlier" else column.type
    name = f"{column.label}{' *' if column.required else ''}"
    config = st.column_config
    match kind:
        case "usd":
            title = name if currency in name else f"{name}, {currency}"
            return config.NumberColumn(
                title, format="%,.2f", step=0.01, min_value=0, width=112, help=column.help or None
            )
        case "count":
            return config.NumberColumn(name, format="%,d", step=1, min_value=0, width=100, help=column.help or None)
        case "yes_no":
            return config.CheckboxColumn(name, width=88, default=False, help=column.help or None)
        case "date":
            return config.DateColumn(name, format="YYYY-MM-DD", width=120, help=column.help or None)
        case "choice":
            options, only = list(column.options), only_choice(column)
            return config.SelectboxColumn(name, options=options, default=only, width=150, help=column.help or None)
    return config.TextColumn(name, width=None if last else 150, help=column.help or None)


def _wrong(field: Field, sheet: Sheet) -> None:
    """What is wrong inside a grid, below it: each line names its row."""
    said = [text for place, texts in sheet.wrong.items() if place.startswith(f"{field.name}[") for text in texts]
    lines = "".join(
        f'<span class="err"><span class="i" aria-hidden="true">error</span><span>{formats.text(text)}</span></span>'
        for text in said
    )
    if lines:
        st.html(f'<div class="k under"><div>{lines}</div></div>')


# ---- line by line ----


def _lines(field: Field, sheet: Sheet) -> None:
    found = _rows(field, sheet.work)
    next_to = beside(field, found, sheet.paper.earlier)
    for number, row in enumerate(found):
        with st.container(border=True, key=f"{sheet.work.key}:{field.name}:line{number}", gap="xsmall"):
            _line(field, number, row | next_to[number], sheet)
    if not field.fixed and len(found) < most_rows(field):
        st.button(
            "Add row", icon=":material/add:", key=f"{sheet.work.key}:{field.name}:add",
            on_click=_put, args=(field, sheet.work, [*found, {}]),
        )  # fmt: skip


def _line(field: Field, number: int, row: Mapping[str, Any], sheet: Sheet) -> None:
    told = set(field.fixed[number].values) if field.fixed else set()
    columns = columns_of(field, number)
    read = [column for column in columns if column.name in told or not holds_data(column)]
    facts = "".join(
        f' <span class="mu">{formats.text(column.label)}: {formats.text(_read(column, row.get(column.name)))}</span>'
        for column in read[1 if told else 0 :]
    )
    name = words(columns[0], row.get(columns[0].name)) if told else f"{field.label} {number + 1}"
    with st.container(horizontal=True, vertical_alignment="center"):
        st.html(f'<div class="k line"><span class="mu">{number + 1}</span> <b>{formats.text(name)}</b>{facts}</div>')
        if not told:
            st.button(
                "Delete", type="tertiary", icon=":material/delete:", help=f"Delete row {number + 1}",
                key=f"{sheet.work.key}:{field.name}:delete{number}", on_click=_delete, args=(field, sheet.work, number),
            )  # fmt: skip
    writable = [column for column in columns if column not in read]
    for place, column in zip(st.columns(len(writable) or 1), writable, strict=False):
        with place:
            _input(column, Place(sheet.work, field.name, number, column.name), sheet)


def _read(column: Field, value: Any) -> str:
    return words(column.model_copy(update={"type": column.shows}) if column.type == "earlier" else column, value)


def _input(column: Field, place: Place, sheet: Sheet) -> None:
    if column.type == "files":
        files(column, place, sheet, needed=column.required)
    else:
        entry(column, place, sheet, needed=column.required)


def _put(field: Field, work: Work, found: list[dict[str, Any]]) -> None:
    work.put(field.name, found)


def _delete(field: Field, work: Work, number: int) -> None:
    work.put(field.name, [row for at, row in enumerate(_rows(field, work)) if at != number])
    work.revision += 1

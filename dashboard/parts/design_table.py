"""A decision table on a page: its rows in a grid, its columns, where no row fits and where two do, its examples."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd
import streamlit as st

from dashboard.parts import formats
from dashboard.parts.design_grid import grid
from dashboard.parts.design_work import attempt, attempted
from dashboard.parts.head import section
from dashboard.parts.outcome import flash, show_problems
from models.core.errors import DomainError, Problem
from models.design import table_editing as tables
from models.design.conditions import Fact
from models.design.table_editing import GATHERS, HITS, MOST_IN_GRID, Shown
from models.engines.definitions.loading import Content

CELLS = (
    "A cell is `-` for whatever, `empty`, a value, several (`EMEA, APAC`), `not EMEA`, `>= 50000`, "
    "`100..200` with both ends, or `[100..200)` without the last."
)
PREVIEW = 100


def table(content: Content, name: str, facts: Mapping[str, Fact], *, editable: bool, revision: int) -> None:
    """Everything of a table; of a version in force, to look at."""
    columns, rows = tables.shown(content, name, facts), tables.cells(tables.table_of(content, name))
    if editable:
        _bar(content, name, columns, facts, revision)
    if not editable or len(rows) > MOST_IN_GRID:
        if editable:
            st.warning(
                f"This table has {len(rows):,} rows; up to {MOST_IN_GRID:,} can be changed here. Take it away as CSV, "
                "change it in a spreadsheet, and bring it in again: nothing of it is lost.",
                icon=":material/table_rows:",
            )  # fmt: skip
        _look(columns, rows)
    else:
        grid(
            f"{name}:rows", rows, {each.key: _config(each) for each in columns}, label="Rows of the table",
            tidy=lambda typed: tables.tidied(typed, columns),
            put=lambda typed: attempted(lambda: tables.with_rows(content, name, typed)),
            height=min(max(len(rows), 4) + 2, 12) * 35 + 3,
        )  # fmt: skip
        st.caption(CELLS)
    _findings(content, name, otherwise=bool(content["type"]["workflow"]["nodes"][name].get("otherwise")))
    _examples(content, name, columns, editable=editable)


def _config(column: Shown) -> Any:
    heading = f"{column.label} {'?' if column.is_input else '→'}"
    if not column.is_input and column.options:
        return st.column_config.SelectboxColumn(heading, options=list(column.options))
    if not column.is_input and column.kind == "yes_no":
        return st.column_config.SelectboxColumn(heading, options=["yes", "no"])
    help_ = f"One of {', '.join(column.options)}" if column.options else None
    if column.is_way:
        help_ = "Where the case goes on: each word is a way that leads on from here."
    return st.column_config.TextColumn(heading, help=help_, default="-" if column.is_input else "")


def _look(columns: Sequence[Shown], rows: list[list[str]]) -> None:
    frame = pd.DataFrame(
        rows[:PREVIEW], columns=[each.label for each in columns], index=range(1, min(len(rows), PREVIEW) + 1)
    )
    st.dataframe(frame, width="stretch", height=min(len(frame) + 1, 12) * 35 + 3)
    if len(rows) > PREVIEW:
        st.html(f'<p class="k mu">and {formats.plural(len(rows) - PREVIEW, "more row")}</p>')


def _bar(content: Content, name: str, columns: Sequence[Shown], facts: Mapping[str, Fact], revision: int) -> None:
    """What rows do together, columns, the order of rows, and the table as a file."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        hit, widget = str(tables.table_of(content, name).get("hit", "first")), f"design:hit:{revision}"
        st.selectbox(
            "When several rows fit", list(HITS), index=list(HITS).index(hit), format_func=HITS.__getitem__, key=widget,
            on_change=lambda: attempt(lambda: tables.with_hit(content, name, st.session_state[widget])),
        )  # fmt: skip
        with st.popover("Columns", icon=":material/view_column:"):
            _columns(content, name, columns, facts, revision, collects=hit == "collect")
        with st.popover("Order", icon=":material/swap_vert:"):
            _order(content, name, revision)
        with st.popover("As a file", icon=":material/description:"):
            _file(content, name, columns)


def _columns(
    content: Content, name: str, columns: Sequence[Shown], facts: Mapping[str, Fact], revision: int, *, collects: bool
) -> None:
    for each in columns:
        with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
            what = "Asked" if each.is_input else "Answered"
            st.html(f'<div class="k"><b>{formats.text(each.label)}</b> <span class="mu">{what}</span></div>')
            if collects and not each.is_input and each.kind in ("usd", "count", "date"):
                _gather(content, name, each, revision)
            st.button(f"Remove {each.label}", icon=":material/close:", type="tertiary", key=f"design:col-:{each.key}",
                      on_click=attempt, args=(_removal(content, name, each),))  # fmt: skip
    for asked, label in ((True, "Also ask"), (False, "Also answer")):
        offered = tables.addable(content, name, facts, asked=asked)
        widget = f"design:col+:{asked}:{revision}"
        if offered:
            labels = {each: fact.label for each, fact in offered.items()}
            st.selectbox(
                label, list(offered), index=None, format_func=labels.__getitem__, key=widget,
                placeholder="Choose a field", on_change=_added, args=(content, name, offered, widget, asked),
            )  # fmt: skip
    if not any(each.is_way for each in columns):
        st.button("Let a column name the way on", icon=":material/call_split:", key="design:col+way", on_click=attempt,
                  args=(lambda: tables.with_way_column(content, name),))  # fmt: skip


def _removal(content: Content, name: str, column: Shown) -> Any:
    return lambda: tables.without_column(content, name, column)


def _added(content: Content, name: str, offered: Mapping[str, Fact], widget: str, asked: bool) -> None:
    if chosen := st.session_state[widget]:
        attempt(lambda: tables.with_column(content, name, offered[chosen], asked=asked))


def _gather(content: Content, name: str, column: Shown, revision: int) -> None:
    raw = next(each for each in tables.table_of(content, name)["outputs"] if each["name"] == column.name)
    widget = f"design:gather:{revision}:{column.name}"
    st.selectbox(
        "Several become", list(GATHERS), index=list(GATHERS).index(raw.get("gather", "sum")), key=widget,
        format_func=GATHERS.__getitem__, label_visibility="collapsed",
        on_change=lambda: attempt(lambda: tables.with_gather(content, name, column.name, st.session_state[widget])),
    )  # fmt: skip


def _order(content: Content, name: str, revision: int) -> None:
    """Rows are asked from the first to the last."""
    count = len(tables.table_of(content, name).get("rows", ()))
    if count < 2:
        st.html('<p class="k mu">There is one row only.</p>')
        return
    row, to = f"design:row:{revision}", f"design:row_to:{revision}"
    st.number_input("Row", 1, count, 1, key=row)
    st.number_input("Becomes row", 1, count, 1, key=to)
    st.button("Move it", key="design:row_move", on_click=lambda: attempt(
        lambda: tables.with_row_moved(content, name, st.session_state[row], st.session_state[to])))  # fmt: skip


def _file(content: Content, name: str, columns: Sequence[Shown]) -> None:
    st.download_button("Take it away as CSV", tables.to_csv(content, name, columns), f"{name}.csv", "text/csv",
                       icon=":material/download:")  # fmt: skip
    upload = st.file_uploader("Rows as CSV, with the same first line", type=["csv"], key="design:table_file")
    if upload is not None and st.button("Replace the rows", type="primary", key="design:table_bring"):
        try:
            made = tables.tidied(tables.from_csv(upload.getvalue(), columns), columns)
        except DomainError as error:
            show_problems(error)
            return
        attempt(lambda: tables.with_rows(content, name, made))
        flash(f"{formats.plural(len(made), 'row')} of {upload.name} are in the table. Undo brings back what was there.")
        st.rerun()


def _findings(content: Content, name: str, *, otherwise: bool) -> None:
    """Gaps, overlaps, rows that never count."""
    wrong, gaps = tables.looked_at(content, name)
    wrong = [each for each in wrong if each.code != "TABLE-EXAMPLE"]
    lines = [_line(each, "error", "t-red") for each in wrong[:12]]
    if len(wrong) > 12:
        lines.append(f'<p class="mu">and {formats.plural(len(wrong) - 12, "more")}</p>')
    for gap in gaps:
        if otherwise:
            lines.append(
                _line(Problem(gap.code, f"{gap.text} Such a case takes the way of otherwise."), "info", "t-blue")
            )
        else:
            lines.append(
                _line(Problem(gap.code, f"{gap.text} Add a row, or say where such a case goes."), "error", "t-red")
            )
    if not lines:
        lines.append(
            _line(Problem("", "Every case has a row, and no row is in another's way."), "check_circle", "t-green")
        )
    st.html(f'<div class="k dt" role="status">{"".join(lines)}</div>')


def _line(problem: Problem, icon: str, tone: str) -> str:
    return f'<div><span class="i {tone}" aria-hidden="true">{icon}</span> {formats.text(problem.text)}</div>'


def _examples(content: Content, name: str, columns: Sequence[Shown], *, editable: bool) -> None:
    """What has to come out for some cases; asked again on every change."""
    rows = tables.examples(content, name, columns)
    wrong = {each.field: each.text for each in tables.looked_at(content, name)[0] if each.code == "TABLE-EXAMPLE"}
    section(
        "Examples", aside="tests of this table: what is asked, and what has to be answered; nothing: no row may fit"
    )
    if editable:
        grid(
            f"{name}:examples", rows, {each.key: _config(each) for each in columns}, label="Examples",
            tidy=lambda typed: tables.tidied(typed, columns),
            put=lambda typed: attempted(lambda: tables.with_examples(content, name, columns, typed)),
            height=min(max(len(rows), 2) + 2, 8) * 35 + 3,
        )  # fmt: skip
    elif rows:
        _look(columns, rows)
    lines = [
        _line(Problem("", wrong.get(f"examples.{number}", f"Example {number} comes out as written.")),
              *(("error", "t-red") if f"examples.{number}" in wrong else ("check_circle", "t-green")))
        for number in range(1, len(rows) + 1)
    ]  # fmt: skip
    if lines:
        st.html(f'<div class="k dt" role="status">{"".join(lines)}</div>')

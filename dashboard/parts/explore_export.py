"""The way out of an answer: the whole of it as a file made in the background, or what is shown when a file is in it."""

from __future__ import annotations

import io

import pyarrow as pa
import pyarrow.csv as pa_csv
import streamlit as st

from dashboard.parts.expenditures_export import FORMAT_NAMES
from dashboard.parts.outcome import outcome
from models.core.actor import current_actor
from models.core.spreadsheets import harmless
from models.core.unit_of_work import unit_of_work
from models.explore.asking import Answered, Asked
from models.explore.exporting import question_of
from models.exports import service
from models.exports.rules import CREATED
from models.statistics.asks import Ask
from models.statistics.results import Result


def export_answer(asked: Asked, found: Answered) -> None:
    """Export the answer to a statement. What was brought lives in this session alone, so no worker could read it."""
    if not current_actor().may("exports.create") or not found.rows.num_rows:
        return
    if found.own:
        st.download_button(
            "Download shown rows", csv_of(found.rows), file_name="answer.csv", mime="text/csv",
            icon=":material/download:", key="explore_download",
        )  # fmt: skip
        return
    chosen = st.menu_button(
        "Export", list(FORMAT_NAMES), format_func=lambda each: f"All rows as {FORMAT_NAMES[each]}",
        icon=":material/download:", key="explore_export",
    )  # fmt: skip
    if chosen is None:
        return
    title = " ".join(asked.text.split())[:80]
    with outcome(done=CREATED, link=("Export history", "exports")), unit_of_work() as uow:
        service.request(uow, "explore.sql", question_of(asked), chosen, f"Answer: {title}")


def csv_of(rows: pa.Table) -> bytes:
    """Rows as CSV in UTF-8; texts that a spreadsheet would take for a formula are made harmless."""
    safe = [
        pa.array([None if value is None else harmless(value) for value in column.to_pylist()], pa.string())
        if pa.types.is_string(column.type) else column
        for column in rows.columns
    ]  # fmt: skip
    sink = io.BytesIO(b"\xef\xbb\xbf")
    sink.seek(3)
    pa_csv.write_csv(pa.table(safe, names=rows.column_names), sink)
    return sink.getvalue()


def export_fields(ask: Ask, found: Result) -> None:
    """Export the rows of an answer by fields, exact."""
    if not current_actor().may("exports.create") or not found.rows:
        return
    chosen = st.menu_button(
        "Export", list(FORMAT_NAMES), format_func=FORMAT_NAMES.__getitem__, icon=":material/download:",
        key="explore_fields_export",
    )  # fmt: skip
    if chosen is None:
        return
    words = ", ".join(each.words for each in found.measures)
    with outcome(done=CREATED, link=("Export history", "exports")), unit_of_work() as uow:
        service.request(uow, "explore.fields", {"ask": ask.model_dump(mode="json")}, chosen, f"{words}, {found.words}")

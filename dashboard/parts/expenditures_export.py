"""The Export menu of the expenditure pages: the table of the tab or the lines behind it, as a background task."""

from __future__ import annotations

from typing import Any

import streamlit as st

from dashboard.parts.expenditures_view import Tab, View
from dashboard.parts.expenditures_words import Period
from dashboard.parts.go import go
from dashboard.parts.outcome import outcome
from models.core.unit_of_work import unit_of_work
from models.exports import service
from models.exports.rules import CREATED, ExportFormat

FORMAT_NAMES = {ExportFormat.CSV: "CSV", ExportFormat.XLSX: "XLSX", ExportFormat.PARQUET: "Parquet"}
PRINTED = {**FORMAT_NAMES, ExportFormat.PDF: "PDF with charts"}
"""Tables can be printed; lines are many and wide."""
TABLES = {
    Tab.OVERVIEW: ("expenditures.customers", "Customer list", "Expenditures of customers"),
    Tab.TREND: ("expenditures.trend", "Trend", "Expenditure trend"),
    Tab.DISTRIBUTION: ("expenditures.distribution", "Distribution", "Expenditure distribution"),
}
LINES = ("expenditures.lines", "Lines", "Expenditure lines")

Choice = tuple[str, str, str, ExportFormat]


def export_menu(view: View, period: Period, *, lines_only: bool = False) -> None:
    """Let the person export what is filtered; asking creates a task and leads to the export history (FIN-SEXP-05)."""
    kinds = [LINES] if lines_only else [TABLES[view.tab], LINES]
    choices: list[Choice] = [
        (*kind, format_) for kind in kinds for format_ in (FORMAT_NAMES if kind == LINES else PRINTED)
    ]
    chosen = st.menu_button("Export", choices, format_func=_words, icon=":material/download:", key="export")
    if chosen is None:
        return
    kind, _, title, format_ = chosen
    with outcome(done=CREATED, link=("Export history", "exports")), unit_of_work() as uow:
        service.request(uow, kind, question_of(view, kind), format_, f"{title}, {period.words}")


def history_link() -> None:
    """The way to what was exported (FIN-SEXP-05: View Export)."""
    if st.button("Export history", type="tertiary", icon=":material/history:", key="export_history"):
        go("exports", {})


def question_of(view: View, kind: str) -> dict[str, Any]:
    """What is exported: exactly what the page shows, as the producers of `models.exports` read it."""
    question: dict[str, Any] = {"asked": view.asked.to_address()}
    if kind in ("expenditures.trend", "expenditures.distribution"):
        question["by"] = view.group
    if kind == "expenditures.distribution":
        question["sort"] = view.sort.value
    if kind == "expenditures.customers":
        question["search"] = view.search
    return question


def _words(choice: Choice) -> str:
    return f"{choice[1]} as {PRINTED[choice[3]]}"

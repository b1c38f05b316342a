"""The Export menu of pages of statistics: exactly the figures and tiles that are shown, as a background task."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import streamlit as st

from dashboard.parts.go import go
from dashboard.parts.outcome import outcome
from models.core.unit_of_work import unit_of_work
from models.exports import service
from models.exports.rules import CREATED, ExportFormat
from models.statistics import exporting_lines
from models.statistics.asks import Ask
from models.statistics.exporting import KIND, question_of

FORMATS = {
    ExportFormat.PDF: "PDF with charts",
    ExportFormat.XLSX: "Excel workbook (XLSX)",
    ExportFormat.CSV: "CSV",
    ExportFormat.PARQUET: "Parquet",
}


def export_menu(title: str, asks: Callable[[], Sequence[tuple[str, Ask]]]) -> None:
    """Let the person export what is shown: each question with its title, asked for at the click (FIN-EXP-01)."""
    if (chosen := _chosen(FORMATS)) is None:
        return
    shown = asks()
    with outcome(done=CREATED, link=("Export history", "exports")), unit_of_work() as uow:
        service.request(uow, KIND, question_of(shown, uow), chosen, title)


def export_lines(title: str, ask: Ask) -> None:
    """Let the person export every line behind a figure."""
    if (chosen := _chosen({**FORMATS, ExportFormat.PDF: "PDF"})) is None:
        return
    with outcome(done=CREATED, link=("Export history", "exports")), unit_of_work() as uow:
        service.request(uow, exporting_lines.KIND, exporting_lines.question_of(ask, uow), chosen, title)


def _chosen(names: Mapping[ExportFormat, str]) -> ExportFormat | None:
    if st.button("Export history", type="tertiary", icon=":material/history:", key="export_history"):
        go("exports", {})
    found: ExportFormat | None = st.menu_button(
        "Export", list(names), format_func=names.__getitem__, icon=":material/download:", key="export"
    )
    return found

"""The Export menu of pages of statistics: exactly the figures and tiles that are shown, as a background task."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import streamlit as st

from dashboard.parts.go import go
from dashboard.parts.outcome import outcome
from models.core.unit_of_work import unit_of_work
from models.exports import service
from models.exports.rules import CREATED, ExportFormat
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
    if st.button("Export history", type="tertiary", icon=":material/history:", key="export_history"):
        go("exports", {})
    chosen = st.menu_button(
        "Export", list(FORMATS), format_func=FORMATS.__getitem__, icon=":material/download:", key="export"
    )
    if chosen is None:
        return
    shown = asks()
    with outcome(done=CREATED, link=("Export history", "exports")), unit_of_work() as uow:
        service.request(uow, KIND, question_of(shown, uow), chosen, title)

"""An export on paper: title, what it is about, and each section with its picture and table; A4, landscape."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from reportlab.graphics.charts.barcharts import HorizontalBarChart, VerticalBarChart
from reportlab.graphics.shapes import Drawing
from reportlab.lib import colors
from reportlab.lib.pagesizes import A4, landscape
from reportlab.lib.units import mm
from reportlab.platypus import KeepTogether, SimpleDocTemplate, Spacer, Table, TableStyle

from models.core.errors import Problem, Refused
from models.core.paper import FONT, GREY, LINE, load_fonts, paragraph
from models.exports.producers import Section

MOST = 3_000
"""Records that can be printed; more would be some hundred pages that nobody reads."""
WIDTH = 265 * mm
BLUE = colors.HexColor("#2A66D9")
BARS = 24
"""Bars of one picture."""
LONGEST = 34
"""Characters of a name beside a bar."""


def printed(target: Path, title: str, facts: Sequence[tuple[str, str]], sections: Sequence[Section]) -> None:
    """Write the PDF.

    Raises:
        Refused: there are more records than can be printed.
    """
    records = sum(len(section.rows) for section in sections)
    if records > MOST:
        text = f"{records:,} records are more than the {MOST:,} a PDF can have. Choose CSV, XLSX or Parquet."
        raise Refused(Problem("EXPORT-PRINT", text))
    load_fonts()
    document = SimpleDocTemplate(
        str(target), pagesize=landscape(A4), leftMargin=16 * mm, rightMargin=16 * mm, topMargin=14 * mm,
        bottomMargin=14 * mm, title=title, author="Kontor",
    )  # fmt: skip
    story: list[Any] = [paragraph(title, 17), Spacer(1, 2 * mm), _facts(facts)]
    for section in sections:
        story += [Spacer(1, 6 * mm), *_section(section)]
    document.build(story, onFirstPage=_foot, onLaterPages=_foot)


def whole(headers: Sequence[str], rows: Sequence[Sequence[str]], numbers: Sequence[int]) -> Section:
    """All records as one table."""
    return Section("Records", "", headers, rows, numbers)


def _foot(canvas: Any, document: Any) -> None:
    canvas.setFont(FONT, 8)
    canvas.setFillColor(GREY)
    canvas.drawRightString(landscape(A4)[0] - 16 * mm, 8 * mm, str(document.page))


def _facts(facts: Sequence[tuple[str, str]]) -> Table:
    table = Table([[paragraph(name, 8, GREY), paragraph(words, 8)] for name, words in facts] or [["", ""]],
                  colWidths=[40 * mm, WIDTH - 40 * mm])  # fmt: skip
    table.setStyle(TableStyle([*_dense(0.5), ("LEFTPADDING", (0, 0), (-1, -1), 0)]))
    return table


def _section(section: Section) -> list[Any]:
    head: list[Any] = [paragraph(section.title, 12)]
    if section.note:
        head.append(paragraph(section.note, 8.5, GREY))
    if section.bars:
        head += [Spacer(1, 2 * mm), _columns(section) if section.over_time else _bars(section)]
    return [KeepTogether(head), Spacer(1, 2 * mm), _table(section)] if section.rows else [KeepTogether(head)]


def _table(section: Section) -> Table:
    size = 7.5 if len(section.headers) > 8 else 8.5
    right = set(section.numbers)
    cells = [[paragraph(text, size, GREY, right=place in right) for place, text in enumerate(section.headers)]]
    cells += [[paragraph(text, size, right=place in right) for place, text in enumerate(row)] for row in section.rows]
    table = Table(cells, colWidths=[WIDTH / len(section.headers)] * len(section.headers), repeatRows=1)
    table.setStyle(TableStyle([*_dense(1.5), ("LINEBELOW", (0, 0), (-1, -1), 0.4, LINE)]))
    return table


def _dense(points: float) -> list[tuple[Any, ...]]:
    every = (0, 0), (-1, -1)
    return [("VALIGN", *every, "TOP"), ("TOPPADDING", *every, points), ("BOTTOMPADDING", *every, points)]


def _columns(section: Section) -> Drawing:
    drawing, chart = Drawing(WIDTH, 48 * mm), VerticalBarChart()
    chart.x, chart.y, chart.width, chart.height = 44, 22, WIDTH - 60, 48 * mm - 30
    _dress(chart, section.bars[:BARS])
    chart.valueAxis.labels.fontSize = 7
    chart.valueAxis.labels.fontName = FONT
    chart.valueAxis.strokeColor = None
    chart.valueAxis.gridStrokeColor = LINE
    chart.valueAxis.visibleGrid = True
    drawing.add(chart)
    return drawing


def _bars(section: Section) -> Drawing:
    bars = list(reversed(section.bars[:BARS]))  # the first stands on top
    height = (len(bars) * 5.2 + 4) * mm
    drawing, chart = Drawing(WIDTH, height), HorizontalBarChart()
    chart.x, chart.y, chart.width, chart.height = 150, 4, WIDTH - 240, height - 8
    _dress(chart, bars)
    chart.valueAxis.visible = False
    drawing.add(chart)
    return drawing


def _dress(chart: Any, bars: Sequence[tuple[str, float]]) -> None:
    chart.data = [[value for _, value in bars]]
    chart.categoryAxis.categoryNames = [name if len(name) <= LONGEST else f"{name[: LONGEST - 1]}…" for name, _ in bars]
    chart.categoryAxis.labels.fontName = FONT
    chart.categoryAxis.labels.fontSize = 7.5
    chart.categoryAxis.strokeColor = LINE
    chart.categoryAxis.visibleTicks = False
    chart.bars[0].fillColor = BLUE
    chart.bars[0].strokeColor = None
    chart.valueAxis.valueMin = min([0.0, *(value for _, value in bars)])
    chart.barWidth, chart.groupSpacing = 5, 3

"""The frame of the expenditure page: head, chips, tabs; around whatever the chosen tab shows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

import streamlit as st

from dashboard.parts import expenditures_controls as controls
from dashboard.parts import expenditures_tabs, formats
from dashboard.parts.chips import chip_bar
from dashboard.parts.expenditures_sections import answer_sentence, show_answer
from dashboard.parts.expenditures_tabs import Picture
from dashboard.parts.expenditures_view import Against, Tab, View
from dashboard.parts.head import page_head

FORMATS = ("CSV", "XLSX", "Parquet")


@dataclass(frozen=True, slots=True)
class Known:
    """What the page must know before it asks for figures: how far data goes, and what one can choose among."""

    subject: str
    latest: date
    today: date
    as_of: datetime | None
    currencies: Sequence[str]
    base: str
    rates: str
    choices: Mapping[str, Sequence[tuple[str, str]]]


def head(known: Known, view: View, *, may_export: bool) -> str | None:
    """Title, what it is about, and Export; returns the format that was chosen in this run."""
    chosen: str | None = None
    words, actions = st.columns([3, 1], vertical_alignment="center")
    with words:
        as_of = f"data as of {formats.instant(known.as_of)}" if known.as_of else "no data yet"
        page_head("Expenditures", line=[known.subject, "GMT+08:00", as_of, "without tax, discounts deducted"])
    with actions, st.container(horizontal=True, horizontal_alignment="right", key="page_actions"):
        if may_export:
            chosen = st.menu_button("Export", FORMATS, icon=":material/download:", key="export")
    return chosen


def chips(known: Known, view: View, picture: Picture | None) -> None:
    """Period, comparison, currency and filters as chips; the address holds them."""
    before = picture.period.before if picture and picture.period.compared else ""
    nothing = "Not compared" if view.against is Against.NOTHING else "Nothing to compare with"
    with chip_bar():
        controls.period_chip(view, latest=known.latest, today=known.today)
        controls.against_chip(view, f"Compared with {before}" if before else nothing)
        controls.currency_chip(view, known.currencies, known.base, known.rates)
        controls.filter_chips(view, known.choices)


def body(view: View, picture: Picture, *, partners: bool) -> None:
    """The sentence that answers, the tabs, and the chosen one."""
    show_answer(
        answer_sentence(
            picture.period, picture.totals, picture.movers, picture.unit, picture.lines, picture.mover_lines
        )
    )
    controls.tabs(view)
    match view.tab:
        case Tab.OVERVIEW:
            expenditures_tabs.overview(view, picture, partners=partners)
        case Tab.TREND:
            expenditures_tabs.trend(view, picture)
        case Tab.DISTRIBUTION:
            expenditures_tabs.distribution(view, picture)

"""Limits of reviewers, in force and ended: who decides up to which amount, since when, who set and ended it."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from dashboard.parts import formats, list_page
from dashboard.parts.empty import state
from dashboard.parts.head import answer, section
from dashboard.parts.reference_files import files
from dashboard.parts.rows import Tone
from models.core.unit_of_work import unit_of_work
from models.engines.lists import ListRow
from models.reference.overview import AgreementRow
from models.reference.overview import agreements as all_agreements

MANAGE = "reviewers.manage"


def limits() -> None:
    """All limits as a list, and files."""
    with unit_of_work(read_only=True) as uow:
        shown = list_page.ask(uow, "limits", more=["state"])
        now = list_page.count_only(uow, shown, state="now")
    list_page.toolbar(shown)
    way = '<a href="reviewers" target="_self">Administration › Reviewers</a>'
    answer(
        f"<b>{formats.plural(now, 'person', 'people')}</b> may decide where a stage asks for a limit.",
        beside=f"They are set under {way}, by somebody else than the person. Numbers of a type stand under All types.",
    )
    list_page.draw(shown, label="Limits of reviewers, those in force first", look=look)
    files("limits", may_change=True)


def look(row: ListRow) -> tuple[Tone, str]:
    """What is in force stands out."""
    return ("green" if row.values["state"] == "now" else "gray"), "gavel"


# ---- agreements ----


def agreements(*, may_design: bool) -> None:
    """Each agreement of every type with its text, and its earlier versions."""
    with unit_of_work(read_only=True) as uow:
        rows = all_agreements(uow)
    words = formats.plural(len(rows), "agreement")
    answer(
        f"<b>{words}</b> that partners agree to when they apply.",
        beside="What a partner agreed to stays with its case. An agreement is changed in the designer."
        if may_design else "What a partner agreed to stays with its case.",
    )  # fmt: skip
    if not rows:
        state("empty", "No agreement", "An application type that asks for one names it among its words.")
    for row in rows:
        _agreement(row)


def _agreement(row: AgreementRow) -> None:
    section(row.title, aside=f"{row.type_name} · version {row.versions[0].number}")
    for place, each in enumerate(row.versions):
        by = f"since {formats.day(formats.business(each.since))}, agreed by {each.by}" if each.since else "as delivered"
        title = f"Version {each.number}, {by}" if not place else f"Before: version {each.number}, {by}"
        with st.expander(formats.plain(title)):
            st.markdown(each.text)


__all__: Sequence[str] = ("MANAGE", "agreements", "limits")

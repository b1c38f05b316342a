"""The application types there are, to design: which version is in force, what runs on it, what somebody is changing."""

from __future__ import annotations

from uuid import UUID

import streamlit as st

from dashboard.parts import formats
from dashboard.parts.design_release import asked, closed, difference_list
from dashboard.parts.design_work import act
from dashboard.parts.dialog import dialog
from dashboard.parts.go import go
from dashboard.parts.head import answer, page_head
from dashboard.parts.rows import Row, rows
from dashboard.parts.shell import style
from models.core.actor import current_actor
from models.core.unit_of_work import unit_of_work
from models.design import drafting, queries, shipped
from models.design.queries import TypeRow
from models.design.rules import DraftStatus
from models.design.shipped import Newer
from models.design.templates import TEMPLATES, template
from models.engines.definitions import versions

MADE = "design:made"


@dialog("New application type", on_dismiss=lambda: closed())
def new_type() -> None:
    """A draft of a type that does not exist yet."""
    name = st.text_input("What partners shall call it", key="design:new", placeholder="Partner event sponsorship")
    kind = st.radio(
        "Begin with", list(TEMPLATES), format_func=lambda each: TEMPLATES[each].name, key="design:template",
        captions=[each.words for each in TEMPLATES.values()],
    )  # fmt: skip
    made: list[UUID] = []
    if st.button("Begin the draft", type="primary", key="design:do") and act(
        f"The draft of {name.strip()} has begun. Nobody but managers sees it until it is published.",
        lambda uow: made.append(drafting.begin_new(uow, name, template(kind))),
    ):
        st.session_state[MADE] = made[0]
        closed()
        st.rerun()


def line(row: TypeRow) -> Row:
    """A type as a row that leads to its workflow."""
    link = f"draft={row.draft.id}" if row.draft else f"type={row.key}"
    in_force = f"Version {versions.words(row.version)}" if row.version else "Not published yet"
    since = f" since {formats.day(formats.business(row.since))}, agreed by {row.by}" if row.since else ""
    runs = f"{formats.plural(row.stages, 'review stage')} · {formats.plural(row.running, 'case')} under way"
    sub = f"{in_force}{since} · {runs}" if row.version else in_force
    if row.draft is None:
        return Row(link, row.name, sub, icon=row.icon)
    when = formats.clock_or_day(row.draft.changed_at)
    if row.draft.status is DraftStatus.PROPOSED:
        return Row(link, row.name, sub, "", f"{row.draft.proposed_by} asks for agreement", "orange", row.icon)
    return Row(link, row.name, sub, "", f"Draft by {row.draft.changed_by}, {when}", "blue", row.icon)


def sentence(found: list[TypeRow]) -> str:
    """How many types there are, and what waits for somebody's agreement."""
    in_force = sum(row.version is not None for row in found)
    asked = sum(row.draft is not None and row.draft.status is DraftStatus.PROPOSED for row in found)
    drafts = sum(row.draft is not None for row in found)
    words = f"<b>{formats.plural(in_force, 'application type')}</b> in force"
    words += f", <b>{formats.plural(drafts, 'draft')}</b>" if drafts else ", no drafts"
    return words + (
        f"; <b>{formats.count(asked)}</b> {'waits' if asked == 1 else 'wait'} for agreement." if asked else "."
    )


def newer(each: Newer, view: str) -> None:
    """A version that came with Kontor and is not in force here: what it changes, and the way into a draft."""
    with st.container(border=True, key=f"design_newer_{each.key}"):
        version, now = versions.words(each.version), versions.words(each.in_force)
        left, right = st.columns([4, 1], vertical_alignment="center")
        left.html(
            f'<div class="k"><span class="i t-blue" aria-hidden="true">new_releases</span> <b>Kontor brings version '
            f"{version} of {formats.text(each.name)}.</b> <span class='mu'>Version {now} is in force here; what you "
            "changed stays changed.</span></div>"
        )
        made: list[UUID] = []
        if right.button("Take it into a draft", key=f"design:take:{each.key}", width="stretch") and act(
            f"Version {version} is in the draft. Look at what changes, then propose it.",
            lambda uow: made.append(shipped.take(uow, each.key)),
        ):
            go("designer", {"draft": str(made[0]), "view": view})
        words = formats.plural(len(each.changes), "difference")
        with st.expander(f"What it would change: {words}", icon=":material/difference:"):
            if each.kept:
                places = formats.listing(list(each.kept), most=8)
                st.html(f'<p class="k mu">Changed here as well, and kept as it is here: {formats.text(places)}.</p>')
            difference_list(each.changes)


def type_list(title: str, about: str, view: str) -> None:
    """The list; opening a type leads to the designer, at one of its views."""
    current_actor().demand("design.edit")
    style("design.css")
    if made := st.session_state.pop(MADE, None):
        go("designer", {"draft": str(made), "view": view})
    with unit_of_work(read_only=True) as uow:
        found, brought = queries.types(uow), shipped.newer(uow)
    left, right = st.columns([3, 1], vertical_alignment="top")
    with left:
        page_head(title, line=[about])
        answer(sentence(found), beside="Open one to look. A change is a draft until somebody else agrees to it.")
    with right, st.container(horizontal=True, horizontal_alignment="right"):
        if asked("new", pressed=st.button("New application type", icon=":material/add:", type="primary")):
            new_type()
    for each in brought:
        newer(each, view)
    label = "Application types; open one"
    if opened := rows([line(row) for row in found], key="workflows", label=label):
        name, _, value = opened.partition("=")
        go("designer", {name: value, "view": view})

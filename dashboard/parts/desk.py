"""A desk: what waits on the left, the open case on the right, what can be done with it below. The review queue and the
payment desk are two desks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import streamlit as st

from dashboard.parts import address, formats, listing
from dashboard.parts.case_screen import case_head, review_body, screen_of
from dashboard.parts.chips import Chip, Choice, chip_bar, filter_menu, removable
from dashboard.parts.deciding import Turn, action_bar, carry_out, is_silent, open_next
from dashboard.parts.due import age_words, due_words
from dashboard.parts.empty import state
from dashboard.parts.head import answer, page_head
from dashboard.parts.outcome import show_problems
from dashboard.parts.pager import page_from_address, pager
from dashboard.parts.queue_list import Waiting, queue_list
from models.applications import queries, reviewing
from models.applications.access import DESKS
from models.applications.rows import QueueCounts, QueueFilter, TaskRow
from models.core.actor import current_actor
from models.core.errors import DomainError
from models.core.unit_of_work import unit_of_work

PARAMS = ("stage", "only", "q", "case")
ONLY = {"mine": "Held by me", "overdue": "Overdue", "all": "Other roles' too"}
SIZE = 25


@dataclass(frozen=True, slots=True)
class Desk:
    """Which desk, its page's title, and what lies on it in words: `review`, `payment`."""

    key: str
    title: str
    thing: str


def wanted_from_address(desk: Desk) -> QueueFilter:
    """The part of the queue that the address asks for; who decides nothing here sees everybody's."""
    only = address.get_all("only")
    return QueueFilter(
        desk=desk.key, search=address.get("q"), labels=address.get_all("stage"), mine="mine" in only,
        overdue="overdue" in only, all_roles="all" in only or not current_actor().may(DESKS[desk.key]),
    )  # fmt: skip


def desk_page(desk: Desk) -> None:
    """Draw the whole page."""
    carry_out()
    wanted = wanted_from_address(desk)
    with unit_of_work(read_only=True) as uow:
        counts = queries.queue_counts(uow, wanted)
        page = queries.queue(uow, wanted, page_from_address(SIZE))
    chosen = _chosen(page.rows)
    with st.container(key="desk_head"):
        page_head(desk.title, line=["Due first", "GMT+08:00"])
        left, right = st.columns([2.55, 1], vertical_alignment="center")
        with left:
            answer(sentence(desk, counts))
        with right:
            _filters(desk)
    left, right = st.columns([1, 2.55], gap="medium")
    with left, st.container(key="queue"):
        listing.search_box("Number, activity or partner", key=f"desk:{desk.key}")
        if page.rows:
            opened = queue_list(
                [waiting(row) for row in page.rows], selected=_id(chosen) if chosen else "", key=f"queue_{desk.key}",
                label=f"{desk.title}: {formats.plural(len(page.rows), desk.thing)}, the earliest due first",
            )  # fmt: skip
            if opened:
                open_next(opened)
                st.rerun()
            pager(page.previous, page.next, words=f"{len(page.rows)} of {formats.count(counts.open)}")
    with right:
        if chosen is None:
            _nothing(desk, wanted)
        else:
            with st.container(key="case_open" if address.get("case") else "case_first"):
                _case(chosen, page.rows)


def _id(row: TaskRow) -> str:
    return f"{row.case_id}/{row.visit}"


def _chosen(rows: Sequence[TaskRow]) -> TaskRow | None:
    asked = address.get("case")
    exact = next((row for row in rows if _id(row) == asked), None)
    same = next((row for row in rows if asked and str(row.case_id) == asked.partition("/")[0]), None)
    return exact or same or (rows[0] if rows else None)


def sentence(desk: Desk, counts: QueueCounts) -> str:
    """How much waits, how much of it is late."""
    if not counts.open:
        return f"<b>No {desk.thing} waits.</b>"
    verb = "waits" if counts.open == 1 else "wait"
    words = f"<b>{formats.plural(counts.open, desk.thing)} {verb}</b>"
    late = f"<b>{formats.count(counts.overdue)}</b> overdue" if counts.overdue else "none overdue"
    today = f", {formats.count(counts.due_today)} due today" if counts.due_today else ""
    mine = f", {formats.count(counts.mine)} held by you" if counts.mine else ""
    return f"{words}, {late}{today}{mine}."


def _filters(desk: Desk) -> None:
    stages, only = address.get_all("stage"), address.get_all("only")
    chips = [Chip(stage, "stage", stage) for stage in stages] + [
        Chip(ONLY.get(each, each), "only", each) for each in only
    ]
    with chip_bar():
        removable(chips)
        filter_menu(
            lambda: [
                Choice("stage", "Stage", [(label, label) for label in queries.desk_labels(desk.key)]),
                Choice("only", "Only", list(ONLY.items())),
            ],
            on=bool(chips),
            cleared=PARAMS,
        )


def waiting(row: TaskRow) -> Waiting:
    """A review as the queue shows it."""
    said, tone = due_words(row.due_at, paused=row.paused)
    amount = formats.amount(row.amount) if row.amount is not None else formats.NOTHING
    held = f" · {row.holder_name}" if row.holder else ""
    again = " · resubmitted" if row.why else ""
    return Waiting(
        _id(row), row.partner, amount, f"{row.title or row.type_name}{again}", row.label, f"{said}{held}", tone,
        age_words(row.opened_at),
    )  # fmt: skip


def _nothing(desk: Desk, wanted: QueueFilter) -> None:
    filtered = bool(wanted.search or wanted.labels or wanted.mine or wanted.overdue)
    if filtered:
        state("empty", f"No {desk.thing} matches", "Take a filter away or search for something else.")
    else:
        state(
            "empty", "Nothing waits for you here",
            "What your roles decide appears here as soon as a partner sends it. Everything else is under All cases.",
            link=("See all cases", "cases"),
        )  # fmt: skip


def _case(task: TaskRow, rows: Sequence[TaskRow]) -> None:
    st.button("Back to the queue", icon=":material/arrow_back:", key="back", on_click=open_next, args=("",))
    try:
        other = _lease(task)
        with unit_of_work(read_only=True) as uow:
            screen = screen_of(uow, task.case_id)
    except DomainError as error:
        show_problems(error)
        return
    case_head(screen.view, task, other=other)
    review_body(screen, task)
    after = _neighbour(rows, task, 1) or _neighbour(rows, task, -1)
    turn = Turn(screen.view, task, _id(after) if after else "")
    action_bar(turn, before=lambda: _way(rows, task))


def _lease(task: TaskRow) -> str | None:
    """Say that the person has it open; who else has."""
    if not current_actor().may(DESKS[task.desk]):
        return None
    with unit_of_work() as uow:
        return reviewing.lease(uow, task.case_id, task.visit)


def _neighbour(rows: Sequence[TaskRow], task: TaskRow, step: int) -> TaskRow | None:
    place = next((number for number, row in enumerate(rows) if _id(row) == _id(task)), 0) + step
    return rows[place] if 0 <= place < len(rows) else None


def _way(rows: Sequence[TaskRow], task: TaskRow) -> None:
    """To the next and the previous case, by button and by key."""
    silent = is_silent()
    for step, icon, letter, words in (
        (1, "keyboard_arrow_down", "j", "Next"),
        (-1, "keyboard_arrow_up", "k", "Previous"),
    ):
        other = _neighbour(rows, task, step)
        st.button(
            "", icon=f":material/{icon}:", key=f"way:{letter}", help=f"{words} case", disabled=other is None,
            shortcut=None if silent or other is None else letter, on_click=open_next,
            args=(_id(other) if other else "",),
        )  # fmt: skip
    place = next((number for number, row in enumerate(rows) if _id(row) == _id(task)), 0) + 1
    st.html(f'<span class="k mu">{place} of {len(rows)} on this page</span>', width="content")

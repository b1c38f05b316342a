"""A desk: what waits on the left, the open case on the right, what can be done with it below. The review queue and the
payment desk are two desks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from uuid import UUID

import streamlit as st

from dashboard.parts import address, formats
from dashboard.parts.case_screen import case_head, review_body, screen_of
from dashboard.parts.chips import Chip, Choice, chip_bar, clear_all, filter_menu, removable
from dashboard.parts.deciding import Turn, action_bar, carry_out, is_silent, open_next
from dashboard.parts.due import age_words, due_words
from dashboard.parts.empty import state
from dashboard.parts.head import answer, page_head
from dashboard.parts.outcome import show_problems
from dashboard.parts.pager import page_from_address, pager, search_box
from dashboard.parts.queue_list import Waiting, queue_list
from models.applications import queries, reviewing
from models.applications.access import DESKS
from models.applications.case_view import CaseView
from models.applications.rows import QueueCounts, QueueFilter, TaskRow
from models.core.actor import current_actor
from models.core.clock import now
from models.core.errors import DomainError
from models.core.unit_of_work import unit_of_work

NARROWED = ("stage", "only", "roles", "q")
"""What the address says of the part of the queue that is shown."""
ONLY = {"": "All", "mine": "Mine", "overdue": "Overdue"}
ROLES = {"own": "What my roles decide", "all": "Other roles' too"}
SIZE = 25


@dataclass(frozen=True, slots=True)
class Desk:
    """Which desk, its page's title, and what lies on it in words: `review`, `payment`."""

    key: str
    title: str
    thing: str


def wanted_from_address(desk: Desk) -> QueueFilter:
    """The part of the queue that the address asks for; who decides nothing here sees everybody's."""
    only, decides = address.get("only"), current_actor().may(DESKS[desk.key])
    return QueueFilter(
        desk=desk.key, search=address.get("q"), labels=address.get_all("stage"), mine=only == "mine",
        overdue=only == "overdue", all_roles=not decides or "all" in address.get_all("roles"),
    )  # fmt: skip


def desk_page(desk: Desk) -> None:
    """Draw the whole page: on a phone the list or, once one is opened, the case."""
    carry_out()
    wanted = wanted_from_address(desk)
    with unit_of_work(read_only=True) as uow:
        counts = queries.queue_counts(uow, replace(wanted, mine=False, overdue=False))
        page = queries.queue(uow, wanted, page_from_address(SIZE))
        stages = queries.desk_labels(uow, desk.key)
    asked, chosen = address.get("case"), _chosen(page.rows)
    left, right = st.columns([1, 2.62], gap="medium")
    with left, st.container(key="queue", gap="small"):
        page_head(desk.title)
        answer(sentence(desk, counts), beside="Earliest due first · GMT+08:00")
        _narrow(desk, counts, stages)
        if page.rows:
            opened = queue_list(
                [waiting(row) for row in page.rows], selected=_id(chosen) if chosen else "", key=f"queue_{desk.key}",
                label=f"{desk.title}: {formats.plural(len(page.rows), desk.thing)}, the earliest due first",
            )  # fmt: skip
            if opened:
                open_next(opened)
                st.rerun()
            found = {"mine": counts.mine, "overdue": counts.overdue}.get(address.get("only"), counts.open)
            pager(page.previous, page.next, words=f"{len(page.rows)} of {formats.count(found)}")
        elif asked:
            st.html(f'<p class="k mu">No {desk.thing} here.</p>')
    with right:
        if chosen is not None:
            with st.container(key="case_open" if asked else "case_first", gap="small"):
                _case(chosen, page.rows)
        elif asked:
            with st.container(key="case_open", gap="small"):
                _elsewhere(desk, asked, page.rows)
        else:
            _nothing(desk, wanted)


def _id(row: TaskRow) -> str:
    return f"{row.case_id}/{row.visit}"


def _chosen(rows: Sequence[TaskRow]) -> TaskRow | None:
    """The case of the list that the address names, the first when it names none; None: it names another one."""
    asked = address.get("case")
    if not asked:
        return rows[0] if rows else None
    exact = next((row for row in rows if _id(row) == asked), None)
    return exact or next((row for row in rows if str(row.case_id) == asked.partition("/")[0]), None)


def sentence(desk: Desk, counts: QueueCounts) -> str:
    """How much waits, how much of it is late."""
    if not counts.open:
        filtered = any(map(address.get_all, ("q", "stage")))
        return f"<b>No {desk.thing} {'matches' if filtered else 'waits'}.</b>"
    verb = "waits" if counts.open == 1 else "wait"
    words = f"<b>{formats.plural(counts.open, desk.thing)} {verb}</b>"
    late = f"<b>{formats.count(counts.overdue)}</b> overdue" if counts.overdue else "none overdue"
    today = f", {formats.count(counts.due_today)} due today" if counts.due_today else ""
    mine = f", {formats.count(counts.mine)} held by you" if counts.mine else ""
    return f"{words}, {late}{today}{mine}."


def _narrow(desk: Desk, counts: QueueCounts, stages: list[str]) -> None:
    """What part of the queue is shown: all, mine, overdue; what is searched for; the filters that are on."""
    number = {"": counts.open, "mine": counts.mine, "overdue": counts.overdue}
    only = address.get("only") if address.get("only") in ONLY else ""
    st.segmented_control(
        "Show", list(ONLY), format_func=lambda each: f"{ONLY[each]} {number[each]:,}", width="stretch",
        label_visibility="collapsed", **address.bound("desk:only", only, lambda each: address.put(only=each or "")),
    )  # fmt: skip
    with st.container(horizontal=True, key="desk_search", gap="xsmall"):
        search_box("Number, activity or partner", key=f"desk:{desk.key}")
        filter_menu(
            lambda: [
                Choice("stage", "Stage", [(label, label) for label in stages]),
                Choice("roles", "Whose", list(ROLES.items())),
            ],
            on=False,  # the column is narrow: it stands beside the chips
            cleared=NARROWED,
        )
    chips = [Chip(stage, "stage", stage) for stage in address.get_all("stage")]
    chips += [Chip(ROLES[each], "roles", each) for each in address.get_all("roles") if each in ROLES]
    if chips or address.get("q"):
        with chip_bar():
            removable(chips)
            clear_all(NARROWED)


def waiting(row: TaskRow) -> Waiting:
    """A review as the queue shows it."""
    said, tone = due_words(row.due_at, paused=row.paused)
    amount = formats.amount(row.amount) if row.amount is not None else formats.NOTHING
    held = _held(row) + (f" · for {row.stead}" if row.stead else "")
    again = " again" if row.why else ""
    return Waiting(
        _id(row), row.partner, amount, f"{row.label}{again} · {row.title or row.type_name}", f"{said}{held}", tone,
        age_words(row.opened_at),
    )  # fmt: skip


def _held(row: TaskRow) -> str:
    """Who holds it, or else has it open just now."""
    me = current_actor().user_id
    how = "assigned to" if row.assigned else "held by"
    if row.holder is not None:
        return f" · {how} you" if row.holder == me else f" · {how} {formats.initials(row.holder_name)}"
    if row.leased_by not in (None, me) and row.leased_until is not None and row.leased_until > now():
        return f" · {formats.initials(row.leased_by_name)} has it open"
    return ""


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
    _back()
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


def _back() -> None:
    st.button("Back to the queue", icon=":material/arrow_back:", key="back", on_click=open_next, args=("",))


def _elsewhere(desk: Desk, asked: str, rows: Sequence[TaskRow]) -> None:
    """A case that the address names and the list does not show: filtered away, on another page, or over."""
    case_id, _, visit = asked.partition("/")
    try:
        with unit_of_work(read_only=True) as uow:
            screen = screen_of(uow, UUID(case_id))
    except (DomainError, ValueError) as error:
        _back()
        problems = [problem.text for problem in error.problems] if isinstance(error, DomainError) else []
        state("refused", "This case is not shown", *(problems or ["The address names no case."]))
        return
    tasks = [task for task in screen.view.tasks if task.desk == desk.key]
    task = next((task for task in tasks if task.visit == visit), None if visit else next(iter(tasks), None))
    if task is not None:
        _case(task, rows)
        return
    _back()
    state("empty", f"This {desk.thing} is over", _went_on(screen.view), icon="task_alt")
    case_head(screen.view)
    review_body(screen, None)


def _went_on(view: CaseView) -> str:
    """What happened last, and how the case stands since."""
    if view.state.ended_at is not None:
        return f"The case ended on {formats.day(formats.business(view.state.ended_at))}: {view.row.status}."
    last = next((row for row in reversed(view.timeline) if not row.current), None)
    told = f"{last.title}, {last.by}, {formats.clock_or_day(last.at)}. " if last else ""
    return f"{told}It is now: {view.row.status}."


def _lease(task: TaskRow) -> str | None:
    """Say that the person has it open; who else has."""
    if not current_actor().may(DESKS[task.desk]):
        return None
    with unit_of_work() as uow:
        return reviewing.lease(uow, task.case_id, task.visit)


def _neighbour(rows: Sequence[TaskRow], task: TaskRow, step: int) -> TaskRow | None:
    place = next((number for number, row in enumerate(rows) if _id(row) == _id(task)), -1) + step
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
    place = next((number for number, row in enumerate(rows, 1) if _id(row) == _id(task)), None)
    if place is not None:
        st.html(f'<span class="k mu">{place} of {len(rows)} on this page</span>', width="content")

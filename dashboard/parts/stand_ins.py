"""Out of office, and who stands in: told, noted and ended, for oneself on one's account page, for anybody by a manager.

Days are business days (GMT+08:00); the last day counts as a whole.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any
from uuid import UUID

import streamlit as st

from dashboard.parts import formats
from dashboard.parts.dialog import dialog
from dashboard.parts.head import section
from dashboard.parts.outcome import outcome
from dashboard.parts.rows import Row, rows
from models.core.actor import current_actor
from models.core.clock import business_midnight, now
from models.core.errors import Problem, Refused
from models.core.unit_of_work import unit_of_work
from models.reviewers import handing_over, stand_ins
from models.reviewers.handing_over import HandOver
from models.reviewers.stand_ins import AbsenceRow, DelegationRow

OPEN = "stand_ins"
"""Where the session keeps which dialog is open."""
PERIOD = "From the first day to the last one, both whole (GMT+08:00)."


def own_stand_ins() -> None:
    """The section of one's own account: what is set, what ends it, and two buttons."""
    with unit_of_work(read_only=True) as uow:
        away, stands = stand_ins.own_absences(uow), stand_ins.own_delegations(uow)
    section(
        "Out of office and stand-ins",
        note="While you are away new reviews pass you over, and others may take what you hold. Who stands in for you "
        "finds your reviews in their queue; the history says that they decided for you.",
    )  # fmt: skip
    if away or stands:
        listed(away, stands, key="own_stand_ins")
    else:
        st.html('<p class="k mu">Nothing is set: you are there, and nobody stands in for you.</p>')
    me = current_actor().user_id
    with st.container(horizontal=True):
        st.button("I am out of office", icon=":material/event_busy:", key="away", on_click=open_dialog,
                  args=("away", me, "me"))  # fmt: skip
        st.button("Somebody stands in for me", icon=":material/swap_horiz:", key="stand_in", on_click=open_dialog,
                  args=("stand_in", me, "me"))  # fmt: skip
    show_dialog(away, stands)


def open_dialog(what: str, key: UUID | None, name: str = "") -> None:
    """Let a dialog be open: `away` or `stand_in` of a person, or the `end` of one that is listed."""
    st.session_state[OPEN] = (what, key, name)


def show_dialog(away: Sequence[AbsenceRow] = (), stands: Sequence[DelegationRow] = ()) -> None:
    """The dialog that is open; whoever lists absences and stand-ins says which there are."""
    what, key, name = st.session_state.get(OPEN) or ("", None, "")
    absence = next((row for row in away if row.id == key), None)
    delegation = next((row for row in stands if row.id == key), None)
    if what == "away" and key:
        _note_absence(key, name)
    elif what == "stand_in" and key:
        _note_stand_in(key, name)
    elif what == "end" and absence:
        _end_absence(absence)
    elif what == "end" and delegation:
        _end_stand_in(delegation)


def _closed() -> None:
    st.session_state.pop(OPEN, None)


def listed(away: Sequence[AbsenceRow], stands: Sequence[DelegationRow], *, key: str) -> None:
    """Absences and stand-ins as rows; opening one offers to end it."""
    opened = rows(
        [*map(_absence, away), *map(_delegation, stands)], key=key, label="Absences and stand-ins; open one to end it"
    )
    if opened:
        open_dialog("end", UUID(opened))


def period(since: datetime, until: datetime) -> str:
    """From the first to the last day, both counted."""
    first, last = formats.business(since), formats.business(until - timedelta(seconds=1))
    return formats.day(first) if first == last else f"{formats.day(first)} to {formats.day(last)}"


def _is_me(person: UUID) -> bool:
    return person == current_actor().user_id


def _absence(row: AbsenceRow) -> Row:
    who = "You are" if _is_me(row.user_id) else f"{row.name} is"
    title = f"{who} out of office" if row.now else f"{who} going to be out of office"
    return Row(
        str(row.id), title, row.note or "No note", note=period(row.since, row.until),
        tone="orange" if row.now else "gray", icon="event_busy",
    )  # fmt: skip


def _delegation(row: DelegationRow) -> Row:
    by = "you" if _is_me(row.by) else row.by_name
    title = f"You stand in for {by}" if _is_me(row.to) else f"{row.to_name} stands in for {by}"
    return Row(
        str(row.id), title, " · ".join(filter(None, (what_of(row), row.reason))), note=period(row.since, row.until),
        tone="blue" if row.now else "gray", icon="swap_horiz",
    )  # fmt: skip


def what_of(row: DelegationRow) -> str:
    """What was handed over, and up to which amount."""
    cap = f"up to {formats.amount(row.cap)} {row.currency}" if row.cap is not None else "any amount"
    return f"{formats.listing(row.scope) if row.scope else 'Everything'}, {cap}"


# ---- dialogs ----


def _note_absence(person: UUID, name: str) -> None:
    """Ask from when until when somebody is away, and who stands in meanwhile."""
    title = "I am out of office" if name == "me" else f"{name} is out of office"

    @dialog(title, on_dismiss=_closed)
    def ask() -> None:
        since, until = _days("away")
        note = st.text_input("Note", key="away:note", max_chars=200, placeholder="Holiday")
        to = _stand_in(person, required=False)
        given = _given(to) if to else {}
        if st.button("Save", type="primary", key="away:save"):
            with outcome(done=f"Noted: out of office {period(since, until)}."):
                scope = _terms(given)
                with unit_of_work() as uow:
                    handing_over.be_away(uow, person, since, until, note)
                    if to:
                        handing_over.hand_over(uow, person, HandOver(to, since, until, reason=note, **scope))
                _closed()

    ask()


def _note_stand_in(person: UUID, name: str) -> None:
    """Ask who stands in for somebody, from when until when, for what, and up to which amount."""

    @dialog(f"Who stands in for {name}?", on_dismiss=_closed)
    def ask() -> None:
        to = _stand_in(person, required=True)
        since, until = _days("stand_in")
        given = _given(to)
        reason = st.text_input("Reason", key="stand_in:reason", max_chars=500, placeholder="Month's end")
        if st.button("Save", type="primary", key="stand_in:save"):
            with outcome(done=f"Noted: a stand-in {period(since, until)}."):
                if to is None:
                    raise Refused(Problem("STAND-NOBODY", "Choose who stands in.", "to"))
                scope = _terms(given)
                with unit_of_work() as uow:
                    handing_over.hand_over(uow, person, HandOver(to, since, until, reason=reason, **scope))
                _closed()

    ask()


def _days(key: str) -> tuple[datetime, datetime]:
    today = formats.business(now())
    left, right = st.columns(2)
    first = left.date_input("First day", today, format="YYYY-MM-DD", key=f"{key}:first", help=PERIOD)
    last = right.date_input("Last day", today, format="YYYY-MM-DD", key=f"{key}:last")
    return business_midnight(first), business_midnight(last + timedelta(days=1))


def _stand_in(person: UUID, *, required: bool) -> UUID | None:
    with unit_of_work(read_only=True) as uow:
        names = stand_ins.possible_stand_ins(uow, person)
    return st.selectbox(
        "Who stands in" if required else "Who stands in (optional)", list(names), index=None, key="stand_in:to",
        format_func=names.__getitem__, placeholder="Choose somebody who reviews",
    )  # fmt: skip


def _given(to: UUID | None) -> dict[str, Any]:
    """For what, and up to which amount, as it was typed."""
    with unit_of_work(read_only=True) as uow:
        choices = handing_over.scope_choices(uow)
    scope = st.multiselect(
        "Only for", list(choices), format_func=choices.__getitem__, key="stand_in:scope", placeholder="Everything"
    )
    cap = st.text_input("Up to, USD", key="stand_in:cap", placeholder="Any amount")
    return {"scope": tuple(scope), "cap": cap}


def _terms(given: dict[str, Any]) -> dict[str, Any]:
    """The same as the service takes it.

    Raises:
        Refused: the amount is none.
    """
    return given | {"cap": amount_typed(given["cap"])} if given else {}


def amount_typed(text: str) -> Decimal | None:
    """The amount that was typed; None when nothing was.

    Raises:
        Refused: it is none.
    """
    if not text.strip():
        return None
    try:
        found = Decimal(text.replace(",", "").strip())
    except InvalidOperation:
        found = Decimal("NaN")
    if not found.is_finite():
        raise Refused(Problem("LIMIT-AMOUNT", "Write an amount such as 50000.00, or nothing.", "amount"))
    return found


def _end_absence(row: AbsenceRow) -> None:
    @dialog(_absence(row).title, on_dismiss=_closed)
    def ask() -> None:
        st.write(f"{period(row.since, row.until)}. Who stands in goes on until that is ended as well.")
        if st.button("End it now" if row.now else "Call it off", type="primary", key="absence:end"):
            with outcome(done="Ended."):
                with unit_of_work() as uow:
                    handing_over.be_back(uow, row.id)
                _closed()

    ask()


def _end_stand_in(row: DelegationRow) -> None:
    @dialog(_delegation(row).title, on_dismiss=_closed)
    def ask() -> None:
        st.write(f"{period(row.since, row.until)}. {what_of(row)}. Noted by {formats.plain(row.created_by_name)}.")
        if st.button("End it now" if row.now else "Call it off", type="primary", key="stand_in:end"):
            with outcome(done="Ended."):
                with unit_of_work() as uow:
                    handing_over.take_back(uow, row.id)
                _closed()

    ask()

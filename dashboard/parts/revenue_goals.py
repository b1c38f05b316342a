"""A partner's annual revenue goals: what was agreed, what was earned, and setting a new one (ONB-GOAL)."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from uuid import UUID

import streamlit as st

from dashboard.parts import formats, records
from dashboard.parts.dialog import dialog
from dashboard.parts.head import section
from dashboard.parts.outcome import outcome
from models.core.errors import DomainError, Problem, Refused
from models.core.unit_of_work import UnitOfWork, unit_of_work
from models.partners.queries import PartnerDetail
from models.revenue import queries, service
from models.revenue.queries import GoalRow


@dialog("Revenue goal")
def set_goal(partner: PartnerDetail, goals: list[GoalRow], year: int) -> None:
    """Agree a goal for this year or the next."""
    chosen = st.segmented_control("Year", [year, year + 1], default=year, required=True, key="goal:year")
    now = next((each for each in goals if each.year == chosen and each.ended_at is None), None)
    if now:
        st.caption(f"In force: {formats.amount(now.amount)} {now.currency}. It ends and stays in the history.")
    typed = st.text_input("Goal, USD", placeholder="360000.00", key="goal:amount")
    note = st.text_input("Note", max_chars=200, key="goal:note")
    if st.button("Set the goal", type="primary", key="goal:set"):
        with outcome(done=f"{partner.name} has a revenue goal of {typed.strip()} USD for {chosen}."):
            amount = amount_of(typed)
            with unit_of_work() as uow:
                service.set_goal(uow, partner.id, int(chosen), amount, note=note, expected=now.id if now else None)


def amount_of(typed: str) -> Decimal:
    """The amount that was typed.

    Raises:
        Refused: it is none.
    """
    try:
        return Decimal(typed.replace(",", "").strip())
    except InvalidOperation:
        raise Refused(Problem("GOAL-AMOUNT", "Write an amount such as 360000.00.", "amount")) from None


def read(uow: UnitOfWork, partner_id: UUID) -> tuple[list[GoalRow], Mapping[int, Decimal] | None]:
    """A partner's goals, and what it earned in their years; None when that is not for the actor, or cannot be read."""
    goals = queries.goals(uow, partner_id)
    if not uow.actor.may("statistics.view"):
        return goals, None
    try:
        years = sorted({each.year for each in goals})
        return goals, queries.earned(uow, partner_id, years, queries.terms().currency)
    except DomainError:
        return goals, None


def show(goals: list[GoalRow], earned: Mapping[int, Decimal] | None) -> None:
    """The goals in force by year, with what was earned so far; then what they were before."""
    now = [each for each in goals if each.ended_at is None]
    section("Annual revenue goals", note=f"USD. {queries.NOTE if earned else ''}" if now else "")
    if not now:
        st.caption("No goal was set.")
        return
    lines = []
    for each in now:
        reached = None if earned is None else earned.get(each.year, Decimal(0))
        part = formats.share(queries.completion(each, reached), 2)
        of = f'{formats.amount(reached)}<br><span class="mu sm">of {formats.amount(each.amount)}</span>'
        lines.append((str(each.year), of, part))
    records.table(("Year", "Earned of goal", "Reached"), lines, numbers=(1, 2))
    if before := [each for each in goals if each.ended_at is not None]:
        with st.expander(formats.plural(len(before), "earlier goal")):
            rows = [(str(e.year), formats.amount(e.amount), formats.instant(e.set_at)) for e in before]
            records.table(("Year", "Goal", "Set"), rows, numbers=(1,))

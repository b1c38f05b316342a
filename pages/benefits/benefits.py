"""A partner's benefits: what is free to plan with, what waits, what is on its way, and every application."""

from datetime import timedelta
from decimal import Decimal
from typing import Literal
from uuid import UUID, uuid4

import streamlit as st

from dashboard.parts import case_list, formats, list_page
from dashboard.parts.benefit_flow import process_flow
from dashboard.parts.empty import state
from dashboard.parts.figures import Figure, figures
from dashboard.parts.go import go, go_to
from dashboard.parts.head import answer, page_head, section
from dashboard.parts.outcome import show_problems
from dashboard.parts.rows import rows
from dashboard.parts.waiting import on_their_way, waiting_rows
from dashboard.parts.wallet import in_the_way, wallet
from models.applications import applying, offers
from models.benefits import queries, rules
from models.benefits.overview import overview
from models.benefits.queries import PoolRow
from models.core.actor import current_actor
from models.core.clock import now
from models.core.errors import DomainError
from models.core.unit_of_work import unit_of_work
from models.engines.definitions import ApplicationType
from models.payments import queries as payments
from models.payments.rules import PayableStatus

ON_THE_WAY = (PayableStatus.INVOICED, PayableStatus.PAYING, PayableStatus.FAILED)
AGAIN = timedelta(seconds=5)
"""Within this time a second click on the button for a new application means the same one."""

actor = current_actor()
actor.demand("benefits.view")


def sentence(pools: list[PoolRow], owed: dict[str, Decimal]) -> str:
    """What is free to plan with, and what is on its way."""
    free = [f"<b>{formats.amount(row.left)} {row.currency} of {formats.text(row.name)}</b>" for row in pools]
    if not free:
        return "<b>No benefit has a quota yet.</b>"
    words = f"{formats.listing(free)} {'is' if len(free) == 1 else 'are'} free to plan with"
    held = sum((row.reserved for row in pools), Decimal(0))
    if held:
        words += f"; {formats.amount(held)} is reserved for what you applied for"
    coming = [f"<b>{formats.amount(amount)} {formats.text(currency)}</b>" for currency, amount in owed.items()]
    if coming:
        words += f". {formats.listing(coming)} {'is' if len(coming) == 1 else 'are'} on its way to you"
    return f"{words}."


def begin(kind: str) -> None:
    """Begin an application, once however often the button is pressed, and go to its form."""
    kept = st.session_state.setdefault(f"begin:{kind}", {"key": f"begin:{uuid4()}", "at": now()})
    if now() - kept["at"] > AGAIN:
        kept.update(key=f"begin:{uuid4()}", at=now())
    try:
        with unit_of_work() as uow:
            case_id = applying.begin(uow, kind, key=kept["key"])
    except DomainError as error:
        show_problems(error)
        return
    go("apply", {"case": str(case_id)})


def actions(kinds: list[ApplicationType]) -> None:
    """One primary button for what has a quota first; what else is offered stands beside it, or in a menu."""
    kinds = sorted(kinds, key=lambda made: "quotas" not in made.parameters)
    with st.container(horizontal=True, horizontal_alignment="right", key="benefit_actions"):
        others = kinds[1:] if len(kinds) > 2 else []
        if others:
            with st.popover("More to apply for", icon=":material/apps:"):
                for made in others:
                    if st.button(made.name, icon=f":material/{made.icon}:", type="tertiary", key=f"new:{made.key}"):
                        begin(made.key)
        for place, made in enumerate(kinds[:1] if others else kinds):
            look: Literal["primary", "secondary"] = "secondary" if place else "primary"
            name = f"New {made.short} application"
            if st.button(name, type=look, icon=":material/add:", key=f"new:{made.key}"):
                begin(made.key)


def figures_of(made: ApplicationType, partner_id: UUID) -> None:
    """The statistics of the account (BEN-COM-12, BEN-STA-02)."""
    with unit_of_work(read_only=True) as uow:
        found = overview(uow, made.key, partner_id)
    figures(
        [
            Figure(f"Budgeted with {made.short}", formats.amount(found.budgeted),
                   definition="What applications under review or approved ask for."),
            Figure("Reimbursed", formats.amount(found.reimbursed), definition="What claims were approved."),
            Figure("Paid", formats.amount(found.paid), definition="What of it has left the vendor's bank."),
            Figure("Remaining", formats.amount(found.remaining), definition="What can still be asked for."),
        ]
    )  # fmt: skip
    pairs = "".join(
        f"<tr><td>{formats.text(status)}</td><td class=num>{formats.count(number)}</td></tr>"
        for status, number in found.activities.items()
    )
    if pairs:
        st.html(f'<div class="k"><table><tr><th>Status</th><th class=num>Cases</th></tr>{pairs}</table></div>')


def work(partner_id: UUID) -> None:
    """What waits for the partner's people, and what is on its way to them."""
    with unit_of_work(read_only=True) as uow:
        mine = waiting_rows(uow)
        coming = on_their_way(uow)
    if not mine and not coming:
        return
    left, right = st.columns([1.78, 1], gap="large")
    with left:
        section("Waits for you")
        opened = rows(mine, key="benefit_waits", label="Waits for you") if mine else None
        if not mine:
            st.html('<p class="k mu">Nothing. What is asked of you appears here.</p>')
    with right:
        section("On its way to you", aside="approved, not paid yet")
        way = rows(coming, key="benefit_coming", label="On its way to you") if coming else None
        if not coming:
            st.html('<p class="k mu">Nothing. Approved reimbursements appear here until they are paid.</p>')
    if link := opened or way:
        go_to(link)


def cases(kinds: list[ApplicationType]) -> bool:
    """The partner's applications, with their filters; whether there is any."""
    with unit_of_work(read_only=True) as uow:
        shown = case_list.ask(uow, "applications")
    if not shown.total and not shown.asked.narrows:
        names = formats.listing([made.short for made in kinds])
        words = f"Press New {names} application: it is kept while you type, and sent when you say so."
        state(
            "empty", "No applications yet",
            words if actor.may("benefits.request") else "Colleagues who administer the account apply.",
            "Apply before the activity begins: the vendor decides first, the money follows what was spent.",
            icon="campaign",
        )  # fmt: skip
        return False
    section("Application history", aside=formats.plural(shown.total, "case"))
    list_page.toolbar(shown)
    case_list.draw(shown)
    return True


partner_id = actor.partner_id
if partner_id is None:
    page_head("Benefits")
    state(
        "refused", "Benefits belong to partners", "Open a partner's cases under All cases.", link=("All cases", "cases")
    )
    st.stop()
with unit_of_work(read_only=True) as uow:
    kinds = queries.pooled_types(uow)
    offered = offers.offered_to(uow, partner_id)
    pools = queries.pools(uow, partner_id)
    gates = queries.gates(uow, partner_id)
    owed: dict[str, Decimal] = {}
    for status, amounts in payments.totals(uow).items():
        for currency, amount in amounts.items() if status in ON_THE_WAY else ():
            owed[currency] = owed.get(currency, Decimal(0)) + amount
local = formats.instant(now())
left, right = st.columns([2.6, 1], vertical_alignment="top")
with left:
    line = [pools[0].partner, f"{pools[0].tier.words} tier"] if pools else []
    page_head("Benefits", line=[*line, f"as of {local} {formats.preferences().zone_name}"])
    answer(sentence(pools, owed))
with right:
    if offered:
        actions(offered)
in_the_way([rules.authentication(gates), rules.paid_bills(gates)])
wallet(pools)
work(partner_id)
known = cases(kinds)
for made in kinds:
    with st.expander(f"How {made.short} works", expanded=not known, icon=":material/route:", key=f"flow:{made.key}"):
        process_flow(made)
    with st.expander(f"Show {made.short} overview", icon=":material/monitoring:", key=f"overview:{made.key}"):
        figures_of(made, partner_id)

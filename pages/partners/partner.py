"""One partner: how it stands, who works there, its customers and programs, and what was changed (ORG-ROLE-12)."""

from datetime import date, timedelta
from uuid import UUID

import streamlit as st

from dashboard.parts import address, records, revenue_goals
from dashboard.parts import spent as spending
from dashboard.parts.dialog import dialog
from dashboard.parts.empty import state
from dashboard.parts.formats import NOTHING, amount, change_of, day, month, month_short, plural, signed_share, text
from dashboard.parts.go import go
from dashboard.parts.head import Badge, Crumb, answer, page_head, section
from dashboard.parts.outcome import outcome
from dashboard.parts.rows import Row, Tone, rows
from models.core import history
from models.core.actor import current_actor
from models.core.paging import PageRequest
from models.core.unit_of_work import unit_of_work
from models.customers import queries as customers
from models.customers.queries import CustomerFilter, CustomerRow
from models.engines.statistics import shift_month
from models.expenditures.answers import CustomerRow as Spender
from models.identity import members
from models.identity.members import AccountManager
from models.identity.queries import UserRow, users
from models.identity.roles import role_book
from models.partners import queries, service
from models.partners.programs import program_book
from models.partners.queries import MembershipRow, PartnerDetail
from models.partners.rules import MembershipKind, PartnerKind, PartnerStatus, Standing, Tier
from models.revenue.queries import GoalRow

SHOWN = 8


@dialog("Change standing")
def change_standing(partner: PartnerDetail) -> None:
    st.caption(f"What ecosystem managers decide about {partner.name}. Every change stays in its history.")
    with st.form("standing", border=False):
        tiers = {each.value: each.words for each in Tier}
        tier = st.selectbox("Tier", list(tiers), list(Tier).index(partner.tier), format_func=tiers.__getitem__)
        states = {each.value: each.words for each in PartnerStatus}
        place = list(PartnerStatus).index(partner.status)
        status = st.selectbox("Status", list(states), place, format_func=states.__getitem__)
        business = st.toggle("Business authentication passed", partner.business_authenticated)
        growth = st.toggle("In the growth plan", partner.growth_plan)
        note = "Kept by hand until bills are settled here. Partners of the growth plan are paid only with paid bills."
        bills = st.toggle("All bills paid", partner.bills_paid, help=note)
        if st.form_submit_button("Save standing", type="primary"):
            wanted = Standing(Tier(tier), PartnerStatus(status), business, growth, bills)
            with outcome(done=f"{partner.name} has the new standing."), unit_of_work() as uow:
                service.change_standing(uow, partner.id, wanted, expected=partner.version)


@dialog("Ecosystem manager")
def change_manager(partner: PartnerDetail, managers: dict[UUID, str]) -> None:
    choices = [None, *managers]
    with st.form("manager", border=False):
        place = choices.index(partner.manager_id) if partner.manager_id in choices else 0
        chosen = st.selectbox(
            "Looks after it", choices, place, format_func=lambda key: managers[key] if key else "Nobody"
        )
        if st.form_submit_button("Save", type="primary"):
            name = managers[chosen] if chosen else "Nobody"
            with outcome(done=f"{name} looks after {partner.name} now."), unit_of_work() as uow:
                service.set_manager(uow, partner.id, chosen, expected=partner.version)


@dialog("Join a program or path")
def join_program(partner: PartnerDetail) -> None:
    book = program_book()
    choices = [(kind, name) for kind in MembershipKind for name in book.of(kind)]
    with st.form("join", border=False):
        kind, name = st.selectbox("Program or path", choices, format_func=lambda choice: choice[1])
        since = st.date_input("Since", "today", min_value=partner.joined_on, help="Business date, GMT+08:00.")
        if st.form_submit_button("Join", type="primary"):
            with outcome(done=f"{partner.name} joined {name}."), unit_of_work() as uow:
                service.join_program(uow, partner.id, kind, name, since=since)


@dialog("Leave")
def leave_program(partner: PartnerDetail, membership: MembershipRow) -> None:
    st.write(f"{partner.name} leaves **{membership.name}** today. That it was there stays in its record.")
    if st.button(f"Leave {membership.name}", type="primary"):
        with outcome(done=f"{partner.name} left {membership.name}."), unit_of_work() as uow:
            service.leave_program(uow, membership.id)


def actions(
    partner: PartnerDetail, memberships: list[MembershipRow], managers: dict[UUID, str], goals: list[GoalRow], year: int
) -> None:
    """What an ecosystem manager may do here."""
    with st.container(horizontal=True, horizontal_alignment="right", key="actions"):
        with st.popover("More", icon=":material/more_horiz:"):
            if st.button("Join a program", icon=":material/add:", width="stretch"):
                join_program(partner)
            for membership in memberships:
                if membership.until is None and st.button(f"Leave {membership.name}", width="stretch", type="tertiary"):
                    leave_program(partner, membership)
            if st.button("Change ecosystem manager", icon=":material/person:", width="stretch"):
                change_manager(partner, managers)
            if st.button("Set a revenue goal", icon=":material/flag:", width="stretch"):
                revenue_goals.set_goal(partner, goals, year)
        if st.button("Change standing", type="primary", icon=":material/edit:"):
            change_standing(partner)


def sentence(partner: PartnerDetail, customers: int, managers: int, manager: str | None) -> str:
    """What the partner looks after, and who looks after it."""
    link = address.link("customers", {"partner": str(partner.id)})
    number = plural(customers, "customer")
    first = f'<a href="{link}" target="_self"><b>{number}</b></a> with {plural(managers, "account manager")}'
    if not customers:
        first = "<b>No customers</b>"
    after = f"<b>{text(manager)}</b> looks after it." if manager else "<b>No ecosystem manager</b> looks after it."
    return f"{first}; {after}"


def show_customers(partner: PartnerDetail, found: list[Row], total: int, order: str) -> None:
    """Its first customers, and the way to all."""
    section("Customers", aside=f"{plural(total, 'customer')}, {order}")
    if not found:
        state("empty", "No customers", "Customers appear here once they are associated with this partner.")
        return
    if opened := rows(found, key="customers", label="Customers of this partner; open one to see its page"):
        go("customer", {"id": opened})
    text = f"All {plural(total, 'customer')}"
    if total > len(found) and st.button(text, icon=":material/arrow_forward:", type="tertiary"):
        go("customers", {"partner": str(partner.id)})


def last_day(until: date | None) -> str:
    """The last day that counted, of a period whose end does not."""
    return day(until - timedelta(days=1)) if until else "today"


def show_programs(memberships: list[MembershipRow]) -> None:
    """What it has joined over time."""
    section("Programs and paths")
    lines = [
        (f"<b>{text(row.name)}</b>", text(row.kind.capitalize()), day(row.since), last_day(row.until))
        for row in memberships
    ]
    records.table(("Program or path", "Kind", "From", "Until"), lines)


def show_people(found: list[UserRow]) -> None:
    """Who works there, by role."""
    section("People", aside=plural(len(found), "user"))
    book = role_book()
    place = {role: number for number, role in enumerate(book.partner)}
    ranked = sorted(found, key=lambda user: (min((place.get(role, 9) for role in user.roles), default=9), user.name))
    lines = [
        (text(user.name), text(", ".join(book.name(role) if role in place else "Custom role" for role in user.roles)))
        for user in ranked
    ]
    records.table(("Name", "Role"), lines[:12])
    if len(lines) > 12:
        with st.expander(f"{len(lines) - 12} more"):
            records.table(("Name", "Role"), lines[12:])


def show_facts(partner: PartnerDetail, manager: str | None, resellers: int) -> None:
    """What is written down about it."""
    section("About")
    parent = address.link("partner", {"id": str(partner.parent_id)}) if partner.parent_id else ""
    below = address.link("partners", {"parent": str(partner.id)})
    pairs = [
        ("Account", text(partner.account_name)),
        ("Place", f"{text(partner.city)}, {text(records.country(partner.country))}"),
        ("Region", text(partner.region)),
        ("Ecosystem manager", text(manager)),
        ("Bills in", text(partner.currency)),
        ("Business authentication", "Passed" if partner.business_authenticated else "Not passed"),
        ("Growth plan", "Yes" if partner.growth_plan else "No"),
        ("Bills", "All paid (set by hand)" if partner.bills_paid else "Not confirmed as paid"),
        ("Joined", day(partner.joined_on)),
        ("Website", text((partner.website or "").removeprefix("https://"))),
    ]
    if parent:
        pairs.insert(1, ("Belongs to", f'<a href="{parent}" target="_self">{text(partner.parent)}</a>'))
    if resellers:
        pairs.insert(1, ("Resellers", f'<a href="{below}" target="_self">{plural(resellers, "reseller")}</a>'))
    records.facts(pairs)


def customer_row(row: CustomerRow, names: dict[UUID, str]) -> Row:
    """A customer of the partner, in short."""
    manager = names.get(row.account_manager_id, NOTHING) if row.account_manager_id else "No account manager"
    return Row(
        str(row.id), row.name, f"{row.industry or NOTHING} · {records.country(row.country)}", note=manager,
        icon="groups", amount=row.association_type.words if row.association_type else "",
    )  # fmt: skip


def spender_row(row: Spender, before: str) -> Row:
    """A customer of the partner with what it spent in the newest full month."""
    change = change_of(row.now, row.before)
    tone: Tone = "gray" if change is None else "red" if change < 0 else "green"
    note = "New" if change is None else f"{signed_share(change)} against {before}"
    sub = f"{row.account_manager or 'No account manager'} · {row.association_type}"
    return Row(str(row.customer_id), row.name, sub, amount=amount(row.now), note=note, tone=tone, icon="groups")


actor = current_actor()
actor.demand("partners.view")
partner_id = address.key()
if partner_id is None:
    state("empty", "This address names no partner", "Open one from the list.", link=("All partners", "partners"))
    st.stop()
with unit_of_work(read_only=True) as uow:
    partner = queries.partner(uow, partner_id)
    memberships = queries.memberships(uow, partner_id)
    ecosystem = members.ecosystem_managers(uow)
    resellers = queries.count_resellers(uow, partner_id)
    found: tuple[CustomerRow, ...] = ()
    total, managers = 0, list[AccountManager]()
    if actor.may("customers.view"):
        found = customers.customers(uow, CustomerFilter(partners=[partner_id]), PageRequest(size=SHOWN)).rows
        total = customers.count_of_partner(uow, partner_id)
        managers = members.account_managers(uow, [partner_id])
    spent = spending.spent(uow, "partner", str(partner_id))
    spenders = spending.largest_customers(uow, spent, most=SHOWN).rows if spent else ()
    people = users(uow, partner_id) if actor.may("members.view") else []
    goals, earned = revenue_goals.read(uow, partner_id)
    year = uow.today.year
    entries = history.entries(uow, subject="partner", subject_id=partner_id) if actor.may("history.view") else None
manager = ecosystem.get(partner.manager_id) if partner.manager_id else None

title, buttons = st.columns([3, 1.6], vertical_alignment="bottom")
with title:
    badges = [
        records.status_badge(partner.status),
        Badge(partner.tier.words, "blue"),
    ]
    page_head(
        partner.name, crumbs=[Crumb("Partners", "partners")], badges=badges,
        line=[partner.kind.words, f"{partner.city}, {records.country(partner.country)}", partner.number],
    )  # fmt: skip
with buttons:
    if actor.may("partners.manage"):
        actions(partner, memberships, ecosystem, goals, year)
if actor.may("customers.view"):
    said = spending.sentence(spent, "Its customers") if spent else ""
    answer(f"{sentence(partner, total, len(managers), manager)} {said}")
if spent:
    spending.show_figures(spent)
    spending.show_charts(spent, key="partner")
left, right = st.columns([2, 1], gap="large")
with left:
    if actor.may("customers.view") and partner.kind is not PartnerKind.LEARNING:
        if spent and spenders:
            before = month_short(shift_month(spent.full.context.first, -1)).split()[0]
            order = f"the largest of {month(spent.full.context.first)} first, {spent.unit}"
            show_customers(partner, [spender_row(row, before) for row in spenders if row.customer_id], total, order)
        else:
            names = {each.id: each.name for each in managers}
            show_customers(partner, [customer_row(row, names) for row in found], total, "by name")
    show_programs(memberships)
    if entries is not None:
        section("Changes")
        records.history(entries.rows)
with right:
    show_facts(partner, manager, resellers)
    revenue_goals.show(goals, earned)
    if people:
        show_people(people)

"""One customer: whose it is and was, who looks after it, what is known of it (CUS-DET-01, CUS-DET-05, CUS-AM-05)."""

from datetime import timedelta
from uuid import UUID

import streamlit as st

from dashboard.parts import address, assigning, records
from dashboard.parts import spent as spending
from dashboard.parts import statistics_customer as buying
from dashboard.parts.assigning import Chosen, Managers
from dashboard.parts.empty import state
from dashboard.parts.formats import day, text
from dashboard.parts.head import Badge, Crumb, answer, page_head, section
from dashboard.parts.outcome import outcome
from models.core import history
from models.core.actor import current_actor
from models.core.unit_of_work import unit_of_work
from models.customers import queries, rules, service
from models.customers.queries import AssignmentRow, AssociationRow, CustomerDetail
from models.customers.rules import AssignmentTerms
from models.identity import members
from models.partners import queries as partners


def assign(customer: CustomerDetail, manager: str) -> None:
    """The dialog that gives the customer another account manager, or none."""
    with unit_of_work(read_only=True) as uow:
        found = members.account_managers(uow, [customer.partner_id] if customer.partner_id else [])
        others = [each for each in found if each.id != customer.account_manager_id]
        busy = queries.count_by_manager(uow, [each.id for each in others])
        today = uow.today
    versions = {customer.id: customer.version}

    def do_assign(manager_id: UUID) -> None:
        with outcome(done=f"{customer.name} has been assigned successfully."):
            with unit_of_work() as uow:
                service.assign(uow, versions, manager_id)
            assigning.begin()

    def do_unassign() -> None:
        with outcome(done=f"{customer.name} has no account manager any more."):
            with unit_of_work() as uow:
                service.unassign(uow, versions)
            assigning.begin()

    assigning.ask(
        [Chosen(customer.name, customer.account_name, manager)],
        Managers({each.id: each.name for each in others}, busy), assign=do_assign, unassign=do_unassign,
        from_day=day(rules.counts_from(today, AssignmentTerms())), until_day=day(rules.counts_until(today)),
    )  # fmt: skip


def sentence(customer: CustomerDetail, associations: list[AssociationRow], partner: str, manager: str) -> str:
    """Whose customer it is, since when, and who looks after it."""
    name = text(partner)
    if actor.may("partners.view") and customer.partner_id:
        name = f'<a href="{address.link("partner", {"id": str(customer.partner_id)})}" target="_self">{name}</a>'
    now = next((row for row in associations if row.ended_on is None), None)
    if not customer.partner_id or now is None:
        return "It belongs to <b>no partner</b> at present."
    care = f"<b>{text(manager)}</b> looks after it." if manager else "<b>Nobody</b> looks after it."
    return f"It belongs to <b>{name}</b> since {day(now.associated_on)}. {care}"


def show_managers(found: list[AssignmentRow], names: dict[UUID, str]) -> None:
    """All account managers it had (CUS-DET-05)."""
    section("Account manager history", note="The days on which its expenditure counts for whom, GMT+08:00")
    if not found:
        st.html('<p class="k mu">It never had an account manager.</p>')
        return
    lines = [
        (f"<b>{text(names.get(row.user_id))}</b>", text(names.get(row.partner_id)), day(row.assigned_on),
         day(row.counts_from), day(row.counts_until - timedelta(days=1)) if row.counts_until else "today")
        for row in found
    ]  # fmt: skip
    records.table(("Account manager", "Partner", "Assigned on", "Counts from", "Counts until"), lines)


def show_associations(found: list[AssociationRow], names: dict[UUID, str]) -> None:
    """The partners it belonged to."""
    section("Associations")
    lines = [
        (f"<b>{text(names.get(row.partner_id))}</b>", row.association_type.words, day(row.associated_on),
         day(row.ended_on - timedelta(days=1)) if row.ended_on else "today")
        for row in found
    ]  # fmt: skip
    records.table(("Partner", "Type", "From", "Until"), lines)


def show_facts(customer: CustomerDetail) -> None:
    """Basic data; addresses and numbers only when asked for (CUS-COM-03)."""
    section("Basic information")
    full = st.session_state.get("contact_in_full", False)
    email, mobile = (customer.email, customer.mobile) if full else (
        rules.masked_email(customer.email), rules.masked_mobile(customer.mobile)
    )  # fmt: skip
    records.facts([
        ("Account name", text(customer.account_name)),
        ("E-mail", text(email)),
        ("Mobile number", text(mobile)),
        ("Kind", "Enterprise" if customer.enterprise else "Individual"),
        ("Industry", text(customer.industry)),
        ("Country", text(records.country(customer.country))),
        ("Billed in", text(customer.currency)),
        ("Registered", day(customer.registered_on)),
    ])  # fmt: skip
    st.toggle("Show e-mail and number in full", key="contact_in_full")


actor = current_actor()
actor.demand("customers.view")
customer_id = address.key()
if customer_id is None:
    state("empty", "This address names no customer", "Open one from the list.", link=("All customers", "customers"))
    st.stop()
with unit_of_work(read_only=True) as uow:
    customer = queries.customer(uow, customer_id)
    associations = queries.associations(uow, customer_id)
    assignments = queries.assignments(uow, customer_id)
    people = [row.user_id for row in assignments]
    companies = [row.partner_id for row in associations] + [row.partner_id for row in assignments]
    names = members.names(uow, people) | partners.names(uow, companies)
    spent = spending.spent(uow, "customer", str(customer_id))
    bought = buying.bought(uow, customer_id) if spent else None
    entries = history.entries(uow, subject="customer", subject_id=customer_id) if actor.may("history.view") else None
manager = names.get(customer.account_manager_id, "") if customer.account_manager_id else ""
partner = names.get(customer.partner_id, "") if customer.partner_id else ""

title, buttons = st.columns([3, 1.6], vertical_alignment="bottom")
with title:
    badges = [Badge(customer.association_type.words, "blue")] if customer.association_type else [Badge("Left", "gray")]
    badges.append(Badge("Enterprise" if customer.enterprise else "Individual"))
    line = [customer.account_name, customer.industry or "", records.country(customer.country)]
    page_head(customer.name, crumbs=[Crumb("Customers", "customers")], badges=badges, line=line)
with buttons, st.container(horizontal=True, horizontal_alignment="right", key="actions"):
    if actor.may("customers.assign") and customer.partner_id:
        words = f"Account manager: {manager}" if manager else "Assign account manager"
        if st.button(words, icon=":material/person:", type="secondary" if manager else "primary"):
            assign(customer, manager)
said = spending.sentence(spent, "It") if spent else ""
answer(f"{sentence(customer, associations, partner, manager)} {said}")
if spent:
    spending.show_figures(spent)
    spending.show_charts(spent, key="customer")
left, right = st.columns([2, 1], gap="large")
with left:
    show_managers(assignments, names)
    show_associations(associations, names)
    if bought:
        buying.show_products(bought)
    if entries is not None and entries.rows:
        section("Changes")
        records.history(entries.rows)
with right:
    if bought:
        buying.show_summary(bought)
    show_facts(customer)

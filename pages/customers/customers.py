"""Customers: whose they are, who looks after them; find some, assign several at once (CUS-LIST, CUS-AM)."""

from collections.abc import Sequence
from uuid import UUID

import streamlit as st

from dashboard.parts import address, assigning, list_page
from dashboard.parts.assigning import Chosen, Managers
from dashboard.parts.formats import count, day
from dashboard.parts.go import go
from dashboard.parts.head import answer, page_head
from dashboard.parts.outcome import outcome
from models.core.actor import current_actor
from models.core.unit_of_work import unit_of_work
from models.customers import queries, rules, service
from models.customers.rules import AssignmentTerms
from models.engines.lists import ListRow
from models.identity import members

NOBODY = "nobody"
actor = current_actor()


def sentence(shown: list_page.Shown, unassigned: int) -> str:
    """How many customers there are, and how many nobody looks after."""
    number = list_page.total_words(shown)
    if not actor.may("customers.assign"):
        return f"<b>{number}</b>."
    link = address.link("customers", {"manager": NOBODY})
    if not unassigned:
        return f"<b>{number}</b>, all with an account manager."
    return f'<b>{number}</b>; <a href="{link}" target="_self"><b>{count(unassigned)}</b> have no account manager</a>.'


def assign_several(ticked: Sequence[ListRow]) -> None:
    """The dialog for the customers that are ticked."""
    companies: set[UUID | None] = {row.values["_partner_id"] for row in ticked}
    if len(companies) > 1:
        st.warning("Account managers belong to one partner: tick customers of the same partner.")
        return
    versions = {row.key: row.values["_version"] for row in ticked}
    with unit_of_work(read_only=True) as uow:
        found = members.account_managers(uow, [key for key in companies if key])
        busy = queries.count_by_manager(uow, [manager.id for manager in found])
        today = uow.today

    def assign(manager_id: UUID) -> None:
        with outcome(done="Customers have been assigned successfully."):
            with unit_of_work() as uow:
                service.assign(uow, versions, manager_id)
            assigning.begin()

    def unassign() -> None:
        with outcome(done="Customers have been unassigned."):
            with unit_of_work() as uow:
                service.unassign(uow, versions)
            assigning.begin()

    chosen = [
        Chosen(row.values["name"], row.values["account"], row.values["manager"] or "") for row in ticked
    ]  # fmt: skip
    assigning.ask(
        chosen, Managers({manager.id: manager.name for manager in found}, busy), assign=assign, unassign=unassign,
        from_day=day(rules.counts_from(today, AssignmentTerms())), until_day=day(rules.counts_until(today)),
    )  # fmt: skip


with unit_of_work(read_only=True) as uow:
    shown = list_page.ask(uow, "customers", more=["name", "account", "manager", "_partner_id", "_version"])
    unassigned = list_page.count_only(uow, shown, manager=NOBODY)
mine = actor.scope.customers is not None
scope = "Of all partners" if actor.is_vendor else "Assigned to you" if mine else "Of your organisation"
page_head("Customers", line=[scope, "dates in GMT+08:00"])
list_page.toolbar(shown)
answer(sentence(shown, unassigned))
opened = list_page.draw(shown, label="Customers; open one to see its page", acts={"assign": assign_several})
if opened:
    go("customer", {"id": opened})

"""Who looks after which customers: assign, change and unassign account managers, one customer or many at once."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from uuid import UUID

from sqlalchemy import select

from models.core.errors import ChangedMeanwhile, NotFound, Problem, Refused
from models.core.unit_of_work import UnitOfWork
from models.customers import rules
from models.customers.rules import Assignable, AssignmentTerms
from models.customers.tables import AccountManagerAssignment, Customer
from models.identity import members

Chosen = Mapping[UUID, int]
"""Customers by key, each with the version the person saw."""


def assign(uow: UnitOfWork, chosen: Chosen, manager_id: UUID, *, terms: AssignmentTerms = AssignmentTerms()) -> None:
    """Give customers to an account manager, in place of whoever looks after them now (CUS-AM-01, CUS-AM-05).

    Expenditure counts for the new one as `terms` say (CUS-ASG-06); the old one ends the day before.

    Raises:
        NotAllowed: the actor may not assign customers.
        NotFound: one of them is not among those the actor may see.
        Refused: everything wrong with the choice at once; nobody is assigned then.
        ChangedMeanwhile: somebody else changed one of them.
    """
    customers = _chosen(uow, chosen)
    manager = members.account_manager(uow, manager_id)
    managers = [manager_id] if manager else []
    assignables = [Assignable(c.name, c.partner_id, c.account_manager_id) for c in customers]
    partner_id = manager.partner_id if manager else None
    if problems := rules.assignment_problems(assignables, manager_id, managers, partner_id):
        raise Refused(problems)
    begins = rules.counts_from(uow.today, terms)
    names = members.names(uow, [c.account_manager_id for c in customers if c.account_manager_id] + [manager_id])
    for customer in customers:
        _end(uow, customer, begins)
        uow.session.add(
            AccountManagerAssignment(
                customer_id=customer.id, partner_id=customer.partner_id, user_id=manager_id, assigned_on=uow.today,
                counts_from=begins, unassigned_on=None, counts_until=None,
            )
        )  # fmt: skip
        before = names.get(customer.account_manager_id) if customer.account_manager_id else None
        customer.account_manager_id = manager_id
        changes = {"account_manager": [before, names.get(manager_id)], "counts_from": begins.isoformat()}
        _record(uow, "customer.assigned", customer, changes)


def unassign(uow: UnitOfWork, chosen: Chosen) -> None:
    """End the care of the account managers of these customers; it counts until the month is over (CUS-ASG-05).

    Raises:
        Refused: one of them has no account manager; nobody is unassigned then.
        ChangedMeanwhile: somebody else changed one of them.
    """
    customers = _chosen(uow, chosen)
    alone = [c.name for c in customers if c.account_manager_id is None]
    if alone:
        raise Refused(Problem("UNASSIGN-NONE", f"{name} has no account manager.", "customers") for name in alone)
    until = rules.counts_until(uow.today)
    names = members.names(uow, [c.account_manager_id for c in customers if c.account_manager_id])
    for customer in customers:
        for row in _running(uow, customer):
            row.unassigned_on = uow.today
            row.counts_until = max(row.counts_from, until)
        before = names.get(customer.account_manager_id) if customer.account_manager_id else None
        customer.account_manager_id = None
        _record(
            uow, "customer.unassigned", customer, {"account_manager": [before, None], "counts_until": until.isoformat()}
        )


def _end(uow: UnitOfWork, customer: Customer, successor_begins: date) -> None:
    """Let every assignment that would still count end before the successor's begins, so that no day counts twice."""
    for row in _counting(uow, customer):
        row.counts_until = rules.replaced_until(row.counts_from, row.counts_until, successor_begins=successor_begins)
        row.unassigned_on = row.unassigned_on or uow.today


def _running(uow: UnitOfWork, customer: Customer) -> list[AccountManagerAssignment]:
    row = AccountManagerAssignment
    stmt = select(row).where(row.customer_id == customer.id, row.unassigned_on.is_(None))
    return list(uow.session.scalars(stmt))


def _counting(uow: UnitOfWork, customer: Customer) -> list[AccountManagerAssignment]:
    row = AccountManagerAssignment
    still = row.counts_until.is_(None) | (row.counts_until > uow.today)
    return list(uow.session.scalars(select(row).where(row.customer_id == customer.id, still)))


def _chosen(uow: UnitOfWork, chosen: Chosen) -> list[Customer]:
    uow.actor.demand("customers.assign")
    found = {row.id: row for row in uow.session.scalars(select(Customer).where(Customer.id.in_(list(chosen))))}
    if len(found) < len(chosen):
        raise NotFound("One of the customers is not among those you may see.")
    late = [found[key].name for key, version in chosen.items() if found[key].version != version]
    if late:
        raise ChangedMeanwhile(f"Somebody changed {', '.join(sorted(late))} meanwhile. Look again, then repeat.")
    return [found[key] for key in chosen]


def _record(uow: UnitOfWork, action: str, customer: Customer, changes: Mapping[str, object]) -> None:
    uow.record(action, "customer", customer.id, partner_id=customer.partner_id, changes=changes)

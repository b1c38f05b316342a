"""What pages and other areas read about customers, always within the actor's scope."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import ScalarSelect, Select, and_, func, or_, select

from models.core.errors import NotFound
from models.core.paging import FIRST_PAGE, Asc, Page, PageRequest, fetch_page
from models.core.unit_of_work import UnitOfWork
from models.customers.intervals import assignment_intervals as assignment_intervals
from models.customers.intervals import assignments_since as assignments_since
from models.customers.intervals import assignments_version as assignments_version
from models.customers.intervals import association_intervals as association_intervals
from models.customers.intervals import names as names
from models.customers.rules import AssociationType
from models.customers.tables import AccountManagerAssignment, Customer, CustomerAssociation

COUNTED_TO = 10_000
"""How far a list is counted exactly: counting a million rows costs more than showing a page of them."""


@dataclass(frozen=True, slots=True)
class CustomerRow:
    """A customer in a list; `associated_on` is the first business date with its present partner."""

    id: UUID
    name: str
    account_name: str
    email: str
    mobile: str | None
    enterprise: bool
    industry: str | None
    country: str
    currency: str
    partner_id: UUID | None
    association_type: AssociationType | None
    account_manager_id: UUID | None
    associated_on: date | None
    version: int


@dataclass(frozen=True, slots=True)
class CustomerDetail:
    """A customer with everything its page shows."""

    id: UUID
    name: str
    account_name: str
    email: str
    mobile: str | None
    enterprise: bool
    industry: str | None
    country: str
    currency: str
    partner_id: UUID | None
    association_type: AssociationType | None
    account_manager_id: UUID | None
    registered_on: date
    version: int


@dataclass(frozen=True, slots=True)
class AssociationRow:
    """A customer belonged to a partner from a business date, perhaps until another (exclusive)."""

    partner_id: UUID
    association_type: AssociationType
    associated_on: date
    ended_on: date | None


@dataclass(frozen=True, slots=True)
class AssignmentRow:
    """An account manager looked after a customer; it counted from a day, perhaps until another (exclusive)."""

    user_id: UUID
    partner_id: UUID
    assigned_on: date
    counts_from: date
    unassigned_on: date | None
    counts_until: date | None


@dataclass(frozen=True, slots=True)
class CustomerFilter:
    """Which customers of a list are shown: all conditions together, one of the values of each; none: any."""

    search: str = ""
    partners: Collection[UUID] = ()
    managers: Collection[UUID] = ()
    unassigned: bool = False
    association_types: Collection[AssociationType] = ()
    industries: Collection[str] = ()
    countries: Collection[str] = ()


EVERY_CUSTOMER = CustomerFilter()


def customers(
    uow: UnitOfWork,
    wanted: CustomerFilter = EVERY_CUSTOMER,
    page: PageRequest = FIRST_PAGE,
) -> Page[CustomerRow]:
    """Customers the actor may see, by name (CUS-LIST-01, CUS-COM-01). One statement for the page."""
    uow.actor.demand("customers.view")
    row, association = Customer, CustomerAssociation
    present = and_(association.customer_id == row.id, association.ended_on.is_(None))
    stmt = select(
        row.id, row.name, row.account_name, row.email, row.mobile, row.enterprise, row.industry, row.country,
        row.currency, row.partner_id, row.association_type, row.account_manager_id, association.associated_on,
        row.version,
    ).outerjoin(association, present)  # fmt: skip
    return fetch_page(uow, _filtered(stmt, wanted), CustomerRow, page, order=(Asc(Customer.name), Asc(Customer.id)))


def count(uow: UnitOfWork, wanted: CustomerFilter = EVERY_CUSTOMER) -> int:
    """How many customers a filter finds, counted as far as `COUNTED_TO`; one more means: more than that."""
    uow.actor.demand("customers.view")
    found = _filtered(select(Customer.id), wanted).limit(COUNTED_TO + 1).subquery()
    return uow.session.scalar(select(func.count()).select_from(found)) or 0


def _filtered(stmt: Select[Any], wanted: CustomerFilter) -> Select[Any]:
    row = Customer
    if text := wanted.search.strip().lower():
        columns = (row.name, row.account_name, row.email)
        stmt = stmt.where(or_(*(func.lower(column).contains(text, autoescape=True) for column in columns)))
    for column, values in (
        (row.partner_id, wanted.partners), (row.association_type, wanted.association_types),
        (row.industry, wanted.industries), (row.country, wanted.countries),
    ):  # fmt: skip
        if values:
            stmt = stmt.where(column.in_(list(values)))
    if wanted.managers or wanted.unassigned:
        nobody = row.account_manager_id.is_(None) if wanted.unassigned else row.id.is_(None)
        stmt = stmt.where(or_(row.account_manager_id.in_(list(wanted.managers)), nobody))
    return stmt


def customer(uow: UnitOfWork, customer_id: UUID) -> CustomerDetail:
    """One customer.

    Raises:
        NotFound: no such customer among those the actor may see (CUS-COM-01).
    """
    uow.actor.demand("customers.view")
    row = Customer
    stmt = select(
        row.id, row.name, row.account_name, row.email, row.mobile, row.enterprise, row.industry, row.country,
        row.currency, row.partner_id, row.association_type, row.account_manager_id, row.registered_on, row.version,
    ).where(row.id == customer_id)  # fmt: skip
    found = uow.session.execute(stmt).one_or_none()
    if found is None:
        raise NotFound("There is no such customer among those you may see.")
    return CustomerDetail(*found)


def associations(uow: UnitOfWork, customer_id: UUID) -> list[AssociationRow]:
    """The partners a customer belonged to, the newest first; of other partners only where the actor may see them."""
    uow.actor.demand("customers.view")
    row = CustomerAssociation
    stmt = (
        select(row.partner_id, row.association_type, row.associated_on, row.ended_on)
        .where(row.customer_id == customer_id)
        .order_by(row.associated_on.desc(), row.id)
    )
    return [AssociationRow(*found) for found in uow.session.execute(stmt)]


def assignments(uow: UnitOfWork, customer_id: UUID) -> list[AssignmentRow]:
    """All account managers a customer had, the newest first (CUS-DET-05)."""
    uow.actor.demand("customers.view")
    row = AccountManagerAssignment
    stmt = (
        select(row.user_id, row.partner_id, row.assigned_on, row.counts_from, row.unassigned_on, row.counts_until)
        .where(row.customer_id == customer_id)
        .order_by(row.assigned_on.desc(), row.id.desc())
    )
    return [AssignmentRow(*found) for found in uow.session.execute(stmt)]


def account_managers(uow: UnitOfWork) -> set[UUID]:
    """Everybody who looks or looked after a customer that the actor may see."""
    uow.actor.demand("customers.view")
    return set(uow.session.scalars(select(AccountManagerAssignment.user_id).distinct()))


def count_by_partner(uow: UnitOfWork, partner_ids: Collection[UUID]) -> dict[UUID, int]:
    """How many customers belong to each of some partners now; partners without any are missing."""
    row = Customer
    stmt = select(row.partner_id, func.count(row.id)).where(row.partner_id.in_(list(partner_ids)))
    return {key: number for key, number in uow.session.execute(stmt.group_by(row.partner_id)) if key is not None}


def count_of_partner(uow: UnitOfWork, partner_id: UUID) -> int:
    """How many customers belong to a partner now."""
    return count_by_partner(uow, [partner_id]).get(partner_id, 0)


def count_by_manager(uow: UnitOfWork, user_ids: Collection[UUID]) -> dict[UUID, int]:
    """How many customers each of some account managers looks after now; those without any are missing (CUS-ASG-01)."""
    row = Customer
    stmt = select(row.account_manager_id, func.count(row.id)).where(row.account_manager_id.in_(list(user_ids)))
    return {key: number for key, number in uow.session.execute(stmt.group_by(row.account_manager_id)) if key}


def industries(uow: UnitOfWork) -> list[str]:
    """The industries of customers the actor may see, by name."""
    stmt = select(Customer.industry).where(Customer.industry.is_not(None)).distinct().order_by(Customer.industry)
    return [name for name in uow.session.scalars(stmt) if name]


def options(uow: UnitOfWork, *, search: str = "", limit: int = 50) -> dict[UUID, str]:
    """Names of customers the actor may see, by name: what a selector offers, narrowed by what was typed."""
    stmt = _filtered(select(Customer.id, Customer.name), CustomerFilter(search=search))
    found = uow.session.execute(stmt.order_by(Customer.name, Customer.id).limit(limit))
    return dict(found.tuples().all())


def name_of(customer_id: Any) -> ScalarSelect[str]:
    """The name of the customer that a column names, as an expression of another area's select; NULL out of scope."""
    return select(Customer.name).where(Customer.id == customer_id).scalar_subquery()


def names_of(uow: UnitOfWork, customer_ids: Collection[UUID]) -> dict[UUID, str]:
    """Names of some customers among those the actor may see."""
    stmt = select(Customer.id, Customer.name).where(Customer.id.in_(list(customer_ids)))
    return dict(uow.session.execute(stmt).tuples().all())


def accounts_of(uow: UnitOfWork, customer_ids: Collection[UUID]) -> dict[UUID, tuple[str, str]]:
    """Name and account name of some customers among those the actor may see."""
    stmt = select(Customer.id, Customer.name, Customer.account_name).where(Customer.id.in_(list(customer_ids)))
    return {key: (name, account) for key, name, account in uow.session.execute(stmt)}


def assigned_to(uow: UnitOfWork, user_id: UUID) -> list[UUID]:
    """Keys of the customers that an account manager looks after today (CUS-COM-01)."""
    assignment = AccountManagerAssignment
    stmt = (
        select(assignment.customer_id)
        .where(
            assignment.user_id == user_id,
            or_(assignment.unassigned_on.is_(None), assignment.counts_until > uow.today),
        )
        .distinct()
    )
    return list(uow.session.scalars(stmt))

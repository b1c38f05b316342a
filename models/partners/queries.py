"""What pages and other areas read about partners, always within the actor's scope."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import ScalarSelect, Select, func, or_, select
from sqlalchemy.orm import aliased

from models.core.errors import NotFound
from models.core.paging import FIRST_PAGE, Asc, Page, PageRequest, fetch_page
from models.core.unit_of_work import UnitOfWork
from models.partners.rules import MembershipKind, PartnerKind, PartnerStatus, Tier
from models.partners.tables import Partner, ProgramMembership


@dataclass(frozen=True, slots=True)
class PartnerRow:
    """A partner in a list."""

    id: UUID
    number: str
    name: str
    kind: PartnerKind
    tier: Tier
    status: PartnerStatus
    country: str
    city: str
    region: str
    manager_id: UUID | None
    joined_on: date


@dataclass(frozen=True, slots=True)
class PartnerDetail:
    """A partner with everything its page shows; the parent is the distributor or provider it belongs to."""

    id: UUID
    number: str
    name: str
    account_name: str
    kind: PartnerKind
    tier: Tier
    status: PartnerStatus
    country: str
    city: str
    region: str
    currency: str
    website: str | None
    joined_on: date
    parent_id: UUID | None
    parent: str | None
    manager_id: UUID | None
    business_authenticated: bool
    growth_plan: bool
    bills_paid: bool
    version: int


@dataclass(frozen=True, slots=True)
class StandingRow:
    """What a partner's benefits hang on: its tier, and what managers have set about it."""

    id: UUID
    name: str
    tier: Tier
    business_authenticated: bool
    growth_plan: bool
    bills_paid: bool


@dataclass(frozen=True, slots=True)
class MembershipRow:
    """A program or path, joined on a business date and perhaps left (exclusive)."""

    id: UUID
    kind: str
    name: str
    since: date
    until: date | None


def partners(uow: UnitOfWork, search: str = "", page: PageRequest = FIRST_PAGE) -> Page[PartnerRow]:
    """Partners the actor may see whose name, number or city holds the words, by name. One statement for the page."""
    uow.actor.demand("partners.view")
    row = Partner
    stmt = select(
        row.id, row.number, row.name, row.kind, row.tier, row.status, row.country, row.city, row.region, row.manager_id,
        row.joined_on,
    )  # fmt: skip
    return fetch_page(uow, _searched(stmt, search), PartnerRow, page, order=(Asc(Partner.name), Asc(Partner.id)))


def count(uow: UnitOfWork, search: str = "") -> int:
    """How many partners a search finds."""
    uow.actor.demand("partners.view")
    return uow.session.scalar(_searched(select(func.count(Partner.id)), search)) or 0


def count_unmanaged(uow: UnitOfWork) -> int:
    """How many partners have no ecosystem manager."""
    uow.actor.demand("partners.view")
    return uow.session.scalar(select(func.count(Partner.id)).where(Partner.manager_id.is_(None))) or 0


def count_resellers(uow: UnitOfWork, partner_id: UUID) -> int:
    """How many resellers belong to a partner."""
    uow.actor.demand("partners.view")
    return uow.session.scalar(select(func.count(Partner.id)).where(Partner.parent_id == partner_id)) or 0


def _searched(stmt: Select[Any], search: str) -> Select[Any]:
    row = Partner
    if text := search.strip().lower():
        columns = (row.name, row.account_name, row.number, row.city)
        stmt = stmt.where(or_(*(func.lower(column).contains(text, autoescape=True) for column in columns)))
    return stmt


def partner(uow: UnitOfWork, partner_id: UUID) -> PartnerDetail:
    """One partner.

    Raises:
        NotFound: no such partner among those the actor may see.
    """
    uow.actor.demand("partners.view")
    row, parent = Partner, aliased(Partner)
    stmt = (
        select(
            row.id, row.number, row.name, row.account_name, row.kind, row.tier, row.status, row.country, row.city,
            row.region, row.currency, row.website, row.joined_on, row.parent_id, parent.name, row.manager_id,
            row.business_authenticated, row.growth_plan, row.bills_paid, row.version,
        )
        .outerjoin(parent, parent.id == row.parent_id)
        .where(row.id == partner_id)
    )  # fmt: skip
    found = uow.session.execute(stmt).one_or_none()
    if found is None:
        raise NotFound("There is no such partner among those you may see.")
    return PartnerDetail(*found)


def memberships(uow: UnitOfWork, partner_id: UUID) -> list[MembershipRow]:
    """The programs and paths of a partner, those it is in first, then the newest."""
    row = ProgramMembership
    stmt = select(row.id, row.kind, row.name, row.since, row.until).where(row.partner_id == partner_id)
    found = [MembershipRow(*values) for values in uow.session.execute(stmt)]
    return sorted(found, key=lambda m: (m.until is not None, m.kind != MembershipKind.PROGRAM, -m.since.toordinal()))


def options(uow: UnitOfWork) -> dict[UUID, str]:
    """Names of all partners the actor may see, by name: what a selector offers."""
    stmt = select(Partner.id, Partner.name).order_by(Partner.name, Partner.id)
    return dict(uow.session.execute(stmt).tuples().all())


def names(uow: UnitOfWork, partner_ids: Collection[UUID]) -> dict[UUID, str]:
    """Names of some partners among those the actor may see."""
    stmt = select(Partner.id, Partner.name).where(Partner.id.in_(list(partner_ids)))
    return dict(uow.session.execute(stmt).tuples().all())


def name_of(partner_id: Any) -> ScalarSelect[str]:
    """The name of the partner that a column names, as an expression of another area's select; NULL out of scope."""
    return select(Partner.name).where(Partner.id == partner_id).scalar_subquery()


@dataclass(frozen=True, slots=True)
class PartnerColumns:
    """What a list of another area reads of partners."""

    entity: Any
    id: Any
    name: Any
    account_name: Any
    number: Any
    tier: Any
    city: Any
    region: Any


def partner_columns() -> PartnerColumns:
    """The columns of partners, for a list of another area."""
    row = Partner
    return PartnerColumns(row, row.id, row.name, row.account_name, row.number, row.tier, row.city, row.region)


def standings(uow: UnitOfWork, partner_ids: Collection[UUID]) -> dict[UUID, StandingRow]:
    """The standing of some partners among those the actor may see."""
    row = Partner
    stmt = select(row.id, row.name, row.tier, row.business_authenticated, row.growth_plan, row.bills_paid)
    stmt = stmt.where(row.id.in_(list(partner_ids))).order_by(row.name, row.id)
    return {values[0]: StandingRow(*values) for values in uow.session.execute(stmt)}


def standing(uow: UnitOfWork, partner_id: UUID) -> StandingRow:
    """The standing of one partner.

    Raises:
        NotFound: no such partner among those the actor may see.
    """
    found = standings(uow, [partner_id]).get(partner_id)
    if found is None:
        raise NotFound("There is no such partner among those you may see.")
    return found


def named(uow: UnitOfWork, words: str, *, most: int = 200) -> list[UUID]:
    """Partners whose name or number holds the words, by name; at most so many."""
    text = words.strip().lower()
    found = (func.lower(column).contains(text, autoescape=True) for column in (Partner.name, Partner.number))
    return list(uow.session.scalars(select(Partner.id).where(or_(*found)).order_by(Partner.name).limit(most)))


def regions(uow: UnitOfWork) -> list[str]:
    """The sales regions in which there are partners, by name."""
    return list(uow.session.scalars(select(Partner.region).distinct().order_by(Partner.region)))


def partner_name(uow: UnitOfWork, partner_id: UUID) -> str:
    """A partner's name; empty when it is not among those the actor may see."""
    return uow.session.scalar(select(Partner.name).where(Partner.id == partner_id)) or ""


def care_of(uow: UnitOfWork, partner_id: UUID) -> tuple[UUID | None, str]:
    """A partner's ecosystem manager and sales region; nothing when it is not among those the actor may see."""
    found = uow.session.execute(select(Partner.manager_id, Partner.region).where(Partner.id == partner_id)).first()
    return (found[0], found[1]) if found else (None, "")


def managers_of(uow: UnitOfWork, partner_ids: Collection[UUID]) -> dict[UUID, UUID | None]:
    """The ecosystem managers of some partners among those the actor may see."""
    stmt = select(Partner.id, Partner.manager_id).where(Partner.id.in_(list(partner_ids)))
    return dict(uow.session.execute(stmt).tuples().all())


def managed_by(managers: Any) -> Select[tuple[UUID]]:
    """The partners that an expression's people look after, as a part of another area's select."""
    return select(Partner.id).where(Partner.manager_id.in_(managers))


def kind_of(uow: UnitOfWork, partner_id: UUID) -> PartnerKind | None:
    """How a partner does business; None when it is not among those the actor may see."""
    return uow.session.scalar(select(Partner.kind).where(Partner.id == partner_id))


def of_kind(uow: UnitOfWork, kind: PartnerKind) -> frozenset[UUID]:
    """The partners of a kind that the actor may see."""
    return frozenset(uow.session.scalars(select(Partner.id).where(Partner.kind == kind)))


def resellers_of(uow: UnitOfWork, partner_id: UUID) -> list[UUID]:
    """Keys of the resellers that belong to a partner."""
    return list(uow.session.scalars(select(Partner.id).where(Partner.parent_id == partner_id).order_by(Partner.id)))

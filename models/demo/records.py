"""Writes the invented companies and people into the record store, many rows at a time."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from argon2 import PasswordHasher
from sqlalchemy import insert, select

from models.catalog.tables import ExchangeRate, Product, Region, ServiceType
from models.core.clock import BUSINESS_ZONE, business_midnight
from models.core.history import HistoryEntry
from models.core.money import exact_text
from models.core.types import new_id
from models.core.unit_of_work import UnitOfWork
from models.customers.tables import AccountManagerAssignment, Customer, CustomerAssociation
from models.demo.delivery import CycleFile
from models.demo.ecosystem import DemoCustomer, DemoPartner, Ecosystem
from models.demo.people import DemoUser
from models.demo.terms import DemoTerms, catalog, key, slug
from models.expenditures.rules import ImportKind, ImportStatus
from models.expenditures.tables import (
    DeliveryFile,
    DeliveryImport,
    DeliveryImportFile,
    DeliverySource,
    SubAccountMapping,
)
from models.identity.tables import UserAccount, UserRole
from models.partners.rules import Tier
from models.partners.tables import Partner, ProgramMembership

NO_PASSWORD = "!"  # noqa: S105 - not a hash, so no password fits it
"""Stands where a password's hash would: nobody can sign in as the people who are only there to be seen."""


@dataclass(frozen=True, slots=True)
class DemoAccount:
    """A demo person who can sign in, with the password made for this installation."""

    role: str
    name: str
    email: str
    password: str


def write(uow: UnitOfWork, terms: DemoTerms, eco: Ecosystem) -> list[DemoAccount]:
    """All records of the ecosystem; the accounts that can sign in, whose passwords are kept nowhere else."""
    _catalog(uow, terms)
    ranked = sorted(eco.partners, key=lambda partner: partner.parent_id is not None)
    _add(uow, Partner, (_partner(uow, partner) for partner in ranked))
    programs = ((partner, *row) for partner in eco.partners for row in partner.programs)
    _add(
        uow, ProgramMembership,
        ({"partner_id": p.id, "kind": kind, "name": name, "since": since, "until": until}
         for p, kind, name, since, until in programs),
    )  # fmt: skip
    accounts = {user.id: _account(user) for user in eco.users if user.demo}
    hasher = PasswordHasher()
    hashes = {user_id: hasher.hash(account.password) for user_id, account in accounts.items()}
    people = sorted(eco.users, key=lambda user: user.director_id is not None)
    _add(uow, UserAccount, (_user(uow, user, hashes.get(user.id, NO_PASSWORD)) for user in people))
    _add(uow, UserRole, ({"user_id": user.id, "role": role} for user in eco.users for role in user.roles), keyed=False)
    _customers(uow, terms, eco.customers)
    _add(uow, HistoryEntry, _history(uow, eco))
    return list(accounts.values())


def _add(uow: UnitOfWork, table: Any, rows: Iterable[dict[str, Any]], *, keyed: bool = True) -> None:
    made = [({"id": new_id()} if keyed else {}) | row for row in rows]
    if made:
        uow.session.execute(insert(table), made)


def _account(user: DemoUser) -> DemoAccount:
    """A password of 16 characters that keeps the rules of ORG-PWD-03 whatever is drawn."""
    return DemoAccount(user.demo, user.name, user.email, f"{secrets.token_hex(5)}-k{secrets.randbelow(90) + 10}")


def _partner(uow: UnitOfWork, partner: DemoPartner) -> dict[str, Any]:
    names = (
        "id", "number", "name", "kind", "tier", "status", "country", "region", "city", "currency", "joined_on",
        "parent_id", "manager_id", "business_authenticated", "growth_plan", "bills_paid",
    )  # fmt: skip
    account = slug(partner.name)
    return {name: getattr(partner, name) for name in names} | {
        "account_name": account, "website": f"https://www.{account}.example", "created_at": uow.now, "version": 1,
    }  # fmt: skip


def _user(uow: UnitOfWork, user: DemoUser, password_hash: str) -> dict[str, Any]:
    return {
        "id": user.id, "partner_id": user.partner_id, "username": user.email.partition("@")[0], "email": user.email,
        "name": user.name, "mobile": f"+00 {user.id.int % 900_000_000 + 100_000_000}", "password_hash": password_hash,
        "must_change_password": False, "director_id": user.director_id, "preferences": {}, "created_at": uow.now,
        "version": 1,
    }  # fmt: skip


def _customers(uow: UnitOfWork, terms: DemoTerms, customers: Sequence[DemoCustomer]) -> None:
    _add(uow, Customer, (_customer(uow, customer) for customer in customers))
    _add(
        uow, CustomerAssociation,
        ({"customer_id": c.id, "partner_id": stay.partner.id, "association_type": stay.kind,
          "associated_on": stay.since, "ended_on": stay.until} for c in customers for stay in c.stays),
    )  # fmt: skip
    names = ("partner_id", "user_id", "assigned_on", "counts_from", "unassigned_on", "counts_until")
    _add(
        uow, AccountManagerAssignment,
        ({"customer_id": c.id} | {name: getattr(care, name) for name in names} for c in customers for care in c.care),
    )  # fmt: skip
    _add(
        uow, SubAccountMapping,
        ({"source": terms.source, "sub_account_id": c.sub_account, "customer_id": c.id, "mapped_at": uow.now,
          "version": 1} for c in customers),
    )  # fmt: skip


def _customer(uow: UnitOfWork, customer: DemoCustomer) -> dict[str, Any]:
    stay = customer.now_at
    care = next((care for care in customer.care if care.unassigned_on is None), None)
    names = ("id", "name", "account_name", "email", "mobile", "country", "currency", "industry", "enterprise")
    return {name: getattr(customer, name) for name in names} | {
        "partner_id": stay.partner.id if stay else None, "association_type": stay.kind if stay else None,
        "account_manager_id": care.user_id if care and stay else None, "registered_on": customer.stays[0].since,
        "created_at": uow.now, "version": 1,
    }  # fmt: skip


def _history(uow: UnitOfWork, eco: Ecosystem) -> Iterable[dict[str, Any]]:
    """One entry per partner of some standing, so that its page has a past."""
    for number, partner in enumerate(eco.partners):
        if partner.tier is Tier.REGISTERED:
            continue
        before = list(Tier)[list(Tier).index(partner.tier) - 1]
        day = partner.joined_on + timedelta(days=60 + number % 200)
        if day < uow.today:
            at = datetime.combine(day, time(9 + number % 8, number % 60), BUSINESS_ZONE)
            yield _entry(at, "partner.changed", partner, {"tier": [before.value, partner.tier.value]})


def _entry(at: datetime, action: str, partner: DemoPartner, changes: dict[str, Any]) -> dict[str, Any]:
    return {
        "at": at, "actor_id": None, "actor_name": "Kontor", "action": action, "subject": "partner",
        "subject_id": partner.id, "partner_id": partner.id, "changes": changes,
    }  # fmt: skip


# ---- reference data ----


def _catalog(uow: UnitOfWork, terms: DemoTerms) -> None:
    """Regions, services and rates that are not there yet: an import may have brought some."""
    known_regions = set(uow.session.scalars(select(Region.code)))
    known_services = set(uow.session.scalars(select(ServiceType.name)))
    known_products = set(uow.session.scalars(select(Product.code)))
    uow.session.add_all(
        Region(code=code, name=name) for code, name in catalog().regions.items() if code not in known_regions
    )
    for service in catalog().services:
        if service.name not in known_services:
            uow.session.add(ServiceType(name=service.name, family=service.family))
        uow.session.add_all(
            Product(code=code, name=name, service_type=service.name)
            for code, name, *_ in service.products
            if code not in known_products
        )
    uow.session.add_all(_rates(uow, terms))


def _rates(uow: UnitOfWork, terms: DemoTerms) -> Iterable[ExchangeRate]:
    """A rate for the first of each month, moving evenly from the first to the last value."""
    months = [_months_before(uow.today, number) for number in range(terms.months, -1, -1)]
    for currency, (first, last) in catalog().rates.items():
        for number, on in enumerate(months):
            value = (first + (last - first) * number / Decimal(len(months) - 1)).quantize(Decimal("0.00001"))
            yield ExchangeRate(
                source=terms.rate_source, on=on, currency=currency, base="USD", value=value, entered_at=uow.now
            )


def _months_before(day: date, number: int) -> date:
    months = day.year * 12 + day.month - 1 - number
    return date(months // 12, months % 12 + 1, 1)


# ---- deliveries ----


def open_deliveries(uow: UnitOfWork, terms: DemoTerms, names: Sequence[str]) -> dict[str, int]:
    """The source and its files, not imported yet; the numbers that the lines will carry."""
    if uow.session.scalar(select(DeliverySource.id).where(DeliverySource.name == terms.source)) is None:
        uow.session.add(DeliverySource(name=terms.source))
    stmt = select(DeliveryFile).where(DeliveryFile.source == terms.source, DeliveryFile.name.in_(names))
    found = {file.name: file for file in uow.session.scalars(stmt)}
    for name in names:
        if name not in found:
            found[name] = DeliveryFile(source=terms.source, name=name)
            uow.session.add(found[name])
    uow.session.flush()
    return {name: found[name].id for name in names}


def close_deliveries(uow: UnitOfWork, terms: DemoTerms, ids: dict[str, int], files: Sequence[CycleFile]) -> None:
    """Say of every file what came in with it, as its import would have: one import a month, on its first morning."""
    rows = {row.id: row for row in uow.session.scalars(select(DeliveryFile).where(DeliveryFile.source == terms.source))}
    for file in files:
        totals = {currency: exact_text(amount) for currency, amount in file.totals.items()}
        at = min(business_midnight((file.cycle + timedelta(days=32)).replace(day=1)) + timedelta(hours=2), uow.now)
        counts: dict[str, Any] = {
            "read": file.lines,
            "accepted": file.lines,
            "rejected": 0,
            "unmapped": 0,
            "billed_cost": totals,
        }
        row = rows[ids[file.name]]
        run = DeliveryImport(
            id=key(terms, "import", file.cycle), kind=ImportKind.IMPORT, source=terms.source, status=ImportStatus.DONE,
            actor_id=None, actor_name=uow.actor.name, created_at=at, started_at=at,
            finished_at=at + timedelta(seconds=4), step="Done", permille=1000, attempts=1, changed=True, **counts,
        )  # fmt: skip
        uow.session.add(run)
        uow.session.flush()
        cycles = [file.cycle.isoformat()]
        part = DeliveryImportFile(
            import_id=run.id, file_id=row.id, position=0, name=file.name, sha256=file.sha256, size=file.size,
            changed=True, cycles=cycles, **counts,
        )  # fmt: skip
        uow.session.add(part)
        row.sha256, row.size, row.cycles, row.imported_at = file.sha256, file.size, cycles, run.finished_at
        row.read, row.accepted, row.billed_cost = file.lines, file.lines, totals

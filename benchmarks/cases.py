"""Cases to measure with: a partner, its admin, reviewers, and MDF applications that wait for their review."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from models.applications import applying, stages
from models.applications.access import find
from models.core.actor import SYSTEM, Actor
from models.core.types import new_id
from models.core.unit_of_work import UnitOfWork, unit_of_work
from models.identity import access
from models.identity.tables import UserAccount, UserRole
from models.partners.rules import PartnerKind, Tier
from models.partners.tables import Partner

APPLICATION: dict[str, Any] = {
    "activity_name": "Riga Cloud Day", "activity_type": "Seminar or conference", "organizer": "Nordlicht Systems",
    "audience": "Heads of IT", "peer_vendors": False, "address": "Kipsalas 8, Riga", "purpose": "New customers.",
    "agenda": "Six talks.", "participants": 120, "agreed": "1", "customers_reached": 6, "media_views": 0,
    "developed_customers": 1, "leads": 0, "opportunity_revenue": "3422.00",
    "budget": [{"item": "Venue", "mdf_used": True, "amount": "10.00"}],
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class People:
    """Who applies and who decides, by their keys."""

    admin: UUID
    reviewer: UUID


def people(uow: UnitOfWork) -> People:
    """A partner with an advanced tier and an admin; a business reviewer of the vendor."""
    partner = Partner(
        id=new_id(), number="P-00001", name="Nordlicht Systems", account_name="nordlicht",
        kind=PartnerKind.CLOUD_SOLUTION_PROVIDER, tier=Tier.ADVANCED, country="LV", region="Europe", city="Riga",
        currency="USD", website=None, joined_on=date(2024, 3, 1), parent_id=None, manager_id=None,
        created_at=uow.now, business_authenticated=True,
    )  # fmt: skip
    uow.session.add(partner)
    uow.session.flush()
    made = [_person(uow, partner.id, "partner_admin"), _person(uow, None, "reviewer_business")]
    uow.session.flush()
    return People(*made)


def _person(uow: UnitOfWork, partner_id: UUID | None, role: str) -> UUID:
    user = UserAccount(
        id=new_id(), partner_id=partner_id, username=role, email=f"{role}@kontor.example", name=role, mobile=None,
        office_phone=None, password_hash="!", director_id=None, created_at=uow.now, deleted_at=None, preferences={},
        roles=[UserRole(role=role)],
    )  # fmt: skip
    uow.session.add(user)
    return user.id


def actor(user_id: UUID) -> Actor:
    """The person as they would be signed in."""
    with unit_of_work(read_only=True, actor=SYSTEM) as uow:
        found = access.actor_of(uow, user_id)
    assert found is not None
    return found


def apply_many(admin: Actor, number: int, *, search: bool) -> list[UUID]:
    """So many applications; with their search done they wait for a reviewer, without it for the worker."""
    made: list[UUID] = []
    for start in range(0, number, 100):
        with unit_of_work(actor=admin) as uow:
            for each in range(start, min(start + 100, number)):
                case_id = applying.begin(uow, "mdf", key=f"bench-{each}")
                # A year apart, so that no search finds the others.
                day = date(2030 + each % 900, 3, 1 + each % 28)
                dates = {"starts_on": day.isoformat(), "ends_on": day.isoformat()}
                applying.submit(uow, case_id, "application", APPLICATION | dates, key=f"send-{each}")
                made.append(case_id)
    if search:
        _search(made)
    return made


def _search(case_ids: Sequence[UUID]) -> None:
    for start in range(0, len(case_ids), 100):
        with unit_of_work(actor=SYSTEM) as uow:
            for case_id in case_ids[start : start + 100]:
                stages.run_check(uow, case_id, find(uow, case_id).state.visits[0].id)

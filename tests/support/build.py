"""Valid objects for tests: a test names only what it is about, the rest is believable."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from itertools import count
from typing import Any, TypeVar
from uuid import UUID

from models.core.actor import Actor, Scope
from models.core.unit_of_work import UnitOfWork
from models.customers.rules import AssociationType
from models.customers.tables import AccountManagerAssignment, Customer, CustomerAssociation
from models.identity import access
from models.identity.roles import role_book
from models.identity.tables import UserAccount, UserRole
from models.partners.rules import PartnerKind
from models.partners.tables import Partner

Row = TypeVar("Row")

# Hash of the password "harbour-1": made once, since a test need not wait for argon2.
PASSWORD = "harbour-1"
PASSWORD_HASH = "$argon2id$v=19$m=65536,t=3,p=4$kI8HvxZP5qFnr7fuP1Skxw$dUFQIZedwH85uHhdowXb4PJ9QXz7GnCNpzyM0j+nOq0"


@dataclass
class Build:
    """Makes rows in the given transaction."""

    uow: UnitOfWork
    _numbers: Any = field(default_factory=lambda: count(1))

    def partner(self, name: str | None = None, **given: Any) -> Partner:
        """A partner; every field can be given."""
        n = next(self._numbers)
        fields: dict[str, Any] = {
            "number": f"P-{n:05d}", "name": name or f"Nordlicht Systems {n}", "account_name": f"nordlicht-{n}",
            "kind": PartnerKind.CLOUD_SOLUTION_PROVIDER, "country": "DE", "region": "Europe", "city": "Lübeck",
            "currency": "USD", "website": None, "joined_on": date(2024, 3, 1), "parent_id": None, "manager_id": None,
            "created_at": self.uow.now,
        }  # fmt: skip
        return self._add(Partner(**fields | given))

    def customer(self, partner: Partner | None = None, name: str | None = None, **given: Any) -> Customer:
        """A customer; with a partner also its association since 2024-03-01, of type `association_type`."""
        n = next(self._numbers)
        kind = given.pop("association_type", AssociationType.RESELLER if partner else None)
        since = given.pop("since", date(2024, 3, 1))
        fields: dict[str, Any] = {
            "partner_id": partner.id if partner else None, "name": name or f"Polder Energie {n}",
            "account_name": f"polder-{n}", "email": f"it{n}@polder.example", "mobile": "19300000003",
            "industry": "Energy", "country": "NL", "currency": "USD", "association_type": kind,
            "account_manager_id": None, "registered_on": since, "created_at": self.uow.now,
        }  # fmt: skip
        customer = self._add(Customer(**fields | given))
        if partner and kind:
            self.association(customer, partner, kind, since)
        return customer

    def association(
        self, customer: Customer, partner: Partner, kind: AssociationType, since: date, until: date | None = None
    ) -> CustomerAssociation:
        """The customer belongs to the partner for a while."""
        row = CustomerAssociation(
            customer_id=customer.id, partner_id=partner.id, association_type=kind, associated_on=since, ended_on=until
        )
        return self._add(row)

    def assignment(
        self, customer: Customer, manager: UserAccount, since: date, until: date | None = None
    ) -> AccountManagerAssignment:
        """An account manager looks after the customer; counts exactly from `since` until `until`."""
        row = AccountManagerAssignment(
            customer_id=customer.id, partner_id=customer.partner_id, user_id=manager.id, assigned_on=since,
            counts_from=since, unassigned_on=until, counts_until=until,
        )  # fmt: skip
        return self._add(row)

    def user(self, *roles: str, partner: Partner | None = None, **given: Any) -> UserAccount:
        """A user with these roles and the password `PASSWORD`."""
        n = next(self._numbers)
        fields: dict[str, Any] = {
            "partner_id": partner.id if partner else None, "username": f"user{n}", "email": f"user{n}@kontor.example",
            "name": f"Jonas Weber {n}", "mobile": None, "office_phone": None, "password_hash": PASSWORD_HASH,
            "director_id": None, "created_at": self.uow.now, "deleted_at": None, "preferences": {},
        }  # fmt: skip
        return self._add(UserAccount(**fields | given, roles=[UserRole(role=role) for role in roles]))

    def actor(self, *roles: str, partner: Partner | None = None, **given: Any) -> Actor:
        """Somebody with these roles, with permissions and scope as sign-in would give them."""
        user = self.user(*roles, partner=partner, **given)
        return self.actor_of(user, roles)

    def actor_of(self, user: UserAccount, roles: tuple[str, ...]) -> Actor:
        """The actor that a user is with these roles."""
        return Actor(
            user_id=user.id,
            name=user.name,
            roles=frozenset(roles),
            permissions=frozenset().union(*(role_book().of(role) for role in roles)),
            scope=access.scope_of(self.uow, user.id, user.partner_id, list(roles)),
            partner_id=user.partner_id,
        )

    def _add(self, row: Row) -> Row:
        self.uow.session.add(row)
        self.uow.session.flush()
        return row


def nobody(partner_id: UUID) -> Actor:
    """A member of a partner without any role."""
    return Actor(None, "Nobody", scope=Scope(frozenset({partner_id})), partner_id=partner_id)

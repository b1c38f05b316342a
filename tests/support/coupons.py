"""A kind of application at whose end a coupon stands, made of the designer's template; and its people."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from itertools import count
from typing import Any
from uuid import UUID

from models import areas
from models.applications import applying, reviewing
from models.applications.access import find
from models.core.actor import Actor
from models.core.unit_of_work import UnitOfWork
from models.coupons.rules import CouponKind, NewCoupon
from models.design import drafting, publishing
from models.design.edits import Edit
from models.design.templates import template
from models.engines.workflow.state import State
from tests.support.build import Build

NAME = "Test coupons"
TYPE = "test_coupons"
FORM = {"subject": "Harbour planning 4.2", "purpose": "Load tests of the new version.", "asked": "3000.00"}


def new_coupon(**given: Any) -> NewCoupon:
    """A coupon as a manager would issue it on June 1, 2026."""
    fields: dict[str, Any] = {
        "kind": CouponKind.TEST, "name": "Proof of concept", "amount": Decimal("3000.00"), "currency": "USD",
        "valid_from": date(2026, 6, 1), "valid_until": date(2026, 8, 31), "remind_days": 14,
        "comment": "Not available online for this account.",
    }  # fmt: skip
    return NewCoupon(**fields | given)


@dataclass
class Counter:
    """A partner, its people, and those of the vendor who give coupons; all in one transaction, on June 1, 2026."""

    build: Build
    now: date = date(2026, 6, 1)
    _keys: Iterator[int] = field(default_factory=lambda: count(1))

    def __post_init__(self) -> None:
        areas.load()
        self.partner = self.build.partner("Nordlicht Systems")
        self.liis = self.build.actor("partner_admin", partner=self.partner, name="Liis Tamm")
        self.anton = self.build.actor("account_manager", partner=self.partner, name="Anton Berg")
        self.kofi = self.build.actor("ecosystem_manager", name="Kofi Mensah")
        self.elif_ = self.build.actor("ecosystem_manager", name="Elif Demir")
        self.joris = self.build.actor("reviewer_business", name="Joris de Wit")

    @contextmanager
    def as_(self, actor: Actor, on: date | None = None) -> Iterator[UnitOfWork]:
        """The same transaction in the name of somebody, with their scope."""
        session, before = self.build.uow.session, self.build.uow.session.info["scope"]
        session.info["scope"] = actor.scope
        try:
            yield UnitOfWork(session, actor, self.build.uow.now).at(on or self.now)
        finally:
            session.info["scope"] = before

    def publish(self, *edits: Edit) -> None:
        """Publish the type, after the template and with some changes: Kofi asks, Elif agrees."""
        with self.as_(self.kofi) as uow:
            draft = drafting.begin_new(uow, NAME, template("coupon"))
            for edit in edits:
                drafting.change(uow, draft, edit)
            publishing.propose(uow, draft, note="Partners ask for coupons themselves.")
        with self.as_(self.elif_) as uow:
            publishing.publish(uow, draft)

    def applied(self) -> UUID:
        """A request of the partner that waits for its review."""
        with self.as_(self.liis) as uow:
            case_id = applying.begin(uow, TYPE, key=f"b{next(self._keys)}")
            applying.submit(uow, case_id, "application", FORM, key=f"s{next(self._keys)}")
        return case_id

    def approve(self, case_id: UUID, issued: str = "2500.00", *, key: str = "") -> State:
        """Joris approves, and says how much is issued."""
        with self.as_(self.joris) as uow:
            visit = find(uow, case_id).state.visits[0].id
            return reviewing.decide(
                uow, case_id, visit, "approve", key=key or f"d{next(self._keys)}", fields={"issued": issued}
            )

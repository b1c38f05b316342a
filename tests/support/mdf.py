"""An MDF case and its people: the guide's own example, carried from stage to stage by the services."""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import count
from typing import Any
from uuid import UUID

from models.applications import applying, reviewing, stages
from models.applications.access import find
from models.core.actor import SYSTEM, Actor
from models.core.unit_of_work import UnitOfWork
from models.engines.workflow.state import State
from models.partners.rules import Tier
from tests.support.build import Build

BEGAN = datetime.fromisoformat("2026-07-06T10:00+08:00")  # a Monday

APPLICATION: dict[str, Any] = {
    "activity_name": "Riga Cloud Day", "activity_type": "Seminar or conference", "organizer": "Nordlicht Systems",
    "audience": "Heads of IT in the Baltics", "peer_vendors": False, "starts_on": "2026-08-03", "ends_on": "2026-08-04",
    "address": "Kipsalas 8, Riga", "purpose": "Win customers of the energy sector.", "agenda": "Two days, six talks.",
    "participants": 120, "agreed": "1", "customers_reached": 6, "media_views": 0, "developed_customers": 1, "leads": 0,
    "opportunity_revenue": "3422.00",
    "budget": [
        {"item": "Venue", "mdf_used": True, "amount": "6000.00"},
        {"item": "Catering", "mdf_used": True, "amount": "2640.00"},
        {"item": "Design", "mdf_used": False, "amount": "360.00"},
    ],
}  # fmt: skip
"""8,640.00 USD with MDF used, 9,000.00 USD in all."""

INVOICING: dict[str, Any] = {
    "supplier_name": "Nordlicht Systems SIA", "supplier_code": "LV40003009497", "supplier_contact": "Anna Ozola",
    "supplier_mobile": "+371 20000000", "supplier_email": "anna.ozola@nordlicht.example", "bank_name": "Daugava Bank",
    "bank_account": "LV80DAUG0000435195001", "contract_no": "C-2025-118", "payment_terms": "30 days",
    "invoice_no": "NL-2026-0815", "payment_method": "Bank transfer",
}  # fmt: skip


@dataclass
class Fund:
    """A partner with a quota of 50,000.00 USD, and everybody who works on its MDF cases, in one transaction."""

    build: Build
    now: datetime = BEGAN
    _keys: Iterator[int] = field(default_factory=lambda: count(1))

    def __post_init__(self) -> None:
        self.partner = self.partner_named("Nordlicht Systems")
        self.liis = self.build.actor("partner_admin", partner=self.partner, name="Liis Tamm")
        self.anna = self.build.actor("finance_specialist", partner=self.partner, name="Anna Ozola")
        self.joris = self.build.actor("reviewer_business", name="Joris de Wit")
        self.sipho = self.build.actor("reviewer_finance", name="Sipho Dlamini")
        self.mei = self.build.actor("finance", name="Mei Tan")
        self.henrik = self.build.actor("finance", name="Henrik Lindner")
        self.ines = self.build.actor("ecosystem_manager", name="Inês Duarte")

    def partner_named(self, name: str, **given: Any) -> Any:
        """A partner that may be paid."""
        standing = {"tier": Tier.ADVANCED, "business_authenticated": True, "growth_plan": False, "bills_paid": False}
        return self.build.partner(name, **standing | given)

    @contextmanager
    def as_(self, actor: Actor) -> Iterator[UnitOfWork]:
        """The same transaction in the name of somebody, with their scope, at the fund's time."""
        session = self.build.uow.session
        before, session.info["scope"] = session.info["scope"], actor.scope
        try:
            yield UnitOfWork(session, actor, self.now)
        finally:
            session.info["scope"] = before

    def key(self) -> str:
        """A new key."""
        return f"key-{next(self._keys)}"

    def later(self, **span: int) -> None:
        """Let time pass."""
        self.now += timedelta(**span)

    def status(self, case_id: UUID) -> str:
        """What partner and vendor read."""
        with self.as_(SYSTEM) as uow:
            return find(uow, case_id).state.status

    def visit(self, case_id: UUID) -> str:
        """Where the case stands."""
        with self.as_(SYSTEM) as uow:
            return find(uow, case_id).state.visits[0].id

    # ---- the partner ----

    def begun(self, actor: Actor | None = None) -> UUID:
        """A draft."""
        with self.as_(actor or self.liis) as uow:
            return applying.begin(uow, "mdf", key=self.key())

    def submit(self, case_id: UUID, form: str, data: dict[str, Any], actor: Actor | None = None) -> State:
        """Send a form; the worker searches where it has to."""
        with self.as_(actor or self.liis) as uow:
            state = applying.submit(uow, case_id, form, data, key=self.key())
        if state.visits and state.visits[0].kind == "check":
            self.search(case_id)
        return state

    def applied(self, **changed: Any) -> UUID:
        """An application under review."""
        case_id = self.begun()
        self.submit(case_id, "application", APPLICATION | changed)
        return case_id

    def search(self, case_id: UUID) -> None:
        """The worker's stage."""
        with self.as_(SYSTEM) as uow:
            assert stages.run_check(uow, case_id, find(uow, case_id).state.visits[0].id)

    def claim_data(self, case_id: UUID, **changed: Any) -> dict[str, Any]:
        """A claim of what the budget says, with proof; the activity took place as planned."""
        with self.as_(self.liis) as uow:
            proof = [
                applying.attach(uow, case_id, "reimbursement", "materials.attachment", io.BytesIO(_pdf(name)), name)
                for name in ("venue.pdf", "catering.pdf", "report.pdf")
            ]
        return {
            "started_on": "2026-08-03", "ended_on": "2026-08-04", "actual_address": "Kipsalas 8, Riga",
            "actual_participants": 114, "description": "Two full days.", "summary": "Six talks, three leads.",
            "customers_reached_actual": 6, "media_views_actual": 0, "developed_customers_actual": 1, "leads_actual": 3,
            "opportunity_revenue_actual": "3422.00", "expenses": APPLICATION["budget"],
            "materials": [{"attachment": proof[:2], "description": "Venue, catering"}, {"attachment": proof[2:]}, {}],
        } | changed  # fmt: skip

    # ---- the vendor ----

    def decide(self, actor: Actor, case_id: UUID, decision: str, **given: Any) -> State:
        """Decide the case's only review."""
        with self.as_(actor) as uow:
            return reviewing.decide(uow, case_id, self.visit(case_id), decision, key=self.key(), **given)

    def approved(self, **changed: Any) -> UUID:
        """An approved application whose activity is over."""
        case_id = self.applied(**changed)
        self.decide(self.joris, case_id, "approve")
        self.now = datetime.fromisoformat("2026-08-10T10:00+08:00")
        return case_id

    def claimed(self, **changed: Any) -> UUID:
        """A claim under business review."""
        case_id = self.approved()
        self.submit(case_id, "reimbursement", self.claim_data(case_id, **changed))
        return case_id

    def granted(self, **changed: Any) -> UUID:
        """A claim that business and finance approved: invoicing information is asked for."""
        case_id = self.claimed(**changed)
        self.decide(self.joris, case_id, "approve")
        self.decide(self.sipho, case_id, "approve")
        return case_id

    def invoiced(self) -> UUID:
        """The invoicing information was sent."""
        case_id = self.granted()
        self.submit(case_id, "invoicing", INVOICING, self.anna)
        return case_id

    def received(self) -> UUID:
        """The invoice arrived."""
        case_id = self.invoiced()
        self.decide(self.mei, case_id, "received", fields={"received_on": "2026-08-12"})
        return case_id

    def paying(self) -> UUID:
        """Invoice and payment application were approved: the money is on its way."""
        case_id = self.received()
        self.decide(self.mei, case_id, "approve")
        self.decide(self.mei, case_id, "approve")
        self.decide(self.henrik, case_id, "approve")
        return case_id

    def paid(self) -> UUID:
        """The money has left."""
        case_id = self.paying()
        self.decide(self.mei, case_id, "paid", fields={"paid_on": "2026-08-20", "bank_reference": "DB-77120"})
        return case_id


def _pdf(name: str) -> bytes:
    """A file that is a PDF by its bytes."""
    return b"%PDF-1.4\n% " + name.encode() + b"\n%%EOF\n"


def usd(text: str) -> Decimal:
    """An amount."""
    return Decimal(text)

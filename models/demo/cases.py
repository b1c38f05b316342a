"""Lets the demo's partners apply and its reviewers decide, through the services, at the times it would have happened.

Each case is a story that is told until today: so there are cases in every state and of every age, with history,
ledger and due times as real ones have them. What a worker would have done meanwhile is done at its time.
"""

from __future__ import annotations

import io
import random
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime, time, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import select, update

from models.applications import applying, reviewing, stages
from models.applications.access import find
from models.applications.types import shipped
from models.core.actor import SYSTEM, Actor
from models.core.clock import BUSINESS_ZONE, as_instant, business_date
from models.core.errors import Refused
from models.core.files import files
from models.core.outbox import OutboxRow
from models.core.unit_of_work import UnitOfWork
from models.demo.activities import Activity, invent_activity
from models.demo.ecosystem import DemoPartner, Ecosystem
from models.demo.people import COMPANY_A, FINANCE
from models.demo.terms import DemoTerms
from models.engines.cases.projections import CHECK, FOLLOW, TIMER
from models.identity import access
from models.identity.rules import PARTNER_ADMIN
from models.partners.rules import Tier
from models.payments.actions import STEP

FRESH = timedelta(hours=30)
"""What happened so lately is still told to people by the worker; older news would only be noise."""
_COMMENTS = {
    "R-02 Plan or agenda incomplete": "The afternoon is missing from the agenda. Please add speakers and times.",
    "R-03 Budget not plausible": "The venue costs twice what others pay in your city. Please explain or lower it.",
    "R-07 Invoices missing": "Two of the items have no invoice. Please attach them.",
    "R-09 Activity summary incomplete": "Please say what came of the leads.",
    "R-10 Photos or other proof missing": "Please attach photos of the stand.",
    "P-02 Amount differs from the amount payable": "The invoice is 12.40 USD higher than the amount payable.",
    "P-04 Invoice number or date missing": "The invoice bears no date.",
    "B-01 Account number unknown to the bank": "The bank sent it back on the second day.",
}


class _Today(Exception):
    """The story has reached the present."""


@dataclass
class _Story:
    """One case: its people, the chances it has, and the time it has come to."""

    uow: UnitOfWork
    chance: random.Random
    people: _People
    partner: DemoPartner
    activity: Activity
    at: datetime
    case_id: UUID | None = None
    _step: int = field(default=0)

    def wait(self, least: float, most: float) -> None:
        """Let days pass, to somebody's working hours.

        Raises:
            _Today: that would be tomorrow.
        """
        days = self.chance.uniform(least, most)
        day = (self.at + timedelta(days=days)).astimezone(BUSINESS_ZONE).date()
        while day.weekday() > 4:
            day += timedelta(days=1)
        hour = time(self.chance.randrange(9, 18), self.chance.randrange(60))
        then = datetime.combine(day, hour, BUSINESS_ZONE)
        self.at = as_instant(max(then, self.at + timedelta(minutes=self.chance.randrange(4, 50))))
        if self.at > self.uow.now:
            raise _Today

    def within(self, days: float) -> None:
        """Let people keep a promised time mostly; some forget a case, and it stays overdue."""
        self.wait(0.2, days * (3.5 if self.chance.random() < 0.14 else 1.0))

    def as_(self, actor: Actor) -> UnitOfWork:
        """The transaction in somebody's name at the story's time."""
        return replace(self.uow, actor=actor, now=self.at)

    def key(self) -> str:
        self._step += 1
        return f"demo:{self.partner.number}:{self.case_id}:{self._step}"

    @property
    def case(self) -> UUID:
        assert self.case_id is not None
        return self.case_id

    def submit(self, form: str, data: dict[str, Any], actor: Actor) -> None:
        """Send a form; the search that follows runs a moment later.

        Raises:
            _Over: a rule refuses it (too late, quota used up): the partner gives up.
        """
        try:
            with self.uow.session.begin_nested():  # a refusal leaves nothing behind
                state = applying.submit(self.as_(actor), self.case, form, data, key=self.key())
        except Refused:
            raise _Over from None
        if state.visits and state.visits[0].kind == "check":
            self.at += timedelta(seconds=self.chance.randrange(2, 9))
            stages.run_check(self.as_(SYSTEM), self.case, state.visits[0].id)

    def decide(self, actor: Actor, decision: str, reason: str = "", **fields: Any) -> None:
        """Decide the review that the case waits for."""
        visit = find(self.as_(SYSTEM), self.case).state.visits[0].id
        comment = _COMMENTS.get(reason, "")
        reviewing.decide(
            self.as_(actor), self.case, visit, decision, key=self.key(), reason=reason, comment=comment, fields=fields
        )

    def someone(self, role: str, *others: Actor) -> Actor:
        """One of the people of a role, but none of the others."""
        return self.chance.choice([actor for actor in self.people.by_role[role] if actor not in others])


@dataclass(frozen=True, slots=True)
class _People:
    """Actors of the vendor by role, and of each partner by role."""

    by_role: dict[str, list[Actor]]
    of_partner: dict[UUID, dict[str, Actor]]


def write_cases(uow: UnitOfWork, terms: DemoTerms, eco: Ecosystem) -> int:
    """Tell the story of every case until now; how many there are."""
    chance = random.Random(f"{terms.seed}:cases")
    people = _people(uow, eco)
    partners = [partner for partner in eco.partners if _applies(partner, people)]
    shown = next((partner for partner in partners if partner.name == COMPANY_A), partners[0])
    told = 0
    for number in range(terms.cases):
        partner = partners[number] if number < len(partners) else chance.choice(partners)
        if number % 45 == 0:
            partner = shown  # whoever signs in as a partner shall find cases of every kind
        told += _tell(uow, chance, people, partner)
    _settle_outbox(uow)
    return told


def _applies(partner: DemoPartner, people: _People) -> bool:
    return (
        partner.business_authenticated and partner.tier is not Tier.REGISTERED
        and PARTNER_ADMIN in people.of_partner.get(partner.id, {})
    )  # fmt: skip


def _people(uow: UnitOfWork, eco: Ecosystem) -> _People:
    by_role: dict[str, list[Actor]] = {}
    of_partner: dict[UUID, dict[str, Actor]] = {}
    wanted = {"reviewer_business", "reviewer_finance", "finance"}
    for user in eco.users:
        roles = set(user.roles)
        if user.partner_id is None and roles & wanted:
            if actor := access.actor_of(uow, user.id):
                by_role.setdefault(user.roles[0], []).append(actor)
        elif user.partner_id is not None and roles & {PARTNER_ADMIN, FINANCE}:
            if actor := access.actor_of(uow, user.id):
                of_partner.setdefault(user.partner_id, {}).setdefault(user.roles[0], actor)
    return _People(by_role, of_partner)


def _tell(uow: UnitOfWork, chance: random.Random, people: _People, partner: DemoPartner) -> int:
    """One case from its draft to wherever it is today; 0 when its partner had nothing left to ask for."""
    days = chance.uniform(0, 40) if chance.random() < 0.3 else chance.triangular(20, 420, 60)
    began = uow.now - timedelta(days=days)
    starts_on = business_date(began) + timedelta(days=chance.choice((9, 18, 24, 30, 38, 45, 60)))
    activity = invent_activity(chance, partner, starts_on, _room(partner))
    story = _Story(uow, chance, people, partner, activity, began)
    _until_today(story, _apply, _claim, _invoice, _pay)
    if story.case_id is None:
        return 0
    _pass_promised_times(story)
    return 1


def _until_today(story: _Story, *chapters: Callable[[_Story], None]) -> None:
    """Tell chapters until the story has reached the present, or nothing follows any more."""
    with suppress(_Today, _Over):
        for chapter in chapters:
            chapter(story)


class _Over(Exception):
    """Nothing follows in this case."""


def _room(partner: DemoPartner) -> Decimal:
    """What one activity asks for at most, so that a year has room for several."""
    quotas = shipped("mdf").parameters["quotas"]
    return Decimal(quotas[partner.tier.value]) / 4


def _apply(story: _Story) -> None:
    """Draft, application, review; perhaps a rejection and a second try, perhaps a change of mind."""
    admin, chance = story.people.of_partner[story.partner.id][PARTNER_ADMIN], story.chance
    story.wait(0, 0.01)
    begun = applying.begin(story.as_(admin), "mdf", key=f"demo:{story.partner.number}:{story.at.isoformat()}")
    data = dict(story.activity.application)
    if chance.random() < 0.05:
        applying.save_draft(story.as_(admin), begun, "application", _half(data), expected=0)
        story.case_id = begun
        raise _Today
    applying.save_draft(story.as_(admin), begun, "application", data, step=2, expected=0)
    story.case_id = begun
    story.wait(0.02, 3)
    if (story.activity.starts_on - business_date(story.at)).days < 18:
        data["late_reason"] = "The speaker confirmed only this week."
    story.submit("application", data, admin)
    _application_review(story, data, admin)


def _application_review(story: _Story, data: dict[str, Any], admin: Actor) -> None:
    chance, reviewer = story.chance, story.someone("reviewer_business")
    if chance.random() < 0.08:
        _question(story, reviewer, admin)
    story.within(5)
    luck = chance.random()
    if luck < 0.06:
        applying.cancel(story.as_(admin), story.case, key=story.key())
        raise _Today
    if luck < 0.19:
        story.decide(reviewer, "reject", chance.choice(("R-02 Plan or agenda incomplete", "R-03 Budget not plausible")))
        story.wait(0.5, 6 if chance.random() < 0.7 else 400)
        story.submit("application", data | {"agenda": data["agenda"] + " Speakers: two of ours, one customer."}, admin)
        story.within(4)
    story.decide(reviewer, "approve")


def _question(story: _Story, reviewer: Actor, admin: Actor) -> None:
    story.wait(0.2, 2)
    visit = find(story.as_(SYSTEM), story.case).state.visits[0].id
    reviewing.ask(story.as_(reviewer), story.case, visit, "Which of our solutions is shown?", key=story.key())
    story.wait(0.3, 4)
    text = "Data warehouse and cost reports, both on a customer's own data."
    applying.answer(story.as_(admin), story.case, visit, text, key=story.key())


def _half(data: dict[str, Any]) -> dict[str, Any]:
    names = ("activity_name", "activity_type", "organizer", "starts_on")
    return {name: data[name] for name in names}


# ---- the claim ----


def _claim(story: _Story) -> None:
    admin, chance = story.people.of_partner[story.partner.id][PARTNER_ADMIN], story.chance
    story.at = max(story.at, as_instant(story.activity.ends_on) + timedelta(hours=20))
    if chance.random() < 0.07:
        raise _Over  # never claimed
    late = chance.random() < 0.05
    story.wait(91 if late else 2, 110 if late else 45)
    if story.partner.growth_plan and not story.partner.bills_paid:
        raise _Over  # bills stand in the way
    data = story.activity.claim | {"materials": _materials(story, admin)}
    if late:
        data["late_approval"] = [_file(story, admin, "late_approval", "approval-of-the-delay.pdf")]
    story.submit("reimbursement", data, admin)
    reviewer = story.someone("reviewer_business")
    story.within(5)
    if chance.random() < 0.16:
        story.decide(reviewer, "reject", chance.choice(("R-07 Invoices missing", "R-09 Activity summary incomplete")))
        story.wait(0.5, 7 if chance.random() < 0.7 else 300)
        story.submit("reimbursement", data | {"summary": data["summary"] + " Eleven calls took place."}, admin)
        story.within(4)
    story.decide(reviewer, "approve")
    _finance_review(story, reviewer)


def _finance_review(story: _Story, reviewer: Actor) -> None:
    finance, chance = story.someone("reviewer_finance"), story.chance
    story.within(3)
    if chance.random() < 0.1:
        visit = find(story.as_(SYSTEM), story.case).state.visits[0].id
        reviewing.decide(
            story.as_(finance), story.case, visit, "send_back", key=story.key(),
            comment="Catering is above its budget without a word.",
        )  # fmt: skip
        story.within(3)
        story.decide(reviewer, "approve")
        story.within(2)
    story.decide(finance, "approve")


def _materials(story: _Story, admin: Actor) -> list[dict[str, Any]]:
    items = [row["item"] for row in story.activity.claim["expenses"] if row["mdf_used"]]
    invoices = [
        _file(story, admin, "materials.attachment", f"invoice-{item.lower().replace(' ', '-')}.pdf") for item in items
    ]
    summary = _file(story, admin, "materials.attachment", "activity-summary.pdf")
    return [
        {"attachment": invoices, "description": "One invoice for each item with MDF"}, {"attachment": [summary]},
        {"attachment": []},
    ]  # fmt: skip


def _file(story: _Story, admin: Actor, field_: str, name: str) -> dict[str, Any]:
    content = io.BytesIO(_page(name.removesuffix(".pdf").replace("-", " ").capitalize()))
    stored = files().put(content, name)
    return {"sha256": stored.sha256, "name": name, "size": stored.size}


# ---- invoice and payment ----


def _invoice(story: _Story) -> None:
    own = story.people.of_partner[story.partner.id]
    sender = own.get(FINANCE) or own[PARTNER_ADMIN]
    if find(story.as_(SYSTEM), story.case).state.outcome is not None:
        raise _Over  # nothing was claimed
    data = _invoicing(story)
    clerk = story.someone("finance")
    story.within(12)
    story.submit("invoicing", data, sender)
    story.wait(2, 9)
    story.decide(clerk, "received", received_on=business_date(story.at).isoformat())
    story.within(2)
    if story.chance.random() < 0.1:
        faults = ("P-02 Amount differs from the amount payable", "P-04 Invoice number or date missing")
        story.decide(clerk, "reject", story.chance.choice(faults))
        story.wait(1, 6)
        story.submit("invoicing", data | {"invoice_no": f"{data['invoice_no']}-A"}, sender)
        story.wait(2, 6)
        story.decide(clerk, "received", received_on=business_date(story.at).isoformat())
        story.within(2)
    story.decide(clerk, "approve")


def _invoicing(story: _Story) -> dict[str, Any]:
    chance, partner = story.chance, story.partner
    contact = story.people.of_partner[partner.id][PARTNER_ADMIN].name
    return {
        "supplier_name": partner.name, "supplier_code": f"{partner.country}{chance.randrange(10**8, 10**9)}",
        "supplier_contact": contact, "supplier_mobile": f"+{chance.randrange(30, 99)} {chance.randrange(10**7, 10**8)}",
        "supplier_email": f"finance@{partner.name.lower().split()[0].strip('&,.')}.example",
        "bank_name": f"{partner.city} Commercial Bank",
        "bank_account": f"{partner.country}{chance.randrange(10**15, 10**16)}",
        "contract_no": f"C-{chance.randrange(2022, 2026)}-{chance.randrange(100, 999)}", "payment_terms": "30 days",
        "invoice_no": f"{partner.number[2:]}-{chance.randrange(1000, 9999)}", "payment_method": "Bank transfer",
    }  # fmt: skip


def _pay(story: _Story) -> None:
    first = story.someone("finance")
    second = story.chance.choice([*story.people.by_role["reviewer_finance"], story.someone("finance", first)])
    for actor in (first, second):
        story.within(3)
        story.decide(actor, "approve")
    story.within(14)
    if story.chance.random() < 0.07:
        story.decide(first, "failed", "B-01 Account number unknown to the bank")
        story.within(2)
        story.decide(first, "try_again")
        story.wait(2, 6)
    reference = f"NW-{story.chance.randrange(10**6, 10**7)}"
    story.decide(first, "paid", paid_on=business_date(story.at).isoformat(), bank_reference=reference)


# ---- what a worker would have done ----


def _pass_promised_times(story: _Story) -> None:
    """Reminders, due times and escalations of where the case stands now, each at its time."""
    row, found = OutboxRow, find(story.as_(SYSTEM), story.case)
    # A range, not a pattern: the index on topic and key serves it.
    stmt = select(row.payload, row.due_at).where(
        row.topic == TIMER, row.key >= f"{found.number}:", row.key < f"{found.number};", row.due_at <= story.uow.now
    )
    open_ = {visit.id for visit in found.state.visits}
    for payload, due in sorted(story.uow.session.execute(stmt), key=lambda each: each[1]):
        if payload["visit"] in open_:
            uow = replace(story.uow, actor=SYSTEM, now=due)
            stages.fire_timer(uow, story.case, payload["visit"], payload["timer"])


def _settle_outbox(uow: UnitOfWork) -> None:
    """Everything that was due is done; only the latest news are still told."""
    row = OutboxRow
    past = update(row).where(row.topic.in_((CHECK, TIMER, STEP, FOLLOW)), row.due_at <= uow.now, row.done_at.is_(None))
    old = past.where((row.topic != FOLLOW) | (row.due_at < uow.now - FRESH)).values(done_at=row.due_at)
    uow.session.connection().execute(old)


def _page(title: str) -> bytes:
    """A one-page document that any viewer opens."""
    from reportlab.pdfgen.canvas import Canvas

    target = io.BytesIO()
    canvas = Canvas(target, pagesize=(420, 595), invariant=1)
    canvas.setFont("Helvetica", 18)
    canvas.drawString(48, 520, title)
    canvas.setFont("Helvetica", 10)
    canvas.drawString(48, 496, "Invented document of the demo ecosystem")
    canvas.save()
    return target.getvalue()

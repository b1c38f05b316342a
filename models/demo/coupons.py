"""Gives partners coupons over the last year, through the services at their times: some used, ended, or about to end."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from decimal import Decimal
from uuid import UUID

from sqlalchemy import update

from models.core.actor import SYSTEM, Actor
from models.core.outbox import OutboxRow
from models.core.unit_of_work import UnitOfWork
from models.coupons import queries, service
from models.coupons.rules import CouponKind, NewCoupon, Validity
from models.demo.cases import FRESH
from models.demo.ecosystem import DemoPartner, Ecosystem
from models.demo.people import COMPANY_A
from models.identity import access
from models.notices.service import TOPIC
from models.notices.tables import Notice
from models.partners.rules import PartnerStatus

MANAGER = "Ingrid Solberg"
TEST, BENEFIT, EXCHANGE = CouponKind
YEAR = "12 months"


@dataclass(frozen=True, slots=True)
class _Story:
    """A coupon: so many days ago, to the partner at a place of the list (0: who is shown as a partner), and what came
    of it: bills that used it, or why it was cancelled, so many days later."""

    days: int
    partner: int
    kind: CouponKind
    name: str
    amount: str
    valid_for: str
    comment: str
    uses: tuple[tuple[int, str], ...] = ()
    cancelled: tuple[int, str] | None = None


STORIES = (
    _Story(318, 0, TEST, "Test coupon for role validation", "15000.00", "90 days", "Validation of the product line.",
           ((31, "4380.20"), (62, "5040.30"))),
    _Story(241, 1, TEST, "Test coupon for a proof of concept", "5000.00", "60 days", "Asked for by a customer."),
    _Story(205, 0, BENEFIT, "Basic benefit of the year", "3000.00", YEAR, "By the program's terms.",
           ((40, "1240.00"), (101, "310.75"))),
    _Story(171, 2, TEST, "Test coupon for a migration", "2500.00", "6 months", "Both systems side by side.",
           ((35, "1180.00"), (66, "1320.00"))),
    _Story(122, 3, BENEFIT, "Basic benefit of the year", "1500.00", YEAR, "By the program's terms.", ((70, "412.35"),)),
    _Story(96, 4, TEST, "Test coupon for a training", "800.00", "6 months", "Four instructors in one quarter.",
           cancelled=(3, "Issued twice for the same training.")),
    _Story(95, 4, TEST, "Test coupon for a training", "800.00", "6 months", "Four instructors in one quarter."),
    _Story(55, 0, TEST, "Test coupon for Harbour Planner 4.2", "5000.00", "60 days", "Load tests before the release.",
           ((30, "2115.60"),)),
    _Story(34, 5, EXCHANGE, "Incentive earnings exchanged", "1264.80", YEAR, "Earnings of the third quarter."),
    _Story(17, 0, EXCHANGE, "Incentive earnings exchanged", "860.40", YEAR, "Earnings of the third quarter."),
    _Story(6, 6, TEST, "Test coupon for a proof of concept", "10000.00", "90 days", "It cannot apply online."),
)  # fmt: skip


def write(uow: UnitOfWork, eco: Ecosystem) -> int:
    """Tell every story until now; how many coupons there are."""
    manager = next(user for user in eco.users if user.name == MANAGER)
    actor = access.actor_of(uow, manager.id)
    assert actor is not None
    partners = _partners(uow, eco)
    for number, story in enumerate(STORIES):
        _tell(uow, actor, partners[story.partner % len(partners)].id, story, f"demo:{number}")
    _settle(uow)
    return len(STORIES)


def _partners(uow: UnitOfWork, eco: Ecosystem) -> list[DemoPartner]:
    """Who is shown as a partner, then others who have been there for all of it."""
    since = uow.today - timedelta(days=STORIES[0].days)
    there = [each for each in eco.partners if each.status is PartnerStatus.ACTIVE and each.joined_on < since]
    return sorted(there, key=lambda each: (each.name != COMPANY_A, each.number))


def _tell(uow: UnitOfWork, actor: Actor, partner_id: UUID, story: _Story, key: str) -> None:
    began = uow.now - timedelta(days=story.days)

    def later(days: int, who: Actor = actor) -> UnitOfWork:
        return replace(uow, actor=who, now=began + timedelta(days=days))

    first = later(0).today
    new = NewCoupon(
        story.kind, story.name, Decimal(story.amount), "USD", first, Validity.parse(story.valid_for).until(first),
        queries.terms().remind_days, story.comment,
    )  # fmt: skip
    coupon = service.issue_by_hand(later(0), partner_id, new, key=key)
    for days, amount in story.uses:
        own = later(days)
        service.record_use(own, coupon, Decimal(amount), reference=f"BILL-{own.today:%Y-%m}", key=f"{key}:{days}")
    if story.cancelled:
        days, why = story.cancelled
        service.cancel(later(days), coupon, comment=why)
    if new.remind_on and new.remind_on <= uow.today:
        service.remind(later((new.remind_on - first).days, SYSTEM), coupon, new.remind_on)
    if new.valid_until < uow.today:
        over = new.valid_until + timedelta(days=1)
        service.expire(later((over - first).days, SYSTEM), coupon, over)


def _settle(uow: UnitOfWork) -> None:
    """Older news were read long ago, and their mails sent."""
    connection, before = uow.session.connection(), uow.now - FRESH
    connection.execute(update(Notice).where(Notice.at < before, Notice.read_at.is_(None)).values(read_at=Notice.at))
    old = OutboxRow.topic == TOPIC, OutboxRow.due_at < before, OutboxRow.done_at.is_(None)
    connection.execute(update(OutboxRow).where(*old).values(done_at=OutboxRow.due_at))

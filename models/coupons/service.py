"""Issue coupons, record what bills took of them, end them. Each step is asked for once by its key.

What a coupon holds is a pool of the ledger: issuing fills it from the vendor's fund, a use spends it, and what is left
when it expires or is cancelled goes back to the fund. Only an available coupon can be ended, behind its row's lock.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from uuid import UUID

from sqlalchemy import select

from models.core.errors import NotFound, Problem, Refused, WrongState
from models.core.money import money_text
from models.core.types import new_id
from models.core.unit_of_work import UnitOfWork, as_system
from models.coupons import queries, rules, telling
from models.coupons.rules import CouponStatus, NewCoupon
from models.coupons.tables import Coupon
from models.engines.cases import numbering
from models.engines.ledger import queries as ledger_queries
from models.engines.ledger import service as ledger
from models.partners import queries as partners

MANAGE = "coupons.manage"
_SERIAL = "coupons.coupon"
"""The counter that coupons are numbered by; no application type can be called so."""


def issue(uow: UnitOfWork, partner_id: UUID, new: NewCoupon, *, key: str, case_id: UUID | None = None) -> Coupon:
    """Give a partner a coupon, once for the key. For what follows from a case; people use `issue_by_hand`.

    Raises:
        Refused: it is none that can be issued.
    """
    if problems := rules.issue_problems(new, most=queries.terms().most, today=uow.today):
        raise Refused(problems)
    numbering.queue_up(uow, _SERIAL, uow.today.year)
    with as_system(uow) as system:
        # Only now, behind the counter's lock, is it certain what two at once find.
        known = system.session.scalar(select(Coupon).where(Coupon.key == key))
        if known is not None:
            return known
        number = f"CP-{uow.today.year}-{numbering.draw(uow, _SERIAL, uow.today.year):05d}"
        coupon = Coupon(
            id=new_id(), key=key, number=number, partner_id=partner_id, kind=new.kind, name=new.name.strip(),
            amount=new.amount, currency=new.currency, valid_from=new.valid_from, valid_until=new.valid_until,
            status=CouponStatus.AVAILABLE, case_id=case_id, comment=new.comment.strip(), issued_at=uow.now,
            issued_by=uow.actor.user_id, issued_by_name=uow.actor.name, remind_on=new.remind_on, ended_at=None,
            ended_by_name="", end_comment="",
        )  # fmt: skip
        system.session.add(coupon)
        system.session.flush()
        ledger.grant(system, queries.pool_of(coupon), new.amount, reason=f"Coupon {number}", key=f"{number}:issue")
        telling.issued(system, coupon)
    _record(uow, "coupon.issued", coupon, {"comment": coupon.comment})
    return coupon


def issue_by_hand(uow: UnitOfWork, partner_id: UUID, new: NewCoupon, *, key: str) -> UUID:
    """Give a partner a coupon that no case asks for, with the reason (BEN-TCP-04, FIN-V-12). The same key counts once.

    Raises:
        NotAllowed: no role of the actor issues coupons.
        NotFound: no such partner among those the actor may see.
        Refused: no reason, or none that can be issued.
    """
    uow.actor.demand(MANAGE)
    if not partners.partner_name(uow, partner_id):
        raise NotFound("There is no such partner among those you may see.")
    problems = rules.issue_problems(new, most=queries.terms().most, today=uow.today)
    if problems := [*problems, *rules.comment_problems(new.comment)]:
        raise Refused(problems)
    return issue(uow, partner_id, new, key=f"hand:{key}").id


def record_use(uow: UnitOfWork, coupon_id: UUID, amount: Decimal, *, reference: str, key: str) -> None:
    """Note what a bill took of a coupon (FIN-COUP-07); a coupon of which nothing is left is used up. The same key
    counts once.

    Raises:
        NotAllowed: no role of the actor manages coupons.
        NotFound: no such coupon among those the actor may see.
        Refused: more than is left, no amount, or no bill named.
        WrongState: it is no longer available, or its time has not come.
    """
    uow.actor.demand(MANAGE)
    coupon = _locked(uow, coupon_id)
    if ledger_queries.knows(uow, f"{coupon.number}:use:{key}"):
        return
    _demand_available(coupon)
    if not coupon.valid_from <= uow.today <= coupon.valid_until:
        raise WrongState(f"{coupon.number} can be used from {coupon.valid_from} to {coupon.valid_until} only.")
    if not reference.strip() or len(reference) > rules.LONGEST_NAME:
        raise Refused(Problem("COUPON-BILL", "Name the bill that it was used for.", "reference"))
    if not amount.is_finite() or amount <= 0:
        raise Refused(Problem("COUPON-AMOUNT", "Give an amount above zero.", "amount"))
    pool = queries.pool_of(coupon)
    reservation = ledger.reserve(uow, pool, amount, key=f"{coupon.number}:hold:{key}")
    ledger.post(uow, reservation, amount, key=f"{coupon.number}:use:{key}", reason=reference.strip())
    if not ledger_queries.balance(uow, pool).left:
        _end(uow, coupon, CouponStatus.USED_UP, "")
    _record(uow, "coupon.used", coupon, {"used": money_text(amount), "reference": reference.strip()})


def cancel(uow: UnitOfWork, coupon_id: UUID, *, comment: str) -> None:
    """Take back what is left of a coupon, with the reason (SUP-CHG-01).

    Raises:
        NotAllowed: no role of the actor manages coupons.
        NotFound: no such coupon among those the actor may see.
        Refused: no reason.
        WrongState: it is no longer available.
    """
    uow.actor.demand(MANAGE)
    coupon = _locked(uow, coupon_id)
    _demand_available(coupon)
    if problems := rules.comment_problems(comment):
        raise Refused(problems)
    _take_back(uow, coupon, CouponStatus.CANCELLED, comment.strip())
    with as_system(uow) as system:
        telling.cancelled(system, coupon)


def expire(uow: UnitOfWork, coupon_id: UUID, day: date) -> bool:
    """Take back what is left of a coupon whose last day was before `day`; whether it was still available.

    For the system alone; repeated, it does nothing.
    """
    coupon = _locked(uow, coupon_id)
    if coupon.status is not CouponStatus.AVAILABLE or coupon.valid_until >= day:
        return False
    _take_back(uow, coupon, CouponStatus.EXPIRED, "")
    return True


def remind(uow: UnitOfWork, coupon_id: UUID, day: date) -> bool:
    """Tell the partner that an available coupon ends soon, once; whether that was due. For the system alone."""
    coupon = _locked(uow, coupon_id)
    due = coupon.remind_on is not None and coupon.remind_on <= day <= coupon.valid_until
    if coupon.status is not CouponStatus.AVAILABLE or not due:
        return False
    coupon.remind_on = None
    telling.ends_soon(uow, coupon, ledger_queries.balance(uow, queries.pool_of(coupon)).left)
    uow.session.flush()
    return True


def _take_back(uow: UnitOfWork, coupon: Coupon, status: CouponStatus, comment: str) -> None:
    """What is left goes back to the vendor's fund, as a correction of what filled the pool."""
    with as_system(uow) as system:
        pool = queries.pool_of(coupon)
        left = ledger_queries.balance(system, pool).left
        for transfer, _ in ledger_queries.correctable(system, pool):  # one grant fills a coupon
            why = f"{status.words}{f': {comment}' if comment else ''}"
            ledger.correct(system, transfer, left, reason=why, key=f"{coupon.number}:{status.value}")
    _end(uow, coupon, status, comment)
    _record(uow, f"coupon.{status.value}", coupon, {"back": money_text(left), "comment": comment})


def _end(uow: UnitOfWork, coupon: Coupon, status: CouponStatus, comment: str) -> None:
    coupon.status, coupon.ended_at, coupon.ended_by_name = status, uow.now, uow.actor.name
    coupon.end_comment, coupon.remind_on = comment, None
    uow.session.flush()


def _locked(uow: UnitOfWork, coupon_id: UUID) -> Coupon:
    stmt = select(Coupon).where(Coupon.id == coupon_id).with_for_update()
    found = uow.session.scalar(stmt.execution_options(populate_existing=True))
    if found is None:
        raise NotFound("There is no such coupon among those you may see.")
    return found


def _demand_available(coupon: Coupon) -> None:
    if coupon.status is not CouponStatus.AVAILABLE:
        raise WrongState(f"{coupon.number} is {coupon.status.words.lower()} already.")


def _record(uow: UnitOfWork, action: str, coupon: Coupon, more: dict[str, str]) -> None:
    changes = {
        "coupon": coupon.number, "name": coupon.name, "amount": money_text(coupon.amount), "currency": coupon.currency,
        **{name: words for name, words in more.items() if words},
    }  # fmt: skip
    uow.record(action, "coupon", coupon.id, partner_id=coupon.partner_id, changes=changes)

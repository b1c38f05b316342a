"""The step of a workflow that issues a coupon, in the transaction of the decision that leads there."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from models.core.errors import Problem, Refused
from models.core.money import round_cents
from models.core.unit_of_work import UnitOfWork
from models.coupons import queries, rules, service
from models.coupons.rules import CouponKind, NewCoupon, Validity
from models.engines.definitions import CaseData, action
from models.engines.definitions.registry import Deed, Need
from models.engines.forms.schema import Field

_NOTES = (
    Field(name="coupon_no", label="Coupon"), Field(name="coupon_amount", label="Amount issued", type="usd"),
    Field(name="coupon_until", label="Valid until", type="date"),
)  # fmt: skip


def _name(words: object) -> str:
    if len(str(words)) > rules.LONGEST_NAME:
        raise ValueError(f"write at most {rules.LONGEST_NAME} characters")
    return str(words)


ISSUE = Deed(
    label="Issue a coupon", past="Coupon issued", icon="confirmation_number", notes=_NOTES,
    needs=(
        Need("amount", "Amount", fact="usd", help="The field of the case that says how much; in the type's currency."),
        Need("name", "Name of the coupon", judge=_name, help="What the partner reads: Test coupon for validation."),
        Need("valid_for", "Validity", judge=Validity.parse, help="90 days or 12 months, from the day of issue."),
        Need("kind", "Kind", choices={kind.value: kind.words for kind in CouponKind}, needed=False,
             help="Empty: a test coupon."),
        Need("remind_days", "Days before its end to remind", judge=rules.days_before, needed=False,
             help="Empty: as for every coupon; 0: not at all."),
    ),
)  # fmt: skip


@action("coupons.issue", ISSUE)
def issue(uow: UnitOfWork, case: CaseData, given: Mapping[str, Any]) -> Mapping[str, Any]:
    """Give the case's partner a coupon, once for each time that the case comes here."""
    amount = case.amount(str(given["amount"]))
    if not amount:
        text = f"The case says no amount for the coupon yet ({str(given['amount']).replace('_', ' ')})."
        raise Refused(Problem("COUPON-AMOUNT", text, str(given["amount"])))
    coupon = service.issue(
        uow, case.partner_id, _coupon(uow, case, given, amount),
        key=f"case:{case.case_id}:{case.state.visits[-1].id}", case_id=case.case_id,
    )  # fmt: skip
    return {
        "coupon_no": coupon.number, "coupon_amount": str(round_cents(coupon.amount)),
        "coupon_until": coupon.valid_until.isoformat(),
    }  # fmt: skip


def _coupon(uow: UnitOfWork, case: CaseData, given: Mapping[str, Any], amount: Decimal) -> NewCoupon:
    told = given.get("remind_days")
    return NewCoupon(
        kind=CouponKind(given.get("kind") or CouponKind.TEST), name=str(given["name"]), amount=amount,
        currency=case.type.currency, valid_from=uow.today,
        valid_until=Validity.parse(given["valid_for"]).until(uow.today),
        remind_days=queries.terms().remind_days if told in (None, "") else rules.days_before(told),
    )  # fmt: skip

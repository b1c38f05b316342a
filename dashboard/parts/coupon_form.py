"""A coupon issued by hand: to whom, how much, how long, and why; what is refused stays typed."""

from __future__ import annotations

from datetime import date
from decimal import Decimal, InvalidOperation
from uuid import UUID, uuid4

import streamlit as st

from dashboard.parts.dialog import dialog
from dashboard.parts.outcome import outcome
from models.core.errors import Problem, Refused
from models.core.unit_of_work import unit_of_work
from models.coupons import queries, service
from models.coupons.rules import LONGEST_COMMENT, LONGEST_NAME, CouponKind, NewCoupon, Validity
from models.partners import queries as partners

_KEY = "coupon:key"


def forget() -> None:
    """Begin with empty fields next time."""
    st.session_state.pop(_KEY, None)


@dialog("Issue a coupon", on_dismiss=forget)
def issue() -> None:
    """Every field, and the button that says the amount."""
    once = st.session_state.setdefault(_KEY, str(uuid4()))
    terms = queries.terms()
    with unit_of_work(read_only=True) as uow:
        offered, today = partners.options(uow), uow.today
    to = st.selectbox("Partner", list(offered), index=None, format_func=offered.__getitem__, key=f"to:{once}",
                      placeholder="Choose a partner")  # fmt: skip
    name = st.text_input("Name of the coupon", key=f"name:{once}", max_chars=LONGEST_NAME,
                         placeholder="Test coupon for a proof of concept")  # fmt: skip
    left, right = st.columns(2)
    typed = left.text_input("Amount", key=f"amount:{once}", placeholder="3000.00")
    currency = right.text_input("Currency", _currency(to), key=f"currency:{once}:{to}", max_chars=3)
    kinds = {each.value: each.words for each in CouponKind}
    kind = left.selectbox("Kind", list(kinds), format_func=kinds.__getitem__, key=f"kind:{once}")
    last = Validity.parse(terms.valid_for).until(today)
    until = right.date_input("Last day", last, min_value=today, key=f"until:{once}", help="Until its end, GMT+08:00.")
    comment = st.text_area("Why", key=f"why:{once}", max_chars=LONGEST_COMMENT, help="The partner reads it.")
    if not st.button("Issue the coupon", type="primary", key="coupon:do"):
        return
    with outcome(done=f"{offered.get(to, '') if to else ''} has a coupon of {typed.strip()} {currency.strip()}."):
        new = NewCoupon(
            CouponKind(kind or CouponKind.TEST),
            name,
            amount_of(typed),
            currency.strip().upper(),
            today,
            _day(until),
            terms.remind_days,
            comment,
        )
        if to is None:
            raise Refused(Problem("COUPON-PARTNER", "Choose the partner.", "partner"))
        with unit_of_work() as uow:
            service.issue_by_hand(uow, to, new, key=once)
        forget()


def _currency(to: UUID | None) -> str:
    """The currency that the chosen partner is billed in."""
    if to is None:
        return "USD"
    with unit_of_work(read_only=True) as uow:
        return partners.partner(uow, to).currency


def _day(chosen: object) -> date:
    if not isinstance(chosen, date):
        raise Refused(Problem("COUPON-UNTIL", "Choose the last day.", "valid_until"))
    return chosen


def amount_of(typed: str) -> Decimal:
    """The amount that was typed.

    Raises:
        Refused: it is none.
    """
    try:
        found = Decimal(typed.replace(",", "").strip())
    except InvalidOperation:
        found = Decimal("NaN")
    if not found.is_finite():
        raise Refused(Problem("COUPON-AMOUNT", "Write an amount such as 3000.00.", "amount"))
    return found

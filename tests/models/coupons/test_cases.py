"""A workflow's step issues a coupon: once for each visit, with the decision that leads there, told by the history."""

from __future__ import annotations

from decimal import Decimal

import pytest
from sqlalchemy import func, select

from models.applications import integrity, reviewing
from models.applications.access import find
from models.applications.case_view import case_view
from models.core.errors import Refused
from models.core.unit_of_work import UnitOfWork
from models.coupons import queries
from models.coupons.rules import CouponKind
from models.coupons.tables import Coupon
from models.design.edits import ChangeNode, ChangeType, Connect, RemoveNodes
from models.engines.ledger import queries as ledger
from tests.support.coupons import Counter


def coupons(uow: UnitOfWork) -> list[Coupon]:
    return list(uow.session.scalars(select(Coupon).order_by(Coupon.number)))


def test_an_approval_issues_what_the_reviewer_says(counter: Counter, uow: UnitOfWork) -> None:
    """3,000.00 USD were asked for, 2,500.00 are issued, valid for 12 months, with the case they come from."""
    counter.publish()
    case_id = counter.applied()
    state = counter.approve(case_id)
    assert (state.outcome, state.facts["coupon_no"]) == ("issued", "CP-2026-00001")
    (coupon,) = coupons(uow)
    with counter.as_(counter.liis) as own:
        found = queries.coupon(own, coupon.id)
    assert (found.amount, found.left, found.currency) == (Decimal("2500.00"), Decimal("2500.00"), "USD")
    assert (found.case_number, found.kind, found.name) == ("TC-2026-0001", CouponKind.TEST, "Test coupon")
    assert f"{found.valid_until}" == "2027-06-01"
    assert integrity.verify(uow)[0].faults == () and ledger.faults(uow) == []


def test_the_history_of_the_case_tells_it(counter: Counter) -> None:
    counter.publish()
    case_id = counter.applied()
    counter.approve(case_id)
    with counter.as_(counter.liis) as own:
        told = {row.title: row.given for row in case_view(own, case_id).timeline}
    assert told["Coupon issued"] == (
        ("Coupon", "CP-2026-00001"), ("Amount issued", "2,500.00"), ("Valid until", "Jun 01, 2027"),
    )  # fmt: skip


def test_the_same_decision_delivered_twice_issues_once(counter: Counter, uow: UnitOfWork) -> None:
    counter.publish()
    case_id = counter.applied()
    with counter.as_(counter.joris) as own:
        visit = find(own, case_id).state.visits[0].id
        for _ in range(2):
            reviewing.decide(own, case_id, visit, "approve", key="same", fields={"issued": "2500.00"})
    assert len(coupons(uow)) == 1


def test_a_case_that_comes_there_again_gets_another(counter: Counter, uow: UnitOfWork) -> None:
    """Behind the coupon the case goes back to its review: each visit issues its own, and none twice."""
    counter.publish(
        ChangeNode(
            "coupon", {"given": {"amount": "issued", "name": "Part", "valid_for": "90 days", "kind": "benefit"}}
        ),
        ChangeNode("review", {"decisions": {
            "approve": {"label": "Approve", "tone": "positive",
                        "fields": [{"name": "issued", "label": "Amount", "type": "usd", "required": True}]},
            "reject": {"label": "Reject", "tone": "negative", "comment": True},
            "close": {"label": "Close", "past": "closed"},
        }}),
        Connect("coupon", "", "review"), Connect("review", "close", "issued"),
    )  # fmt: skip
    case_id = counter.applied()
    counter.approve(case_id, "100.00")
    counter.approve(case_id, "200.00")
    assert [(each.amount, each.kind) for each in coupons(uow)] == [
        (Decimal("100.00"), CouponKind.BENEFIT), (Decimal("200.00"), CouponKind.BENEFIT),
    ]  # fmt: skip


def test_what_nobody_reviews_is_issued_to_whoever_sends_it(counter: Counter, uow: UnitOfWork) -> None:
    """The partner's own transaction reaches the vendor's fund through the step alone."""
    counter.publish(
        ChangeNode("coupon", {"given": {"amount": "asked", "name": "Welcome", "valid_for": "1 month"}}),
        Connect("application", "submit", "coupon"), RemoveNodes(("review",)), ChangeType(("facts", "issued"), None),
    )  # fmt: skip
    counter.applied()
    (coupon,) = coupons(uow)
    with counter.as_(counter.liis) as own:
        assert queries.coupon(own, coupon.id).left == Decimal("3000.00")
    assert ledger.faults(uow) == []


@pytest.mark.parametrize(("issued", "words"), [("0.00", "says no amount"), ("2000000.00", "at most 1,000,000.00 USD")])
def test_an_amount_that_is_none_refuses_the_decision(
    counter: Counter, uow: UnitOfWork, issued: str, words: str
) -> None:
    counter.publish()
    case_id = counter.applied()
    with pytest.raises(Refused, match=words), uow.session.begin_nested():
        counter.approve(case_id, issued)
    with counter.as_(counter.joris) as own:
        assert find(own, case_id).state.visits[0].node == "review"
    assert coupons(uow) == []


def test_its_money_is_no_benefits_money(counter: Counter, uow: UnitOfWork) -> None:
    """Statistics about the quotas of benefits do not count what coupons hold."""
    counter.publish()
    counter.approve(counter.applied())
    assert uow.session.scalar(select(func.count()).select_from(Coupon)) == 1
    assert ledger.movements(uow) == []

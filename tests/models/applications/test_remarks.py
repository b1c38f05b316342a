"""What people write is kept up to a length, and a key belongs to whoever used it."""

from __future__ import annotations

import pytest

from models.applications import applying, reviewing
from models.applications.remarks import MOST_CHARACTERS
from models.core.errors import Refused
from tests.support.acting import codes
from tests.support.build import Build
from tests.support.mdf import Fund


@pytest.fixture
def fund(build: Build) -> Fund:
    return Fund(build)


def test_a_remark_that_is_too_long_is_refused_and_nothing_happens(fund: Fund) -> None:
    """Comment, question and answer alike; the longest one is kept whole."""
    case_id = fund.applied()
    visit = fund.visit(case_id)
    long = "x" * (MOST_CHARACTERS + 1)
    with fund.as_(fund.joris) as uow:
        reject = {"reason": "R-03 Budget not plausible", "comment": long}
        assert codes(lambda: reviewing.decide(uow, case_id, visit, "reject", key="1", **reject), error=Refused) == [
            "CASE-LONG"
        ]
        assert codes(lambda: reviewing.ask(uow, case_id, visit, long, key="2")) == ["CASE-LONG"]
        reviewing.ask(uow, case_id, visit, long[1:], key="3")
    with fund.as_(fund.liis) as uow:
        assert codes(lambda: applying.answer(uow, case_id, visit, long, key="4")) == ["CASE-LONG"]
    assert fund.visit(case_id) == visit


def test_two_partners_may_use_the_same_key(fund: Fund) -> None:
    """Each begins a case of their own, once."""
    other = fund.partner_named("Amber Works")
    kadri = fund.build.actor("partner_admin", partner=other, name="Kadri Oja")
    begun = []
    for actor in (fund.liis, kadri, fund.liis, kadri):
        with fund.as_(actor) as uow:
            begun.append(applying.begin(uow, "mdf", key="same"))
    assert (begun[0], begun[1]) == (begun[2], begun[3])
    assert begun[0] != begun[1]

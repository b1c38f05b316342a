"""Where MDF could go wrong beside its main road: moments between two stages, dates the wrong way round, files."""

from __future__ import annotations

import pytest

from models.applications import applying, stages
from models.applications.access import find
from models.applications.case_view import case_view
from models.benefits import queries as benefits
from models.core.actor import SYSTEM
from models.core.errors import Refused
from tests.support.mdf import APPLICATION, Fund, usd


@pytest.mark.meets("BEN-MDA-07")
def test_it_can_be_cancelled_before_the_search_for_similar_activities_has_run(fund: Fund) -> None:
    """The partner reads `MDF application being reviewed` from the first second on; a late worker does nothing."""
    case_id = fund.begun()
    with fund.as_(fund.liis) as uow:
        applying.submit(uow, case_id, "application", APPLICATION, key="s")
        assert case_view(uow, case_id).may.cancel
    with fund.as_(SYSTEM) as uow:
        waiting = find(uow, case_id).state.visits[0]
    assert (waiting.kind, fund.status(case_id)) == ("check", "MDF application being reviewed")
    with fund.as_(fund.liis) as uow:
        applying.cancel(uow, case_id, key="c")
        (row,) = benefits.pools(uow, fund.partner.id)
    assert fund.status(case_id) == "MDF application cancelled"
    assert (row.reserved, row.left) == (usd("0"), usd("50000"))
    with fund.as_(SYSTEM) as uow:
        assert not stages.run_check(uow, case_id, waiting.id)
    assert fund.status(case_id) == "MDF application cancelled"


def test_an_activity_does_not_end_before_it_starts(fund: Fund) -> None:
    case_id = fund.approved()
    with pytest.raises(Refused, match="The actual end date lies before the actual start date"):
        fund.submit(case_id, "reimbursement", fund.claim_data(case_id, started_on="2026-08-05"))
    assert fund.status(case_id) == "MDF application approved"

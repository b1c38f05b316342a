"""Who can begin an application: what a definition says of tiers and programs, and of no longer taking any."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from models.applications import applying
from models.applications.offers import offered_to
from models.applications.types import shipped
from models.core.actor import Actor
from models.core.errors import NotAllowed
from models.design import drafting, publishing
from models.design.edits import ChangeType
from models.partners.rules import MembershipKind
from models.partners.tables import ProgramMembership
from tests.support.acting import codes
from tests.support.build import Build
from tests.support.mdf import Fund


@pytest.fixture
def fund(build: Build) -> Fund:
    """A partner of the tier Advanced, in the Cloud Solution Provider program only."""
    made = Fund(build)
    membership = ProgramMembership(
        partner_id=made.partner.id, kind=MembershipKind.PROGRAM.value, name="Cloud Solution Provider",
        since=date(2025, 1, 1), until=None,
    )  # fmt: skip
    build.uow.session.add(membership)
    build.uow.session.flush()
    return made


@pytest.mark.parametrize(
    ("offered", "code"),
    [
        ({}, None),
        ({"tiers": ["advanced", "differentiation"]}, None),
        ({"tiers": ["basic"]}, "OFFER-TIER"),
        ({"programs": ["Cloud Solution Provider"]}, None),
        ({"programs": ["Training partners"]}, "OFFER-PROGRAM"),
        ({"tiers": ["advanced"], "programs": ["Training partners"]}, "OFFER-PROGRAM"),
        ({"closed": True}, "OFFER-CLOSED"),
    ],
    ids=str,
)
def test_only_those_begin_to_whom_it_is_offered(fund: Fund, offered: dict[str, Any], code: str | None) -> None:
    """The list of what one can apply for and the refusal say the same; cases under way are not concerned."""
    shipped("mdf")
    before = fund.begun()
    kofi, elif_ = (fund.build.actor("ecosystem_manager", name=name) for name in ("Kofi Mensah", "Elif Demir"))
    _publish(fund, kofi, elif_, offered)
    with fund.as_(fund.liis) as uow:
        assert [made.key for made in offered_to(uow, fund.partner.id)] == ([] if code else ["mdf"])
        if code:
            assert codes(lambda: applying.begin(uow, "mdf", key="new"), error=NotAllowed) == [code]
        else:
            assert applying.begin(uow, "mdf", key="new") != before
        assert applying.draft(uow, before, "application").data == {}


def _publish(fund: Fund, kofi: Actor, elif_: Actor, offered: dict[str, Any]) -> None:
    with fund.as_(kofi) as uow:
        draft = drafting.begin(uow, "mdf")
        drafting.change(uow, draft, ChangeType(("offered",), offered))
        publishing.propose(uow, draft, note="Who may apply.")
    with fund.as_(elif_) as uow:
        publishing.publish(uow, draft)

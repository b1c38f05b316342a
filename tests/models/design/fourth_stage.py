"""The change that the design tests are about: applications above 5,000.00 USD also need somebody of finance."""

from __future__ import annotations

from uuid import UUID

from models.core.actor import Actor
from models.design import drafting, publishing
from models.design.edits import AddNode, ChangeNode, Connect
from tests.support.mdf import Fund


def fourth_stage(fund: Fund, who: Actor) -> UUID:
    """A draft of MDF in which finance also approves applications above 5,000.00 USD."""
    with fund.as_(who) as uow:
        draft = drafting.begin(uow, "mdf")
        for edit in (
            AddNode("decision", label="Large amount", after=("application_review", "approve")),
            ChangeNode("large_amount", {"decision": "budget_mdf > usd(5000)"}),
            AddNode("review", label="Budget owner", after=("large_amount", "yes")),
            ChangeNode("budget_owner", {"review": ["reviewer_finance"], "status": "MDF application being reviewed",
                                        "phase": "Application"}),
            Connect("budget_owner", "reject", "release"),
        ):  # fmt: skip
            drafting.change(uow, draft, edit)
    return draft


def published(fund: Fund, kofi: Actor, elif_: Actor) -> UUID:
    """The fourth stage in force."""
    draft = fourth_stage(fund, kofi)
    with fund.as_(kofi) as uow:
        publishing.propose(uow, draft, note="Finance looks at large applications from now on.")
    with fund.as_(elif_) as uow:
        publishing.publish(uow, draft)
    return draft

"""A manager changes how MDF runs, another one agrees: new cases follow, those under way keep what they began with."""

from __future__ import annotations

import pytest

from models.applications.types import application_type, shipped
from models.core.actor import Actor
from models.core.errors import DomainError, NotAllowed, NotFound, Refused, WrongState
from models.design import drafting, publishing
from models.design.edits import AddNode, ChangeNode, ChangeType
from models.design.rules import DraftStatus
from models.engines.definitions import versions
from models.notices.queries import waiting
from tests.models.design.fourth_stage import fourth_stage, published
from tests.support.acting import codes
from tests.support.mdf import Fund

PRESENT = shipped("mdf").version
FIRST = PRESENT * versions.OWN + 1


def test_what_was_agreed_to_concerns_new_cases_only(fund: Fund, kofi: Actor, elif_: Actor) -> None:
    """8,640.00 USD: the case from before is approved by one person, the one that begins after needs finance too."""
    before = fund.applied()
    published(fund, kofi, elif_)
    after = fund.applied(activity_name="Tallinn Data Week", address="Peterburi tee 2, Tallinn")
    fund.decide(fund.joris, before, "approve")
    fund.decide(fund.joris, after, "approve")
    assert (fund.visit(before), fund.visit(after)) == ("reimbursement#1", "budget_owner#1")
    fund.decide(fund.sipho, after, "approve")
    assert fund.visit(after) == "reimbursement#1"
    with fund.as_(kofi) as uow:
        assert application_type(uow, "mdf").version == FIRST
        assert versions.words(FIRST) == f"{PRESENT}.1"
        (entry,) = publishing.history(uow, "mdf")
    assert (entry.before, entry.version, entry.wanted_by_name, entry.agreed_by_name) == (
        PRESENT,
        FIRST,
        "Kofi Mensah",
        "Elif Demir",
    )


def test_it_is_taken_back_with_one_step(fund: Fund, kofi: Actor, elif_: Actor) -> None:
    """New cases begin under the earlier version again; the case that began meanwhile keeps its fourth stage."""
    published(fund, kofi, elif_)
    meanwhile = fund.applied()
    with fund.as_(elif_) as uow:
        publishing.roll_back(uow, "mdf", PRESENT, note="Finance has no time for it.")
        assert codes(lambda: publishing.roll_back(uow, "mdf", PRESENT, note="Again")) == ["WRONG-STATE"]
        assert codes(lambda: publishing.roll_back(uow, "mdf", 7, note="Which?"), error=NotFound) == ["NOT-FOUND"]
        assert publishing.kept_versions(uow, "mdf") == [FIRST, PRESENT]
    again = fund.applied(activity_name="Tallinn Data Week", address="Peterburi tee 2, Tallinn")
    for case_id in (meanwhile, again):
        fund.decide(fund.joris, case_id, "approve")
    assert (fund.visit(meanwhile), fund.visit(again)) == ("budget_owner#1", "reimbursement#1")


def test_nobody_agrees_to_their_own_proposal(fund: Fund, kofi: Actor, elif_: Actor) -> None:
    """Not even after taking it back and proposing it again; somebody else may."""
    draft = fourth_stage(fund, kofi)
    with fund.as_(kofi) as uow:
        assert codes(lambda: publishing.publish(uow, draft)) == ["WRONG-STATE"]
        publishing.propose(uow, draft, note="Finance looks at large applications.")
        assert codes(lambda: publishing.publish(uow, draft), error=NotAllowed) == ["DESIGN-OWN"]
    with fund.as_(elif_) as uow:
        assert [notice.title for notice in waiting(uow, limit=5)] == ["Agree to a change of Market Development Fund"]
        assert publishing.publish(uow, draft) == FIRST
        assert drafting.find(uow, draft).status is DraftStatus.PUBLISHED


def test_a_proposal_stands_still_until_it_is_answered(fund: Fund, kofi: Actor, elif_: Actor) -> None:
    """Nobody changes what somebody else is asked to agree to; a no comes with its reason and opens it again."""
    draft = fourth_stage(fund, kofi)
    with fund.as_(kofi) as uow:
        publishing.propose(uow, draft, note="Finance looks at large applications.")
        assert codes(lambda: drafting.undo(uow, draft), error=WrongState) == ["WRONG-STATE"]
        assert codes(lambda: drafting.change(uow, draft, AddNode("end"))) == ["WRONG-STATE"]
    with fund.as_(elif_) as uow:
        assert codes(lambda: publishing.decline(uow, draft, reason=" "), error=Refused) == ["DESIGN-REASON"]
        publishing.decline(uow, draft, reason="Only above 20,000 USD, please.")
    with fund.as_(kofi) as uow:
        assert drafting.find(uow, draft).answer == "Elif Demir: Only above 20,000 USD, please."
        drafting.change(uow, draft, ChangeNode("large_amount", {"decision": "budget_mdf > usd(20000)"}))


def test_a_draft_with_faults_is_not_proposed(fund: Fund, kofi: Actor) -> None:
    """Every fault at once, each with its node; the note is missed as well."""
    with fund.as_(kofi) as uow:
        draft = drafting.begin(uow, "mdf")
        drafting.change(uow, draft, AddNode("review", label="Lonely"))
        with pytest.raises(Refused) as refused:
            publishing.propose(uow, draft, note="")
    assert [(problem.code, problem.field) for problem in refused.value.problems][:2] == [
        ("DESIGN-NOTE", "note"),
        ("FLOW-NOBODY", "lonely"),
    ]
    assert {problem.field for problem in refused.value.problems} == {"note", "lonely"}


def test_two_drafts_from_one_version_do_not_overwrite_each_other(fund: Fund, kofi: Actor, elif_: Actor) -> None:
    """The second is told that another version came between, and says itself that it still means what it says."""
    other = fourth_stage(fund, kofi)
    with fund.as_(kofi) as uow:
        mine = drafting.begin_with(uow, drafting.find(uow, other).content, "A copy")
        drafting.change(uow, mine, ChangeType(("parameters", "claim_within_days"), 60))
    for draft in (other, mine):
        with fund.as_(kofi) as uow:
            publishing.propose(uow, draft, note="A change.")
    with fund.as_(elif_) as uow:
        publishing.publish(uow, other)
        assert codes(lambda: publishing.publish(uow, mine)) == ["WRONG-STATE"]
    with fund.as_(kofi) as uow:
        publishing.withdraw(uow, mine)
        publishing.bring_up_to_date(uow, mine)
        publishing.propose(uow, mine, note="60 days are enough.")
    with fund.as_(elif_) as uow:
        assert publishing.publish(uow, mine) == FIRST + 1
        assert application_type(uow, "mdf").parameters["claim_within_days"] == 60


@pytest.mark.parametrize("role", ["reviewer_business", "finance", "analyst"])
def test_only_managers_change_definitions(fund: Fund, role: str) -> None:
    """Whoever decides by the rules does not make them; neither does a partner."""
    for actor in (fund.build.actor(role), fund.liis):
        with fund.as_(actor) as uow:
            for act in (
                lambda: drafting.begin(uow, "mdf"),
                lambda: drafting.begin_with(uow, {}, "x"),
                lambda: publishing.roll_back(uow, "mdf", 1, note="x"),
                lambda: publishing.history(uow, "mdf"),
            ):
                with pytest.raises(DomainError) as refused:
                    act()
                assert refused.type is NotAllowed

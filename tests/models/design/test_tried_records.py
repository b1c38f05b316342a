"""A tried case asks its checks of real records, tells what they looked at, and leaves nothing behind."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import func, insert, select, update

from models.applications.types import application_type
from models.core.actor import Actor
from models.core.database import Base
from models.core.errors import Problem, Refused
from models.design import scenarios
from models.engines.definitions.registry import CHECKS, check
from models.engines.definitions.schema import ApplicationType
from models.engines.workflow.answers import Answer, By
from models.engines.workflow.findings import Finding, Verdict
from models.engines.workflow.scenario import Move, Scenario
from models.engines.workflow.trying import Tried
from models.partners.tables import Partner
from tests.support.mdf import BEGAN, Fund

SEND = Move(do="submit", node="application")
SEARCH = Move(do="check", passed=None)


@pytest.fixture
def made(fund: Fund, kofi: Actor) -> ApplicationType:
    with fund.as_(kofi) as uow:
        return application_type(uow, "mdf")


def scenario(fund: Fund, made: ApplicationType, *moves: Move, sample: UUID | None = None, **more: Any) -> Scenario:
    begun = scenarios.beginning(made, "A case")
    return begun.model_copy(
        update={"partner": fund.partner.id, "sample": sample, "began": BEGAN, "moves": moves, **more}
    )


def play(fund: Fund, actor: Actor, made: ApplicationType, tried: Scenario) -> Tried:
    with fund.as_(actor) as uow:
        return scenarios.play(made, tried, looked_at=scenarios.records(uow, made, tried))


def answers(found: Tried) -> dict[str, Answer]:
    return {answer.check: answer for stand in found.stands for answer in stand.answers}


def counts(fund: Fund) -> dict[str, int]:
    """How many rows every table has."""
    session = fund.build.uow.session
    session.flush()
    return {
        name: session.scalar(select(func.count()).select_from(table)) or 0
        for name, table in Base.metadata.tables.items()
        if session.connection().dialect.has_table(session.connection(), name)
    }


@pytest.fixture
def lent() -> Iterator[Any]:
    """Register a check for one test."""
    before = dict(CHECKS)
    yield check
    CHECKS.clear()
    CHECKS.update(before)


def test_rules_of_a_form_are_asked_of_the_partner_with_a_samples_forms(fund: Fund, kofi: Actor, made) -> None:
    """The quota is that of the ledger; the worker's search finds a case like the sample."""
    sample, _ = fund.applied(), fund.applied()
    found = play(fund, kofi, made, scenario(fund, made, SEND, SEARCH, sample=sample))
    said = answers(found)
    assert [visit.node for visit in found.state.visits] == ["application_review"]
    quota = said["mdf.quota"]
    assert (quota.by, quota.passed, quota.findings[0].verdict) == (By.RECORDS, True, Verdict.PASSED)
    assert "records: ledger account" in quota.looked
    assert any(each.startswith("starts on (2026") for each in said["mdf.dates"].looked)
    assert said["mdf.similar"].findings[0].verdict is Verdict.LOOK
    assert "MDF-2026-0002" in said["mdf.similar"].findings[0].text
    assert "MDF-2026-0001" not in said["mdf.similar"].findings[0].text  # it stands in for the sample
    assert {answer.check for answer in found.shown} == set(made.review_node("application_review").checks)


def test_a_rule_that_is_not_kept_holds_the_form_until_it_is_said_by_hand(fund: Fund, kofi: Actor, made) -> None:
    sample = fund.applied()
    fund.partner.business_authenticated = False
    fund.build.uow.session.flush()
    held = play(fund, kofi, made, scenario(fund, made, SEND, sample=sample))
    assert [visit.node for visit in held.state.visits] == ["application"]
    assert held.stands[-1].problems == tuple(answers(held)["mdf.authenticated"].problems())
    assert held.stands[-1].problems[0].text
    by_hand = scenario(fund, made, SEND, sample=sample, checks={"mdf.authenticated": True, "mdf.quota": True})
    sent = play(fund, kofi, made, by_hand)
    assert sent.stands[-1].problems == ()
    assert [visit.node for visit in sent.state.visits] == ["similar"]
    assert (answers(sent)["mdf.authenticated"].by, answers(sent)["mdf.authenticated"].passed) == (By.HAND, True)
    refused = play(fund, kofi, made, scenario(fund, made, SEND, sample=sample, checks={"mdf.dates": False}))
    assert [problem.code for problem in refused.stands[-1].problems if problem.code == "TRY-CHECK"] == ["TRY-CHECK"]
    with fund.as_(kofi) as uow:  # what was said is kept, and whose case it is
        scenarios.keep(uow, "mdf", by_hand)
        (kept,) = scenarios.kept(uow, "mdf")
    assert kept.scenario == by_hand


def test_what_a_check_lacks_is_named(fund: Fund, kofi: Actor, made) -> None:
    """Nothing was typed and no sample chosen: the check of the dates cannot say, and names what it asked for."""
    said = answers(play(fund, kofi, made, scenario(fund, made, SEND)))
    assert said["mdf.dates"].findings[0].verdict is Verdict.LATER
    assert {"starts on", "ends on"} <= set(said["mdf.dates"].lacking)
    typed = Move(do="submit", facts={"starts_on": "2026-08-03", "ends_on": "2026-08-04"})
    said = answers(play(fund, kofi, made, scenario(fund, made, typed)))
    assert (said["mdf.dates"].lacking, said["mdf.dates"].passed) == ((), True)
    assert "starts on (2026-08-03)" in said["mdf.dates"].looked


def test_without_a_partner_that_one_may_see_checks_are_taken_as_passed(fund: Fund, kofi: Actor, made) -> None:
    nobody = scenario(fund, made, SEND, SEARCH, partner=None)
    found = play(fund, kofi, made, nobody)
    assert answers(found)["mdf.similar"] == Answer("mdf.similar")
    assert [visit.node for visit in found.state.visits] == ["application_review"]
    foreign = scenario(fund, made, SEND, partner=UUID(int=9), sample=UUID(int=9))
    with fund.as_(kofi) as uow:
        assert scenarios.records(uow, made, foreign) is None
        gone = scenarios.records(uow, made, scenario(fund, made, sample=UUID(int=9)))
        assert gone is not None
        assert gone.forms == {}
        assert [row.number for row in scenarios.samples(uow, made, fund.partner.id)] == []
    words = [each.words for each in scenarios.options(made, nobody, play(fund, kofi, made, scenario(fund, made, SEND)))]
    assert not any(each.endswith(" is done") for each in words)
    named = scenario(fund, made, SEND)
    words = [each.words for each in scenarios.options(made, named, play(fund, kofi, made, named))]
    assert "Search for similar activities is done" in words
    assert {"mdf.similar", "mdf.quota"} <= scenarios.asked_checks(made, of_records=True).keys()


@pytest.mark.parametrize("how", ["row", "changed", "statement", "insert", "outbox", "history"])
def test_a_check_that_writes_changes_nothing(fund: Fund, kofi: Actor, made, lent: Any, how: str) -> None:
    """Whatever way it writes by: nothing of it is there afterwards, and it is said that it would have."""

    @lent("mdf.dates", label="Dates")
    def writes(uow: Any, case: Any) -> Finding:
        partner = uow.session.get(Partner, case.partner_id)
        match how:
            case "row":
                fund.build.partner("Left behind")
            case "changed":
                partner.name = "Renamed"
            case "statement":
                uow.session.connection().execute(update(Partner.__table__).values(name="Renamed"))
            case "insert":
                uow.session.execute(insert(Partner.__table__).values(name="Left behind"))
            case "outbox":
                uow.emit("notices.mail", "tried", {})
            case "history":
                uow.record("changed", "partner", case.partner_id)
        return Finding("DATES", "Dates", Verdict.PASSED)

    before = counts(fund)
    said = answers(play(fund, kofi, made, scenario(fund, made, SEND)))
    assert said["mdf.dates"].failed == "It would change records, which a case that is only tried must not do."
    assert counts(fund) == before
    fund.build.uow.session.expire_all()
    assert fund.build.uow.session.get(Partner, fund.partner.id).name == "Nordlicht Systems"
    assert said["mdf.quota"].by is By.RECORDS  # the next check is asked all the same


def test_what_a_tried_case_asks_for_leaves_every_table_as_it_was(fund: Fund, kofi: Actor, made) -> None:
    sample = fund.applied()
    before = counts(fund)
    found = play(fund, kofi, made, scenario(fund, made, SEND, SEARCH, sample=sample))
    assert found.shown
    assert counts(fund) == before


def test_a_check_that_breaks_or_refuses_says_so_and_stops_nobody(fund: Fund, kofi: Actor, made, lent: Any) -> None:
    @lent("mdf.dates")
    def breaks(uow: Any, case: Any) -> Finding:
        return Finding("DATES", case.earlier["report"]["title"], Verdict.PASSED)

    @lent("mdf.quota")
    def refuses(uow: Any, case: Any) -> Finding:
        raise Refused(Problem("POOL", "There is no pool."))

    del CHECKS["mdf.budgeted"]
    said = answers(play(fund, kofi, made, scenario(fund, made, SEND)))
    assert (said["mdf.dates"].failed, said["mdf.dates"].lacking) == (
        "It cannot answer with what this case has.", ("report",)
    )  # fmt: skip
    assert (said["mdf.quota"].failed, said["mdf.quota"].passed) == ("There is no pool.", True)
    assert said["mdf.budgeted"].failed == "No area lends this check any more."

"""Many people at the same moment, each in a transaction of their own: money is promised once, one decision wins."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from threading import Barrier
from typing import Any
from uuid import UUID, uuid4

import pytest

from models.applications import applying, queries, reviewing, stages
from models.applications.access import find
from models.applications.case_view import case_view
from models.applications.rows import CaseFilter
from models.applications.types import shipped
from models.benefits import queries as benefits
from models.benefits import service
from models.core.actor import SYSTEM, Actor
from models.core.clock import clock_at
from models.core.errors import ChangedMeanwhile, DomainError
from models.core.unit_of_work import UnitOfWork, unit_of_work
from models.engines.ledger import queries as ledger
from tests.support.build import Build
from tests.support.mdf import APPLICATION, BEGAN, Fund, usd


@dataclass
class Crowd:
    """The fund's people, each of whom acts in a transaction of their own."""

    fund: Fund

    @contextmanager
    def as_(self, actor: Actor) -> Iterator[UnitOfWork]:
        """A transaction of somebody, at the fund's time."""
        with clock_at(BEGAN), unit_of_work(actor=actor) as uow:
            yield uow

    def at_once(self, actors: list[Actor], act: Callable[[UnitOfWork, int], Any]) -> list[Any]:
        """What each gets who acts at the same moment as the others: the answer, or the refusal."""
        together = Barrier(len(actors))

        def one(number: int) -> Any:
            together.wait()
            try:
                with self.as_(actors[number]) as uow:
                    return act(uow, number)
            except DomainError as error:
                return error

        with ThreadPoolExecutor(len(actors)) as people:
            return list(people.map(one, range(len(actors))))

    def draft(self, name: str) -> UUID:
        """A draft of the partner."""
        with self.as_(self.fund.liis) as uow:
            return applying.begin(uow, "mdf", key=name)

    def applied(self) -> tuple[UUID, str, int]:
        """An application under review: the case, the review's visit, and the case as reviewers see it."""
        case_id = self.draft("Riga Cloud Day")
        with self.as_(self.fund.liis) as uow:
            applying.submit(uow, case_id, "application", APPLICATION, key="s")
        with self.as_(SYSTEM) as uow:
            stages.run_check(uow, case_id, find(uow, case_id).state.visits[0].id)
        with self.as_(SYSTEM) as uow:
            state = find(uow, case_id).state
        return case_id, state.visits[0].id, state.seq

    def decisions(self, case_id: UUID) -> list[tuple[str, str]]:
        """Who said what of the case, by its timeline."""
        with self.as_(self.fund.ines) as uow:
            told = case_view(uow, case_id).timeline
        return [(row.by, row.status) for row in told if row.by in ("Joris de Wit", "Niamh Kavanagh") and row.status]


@pytest.fixture
def crowd(database: str) -> Crowd:
    """A partner with a quota of 50,000.00 USD, and everybody who works on its cases."""
    with clock_at(BEGAN), unit_of_work(actor=SYSTEM) as uow:
        fund = Fund(Build(uow))
        fund.niamh = fund.build.actor("reviewer_business", name="Niamh Kavanagh")  # type: ignore[attr-defined]
    return Crowd(fund)


@pytest.mark.meets("BEN-MDA-03")
def test_six_applications_at_once_never_reserve_more_than_the_quota(crowd: Crowd) -> None:
    """20,000.00 each of 50,000.00 that nobody had needed before: two are sent, four are told what is available."""
    drafts = [crowd.draft(f"Fair {number}") for number in range(6)]
    asked = {"budget": [{"item": "Venue", "mdf_used": True, "amount": "20000.00"}]}

    def send(uow: UnitOfWork, number: int) -> Any:
        data = APPLICATION | asked | {"activity_name": f"Fair {number}"}
        return applying.submit(uow, drafts[number], "application", data, key=f"s{number}").status

    answers = crowd.at_once([crowd.fund.liis] * 6, send)
    refused = [answer for answer in answers if isinstance(answer, DomainError)]
    assert [answer for answer in answers if not isinstance(answer, DomainError)] == [
        "MDF application being reviewed"
    ] * 2
    assert {problem.code for error in refused for problem in error.problems} <= {"MDA-QUOTA", "LEDGER-SHORT"}
    assert all("10,000.00 USD" in str(error) for error in refused[-1:])
    with crowd.as_(SYSTEM) as uow:
        (row,) = benefits.pools(uow, crowd.fund.partner.id)
        assert (row.granted, row.reserved, row.left) == (usd("50000.00"), usd("40000.00"), usd("10000.00"))
        assert ledger.faults(uow) == []


def test_two_reviewers_at_once_one_wins_and_the_other_is_told_who(crowd: Crowd) -> None:
    case_id, visit, seq = crowd.applied()
    fund = crowd.fund

    def decide(uow: UnitOfWork, number: int) -> Any:
        given = {"reason": "R-03 Budget not plausible", "comment": "Too dear."} if number else {}
        wanted = "reject" if number else "approve"
        return reviewing.decide(uow, case_id, visit, wanted, key=f"d{number}", expected=seq, **given).status

    answers = crowd.at_once([fund.joris, fund.niamh], decide)  # type: ignore[attr-defined]
    (late,) = [answer for answer in answers if isinstance(answer, DomainError)]
    (won,) = [answer for answer in answers if isinstance(answer, str)]
    winner = "Niamh Kavanagh" if isinstance(answers[0], DomainError) else "Joris de Wit"
    assert isinstance(late, ChangedMeanwhile)
    assert f"{winner} changed this case at 10:00 (GMT+08:00) on Jul 6." in str(late)
    assert crowd.decisions(case_id) == [(winner, won)]


def test_one_click_that_arrives_four_times_at_once_counts_once(crowd: Crowd) -> None:
    case_id, visit, seq = crowd.applied()
    status = "MDF application approved"

    def decide(uow: UnitOfWork, _: int) -> Any:
        return reviewing.decide(uow, case_id, visit, "approve", key="same", expected=seq).status

    assert crowd.at_once([crowd.fund.joris] * 4, decide) == [status] * 4
    assert crowd.decisions(case_id) == [("Joris de Wit", status)]


def test_one_submission_that_arrives_four_times_at_once_counts_once(crowd: Crowd) -> None:
    case_id, status = crowd.draft("Riga Cloud Day"), "MDF application being reviewed"

    def send(uow: UnitOfWork, _: int) -> Any:
        return applying.submit(uow, case_id, "application", APPLICATION, key="same").status

    assert crowd.at_once([crowd.fund.liis] * 4, send) == [status] * 4
    with crowd.as_(SYSTEM) as uow:
        assert [each.number for each in case_view(uow, case_id).revisions] == [1]
        (row,) = benefits.pools(uow, crowd.fund.partner.id)
        assert (row.reserved, ledger.faults(uow)) == (usd("8640.00"), [])


def test_one_draft_that_is_begun_four_times_at_once_is_one(crowd: Crowd) -> None:
    def begin(uow: UnitOfWork, _: int) -> Any:
        return applying.begin(uow, "mdf", key="same")

    assert len(set(crowd.at_once([crowd.fund.liis] * 4, begin))) == 1
    with crowd.as_(crowd.fund.liis) as uow:
        assert [row.number for row in queries.cases(uow, CaseFilter()).rows] == ["MDF-2026-0001"]
        later = applying.begin(uow, "mdf", key="another")
        assert case_view(uow, later).row.number == "MDF-2026-0002"


def test_a_quota_raised_four_times_by_one_click_is_raised_once(crowd: Crowd) -> None:
    made, partner, key = shipped("mdf"), crowd.fund.partner.id, str(uuid4())

    def lift(uow: UnitOfWork, _: int) -> Any:
        return service.raise_quota(uow, made, partner, usd("500.00"), reason="Fair", key=key)

    assert crowd.at_once([crowd.fund.ines] * 4, lift) == [None] * 4
    with crowd.as_(crowd.fund.ines) as uow:
        assert [row.granted for row in benefits.pools(uow, partner)] == [usd("50500.00")]
        assert ledger.faults(uow) == []


def test_two_colleagues_who_type_the_first_word_at_once_one_is_told_of_the_other(crowd: Crowd) -> None:
    case_id = crowd.draft("Riga Cloud Day")
    typed = ["Riga", "Vilnius"]
    saved = crowd.at_once(
        [crowd.fund.liis] * 2,
        lambda uow, number: applying.save_draft(
            uow, case_id, "application", {"activity_name": typed[number]}, expected=0
        ),
    )
    assert sorted(map(type, saved), key=lambda each: each.__name__) == [ChangedMeanwhile, int]
    with crowd.as_(crowd.fund.liis) as uow:
        kept = applying.draft(uow, case_id, "application")
    assert (kept.version, kept.data["activity_name"]) == (1, typed[saved.index(1)])

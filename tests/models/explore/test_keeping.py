"""Questions are kept by their owner, found by the roles they are shared with, and never outside of the organisation."""

from __future__ import annotations

import pytest

from models.core.errors import ChangedMeanwhile, NotAllowed, NotFound, Refused
from models.core.unit_of_work import unit_of_work
from models.engines.sandbox.process import Parameter
from models.explore import lineage, queries, rules, service
from models.explore.asking import Asked
from models.explore.exporting import question_of
from models.explore.rules import Kept, QuestionKind, RunStatus

SQL = "SELECT sum(expenditure) FROM expenditure_line WHERE cycle >= :since"
ASKED = Asked(SQL, (Parameter("since", "date", "2026-05-01"),))


@pytest.mark.parametrize(
    ("kept", "codes"),
    [
        (Kept("Spending", "", ()), []),
        (Kept(" ", "", ()), ["QUESTION-TITLE"]),
        (Kept("x" * 121, "y" * 1001, ("nobody",)), ["QUESTION-TITLE", "QUESTION-DESCRIPTION", "QUESTION-ROLE"]),
    ],
)
def test_what_stands_in_the_way_of_keeping(kept, codes):
    assert [problem.code for problem in rules.keeping_problems(kept, roles=["analyst"])] == codes


def kept(actor, **more):
    with unit_of_work(actor=actor) as uow:
        return service.keep(uow, QuestionKind.SQL, question_of(ASKED), title="Spending", **more)


def titles(actor):
    with unit_of_work(read_only=True, actor=actor) as uow:
        return [row.title for row in queries.questions(uow)]


def test_a_shared_question_is_found_by_its_roles_in_the_same_organisation_alone(world):
    colleague, stranger = world.manager, world.finance
    kept(world.analyst, shared_with=["ecosystem_manager"])
    assert titles(world.analyst) == titles(colleague) == ["Spending"]
    assert titles(stranger) == titles(world.partner) == []
    with unit_of_work(read_only=True, actor=colleague) as uow:
        (row,) = queries.questions(uow)
        assert (row.mine, row.shared_with, queries.parameters_of(row.content["parameters"])) == (
            False, ("ecosystem_manager",), ASKED.parameters,
        )  # fmt: skip
        assert lineage.words(row) == "Reads expenditure_line (cycle, expenditure)"


def test_a_partners_question_is_for_the_partners_people(world):
    kept(world.partner, shared_with=["partner_admin"])
    assert titles(world.distributor) == ["Spending"]
    assert titles(world.analyst) == titles(world.outsider) == []


def test_only_the_owner_changes_or_removes_and_never_over_somebodys_change(world):
    colleague = world.manager
    key = kept(world.analyst, shared_with=["ecosystem_manager"])
    with pytest.raises(NotAllowed), unit_of_work(actor=colleague) as uow:
        service.forget(uow, key)
    with pytest.raises(NotFound), unit_of_work(actor=world.partner) as uow:
        service.forget(uow, key)
    with unit_of_work(actor=world.analyst) as uow:
        service.change(uow, key, expected=1, title="Sums", description="d", shared_with=[])
    with pytest.raises(ChangedMeanwhile), unit_of_work(actor=world.analyst) as uow:
        service.change(uow, key, expected=1, title="Other", description="", shared_with=[])
    with pytest.raises(Refused), unit_of_work(actor=world.analyst) as uow:
        service.change(uow, key, expected=2, title="", description="", shared_with=[])
    assert (titles(world.analyst), titles(colleague)) == (["Sums"], [])
    with unit_of_work(actor=world.analyst) as uow:
        service.forget(uow, key)
    assert titles(world.analyst) == []


def test_history_is_ones_own_and_has_an_end(world, monkeypatch):
    monkeypatch.setattr(rules, "KEPT_RUNS", 3)
    for number in range(5):
        with unit_of_work(actor=world.analyst) as uow:
            service.remember(
                uow.at(uow.now.replace(microsecond=number)), Asked(f"SELECT {number}", ASKED.parameters),
                status=RunStatus.DONE, rows=1, milliseconds=5, tables=["line"], said="",
            )  # fmt: skip
    with unit_of_work(read_only=True, actor=world.analyst) as uow:
        assert [row.asked for row in queries.history(uow)] == [
            Asked(f"SELECT {number}", ASKED.parameters) for number in (4, 3, 2)
        ]
    with unit_of_work(read_only=True, actor=world.partner) as uow:
        assert queries.history(uow) == []

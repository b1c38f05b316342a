"""A manager's version of a list: for everybody or for roles, with its history, and rolled back."""

from __future__ import annotations

import pytest

from models.core.errors import ChangedMeanwhile, NotAllowed, NotFound, Refused, WrongState
from models.core.unit_of_work import UnitOfWork
from models.engines.lists import Adjustment, ColumnChange, FilterChange
from models.lists import publishing, queries
from tests.support.build import Build

REGION = Adjustment(columns=(ColumnChange(name="name"), ColumnChange(name="region", label="Sales region")))
ACTIVE = Adjustment(filters=(FilterChange(name="status"),), preset={"status": ("active",)}, sort="-joined")


@pytest.fixture
def manager(uow: UnitOfWork, build: Build) -> UnitOfWork:
    return UnitOfWork(uow.session, build.actor("ecosystem_manager", name="Ingrid Solberg"), uow.now)


@pytest.fixture
def analyst(uow: UnitOfWork, build: Build) -> UnitOfWork:
    return UnitOfWork(uow.session, build.actor("analyst"), uow.now)


def columns(uow: UnitOfWork) -> tuple[str, ...]:
    return queries.open_list(uow, "partners").shape.shown


def test_a_version_comes_into_force_for_everybody_or_for_a_role_and_back(
    manager: UnitOfWork, analyst: UnitOfWork
) -> None:
    delivered = columns(analyst)
    assert publishing.publish(manager, "partners", REGION, [""], note="Regions matter", expected=0) == 1
    assert columns(analyst)[:2] == ("name", "region")
    assert queries.open_list(analyst, "partners").shape.columns["region"].label == "Sales region"
    assert publishing.publish(manager, "partners", ACTIVE, ["analyst"], note="Only active ones", expected=1) == 2
    assert columns(analyst) == delivered
    opened = queries.open_list(analyst, "partners")
    assert (opened.version, opened.shape.sort) == (2, "-joined")
    assert queries.resolve(opened, {}).asked.filters == {"status": ("active",)}
    assert queries.resolve(opened, {"view": ["all"]}).asked.filters == {}
    assert queries.open_list(manager, "partners").version == 1
    publishing.give_up(manager, "partners", "analyst", note="As everybody")
    assert columns(analyst)[:2] == ("name", "region")
    publishing.roll_back(manager, "partners", 0, [""], note="Too wide")
    assert columns(analyst) == delivered
    assert [(row.role, row.version, row.before, row.note) for row in publishing.history(manager, "partners")] == [
        ("", 0, 1, "Too wide"), ("analyst", None, 2, "As everybody"), ("analyst", 2, None, "Only active ones"),
        ("", 1, None, "Regions matter"),
    ]  # fmt: skip
    assert publishing.version_content(manager, "partners", 1) == REGION
    assert [number for number, _, _ in publishing.versions(manager, "partners")] == [2, 1]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (Adjustment(columns=(ColumnChange(name="gone"),)), "The column gone is no longer in this list"),
        (Adjustment(columns=(ColumnChange(name="tier", shown=False),)), "Tier stands first, so it is always shown"),
        (Adjustment(columns=(ColumnChange(name="spent"),)), "is not for everybody: put another column first"),
        (Adjustment(preset={"tier": ("platinum",)}), 'Tier: there is no "platinum"'),
        (Adjustment(sort="customers"), "can no longer be sorted by customers"),
    ],
)
def test_what_does_not_fit_the_list_is_refused(manager: UnitOfWork, change: Adjustment, words: str) -> None:
    with pytest.raises(Refused) as refused:
        publishing.publish(manager, "partners", change, [""], note="Try", expected=0)
    assert words in " ".join(problem.text for problem in refused.value.problems)
    assert publishing.newest_version(manager, "partners") == 0
    assert publishing.in_force(manager, "partners") == {}


def test_a_version_needs_a_reason_somebody_and_the_newest_one_known(manager: UnitOfWork, analyst: UnitOfWork) -> None:
    with pytest.raises(Refused, match="Write why"):
        publishing.publish(manager, "partners", REGION, [""], note=" ", expected=0)
    with pytest.raises(Refused, match="Choose for whom"):
        publishing.publish(manager, "partners", REGION, [], note="Why", expected=0)
    with pytest.raises(NotAllowed):
        publishing.publish(analyst, "partners", REGION, [""], note="Why", expected=0)
    publishing.publish(manager, "partners", REGION, [""], note="Why", expected=0)
    with pytest.raises(ChangedMeanwhile, match="Ingrid Solberg published version 1 meanwhile"):
        publishing.publish(manager, "partners", ACTIVE, [""], note="Why", expected=0)
    with pytest.raises(WrongState):
        publishing.roll_back(manager, "partners", 1, [""], note="Why")
    with pytest.raises(NotFound):
        publishing.roll_back(manager, "partners", 9, [""], note="Why")
    with pytest.raises(NotFound):
        publishing.publish(manager, "nothing", REGION, [""], note="Why", expected=0)
    with pytest.raises(WrongState):
        publishing.give_up(manager, "partners", "analyst", note="Why")
    assert publishing.in_force(manager, "partners") == {"": 1}


def test_a_version_made_for_an_older_list_names_what_is_gone_to_managers_alone(
    manager: UnitOfWork, analyst: UnitOfWork
) -> None:
    from models.lists.tables import ListChosen, ListVersion

    old = Adjustment(columns=(ColumnChange(name="name"), ColumnChange(name="score")))
    manager.session.add_all([
        ListVersion(list="partners", number=1, content=old.model_dump(mode="json"), at=manager.now, by=None,
                    by_name="Ingrid Solberg"),
        ListChosen(list="partners", role="", version=1),
    ])  # fmt: skip
    manager.session.flush()
    said = queries.open_list(manager, "partners").shape.problems
    assert [problem.text for problem in said] == ["The column score is no longer in this list; it is left out."]
    assert queries.open_list(analyst, "partners").shape.problems == ()

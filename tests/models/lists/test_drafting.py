"""The draft of a list: saved with every change, met by all who change it, published as it was seen, or given up."""

from __future__ import annotations

import pytest

from models.core.errors import ChangedMeanwhile, NotAllowed, WrongState
from models.core.unit_of_work import UnitOfWork
from models.engines.lists import Adjustment
from models.engines.lists.editing import altered
from models.lists import drafting, publishing
from models.lists.drafting import Change
from tests.support.build import Build


def shows(name: str, *, shown: bool = True) -> Change:
    return lambda draft: draft.model_copy(update={"columns": altered(draft.columns, name, shown=shown)})


def sorts(way: str) -> Change:
    return lambda draft: draft.model_copy(update={"sort": way})


def shown(draft: drafting.Draft | None) -> set[str]:
    assert draft is not None
    return {each.name for each in draft.change.columns if each.shown}


@pytest.fixture
def ingrid(uow: UnitOfWork, build: Build) -> UnitOfWork:
    return UnitOfWork(uow.session, build.actor("ecosystem_manager", name="Ingrid Solberg"), uow.now)


@pytest.fixture
def mateo(uow: UnitOfWork, build: Build) -> UnitOfWork:
    return UnitOfWork(uow.session, build.actor("administrator", name="Mateo Ruiz"), uow.now)


def test_two_people_meet_in_one_draft_and_are_told_of_each_other(ingrid: UnitOfWork, mateo: UnitOfWork) -> None:
    drafting.change(ingrid, "partners", [shows("region")])
    second = drafting.change(mateo, "partners", [sorts("-joined"), shows("number")])
    assert second is not None
    assert {"region", "number"} <= shown(second)
    assert [name for name, _ in second.others] == ["Ingrid Solberg"]
    found = drafting.draft_of(ingrid, "partners")
    assert found is not None
    assert (found.saved_by_name, found.change.sort, [name for name, _ in found.others]) == (
        "Mateo Ruiz", "-joined", ["Mateo Ruiz"]
    )  # fmt: skip
    assert {key: who for key, (who, _) in drafting.drafts(ingrid).items()} == {"partners": "Mateo Ruiz"}


def test_what_is_taken_back_leaves_no_draft(ingrid: UnitOfWork) -> None:
    drafting.change(ingrid, "partners", [shows("region")])
    assert drafting.change(ingrid, "partners", [shows("region", shown=False)]) is None
    assert drafting.draft_of(ingrid, "partners") is None


def test_it_is_published_as_it_was_seen(ingrid: UnitOfWork, mateo: UnitOfWork) -> None:
    seen = drafting.change(ingrid, "partners", [shows("region")])
    assert seen is not None
    drafting.change(mateo, "partners", [shows("number")])
    with pytest.raises(ChangedMeanwhile, match="Mateo Ruiz changed this draft meanwhile"):
        drafting.publish(ingrid, "partners", [""], note="Regions", seen=seen.version)
    now = drafting.draft_of(ingrid, "partners")
    assert now is not None
    assert drafting.publish(ingrid, "partners", [""], note="Regions", seen=now.version) == 1
    assert drafting.draft_of(mateo, "partners") is None
    with pytest.raises(WrongState, match="somebody published or discarded it"):
        drafting.publish(mateo, "partners", [""], note="Again", seen=now.version)
    assert "region" in {each.name for each in publishing.version_content(ingrid, "partners", 1).columns if each.shown}


def test_a_draft_that_was_overtaken_goes_on_when_somebody_says_so(ingrid: UnitOfWork, mateo: UnitOfWork) -> None:
    draft = drafting.change(ingrid, "partners", [shows("region")])
    assert draft is not None
    publishing.publish(mateo, "partners", Adjustment(sort="-joined"), [""], note="Newest first", expected=0)
    with pytest.raises(ChangedMeanwhile, match="published version 1"):
        drafting.publish(ingrid, "partners", [""], note="Regions", seen=draft.version)
    drafting.go_on_from(ingrid, "partners", 1)
    now = drafting.draft_of(ingrid, "partners")
    assert now is not None
    assert drafting.publish(ingrid, "partners", [""], note="Regions", seen=now.version) == 2


def test_who_may_not_publish_has_no_drafts_and_discarding_is_for_all(ingrid: UnitOfWork, build: Build) -> None:
    drafting.change(ingrid, "partners", [shows("region")])
    analyst = UnitOfWork(ingrid.session, build.actor("analyst"), ingrid.now)
    with pytest.raises(NotAllowed):
        drafting.draft_of(analyst, "partners")
    with pytest.raises(NotAllowed):
        drafting.discard(analyst, "partners")
    with pytest.raises(NotAllowed):
        drafting.change(analyst, "partners", [shows("number")])
    drafting.discard(ingrid, "partners")
    assert drafting.draft_of(ingrid, "partners") is None
    drafting.discard(ingrid, "partners")
    with pytest.raises(WrongState):
        drafting.go_on_from(ingrid, "partners", 1)

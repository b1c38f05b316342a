"""Saved views of statistics pages: one's own, shared with roles, never more than an address."""

from __future__ import annotations

import pytest

from models.core.errors import ChangedMeanwhile, NotAllowed, NotFound, Refused
from models.core.unit_of_work import UnitOfWork
from models.lists import service
from models.statistics import views
from tests.support.build import Build, nobody

JUNE = {"from": ["2026-06"], "to": ["2026-06"], "country": ["EE", "DE"], "tab": ["records"]}


@pytest.fixture
def people(uow: UnitOfWork, build: Build) -> dict[str, UnitOfWork]:
    partner = build.partner("Nordlicht Systems")
    actors = {
        "ingrid": build.actor("ecosystem_manager", name="Ingrid Solberg"), "analyst": build.actor("analyst"),
        "partner": build.actor("partner_admin", partner=partner), "nobody": nobody(partner.id),
    }  # fmt: skip
    return {name: UnitOfWork(uow.session, actor, uow.now) for name, actor in actors.items()}


def test_a_view_is_ones_own_until_it_is_shared_and_belongs_to_one_page(people: dict[str, UnitOfWork]) -> None:
    ingrid, analyst = people["ingrid"], people["analyst"]
    view = views.save(ingrid, "customers", "  June,  two countries ", JUNE)
    (mine,) = views.views(ingrid, "customers")
    assert (mine.id, mine.name, mine.mine, mine.params) == (view, "June, two countries", True, JUNE)
    assert views.views(ingrid, "revenue") == ()
    assert views.views(analyst, "customers") == ()
    service.publish_view(ingrid, view, ["analyst"], expected=1)
    (theirs,) = views.views(analyst, "customers")
    assert (theirs.id, theirs.mine, theirs.owner_name) == (view, False, "Ingrid Solberg")
    assert views.views(people["partner"], "customers") == ()
    with pytest.raises(NotAllowed):
        views.change(analyst, view, {}, expected=theirs.version)
    views.change(ingrid, view, {"tab": ["overview"]}, expected=theirs.version)
    with pytest.raises(ChangedMeanwhile):
        views.change(ingrid, view, JUNE, expected=theirs.version)
    assert views.views(analyst, "customers")[0].params == {"tab": ["overview"]}
    service.delete_view(ingrid, view, expected=views.views(ingrid, "customers")[0].version)
    assert views.views(analyst, "customers") == ()


def test_what_no_page_would_ask_is_refused_and_who_sees_no_statistics_keeps_none(people: dict[str, UnitOfWork]) -> None:
    for params in ({"country": ["x"] * 201}, {"country": ["x" * 201]}, {"y" * 201: ["EE"]}):
        with pytest.raises(Refused, match="too long"):
            views.save(people["ingrid"], "customers", "Long", params)
    views.save(people["ingrid"], "customers", "June", JUNE)
    with pytest.raises(Refused, match="June already"):
        views.save(people["ingrid"], "customers", "June", {})
    for refused in (
        lambda uow: views.views(uow, "customers"), lambda uow: views.save(uow, "customers", "June", JUNE),
    ):  # fmt: skip
        with pytest.raises(NotAllowed):
            refused(people["nobody"])
    (view,) = views.views(people["ingrid"], "customers")
    with pytest.raises(NotFound):
        views.change(people["analyst"], view.id, {}, expected=view.version)

"""Dashboards: built alone, shared with roles as versions, taken back, rolled back, put on home pages."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from models.core.actor import Actor
from models.core.errors import ChangedMeanwhile, NotAllowed, NotFound, Refused, WrongState
from models.core.unit_of_work import UnitOfWork
from models.dashboards import queries, service
from models.dashboards.content import COLUMNS, Content, Placed, bands, stacks
from models.statistics.asks import Ask
from models.statistics.tiles import ChartKind, Tile
from tests.support.build import Build


def tile(key: str = "spent", **given: object) -> Tile:
    fields = {"key": key, "ask": Ask.of("expenditure", by=("service_type",)), "chart": ChartKind.BARS}
    return Tile(**fields | given)


def content(*tiles: Placed, title: str = "Spending") -> Content:
    return Content(title=title, tiles=tiles or (Placed(tile=tile()),))


@pytest.fixture
def people(build: Build) -> dict[str, Actor]:
    return {role: build.actor(role) for role in ("ecosystem_manager", "analyst", "reviewer_finance", "technical")
            if role != "technical"} | {"reviewer_technical": build.actor("reviewer_technical")}  # fmt: skip


def acting(uow: UnitOfWork, actor: Actor) -> UnitOfWork:
    return replace(uow, actor=actor)


def shared(uow: UnitOfWork, manager: Actor, *roles: str, home: bool = False) -> UUID:
    """A dashboard that a manager shared with some roles."""
    own = acting(uow, manager)
    made = service.make(own, "Spending")
    version = service.save(own, made, content(), expected=queries.edit(own, made).version)
    service.share(own, made, roles, home=home, note="Everybody asks for it", expected=version)
    return made


def titles(uow: UnitOfWork, actor: Actor) -> list[str]:
    return [row.title for row in queries.usable(acting(uow, actor))]


def test_a_dashboard_is_its_owners_until_it_is_shared(uow: UnitOfWork, people: dict[str, Actor]) -> None:
    own = acting(uow, people["ecosystem_manager"])
    made = service.make(own, " Spending ")
    assert (titles(uow, people["ecosystem_manager"]), titles(uow, people["analyst"])) == (["Spending"], [])
    with pytest.raises(NotFound, match="not for your roles"):
        queries.look_at(acting(uow, people["analyst"]), made)
    version = service.save(own, made, content(), expected=queries.edit(own, made).version)
    assert service.share(own, made, ["analyst"], home=False, note="For the month", expected=version) == 1
    assert (titles(uow, people["analyst"]), titles(uow, people["reviewer_finance"])) == (["Spending"], [])
    service.take_back(own, made, expected=queries.edit(own, made).version)
    assert titles(uow, people["analyst"]) == []


def test_readers_see_what_was_shared_until_it_is_shared_again(uow: UnitOfWork, people: dict[str, Actor]) -> None:
    manager, analyst = (acting(uow, people[name]) for name in ("ecosystem_manager", "analyst"))
    made = shared(uow, people["ecosystem_manager"], "analyst")
    before = queries.edit(manager, made)
    service.save(manager, made, content(title="Spending, new"), expected=before.version)
    assert queries.look_at(analyst, made).content.title == "Spending"
    assert queries.edit(manager, made).row.changed
    service.share(manager, made, ["analyst"], home=False, note="New", expected=before.version + 1)
    assert queries.look_at(analyst, made).content.title == "Spending, new"
    service.roll_back(manager, made, 1, expected=queries.edit(manager, made).version)
    assert queries.look_at(analyst, made).content.title == queries.edit(manager, made).content.title == "Spending"
    assert [each.number for each in queries.versions(manager, made)] == [2, 1]
    with pytest.raises(WrongState, match="already"):
        service.roll_back(manager, made, 1, expected=queries.edit(manager, made).version)
    service.take_back(manager, made, expected=queries.edit(manager, made).version)
    with pytest.raises(WrongState, match="Nobody else sees it"):
        service.roll_back(manager, made, 2, expected=queries.edit(manager, made).version)


def test_two_people_at_one_draft(uow: UnitOfWork, build: Build, people: dict[str, Actor]) -> None:
    made = shared(uow, people["ecosystem_manager"], "analyst")
    other = acting(uow, build.actor("ecosystem_manager"))
    seen = queries.edit(other, made).version
    service.save(acting(uow, people["ecosystem_manager"]), made, content(title="First"), expected=seen)
    with pytest.raises(ChangedMeanwhile, match="changed this dashboard meanwhile"):
        service.save(other, made, content(title="Second"), expected=seen)
    assert queries.edit(other, made).content.title == "First"


def test_who_may_not(uow: UnitOfWork, people: dict[str, Actor]) -> None:
    made = shared(uow, people["ecosystem_manager"], "analyst")
    analyst, technical = (acting(uow, people[name]) for name in ("analyst", "reviewer_technical"))
    with pytest.raises(NotFound, match="Copy it"):
        service.save(analyst, made, content(), expected=queries.look_at(analyst, made).version)
    mine = service.copy(analyst, made, "Mine")
    with pytest.raises(NotAllowed):
        service.share(analyst, mine, ["analyst"], home=False, note="x", expected=1)
    for forbidden in (queries.usable, queries.home):
        if forbidden is queries.home:
            assert forbidden(technical) is None
        else:
            with pytest.raises(NotAllowed):
                forbidden(technical)
    with pytest.raises(WrongState, match="Take it back first"):
        manager = acting(uow, people["ecosystem_manager"])
        service.remove(manager, made, expected=queries.edit(manager, made).version)
    service.remove(analyst, mine, expected=1)
    assert titles(uow, people["analyst"]) == ["Spending"]


def test_what_stands_on_the_home_page(uow: UnitOfWork, people: dict[str, Actor]) -> None:
    analyst = acting(uow, people["analyst"])
    assert queries.home(analyst) is None
    by_role = shared(uow, people["ecosystem_manager"], "analyst", home=True)
    assert queries.home(analyst) == by_role
    mine = service.make(analyst, "Mine")
    service.put_on_home(analyst, mine)
    assert queries.home(analyst) == mine
    service.put_on_home(analyst, None)
    assert queries.home(analyst) is None
    service.put_on_home(analyst, by_role)
    manager = acting(uow, people["ecosystem_manager"])
    service.take_back(manager, by_role, expected=queries.edit(manager, by_role).version)
    assert queries.home(analyst) is None


@pytest.mark.parametrize(
    ("tiles", "said"),
    [
        ((), "at least one tile"),
        ((Placed(tile=tile(ask=Ask.of("nothing"))),), "no measure nothing"),
        ((Placed(tile=tile(ask=Ask.of("expenditure", by=("stage",)))),), "know no"),
    ],
)
def test_what_nobody_can_answer_is_not_shared(
    uow: UnitOfWork, people: dict[str, Actor], tiles: tuple[Placed, ...], said: str
) -> None:
    own = acting(uow, people["ecosystem_manager"])
    made = service.make(own, "Spending")
    version = service.save(own, made, Content(title="Spending", tiles=tiles), expected=1)
    with pytest.raises(Refused) as refused:
        service.share(own, made, ["nobody_has_it"], home=False, note=" ", expected=version)
    words = " ".join(problem.text for problem in refused.value.problems)
    assert said in words
    assert "There is no role nobody_has_it" in words
    assert "Write why" in words


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"title": ""}, "title"),
        ({"title": "A", "tiles": [{"tile": {"key": "a", "ask": {"measures": []}}}]}, "tiles.0.tile.ask.measures"),
        ({"title": "A", "tiles": [{"tile": tile().model_dump(mode="json"), "x": 8, "w": 6}]}, "right edge"),
        ({"title": "A", "tiles": [{"tile": tile().model_dump(mode="json")}] * 2}, "same name"),
    ],
)
def test_what_is_no_dashboard_is_said(values: dict[str, object], said: str) -> None:
    with pytest.raises(Refused, match=said):
        service.parsed(values)


boxes = some.lists(
    some.tuples(some.integers(0, 10), some.integers(0, 12), some.integers(2, 12), some.integers(1, 4)), max_size=12
)


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(boxes)
def test_every_tile_is_drawn_once(found: list[tuple[int, int, int, int]]) -> None:
    placed = tuple(
        Placed(tile=tile(f"t{number}"), x=x, y=y, w=min(w, COLUMNS - x), h=h)
        for number, (x, y, w, h) in enumerate(found)
    )
    whole = Content(title="All", tiles=placed)
    drawn = [each.key for band in bands(whole) for stack in stacks(band) for each in stack]
    assert sorted(drawn) == sorted(each.key for each in placed)

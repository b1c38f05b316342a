"""Dashboards on their pages: begun, filled, looked at in one's own scope, put on the home page."""

from __future__ import annotations

from uuid import UUID

import pytest

from models.core.actor import Actor
from models.core.unit_of_work import unit_of_work
from models.dashboards import queries, service
from models.dashboards.content import Content, Placed
from models.statistics.asks import Ask
from models.statistics.tiles import ChartKind, Tile
from tests.support.build import Build
from tests.support.mdf import Fund
from tests.support.pages import page, words

CONTENT = Content(
    title="Partners at a glance",
    filters=("tier",),
    tiles=(
        Placed(tile=Tile(key="all", ask=Ask.of("partners"), chart=ChartKind.FIGURE), w=3, h=1),
        Placed(tile=Tile(key="by", ask=Ask.of("partners", by=("tier",)), chart=ChartKind.BARS, title="By tier"), y=1),
        Placed(tile=Tile(key="waits", ask=Ask.of("reviews_waiting"), chart=ChartKind.FIGURE), x=3, w=3, h=1),
    ),
)


@pytest.fixture
def people(fund: Fund) -> dict[str, Actor]:
    build: Build = fund.build
    found = {role: build.actor(role) for role in ("ecosystem_manager", "analyst")}
    build.uow.session.commit()
    return found


def shared(manager: Actor) -> UUID:
    with unit_of_work(actor=manager) as uow:
        made = service.make(uow, CONTENT.title)
        version = service.save(uow, made, CONTENT, expected=1)
        service.share(uow, made, ["analyst"], home=False, note="For all", expected=version)
        return made


def test_a_manager_begins_one_and_builds_on_it(people: dict[str, Actor]) -> None:
    manager = people["ecosystem_manager"]
    test = page("design/dashboards.py", manager).run()
    assert "No dashboards yet" in words(test)
    test.text_input(key="new_title").set_value("Spending")
    next(button for button in test.button if button.label == "Begin").click().run()
    assert "Nothing on it yet" in words(test)
    test.text_input(key="whole:title:1").set_value("Spending of all").run()
    with unit_of_work(actor=manager, read_only=True) as uow:
        (row,) = queries.usable(uow)
        assert row.title == "Spending of all"


def test_what_a_tile_shows_is_changed_in_words_and_undone(people: dict[str, Actor]) -> None:
    manager = people["ecosystem_manager"]
    made = shared(manager)
    test = page("design/dashboards.py", manager, id=str(made), tile="by").run()
    assert "By tier" in words(test)
    test.text_input(key="tile:by:title:1").set_value("Partners by tier").run()
    assert "Changed since it was shared" in words(test)
    assert "Partners by tier" in words(test)
    next(button for button in test.button if button.label == "Undo").click().run()
    assert "Changed since it was shared" not in words(test)


def test_a_reader_sees_only_what_the_roles_open(people: dict[str, Actor]) -> None:
    made = shared(people["ecosystem_manager"])
    seen = words(page("statistics/dashboard.py", people["analyst"], id=str(made)).run())
    assert "By tier" in seen
    assert "1 tile more, whose figures are not for your roles." in seen
    assert "1 tile more" not in words(page("statistics/dashboard.py", people["ecosystem_manager"], id=str(made)).run())


def test_a_reader_puts_it_on_the_home_page_and_takes_it_off(people: dict[str, Actor]) -> None:
    made, analyst = shared(people["ecosystem_manager"]), people["analyst"]
    test = page("statistics/dashboard.py", analyst, id=str(made)).run()
    test.button(key="dashboard:home").click().run()
    with unit_of_work(actor=analyst, read_only=True) as uow:
        assert queries.home(uow) == made
    assert "By tier" in words(page("home.py", analyst).run())
    page("statistics/dashboard.py", analyst, id=str(made)).run().button(key="dashboard:home").click().run()
    assert "By tier" not in words(page("home.py", analyst).run())


def test_a_change_of_a_colleague_is_not_overwritten(people: dict[str, Actor]) -> None:
    manager = people["ecosystem_manager"]
    made = shared(manager)
    test = page("design/dashboards.py", manager, id=str(made)).run()
    with unit_of_work(actor=manager) as uow:
        seen = queries.edit(uow, made)
        service.save(uow, made, seen.content.model_copy(update={"title": "Theirs"}), expected=seen.version)
    test.text_input(key="whole:title:1").set_value("Mine").run()
    assert "changed this dashboard meanwhile" in words(test)
    test.button(key="dashboard:theirs").click().run()
    assert test.text_input(key="whole:title:2").value == "Theirs"

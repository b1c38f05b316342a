"""The list part and Design › Lists as people use them: filter, save, share, select, publish, roll back."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from sqlalchemy import event
from streamlit.testing.v1 import AppTest

from models.core.actor import SYSTEM, Actor
from models.core.database import engine
from models.core.unit_of_work import unit_of_work
from models.engines.lists import Asked, shaped
from models.exports import queries as exports
from models.lists import queries, service
from models.lists.queries import EVERYBODY
from models.partners.rules import PartnerKind, Tier
from tests.support.build import Build
from tests.support.pages import page, texts

PARTNERS, DESIGN = "partners/partners.py", "design/lists.py"


@dataclass
class World:
    """Three partners, a manager who publishes and an analyst who looks."""

    ingrid: Actor
    analyst: Actor


@pytest.fixture
def world(on_sqlite: str) -> World:
    with unit_of_work(actor=SYSTEM) as uow:
        build = Build(uow)
        build.partner("Nordlicht Systems", tier=Tier.BASIC, city="Tallinn")
        build.partner("Kapstadt Digital", kind=PartnerKind.DISTRIBUTOR, city="Cape Town", country="ZA")
        build.partner("Atlas Nuage", tier=Tier.BASIC, region="Africa")
        return World(build.actor("ecosystem_manager", name="Ingrid Solberg"), build.actor("analyst"))


def names(test: AppTest) -> list[str]:
    """The partners in the grid, in its order."""
    assert not test.exception, test.exception
    return list(test.dataframe[0].value["name"]) if test.dataframe else []


def button(test: AppTest, label: str) -> object:
    return next(each for each in test.button if each.label == label)


def labels(test: AppTest) -> list[str]:
    return [each.label for each in test.button]


def test_order_columns_and_search_stand_in_the_address(world: World) -> None:
    test = page(PARTNERS, world.analyst).run()
    assert names(test) == ["Atlas Nuage", "Kapstadt Digital", "Nordlicht Systems"]
    next(each for each in test.selectbox if each.label == "Order").set_value("-name").run()
    assert test.query_params["order"] in ("-name", ["-name"])
    assert names(test) == ["Nordlicht Systems", "Kapstadt Digital", "Atlas Nuage"]
    next(each for each in test.pills if each.label == "Columns").set_value(["region", "place"]).run()
    assert list(test.dataframe[0].value.columns) == ["name", "region", "place"] or set(
        test.dataframe[0].value.columns
    ) == {"name", "region", "place"}
    assert test.query_params["order"] in ("-name", ["-name"])


def test_what_the_address_asks_wrongly_is_named(world: World) -> None:
    test = page(PARTNERS, world.analyst, tier=["basic", "platinum"], columns="name~score", order="rank").run()
    said = texts(test)
    assert 'Tier: there is no "platinum"; it is left out.' in said
    assert "The column score is not in this list; it is left out." in said
    assert "The list cannot be sorted by rank; it keeps its order." in said
    assert names(test) == ["Atlas Nuage", "Nordlicht Systems"]
    damaged = texts(page(PARTNERS, world.analyst, after="nonsense").run())
    assert "This link to a page of the list is damaged." in damaged


def test_an_empty_list_says_why_and_offers_to_clear_all(world: World) -> None:
    test = page(PARTNERS, world.analyst, tier="basic", q="cape").run()
    said = texts(test)
    assert "No partner matches" in said
    assert "You filter by Tier: Basic." in said
    assert "You search for “cape”." in said
    button(test, "Clear all").click().run()
    assert len(names(test)) == 3
    assert "q" not in test.query_params


def test_a_view_is_saved_shared_and_opens_the_list_of_another_role(world: World) -> None:
    test = page(PARTNERS, world.ingrid, tier="basic", order="-name").run()
    next(each for each in test.text_input if each.label == "Save what you see as a view").set_value("Basic tier")
    button(test, "Save view").click().run()
    assert "The view Basic tier is saved." in texts(test)
    with unit_of_work(read_only=True, actor=world.ingrid) as uow:
        (view,) = queries.open_list(uow, "partners").views
    assert dict(view.params) == {"tier": ["basic"], "order": ["-name"]}
    button(test, "Rename, share or delete").click().run()
    next(each for each in test.multiselect if each.label == "Share with").set_value(["analyst"])
    next(each for each in test.toggle if each.label == "Their list opens with it").set_value(True)
    button(test, "Rename, share or delete").click()
    button(test, "Share").click().run()
    assert "The view Basic tier is shared with Analyst." in texts(test)

    theirs = page(PARTNERS, world.analyst).run()
    assert names(theirs) == ["Nordlicht Systems", "Atlas Nuage"]
    button(theirs, "Tier: Basic").click().run()
    assert len(names(theirs)) == 3
    assert theirs.query_params["order"] in ("-name", ["-name"])
    button(theirs, "All partners").click().run()
    assert theirs.query_params["view"] in ("all", ["all"])
    assert names(theirs)[0] == "Atlas Nuage"
    button(theirs, "Basic tier · Ingrid Solberg").click().run()
    assert names(theirs) == ["Nordlicht Systems", "Atlas Nuage"]
    assert "Rename, share or delete" not in labels(theirs)


def test_exactly_what_is_filtered_is_exported(world: World) -> None:
    from models.lists.exporting import ListExport, question_of

    with unit_of_work(read_only=True, actor=world.analyst) as uow:
        opened = queries.open_list(uow, "partners")
        question = question_of(opened, Asked({"tier": ("basic",)}, sort="-name", columns=("place", "tier")))
        made = ListExport("partners").open(uow, question)
        assert ListExport("partners").count(uow, question) == 2
        assert [column.label for column in made.columns] == ["Partner", "Place", "Tier"]
        assert [list(cells) for batch in made.batches for cells in batch] == [
            ["Nordlicht Systems", "Atlas Nuage"], ["Tallinn, Germany", "Lübeck, Germany"], ["Basic", "Basic"],
        ]  # fmt: skip
        assert dict(made.facts) == {"List": "Partners", "Tier": "Basic", "Order": "Partner, the other way round"}
        assert exports.history(uow).rows == ()


def test_a_manager_changes_a_list_for_everybody_and_takes_it_back(world: World) -> None:
    assert "<b>0</b> of them not as delivered" in texts(page(DESIGN, world.ingrid).run())
    test = page(DESIGN, world.ingrid, list="partners").run()
    next(each for each in test.checkbox if each.label == "Show Region").set_value(True).run()
    next(each for each in test.text_input if each.label == "Name of Region").set_value("Sales region").run()
    assert "<b>2 changes</b> not published yet." in texts(test)
    assert "Sales region" in list(test.dataframe[0].value.columns) or "region" in test.dataframe[0].value.columns
    test.button(key="list_publish").click().run()
    assert "Sales region is shown." in texts(test)
    next(each for each in test.text_input if each.label == "Why").set_value("Regions matter")
    test.button(key="list_publish").click()
    next(each for each in reversed(test.button) if each.label == "Publish").click().run()
    assert "Partners: the change is in force." in texts(test)
    with unit_of_work(read_only=True, actor=world.analyst) as uow:
        shape = queries.open_list(uow, "partners").shape
    assert ("region" in shape.shown, shape.columns["region"].label) == (True, "Sales region")

    history = page(DESIGN, world.ingrid, list="partners", tab="history").run()
    assert "Regions matter" in texts(history)
    history.button(key="back:0").click().run()
    next(each for each in history.text_input if each.label == "Why").set_value("Too wide")
    history.button(key="back:0").click()
    button(history, "Bring it back").click().run()
    with unit_of_work(read_only=True, actor=world.analyst) as uow:
        assert "region" not in queries.open_list(uow, "partners").shape.shown


def test_a_draft_outlives_the_browser_and_others_are_told_of_it(world: World) -> None:
    test = page(DESIGN, world.ingrid, list="partners").run()
    next(each for each in test.checkbox if each.label == "Show Region").set_value(True).run()
    with unit_of_work(actor=SYSTEM) as uow:
        mateo = Build(uow).actor("administrator", name="Mateo Ruiz")
    other = page(DESIGN, mateo, list="partners").run()  # a browser that knows nothing of the first one
    assert "by Ingrid Solberg." in texts(other)
    assert next(each for each in other.checkbox if each.label == "Show Region").value
    next(each for each in other.checkbox if each.label == "Show Number").set_value(True).run()
    assert "<b>2 changes</b>" in texts(other)
    next(each for each in test.checkbox if each.label == "Show Joined").set_value(True).run()
    assert [each.value for each in test.toast] == ["Mateo Ruiz changed this draft too. Both changes are in it."]
    assert "<b>3 changes</b>" in texts(test)
    assert next(each for each in test.checkbox if each.label == "Show Number").value
    test.button(key="list_discard").click().run()
    assert "not published yet" not in texts(page(DESIGN, mateo, list="partners").run())


def test_saved_views_of_a_list_stand_beside_it(world: World) -> None:
    with unit_of_work(actor=world.ingrid) as uow:
        view = service.save_view(uow, "partners", "Basic tier", Asked({"tier": ("basic",)}))
        service.publish_view(uow, view, [EVERYBODY], expected=1)
    test = page(DESIGN, world.ingrid, list="partners", tab="views").run()
    assert not test.exception
    assert "No saved views yet" not in texts(test)
    assert "Filters that are offered" in texts(page(DESIGN, world.ingrid, list="partners", tab="filters").run())
    assert "There is no list “nothing”." in texts(page(DESIGN, world.ingrid, list="nothing").run())


def test_a_list_is_asked_in_few_statements(world: World) -> None:
    said: list[str] = []

    def note(connection, cursor, statement, *rest) -> None:  # type: ignore[no-untyped-def]
        if statement.lstrip().upper().startswith("SELECT") and "FROM user_session" not in statement:
            said.append(statement)

    event.listen(engine(), "before_cursor_execute", note)
    try:
        page(PARTNERS, world.analyst).run()
        first = len(said)
        page("administration/users.py", world.ingrid).run()
    finally:
        event.remove(engine(), "before_cursor_execute", note)
    # How it stands, the page, by kind, without a manager, customers; nothing of the lake, which is empty.
    assert first <= 5, said[:first]


@pytest.mark.parametrize("key", list(queries.all_lists()))
@pytest.mark.parametrize("partner", [False, True])
def test_the_columns_of_a_list_fit_a_screen_of_1280(key: str, partner: bool) -> None:
    """Beside the menu the page is 1,022 px wide, and the boxes to choose by take 34 of them."""
    everything = frozenset({"statistics.view"})
    actor = Actor(None, "Somebody", permissions=everything, partner_id=queries.UUID(int=1) if partner else None)
    shape = shaped(queries.source_of(key).definition, actor=actor)
    assert sum(shape.columns[name].width for name in shape.shown) <= 988

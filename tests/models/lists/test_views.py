"""Saved views: one's own, published to roles, opened by themselves; nobody sees more rows through one."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID, uuid4

import pytest

from models.core.actor import Actor
from models.core.errors import ChangedMeanwhile, NotAllowed, NotFound, Refused
from models.core.paging import PageRequest
from models.core.unit_of_work import UnitOfWork
from models.engines.lists import Asked
from models.lists import queries, service
from models.lists.queries import EVERYBODY
from models.partners.rules import Tier
from tests.support.build import Build

BASIC = Asked({"tier": ("basic",)}, "nord", "-joined", ("name", "tier"))


@dataclass
class People:
    """A manager who publishes, an analyst who looks, and a partner's administrator."""

    manager: UnitOfWork
    analyst: UnitOfWork
    partner: UnitOfWork


@pytest.fixture
def people(uow: UnitOfWork, build: Build) -> People:
    def at_work(actor: Actor) -> UnitOfWork:
        return UnitOfWork(uow.session, actor, uow.now)

    own = build.partner("Nordlicht Systems", tier=Tier.BASIC)
    build.partner("Nordwind Cloud", tier=Tier.BASIC)
    build.partner("Nordstern", tier=Tier.REGISTERED)
    build.customer(own, "Polder Energie")
    build.customer(build.partner("Baltic Cloudworks"), "Bluewing Air Cargo")
    return People(
        at_work(build.actor("ecosystem_manager", name="Ingrid Solberg")), at_work(build.actor("analyst")),
        at_work(build.actor("partner_admin", partner=own)),
    )  # fmt: skip


def opened(uow: UnitOfWork, key: str = "partners", **params: list[str]) -> tuple[queries.OpenList, queries.Question]:
    found = queries.open_list(uow, key)
    return found, queries.resolve(found, params)


def test_a_view_is_ones_own_until_it_is_published(people: People) -> None:
    view = service.save_view(people.manager, "partners", "  Basic   tier ", BASIC)
    (mine,) = queries.open_list(people.manager, "partners").views
    assert (mine.name, mine.mine, mine.published) == ("Basic tier", True, False)
    assert mine.params == {"tier": ["basic"], "q": ["nord"], "order": ["-joined"], "columns": ["name~tier"]}
    assert queries.open_list(people.analyst, "partners").views == ()
    with pytest.raises(NotFound):
        service.rename_view(people.analyst, view, "Taken", expected=1)
    service.publish_view(people.manager, view, ["analyst"], expected=1)
    (theirs,) = queries.open_list(people.analyst, "partners").views
    assert (theirs.name, theirs.mine, theirs.owner_name) == ("Basic tier", False, "Ingrid Solberg")
    with pytest.raises(NotAllowed):
        service.delete_view(people.analyst, view, expected=theirs.version)


def test_an_address_with_a_view_alone_asks_for_it_and_anything_beside_it_counts(people: People) -> None:
    view = str(service.save_view(people.manager, "partners", "Basic tier", BASIC))
    _, asked = opened(people.manager, view=[view])
    assert (asked.asked, asked.changed, asked.problems) == (BASIC, False, ())
    _, asked = opened(people.manager, view=[view], kind=["reseller"])
    assert asked.asked == Asked({"kind": ("reseller",)})
    assert asked.changed
    _, asked = opened(people.manager, view=["all"])
    assert asked.asked == Asked()
    _, asked = opened(people.analyst, view=[view])
    assert [problem.text for problem in asked.problems] == [queries.GONE]
    assert asked.asked == Asked()


def test_a_list_opens_with_ones_own_view_before_that_of_the_role(people: People) -> None:
    first = service.save_view(people.manager, "partners", "Basic tier", BASIC)
    other = service.save_view(people.manager, "partners", "Resellers", Asked({"kind": ("reseller",)}))
    service.publish_view(people.manager, first, [EVERYBODY], opens=True, expected=1)
    assert opened(people.analyst)[1].asked == BASIC
    service.publish_view(people.manager, other, [EVERYBODY, "analyst"], opens=True, expected=1)
    assert opened(people.analyst)[1].asked == Asked({"kind": ("reseller",)})  # a role opens with one view
    service.open_with(people.analyst, "partners", first)
    assert opened(people.analyst)[1].asked == BASIC
    service.open_with(people.analyst, "partners", None)
    assert opened(people.analyst)[1].asked == Asked({"kind": ("reseller",)})
    with pytest.raises(NotFound):
        service.open_with(people.analyst, "partners", uuid4())
    service.delete_view(people.manager, other, expected=2)
    assert opened(people.analyst)[1].asked == Asked()


def test_what_is_gone_from_a_view_is_named(people: People) -> None:
    view = service.save_view(people.manager, "partners", "Old", Asked({"tier": ("basic",)}))
    from models.lists.tables import SavedView

    kept = people.manager.session.get_one(SavedView, view)
    kept.content = {"tier": ["basic", "platinum"], "score": ["5"], "columns": ["name~score"], "order": ["score"]}
    people.manager.session.flush()
    _, asked = opened(people.manager, view=[str(view)])
    assert asked.asked == Asked({"tier": ("basic",)}, columns=("name",))
    assert [problem.text for problem in asked.problems] == [
        'Tier: there is no "platinum"; it is left out.',
        "The filter score is not in this list; it is left out.",
        "The column score is not in this list; it is left out.",
        "The list cannot be sorted by score; it keeps its order.",
    ]


@pytest.mark.parametrize(("name", "words"), [("  ", "Give the view a name"), ("x" * 61, "at most 60 characters")])
def test_a_view_needs_a_name(people: People, name: str, words: str) -> None:
    with pytest.raises(Refused, match=words):
        service.save_view(people.manager, "partners", name, BASIC)


def test_two_views_of_one_person_have_two_names_and_the_slower_change_is_refused(people: People) -> None:
    view = service.save_view(people.manager, "partners", "Basic tier", BASIC)
    with pytest.raises(Refused, match="There is a view Basic tier already"):
        service.save_view(people.manager, "partners", "Basic tier", Asked())
    service.rename_view(people.manager, view, "Nord", expected=1)
    people.manager.session.flush()
    with pytest.raises(ChangedMeanwhile):
        service.change_view(people.manager, view, Asked(), expected=1)
    service.change_view(people.manager, view, Asked(search="wind"), expected=2)
    (kept,) = queries.open_list(people.manager, "partners").views
    assert (kept.name, kept.params) == ("Nord", {"q": ["wind"]})


def test_publishing_needs_the_permission_and_a_role_that_there_is(people: People) -> None:
    own = service.save_view(people.analyst, "partners", "Mine", BASIC)
    with pytest.raises(NotAllowed):
        service.publish_view(people.analyst, own, [EVERYBODY], expected=1)
    view = service.save_view(people.manager, "partners", "Basic tier", BASIC)
    with pytest.raises(Refused, match="There is no role captain"):
        service.publish_view(people.manager, view, ["captain"], expected=1)
    assert queries.published_views(people.manager, "partners") == []
    with pytest.raises(NotAllowed):
        queries.published_views(people.analyst, "partners")


def test_a_partner_opens_no_list_of_the_vendor_and_sees_no_foreign_row_through_a_view(people: People) -> None:
    with pytest.raises(NotAllowed):
        queries.open_list(people.partner, "partners")
    everything = Asked(search="", sort="-registered", columns=("name", "partner", "email"))
    view = service.save_view(people.manager, "customers", "Everything", everything)
    service.publish_view(people.manager, view, [EVERYBODY], opens=True, expected=1)
    people.partner.session.info["scope"] = people.partner.actor.scope
    found, question = opened(people.partner, "customers")
    assert question.view is not None
    assert question.asked.columns == ("name", "email")
    assert [problem.code for problem in question.problems] == ["LIST-GONE"]
    page = queries.read(people.partner, found, question.asked, PageRequest())
    assert [row.values["name"] for row in page.page.rows] == ["Polder Energie"]
    assert "partner" not in page.page.rows[0].values
    assert isinstance(page.page.rows[0].key, UUID)

"""Every page with every role: drawn without a fault where the role opens it, and showing nothing where it does not."""

from __future__ import annotations

import pytest

from dashboard import navigation
from dashboard.navigation import ENTRIES, ICONS, PAGES, Entry
from models.core.actor import SYSTEM, Actor
from models.core.unit_of_work import unit_of_work
from models.identity.roles import role_book
from tests.support.build import Build
from tests.support.pages import page, texts

ROLES = [*role_book().vendor, *role_book().partner]
FAULTS = ("could not be drawn", "Traceback")


@pytest.fixture
def people(on_sqlite: str) -> dict[str, Actor]:
    """Somebody of every role; those of partners all work for the same one."""
    with unit_of_work(actor=SYSTEM) as uow:
        build = Build(uow)
        partner = build.partner("Nordlicht Systems")
        customer = build.customer(partner, "Polder Energie")
        manager = build.user("account_manager", partner=partner, name="Jonas Weber")
        build.assignment(customer, manager, uow.today)
        build.customer(build.partner("Baltic Cloudworks"), "Bluewing Air Cargo")
        vendor = {role: build.actor(role) for role in role_book().vendor}
        others = {role: build.actor(role, partner=partner) for role in role_book().partner if role != "account_manager"}
        return vendor | others | {"account_manager": build.actor_of(manager, ("account_manager",))}


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.address)
def test_a_page_opens_for_exactly_the_roles_that_hold_its_permission(entry: Entry, people: dict[str, Actor]) -> None:
    """Every role that opens it; of the others one of the vendor's and one of a partner's (all in the deep tier)."""
    opens = {role: actor for role, actor in people.items() if entry.opens_for(actor)}
    others = {actor.is_vendor: {role: actor} for role, actor in people.items() if role not in opens}
    _draw(entry, opens | others.get(True, {}) | others.get(False, {}))


@pytest.mark.deep
@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.address)
def test_a_page_is_drawn_or_refused_for_every_role(entry: Entry, people: dict[str, Actor]) -> None:
    _draw(entry, people)


def _draw(entry: Entry, people: dict[str, Actor]) -> None:
    for role, actor in people.items():
        test = page(entry.script, actor).run()
        shown = texts(test)
        assert not test.exception, (role, test.exception)
        assert not any(fault in shown for fault in FAULTS), (role, shown[-600:])
        if not actor.is_vendor:
            assert "Bluewing" not in shown, role
            assert "Baltic" not in shown, role
        if not entry.opens_for(actor) and not actor.may(entry.permission):
            assert "Nordlicht" not in shown.replace(actor.name, ""), role
            assert "Polder" not in shown, role


def test_the_menu_has_at_most_nine_groups_and_every_page_a_script() -> None:
    for side in ("vendor", "partner"):
        assert len({entry.group for entry in ENTRIES if entry.group and getattr(entry, side)}) <= 9, side
    assert {entry.group for entry in ENTRIES} <= {*ICONS, ""}
    assert len({entry.address for entry in ENTRIES}) == len(ENTRIES)
    scripts = {path.relative_to(PAGES).as_posix() for path in PAGES.rglob("*.py") if not path.name.startswith("_")}
    assert scripts == {entry.script for entry in ENTRIES}


@pytest.mark.parametrize(
    ("role", "groups"),
    [
        (
            "administrator",
            ["Home", "Reviews", "Partners", "Customers", "Money", "Statistics", "Explore", "Design", "Administration"],
        ),
        (
            "ecosystem_manager",
            ["Home", "Reviews", "Partners", "Customers", "Money", "Statistics", "Explore", "Design", "Administration"],
        ),
        ("analyst", ["Home", "Partners", "Customers", "Statistics", "Explore", "Design"]),
        ("reviewer_technical", ["Home", "Reviews", "Partners"]),
        ("partner_admin", ["Home", "Benefits", "Customers", "Money", "Statistics", "Organisation"]),
        ("account_director", ["Home", "Benefits", "Customers", "Statistics", "Organisation"]),
        ("account_manager", ["Home", "Benefits", "Customers", "Statistics"]),
        ("finance_specialist", ["Home", "Benefits", "Money", "Statistics"]),
    ],
)
def test_each_role_gets_its_menu(role: str, groups: list[str], people: dict[str, Actor]) -> None:
    found = [entry.group for entry in navigation.entries_for(people[role]) if entry.group]
    assert list(dict.fromkeys(found)) == groups


def test_pages_of_one_group_stand_beside_each_other(people: dict[str, Actor]) -> None:
    def tabs(role: str, here: str) -> list[str]:
        return [entry.tab for entry in navigation.tabs_for(people[role], here)]

    assert tabs("administrator", "operations") == ["Users", "Reviewers", "Operations", "Deliveries", "Mail"]
    assert tabs("ecosystem_manager", "operations") == ["Reviewers", "Operations", "Deliveries"]
    assert tabs("administrator", "partner") == []
    money = ["Import", "Sub-accounts", "Catalogue and rates", "Payments", "Coupons"]
    assert tabs("ecosystem_manager", "imports") == money


@pytest.mark.parametrize(
    ("here", "role", "place"),
    [
        ("designer", "ecosystem_manager", "workflows"), ("partner", "ecosystem_manager", "partners"),
        ("lines", "partner_admin", "expenditures"), ("apply", "partner_admin", "benefits"),
        ("workflows", "ecosystem_manager", ""), ("case", "ecosystem_manager", ""), ("designer", "partner_admin", ""),
    ],
)  # fmt: skip
def test_a_page_without_a_place_in_the_menu_belongs_to_one(
    here: str, role: str, place: str, people: dict[str, Actor]
) -> None:
    assert navigation.menu_for(people[role], here) == place

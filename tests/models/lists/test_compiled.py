"""Whatever is asked of a list, the statement finds what a plain filter over the same rows finds, in the same order."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from models.core.paging import PageRequest
from models.core.unit_of_work import UnitOfWork
from models.customers.rules import AssociationType
from models.engines.lists import Asked
from models.engines.lists.compiling import order_of
from models.lists import queries
from models.partners.rules import PartnerKind, PartnerStatus, Tier
from tests.support.build import Build

NAMES = ["Alpha_one", "alpha%two", "Beta", "Gamma/x", "Delta", "Epsilon", "beta", "Zeta"]
DAYS = [date(2024, 1, 1) + timedelta(days=40 * n) for n in range(6)]


@dataclass
class World:
    """Rows as plain dictionaries beside those in the store."""

    partners: list[dict[str, Any]]
    customers: list[dict[str, Any]]
    manager: str
    vendor: UnitOfWork
    at_a_partner: UnitOfWork
    own: UUID


@pytest.fixture
def world(uow: UnitOfWork, build: Build) -> World:
    manager = build.user("ecosystem_manager", name="Ingrid Solberg")
    kinds, tiers, statuses = list(PartnerKind), list(Tier), list(PartnerStatus)
    partners = []
    for n in range(12):
        row = build.partner(
            f"{NAMES[n % 8]} {n}", kind=kinds[n % 3], tier=tiers[n % 4], status=statuses[n % 2],
            city=["Lübeck", "Tallinn", "Cape Town"][n % 3], region=["Europe", "Africa"][n % 2],
            joined_on=DAYS[n % 6], manager_id=manager.id if n % 3 else None, bills_paid=n % 4 == 0,
        )  # fmt: skip
        partners.append({
            "key": row.id, "name": row.name, "account": row.account_name, "number": row.number, "place": row.city,
            "kind": row.kind.value, "tier": row.tier.value, "status": row.status.value, "region": row.region,
            "joined": row.joined_on, "manager": str(manager.id) if row.manager_id else None,
            "manager_name": "Ingrid Solberg" if row.manager_id else None, "bills_paid": row.bills_paid, "row": row,
        })  # fmt: skip
    customers = []
    for n in range(16):
        owner = partners[n % 3]["row"]
        given = {"industry": ["Energy", None, "Travel"][n % 3], "country": ["NL", "EE"][n % 2]}
        kind = list(AssociationType)[n % 2]
        made = build.customer(owner, f"{NAMES[n % 8]} c{n}", since=DAYS[n % 6], association_type=kind, **given)
        customers.append({
            "key": made.id, "name": made.name, "account": made.account_name, "email": made.email,
            "industry": made.industry, "country": made.country, "association": kind.value,
            "registered": made.registered_on, "associated": made.registered_on, "partner": str(owner.id),
        })  # fmt: skip
    who = build.actor("ecosystem_manager")
    at = build.actor("partner_admin", partner=partners[0]["row"])
    return World(
        partners, customers, str(manager.id), UnitOfWork(uow.session, who, uow.now),
        UnitOfWork(uow.session, at, uow.now), partners[0]["key"],
    )  # fmt: skip


def in_range(value: str) -> Callable[[date], bool]:
    low, _, high = value.partition("..")
    return lambda day: (not low or day >= date.fromisoformat(low)) and (not high or day <= date.fromisoformat(high))


def plain(rows: Sequence[dict[str, Any]], asked: Asked, searched: Sequence[str]) -> list[dict[str, Any]]:
    """What the question means, without a database."""
    found = []
    for row in rows:
        words = asked.search.strip().lower()
        if words and not any(words in str(row[name]).lower() for name in searched):
            continue
        if all(_matches(row, name, values) for name, values in asked.filters.items()):
            found.append(row)
    return found


def _matches(row: dict[str, Any], name: str, values: Sequence[str]) -> bool:
    if name in ("joined", "registered"):
        return in_range(values[-1])(row[name])
    if name == "bills_paid":
        return row[name] in [value == "yes" for value in values]
    wanted = [None if value == "nobody" else value for value in values]
    return row[name] in wanted


def in_order(rows: Sequence[dict[str, Any]], by: str, sort: str) -> list[UUID]:
    """By value, those without one last, then by key; the key goes the same way."""
    down = sort.startswith("-")
    some = sorted((row for row in rows if row[by] is not None), key=lambda row: (row[by], row["key"]), reverse=down)
    none = sorted((row["key"] for row in rows if row[by] is None), reverse=down)
    return [row["key"] for row in some] + none


some = st.sampled_from
ranges = st.builds(
    lambda one, other, kind: {"both": f"{min(one, other)}..{max(one, other)}", "low": f"{one}..", "high": f"..{one}"}[
        kind
    ],
    some(DAYS), some(DAYS), some(["both", "low", "high"]),
)  # fmt: skip
searches = st.one_of(st.just(""), some(["alpha", "BETA", "_", "%", "/", "a_o", " two ", "nobody", "P-0000"]))


def questions(values: dict[str, st.SearchStrategy[Any]], sorts: Sequence[str]) -> st.SearchStrategy[Asked]:
    filters = st.fixed_dictionaries({}, optional=values)
    ways = [way for name in sorts for way in (name, f"-{name}")]
    return st.builds(Asked, filters, searches, some(ways))


def lists_of(values: Sequence[str]) -> st.SearchStrategy[tuple[str, ...]]:
    return st.lists(some(list(values)), min_size=1, max_size=3, unique=True).map(tuple)


PARTNER_SORTS = {"name": "name", "joined": "joined", "manager": "manager_name", "place": "place", "number": "number"}
CUSTOMER_SORTS = {"name": "name", "industry": "industry", "registered": "registered", "associated": "associated"}


def read_all(uow: UnitOfWork, key: str, asked: Asked, size: int) -> tuple[list[UUID], int]:
    """Every page of a list from first to last, and what it counts."""
    opened = queries.open_list(uow, key)
    found: list[UUID] = []
    page = PageRequest(size=size)
    while True:
        answer = queries.read(uow, opened, asked, page, ["name"])
        found += [row.key for row in answer.page.rows]
        if answer.page.next is None:
            break
        page = PageRequest(answer.page.next, size)
        back = queries.read(uow, opened, asked, PageRequest(answer.page.next, size, backwards=True), ["name"])
        assert [row.key for row in back.page.rows] == found[-size - 1 : -1] or len(found) <= size
    return found, queries.count(uow, opened, asked)


def test_partners_are_found_as_a_plain_filter_finds_them(world: World) -> None:
    asked = questions(
        {
            "kind": lists_of([kind.value for kind in PartnerKind]), "tier": lists_of([tier.value for tier in Tier]),
            "region": lists_of(["Europe", "Africa", "Mars"]), "manager": lists_of(["nobody", world.manager]),
            "joined": ranges.map(lambda value: (value,)), "bills_paid": lists_of(["yes", "no"]),
        },
        list(PARTNER_SORTS),
    )  # fmt: skip

    @settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))
    @given(asked=asked, size=st.integers(1, 7))
    def check(asked: Asked, size: int) -> None:
        expected = plain(world.partners, asked, ("name", "account", "number", "place"))
        found, number = read_all(world.vendor, "partners", asked, size)
        assert found == in_order(expected, PARTNER_SORTS[asked.sort.removeprefix("-")], asked.sort)
        assert number == len(expected)

    check()


@pytest.mark.meets("CUS-COM-01")
def test_customers_are_found_within_the_scope_whatever_is_asked(world: World) -> None:
    everyone = [row["partner"] for row in world.customers]
    asked = questions(
        {
            "partner": lists_of(sorted(set(everyone))), "industry": lists_of(["Energy", "Travel", "Nothing"]),
            "association": lists_of([kind.value for kind in AssociationType]), "country": lists_of(["NL", "EE"]),
            "registered": ranges.map(lambda value: (value,)),
        },
        list(CUSTOMER_SORTS),
    )  # fmt: skip

    @settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))
    @given(asked=asked, size=st.integers(1, 7), of_a_partner=st.booleans())
    def check(asked: Asked, size: int, of_a_partner: bool) -> None:
        uow = world.at_a_partner if of_a_partner else world.vendor
        uow.session.info["scope"] = uow.actor.scope
        if of_a_partner:  # who works for one partner has no filter by partners
            asked = Asked({n: v for n, v in asked.filters.items() if n != "partner"}, asked.search, asked.sort)
        rows = [row for row in world.customers if not of_a_partner or row["partner"] == str(world.own)]
        expected = plain(rows, asked, ("name", "account", "email"))
        found, number = read_all(uow, "customers", asked, size)
        assert found == in_order(expected, CUSTOMER_SORTS[asked.sort.removeprefix("-")], asked.sort)
        assert number == len(expected)

    check()


def test_an_order_ends_with_the_key_and_never_compares_nothing(world: World) -> None:
    opened = queries.open_list(world.vendor, "partners")
    for name in opened.shape.sorts:
        order = order_of(opened.source, opened.shape, Asked(sort=f"-{name}"))
        assert order[-1].column is opened.source.key
        assert len(order) == (3 if opened.source.fields[name].nullable else 2)

"""Random people open random addresses of every page: nothing of a neighbour is drawn, whatever the address says."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from dashboard import navigation
from dashboard.navigation import Entry
from models.core.clock import clock_at
from models.engines.statistics import forget
from tests.support.neighbours import Neighbour, neighbours
from tests.support.pages import page, words

MILLIONS = re.compile(r"\d(,\d{3}){2}|\d(\.\d+)? ?[MB]\b")
NOVEMBER = datetime(2026, 11, 16, 6, 5, tzinfo=UTC)
FEW, MANY = 25, 10_000
Address = dict[str, str | list[str]]
DIMENSIONS = ("partner", "customer", "account_manager", "service_type", "association_type", "region", "tier", "status")
CHOICES: dict[str, tuple[str, ...]] = {
    "tab": ("trend", "distribution", "partners", "customers", "goals", "summary", "growth", "association", "money"),
    "group": ("customer", "account_manager", "service_type", "billing_mode", "association_type"),
    "by": ("partner", "customer", "account_manager", "region"),
    "measure": ("expenditure", "lines", "customers", "applications_submitted", "promised", "spending_customers"),
    "sort": ("name", "change", "time", "-amount", "title"), "currency": ("USD", "EUR", "each", "converted"),
    "view": ("all", "open", "mine", "history", "replay"), "top": ("1", "3", "100"), "step": ("1", "2"),
    "against": ("previous", "year", "to_date"), "from": ("2026-05", "2026-09"), "to": ("2026-09", "2026-10"),
}  # fmt: skip
KEYS = ("case", "customer", "partner", "id", "user", "q", "search", "kept", "export", "opened")
"""What names one thing in an address."""
OF_ONE = {"case": "case", "apply": "case", "customer": "id", "figure-lines": "customer"}
"""Pages of one thing, and what names it."""


@pytest.fixture
def people(on_sqlite: str, tmp_path: Path) -> Iterator[list[Neighbour]]:
    with clock_at(NOVEMBER):
        forget()
        yield neighbours(tmp_path)


def addresses(seed: int, people: list[Neighbour]) -> Iterator[tuple[Neighbour, Entry, Address]]:
    """Who opens what, without end. A third of them ask for something of a neighbour by its name or key."""
    chance = random.Random(seed)
    while True:
        who = chance.choice([each for each in people if each.is_small or chance.random() < 0.3])
        entry = chance.choice([each for each in navigation.ENTRIES if each.opens_for(who.actor)])
        named = chance.sample(sorted(CHOICES), chance.randint(0, 3))
        address: Address = {name: chance.choice(CHOICES[name]) for name in named}
        address |= {"from": "2026-05", "to": "2026-10"} if chance.random() < 0.5 else {}
        if chance.random() < 0.3:
            address[chance.choice(DIMENSIONS)] = [chance.choice(who.foreign), *who.own[1:3]]
        if entry.address in OF_ONE:
            address[OF_ONE[entry.address]] = chance.choice(who.foreign if chance.random() < 0.5 else who.own)
        elif chance.random() < 0.5:
            address[chance.choice(KEYS)] = chance.choice(who.foreign if chance.random() < 0.7 else who.own)
        yield who, entry, address


def drawn(test: AppTest) -> bytes:
    """All that goes to the browser, as it goes: words, links, tables, charts, what components are given."""
    return b"".join(
        proto.SerializeToString() for node in test._tree if (proto := getattr(node, "proto", None)) is not None
    )


def never_a_neighbours(people: list[Neighbour], seed: int, pages: int) -> None:
    with_own, opened = 0, set()
    for who, entry, address in islice(addresses(seed, people), pages):
        test = page(entry.script, who.actor, **address).run()
        assert not test.exception, (entry.address, address, test.exception)
        said, given = drawn(test), str(address)  # a page may repeat what its address says
        leaked = [word for word in who.foreign if word not in given and word.encode() in said]
        assert leaked == [], (who.role, entry.address, address)
        if who.is_small:
            assert not MILLIONS.search(words(test)), (who.role, entry.address, address)
        with_own += any(word.encode() in said for word in who.own)
        opened.add(entry.address)
    assert with_own > pages / 10, "hardly any page showed anything: this proves nothing"
    assert len(opened) > min(pages / 3, 20)


@pytest.mark.meets("CUS-COM-01")
def test_no_page_draws_anything_of_a_neighbour(people: list[Neighbour]) -> None:
    never_a_neighbours(people, 3, FEW)


@pytest.mark.deep
def test_ten_thousand_addresses_draw_nothing_of_a_neighbour(people: list[Neighbour]) -> None:
    never_a_neighbours(people, 11, MANY)

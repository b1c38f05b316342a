"""Two partners, a reseller of one of them, their customers and lines, and people who see different parts of it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from models.core.actor import SYSTEM, Actor, Scope
from models.core.unit_of_work import unit_of_work
from models.engines.statistics import engine
from tests.support.build import Build
from tests.support.facts import FactBuilder

MAY, JUNE = date(2026, 5, 1), date(2026, 6, 1)


@dataclass(frozen=True, slots=True)
class World:
    """Who is there, and every line as it was put into the lake."""

    analyst: Actor
    partner: Actor
    distributor: Actor
    account_manager: Actor
    outsider: Actor
    manager: Actor
    finance: Actor
    lines: list[dict[str, Any]]
    names: dict[str, str]

    @property
    def everybody(self) -> list[Actor]:
        return [self.analyst, self.partner, self.distributor, self.account_manager, self.outsider]


def explorer(actor: Actor) -> Actor:
    """The same person with a role that may explore and export."""
    return replace(actor, permissions=actor.permissions | {"explore.use", "statistics.view", "exports.create"})


@pytest.fixture
def world(on_sqlite: str, tmp_path: Any) -> World:
    engine.forget()
    facts = FactBuilder(tmp_path)
    with unit_of_work(actor=SYSTEM) as uow:
        build = Build(uow)
        north, harbor, small = (
            build.partner(name) for name in ("Nordlicht Systems", "Harbor & Finch", "Small Reseller")
        )
        bluewing, polder = build.customer(north, "Bluewing Air Cargo"), build.customer(north, "Polder Energie")
        kudu, zebra = build.customer(harbor, "Kudu Mobile Money"), build.customer(small, "Zebra Foods")
        jonas = build.user("account_manager", partner=north, name="Jonas Weber")
        build.assignment(polder, jonas, date(2026, 1, 1))
        lines = []
        for month in (date(2026, 4, 1), MAY, JUNE):
            for place, customer in enumerate((bluewing, polder, kudu, zebra, None)):
                for day, service in ((1, "CDN"), (9, "Object storage")):
                    amount = Decimal(f"{month.month * 10 + place * 3 + day}.{month.month:03d}")
                    lines.append(facts.line(month.replace(day=day), amount, customer, service_type=service))
        facts.put(lines)
        seen = Scope(frozenset({north.id, small.id}))
        distributor = replace(build.actor("partner_admin", partner=north, name="Dana Distributor"), scope=seen)
        keys = {str(row.id): row.name for row in (north, harbor, small, bluewing, polder, kudu, zebra)}
        ours = Scope(frozenset({north.id}), frozenset({polder.id}))
        people = (
            build.actor("analyst"),
            build.actor("partner_admin", partner=north),
            distributor,
            replace(build.actor_of(jonas, ("account_manager",)), scope=ours),
            build.actor("partner_admin", partner=build.partner("Newcomer")),
            build.actor("ecosystem_manager"),
            build.actor("finance"),
        )
    return World(*map(explorer, people), lines, keys)

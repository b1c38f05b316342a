"""Three partners with a customer, lines and a case each, whose names tell whose they are; people of every role."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path

from models.core.actor import SYSTEM, Actor
from models.core.unit_of_work import unit_of_work
from models.identity.roles import role_book
from tests.support.build import Build
from tests.support.facts import FactBuilder
from tests.support.mdf import Fund

WORDS = {"Alder": 0, "Birch": 50_000_000, "Cedar": 70_000_000}
"""By name, what is added to each amount: any sum that a neighbour is in shows it to whoever is small."""


@dataclass(frozen=True)
class Neighbour:
    """Somebody at one of the partners, what is theirs, and what they may never see: names and keys of the others."""

    actor: Actor
    role: str
    own: tuple[str, ...]
    foreign: tuple[str, ...]
    is_small: bool
    """Whether an amount of millions can only be of others."""


def neighbours(folder: Path) -> list[Neighbour]:
    """Somebody of every role at each of three partners."""
    facts = FactBuilder(folder)
    lines, owned, actors = [], {}, []
    with unit_of_work(actor=SYSTEM) as uow:
        build = Build(uow)
        for word in WORDS:
            fund = Fund(build)
            fund.partner.name = f"{word} Partners"
            customer = build.customer(fund.partner, f"{word} Works")
            manager = build.user("account_manager", partner=fund.partner, name=f"{word} Manager")
            build.assignment(customer, manager, date(2026, 1, 1))
            case_id = fund.applied(activity_name=f"{word} Day")
            lines += [facts.line(date(2026, month, 3), WORDS[word] + month, customer) for month in (5, 6, 7, 8, 9, 10)]
            owned[word] = (f"{word} ", str(fund.partner.id), str(customer.id), str(case_id))
            actors += [(word, "account_manager", build.actor_of(manager, ("account_manager",)))]
            actors += [(word, role, build.actor(role, partner=fund.partner, name=f"{word} {role}"))
                       for role in role_book().partner if role != "account_manager"]  # fmt: skip
    facts.put(lines)
    others = {word: tuple(each for other in WORDS if other != word for each in owned[other]) for word in WORDS}
    return [Neighbour(actor, role, owned[word], others[word], not WORDS[word]) for word, role, actor in actors]

"""Whose turn counts for somebody, by which their queue is found: their own, and that of those they stand in for."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from urllib.parse import unquote
from uuid import UUID

from sqlalchemy import String, cast, literal, or_, select

from models.core.actor import Actor
from models.core.unit_of_work import UnitOfWork
from models.engines.workflow.world import Person
from models.identity import queries as identity
from models.identity.roles import role_book
from models.reviewers.people import VIEW, qualities_now
from models.reviewers.rules import QualityKind
from models.reviewers.tables import ReviewDelegation, ReviewerGroup, ReviewerQuality


@dataclass(frozen=True, slots=True)
class Stance:
    """A person whose turn counts, for what (nothing: everything), and up to which amount."""

    person: Person
    scope: frozenset[str] = frozenset()
    cap: Decimal | None = None
    currency: str = ""


def stances(uow: UnitOfWork) -> tuple[Stance, ...]:
    """The actor's own, then those of whomever they stand in for. One statement while they stand in for nobody."""
    me = uow.actor.user_id
    if me is None or not uow.actor.is_vendor:
        return (Stance(_person(uow.actor, {})),)
    quality, handed, now = ReviewerQuality, ReviewDelegation, uow.now
    # A closed group is no key that an open stage may name (`service.close_group`), so it need not be looked for here.
    own = select(cast(quality.kind, String), quality.name).where(
        quality.user_id == me, quality.since <= now, or_(quality.until.is_(None), quality.until > now)
    )
    stands = (handed.to_id == me, handed.since <= now, handed.until > now, handed.revoked_at.is_(None))
    given: dict[str, set[str]] = {}
    for kind, name in uow.session.execute(own.union_all(select(literal("for"), handed.currency).where(*stands))):
        given.setdefault(kind, set()).add(name)
    mine = Stance(_person(uow.actor, given))
    return (mine, *_stood_for(uow, stands)) if "for" in given else (mine,)


def _person(actor: Actor, given: dict[str, set[str]]) -> Person:
    return Person(
        actor.user_id, actor.name, actor.roles, actor.partner_id, groups=frozenset(given.get("group", ())),
        skills=frozenset(given.get("skill", ())), regions=frozenset(given.get("region", ())),
    )  # fmt: skip


def _stood_for(uow: UnitOfWork, stands: tuple[Any, ...]) -> Iterable[Stance]:
    row = ReviewDelegation
    stmt = select(row.from_id, row.scope, row.cap, row.currency).where(*stands).order_by(row.since, row.id)
    found = uow.session.execute(stmt).all()
    people = {each.id: each for each in identity.colleagues(uow) if each.may(VIEW)}
    given = qualities_now(uow, [by for by, *_ in found])
    for by, scope, cap, currency in found:
        if by in people:
            groups, skills, regions = (given.get((by, kind), frozenset()) for kind in QualityKind)
            person = Person(by, people[by].name, people[by].roles, groups=groups, skills=skills, regions=regions)
            yield Stance(person, frozenset(scope), cap, currency)


def audience_words(uow: UnitOfWork, roles: str, named: str | None) -> str:
    """Whose turn a task is, as people read it: `Finance reviewer or Large deals`."""
    words = [_entry_words(uow, entry) for entry in roles.split("+") if entry]
    if named == "manager":
        words.insert(0, "The partner's ecosystem manager")
    elif named:
        key = UUID(named.partition(":")[2])
        words.insert(0, identity.names(uow, [key]).get(key, "A person whom the case names"))
    return " or ".join(words)


def _entry_words(uow: UnitOfWork, entry: str) -> str:
    said = []
    for part in entry.split("&"):
        kind, colon, name = part.partition(":")
        name = unquote(name)
        match kind:
            case "group" if colon:
                said.append(_group_names(uow).get(name, name))
            case "skill" if colon:
                said.append(f"skilled in {name}")
            case "region" if colon:
                said.append(f"for {name}")
            case _:
                said.append(role_book().name(part))
    return ", ".join(said)


def _group_names(uow: UnitOfWork) -> dict[str, str]:
    stmt = select(ReviewerGroup.key, ReviewerGroup.name)
    return dict(uow.session.execute(stmt).tuples().all())

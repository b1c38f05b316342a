"""Whose turn counts for somebody, by which their queue is found: their own, and that of those they stand in for."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from urllib.parse import unquote
from uuid import UUID

from sqlalchemy import String, Uuid, bindparam, cast, literal, or_, select

from models.core.actor import Actor
from models.core.prepared import PreparedSelect
from models.core.types import InstantType
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


_ME, _NOW = bindparam("me", type_=Uuid()), bindparam("now", type_=InstantType())
_STANDS = (
    (ReviewDelegation.to_id == _ME)
    & (ReviewDelegation.since <= _NOW)
    & (ReviewDelegation.until > _NOW)
    & ReviewDelegation.revoked_at.is_(None)
)
# A closed group is no key that an open stage may name (`service.close_group`), so it need not be looked for here.
_GIVEN = PreparedSelect(
    select(cast(ReviewerQuality.kind, String), ReviewerQuality.name)
    .where(
        ReviewerQuality.user_id == _ME, ReviewerQuality.since <= _NOW,
        or_(ReviewerQuality.until.is_(None), ReviewerQuality.until > _NOW),
    )
    .union_all(select(literal("for"), ReviewDelegation.currency).where(_STANDS))
)  # fmt: skip
_STOOD_FOR = PreparedSelect(
    select(ReviewDelegation.from_id, ReviewDelegation.scope, ReviewDelegation.cap, ReviewDelegation.currency)
    .where(_STANDS)
    .order_by(ReviewDelegation.since, ReviewDelegation.id)
)


def stances(uow: UnitOfWork) -> tuple[Stance, ...]:
    """The actor's own, then those of whomever they stand in for. One statement while they stand in for nobody."""
    me = uow.actor.user_id
    if me is None or not uow.actor.is_vendor:
        return (Stance(_person(uow.actor, {})),)
    given: dict[str, set[str]] = {}
    for kind, name in _GIVEN.all(uow, {"me": me, "now": uow.now}):
        given.setdefault(kind, set()).add(name)
    mine = Stance(_person(uow.actor, given))
    return (mine, *_stood_for(uow, me)) if "for" in given else (mine,)


def _person(actor: Actor, given: dict[str, set[str]]) -> Person:
    return Person(
        actor.user_id, actor.name, actor.roles, actor.partner_id, groups=frozenset(given.get("group", ())),
        skills=frozenset(given.get("skill", ())), regions=frozenset(given.get("region", ())),
    )  # fmt: skip


def _stood_for(uow: UnitOfWork, me: UUID) -> Iterable[Stance]:
    found = _STOOD_FOR.all(uow, {"me": me, "now": uow.now})
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

"""The lists of reviewers and of their groups."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, case, exists, func, or_, select

from models.core.types import USD
from models.core.unit_of_work import UnitOfWork
from models.engines.lists import (
    Action,
    Behind,
    Field,
    Fill,
    Filled,
    Filter,
    Given,
    ListSource,
    Preview,
    load_list,
    register,
)
from models.engines.lists.sources import Chosen
from models.identity import queries as identity
from models.identity.roles import role_book
from models.partners import queries as partners
from models.reviewers import queries, service, stand_ins
from models.reviewers.people import VIEW, qualities_now
from models.reviewers.rules import QualityKind
from models.reviewers.tables import ApprovalLimit, ReviewAbsence, ReviewerGroup, ReviewerQuality

HERE = Path(__file__).parent / "definitions"
P, Q, G = identity.person_columns(), ReviewerQuality, ReviewerGroup
KINDS = {"groups": QualityKind.GROUP, "skills": QualityKind.SKILL, "regions": QualityKind.REGION}

# ---- people ----


def _seeing(uow: UnitOfWork, stmt: Select[Any]) -> Select[Any]:
    return stmt.where(identity.is_colleague_with(VIEW))


def _has(kind: QualityKind, names: Sequence[str | None]) -> ColumnElement[bool]:
    """Those who have one of the names now; None: those who have none of the kind."""
    now = select(Q.id).where(Q.user_id == P.id, Q.kind == kind, Q.until.is_(None))
    if kind is QualityKind.GROUP:
        now = now.join(G, G.key == Q.name).where(G.closed_at.is_(None))
    found = [exists(now.where(Q.name.in_([name for name in names if name is not None])))]
    return or_(*found, *([~exists(now)] if None in names else []))


def _roles(uow: UnitOfWork, chosen: Chosen) -> Mapping[str, str]:
    book = role_book()
    return {key: role.name for key, role in book.vendor.items() if VIEW in book.of(key)}


def _role_words(keys: str) -> str:
    return ", ".join(role_book().name(role) for role in sorted(keys.split(",")))


def _groups(uow: UnitOfWork, chosen: Chosen) -> Mapping[str, str]:
    stmt = select(G.key, G.name).where(G.closed_at.is_(None)).order_by(G.name, G.key)
    return dict(uow.session.execute(stmt).tuples().all())


def _skills(uow: UnitOfWork, chosen: Chosen) -> Mapping[str, str]:
    stmt = select(Q.name).where(Q.kind == QualityKind.SKILL, Q.until.is_(None)).distinct().order_by(Q.name)
    return {name: name for name in uow.session.scalars(stmt)}


def _regions(uow: UnitOfWork, chosen: Chosen) -> Mapping[str, str]:
    return {region: region for region in partners.regions(uow)}


def _filled(uow: UnitOfWork, keys: Sequence[UUID]) -> Filled:
    given, names = qualities_now(uow, keys), _groups(uow, {})
    stands: dict[UUID, list[str]] = {}
    for row in stand_ins.delegations(uow):
        if row.now:
            stands.setdefault(row.by, []).append(row.to_name)

    def words(person: UUID, kind: QualityKind) -> str:
        return ", ".join(sorted(names.get(name, name) for name in given.get((person, kind), ())))

    return Filled({
        key: {name: words(key, kind) for name, kind in KINDS.items()} | {"stand_ins": ", ".join(stands.get(key, ()))}
        for key in keys
    })  # fmt: skip


def _behind(uow: UnitOfWork, chosen: Chosen) -> Behind:
    """What hangs on the time: who is out of office now."""
    away, limit = ReviewAbsence, ApprovalLimit
    now = (away.user_id == P.id, away.since <= uow.now, away.until > uow.now, away.revoked_at.is_(None))
    until = select(func.max(away.until)).where(*now).correlate(P.entity).scalar_subquery()
    own = (limit.user_id == P.id, limit.currency == USD, limit.until.is_(None))
    amount = select(limit.amount).where(*own).correlate(P.entity).scalar_subquery()
    return Behind(
        {
            "name": Field(P.name), "email": Field(P.email), "roles": Field(P.roles, nullable=True, words=_role_words),
            "limit": Field(amount, nullable=True), "away": Field(until, nullable=True),
        },
        {
            "role": Filter(condition=identity.has_role, options=_roles),
            "group": Filter(condition=partial(_has, QualityKind.GROUP), options=_groups),
            "skill": Filter(condition=partial(_has, QualityKind.SKILL), options=_skills),
            "region": Filter(condition=partial(_has, QualityKind.REGION), options=_regions),
            "limit": Filter(amount), "away": Filter(until.is_not(None)),
        },
        (Fill((*KINDS, "stand_ins"), _filled),),
    )  # fmt: skip


def _to_choose(uow: UnitOfWork, keys: Sequence[UUID]) -> Mapping[str, Mapping[str, str]]:
    return {"group": _groups(uow, {})}


def _would(joins: bool, uow: UnitOfWork, keys: Sequence[UUID], given: Given) -> Preview:
    """Who would be put into the group, or taken out of it; nobody does that to themselves."""
    given_now = qualities_now(uow, keys)
    inside = {who for who in keys if given["group"] in given_now.get((who, QualityKind.GROUP), ())}
    able, refused = [], dict[str, int]()
    for key in keys:
        if key == uow.actor.user_id:
            why = "this is you: another manager has to change it"
        elif (key in inside) is joins:
            why = "in the group already" if joins else "not in the group"
        else:
            able.append(key)
            continue
        refused[why] = refused.get(why, 0) + 1
    return Preview(tuple(able), refused)


def _do(joins: bool, uow: UnitOfWork, keys: Sequence[UUID], given: Given) -> None:
    change = service.give if joins else service.take
    for key in keys:
        change(uow, key, QualityKind.GROUP, given["group"])


_NAMES = Behind(
    {"name": Field(P.name), "email": Field(P.email), "roles": Field(P.roles, words=_role_words),
     "limit": Field(ApprovalLimit.amount, nullable=True), "away": Field(ReviewAbsence.until, nullable=True)},
    {name: Filter(P.id) for name in ("role", "group", "skill", "region", "limit", "away")},
    (Fill((*KINDS, "stand_ins"), _filled),),
)  # fmt: skip
register(
    ListSource(
        load_list(HERE / "reviewers.list.yaml"), P.id, _seeing, _NAMES.fields, filters=_NAMES.filters,
        search=(P.name, P.email), fills=_NAMES.fills, hangs_on=_behind,
        actions={
            "join": Action(partial(_would, True), partial(_do, True), _to_choose),
            "leave": Action(partial(_would, False), partial(_do, False), _to_choose),
        },
    )
)  # fmt: skip

# ---- groups ----


def _members(uow: UnitOfWork, keys: Sequence[UUID]) -> Filled:
    counted = {row.key: row.members for row in queries.groups(uow)}
    rows = uow.session.execute(select(G.id, G.key).where(G.id.in_(list(keys))))
    return Filled({key: {"members": counted.get(name, 0)} for key, name in rows})


register(
    ListSource(
        load_list(HERE / "reviewer_groups.list.yaml"), G.id, lambda uow, stmt: stmt.where(G.closed_at.is_(None)),
        {
            "name": Field(G.name), "key": Field(G.key), "description": Field(G.description),
            "created": Field(G.created_at), "by": Field(G.created_by_name),
        },
        search=(G.name, G.key, G.description), fills=(Fill(("members",), _members),),
    )
)  # fmt: skip

# ---- limits ----

L = ApprovalLimit
STATES = {"now": "In force", "ended": "Ended"}
STATE: ColumnElement[str] = case((L.until.is_(None), "now"), else_="ended")
ORDER: ColumnElement[int] = case((L.until.is_(None), 0), else_=1)
PERSON = identity.name_of(L.user_id)


def _state(value: str) -> str:
    if value not in STATES:
        raise ValueError(value)
    return value


register(
    ListSource(
        load_list(HERE / "limits.list.yaml"), L.id, lambda uow, stmt: stmt,
        {
            "person": Field(PERSON, nullable=True), "amount": Field(L.amount), "currency": Field(L.currency),
            "state": Field(STATE, words=STATES.__getitem__, order=ORDER), "since": Field(L.since),
            "by": Field(L.set_by_name), "until": Field(L.until, nullable=True),
            "ended_by": Field(L.ended_by_name, nullable=True),
        },
        filters={
            "state": Filter(STATE, options=lambda uow, chosen: STATES, parse=_state), "amount": Filter(L.amount),
            "since": Filter(L.since),
        },
        search=(PERSON,),
    )
)  # fmt: skip

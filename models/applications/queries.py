"""Queues and lists of applications, within the actor's scope and permissions."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from functools import lru_cache, partial
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, String, bindparam, case, cast, false, func, not_, or_, select, true

from models.applications.access import may_view
from models.applications.rows import CaseFilter, CaseRow, QueueCounts, QueueFilter, Standing, TaskRow
from models.applications.turns import Shape, Turns, condition, desks_of, turns_of
from models.applications.types import application_types
from models.core.clock import business_midnight
from models.core.errors import NotAllowed
from models.core.paging import FIRST_PAGE, Asc, Desc, Page, PageRequest, PreparedList, containing, fetch_page
from models.core.unit_of_work import UnitOfWork
from models.engines.cases.projections import APPLICANT
from models.engines.cases.tables import Case, CaseTask
from models.engines.workflow.audience import MANAGER
from models.engines.workflow.schema import ReviewNode
from models.identity.roles import role_book
from models.partners import queries as partners
from models.reviewers.standing import audience_words

T, C = CaseTask, Case
Names = Mapping[str, str]
"""What people call each kind of application, by key."""


def named_like(like: Any, partner_ids: Any) -> ColumnElement[bool]:
    """Number or title are like a pattern, or the case is one of some partners'."""
    found = (func.lower(column).like(like, escape="/") for column in (C.number, C.title))
    return or_(*found, C.partner_id.in_(partner_ids))


_TASK = (
    T.case_id, T.visit, C.number, C.type, C.title, partners.name_of(C.partner_id), T.node, T.label, T.roles, T.desk,
    C.amount, T.opened_at, T.due_at, T.paused, T.why, T.votes, T.holder, T.holder_name, T.leased_by, T.leased_by_name,
    T.leased_until, T.named, T.assigned,
)  # fmt: skip
_TASKS = select(*_TASK).join(C, C.id == T.case_id)
_CONDITIONS: dict[str, ColumnElement[bool]] = {
    "waiting": T.closed_at.is_(None) & (T.desk == bindparam("desk")),
    "role": T.roles == bindparam("role"),
    "roles": T.roles.in_(bindparam("roles", expanding=True)),
    "mine": T.holder == bindparam("me"),
    "overdue": T.overdue.is_(True),
    "labels": T.label.in_(bindparam("labels", expanding=True)),
    "partners": T.partner_id.in_(bindparam("partners", expanding=True)),
    "types": C.type.in_(bindparam("types", expanding=True)),
    "words": named_like(bindparam("like"), bindparam("named", expanding=True)),
}
Barring = tuple[str, str, str]
"""A type, a review of it, and a stage whose deciders may not decide there: for a quorum the review itself."""


@lru_cache(maxsize=32)
def _conditions(barring: frozenset[Barring], shape: Shape) -> dict[str, ColumnElement[bool]]:
    """By name; `free`: the actor decided none of the stages that bar them, as the case's state keeps them; `turn`: it
    is the turn of the actor, or of somebody for whom they stand in."""
    barred = [
        (C.type == kind) & (T.node == node) & (T.votes > 0 if node == place else true())
        & or_(*(
            func.coalesce(cast(C.state[who, place], String), "").contains(bindparam("decider"))
            for who in (("deciders",) if node == place else ("deciders", "agreed"))
        ))
        for kind, node, place in sorted(barring)
    ]  # fmt: skip
    found = _CONDITIONS | {"free": not_(or_(false(), *barred))}
    return found | ({"turn": condition(shape)} if shape else {})


@lru_cache(maxsize=32)
def _queue(barring: frozenset[Barring], shape: Shape) -> PreparedList:
    return PreparedList(_TASKS, (Asc(T.queue_at), Asc(T.case_id), Asc(T.visit)), _conditions(barring, shape))


def queue(uow: UnitOfWork, wanted: QueueFilter, page: PageRequest = FIRST_PAGE) -> Page[TaskRow]:
    """Reviews that wait at a desk, the earliest due first; of those that are one's own turn, or that of somebody for
    whom one stands in, only those that one may decide, whoever holds them. One statement for the page.

    Raises:
        NotAllowed: no role of the actor shows review queues.
    """
    uow.actor.demand("reviews.view")
    turns = turns_of(uow, wanted.desk)
    barring = _barring(uow, turns)
    given = _given(uow, wanted, barring, turns)
    found = _queue(barring, turns.shape).page(uow, given, partial(_task, _type_names(uow)), page)
    return _in_stead(uow, found, turns) if len(turns.stances) > 1 else found


def _in_stead(uow: UnitOfWork, page: Page[TaskRow], turns: Turns) -> Page[TaskRow]:
    """The rows with in whose stead it is the actor's turn."""
    managed = [row.case_id for row in page.rows if row.named == MANAGER]
    managers = _managers(uow, managed) if managed else {}
    return replace(page, rows=tuple(
        row._replace(stead=turns.stead(row.roles.split("+"), row.named, managers.get(row.case_id))) for row in page.rows
    ))  # fmt: skip


def _managers(uow: UnitOfWork, case_ids: Sequence[UUID]) -> dict[UUID, UUID | None]:
    """The ecosystem managers of some cases' partners, by case."""
    found = dict(uow.session.execute(select(C.id, C.partner_id).where(C.id.in_(case_ids))).tuples().all())
    managers = partners.managers_of(uow, list(set(found.values())))
    return {case_id: managers.get(partner_id) for case_id, partner_id in found.items()}


def queue_counts(uow: UnitOfWork, wanted: QueueFilter) -> QueueCounts:
    """How the desk stands under the same conditions.

    Raises:
        NotAllowed: no role of the actor shows review queues.
    """
    uow.actor.demand("reviews.view")
    tomorrow = business_midnight(uow.today + timedelta(days=1))
    counted = select(
        func.count(),
        func.count(case((T.overdue, 1))),
        func.count(case(((T.queue_at >= uow.now) & (T.queue_at < tomorrow), 1))),
        func.count(case((T.holder == uow.actor.user_id, 1))),
    ).select_from(T)
    turns = turns_of(uow, wanted.desk)
    barring = _barring(uow, turns)
    given, conditions = _given(uow, wanted, barring, turns), _conditions(barring, turns.shape)
    if given.keys() & {"types", "words", "free", "turn"}:
        counted = counted.join(C, C.id == T.case_id)
    stmt = counted.where(*(conditions[name] for name in given))
    values = {name: value for each in given.values() for name, value in each.items()}
    return QueueCounts(*uow.session.execute(stmt, values).one())


def own_reviews(uow: UnitOfWork, desk: str) -> Select[Any]:
    """Case, visit and place of the reviews at a desk that are the actor's turn: the first of each case, by its due
    time, has the place 1.

    Raises:
        NotAllowed: no role of the actor shows review queues.
    """
    uow.actor.demand("reviews.view")
    turns = turns_of(uow, desk)
    barring = _barring(uow, turns)
    given, conditions = _given(uow, QueueFilter(desk=desk), barring, turns), _conditions(barring, turns.shape)
    place = func.row_number().over(partition_by=T.case_id, order_by=(T.queue_at, T.visit)).label("place")
    stmt = select(T.case_id, T.visit, place).join(C, C.id == T.case_id).where(*(conditions[name] for name in given))
    return stmt.params({name: value for each in given.values() for name, value in each.items()})


def first_reviews(uow: UnitOfWork, desk: str, case_ids: Collection[UUID]) -> dict[UUID, str]:
    """Of each of some cases, the visit of its first review that is the actor's turn; others are missing."""
    found = own_reviews(uow, desk).subquery()
    stmt = select(found.c.case_id, found.c.visit).where(found.c.place == 1, found.c.case_id.in_(list(case_ids)))
    return dict(uow.session.execute(stmt).tuples().all())


def _given(
    uow: UnitOfWork, wanted: QueueFilter, barring: Collection[Barring], turns: Turns
) -> dict[str, dict[str, Any]]:
    """The conditions of a filter with their values."""
    given: dict[str, dict[str, Any]] = {"waiting": {"desk": wanted.desk}}
    if not wanted.all_roles:
        own = turns.plain
        if turns.shape:
            given["turn"] = turns.values()
        else:
            given |= {"role": {"role": own[0]}} if len(own) == 1 else {"roles": {"roles": own}}
        if barring:
            given["free"] = {"decider": str(uow.actor.user_id)}
    if wanted.mine:
        given["mine"] = {"me": uow.actor.user_id}
    if wanted.overdue:
        given["overdue"] = {}
    for name, values in (("labels", wanted.labels), ("partners", wanted.partners), ("types", wanted.types)):
        if values:
            given[name] = {name: list(values)}
    if words := wanted.search.strip():
        given["words"] = {"like": containing(words), "named": partners.named(uow, words)}
    return given


def _barring(uow: UnitOfWork, turns: Turns) -> frozenset[Barring]:
    """What may bar the actor from what is their turn or somebody's for whom they stand in: four eyes, and one vote a
    person."""
    found, others = set(), len(turns.stances) > 1
    for kind, made in application_types(uow).items():
        for name, node in made.workflow.nodes.items():
            if isinstance(node, ReviewNode) and (others or node.candidates or uow.actor.roles & set(node.review)):
                places = (*node.not_same_person_as, *(() if node.quorum.is_one else (name,)))
                found |= {(kind, name, place) for place in places}
    return frozenset(found)


def desk_labels(uow: UnitOfWork, desk: str) -> list[str]:
    """The stages that a desk has, by name: what its filter offers."""
    return sorted(
        {
            made.label(name)
            for made in application_types(uow).values()
            for name, node in made.workflow.nodes.items()
            if isinstance(node, ReviewNode) and node.desk == desk
        }
    )


def _task(
    names: Names, case_id: UUID, visit: str, number: str, kind: str, title: str, partner: str | None, *rest: Any
) -> TaskRow:
    return TaskRow(case_id, visit, number, names.get(kind, kind), title, partner or "", *rest)


def _type_names(uow: UnitOfWork) -> Names:
    return {key: made.name for key, made in application_types(uow).items()}


def tasks_of(uow: UnitOfWork, case_id: UUID) -> list[TaskRow]:
    """The reviews that wait in one case, for whoever may see it."""
    stmt = _TASKS.where(T.case_id == case_id, T.closed_at.is_(None), T.kind == "review")
    names = _type_names(uow)
    return [_task(names, *values) for values in uow.session.execute(stmt.order_by(T.queue_at, T.visit))]


# ---- applications ----

_CASE = (
    C.id, C.number, C.type, C.title, C.partner_id, C.status, C.phase, C.amount, C.currency, C.opened_at,
    C.submitted_at, C.changed_at, C.ended_at,
)  # fmt: skip


def cases(
    uow: UnitOfWork,
    wanted: CaseFilter,
    page: PageRequest = FIRST_PAGE,
) -> Page[CaseRow]:
    """Applications the actor may see, the latest change first; deleted ones are gone.

    The vendor sees what was sent, a partner also its drafts.

    Raises:
        NotAllowed: no role of the actor shows applications.
    """
    order = (Desc(C.changed_at), Desc(C.id))
    found = fetch_page(uow, listed(uow, select(*_CASE), wanted), lambda *values: values, page, order=order)
    return Page(tuple(_rows(uow, found.rows)), found.next, found.previous)


def count_by_status(uow: UnitOfWork, wanted: CaseFilter) -> dict[str, int]:
    """How many applications under the same conditions have each status.

    Raises:
        NotAllowed: no role of the actor shows applications.
    """
    stmt = listed(uow, select(C.status, func.count()), wanted).group_by(C.status).order_by(C.status)
    return dict(uow.session.execute(stmt).tuples().all())


def listed(uow: UnitOfWork, stmt: Select[Any], wanted: CaseFilter) -> Select[Any]:
    """A select of cases cut to those that the actor may see and the filter asks for.

    Raises:
        NotAllowed: no role of the actor shows applications.
    """
    seen = [key for key, made in application_types(uow).items() if may_view(uow, made)]
    if not seen:
        raise NotAllowed("Your roles do not show these cases. Ask your administrator for a role that does.")
    stmt = stmt.where(
        C.type.in_(sorted(set(seen) & set(wanted.types)) if wanted.types else seen),
        func.coalesce(C.outcome, "") != "deleted",
    )
    if uow.actor.is_vendor:
        stmt = stmt.where(C.submitted_at.is_not(None))
    if wanted.statuses:
        stmt = stmt.where(C.status.in_(list(wanted.statuses)))
    if wanted.phases:
        stmt = stmt.where(C.phase.in_(list(wanted.phases)))
    if wanted.partners:
        stmt = stmt.where(C.partner_id.in_(list(wanted.partners)))
    if wanted.open is not None:
        stmt = stmt.where(C.ended_at.is_(None) if wanted.open else C.ended_at.is_not(None))
    if words := wanted.search.strip():
        stmt = stmt.where(named_like(containing(words), partners.named(uow, words)))
    return stmt


def case_row(uow: UnitOfWork, case_id: UUID) -> CaseRow | None:
    """One application as lists show it; the caller has seen to it that the actor may see it."""
    found = uow.session.execute(select(*_CASE).where(C.id == case_id)).all()
    return next(iter(_rows(uow, found)), None)


def _rows(uow: UnitOfWork, found: Sequence[Sequence[Any]]) -> Iterable[CaseRow]:
    waits = standing(uow, [row[0] for row in found])
    names, types = partners.names(uow, {row[4] for row in found}), _type_names(uow)
    for (
        key,
        number,
        kind,
        title,
        partner_id,
        status,
        phase,
        amount,
        currency,
        opened,
        submitted,
        changed,
        ended,
    ) in found:
        yield CaseRow(
            key, number, kind, types.get(kind, kind), title, partner_id, names.get(partner_id, ""), status, phase,
            amount, currency, opened, submitted, changed, ended, tuple(waits.get(key, ())),
        )  # fmt: skip


def standing(uow: UnitOfWork, case_ids: Collection[UUID]) -> dict[UUID, list[Standing]]:
    """Who each of some cases waits for."""
    stmt = (
        select(T.case_id, T.visit, T.label, T.kind, T.desk, T.roles, T.named, T.holder_name, T.opened_at, T.due_at,
               T.overdue, T.paused)
        .where(T.case_id.in_(list(case_ids)), T.closed_at.is_(None))
        .order_by(T.queue_at, T.visit)
    )  # fmt: skip
    found: dict[UUID, list[Standing]] = {}
    rows = uow.session.execute(stmt).all()
    words = {(roles, named): audience_words(uow, roles, named) for _, _, _, _, _, roles, named, *_ in rows}
    for case_id, visit, label, kind, desk, roles, named, holder, opened, due, overdue, paused in rows:
        who = "Partner" if desk == APPLICANT or paused else holder or words[roles, named]
        found.setdefault(case_id, []).append(Standing(visit, label, kind, who, opened, due, overdue, paused))
    return found


def role_words(roles: Iterable[str]) -> str:
    """Roles as people read them: `Finance or Finance reviewer`."""
    return " or ".join(role_book().name(role) for role in roles)


# ---- what waits for the actor ----


def reviews_waiting(uow: UnitOfWork, *, limit: int = 20) -> list[TaskRow]:
    """The first reviews that wait for the actor, desk by desk, the earliest due first."""
    found: list[TaskRow] = []
    for desk in desks_of(uow):
        found += queue(uow, QueueFilter(desk=desk), PageRequest(size=limit)).rows
    return found[:limit]


def forms_waiting(uow: UnitOfWork) -> list[CaseRow]:
    """The applications with a form or question that waits for the actor's organisation, earliest due first. One where
    two things wait comes twice."""
    if not any(may_view(uow, made) for made in application_types(uow).values()):
        return []
    stmt = (
        select(*_CASE).join(T, T.case_id == C.id).where(T.closed_at.is_(None), (T.kind == "form") | T.paused)
        .order_by(T.queue_at, C.id)
    )  # fmt: skip
    return list(_rows(uow, uow.session.execute(stmt).all()))

"""The lists of applications: all cases for the vendor, its own for a partner."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, false, func, or_, select

from models.applications import queries, together
from models.applications.rows import CaseFilter
from models.applications.types import application_types
from models.core.paging import containing
from models.core.unit_of_work import UnitOfWork
from models.engines.cases.tables import Case, CaseTask
from models.engines.lists import Field, Fill, Filled, Filter, ListSource, load_list, register
from models.engines.lists.sources import Chosen
from models.identity import members
from models.partners import queries as partners
from models.partners.choices import partner_filter

HERE = Path(__file__).parent / "definitions"
C, T = Case, CaseTask
ONLY = {"open": "Going on", "over": "Over"}


def _seen(uow: UnitOfWork, stmt: Select[Any]) -> Select[Any]:
    return queries.listed(uow, stmt, CaseFilter())


def _search(uow: UnitOfWork, words: str) -> ColumnElement[bool]:
    return queries.named_like(containing(words), partners.named(uow, words))


def _only(values: Sequence[str]) -> ColumnElement[bool]:
    ways = {"open": C.ended_at.is_(None), "over": C.ended_at.is_not(None)}
    return or_(false(), *(ways[value] for value in values))


def _one_of_only(value: str) -> str:
    if value not in ONLY:
        raise ValueError(value)
    return value


def _statuses(uow: UnitOfWork, chosen: Chosen) -> Mapping[str, str]:
    stmt = _seen(uow, select(C.status, func.count())).group_by(C.status).order_by(C.status)
    return {status: f"{status} ({number:,})" for status, number in uow.session.execute(stmt)}


def _types(uow: UnitOfWork, chosen: Chosen) -> Mapping[str, str]:
    return {key: made.name for key, made in application_types(uow).items()}


def _waits(uow: UnitOfWork, keys: Sequence[UUID]) -> Filled:
    """Whom each case waits for, until when, and whether its clock stands."""
    found = {key: waits[0] for key, waits in queries.standing(uow, keys).items()}
    return Filled(
        {key: {"who": first.who, "due": first.due_at, "_paused": first.paused} for key, first in found.items()}
    )


def _type_words(uow: UnitOfWork, keys: Sequence[UUID]) -> Filled:
    """The names of the types; what managers call them may change."""
    names = _types(uow, {})
    kinds = uow.session.execute(select(C.id, C.type).where(C.id.in_(list(keys)))).tuples()
    return Filled({key: {"type": names.get(kind, kind)} for key, kind in kinds})


FIELDS = {
    "number": Field(C.number), "title": Field(C.title), "status": Field(C.status),
    "amount": Field(C.amount, nullable=True), "currency": Field(C.currency), "changed": Field(C.changed_at),
    "type": Field(C.type), "submitted": Field(C.submitted_at, nullable=True), "ended": Field(C.ended_at, nullable=True),
}  # fmt: skip
FILTERS = {
    "status": Filter(C.status, options=_statuses, words=lambda uow, values: {}),
    "only": Filter(condition=_only, options=lambda uow, chosen: ONLY, parse=_one_of_only),
    "type": Filter(C.type, options=_types), "amount": Filter(C.amount), "submitted": Filter(C.submitted_at),
}  # fmt: skip
FILLS = (Fill(("who", "due"), _waits), Fill(("type",), _type_words))

register(
    ListSource(
        load_list(HERE / "cases.list.yaml"), C.id, _seen,
        {**FIELDS, "partner": Field(partners.name_of(C.partner_id), nullable=True)},
        filters={
            **FILTERS, "partner": partner_filter(C.partner_id),
            "changed": Filter(C.changed_at),
        },
        search=_search, fills=FILLS,
    )
)  # fmt: skip
register(
    ListSource(
        load_list(HERE / "applications.list.yaml"), C.id, _seen, FIELDS, filters=FILTERS, search=_search, fills=FILLS
    )
)

# ---- reviews that wait for the actor ----


def _own(uow: UnitOfWork, stmt: Select[Any]) -> Select[Any]:
    """A case stands here once, with the review of the actor's that is due first."""
    first = queries.own_reviews(uow, together.DESK).subquery()
    stmt = stmt.select_from(C).join(first, and_(first.c.case_id == C.id, first.c.place == 1))
    return stmt.join(T, and_(T.case_id == C.id, T.visit == first.c.visit))


def _stages(uow: UnitOfWork, chosen: Chosen) -> Mapping[str, str]:
    return {label: label for label in queries.desk_labels(uow, together.DESK)}


def _holders(uow: UnitOfWork, chosen: Chosen) -> Mapping[str, str]:
    me = str(uow.actor.user_id)
    stmt = _own(uow, select(T.holder, T.holder_name)).where(T.holder.is_not(None)).distinct()
    found = {str(key): name for key, name in uow.session.execute(stmt)}
    return {key: "You" if key == me else name for key, name in sorted(found.items(), key=lambda each: each[1])}


def _holder_words(uow: UnitOfWork, values: Sequence[str]) -> Mapping[str, str]:
    return {str(key): name for key, name in members.names(uow, [UUID(value) for value in values]).items()}


register(
    ListSource(
        load_list(HERE / "reviews.list.yaml"), C.id, _own,
        {
            "number": Field(C.number), "title": Field(C.title),
            "partner": Field(partners.name_of(C.partner_id), nullable=True), "stage": Field(T.label),
            "amount": Field(C.amount, nullable=True), "currency": Field(C.currency),
            "due": Field(T.due_at, nullable=True), "holder": Field(T.holder_name), "type": Field(C.type),
            "since": Field(T.opened_at), "_visit": Field(T.visit), "_paused": Field(T.paused),
        },
        filters={
            "type": Filter(C.type, options=_types), "stage": Filter(T.label, options=_stages),
            "partner": partner_filter(C.partner_id),
            "holder": Filter(T.holder, options=_holders, words=_holder_words, parse=UUID),
            "overdue": Filter(T.overdue), "amount": Filter(C.amount), "since": Filter(T.opened_at),
        },
        search=_search, fills=(Fill(("type",), _type_words),),
        actions={name: together.action(name) for name in together.TONES},
    )
)  # fmt: skip

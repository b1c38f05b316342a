"""The list of coupons: a partner's own, or those of all partners, with what is left of each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, case, false, func, literal, or_, select
from sqlalchemy.orm import aliased

from models.core.paging import containing
from models.core.unit_of_work import UnitOfWork
from models.coupons import queries, service
from models.coupons.rules import CouponKind, CouponStatus
from models.coupons.tables import Coupon
from models.engines.cases.tables import Case
from models.engines.lists import Action, Behind, Field, Filter, Given, ListSource, Preview, load_list, register
from models.engines.lists.sources import Chosen
from models.partners import queries as partners
from models.partners.choices import partner_filter

C, FROM = Coupon, aliased(Case)
STANDS = queries.balance_columns()
STATUSES = {status.value: status.words for status in CouponStatus}
KINDS = {kind.value: kind.words for kind in CouponKind}
SOON = timedelta(days=7)
SOURCES = {"case": "A case", "hand": "By hand"}


def _with_case(uow: UnitOfWork, stmt: Select[Any]) -> Select[Any]:
    return stmt.select_from(C).outerjoin(FROM, FROM.id == C.case_id)


def _search(uow: UnitOfWork, words: str) -> ColumnElement[bool]:
    like = containing(words)
    found = (func.lower(func.coalesce(column, "")).like(like, escape="/") for column in (C.name, C.number, FROM.number))
    return or_(*found, C.partner_id.in_(partners.named(uow, words)))


def _partners(uow: UnitOfWork, chosen: Chosen) -> Mapping[str, str]:
    having = set(uow.session.scalars(select(C.partner_id).distinct()))
    return {str(key): name for key, name in partners.names(uow, having).items()}


def _from(values: Sequence[str]) -> ColumnElement[bool]:
    ways = {"case": C.case_id.is_not(None), "hand": C.case_id.is_(None)}
    return or_(false(), *(ways[value] for value in values))


def _one_of_sources(value: str) -> str:
    if value not in SOURCES:
        raise ValueError(value)
    return value


# ---- cancelling several ----


def _would_cancel(uow: UnitOfWork, keys: Sequence[UUID], given: Given) -> Preview:
    """Available ones are cancelled, with what is left of them; the others are over already."""
    stmt = select(C.id, C.number, C.status, C.currency, STANDS.left).where(C.id.in_(list(keys)))
    able, amounts, over = list[UUID](), dict[str, Any](), list[str]()
    for key, number, status, currency, left in uow.session.execute(stmt.order_by(C.number)):
        if status is CouponStatus.AVAILABLE:
            able.append(key)
            amounts[currency] = amounts.get(currency, 0) + left
        else:
            over.append(number)
    reason = "It is over already"
    return Preview(tuple(able), {reason: len(over)} if over else {}, amounts, {reason: over} if over else {})


def _cancel(uow: UnitOfWork, keys: Sequence[UUID], given: Given) -> None:
    for key in sorted(keys):
        service.cancel(uow, key, comment=given["comment"])


def _soon(uow: UnitOfWork | None) -> ColumnElement[Any]:
    """Whether a coupon that can be used ends within a week (the card of CUS-DET-03 counts these)."""
    if uow is None:
        return literal(0) == 1
    week = C.valid_until.between(uow.today, uow.today + SOON)
    return case((week & (C.status == CouponStatus.AVAILABLE), 1), else_=0) == 1


def _behind(uow: UnitOfWork | None) -> Behind:
    return Behind(
        {
            "name": Field(C.name), "number": Field(C.number),
            "partner": Field(partners.name_of(C.partner_id), nullable=True), "left": Field(STANDS.left),
            "amount": Field(C.amount), "used": Field(STANDS.used), "currency": Field(C.currency),
            "status": Field(C.status, words=lambda status: str(status.words)), "until": Field(C.valid_until),
            "case": Field(FROM.number, nullable=True), "from": Field(C.valid_from),
            "kind": Field(C.kind, words=lambda kind: str(kind.words)), "issued": Field(C.issued_at),
            "by": Field(C.issued_by_name), "comment": Field(C.comment),
        },
        {
            "status": Filter(C.status, options=lambda uow, chosen: STATUSES, parse=CouponStatus),
            "partner": partner_filter(C.partner_id, offered=_partners),
            "kind": Filter(C.kind, options=lambda uow, chosen: KINDS, parse=CouponKind),
            "until": Filter(C.valid_until), "issued": Filter(C.issued_at), "left": Filter(STANDS.left),
            "source": Filter(condition=_from, options=lambda uow, chosen: SOURCES, parse=_one_of_sources),
            "soon": Filter(_soon(uow)),
        },
    )  # fmt: skip


_NAMES = _behind(None)
register(
    ListSource(
        load_list(Path(__file__).parent / "definitions" / "coupons.list.yaml"), C.id, _with_case, _NAMES.fields,
        filters=_NAMES.filters, search=_search, hangs_on=lambda uow, chosen: _behind(uow),
        actions={"cancel": Action(_would_cancel, _cancel)},
    )
)  # fmt: skip

"""The list of payments: everything owed and paid for the vendor, its own for a partner (BEN-VND-20)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, func, or_, select

from models.applications import queries as applications
from models.applications.rows import CaseFilter
from models.applications.types import application_types
from models.core.paging import containing
from models.core.unit_of_work import UnitOfWork
from models.engines.cases.tables import Case
from models.engines.lists import Field, Fill, Filled, Filter, ListSource, load_list, register
from models.engines.lists.sources import Chosen
from models.partners import queries as partners
from models.partners.choices import partner_filter
from models.payments.rules import PayableStatus
from models.payments.tables import Payable

HERE = Path(__file__).parent / "definitions"
P, C = Payable, Case
SEARCHED = (P.number, C.title, P.requisition_no, P.invoice_no, P.bank_reference)
STATES = {status.value: status.words for status in PayableStatus}


def _seen(uow: UnitOfWork, stmt: Select[Any]) -> Select[Any]:
    """What is owed out of the cases that the actor may see."""
    return applications.listed(uow, stmt.select_from(P).join(C, C.id == P.case_id), CaseFilter())


def _search(uow: UnitOfWork, words: str) -> ColumnElement[bool]:
    like = containing(words)
    found = (func.lower(func.coalesce(column, "")).like(like, escape="/") for column in SEARCHED)
    return or_(*found, P.partner_id.in_(partners.named(uow, words)))


def _types(uow: UnitOfWork, chosen: Chosen) -> Mapping[str, str]:
    return {key: made.name for key, made in application_types(uow).items()}


def _type_words(uow: UnitOfWork, keys: Sequence[UUID]) -> Filled:
    names = _types(uow, {})
    stmt = select(P.id, C.type).join(C, C.id == P.case_id).where(P.id.in_(list(keys)))
    return Filled({key: {"type": names.get(kind, kind)} for key, kind in uow.session.execute(stmt)})


register(
    ListSource(
        load_list(HERE / "payments.list.yaml"), P.id, _seen,
        {
            "number": Field(P.number), "title": Field(C.title),
            "partner": Field(partners.name_of(P.partner_id), nullable=True),
            "state": Field(P.status, words=lambda state: str(state.words)), "amount": Field(P.amount),
            "currency": Field(P.currency), "opened": Field(P.opened_at), "paid": Field(P.paid_on, nullable=True),
            "reference": Field(P.bank_reference, nullable=True), "invoice": Field(P.invoice_no, nullable=True),
            "requisition": Field(P.requisition_no), "status": Field(C.status), "type": Field(C.type),
            "_case": Field(P.case_id),
        },
        filters={
            "state": Filter(P.status, options=lambda uow, chosen: STATES, parse=PayableStatus),
            "partner": partner_filter(P.partner_id),
            "type": Filter(C.type, options=_types), "amount": Filter(P.amount), "opened": Filter(P.opened_at),
            "paid": Filter(P.paid_on),
        },
        search=_search, fills=(Fill(("type",), _type_words),),
    )
)  # fmt: skip

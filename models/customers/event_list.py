"""The list of who came to a partner and who left it, each with the account manager of that day (FIN-SCUS-08)."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import Select, String, and_, cast, literal, or_, select, union_all

from models.core.unit_of_work import UnitOfWork
from models.customers.choices import manager_names, managers
from models.customers.measures import ASSOCIATION, DISASSOCIATION, OPERATIONS, counted_partners
from models.customers.rules import AssociationType
from models.customers.tables import AccountManagerAssignment, Customer, CustomerAssociation
from models.engines.lists import Field, Filter, ListSource, load_list, register
from models.identity.queries import name_of
from models.partners import queries as partners
from models.partners.choices import partner_filter

A, M = CustomerAssociation, AccountManagerAssignment
TYPES = {kind.value: kind.words for kind in AssociationType}


def _events(operation: str, day: Any) -> Select[Any]:
    """One kind of record; its key is that of the association and the operation."""
    key = (cast(A.id, String) + f":{operation}").label("key")
    return select(
        key, A.customer_id, A.partner_id, A.association_type, literal(operation).label("operation"),
        day.label("day"),
    ).where(day.is_not(None))  # fmt: skip


E = union_all(_events(ASSOCIATION, A.associated_on), _events(DISASSOCIATION, A.ended_on)).subquery("customer_event")
_came = M.assigned_on <= E.c.day
_stays = or_(M.unassigned_on.is_(None), M.unassigned_on > E.c.day)
# Who left was looked after by the account manager of its last day: the assignment may end on the day it left.
_until = or_(_stays, and_(E.c.operation == DISASSOCIATION, M.unassigned_on == E.c.day))
MANAGER = (
    select(M.user_id)
    .where(M.customer_id == E.c.customer_id, M.partner_id == E.c.partner_id, _came, _until)
    .order_by(M.assigned_on.desc(), M.id)
    .limit(1)
    .correlate(E)
    .scalar_subquery()
)


def _counted(uow: UnitOfWork, stmt: Select[Any]) -> Select[Any]:
    """Only customers that count in the actor's own customer statistics (FIN-SCUS-01, DST-STA-01)."""
    stmt = stmt.join(Customer, Customer.id == E.c.customer_id)
    counted = counted_partners(uow)
    return stmt if counted is None else stmt.where(E.c.partner_id.in_([UUID(key) for key in counted]))


register(
    ListSource(
        load_list(Path(__file__).parent / "definitions" / "customer_events.list.yaml"), E.c.key, _counted,
        {
            "customer": Field(Customer.name), "account": Field(Customer.account_name),
            "partner": Field(partners.name_of(E.c.partner_id), nullable=True),
            "association_type": Field(E.c.association_type, words=lambda value: str(value.words)),
            "operation": Field(E.c.operation, words=OPERATIONS.__getitem__),
            "account_manager": Field(name_of(MANAGER), nullable=True), "day": Field(E.c.day),
            "_customer_id": Field(E.c.customer_id),
        },
        filters={
            "association_type": Filter(
                E.c.association_type, options=lambda uow, chosen: TYPES, parse=AssociationType
            ),
            "operation": Filter(E.c.operation, options=lambda uow, chosen: OPERATIONS),
            "day": Filter(E.c.day),
            "account_manager": Filter(MANAGER, options=managers, words=manager_names, parse=UUID),
            "partner": partner_filter(E.c.partner_id),
        },
        search=(Customer.name, Customer.account_name),
    )
)  # fmt: skip

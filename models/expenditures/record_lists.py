"""The lists of the record store about deliveries: imports, and whose sub-accounts are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import select

from models.core.unit_of_work import UnitOfWork
from models.customers import queries as customers
from models.engines.lists import Action, Field, Filter, Given, ListSource, Preview, load_list, register
from models.engines.lists.sources import Chosen
from models.expenditures import service
from models.expenditures.rules import ImportKind, ImportStatus
from models.expenditures.service import Owner
from models.expenditures.tables import DeliveryImport, SubAccountMapping

HERE = Path(__file__).parent / "definitions"
D, M = DeliveryImport, SubAccountMapping
KINDS = {ImportKind.REMAP.value: "Mapping"} | {
    kind.value: "Delivery" for kind in ImportKind if kind != ImportKind.REMAP
}
STATUSES = {status.value: status.value.replace("_", " ").capitalize() for status in ImportStatus}


def _sources(column: Any) -> Any:
    def options(uow: UnitOfWork, chosen: Chosen) -> Mapping[str, str]:
        return {name: name for name in uow.session.scalars(select(column).distinct().order_by(column))}

    return options


register(
    ListSource(
        load_list(HERE / "imports.list.yaml"), D.id, lambda uow, stmt: stmt,
        {
            "source": Field(D.source), "kind": Field(D.kind, words=lambda kind: KINDS[kind.value]),
            "asked": Field(D.created_at), "by": Field(D.actor_name),
            "status": Field(D.status, words=lambda status: STATUSES[status.value]), "accepted": Field(D.accepted),
            "rejected": Field(D.rejected), "unmapped": Field(D.unmapped),
        },
        filters={
            "source": Filter(D.source, options=_sources(D.source)),
            "status": Filter(D.status, options=lambda uow, chosen: STATUSES, parse=ImportStatus),
            "kind": Filter(D.kind, options=lambda uow, chosen: KINDS, parse=ImportKind), "asked": Filter(D.created_at),
        },
        search=(D.source, D.actor_name),
    )
)  # fmt: skip

CUSTOMER = customers.name_of(M.customer_id)


def _would_take(uow: UnitOfWork, keys: Sequence[UUID], given: Given) -> Preview:
    return Preview(tuple(keys))


def _take(uow: UnitOfWork, keys: Sequence[UUID], given: Given) -> None:
    stmt = select(M.source, M.sub_account_id).where(M.id.in_(list(keys))).order_by(M.source, M.sub_account_id)
    owners = [Owner(source, account, None) for source, account in uow.session.execute(stmt)]
    service.map_sub_accounts(uow, owners)


register(
    ListSource(
        load_list(HERE / "mappings.list.yaml"), M.id, lambda uow, stmt: stmt,
        {
            "sub_account": Field(M.sub_account_id), "customer": Field(CUSTOMER, nullable=True),
            "source": Field(M.source), "mapped": Field(M.mapped_at),
        },
        filters={"source": Filter(M.source, options=_sources(M.source)), "mapped": Filter(M.mapped_at)},
        search=(M.sub_account_id, CUSTOMER), actions={"take_back": Action(_would_take, _take)},
    )
)  # fmt: skip

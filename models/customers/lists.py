"""The list of customers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import Select, and_, select
from sqlalchemy.orm import aliased

from models.core.countries import country
from models.core.unit_of_work import UnitOfWork
from models.customers import queries
from models.customers.choices import manager_names, managers
from models.customers.rules import AssociationType
from models.customers.tables import Customer, CustomerAssociation
from models.engines.lists import Field, Fill, Filled, Filter, ListSource, load_list, register
from models.engines.lists.sources import Chosen
from models.expenditures.each import each_spent
from models.identity.queries import name_of
from models.partners import queries as partners
from models.partners.choices import partner_filter

C, PRESENT = Customer, aliased(CustomerAssociation)
ASSOCIATIONS = {kind.value: kind.words for kind in AssociationType}


def _with_association(uow: UnitOfWork, stmt: Select[Any]) -> Select[Any]:
    return stmt.outerjoin(PRESENT, and_(PRESENT.customer_id == C.id, PRESENT.ended_on.is_(None)))


def _industries(uow: UnitOfWork, chosen: Chosen) -> Mapping[str, str]:
    return {name: name for name in queries.industries(uow)}


def _countries(uow: UnitOfWork, chosen: Chosen) -> Mapping[str, str]:
    found = {code: country(code) for code in uow.session.scalars(select(C.country).distinct())}
    return dict(sorted(found.items(), key=lambda item: item[1]))


def _country_words(uow: UnitOfWork, values: Sequence[str]) -> Mapping[str, str]:
    return {value: country(value) for value in values}


def _spent_filled(uow: UnitOfWork, keys: Sequence[UUID]) -> Filled | None:
    found = each_spent(uow, "customer", keys)
    if found is None:
        return None
    return Filled({key: dict(zip(("spent", "change"), found.of(key), strict=True)) for key in keys},
                  {"spent": found.header})  # fmt: skip


register(
    ListSource(
        load_list(Path(__file__).parent / "definitions" / "customers.list.yaml"), C.id, _with_association,
        {
            "name": Field(C.name), "partner": Field(partners.name_of(C.partner_id), nullable=True),
            "manager": Field(name_of(C.account_manager_id), nullable=True),
            "association": Field(C.association_type, nullable=True, words=lambda value: str(value.words)),
            "associated": Field(PRESENT.associated_on, nullable=True), "industry": Field(C.industry, nullable=True),
            "country": Field(C.country, words=country), "email": Field(C.email),
            "mobile": Field(C.mobile, nullable=True), "account": Field(C.account_name), "currency": Field(C.currency),
            "registered": Field(C.registered_on), "_partner_id": Field(C.partner_id), "_version": Field(C.version),
        },
        filters={
            "partner": partner_filter(C.partner_id),
            "manager": Filter(C.account_manager_id, options=managers, words=manager_names, parse=UUID),
            "association": Filter(
                C.association_type, options=lambda uow, chosen: ASSOCIATIONS, parse=AssociationType
            ),
            "industry": Filter(C.industry, options=_industries, words=lambda uow, values: {}),
            "country": Filter(C.country, options=_countries, words=_country_words),
            "registered": Filter(C.registered_on),
        },
        search=(C.name, C.account_name, C.email),
        fills=(Fill(("spent", "change"), _spent_filled),),
    )
)  # fmt: skip

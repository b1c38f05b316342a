"""The list of partners."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, exists, select

from models.core.countries import country
from models.core.unit_of_work import UnitOfWork
from models.customers import queries as customers
from models.engines.lists import Action, Field, Fill, Filled, Filter, Given, ListSource, Preview, load_list, register
from models.engines.lists.sources import Chosen
from models.expenditures.each import each_spent
from models.identity import members
from models.identity.queries import name_of
from models.partners import queries, service
from models.partners.programs import program_book
from models.partners.rules import PartnerKind, PartnerStatus, Tier
from models.partners.tables import Partner, ProgramMembership

P = Partner
NOBODY = "nobody"
_AT = " @ "
PLACE = P.city + _AT + P.country


def _place(value: str) -> str:
    city, _, code = value.rpartition(_AT)
    return f"{city}, {country(code)}"


def _words(value: Any) -> str:
    return str(value.words)


def _choices(kind: Any) -> Mapping[str, str]:
    return {each.value: each.words for each in kind}


def _managers(uow: UnitOfWork, chosen: Chosen) -> Mapping[str, str]:
    return {str(key): name for key, name in members.ecosystem_managers(uow).items()}


def _names(uow: UnitOfWork, values: Sequence[str]) -> Mapping[str, str]:
    return {str(key): name for key, name in members.names(uow, [UUID(value) for value in values]).items()}


def _partners(uow: UnitOfWork, values: Sequence[str]) -> Mapping[str, str]:
    return {str(key): name for key, name in queries.names(uow, [UUID(value) for value in values]).items()}


def _regions(uow: UnitOfWork, chosen: Chosen) -> Mapping[str, str]:
    return {region: region for region in queries.regions(uow)}


def _countries(uow: UnitOfWork, chosen: Chosen) -> Mapping[str, str]:
    found = {code: country(code) for code in uow.session.scalars(select(P.country).distinct())}
    return dict(sorted(found.items(), key=lambda item: item[1]))


def _country_words(uow: UnitOfWork, values: Sequence[str]) -> Mapping[str, str]:
    return {value: country(value) for value in values}


def _in_programs(names: Sequence[str]) -> ColumnElement[bool]:
    member = ProgramMembership
    joined = and_(member.partner_id == P.id, member.name.in_(list(names)), member.until.is_(None))
    return exists(select(member.id).where(joined))


def _programs(uow: UnitOfWork, chosen: Chosen) -> Mapping[str, str]:
    book = program_book()
    return {name: name for name in (*book.programs, *book.paths)}


def _customers_filled(uow: UnitOfWork, keys: Sequence[UUID]) -> Filled:
    numbers = customers.count_by_partner(uow, keys)
    return Filled({key: {"customers": numbers.get(key, 0)} for key in keys})


def _spent_filled(uow: UnitOfWork, keys: Sequence[UUID]) -> Filled | None:
    found = each_spent(uow, "partner", keys)
    if found is None:
        return None
    return Filled({key: dict(zip(("spent", "change"), found.of(key), strict=True)) for key in keys},
                  {"spent": found.header})  # fmt: skip


# ---- an ecosystem manager for several ----


def _to_choose(uow: UnitOfWork, keys: Sequence[UUID]) -> Mapping[str, Mapping[str, str]]:
    offered = {str(key): name for key, name in members.ecosystem_managers(uow).items()}
    return {"manager": {**offered, NOBODY: "Nobody"}}


def _manager_of(given: Given) -> UUID | None:
    return None if given["manager"] == NOBODY else UUID(given["manager"])


def _would_change(uow: UnitOfWork, keys: Sequence[UUID], given: Given) -> Preview:
    wanted = _manager_of(given)
    found = uow.session.execute(select(P.id, P.manager_id).where(P.id.in_(list(keys)))).tuples().all()
    able = tuple(key for key, manager in found if manager != wanted)
    same = len(found) - len(able)
    return Preview(able, {"they have this ecosystem manager already": same} if same else {})


def _change(uow: UnitOfWork, keys: Sequence[UUID], given: Given) -> None:
    versions = uow.session.execute(select(P.id, P.version).where(P.id.in_(list(keys)))).tuples().all()
    for key, version in versions:
        service.set_manager(uow, key, _manager_of(given), expected=version)


register(
    ListSource(
        load_list(Path(__file__).parent / "definitions" / "partners.list.yaml"), P.id, lambda uow, stmt: stmt,
        {
            "name": Field(P.name), "kind": Field(P.kind, words=_words), "tier": Field(P.tier, words=_words),
            "place": Field(PLACE, words=_place, order=P.city), "status": Field(P.status, words=_words),
            "manager": Field(name_of(P.manager_id), nullable=True), "joined": Field(P.joined_on),
            "number": Field(P.number), "region": Field(P.region), "account": Field(P.account_name),
            "currency": Field(P.currency), "authenticated": Field(P.business_authenticated),
            "bills_paid": Field(P.bills_paid),
        },
        filters={
            "kind": Filter(P.kind, options=lambda uow, chosen: _choices(PartnerKind), parse=PartnerKind),
            "tier": Filter(P.tier, options=lambda uow, chosen: _choices(Tier), parse=Tier),
            "status": Filter(P.status, options=lambda uow, chosen: _choices(PartnerStatus), parse=PartnerStatus),
            "region": Filter(P.region, options=_regions, words=lambda uow, values: {}),
            "country": Filter(P.country, options=_countries, words=_country_words),
            "manager": Filter(P.manager_id, options=_managers, words=_names, parse=UUID),
            "program": Filter(condition=_in_programs, options=_programs),
            "joined": Filter(P.joined_on), "bills_paid": Filter(P.bills_paid),
            "parent": Filter(P.parent_id, words=_partners, parse=UUID),
        },
        search=(P.name, P.account_name, P.number, P.city),
        fills=(Fill(("customers",), _customers_filled), Fill(("spent", "change"), _spent_filled)),
        actions={"give_manager": Action(_would_change, _change, _to_choose)},
    )
)  # fmt: skip

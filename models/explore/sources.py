"""The tables that statements read: facts of the lake, snapshots of the records, and the names behind the keys.

Each is what the actor may see, no more; a table whose permission the actor lacks does not exist for that person.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import pyarrow as pa
from sqlalchemy import Boolean, Column, Date, DateTime, Integer, Numeric

from models.catalog import queries as catalog
from models.core.actor import Actor
from models.core.unit_of_work import UnitOfWork
from models.customers import queries as customers
from models.engines.sandbox.reading import Schema
from models.engines.statistics import Facts
from models.exports.rules import masked_name
from models.identity import queries as identity
from models.partners import queries as partners
from models.statistics import catalogue

NAMED = {
    "partner_id": "Key of the partner; its name stands in partner",
    "customer_id": "Key of the customer; its names stand in customer",
    "account_manager_id": "Key of the account manager",
    "cycle": "First day of the billing month",
    "day": "Business date (GMT+08:00)",
    "ended": "Until before which day it holds; missing: still",
    "currency": "Currency of the amounts beside it",
}
"""Words of columns that several tables have, where a table says nothing itself."""

Load = Callable[[UnitOfWork, bool], pa.Table]
"""Reads a table of names as the actor may see it; with True as exports may show it."""


@dataclass(frozen=True, slots=True)
class SourceColumn:
    """A column as the schema shows it. `kind` is in words: text, date, time, amount, number, yes or no."""

    name: str
    kind: str
    words: str


@dataclass(frozen=True, slots=True)
class Source:
    """A table to ask. `facts` are counted; `load` reads names. `note` is what must be said beside its figures.

    Names are open to whom pages show them: to the vendor's people with one of the permissions in `vendor`, to a
    partner's with one of those in `partner`; none: to everybody.
    """

    name: str
    words: str
    columns: tuple[SourceColumn, ...]
    facts: Facts | None = None
    load: Load | None = None
    note: str = ""
    vendor: tuple[str, ...] = ()
    partner: tuple[str, ...] = ()

    def open_to(self, actor: Actor) -> bool:
        """Whether the actor's permissions open it."""
        if self.facts:
            return self.facts.open_to(actor)
        needed = self.vendor if actor.is_vendor else self.partner
        return not needed or any(map(actor.may, needed))

    @property
    def in_lake(self) -> bool:
        """Whether its rows are read from the lake, of which only what is needed is taken."""
        return self.facts is not None and self.facts.snapshot is None

    @property
    def kinds(self) -> dict[str, str]:
        """Its columns as the reader of statements knows them."""
        return {column.name: column.kind for column in self.columns}


def sources(actor: Actor) -> tuple[Source, ...]:
    """The tables that this person's permissions open: the lake first, then records, then names."""
    found = [of_facts(facts) for facts in catalogue.all_facts()]
    found.sort(key=lambda each: not each.in_lake)
    return tuple(each for each in (*{each.name: each for each in found}.values(), *NAMES) if each.open_to(actor))


def schema_of(tables: Sequence[Source]) -> Schema:
    """The tables as the reader of statements knows them."""
    return {each.name: each.kinds for each in tables}


def of_facts(facts: Facts) -> Source:
    """Facts as a table to ask."""
    columns = tuple(SourceColumn(c.name, _kind(c), c.comment or _words(c.name)) for c in facts.table.columns)
    name = facts.table.name
    return Source(name, facts.words or name.replace("_", " ").capitalize(), columns, facts=facts, note=facts.note)


def _kind(column: Column[object]) -> str:
    match column.type:
        case DateTime():
            return "time"
        case Date():
            return "date"
        case Boolean():
            return "yes or no"
        case Integer():
            return "number"
        case Numeric():
            return "amount"
    return "text"


def _words(name: str) -> str:
    return NAMED.get(name) or name.removesuffix("_id").replace("_", " ").capitalize()


# ---- names ----


def _table(rows: Iterator[tuple[object, ...]] | Sequence[tuple[object, ...]], **kinds: pa.DataType) -> pa.Table:
    columns: list[tuple[object, ...]] = list(zip(*rows, strict=True)) or [()] * len(kinds)
    arrays = [pa.array(column, kind) for column, kind in zip(columns, kinds.values(), strict=True)]
    return pa.table(arrays, names=list(kinds))


TEXT = pa.string()


def _partners(uow: UnitOfWork, _: bool) -> pa.Table:
    return _table([(str(key), name) for key, name in partners.options(uow).items()], partner_id=TEXT, name=TEXT)


def _customers(uow: UnitOfWork, masked: bool) -> pa.Table:
    found = customers.names(uow)
    if not masked:
        return found
    hidden = {name: pa.array([masked_name(each or "") for each in found.column(name).to_pylist()], TEXT)
              for name in ("name", "account_name")}  # fmt: skip
    return pa.table({"customer_id": found.column("customer_id"), **hidden})


def _people(uow: UnitOfWork, _: bool) -> pa.Table:
    managers = customers.account_managers(uow) if uow.actor.may("customers.view") else ()
    found = identity.names_shown(uow, managers)
    return _table([(str(key), name) for key, name in found.items()], person_id=TEXT, name=TEXT)


def _regions(uow: UnitOfWork, _: bool) -> pa.Table:
    return _table([(row.code, row.name) for row in catalog.regions(uow)], region_id=TEXT, name=TEXT)


def _products(uow: UnitOfWork, _: bool) -> pa.Table:
    rows = [(row.code, row.name, row.service_type) for row in catalog.products(uow)]
    return _table(rows, product=TEXT, name=TEXT, service_type=TEXT)


def _rates(uow: UnitOfWork, _: bool) -> pa.Table:
    rows = [(rate.currency, rate.base, rate.value, rate.on, rate.source) for rate in catalog.rates(uow).values()]
    value = pa.decimal128(38, 18)
    return _table(rows, currency=TEXT, base=TEXT, value=value, day=pa.date32(), source=TEXT)


def _named(
    name: str, words: str, load: Load, columns: Mapping[str, str], *, vendor: tuple[str, ...] = (),
    partner: tuple[str, ...] = (),
) -> Source:  # fmt: skip
    """A table of names; what a column holds stands before a colon where it is no text."""
    shown = []
    for column, text in columns.items():
        kind, colon, rest = text.partition(": ")
        shown.append(SourceColumn(column, kind if colon else "text", rest if colon else text))
    return Source(name, words, tuple(shown), load=load, vendor=vendor, partner=partner)


NAMES: tuple[Source, ...] = (
    _named("partner", "Names of partners", _partners,
           {"partner_id": "Key of the partner", "name": "Name of the partner"},
           vendor=("partners.view",), partner=("statistics.view",)),
    _named("customer", "Names of customers", _customers,
           {"customer_id": "Key of the customer", "name": "Name; masked in exports",
            "account_name": "Name of the account; masked in exports"},
           vendor=("customers.view",), partner=("customers.view",)),
    _named("person", "Names of people", _people, {"person_id": "Key of the person", "name": "Name of the person"},
           vendor=("users.manage", "reviews.view", "members.view", "customers.view"),
           partner=("members.view", "customers.view")),
    _named("region", "Names of regions", _regions, {"region_id": "Code of the region", "name": "Name of the region"}),
    _named("product", "Names of products", _products,
           {"product": "Code of the product", "name": "Name of the product",
            "service_type": "Service type it belongs to"}),
    _named("exchange_rate", "The newest exchange rates", _rates,
           {"currency": "Currency", "base": "Currency it is converted into",
            "value": "amount: One unit in the base currency", "day": "date: Day of the rate",
            "source": "Who says so"}),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Fresh:
    """A table that a statement read: how many rows went over, and how fresh they are."""

    name: str
    rows: int
    as_of: datetime | None


def by_name(tables: Sequence[Source]) -> Mapping[str, Source]:
    """The tables by name."""
    return {each.name: each for each in tables}

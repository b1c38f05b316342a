"""By what facts of customers are grouped, and the words for their keys within the actor's scope."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence

import pyarrow as pa
from sqlalchemy import Column, ColumnElement, MetaData, Table, Text

from models.core.countries import country
from models.core.unit_of_work import UnitOfWork
from models.customers import queries
from models.customers.rules import AssociationType
from models.engines.statistics import MISSING, UNMAPPED, Dimension, Lookup
from models.engines.statistics.records import arrow
from models.identity import queries as identity
from models.partners.dimensions import uuids


def customer_dimension(column: ColumnElement[str]) -> Dimension:
    """The customer of a fact."""
    return Dimension("customer", "Customer account", column, UNMAPPED, "Unmapped", customer_names, many=True,
                     parent="partner")  # fmt: skip


def association_dimension(column: ColumnElement[str]) -> Dimension:
    """On which terms the customer belonged to the partner at the time."""
    return Dimension("association_type", "Association type", column, MISSING, "No partner", _association_words)


def manager_dimension(column: ColumnElement[str]) -> Dimension:
    """Who looked after the customer at the time."""
    return Dimension("account_manager", "Account manager", column, MISSING, "No account manager", manager_names)


def director_dimension(manager: ColumnElement[str]) -> Dimension:
    """Who leads the account manager that a column names, now."""
    table = Table("account_director", MetaData(), Column("user_id", Text), Column("director_id", Text))
    lookup = Lookup(table, table.c.user_id == manager, _directors, identity.led_version, "led today")
    return Dimension(
        "account_director", "Account director", table.c.director_id, MISSING, "No account director", manager_names,
        lookup=lookup,
    )  # fmt: skip


def led_days(uow: UnitOfWork, days: pa.Table) -> pa.Table:
    """Days on which customers counted for account managers, as those of the directors who lead them now."""
    leads = {str(key): str(director) for key, director in identity.led(uow)}
    rows = [row | {"user_id": leads[row["user_id"]]} for row in days.to_pylist() if row["user_id"] in leads]
    return pa.Table.from_pylist(rows, schema=days.schema)


def led_days_version(uow: UnitOfWork) -> Hashable:
    """Another value whenever `led_days` would answer otherwise."""
    return queries.assignments_version(uow), identity.led_version(uow)


def director_of_days(column: ColumnElement[str], lookup: Lookup, missing: str = "No account director") -> Dimension:
    """Who leads the account manager that a fact counts for, by days as `led_days` makes them."""
    return Dimension(
        "account_director", "Account director", column, MISSING, missing, manager_names, lookup=lookup,
        definition="Who leads, now, the account manager that it counts for.",
    )  # fmt: skip


def _directors(uow: UnitOfWork) -> pa.Table:
    rows = [(str(key), str(director)) for key, director in identity.led(uow)]
    return arrow(pa.schema([("user_id", pa.string()), ("director_id", pa.string())]), rows)


def customer_country_dimension(column: ColumnElement[str]) -> Dimension:
    """Where the customer is."""
    return Dimension(
        "customer_country", "Country of the customer", column, MISSING, "Not stated",
        lambda _, keys: {key: country(key) for key in keys},
    )  # fmt: skip


def industry_dimension(column: ColumnElement[str]) -> Dimension:
    """What the customer does."""
    return Dimension("industry", "Industry", column, MISSING, "Not stated", lambda _, keys: {key: key for key in keys})


def customer_names(uow: UnitOfWork, keys: Sequence[str]) -> Mapping[str, str]:
    """Names of customers by key."""
    found = {str(key): name for key, name in queries.names_of(uow, uuids(keys)).items()}
    return {key: found.get(key, f"Former customer {key[:8]}") for key in keys}


def manager_names(uow: UnitOfWork, keys: Sequence[str]) -> Mapping[str, str]:
    """Names of account managers by key."""
    found = {str(key): name for key, name in identity.names(uow, uuids(keys)).items()}
    return {key: found.get(key, f"Former account manager {key[:8]}") for key in keys}


def _association_words(_: UnitOfWork, keys: Sequence[str]) -> Mapping[str, str]:
    words = {each.value: each.words for each in AssociationType}
    return {key: words.get(key, key) for key in keys}

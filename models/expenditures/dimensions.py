"""By what expenditure lines are grouped and filtered, and the words for their keys within the actor's scope."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from uuid import UUID

import pyarrow as pa
from sqlalchemy import Case, Column, Date, MetaData, Table, Text, and_, case, literal

from models.catalog import queries as catalog
from models.core.unit_of_work import UnitOfWork
from models.customers import queries as customers
from models.customers.dimensions import director_of_days, led_days, led_days_version
from models.customers.rules import AssociationType
from models.engines.statistics import (
    MISSING,
    UNMAPPED,
    Dimension,
    Facts,
    Labels,
    LineColumn,
    LineKind,
    Lines,
    Lookup,
)
from models.expenditures.facts import expenditure_line
from models.expenditures.rules import BillingMode, BillType
from models.identity import queries as identity
from models.partners import queries as partners
from models.partners.dimensions import partner_dimensions

_line = expenditure_line.c
UNMAPPED_LABEL = "Unmapped"
MANY = 500
"""From so many keys on, the names of all customers are read at once."""

MODE_NAMES = {
    BillingMode.PAY_PER_USE: "Pay-per-use",
    BillingMode.YEARLY_MONTHLY: "Yearly/monthly",
    BillingMode.RESERVED_UPFRONT: "Reserved instance, upfront",
    BillingMode.RESERVED_HOURLY: "Reserved instance, hourly",
    BillingMode.SAVINGS_PLAN: "Savings plan",
    BillingMode.ONE_TIME: "One-time",
}
BILL_TYPE_NAMES = {
    BillType.EXPENDITURE: "Expenditure",
    BillType.REFUND: "Refund",
    BillType.ADJUSTMENT: "Adjustment",
    BillType.CREDIT: "Credit",
    BillType.TAX: "Tax",
}
ASSOCIATION_NAMES = {AssociationType.RESELLER: "Reseller", AssociationType.REFERRAL: "Referral"}

manager_interval = Table(
    "account_manager_interval",
    MetaData(),
    Column("customer_id", Text),
    Column("partner_id", Text),
    Column("user_id", Text),
    Column("counts_from", Date),
    Column("counts_until", Date),
)


def manager_intervals(uow: UnitOfWork) -> pa.Table:
    """From when until when a customer counted for which account manager (CUS-ASG-05/06), on no day for two.

    Where intervals overlap the later assignment counts, whatever the records say: a line must never count twice.
    """
    found = customers.assignment_intervals(uow).select([column.name for column in manager_interval.columns])
    return pa.Table.from_pylist(without_overlaps(found.to_pylist()), schema=found.schema)


def without_overlaps(rows: Iterable[Mapping[str, object]]) -> list[dict[str, object]]:
    """Intervals of a customer with a partner, each ended where the next begins; empty ones fall away."""
    kept: list[dict[str, object]] = []
    ordered = sorted(rows, key=lambda row: (str(row["customer_id"]), str(row["partner_id"]), str(row["counts_from"])))
    for row in ordered:
        before = kept[-1] if kept else None
        if before and (before["customer_id"], before["partner_id"]) == (row["customer_id"], row["partner_id"]):
            before["counts_until"] = min(_day(before["counts_until"]), _day(row["counts_from"]))
            if before["counts_until"] == before["counts_from"]:
                kept.pop()
        kept.append(dict(row))
    return kept


def _day(value: object) -> date:
    assert isinstance(value, date)
    return value


MANAGERS = Lookup(
    manager_interval,
    and_(
        manager_interval.c.customer_id == _line.customer_id,
        # A customer that changed partners takes no manager along.
        manager_interval.c.partner_id == _line.partner_id,
        manager_interval.c.counts_from <= _line.spent_on,
        manager_interval.c.counts_until > _line.spent_on,
    ),
    manager_intervals,
    customers.assignments_version,
    "from the day after the assignment; of a reseller's customers from the first of its month",
)
director_interval = Table(
    "account_director_interval",
    MetaData(),
    *(Column(each.name, each.type) for each in manager_interval.columns),
)
DIRECTORS = Lookup(
    director_interval,
    and_(
        director_interval.c.customer_id == _line.customer_id,
        director_interval.c.partner_id == _line.partner_id,
        director_interval.c.counts_from <= _line.spent_on,
        director_interval.c.counts_until > _line.spent_on,
    ),
    lambda uow: led_days(uow, manager_intervals(uow)),
    led_days_version,
    "led now, on the days of the account manager",
)


def _itself(_: UnitOfWork, keys: Sequence[str]) -> dict[str, str]:
    return {key: key for key in keys}


def _named(names: Mapping[str, str]) -> Callable[[UnitOfWork, Sequence[str]], dict[str, str]]:
    return lambda _, keys: {key: names.get(key, key) for key in keys}


def _region_names(uow: UnitOfWork, keys: Sequence[str]) -> dict[str, str]:
    names = {row.code: row.name for row in catalog.regions(uow)}
    return {key: names.get(key, key) for key in keys}


def _product_names(uow: UnitOfWork, keys: Sequence[str]) -> dict[str, str]:
    names = {row.code: row.name for row in catalog.products(uow)}
    return {key: names.get(key, key) for key in keys}


def _partner_names(uow: UnitOfWork, keys: Sequence[str]) -> dict[str, str]:
    return _filled(keys, partners.names(uow, _uuids(keys)), "Former partner")


def _customer_names(uow: UnitOfWork, keys: Sequence[str]) -> dict[str, str]:
    if len(keys) > MANY:
        return _filled(keys, {UUID(key): name for key, (name, _) in customer_accounts(uow).items()}, "Former customer")
    return _filled(keys, customers.names_of(uow, _uuids(keys)), "Former customer")


def _manager_names(uow: UnitOfWork, keys: Sequence[str]) -> dict[str, str]:
    return _filled(keys, identity.names(uow, _uuids(keys)), "Former account manager")


def customer_accounts(uow: UnitOfWork) -> dict[str, tuple[str, str]]:
    """Name and account name of every customer the actor may see."""
    found = customers.names(uow).to_pydict()
    return dict(zip(found["customer_id"], zip(found["name"], found["account_name"], strict=True), strict=True))


def _filled(keys: Sequence[str], names: Mapping[UUID, str], otherwise: str) -> dict[str, str]:
    """Names of keys; who is no longer among those the actor may see is told apart by the key's beginning."""
    found = {str(key): name for key, name in names.items()}
    return {key: UNMAPPED_LABEL if key == UNMAPPED else found.get(key, f"{otherwise} {key[:8]}") for key in keys}


def _uuids(keys: Sequence[str]) -> list[UUID]:
    """Keys of the records; what is no key at all (an address can say anything) is left out."""
    found = []
    for key in keys:
        try:
            found.append(UUID(key))
        except ValueError:
            continue
    return found


def _plain(
    name: str, words: str, labels: Labels = _itself, *, many: bool = False, parent: str | None = None
) -> Dimension:
    return Dimension(name, words, _line[name], MISSING, "Not stated", labels, many=many, parent=parent)


def _of_customer(column: Column[str]) -> Case[str]:
    """A column of the customer's history; a line of no known customer is Unmapped, whatever else is missing."""
    return case((_line.customer_id.is_(None), literal(UNMAPPED)), else_=column)


partner = Dimension(
    "partner", "Partner", _of_customer(_line.partner_id), MISSING, "No partner", _partner_names,
    stored=_line.partner_id, parent="country",
)  # fmt: skip
customer = Dimension(
    "customer", "Customer account", _line.customer_id, UNMAPPED, UNMAPPED_LABEL, _customer_names, many=True,
    parent="partner",
)  # fmt: skip
account_manager = Dimension(
    "account_manager",
    "Account manager",
    _of_customer(manager_interval.c.user_id),
    MISSING,
    "No account manager",
    _manager_names,
    lookup=MANAGERS,
    stored=manager_interval.c.user_id,
    definition="Who looked after the customer on the day it was spent: an assignment counts from the day after it, of a"
    " reseller's customers from the first day of its month.",
)
account_director = director_of_days(_of_customer(director_interval.c.user_id), DIRECTORS)
association_type = Dimension(
    "association_type",
    "Association type",
    _of_customer(_line.association_type),
    MISSING,
    "No partner",
    _named({UNMAPPED: UNMAPPED_LABEL, **{key.value: name for key, name in ASSOCIATION_NAMES.items()}}),
    stored=_line.association_type,
)
billing_mode = Dimension(
    "billing_mode",
    "Billing mode",
    _line.billing_mode,
    MISSING,
    "Not stated",
    _named({key.value: name for key, name in MODE_NAMES.items()}),
)
bill_type = Dimension(
    "bill_type",
    "Bill type",
    _line.bill_type,
    MISSING,
    "Not stated",
    _named({key.value: name for key, name in BILL_TYPE_NAMES.items()}),
)
region = Dimension("region", "Region", _line.region_id, MISSING, "No region", _region_names)
service_family = _plain("service_family", "Service family")
service_type = _plain("service_type", "Service type", parent="service_family")
product = _plain("product", "Product", _product_names, many=True, parent="service_type")
source = _plain("source", "Source")
currency = _plain("currency", "Currency")
usage_unit = Dimension("usage_unit", "Unit of usage", _line.unit, MISSING, "No unit", _itself, many=True)

DIMENSIONS: Mapping[str, Dimension] = {
    each.name: each
    for each in (
        partner,
        customer,
        account_manager,
        account_director,
        association_type,
        billing_mode,
        bill_type,
        region,
        service_family,
        service_type,
        product,
        source,
        currency,
        usage_unit,
        # As the partner stood on the day it was spent.
        *partner_dimensions(_line.partner_id, _line.spent_on),
    )
}

EXPENDITURES = Facts(
    table=expenditure_line,
    partner="partner_id",
    customer="customer_id",
    cycle="cycle",
    day="spent_on",
    currency="currency",
    dimensions=DIMENSIONS,
    words="Expenditures",
    lines=Lines(
        "expenditure lines",
        (
            LineColumn("spent_on", "Spent on", _line.spent_on, LineKind.DATE),
            "customer",
            "partner",
            LineColumn("sub_account_name", "Sub-account", _line.sub_account_name),
            "service_type",
            "product",
            "region",
            "billing_mode",
            "bill_type",
            "association_type",
            "account_manager",
            LineColumn("expenditure", "Expenditure", _line.expenditure, LineKind.AMOUNT),
            LineColumn("unit", "Unit", _line.unit),
        ),
        (_line.file_id, _line.line),
    ),
)


def labels(uow: UnitOfWork, name: str, keys: Iterable[str]) -> dict[str, str]:
    """Words for keys of a dimension, within what the actor may see."""
    dimension = DIMENSIONS[name]
    wanted = list(dict.fromkeys(keys))
    found = dimension.labels(uow, [key for key in wanted if key != dimension.missing_key])
    return {**found, dimension.missing_key: dimension.missing_label}

"""Customers as facts: how many there are, and who came and went (FIN-SCUS, DST-STA-01 to 04, RSL-STA-01 to 05).

A customer is a state: it belongs to a partner, and somebody looks after it, over a stretch of days. That it came to
a partner or left it is an event of a day, with the account manager *of that day*.
"""

from __future__ import annotations

from collections.abc import Collection, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import pyarrow as pa
from sqlalchemy import Column, Date, MetaData, Table, Text, distinct, func, select

from models.core.unit_of_work import UnitOfWork
from models.customers.dimensions import (
    association_dimension,
    customer_country_dimension,
    customer_dimension,
    director_dimension,
    industry_dimension,
    manager_dimension,
)
from models.customers.intervals import OPEN_END, assignments_version
from models.customers.tables import AccountManagerAssignment, Customer, CustomerAssociation
from models.engines.statistics import MISSING, Dimension, Facts, LineColumn, LineKind, Lines, Measure, Snapshot, Unit
from models.engines.statistics.records import arrow, key_text
from models.partners import queries as partners
from models.partners.dimensions import cut, partner_dimension, partner_dimensions, turns
from models.partners.past import past_version
from models.partners.rules import PartnerKind

_COLUMNS = {
    "customer_id": "the customer", "partner_id": "the partner it belonged to",
    "association_type": "on which terms it belonged to the partner",
    "account_manager_id": "who looked after it at the time",
    "customer_country": "country of the customer (ISO 3166 alpha-2)", "industry": "what the customer does",
}  # fmt: skip


def _texts() -> Iterator[Column[str]]:
    return (Column(name, Text, comment=words) for name, words in _COLUMNS.items())


customer_state = Table(
    "customer_state", MetaData(), *_texts(),
    Column("day", Date, comment="first business date on which it stood so"),
    Column("ended", Date, comment="first business date on which it no longer did; missing while it does"),
)  # fmt: skip
customer_event = Table(
    "customer_event", MetaData(), *_texts(),
    Column("operation", Text, comment="association or disassociation"),
    Column("day", Date, comment="business date"),
)  # fmt: skip
_TEXTS = [(name, pa.string()) for name in _COLUMNS]
_STATES = pa.schema([*_TEXTS, ("day", pa.date32()), ("ended", pa.date32())])
_EVENTS = pa.schema([*_TEXTS, ("operation", pa.string()), ("day", pa.date32())])
ASSOCIATION, DISASSOCIATION = "association", "disassociation"
OPERATIONS = {ASSOCIATION: "Association", DISASSOCIATION: "Disassociation"}

Care = tuple[str, date, date]
"""Who looked after a customer, from a day until before another."""
NOBODY: tuple[Care, ...] = ()


@dataclass(frozen=True, slots=True)
class _Stay:
    """A customer at a partner from a day until before another, and who looked after it there. Keys as the database
    writes them."""

    who: tuple[str, str, str]
    what: tuple[str | None, str | None]
    begins: date
    ends: date
    care: Sequence[Care]

    def row(self, manager: str | None, *more: object) -> tuple[object, ...]:
        return *self.who, manager, *self.what, *more

    def manager_on(self, day: date) -> str | None:
        return next((user for user, begins, ends in self.care if begins <= day < ends), None)


KEYS = ("customer_id", "partner_id", "account_manager_id")


def states(uow: UnitOfWork) -> pa.Table:
    """Which customer belonged to which partner, looked after by whom, from when until before when."""
    others = turns(uow)
    rows = [row for stay in _stays(uow) for row in _stretches(stay, others.get(stay.who[1], ()))]
    return arrow(_STATES, rows, keys=KEYS)


def events(uow: UnitOfWork) -> pa.Table:
    """When a customer came to a partner or left it, and who looked after it then: who left was looked after by the
    account manager of its last day."""
    return arrow(_EVENTS, [row for stay in _stays(uow) for row in _events_of(stay)], keys=KEYS)


def version(uow: UnitOfWork) -> Hashable:
    """Another value whenever `states` or `events` would answer otherwise."""
    row = CustomerAssociation
    stmt = select(func.count(row.id), func.count(row.ended_on), func.max(row.associated_on), func.max(row.ended_on))
    changed = uow.session.scalar(select(func.sum(Customer.version)))
    return (*uow.session.execute(stmt).one(), changed, assignments_version(uow), past_version(uow))


def _stays(uow: UnitOfWork) -> Iterator[_Stay]:
    """Every stay that the actor may see. Two statements."""
    care = _care(uow)
    row, customer = CustomerAssociation, Customer
    stmt = select(
        key_text(row.customer_id), key_text(row.partner_id), row.association_type, row.associated_on, row.ended_on,
        customer.country, customer.industry,
    ).outerjoin(customer, customer.id == row.customer_id)  # fmt: skip
    for key, partner, kind, begins, ends, *what in uow.session.execute(stmt):
        found = care.get((key, partner), NOBODY)
        yield _Stay((key, partner, kind.value), (what[0], what[1]), begins, ends or OPEN_END, found)


def _care(uow: UnitOfWork) -> Mapping[tuple[str, str], Sequence[Care]]:
    """Who looked after a customer at a partner, one after the other: from the assignment until its end."""
    row = AccountManagerAssignment
    stmt = select(
        key_text(row.customer_id), key_text(row.partner_id), key_text(row.user_id), row.assigned_on, row.unassigned_on
    )
    found: dict[tuple[str, str], list[Care]] = {}
    for customer, partner, user, begins, ends in uow.session.execute(stmt.order_by(row.assigned_on, row.id)):
        found.setdefault((customer, partner), []).append((user, begins, ends or OPEN_END))
    return {key: care if len(care) == 1 else tuple(in_order(care)) for key, care in found.items()}


def in_order(care: Sequence[Care]) -> Iterator[Care]:
    """The same, each ended where the next begins; empty ones fall away."""
    for place, (user, begins, ends) in enumerate(care):
        until = min(ends, care[place + 1][1]) if place + 1 < len(care) else ends
        if begins < until:
            yield user, begins, until


def _stretches(stay: _Stay, at: Sequence[date]) -> Iterator[tuple[object, ...]]:
    """The days of a stay, cut where somebody else looks after the customer and where the partner stands otherwise."""
    changes = {day for _, begins, ends in stay.care for day in (begins, ends)}
    for begins, ends in cut(stay.begins, stay.ends, sorted(changes.union(at))):
        yield stay.row(stay.manager_on(begins), begins, None if ends == OPEN_END else ends)


def _events_of(stay: _Stay) -> Iterable[tuple[object, ...]]:
    yield stay.row(stay.manager_on(stay.begins), ASSOCIATION, stay.begins)
    if stay.ends != OPEN_END:
        yield stay.row(stay.manager_on(date.fromordinal(stay.ends.toordinal() - 1)), DISASSOCIATION, stay.ends)


def _dimensions(table: Table, *own: Dimension) -> Mapping[str, Dimension]:
    col = table.c
    made = (
        partner_dimension(col.partner_id), *partner_dimensions(col.partner_id, col.day),
        customer_dimension(col.customer_id), manager_dimension(col.account_manager_id),
        director_dimension(col.account_manager_id),
        association_dimension(col.association_type), customer_country_dimension(col.customer_country),
        industry_dimension(col.industry), *own,
    )  # fmt: skip
    return {each.name: each for each in made}


operation = Dimension(
    "operation", "Operation", customer_event.c.operation, MISSING, "Not stated",
    lambda _, keys: {key: OPERATIONS.get(key, key) for key in keys},
)  # fmt: skip
CUSTOMERS = Facts(
    table=customer_state, partner="partner_id", customer="customer_id", cycle=None, day="day", currency=None,
    dimensions=_dimensions(customer_state), snapshot=Snapshot(states, version), ended="ended", words="Customers",
    lines=Lines("customers", ("customer", "partner", "association_type", "account_manager", "customer_country",
                              "industry", LineColumn("day", "Stands so since", customer_state.c.day, LineKind.DATE))),
)  # fmt: skip
EVENTS = Facts(
    table=customer_event, partner="partner_id", customer="customer_id", cycle=None, day="day", currency=None,
    dimensions=_dimensions(customer_event, operation), snapshot=Snapshot(events, version),
    words="Associations and disassociations",
    lines=Lines(
        "associations and disassociations",
        (LineColumn("day", "Operation time", customer_event.c.day, LineKind.DATE), "operation", "customer", "partner",
         "association_type", "account_manager", "customer_country", "industry"),
    ),
)  # fmt: skip

CUSTOMER_COUNT = Measure(
    "customers", "Customers", Unit.COUNT, func.count(distinct(customer_state.c.customer_id)), None, True,
    "Customers that belonged to a partner at the end of the period.",
)  # fmt: skip
ASSOCIATIONS = Measure(
    "associations", "Associations", Unit.COUNT, func.count(), customer_event.c.operation == ASSOCIATION, True,
    "How often a customer was newly associated with a partner. One that changed partners counts with the new one.",
)  # fmt: skip
DISASSOCIATIONS = Measure(
    "disassociations", "Disassociations", Unit.COUNT, func.count(), customer_event.c.operation == DISASSOCIATION, True,
    "How often a customer left a partner, for another one or for good.",
)  # fmt: skip
FACTS: Collection[Facts] = (CUSTOMERS, EVENTS)
MEASURES: Mapping[Facts, tuple[Measure, ...]] = {
    CUSTOMERS: (CUSTOMER_COUNT,), EVENTS: (ASSOCIATIONS, DISASSOCIATIONS),
}  # fmt: skip


def counted_partners(uow: UnitOfWork) -> tuple[str, ...] | None:
    """Of which partners the customers count in the actor's own customer statistics, as keys of the dimension `partner`.

    A provider's are its own, without those of its resellers (FIN-SCUS-01); a distributor's those of its associated
    resellers (DST-STA-01); a reseller's its own. None for the vendor: all.
    """
    own = uow.actor.partner_id
    if own is None:
        return None
    if partners.kind_of(uow, own) is PartnerKind.DISTRIBUTOR:
        return tuple(str(key) for key in partners.resellers_of(uow, own))
    return (str(own),)

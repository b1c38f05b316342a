"""Who a customer counted for on which days, as Arrow tables that DuckDB joins to the lines of the lake.

Keys are text there, as in the lake; an interval begins with its first day and ends before its second, both business
dates (GMT+08:00). One that is still open ends on `OPEN_END`, so that a join needs no case for NULL.
"""

from __future__ import annotations

from datetime import date, timedelta

import pyarrow as pa
from sqlalchemy import func, select

from models.core.unit_of_work import UnitOfWork
from models.customers.rules import counts_from_month
from models.customers.tables import AccountManagerAssignment, Customer, CustomerAssociation
from models.partners import queries as partners
from models.partners.rules import PartnerKind

OPEN_END = date(9999, 12, 31)
"""The day before which an interval ends that has no end yet."""

_ASSIGNMENTS = pa.schema(
    {
        "customer_id": pa.string(),
        "partner_id": pa.string(),
        "user_id": pa.string(),
        "counts_from": pa.date32(),
        "counts_until": pa.date32(),
    }
)
_ASSOCIATIONS = pa.schema(
    {
        "customer_id": pa.string(),
        "partner_id": pa.string(),
        "association_type": pa.string(),
        "associated_on": pa.date32(),
        "ended_on": pa.date32(),
    }
)
_NAMES = pa.schema({"customer_id": pa.string(), "name": pa.string(), "account_name": pa.string()})


def assignment_intervals(uow: UnitOfWork) -> pa.Table:
    """From when until when a customer counted for which account manager, within the actor's scope (CUS-ASG-05/06).

    Where intervals of a customer overlap, the later row counts: of a reseller's customers an assignment counts from the
    first of its month (RSL-STA-11). Columns: customer_id, partner_id, user_id, counts_from, counts_until (exclusive).
    """
    row, resellers = AccountManagerAssignment, partners.of_kind(uow, PartnerKind.RESELLER)
    stmt = (
        select(row.customer_id, row.partner_id, row.user_id, row.assigned_on, row.counts_from, row.counts_until)
        .where(row.counts_until.is_(None) | (row.counts_until > row.counts_from))
        .order_by(row.assigned_on, row.id)
    )
    return _table(
        _ASSIGNMENTS,
        [
            (str(customer), str(partner), str(user), counts_from_month(assigned) if partner in resellers else begin,
             end or OPEN_END)
            for customer, partner, user, assigned, begin, end in uow.session.execute(stmt)
        ],
    )  # fmt: skip


def assignments_since(uow: UnitOfWork) -> pa.Table:
    """From when until when an account manager looked after a customer, by when that was decided, within the actor's
    scope: what counts from the day after (FIN-SREV-01). Ends where it no longer counts for expenditures.

    Columns: customer_id, partner_id, user_id, counts_from (the day after the assignment), counts_until (exclusive).
    """
    row = AccountManagerAssignment
    stmt = select(row.customer_id, row.partner_id, row.user_id, row.assigned_on, row.counts_until)
    return _table(
        _ASSIGNMENTS,
        [
            (str(customer), str(partner), str(user), assigned + timedelta(days=1), end or OPEN_END)
            for customer, partner, user, assigned, end in uow.session.execute(stmt)
            if end is None or end > assigned + timedelta(days=1)
        ],
    )


def assignments_version(uow: UnitOfWork) -> tuple[object, ...]:
    """Another value whenever `assignment_intervals` would answer otherwise: assignments are only added and ended."""
    row = AccountManagerAssignment
    ended, until = row.unassigned_on, row.counts_until
    stmt = select(
        func.count(row.id), func.count(ended), func.count(until), func.max(row.counts_from), func.max(until),
        func.max(ended),
    )  # fmt: skip
    return tuple(uow.session.execute(stmt).one())


def association_intervals(uow: UnitOfWork) -> pa.Table:
    """From when until when a customer belonged to which partner, and on which terms, within the actor's scope.

    The intervals of a customer never overlap. Columns: customer_id, partner_id, association_type, associated_on,
    ended_on (exclusive).
    """
    row = CustomerAssociation
    stmt = select(row.customer_id, row.partner_id, row.association_type, row.associated_on, row.ended_on)
    return _table(
        _ASSOCIATIONS,
        [
            (str(customer), str(partner), str(kind.value), begin, end or OPEN_END)
            for customer, partner, kind, begin, end in uow.session.execute(stmt)
        ],
    )


def names(uow: UnitOfWork) -> pa.Table:
    """Customers that the actor may see: customer_id, name, account_name."""
    stmt = select(Customer.id, Customer.name, Customer.account_name)
    return _table(_NAMES, [(str(key), name, account) for key, name, account in uow.session.execute(stmt)])


def _table(schema: pa.Schema, rows: list[tuple[object, ...]]) -> pa.Table:
    columns = zip(*rows, strict=True) if rows else [()] * len(schema)
    return pa.table(
        [pa.array(list(column), type=field.type) for column, field in zip(columns, schema, strict=True)], schema=schema
    )

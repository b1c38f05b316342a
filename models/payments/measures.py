"""Payments as facts: what the vendor owes partners, what it paid, and how long that took (BEN-STA-02, BEN-MDP).

Amounts are in the payable's currency; days are business dates (GMT+08:00).
"""

from __future__ import annotations

from collections.abc import Collection, Hashable, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pyarrow as pa
from sqlalchemy import BigInteger, Column, Date, MetaData, Numeric, Table, Text, func, literal_column, select

from models.applications.measures import PERMISSION, application_type_dimension, case_column
from models.core.clock import business_date
from models.core.unit_of_work import UnitOfWork
from models.engines.cases.facts import changes
from models.engines.cases.tables import Case
from models.engines.statistics import MISSING, Dimension, Facts, LineColumn, LineKind, Lines, Measure, Snapshot, Unit
from models.engines.statistics.records import arrow
from models.partners.dimensions import cut, partner_dimension, partner_dimensions, turns
from models.partners.past import past_version
from models.payments.rules import PayableStatus
from models.payments.tables import Payable

_OWN = {
    "payable_id": "what is owed", "case_id": "the application that it is owed for",
    "partner_id": "to whom", "application_type": "out of which kind of application",
    "payable_status": "how it stands now", "currency": "of the amount, tax included",
}  # fmt: skip


def _table(name: str, *more: Column[Any]) -> Table:
    own = (Column(each, Text, comment=words) for each, words in _OWN.items())
    return Table(name, MetaData(), *own, Column("amount", Numeric(38, 8), comment="what is owed"), *more)


payable = _table("payable_opened", Column("day", Date, comment="business date on which it became owed"))
payable_state = _table(
    "payable_state", Column("day", Date, comment="business date from which it was owed"),
    Column("ended", Date, comment="business date on which it was paid; missing before"),
)  # fmt: skip
payment = _table(
    "payment_made", Column("elapsed", BigInteger, comment="seconds of the whole days since it became owed"),
    Column("day", Date, comment="business date on which it was paid"),
)  # fmt: skip
_TEXTS = [*((name, pa.string()) for name in _OWN), ("amount", pa.decimal128(38, 8))]
_OPENED = pa.schema([*_TEXTS, ("day", pa.date32())])
_STATES = pa.schema([*_TEXTS, ("day", pa.date32()), ("ended", pa.date32())])
_MADE = pa.schema([*_TEXTS, ("elapsed", pa.int64()), ("day", pa.date32())])
DAY = 24 * 60 * 60

Owed = tuple[str, str, str, str, str, str, Decimal]
"""The keys of the payable, its case and its partner, the kind of application, status, currency and amount."""


def _payables(uow: UnitOfWork) -> list[tuple[Owed, datetime, date | None]]:
    """Everything that was ever owed, since when, and on which day it was paid. One statement."""
    row, case = Payable, Case
    stmt = select(
        row.id, case.id, row.partner_id, case.type, row.status, row.currency, row.amount, row.opened_at, row.paid_on
    ).join(case, case.id == row.case_id)
    return [
        ((str(key), str(case_id), str(partner), kind, status.value, currency, amount), opened, paid)
        for key, case_id, partner, kind, status, currency, amount, opened, paid in uow.session.execute(stmt)
    ]


def opened(uow: UnitOfWork) -> pa.Table:
    """What is or was owed, on the day it arose."""
    return arrow(_OPENED, [(*owed, business_date(at)) for owed, at, _ in _payables(uow)])


def states(uow: UnitOfWork) -> pa.Table:
    """What was owed and not paid, from when until before when."""
    others, rows = turns(uow), []
    for owed, at, paid in _payables(uow):
        begins, ends = business_date(at), paid or date.max
        for since, until in cut(begins, ends, others.get(owed[2], ())) if begins < ends else ():
            rows.append((*owed, since, None if until == date.max else until))
    return arrow(_STATES, rows)


def made(uow: UnitOfWork) -> pa.Table:
    """What was paid, on its day, and how many whole days after it arose (in seconds)."""
    rows = [(*owed, max((paid - business_date(at)).days, 0) * DAY, paid) for owed, at, paid in _payables(uow) if paid]
    return arrow(_MADE, rows)


def version(uow: UnitOfWork) -> Hashable:
    """Another value whenever something about a payable changed: it changes with its case alone."""
    stmt = select(func.count(Payable.id), func.count(Payable.paid_on), func.max(Payable.paid_on))
    return tuple(uow.session.execute(stmt).one()), changes(uow), past_version(uow)


def _status_words(_: UnitOfWork, keys: Collection[str]) -> Mapping[str, str]:
    words = {status.value: status.words for status in PayableStatus}
    return {key: words.get(key, key) for key in keys}


def _facts(table: Table, words: str, snapshot: Snapshot, ended: str | None = None) -> Facts:
    col = table.c
    status = Dimension("payable_status", "Payment status", col.payable_status, MISSING, "Not stated", _status_words)
    every = (
        partner_dimension(col.partner_id), *partner_dimensions(col.partner_id, col.day),
        application_type_dimension(col.application_type), status,
    )  # fmt: skip
    return Facts(
        table=table, partner="partner_id", customer=None, cycle=None, day="day", currency="currency",
        dimensions={each.name: each for each in every}, snapshot=snapshot, ended=ended, words=words,
        permission=PERMISSION,
        lines=Lines(
            words.lower(),
            (LineColumn("day", "Paid" if table is payment else "Owed since", col.day, LineKind.DATE),
             case_column(col.case_id), "partner", "application_type", "payable_status",
             *((LineColumn("amount", "Amount", col.amount, LineKind.AMOUNT),) if table is payment else ())),
        ),
    )  # fmt: skip


PAYABLES = _facts(payable, "Payables", Snapshot(opened, version))
OPEN = _facts(payable_state, "Payables not paid yet", Snapshot(states, version), ended="ended")
PAYMENTS = _facts(payment, "Payments", Snapshot(made, version))

PAYABLE_COUNT = Measure(
    "payables", "Payables", Unit.COUNT, func.count(), None, True, "Claims that became owed to partners in the period."
)
PAYABLE_AMOUNT = Measure(
    "payable_amount", "Became payable", Unit.MONEY, func.sum(payable.c.amount), None, True,
    "What became owed to partners in the period, tax included, paid meanwhile or not.",
)  # fmt: skip
OPEN_COUNT = Measure(
    "payables_open", "Payables open", Unit.COUNT, func.count(), None, True,
    "What was owed and not paid at the end of the period. Its status is the one it has now.",
)  # fmt: skip
OPEN_AMOUNT = Measure(
    "payables_open_amount", "Owed", Unit.MONEY, func.sum(payable_state.c.amount), None, True,
    "What was owed to partners and not paid at the end of the period, tax included.",
)  # fmt: skip
PAYMENT_COUNT = Measure(
    "payments", "Payments", Unit.COUNT, func.count(), None, True, "Payables that were paid in the period."
)
PAID = Measure(
    "paid", "Paid", Unit.MONEY, func.sum(payment.c.amount), None, True,
    "What left the vendor's bank for partners in the period, tax included.",
)  # fmt: skip


def _time(part: str, share: str, said: str) -> Measure:
    return Measure(
        f"payment_time_{part}", f"Time to pay ({part})", Unit.DURATION,
        func.quantile_disc(payment.c.elapsed, literal_column(share)), None, False,
        f"{said} of the payments were made at most so many whole days after the claim became payable; the partner's"
        " time for its invoice is in it.",
    )  # fmt: skip


PAYMENT_TIME = (_time("median", "0.5", "Half"), _time("p90", "0.9", "Nine in ten"))

FACTS: Collection[Facts] = (PAYABLES, OPEN, PAYMENTS)
MEASURES: Mapping[Facts, tuple[Measure, ...]] = {
    PAYABLES: (PAYABLE_COUNT, PAYABLE_AMOUNT), OPEN: (OPEN_COUNT, OPEN_AMOUNT),
    PAYMENTS: (PAYMENT_COUNT, PAID, *PAYMENT_TIME),
}  # fmt: skip

"""Benefits as facts: what partners were granted, what is promised, used and left, at the end of any day (BEN-STA).

A row of `benefit_balance` is a stretch of days over which a pool stood the same; one of `benefit_movement` is a day's
money. Amounts are in the benefit's currency, tax included; days are business dates (GMT+08:00).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Hashable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import pairwise

import pyarrow as pa
from sqlalchemy import Column, Date, MetaData, Numeric, Table, Text, func, select

from models.applications.measures import PERMISSION, application_type_dimension
from models.benefits.queries import pooled_types
from models.benefits.service import quota_of_tier
from models.benefits.tables import TierQuota
from models.core.clock import business_date
from models.core.unit_of_work import UnitOfWork
from models.engines.definitions import ApplicationType
from models.engines.ledger import queries as ledger
from models.engines.statistics import Facts, LineColumn, LineKind, Lines, Measure, Snapshot, Unit
from models.engines.statistics.records import arrow
from models.partners.dimensions import END, partner_dimension, partner_dimensions
from models.partners.past import PastPartner, past, past_version
from models.partners.rules import Tier

_AMOUNTS = {
    "quota": "what was granted", "promised": "what is reserved", "used": "what was spent on approved claims",
    "remaining": "what can still be asked for",
}  # fmt: skip


def _own() -> tuple[Column[str], ...]:
    return (
        Column("partner_id", Text, comment="whose pool it is"),
        Column("application_type", Text, comment="the benefit"),
        Column("currency", Text, comment="of the amounts, tax included"),
    )


benefit_balance = Table(
    "benefit_balance", MetaData(), *_own(),
    *(Column(name, Numeric(38, 8), comment=words) for name, words in _AMOUNTS.items()),
    Column("day", Date, comment="first business date on which it stood so"),
    Column("ended", Date, comment="first business date on which it no longer did; missing while it does"),
)  # fmt: skip
benefit_movement = Table(
    "benefit_movement", MetaData(), *_own(), Column("granted", Numeric(38, 8), comment="what came to the pool"),
    Column("used", Numeric(38, 8), comment="what was spent on approved claims"),
    Column("day", Date, comment="business date"),
)  # fmt: skip
_OWN = [("partner_id", pa.string()), ("application_type", pa.string()), ("currency", pa.string())]
_MONEY = pa.decimal128(38, 8)
_BALANCES = pa.schema([*_OWN, *((name, _MONEY) for name in _AMOUNTS), ("day", pa.date32()), ("ended", pa.date32())])
_MOVEMENTS = pa.schema([*_OWN, ("granted", _MONEY), ("used", _MONEY), ("day", pa.date32())])
ZERO = Decimal(0)


@dataclass(slots=True)
class _Sums:
    """What a pool was granted, has used and has reserved; or by how much that changed on a day."""

    granted: Decimal = ZERO
    used: Decimal = ZERO
    reserved: Decimal = ZERO

    def add(self, other: _Sums | ledger.Movement) -> None:
        self.granted += other.granted
        self.used += other.used
        self.reserved += other.reserved


Pool = tuple[str, str, str]
"""Partner, benefit and currency."""


def balances(uow: UnitOfWork) -> pa.Table:
    """How every pool stood from when until before when.

    A quota that a tier brings and nobody has needed yet counts already, as it does wherever pools are shown.
    """
    moved, brought = _moved(uow), _brought(uow)
    rows: list[tuple[object, ...]] = []
    for each in past(uow):
        for made in pooled_types(uow):
            pool = str(each.id), made.key, made.currency
            rows += _stretches(pool, each, made, moved[pool], brought.get(pool[:2]))
    return arrow(_BALANCES, rows)


def movements(uow: UnitOfWork) -> pa.Table:
    """What pools were granted and what of them was spent, by day; what was taken back counts with a minus."""
    rows = [(*pool, each.granted, each.used, day) for pool, days in _moved(uow).items() for day, each in days.items()]
    return arrow(_MOVEMENTS, rows)


def version(uow: UnitOfWork) -> Hashable:
    """Another value whenever `balances` or `movements` would answer otherwise."""
    types = tuple((made.key, made.version) for made in pooled_types(uow))
    return ledger.movements_version(uow), past_version(uow), types


def _moved(uow: UnitOfWork) -> Mapping[Pool, dict[date, _Sums]]:
    found: dict[Pool, dict[date, _Sums]] = defaultdict(lambda: defaultdict(_Sums))
    for each in ledger.movements(uow):
        found[str(each.partner_id), each.pool, each.currency][business_date(each.at)].add(each)
    return found


def _brought(uow: UnitOfWork) -> Mapping[tuple[str, str], tuple[date, Decimal]]:
    """What of a pool a partner's tiers have brought, and since when."""
    row = TierQuota
    stmt = select(row.partner_id, row.pool, row.at, row.granted)
    return {
        (str(partner), pool): (business_date(at), amount) for partner, pool, at, amount in uow.session.execute(stmt)
    }


def _stretches(
    pool: Pool, each: PastPartner, made: ApplicationType, moved: Mapping[date, _Sums],
    brought: tuple[date, Decimal] | None,
) -> Iterator[tuple[object, ...]]:  # fmt: skip
    begins = min([each.joined_on, *moved])
    days = {day for day in each.turns() if day > begins} | {*moved, begins} | ({brought[0]} if brought else set())
    sums = _Sums()
    for day, until in pairwise([*sorted(days), END]):
        if day in moved:
            sums.add(moved[day])
        had = brought[1] if brought and day >= brought[0] else ZERO
        coming = max(quota_of_tier(made.parameters, Tier(each.tier.on(day))) - had, ZERO)
        granted = sums.granted + coming
        left = granted - sums.used - sums.reserved
        if granted or sums.used or sums.reserved:
            yield *pool, granted, sums.reserved, sums.used, left, day, None if until == END else until


def _facts(table: Table, words: str, snapshot: Snapshot, ended: str | None = None) -> Facts:
    since = LineColumn("day", "Stands so since" if ended else "Day", table.c.day, LineKind.DATE)
    made = (
        partner_dimension(table.c.partner_id), *partner_dimensions(table.c.partner_id, table.c.day),
        application_type_dimension(table.c.application_type),
    )  # fmt: skip
    return Facts(
        table=table, partner="partner_id", customer=None, cycle=None, day="day", currency="currency",
        dimensions={each.name: each for each in made}, snapshot=snapshot, ended=ended, words=words,
        permission=PERMISSION,
        lines=Lines("pools" if ended else "days of a pool", (since, "partner", "application_type", "tier")),
    )  # fmt: skip


BALANCES = _facts(benefit_balance, "Pools of benefits", Snapshot(balances, version), ended="ended")
MOVEMENTS = _facts(benefit_movement, "Money of benefits", Snapshot(movements, version))


def _sum(name: str, words: str, table: Table, column: str, definition: str) -> Measure:
    return Measure(name, words, Unit.MONEY, func.sum(table.c[column]), None, True, f"{definition} Tax included.")


QUOTA = _sum(
    "quota", "Quota", benefit_balance, "quota",
    "What partners were granted of a benefit until the end of the period: by tier, and what managers gave beyond.",
)  # fmt: skip
PROMISED = _sum(
    "promised", "Promised", benefit_balance, "promised",
    "What is reserved for applications and claims that are not settled, at the end of the period.",
)  # fmt: skip
USED = _sum(
    "quota_used", "Used", benefit_balance, "used",
    "What of the quota was spent on approved claims until the end of the period.",
)  # fmt: skip
REMAINING = _sum(
    "remaining", "Remaining", benefit_balance, "remaining",
    "What partners can still ask for, at the end of the period: quota less used less promised.",
)  # fmt: skip
REIMBURSED = _sum(
    "reimbursed", "Reimbursed", benefit_movement, "used",
    "What claims were approved in the period, less what was corrected.",
)  # fmt: skip
GRANTED = _sum(
    "quota_granted", "Quota granted", benefit_movement, "granted",
    "What came to the pools of partners in the period, less what was taken back.",
)  # fmt: skip

FACTS: Collection[Facts] = (BALANCES, MOVEMENTS)
MEASURES: Mapping[Facts, tuple[Measure, ...]] = {
    BALANCES: (QUOTA, PROMISED, USED, REMAINING), MOVEMENTS: (REIMBURSED, GRANTED),
}  # fmt: skip

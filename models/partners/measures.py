"""Partners as facts: how many there are, of what standing, and whether they do business (look of the whole ecosystem).

A row is a stretch of days over which a partner stood the same: kind, tier, programs, paths, active or dormant.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Collection, Hashable, Iterator, Mapping
from datetime import date
from functools import cache
from itertools import pairwise, product
from pathlib import Path

import pyarrow as pa
import yaml
from pydantic import BaseModel, ConfigDict, PositiveInt
from sqlalchemy import Column, ColumnElement, Date, MetaData, Table, Text, distinct, func

from models.core.unit_of_work import UnitOfWork
from models.engines.statistics import (
    MISSING,
    Dimension,
    Facts,
    Granularity,
    LineColumn,
    LineKind,
    Lines,
    Measure,
    Period,
    Question,
    Snapshot,
    Unit,
    ask,
    shift_month,
)
from models.engines.statistics.records import arrow
from models.expenditures.dimensions import EXPENDITURES
from models.expenditures.measures import EVER, SPENDING_CUSTOMERS, lake_state
from models.partners.dimensions import ATTRIBUTES, END, partner_dimension, partner_dimensions
from models.partners.past import PastPartner, members, past, past_version
from models.partners.rules import PartnerStatus

HERE = Path(__file__).parent / "definitions"


class StatisticsTerms(BaseModel):
    """What statistics about partners count by; a manager's setting."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    version: int
    active_within_months: PositiveInt


@cache
def terms() -> StatisticsTerms:
    """The terms of this version of the application."""
    return StatisticsTerms.model_validate(yaml.safe_load((HERE / "statistics.yaml").read_text(encoding="utf-8")))


partner_state = Table(
    "partner_state", MetaData(), Column("partner_id", Text, comment="the partner"),
    *(Column(name, Text, comment=f"{name.replace('_', ' ')} at the time") for name in ATTRIBUTES),
    Column("activity", Text, comment="active or dormant: whether customers spent something lately"),
    Column("day", Date, comment="first business date on which it stood so"),
    Column("ended", Date, comment="first business date on which it no longer did; missing while it does"),
)  # fmt: skip
_SCHEMA = pa.schema(
    [
        ("partner_id", pa.string()),
        *((name, pa.string()) for name in ATTRIBUTES),
        ("activity", pa.string()),
        ("day", pa.date32()),
        ("ended", pa.date32()),
    ]
)
ACTIVE, DORMANT = "active", "dormant"


def load(uow: UnitOfWork) -> pa.Table:
    """How every partner the actor may see stood since it joined; those that left end on that day.

    One row for each program and path it was in at the time.
    """
    spent = months_of_business(uow)
    return arrow(_SCHEMA, [row for each in past(uow) for row in _states(each, spent[str(each.id)])])


def version(uow: UnitOfWork) -> Hashable:
    """Another value whenever `load` would answer otherwise: partners, the lake, and the month that runs."""
    return past_version(uow), lake_state(uow), uow.today.replace(day=1)


def months_of_business(uow: UnitOfWork) -> Mapping[str, list[date]]:
    """By partner, the billing months in which a customer of it had a charge above zero, in order.

    Raises:
        LakeAway: the lake cannot be read.
    """
    question = Question(
        EXPENDITURES, (SPENDING_CUSTOMERS,), Period(EVER, uow.today.replace(day=1)), by=("partner",),
        granularity=Granularity.MONTH,
    )  # fmt: skip
    found: dict[str, list[date]] = defaultdict(list)
    for row in ask(uow, question).rows:
        if row.start and row.now[0]:
            found[row.keys[0]].append(row.start)
    return defaultdict(list, {partner: sorted(months) for partner, months in found.items()})


def _states(each: PastPartner, spent: list[date]) -> Iterator[tuple[object, ...]]:
    """The stretches of a partner, each with the programs and paths of the time."""
    within = terms().active_within_months
    turns = {shift_month(month, step) for month in spent for step in (0, within)} | set(each.turns())
    days = [each.joined_on, *sorted(day for day in turns if day > each.joined_on), END]
    for day, until in pairwise(days):
        status, tier = each.status.on(day), each.tier.on(day)
        if status == PartnerStatus.LEFT:
            continue
        activity = ACTIVE if _in_business(spent, day, within) else DORMANT
        programs, paths = members(each.programs, day), members(each.paths, day)
        for program, path in product(programs or (None,), paths or (None,)):
            yield (
                str(each.id), each.kind, tier, status, program, path, each.region, each.country, activity,
                day, None if until == END else until,
            )  # fmt: skip


def _in_business(spent: list[date], day: date, within: int) -> bool:
    """Whether one of the `within` months until that of the day is among those with business."""
    month = day.replace(day=1)
    newest = bisect_right(spent, month)
    return bool(newest) and spent[newest - 1] > shift_month(month, -within)


_col = partner_state.c
_activity = Dimension(
    "activity", "Activity", _col.activity, MISSING, "Not stated",
    lambda _, keys: {key: {ACTIVE: "Active", DORMANT: "Dormant"}.get(key, key) for key in keys},
)  # fmt: skip
DIMENSIONS: Mapping[str, Dimension] = {
    each.name: each
    for each in (
        partner_dimension(_col.partner_id),
        *partner_dimensions(_col.partner_id, _col.day, own={name: _col[name] for name in ATTRIBUTES}),
        _activity,
    )
}
PARTNERS = Facts(
    table=partner_state, partner="partner_id", customer=None, cycle=None, day="day", currency=None,
    dimensions=DIMENSIONS, snapshot=Snapshot(load, version), ended="ended", words="Partners",
    lines=Lines(
        "partners in their programs and paths",
        ("partner", "partner_kind", "tier", "partner_status", "program", "path", "sales_region", "country", "activity",
         LineColumn("day", "Stands so since", _col.day, LineKind.DATE)),
    ),
)  # fmt: skip


def _counted(name: str, words: str, where: ColumnElement[bool] | None, definition: str) -> Measure:
    count = func.count(distinct(_col.partner_id))
    return Measure(name, words, Unit.COUNT, count, where, False, definition)


PARTNER_COUNT = _counted(
    "partners", "Partners", None,
    "Partners that have joined and not left, at the end of the period. One in two programs counts in each, and once in"
    " the total.",
)  # fmt: skip
ACTIVE_PARTNERS = _counted(
    "active_partners", "Active partners", _col.activity == ACTIVE,
    f"Partners a customer of which had a charge above zero within {terms().active_within_months} billing months, the"
    " last of the period included.",
)  # fmt: skip
DORMANT_PARTNERS = _counted(
    "dormant_partners", "Dormant partners", _col.activity == DORMANT,
    f"Partners none of whose customers had a charge above zero within {terms().active_within_months} billing months.",
)  # fmt: skip

FACTS: Collection[Facts] = (PARTNERS,)
MEASURES: Mapping[Facts, tuple[Measure, ...]] = {PARTNERS: (PARTNER_COUNT, ACTIVE_PARTNERS, DORMANT_PARTNERS)}

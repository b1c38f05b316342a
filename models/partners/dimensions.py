"""By what facts of partners are grouped: the same names and keys in every fact table that names a partner and a day.

Kind, tier, program, path, sales region and country are those of the partner *on the day of the fact*, so that
a partner's rise to another tier leaves its past where it was.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from itertools import pairwise
from uuid import UUID

import pyarrow as pa
from sqlalchemy import Column, ColumnElement, Date, MetaData, Table, Text, and_

from models.core.countries import country as country_name
from models.core.unit_of_work import UnitOfWork
from models.engines.statistics import MISSING, Dimension, Labels, Lookup
from models.engines.statistics.records import arrow
from models.partners import queries
from models.partners.past import PastPartner, members, past, past_version
from models.partners.rules import PartnerKind, PartnerStatus, Tier

BEGINNING, END = date(1, 1, 1), date(9999, 12, 31)
ATTRIBUTES = ("partner_kind", "tier", "partner_status", "program", "path", "sales_region", "country")
"""The dimensions that hang on a partner and a day, and the columns of the same names."""

_SCHEMA = pa.schema(
    [
        ("partner_id", pa.string()),
        *((name, pa.string()) for name in ATTRIBUTES),
        ("since", pa.date32()),
        ("until", pa.date32()),
    ]
)


def intervals(uow: UnitOfWork) -> pa.Table:
    """How every partner the actor may see stood from when until when (exclusive), gapless and without overlap.

    Of several programs, or paths, the one that was joined first counts, so that no fact counts twice.
    """
    rows = []
    for each in past(uow):
        for since, until in pairwise([BEGINNING, *each.turns(), END]):
            rows.append((str(each.id), *attributes(each, since), since, until))
    return arrow(_SCHEMA, rows)


def attributes(each: PastPartner, day: date) -> tuple[str | None, ...]:
    """What `ATTRIBUTES` are of a partner on a day."""
    program, path = (next(iter(members(joined, day)), None) for joined in (each.programs, each.paths))
    return each.kind, each.tier.on(day), each.status.on(day), program, path, each.region, each.country


def turns(uow: UnitOfWork) -> Mapping[str, list[date]]:
    """By partner, the days from which `attributes` may be others: where facts that last over them are cut.

    A partner is found by its key with and without dashes, as databases write them (`records.key_text`).
    """
    found = {str(each.id): days for each in past(uow) if (days := each.turns())}
    return found | {key.replace("-", ""): days for key, days in found.items()}


def cut(begins: date, ends: date, at: Sequence[date]) -> Iterator[tuple[date, date]]:
    """A stretch of days (the end exclusive) in pieces that end where one of the days comes."""
    yield from pairwise([begins, *(day for day in at if begins < day < ends), ends])


def partner_at(partner: ColumnElement[str], day: ColumnElement[date]) -> Lookup:
    """How the partner of a fact stood on the fact's day."""
    table = Table(
        "partner_at", MetaData(), Column("partner_id", Text), *(Column(name, Text) for name in ATTRIBUTES),
        Column("since", Date), Column("until", Date),
    )  # fmt: skip
    on = and_(table.c.partner_id == partner, table.c.since <= day, table.c.until > day)
    return Lookup(table, on, intervals, past_version)


def partner_dimensions(
    partner: ColumnElement[str], day: ColumnElement[date], *, own: Mapping[str, ColumnElement[str]] | None = None
) -> tuple[Dimension, ...]:
    """The dimensions of a table's partner on its day, without `partner` itself; `own` are columns of the table that
    hold some of them already."""
    lookup = partner_at(partner, day)
    made = []
    for name, (words, missing, labels) in _WORDS.items():
        here = (own or {}).get(name)
        column = lookup.table.c[name] if here is None else here
        joined = lookup if here is None else None
        parent = "sales_region" if name == "country" else None
        made.append(Dimension(name, words, column, MISSING, missing, labels, lookup=joined, parent=parent))
    return tuple(made)


def partner_dimension(column: ColumnElement[str]) -> Dimension:
    """The dimension `partner` of a table whose facts all have one."""
    return Dimension("partner", "Partner", column, MISSING, "No partner", partner_names, many=True, parent="country")


def partner_names(uow: UnitOfWork, keys: Sequence[str]) -> dict[str, str]:
    """Names of partners by key; who is no longer among those the actor may see is told apart by the key's beginning."""
    found = queries.names(uow, uuids(keys))
    return {key: found.get(_uuid(key), f"Former partner {key[:8]}") for key in keys}  # type: ignore[arg-type]  # None finds nobody


def uuids(keys: Sequence[str]) -> list[UUID]:
    """Keys of the records; what is no key at all (an address can say anything) is left out."""
    return [key for key in map(_uuid, keys) if key is not None]


def _uuid(key: str) -> UUID | None:
    try:
        return UUID(key)
    except ValueError:
        return None


def _itself(_: UnitOfWork, keys: Sequence[str]) -> dict[str, str]:
    return {key: key for key in keys}


def _of_kind(words: Mapping[str, str]) -> Labels:
    return lambda _, keys: {key: words.get(key, key) for key in keys}


def _countries(_: UnitOfWork, keys: Sequence[str]) -> dict[str, str]:
    return {key: country_name(key) for key in keys}


_WORDS: Mapping[str, tuple[str, str, Labels]] = {
    "partner_kind": ("Partner kind", "No partner", _of_kind({each.value: each.words for each in PartnerKind})),
    "tier": ("Tier", "No partner", _of_kind({each.value: each.words for each in Tier})),
    "partner_status": ("Partner status", "No partner", _of_kind({each.value: each.words for each in PartnerStatus})),
    "program": ("Program", "No program", _itself),
    "path": ("Development path", "No path", _itself),
    "sales_region": ("Sales region", "No partner", _itself),
    "country": ("Country of the partner", "No partner", _countries),
}
"""Words of each attribute, of the missing one, and of its keys."""

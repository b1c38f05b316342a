"""Turns invented lines into one sorted Parquet file per billing cycle, as an import of the same lines would."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from models.core.settings import settings
from models.core.types import LAKE_PLACES
from models.demo.ecosystem import DemoCustomer
from models.demo.spending import BILL_TYPES, MODES, Ints, Lines, Pairs, Period, Spending
from models.demo.terms import DemoTerms, catalog, slug
from models.expenditures.facts import QUANTITY_PLACES, expenditure_line
from models.expenditures.rules import BillingMode, BillType

_EPOCH = date(1970, 1, 1)
_DAY = 86_400_000_000
_BUSINESS_OFFSET = 8 * 3_600_000_000
_COMMITTED = (BillingMode.RESERVED_HOURLY, BillingMode.RESERVED_UPFRONT, BillingMode.SAVINGS_PLAN)
_WORDS = {
    BillType.REFUND: "Refund: ", BillType.ADJUSTMENT: "Adjustment: ", BillType.CREDIT: "Service credit: ",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class CycleFile:
    """One month's lines: the file to be committed, and what the record store says of it."""

    cycle: date
    name: str
    path: Path
    sha256: str
    size: int
    lines: int
    totals: dict[str, Decimal]


def file_name(terms: DemoTerms, cycle: date) -> str:
    """The name that a month's lines were delivered under."""
    return f"{terms.source}-{cycle:%Y-%m}.parquet"


def cycles(span: Period) -> list[date]:
    """The first days of the months of a period."""
    found = {(span.first + timedelta(days=number)).replace(day=1) for number in range(span.days)}
    return sorted(found)


def write(
    terms: DemoTerms, customers: list[DemoCustomer], spending: Spending, span: Period, file_ids: dict[date, int],
    folder: Path,
) -> list[CycleFile]:  # fmt: skip
    """The files of all cycles, in `folder`; the same bytes for the same demo."""
    folder.mkdir(parents=True, exist_ok=True)
    lines = spending.lines
    owner = _Owners(customers, span)
    stay = owner.stay_of(lines)
    months = _months(span)
    order = np.lexsort((lines.day, owner.customer_rank[lines.customer], owner.partner_rank[stay], months[lines.day]))
    texts = _Texts(customers, spending.pairs)
    made = []
    for number, cycle in enumerate(cycles(span)):
        rows = order[months[lines.day[order]] == number]
        fixed = {
            "source": pa.scalar(terms.source), "file_id": pa.scalar(file_ids[cycle], pa.int64()),
            "provider": pa.scalar(settings().vendor_name),
        }  # fmt: skip
        table = _table(cycle, fixed, lines, rows, owner, stay[rows], texts, span)
        path = folder / f"{file_ids[cycle]}-{cycle:%Y-%m}.parquet"
        pq.write_table(table, path, compression="zstd", row_group_size=32_768)
        content = path.read_bytes()
        totals = _totals(customers, lines, rows)
        digest = hashlib.sha256(content).hexdigest()
        made.append(CycleFile(cycle, file_name(terms, cycle), path, digest, len(content), len(rows), totals))
    return made


def _months(span: Period) -> Ints:
    months = [span.first + timedelta(days=number) for number in range(span.days)]
    return np.array([(day.year - span.first.year) * 12 + day.month - span.first.month for day in months], np.int64)


def _totals(customers: list[DemoCustomer], lines: Lines, rows: Ints) -> dict[str, Decimal]:
    """Exact totals per currency: whole units of 10^-10, since metered amounts have ten decimals."""
    currency = np.array([customer.currency for customer in customers])[lines.customer[rows]]
    units = lines.amount[rows] // 100
    return {str(name): Decimal(int(units[currency == name].sum())).scaleb(-10) for name in sorted(np.unique(currency))}


class _Owners:
    """Whose a line is on its day: every stay of every customer in one list, and the ranks that sort by key."""

    def __init__(self, customers: list[DemoCustomer], span: Period) -> None:
        stays = [(number, stay) for number, customer in enumerate(customers) for stay in customer.stays]
        self.customers = [str(customer.id) for customer in customers]
        self.partners = [str(stay.partner.id) for _, stay in stays]
        self.sub_accounts = [customer.sub_account for customer in customers]
        self.names = [customer.name for customer in customers]
        self.currencies = [customer.currency for customer in customers]
        self.kinds = [str(stay.kind.value) for _, stay in stays]
        self._first = np.searchsorted([number for number, _ in stays], np.arange(len(customers)))
        moved = [span.number(c.stays[1].since) if len(c.stays) > 1 else 1 << 40 for c in customers]
        self._moved = np.array(moved, np.int64)
        self.customer_rank = np.argsort(np.argsort(np.array(self.customers)))
        self.partner_rank = np.unique(np.array(self.partners), return_inverse=True)[1]

    def stay_of(self, lines: Lines) -> Ints:
        """The stay that each line falls into."""
        stays: Ints = self._first[lines.customer] + (lines.day >= self._moved[lines.customer])
        return stays


class _Texts:
    """What the lines of a pair say in words."""

    def __init__(self, customers: list[DemoCustomer], pairs: Pairs) -> None:
        services, regions = catalog().services, list(catalog().regions.items())
        product = [services[s].products[p] for s, p in zip(pairs.service, pairs.product, strict=True)]
        self.family = [services[s].family for s in pairs.service]
        self.service = [services[s].name for s in pairs.service]
        self.product = [code for code, *_ in product]
        self.unit = [unit for _, _, unit, _ in product]
        self.region_id = [regions[r][0] for r in pairs.region]
        self.region_name = [regions[r][1] for r in pairs.region]
        self.words = [f"{name}, {place}" for (_, name, *_), place in zip(product, self.region_name, strict=True)]
        stage = ["prod" if number % 5 else "test" for number in range(len(pairs))]
        self.resource = [
            f"{place}-{stage[number]}-{code}-{number:05d}"
            for number, (place, code) in enumerate(zip(self.region_id, self.product, strict=True))
        ]
        self.resource_name = [
            f"{slug(customers[who].name).split('-')[0]}-{stage[number]}-{code}"
            for number, (who, code) in enumerate(zip(pairs.customer, self.product, strict=True))
        ]
        self.tags = [f'{{"environment": "{value}"}}' for value in stage]
        self.commitment = [f"commitment-{number:05d}" for number in range(len(pairs))]


def _table(
    cycle: date, fixed: dict[str, pa.Scalar], lines: Lines, rows: Ints, owner: _Owners, stay: Ints, texts: _Texts,
    span: Period,
) -> pa.Table:  # fmt: skip
    count = len(rows)
    pair, who, mode, bill = lines.pair[rows], lines.customer[rows], lines.mode[rows], lines.bill_type[rows]
    day = lines.day[rows] + (span.first - _EPOCH).days
    start = day * _DAY - _BUSINESS_OFFSET
    uncommitted = ~np.isin(mode, [MODES.index(kind) for kind in _COMMITTED])
    words = [_named([_WORDS.get(kind, "") for kind in BILL_TYPES], bill), _named(texts.words, pair), ""]
    columns = {name: pa.repeat(value, count) for name, value in fixed.items()} | {
        "cycle": pa.repeat(pa.scalar(cycle, pa.date32()), count),
        "line": pa.array(np.arange(2, count + 2, dtype=np.int64)),
        "partner_id": _named(owner.partners, stay),
        "customer_id": _named(owner.customers, who),
        "association_type": _named(owner.kinds, stay),
        "sub_account_id": _named(owner.sub_accounts, who),
        "sub_account_name": _named(owner.names, who),
        "service_family": _named(texts.family, pair),
        "service_type": _named(texts.service, pair),
        "product": _named(texts.product, pair),
        "region_id": _named(texts.region_id, pair),
        "region_name": _named(texts.region_name, pair),
        "bill_type": _named([str(kind.value) for kind in BILL_TYPES], bill),
        "billing_mode": _named([str(kind.value) for kind in MODES], mode),
        "charge_start": pa.array(start).cast(pa.timestamp("us", "UTC")),
        "charge_end": pa.array(start + _DAY).cast(pa.timestamp("us", "UTC")),
        "spent_on": pa.array(day.astype(np.int32)).cast(pa.date32()),
        "currency": _named(owner.currencies, who),
        "expenditure": _decimal(lines.amount[rows], 12, LAKE_PLACES),
        "list_price": _decimal(lines.list_price[rows], 12, LAKE_PLACES),
        "quantity": _decimal(lines.quantity[rows], 6, QUANTITY_PLACES),
        "unit": _named(texts.unit, pair),
        "commitment_id": _named(texts.commitment, pair, missing=uncommitted),
        "resource_id": _named(texts.resource, pair),
        "resource_name": _named(texts.resource_name, pair),
        "description": pc.binary_join_element_wise(*words),
        "tags": _named(texts.tags, pair),
    }
    return pa.table({column.name: columns[column.name] for column in expenditure_line.columns})


def _named(values: list[str], numbers: Ints, *, missing: npt.NDArray[np.bool_] | None = None) -> pa.Array:
    return pa.array(values, pa.string()).take(pa.array(numbers, mask=missing))


def _decimal(units: Ints, places: int, wanted: int) -> pa.Array:
    """Whole numbers of 10^-places as decimals with the wanted places, without going through floating point."""
    words = np.empty((len(units), 2), np.int64)
    words[:, 0], words[:, 1] = units, units >> 63  # 128 bits, the upper ones carry the sign
    exact = pa.Array.from_buffers(pa.decimal128(38, places), len(units), [None, pa.py_buffer(words.tobytes())])
    return exact.cast(pa.decimal128(38, wanted))

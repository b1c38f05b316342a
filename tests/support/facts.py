"""Expenditure lines for tests, straight into the lake: a test names only what it is about, the rest is believable."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from itertools import count, groupby
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from models.core.clock import business_midnight
from models.core.lake import lake
from models.expenditures.facts import expenditure_line
from models.expenditures.rules import BillingMode, BillType

Line = Mapping[str, Any]

_KINDS = {"BIGINT": pa.int64(), "TEXT": pa.string(), "DATE": pa.date32()}


def schema() -> pa.Schema:
    """The Arrow schema of the fact table."""
    kinds: dict[str, pa.DataType] = {}
    for column in expenditure_line.columns:
        name = str(column.type)
        if name.startswith("NUMERIC"):
            kinds[column.name] = pa.decimal128(column.type.precision, column.type.scale)  # type: ignore[attr-defined]
        else:
            kinds[column.name] = _KINDS.get(name, pa.timestamp("us", "UTC"))
    return pa.schema(kinds)


@dataclass
class FactBuilder:
    """Collects lines and commits them to the lake of this installation."""

    folder: Path
    source: str = "aws"
    _numbers: Any = field(default_factory=lambda: count(1))
    _commits: Any = field(default_factory=lambda: count(1))

    def line(self, spent_on: date, amount: str | Decimal | int, customer: Any = None, **given: Any) -> dict[str, Any]:
        """A line; `customer` is a row of the records (its partner is taken) or None for a line nobody mapped."""
        start = business_midnight(spent_on)
        kind = customer.association_type.value if customer is not None and customer.association_type else None
        fields: dict[str, Any] = {
            "source": self.source, "cycle": spent_on.replace(day=1), "file_id": 1, "line": next(self._numbers),
            "partner_id": str(customer.partner_id) if customer is not None and customer.partner_id else None,
            "customer_id": str(customer.id) if customer is not None else None,
            "association_type": kind, "sub_account_id": "100200300400", "sub_account_name": "Fleet",
            "provider": "AWS", "service_family": "Compute", "service_type": "Elastic compute", "product": "EC2-T3",
            "region_id": "eu-west-1", "region_name": "Europe (Ireland)", "bill_type": BillType.EXPENDITURE.value,
            "billing_mode": BillingMode.PAY_PER_USE.value, "charge_start": start,
            "charge_end": start + timedelta(hours=1),
            "spent_on": spent_on, "currency": "USD", "expenditure": Decimal(amount), "list_price": Decimal(amount),
            "quantity": Decimal(1), "unit": "Hours", "description": "Hours of a machine",
        }  # fmt: skip
        return fields | given

    def put(self, lines: Iterable[Line]) -> int:
        """Commit lines: one file for each cycle and delivery file. Answers the snapshot."""
        number = next(self._commits)
        key = lambda line: (line["source"], line["cycle"], line["file_id"])  # noqa: E731
        files: list[Path] = []
        for place, (_, group) in enumerate(groupby(sorted(lines, key=key), key)):
            path = self.folder / f"facts-{number}-{place}.parquet"
            _write(path, list(group))
            files.append(path)
        return lake().replace(expenditure_line, remove=None, files=files, commit_id=f"facts-{number}")


def _write(path: Path, lines: Sequence[Line]) -> None:
    shape = schema()
    rows = sorted(lines, key=lambda line: (line["partner_id"] or "", line["customer_id"] or "", line["spent_on"]))
    table = pa.Table.from_pylist([{name: line.get(name) for name in shape.names} for line in rows], schema=shape)
    pq.write_table(table, path)


def at_noon(day: date) -> datetime:
    """Noon UTC of a day."""
    return datetime.combine(day, time(12), UTC)

"""What the limited process shows values of every kind as."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pytest

from models.engines.sandbox import child
from models.engines.sandbox.process import Parameter
from tests.models.engines.sandbox.test_process import asked


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("CAST('a' AS ENUM ('a', 'b'))", "a"),
        ("[1, NULL]", "[1, null]"),
        ("{'a': DATE '2026-01-31'}", '{"a": "2026-01-31"}'),
        ("'ab'::BLOB", "6162"),
        ("TIMESTAMPTZ '2026-01-31 10:00:00+08'", datetime(2026, 1, 31, 2, tzinfo=UTC)),
        ("TIMESTAMP_S '2026-01-31 10:00:00'", datetime(2026, 1, 31, 10)),
        ("DATE '2026-01-31'", date(2026, 1, 31)),
        ("TIME '09:30:00'", "09:30:00"),
        ("1.50::DECIMAL(10, 2)", Decimal("1.50")),
        ("true", True),
        ("NULL", None),
        ("$nothing", None),
        ("$number + 1", Decimal("2.5")),
        ("$day + INTERVAL 1 DAY", datetime(2026, 2, 1)),
    ],
)
def test_a_value_of_any_kind_is_shown(value: str, shown: Any) -> None:
    given = (Parameter("nothing", "text", None), Parameter("number", "number", "1.5"),
             Parameter("day", "date", "2026-01-31"))  # fmt: skip
    used = [each for each in given if f"${each.name}" in value]
    ((found,),) = [row.values() for row in asked(f"SELECT {value} AS x", *used)]
    assert found == shown


def test_what_does_not_fit_into_a_frame_is_halved_until_it_does() -> None:
    batch = pa.record_batch({"x": list(range(1000))})
    pieces = list(child._pieces(batch, batch.nbytes // 3))
    assert len(pieces) > 2 and max(piece.nbytes for piece in pieces) <= batch.nbytes // 3
    assert pa.Table.from_batches(pieces).to_pydict() == {"x": list(range(1000))}


@pytest.mark.parametrize(
    ("batches", "most", "seen"), [([4, 4, 4], 6, [4, 3]), ([4, 2], 6, [4, 2]), ([4, 3], 6, [4, 3]), ([9], 3, [4])]
)
def test_one_row_more_than_the_most_says_that_there_are_more(batches: list[int], most: int, seen: list[int]) -> None:
    given = [pa.record_batch({"x": [0] * size}) for size in batches]
    assert [each.num_rows for each in child._bounded(given, most)] == seen

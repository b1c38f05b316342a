"""An answer as a pandas frame: exact values stay Decimals, so that nothing is lost on the way into a file."""

from __future__ import annotations

from typing import Any

import pandas as pd

from models.engines.statistics import Unit
from models.statistics.results import Result


def framed(result: Result) -> pd.DataFrame:
    """One row for each of the answer's. Columns are named by words; those of keys end in `(key)`."""
    columns: dict[str, list[Any]] = {}
    for place, dimension in enumerate(result.dimensions):
        columns[dimension.words] = [row.labels[place] for row in result.rows]
        columns[f"{dimension.words} (key)"] = [row.keys[place] for row in result.rows]
    if result.ask.granularity:
        columns[result.ask.granularity.value.capitalize()] = [row.start for row in result.rows]
    if any(measure.unit is Unit.MONEY for measure in result.measures):
        columns["Currency"] = [row.currency for row in result.rows]
    for place, measure in enumerate(result.measures):
        columns[measure.words] = [row.now[place] for row in result.rows]
        for number, other in enumerate(result.comparisons):
            columns[f"{measure.words}, {other.words}"] = [row.compared[number][place] for row in result.rows]
    return pd.DataFrame({name: pd.Series(values, dtype=object) for name, values in columns.items()})

"""The statistics engine: measures by dimensions over facts of the lake, always within the actor's scope.

It knows no area. An area declares `Facts`, `Measure` and `Dimension` objects and asks `Question`s; begin with
`terms.py` for the words and `engine.py` for how a question becomes one statement of DuckDB.
"""

from models.engines.statistics.terms import (
    MISSING,
    OTHER,
    UNMAPPED,
    Against,
    Dimension,
    Facts,
    Filter,
    Granularity,
    Lookup,
    Measure,
    Sort,
    Unit,
    month_end,
    shift_month,
)

__all__ = [
    "MISSING",
    "OTHER",
    "UNMAPPED",
    "Against",
    "Dimension",
    "Facts",
    "Filter",
    "Granularity",
    "Lookup",
    "Measure",
    "Sort",
    "Unit",
    "month_end",
    "shift_month",
]

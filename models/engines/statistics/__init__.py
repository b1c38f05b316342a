"""The statistics engine: measures by dimensions over facts of the lake or of the records, within the actor's scope.

It knows no area. An area declares `Facts`, `Measure` and `Dimension` objects and asks `Question`s; begin with
`terms.py` for the words and `engine.py` for how a question becomes one statement of DuckDB.
"""

from models.engines.statistics.compiling import narrowed
from models.engines.statistics.engine import LakeAway, ask, ask_together, data_from, data_through, fetch, forget, stream
from models.engines.statistics.lines import Line, LinePage, counted, line_columns, lines, lines_as_stream
from models.engines.statistics.question import Answer, Period, Question, Row
from models.engines.statistics.states import look_again
from models.engines.statistics.terms import (
    MISSING,
    OTHER,
    UNMAPPED,
    Against,
    Bought,
    Dimension,
    Facts,
    Filter,
    Granularity,
    Labels,
    LineColumn,
    LineKind,
    Lines,
    Lookup,
    Measure,
    Snapshot,
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
    "Answer",
    "Bought",
    "Dimension",
    "Facts",
    "Filter",
    "Granularity",
    "Labels",
    "LakeAway",
    "Line",
    "LineColumn",
    "LineKind",
    "LinePage",
    "Lines",
    "Lookup",
    "Measure",
    "Period",
    "Question",
    "Row",
    "Snapshot",
    "Sort",
    "Unit",
    "ask",
    "ask_together",
    "counted",
    "data_from",
    "data_through",
    "fetch",
    "forget",
    "line_columns",
    "lines",
    "lines_as_stream",
    "look_again",
    "month_end",
    "narrowed",
    "shift_month",
    "stream",
]

"""Lists as data: columns, filters, search, sort and actions of every list page; what managers change about them.

Begin with `schema.py` for what a list is and `sources.py` for what an area registers of it. `shaping.py` lays a
manager's adjustment over a list, `asking.py` reads what an address or a view asks for, `compiling.py` makes one
statement of it.
"""

from models.engines.lists.asking import Asked, asked_of, checked
from models.engines.lists.compiling import COUNTED_TO, ListRow, count, found_keys, read_page
from models.engines.lists.schema import (
    ColumnKind,
    FilterKind,
    ListAction,
    ListColumn,
    ListDefinition,
    ListFilter,
    load_list,
)
from models.engines.lists.shaping import Adjustment, ColumnChange, FilterChange, Shape, shaped
from models.engines.lists.sources import (
    Action,
    Behind,
    Field,
    Fill,
    Filled,
    Filter,
    Given,
    ListSource,
    Preview,
    all_sources,
    register,
    source_of,
)

__all__ = [
    "COUNTED_TO", "Action", "Adjustment", "Asked", "Behind", "ColumnChange", "ColumnKind", "Field", "Fill", "Filled",
    "Filter", "FilterChange", "FilterKind", "Given", "ListAction", "ListColumn", "ListDefinition", "ListFilter",
    "ListRow", "ListSource", "Preview", "Shape", "all_sources", "asked_of", "checked", "count", "found_keys",
    "load_list", "read_page", "register", "shaped", "source_of",
]  # fmt: skip

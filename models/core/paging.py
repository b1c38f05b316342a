"""Pages of a list by key: as quick on page 200 as on page 1, and no row twice when others write meanwhile."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Generic, TypeVar, TypeVarTuple, Unpack
from uuid import UUID

from sqlalchemy import ColumnElement, Integer, Select, and_, bindparam, literal, or_, tuple_
from sqlalchemy.exc import DataError, DBAPIError, StatementError
from sqlalchemy.orm import InstrumentedAttribute

from models.core.errors import Refused
from models.core.prepared import PreparedSelect

if TYPE_CHECKING:
    from models.core.unit_of_work import UnitOfWork

Ts = TypeVarTuple("Ts")
Row = TypeVar("Row")
Column = ColumnElement[Any] | InstrumentedAttribute[Any]


@dataclass(frozen=True, slots=True)
class Asc:
    """Sort upwards by a column that is never NULL (wrap one that may be in `coalesce`)."""

    column: Column
    up: bool = True


@dataclass(frozen=True, slots=True)
class Desc:
    """Sort downwards by a column that is never NULL."""

    column: Column
    up: bool = False


@dataclass(frozen=True, slots=True)
class PageRequest:
    """Which part of a list: `size` rows after (or, when `backwards`, before) the row a cursor names."""

    cursor: str | None = None
    size: int = 50
    backwards: bool = False


FIRST_PAGE = PageRequest()
DAMAGED = "This link to a page of the list is damaged. Open the list again."


@dataclass(frozen=True, slots=True)
class Page(Generic[Row]):
    """Rows in order and the cursors of the neighbouring pages (None where there is none)."""

    rows: tuple[Row, ...]
    next: str | None = None
    previous: str | None = None


def fetch_page(
    uow: UnitOfWork,
    stmt: Select[tuple[*Ts]],
    row: Callable[[Unpack[Ts]], Row],
    page: PageRequest,
    *,
    order: Sequence[Asc | Desc],
) -> Page[Row]:
    """One page of `stmt` in one statement. The last column of `order` is unique, so that pages do not overlap.

    Raises:
        Refused: the cursor is not one that this list gave out.
    """
    asked = keyset(stmt, page, order=order)
    with _places_of_lists_alone(page):
        found = uow.session.execute(asked).all()
    width = len(found[0]) - len(order) if found else 0  # a mapped class is one value, though many columns
    return page_of(found, width, page, row)


class PreparedList:
    """A list that is asked all day: its select is put together once for each set of conditions, then only asked.

    `conditions` by name, their values as `bindparam`s; `page` is given the values of those that hold this time.
    """

    def __init__(
        self, stmt: Select[Any], order: Sequence[Asc | Desc], conditions: Mapping[str, ColumnElement[bool]]
    ) -> None:
        columns = list(stmt.selected_columns)
        self._width = len(columns)
        shown = {id(column): place for place, column in enumerate(columns)}
        # A sort key that the rows show anyway is not read twice.
        behind = [key.column for key in order if id(_plain_column(key.column)) not in shown]
        shown |= {id(_plain_column(column)): place for place, column in enumerate(behind, len(columns))}
        self._keys = tuple(shown[id(_plain_column(key.column))] for key in order)
        self._stmt, self._order, self._conditions = stmt.add_columns(*behind), order, conditions
        self._prepared: dict[tuple[frozenset[str], bool, bool], PreparedSelect] = {}

    def page(
        self, uow: UnitOfWork, given: Mapping[str, Mapping[str, Any]], row: Callable[..., Row], page: PageRequest
    ) -> Page[Row]:
        """One page of the rows for which the conditions named in `given` hold, in one statement.

        Raises:
            Refused: the cursor is not one that this list gave out.
        """
        values = {name: value for each in given.values() for name, value in each.items()}
        if page.cursor:
            place = _read(page.cursor, len(self._order))
            values |= {f"place_{number}": value for number, value in enumerate(place)}
        prepared = self._select(frozenset(given), bool(page.cursor), page.backwards)
        with _places_of_lists_alone(page):
            found = prepared.all(uow, values | {"most": page.size + 1})
        return page_of(found, self._width, page, row, keys=self._keys)

    def _select(self, names: frozenset[str], onwards: bool, backwards: bool) -> PreparedSelect:
        key = (names, onwards, backwards)
        if key not in self._prepared:
            stmt = self._stmt.where(*(self._conditions[name] for name in sorted(names)))
            if onwards:
                values = [bindparam(f"place_{n}", type_=by.column.type) for n, by in enumerate(self._order)]
                stmt = stmt.where(_beyond(self._order, values, backwards=backwards))
            most = bindparam("most", type_=Integer)
            stmt = stmt.order_by(*_directions(self._order, backwards=backwards)).limit(most)
            self._prepared[key] = PreparedSelect(stmt)
        return self._prepared[key]


def _plain_column(column: Column) -> Any:
    """What a select calls a mapped class's attribute."""
    return getattr(column, "expression", column)


@contextmanager
def _places_of_lists_alone(page: PageRequest) -> Iterator[None]:
    """Only what is asked for by the address can be no value of its column: a list's own cursors always are."""
    try:
        yield
    except StatementError as error:
        if page.cursor and (isinstance(error, DataError) or not isinstance(error, DBAPIError)):
            raise Refused(DAMAGED) from error
        raise


def keyset(stmt: Select[Any], page: PageRequest, *, order: Sequence[Asc | Desc]) -> Select[Any]:
    """The select cut to the page, one row more and its sort keys behind; what `page_of` makes a page of.

    Raises:
        Refused: the cursor is not one that this list gave out.
    """
    if page.cursor:
        place = zip(order, _read(page.cursor, len(order)), strict=True)
        values = [literal(value, key.column.type) for key, value in place]
        stmt = stmt.where(_beyond(order, values, backwards=page.backwards))
    stmt = stmt.add_columns(*(key.column for key in order))
    return stmt.order_by(*_directions(order, backwards=page.backwards)).limit(page.size + 1)


def _directions(order: Sequence[Asc | Desc], *, backwards: bool) -> list[ColumnElement[Any]]:
    return [key.column.asc() if key.up is not backwards else key.column.desc() for key in order]


def page_of(
    found: Sequence[Sequence[Any]],
    width: int,
    page: PageRequest,
    row: Callable[..., Row],
    *,
    keys: Sequence[int] = (),
) -> Page[Row]:
    """A page of the rows that a `keyset` select found; the first `width` columns are the row's own.

    The sort keys stand behind them, or at the places that `keys` names.
    """
    more, found = len(found) > page.size, found[: page.size]
    if page.backwards:
        found = found[::-1]
    if not found:
        return Page(())
    places = keys or range(width, len(found[0]))
    first, last = (_write([end[place] for place in places]) for end in (found[0], found[-1]))
    has_next, has_previous = (True, more) if page.backwards else (more, page.cursor is not None)
    return Page(
        tuple(row(*values[:width]) for values in found),
        next=last if has_next else None,
        previous=first if has_previous else None,
    )


def _beyond(
    order: Sequence[Asc | Desc], values: Sequence[ColumnElement[Any]], *, backwards: bool
) -> ColumnElement[bool]:
    """(a, b) > (x, y): as one comparison, which an index serves, unless the columns go in different directions."""
    ways = {key.up is not backwards for key in order}
    if len(ways) == 1:
        place = tuple_(*(key.column for key in order))
        given = tuple_(*values)
        return place > given if ways.pop() else place < given
    choices = []
    for index, (key, value) in enumerate(zip(order, values, strict=True)):
        equal = [before.column == values[i] for i, before in enumerate(order[:index])]
        upwards = key.up is not backwards
        choices.append(and_(*equal, key.column > value if upwards else key.column < value))
    return or_(*choices)


def containing(words: str) -> str:
    """A pattern for `lower(column).like(…, escape="/")`: the words, wherever they stand."""
    plain = words.strip().lower().replace("/", "//").replace("%", "/%").replace("_", "/_")
    return f"%{plain}%"


def _write(values: Sequence[Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps([_pack(value) for value in values]).encode()).decode()


def _read(cursor: str, length: int) -> list[Any]:
    try:
        values = [_unpack(kind, text) for kind, text in json.loads(base64.urlsafe_b64decode(cursor))]
    except (ValueError, TypeError, KeyError, ArithmeticError, RecursionError) as error:
        raise Refused(DAMAGED) from error
    if len(values) != length:
        raise Refused("This link belongs to another order of the list. Open the list again.")
    return values


def _pack(value: Any) -> tuple[str, Any]:
    if isinstance(value, datetime):
        return "t", value.astimezone(UTC).isoformat()
    if isinstance(value, date):
        return "d", value.isoformat()
    if isinstance(value, UUID):
        return "u", str(value)
    if isinstance(value, Decimal):
        return "n", str(value)
    return "j", value


def _plain(value: Any) -> Any:
    if isinstance(value, (dict, list)):
        raise TypeError("a sort key is one value")
    return value


_READERS: dict[str, Callable[[Any], Any]] = {
    "t": datetime.fromisoformat,
    "d": date.fromisoformat,
    "u": UUID,
    "n": Decimal,
    "j": _plain,
}


def _unpack(kind: str, text: Any) -> Any:
    return _READERS[kind](text)

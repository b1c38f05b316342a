"""Pages of a list by key: as quick on page 200 as on page 1, and no row twice when others write meanwhile."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Generic, TypeVar, TypeVarTuple, Unpack
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, literal, or_, tuple_
from sqlalchemy.orm import InstrumentedAttribute

from models.core.errors import Refused

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
    found = uow.session.execute(keyset(stmt, page, order=order)).all()
    width = len(found[0]) - len(order) if found else 0  # a mapped class is one value, though many columns
    return page_of(found, width, page, row)


def keyset(stmt: Select[Any], page: PageRequest, *, order: Sequence[Asc | Desc]) -> Select[Any]:
    """The select cut to the page, one row more and its sort keys behind; what `page_of` makes a page of.

    Raises:
        Refused: the cursor is not one that this list gave out.
    """
    if page.cursor:
        stmt = stmt.where(_beyond(order, _read(page.cursor, len(order)), backwards=page.backwards))
    directions = [key.column.asc() if key.up is not page.backwards else key.column.desc() for key in order]
    return stmt.add_columns(*(key.column for key in order)).order_by(*directions).limit(page.size + 1)


def page_of(
    found: Sequence[Sequence[Any]], width: int, page: PageRequest, row: Callable[[Unpack[tuple[Any, ...]]], Row]
) -> Page[Row]:
    """A page of the rows that a `keyset` select found; the first `width` columns are the row's own."""
    more, found = len(found) > page.size, found[: page.size]
    if page.backwards:
        found = found[::-1]
    if not found:
        return Page(())
    first, last = _write(found[0][width:]), _write(found[-1][width:])
    has_next, has_previous = (True, more) if page.backwards else (more, page.cursor is not None)
    return Page(
        tuple(row(*values[:width]) for values in found),
        next=last if has_next else None,
        previous=first if has_previous else None,
    )


def _beyond(order: Sequence[Asc | Desc], values: list[Any], *, backwards: bool) -> ColumnElement[bool]:
    """(a, b) > (x, y): as one comparison, which an index serves, unless the columns go in different directions."""
    ways = {key.up is not backwards for key in order}
    if len(ways) == 1:
        place = tuple_(*(key.column for key in order))
        given = tuple_(*(literal(value, key.column.type) for key, value in zip(order, values, strict=True)))
        return place > given if ways.pop() else place < given
    choices = []
    for index, (key, value) in enumerate(zip(order, values, strict=True)):
        equal = [before.column == values[i] for i, before in enumerate(order[:index])]
        upwards = key.up is not backwards
        choices.append(and_(*equal, key.column > value if upwards else key.column < value))
    return or_(*choices)


def _write(values: Sequence[Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps([_pack(value) for value in values]).encode()).decode()


def _read(cursor: str, length: int) -> list[Any]:
    try:
        values = [_unpack(kind, text) for kind, text in json.loads(base64.urlsafe_b64decode(cursor))]
    except (ValueError, TypeError, KeyError, ArithmeticError) as error:
        raise Refused("This link to a page of the list is damaged. Open the list again.") from error
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

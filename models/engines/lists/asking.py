"""What an address or a saved view asks of a list; what makes no sense is named and left out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from models.core.errors import Problem
from models.core.types import AMOUNT_PLACES
from models.engines.lists.schema import FilterKind, ListFilter
from models.engines.lists.shaping import Shape
from models.engines.lists.sources import Filter, ListSource

SEARCH, ORDER, COLUMNS = "q", "order", "columns"
BETWEEN, AND = "..", "~"
Params = Mapping[str, Sequence[str]]
LARGEST = Decimal(9 * 10**10)


@dataclass(frozen=True, slots=True)
class Asked:
    """A question to a list: values of filters, words to search for, the order and the columns (empty: the list's)."""

    filters: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    search: str = ""
    sort: str = ""
    columns: tuple[str, ...] = ()

    @property
    def narrows(self) -> bool:
        """Whether it leaves rows out."""
        return bool(self.filters or self.search.strip())

    def params(self) -> dict[str, list[str]]:
        """As an address or a saved view keeps it; nothing that is empty."""
        made = {name: list(values) for name, values in self.filters.items() if values}
        made |= {SEARCH: [self.search.strip()], ORDER: [self.sort], COLUMNS: [AND.join(self.columns)]}
        return {name: values for name, values in made.items() if any(values)}


NOTHING_ASKED = Asked()


def asked_of(shape: Shape, params: Params) -> Asked:
    """What an address asks for, unchecked."""

    def first(name: str) -> str:
        return next(iter(params.get(name, ())), "")

    filters = {name: tuple(dict.fromkeys(params[name])) for name in shape.filters if params.get(name)}
    columns = tuple(filter(None, first(COLUMNS).split(AND)))
    return Asked(filters, first(SEARCH), first(ORDER), columns)


def names_state(shape: Shape, params: Params) -> bool:
    """Whether an address says anything about what is listed and how."""
    return any(params.get(name) for name in (SEARCH, ORDER, COLUMNS, *shape.filters))


def checked(source: ListSource, shape: Shape, asked: Asked) -> tuple[Asked, list[Problem]]:
    """The part of a question that makes sense, and what does not, in words: a column that is gone, a wrong value."""
    problems: list[Problem] = []
    filters: dict[str, tuple[str, ...]] = {}
    for name, values in asked.filters.items():
        if name not in shape.filters:
            problems.append(_gone("filter", name))
            continue
        kept = tuple(value for value in values if _is_value(source.filters[name], shape.filters[name], value))
        label = shape.filters[name].label
        problems += [
            Problem("LIST-VALUE", f'{label}: there is no "{value[:60]}"; it is left out.', name)
            for value in values
            if value not in kept
        ]
        if shape.filters[name].kind.a_range or shape.filters[name].kind is FilterKind.TEXT:
            kept = kept[-1:]
        if kept:
            filters[name] = kept
    columns = tuple(dict.fromkeys(name for name in asked.columns if name in shape.columns))
    problems += [_gone("column", name) for name in asked.columns if name not in shape.columns]
    sort = asked.sort
    if sort and sort.removeprefix("-") not in shape.sorts:
        problems.append(Problem("LIST-SORT", f"The list cannot be sorted by {_bare(sort)}; it keeps its order."))
        sort = ""
    return Asked(filters, asked.search.strip(), sort, columns), problems


def _is_value(behind: Filter, named: ListFilter, value: str) -> bool:
    try:
        parsed(behind, named, value)
    except (ValueError, ArithmeticError):
        return False
    return True


def parsed(behind: Filter, named: ListFilter, value: str) -> Any:
    """A value of the address as the filter compares it; of a range both ends, None where it is open.

    Raises:
        ValueError: it is none.
    """
    if named.nothing and value == named.nothing:
        return None
    match named.kind:
        case FilterKind.DATE | FilterKind.INSTANT:
            return _range(value, _day)
        case FilterKind.AMOUNT:
            return _range(value, _amount)
        case FilterKind.COUNT:
            return _range(value, _whole)
        case FilterKind.YES_NO:
            return {"yes": True, "no": False}[value] if value in ("yes", "no") else _refuse(value)
        case FilterKind.TEXT:
            return value.strip() or _refuse(value)
    return behind.parse(value)


def _range(value: str, read: Any) -> tuple[Any, Any]:
    low, between, high = value.partition(BETWEEN)
    if not between or not (low or high):
        raise ValueError(f"{value!r} is no range")
    first, last = read(low) if low else None, read(high) if high else None
    if first is not None and last is not None and first > last:
        raise ValueError(f"{value!r} ends before it begins")
    return first, last


def _day(text: str) -> date:
    found = date.fromisoformat(text)
    if not 1900 <= found.year <= 9000:
        raise ValueError(f"{text!r} is no day that anything happened")
    return found


def _amount(text: str) -> Decimal:
    try:
        found = Decimal(text)
    except InvalidOperation:
        raise ValueError(f"{text!r} is no amount") from None
    exponent = found.as_tuple().exponent
    if not found.is_finite() or abs(found) > LARGEST or not isinstance(exponent, int) or exponent < -AMOUNT_PLACES:
        raise ValueError(f"{text!r} is no amount")
    return found


def _whole(text: str) -> int:
    found = int(text)
    if abs(found) > 2**53:
        raise ValueError(f"{text!r} is too large")
    return found


def _refuse(value: str) -> Any:
    raise ValueError(f"{value!r} is no value")


def _gone(what: str, name: str) -> Problem:
    return Problem("LIST-GONE", f"The {what} {_bare(name[:60])} is not in this list; it is left out.", name)


def _bare(name: str) -> str:
    return name[:60].removeprefix("-").replace("_", " ")

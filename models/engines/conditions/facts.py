"""Facts as conditions see them: their types, and the way from a fact's JSON value to CEL's."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any, Literal

from cel_expr_python import cel

from models.core.errors import Problem, Refused
from models.core.types import AMOUNT_PLACES

FactType = Literal["text", "count", "usd", "date", "yes_no", "rows"]
"""`usd` is an amount in the case's currency; `rows` are the lines of a form, a list of mappings."""
FactTypes = Mapping[str, FactType]

CEL_TYPES: dict[FactType, cel.Type] = {
    "text": cel.Type.STRING, "count": cel.Type.INT, "usd": cel.Type.INT, "date": cel.Type.TIMESTAMP,
    "yes_no": cel.Type.BOOL, "rows": cel.Type.List(cel.Type.Map(cel.Type.STRING, cel.Type.DYN)),
}  # fmt: skip
_WANTED: dict[FactType, str] = {
    "text": "text", "count": "a whole number", "usd": "an amount as text, such as '8640.50'",
    "date": "a day as text, such as '2026-05-21'", "yes_no": "true or false", "rows": "a list of rows",
}  # fmt: skip
_DAY = re.compile(r"[1-9]\d{3}-\d{2}-\d{2}")
_LARGEST = 2**63 - 1
"""What a whole number of CEL holds; in amounts about 92 billion."""


def units(amount: object) -> int:
    """An amount as a whole number of 10^-8 units.

    Raises:
        ValueError: it is no amount, has more than eight decimals, or is beyond 92 billion.
    """
    if isinstance(amount, bool) or not isinstance(amount, str | int):
        raise ValueError(f"{amount!r} is no amount")
    try:
        scaled = Decimal(amount).scaleb(AMOUNT_PLACES)
    except InvalidOperation:
        raise ValueError(f"{amount!r} is no amount") from None
    if not scaled.is_finite() or scaled != scaled.to_integral_value():
        raise ValueError(f"{amount} has more than {AMOUNT_PLACES} decimals")
    return _held(int(scaled))


def day(text: object) -> datetime:
    """A date as the instant at which CEL compares it.

    Raises:
        ValueError: it is no date of the form 2026-05-21.
    """
    if not isinstance(text, str) or not _DAY.fullmatch(text):
        raise ValueError(f"{text!r} is no date")
    return datetime.combine(date.fromisoformat(text), datetime.min.time(), UTC)


def sum_of(rows: Any, column: str, only: str = "") -> int:
    """The sum of a column of amounts over rows, in 10^-8 units; of those rows alone where `only` is yes.

    An empty cell is no amount, and no yes.

    Raises:
        ValueError: a cell holds what is no amount, or neither yes nor no.
    """
    lines = [_plain(row) for row in _plain(rows)]
    chosen = [line for line in lines if not only or _yes(_plain(line.get(only)))]
    cells = (_plain(line.get(column)) for line in chosen)
    return _held(sum(_amount(cell) for cell in cells if cell not in (None, "")))


def _yes(value: Any) -> bool:
    return False if value in (None, "") else _yes_no(value)


def _plain(value: Any) -> Any:
    """CEL hands over its own values inside lists and mappings."""
    return value.plain_value() if isinstance(value, cel.Value) else value


def _held(number: int) -> int:
    if abs(number) > _LARGEST:
        raise ValueError("it is too large")
    return number


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise ValueError(f"{value!r} is no text")
    return value


def _count(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise ValueError(f"{value!r} is no whole number")
    return _held(value)


def _amount(value: Any) -> int:
    return units(_text(value))


def _yes_no(value: Any) -> bool:
    if not isinstance(value, bool):
        raise ValueError(f"{value!r} is neither yes nor no")
    return value


def _rows(value: Any) -> list[Mapping[str, Any]]:
    if not isinstance(value, list) or not all(isinstance(row, Mapping) for row in value):
        raise ValueError(f"{value!r} are no rows")
    return value


_ENTERS: dict[FactType, Callable[[Any], Any]] = {
    "text": _text, "count": _count, "usd": _amount, "date": day, "yes_no": _yes_no, "rows": _rows,
}  # fmt: skip


def leave(kind: FactType, value: Any) -> Any:
    """CEL's value as the JSON value of a fact.

    Raises:
        ValueError: it is none of this type.
    """
    if kind == "usd" and isinstance(value, int) and not isinstance(value, bool):
        amount = Decimal(value).scaleb(-AMOUNT_PLACES)
        return str(amount.quantize(Decimal("0.01")) if amount == round(amount, 2) else amount.normalize())
    if kind == "date" and isinstance(value, datetime):
        return value.date().isoformat()
    if kind in ("text", "count", "yes_no"):
        return _ENTERS[kind](value)
    raise ValueError(f"{value!r} is no {kind}")


def fits(kind: FactType, value: Any) -> bool:
    """Whether a JSON value is what a fact of this type holds."""
    try:
        _ENTERS[kind](value)
    except ValueError:
        return False
    return True


def enter(types: FactTypes, facts: Mapping[str, Any]) -> dict[str, Any]:
    """The declared facts that are there, as CEL takes them; what is not declared stays outside.

    Raises:
        Refused: values are not what their facts were declared to be (CONDITION-FACT, one for each fact).
    """
    entered, wrong = {}, []
    for name, kind in types.items():
        if (value := facts.get(name)) is not None:
            try:
                entered[name] = _ENTERS[kind](value)
            except ValueError:
                shown = repr(value) if len(repr(value)) <= 60 else f"{repr(value)[:60]}…"
                wrong.append(Problem("CONDITION-FACT", f"{name} has to be {_WANTED[kind]}, not {shown}.", name))
    if wrong:
        raise Refused(wrong)
    return entered

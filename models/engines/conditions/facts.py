"""Facts as conditions see them: their types, and the way from a fact's JSON value to CEL's."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any, Literal

from cel_expr_python import cel

from models.core.types import AMOUNT_PLACES

FactType = Literal["text", "count", "usd", "date", "yes_no", "rows"]
"""`usd` is an amount in the case's currency; `rows` are the lines of a form, a list of mappings."""
FactTypes = Mapping[str, FactType]

CEL_TYPES: dict[FactType, cel.Type] = {
    "text": cel.Type.STRING, "count": cel.Type.INT, "usd": cel.Type.INT, "date": cel.Type.TIMESTAMP,
    "yes_no": cel.Type.BOOL, "rows": cel.Type.List(cel.Type.Map(cel.Type.STRING, cel.Type.DYN)),
}  # fmt: skip


def units(amount: Decimal | str | int) -> int:
    """An amount as a whole number of 10^-8 units.

    Raises:
        ValueError: it is no amount, or has more than eight decimals.
    """
    if isinstance(amount, float):
        raise ValueError("an amount is never a float")
    try:
        scaled = Decimal(amount).scaleb(AMOUNT_PLACES)
    except InvalidOperation:
        raise ValueError(f"{amount!r} is no amount") from None
    if not scaled.is_finite() or scaled != scaled.to_integral_value():
        raise ValueError(f"{amount} has more than {AMOUNT_PLACES} decimals")
    return int(scaled)


def day(text: str) -> datetime:
    """A date as the instant at which CEL compares it."""
    return datetime.combine(date.fromisoformat(str(text)), datetime.min.time(), UTC)


def sum_of(rows: Any, column: str, only: str = "") -> int:
    """The sum of a column of amounts over rows, in 10^-8 units; of those rows alone where `only` is yes."""
    return sum(units(_plain(row[column]) or 0) for row in map(_plain, _plain(rows)) if not only or _plain(row[only]))


def _plain(value: Any) -> Any:
    """CEL hands over its own values inside lists and mappings."""
    return value.plain_value() if isinstance(value, cel.Value) else value


_ENTERS: dict[FactType, Callable[[Any], Any]] = {
    "text": str, "count": int, "usd": units, "date": day, "yes_no": bool, "rows": list,
}  # fmt: skip


def enter(types: FactTypes, facts: Mapping[str, Any]) -> dict[str, Any]:
    """The declared facts that are there, as CEL takes them; what is not declared stays outside."""
    return {name: _ENTERS[kind](facts[name]) for name, kind in types.items() if facts.get(name) is not None}

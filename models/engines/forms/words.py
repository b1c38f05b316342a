"""A form's values as people read them (BEN-COM-07, BEN-COM-08)."""

from __future__ import annotations

from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from models.engines.forms.schema import Field
from models.engines.forms.values import is_empty

NOTHING = "--"


def words(field: Field, value: Any) -> str:
    """A value as people read it: `3,422.00`, `Aug 23, 2024`, `Yes`; `--` for nothing.

    What is not what the field asks for (a draft may hold it) is shown as it was typed.
    """
    if is_empty(value):
        return NOTHING
    match field.type:
        case "yes_no":
            return ("No", "Yes")[value] if isinstance(value, bool) else str(value)
        case "files":
            return _number_of(value, "file")
        case "rows":
            return _number_of(value, "row")
        case "agreement":
            return f"Agreed to version {value}"
        case "count":
            return f"{value:,}" if isinstance(value, int) else str(value)
        case "usd" | "computed":
            return amount_words(value)
        case "date":
            return _day(value)
    return str(value)


def amount_words(value: Any) -> str:
    """An amount with thousands set apart and at least two decimals: `8,640.00`."""
    try:
        amount = Decimal(str(value))
    except InvalidOperation:
        return str(value)
    if not amount.is_finite():
        return str(value)
    whole, _, rest = f"{amount:,f}".partition(".")
    return f"{whole}.{rest.rstrip('0').ljust(2, '0')}"


def _day(value: Any) -> str:
    try:
        return f"{date.fromisoformat(str(value)):%b %d, %Y}"
    except ValueError:
        return str(value)


def _number_of(value: Any, noun: str) -> str:
    return f"{len(value)} {noun}{'' if len(value) == 1 else 's'}" if isinstance(value, list) else str(value)

"""Everything that is wrong with a filled-in form, in words that name the remedy, each at its field."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from models.core.errors import Problem
from models.engines.conditions import FactTypes
from models.engines.forms.schema import Field, Form
from models.engines.forms.values import Data, demanded, shown, types_of, with_computed

LONG_TEXT = 1_000
"""Most characters of a long text where the field says nothing else (BEN-COM-05)."""
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
_PHONE = re.compile(r"\+?[\d ()/-]{5,25}")
_NOTHING: tuple[object, ...] = (None, "", [])


def problems(form: Form, data: Data, *, step: int | None = None) -> list[Problem]:
    """Everything wrong with the data of a form, or of one of its steps (counted from 0); empty when nothing is.

    Only fields that are shown count. A field inside rows is named `budget[0].amount`.
    Source: BEN-COM-03 (required fields), BEN-COM-05 (counters), BEN-COM-07 (USD with two decimals).
    """
    full, types = with_computed(form, data), types_of(form)
    steps = form.steps if step is None else form.steps[step : step + 1]
    return [
        problem
        for part in steps
        for field in part.fields
        if shown(field, full, types)
        for problem in _of_field(field, full.get(field.name), field.name, demanded(field, full, types), types)
    ]


def _of_field(field: Field, value: Any, place: str, needed: bool, types: FactTypes) -> Iterator[Problem]:
    if field.type in ("note", "computed"):
        return
    if value in _NOTHING or (isinstance(value, str) and not value.strip()):
        if needed:
            yield Problem("FORM-REQUIRED", _missing(field), place)
        return
    if judge := _JUDGES.get(field.type):
        text = judge(field, value)
        if text:
            yield Problem("FORM-VALUE", f"{field.label}: {text}", place)
    if field.type == "rows":
        yield from _of_rows(field, value, place, types)


def _of_rows(field: Field, rows: Any, place: str, types: FactTypes) -> Iterator[Problem]:
    if not isinstance(rows, list) or not all(isinstance(row, Mapping) for row in rows):
        yield Problem("FORM-VALUE", f"{field.label}: these are no rows.", place)
        return
    for number, row in enumerate(rows):
        for column in field.of:
            for problem in _of_field(column, row.get(column.name), f"{place}[{number}].{column.name}",
                                     column.required, types):  # fmt: skip
                yield Problem(problem.code, f"{field.label}, row {number + 1}: {problem.text}", problem.field)


def _missing(field: Field) -> str:
    match field.type:
        case "agreement":
            return f"Read and accept: {field.label}."
        case "files":
            return f"Attach a file: {field.label}."
        case "rows":
            return f"Add at least one row: {field.label}."
        case "choice":
            return f"Choose: {field.label}."
    return f"Fill in: {field.label}."


def _text(field: Field, value: Any) -> str:
    most = field.most or (LONG_TEXT if field.type == "long_text" else None)
    if not isinstance(value, str):
        return "this is no text."
    return f"{len(value):,}/{most:,} characters; shorten it." if most and len(value) > most else ""


def _email(field: Field, value: Any) -> str:
    return "" if _EMAIL.fullmatch(str(value)) else "write an address such as name@company.example."


def _phone(field: Field, value: Any) -> str:
    return "" if _PHONE.fullmatch(str(value)) else "write a number with its country code, such as +371 20000000."


def _choice(field: Field, value: Any) -> str:
    return "" if value in field.options else f"choose one of {', '.join(field.options)}."


def _yes_no(field: Field, value: Any) -> str:
    return "" if isinstance(value, bool) else "choose yes or no."


def _date(field: Field, value: Any) -> str:
    try:
        date.fromisoformat(str(value))
    except ValueError:
        return "choose a day, such as 2026-05-21."
    return ""


def _count(field: Field, value: Any) -> str:
    if isinstance(value, bool) or not isinstance(value, int):
        return "write a whole number."
    if value < (field.least or 0):
        return f"at least {field.least or 0:,}."
    return f"at most {field.most:,}." if field.most is not None and value > field.most else ""


def _usd(field: Field, value: Any) -> str:
    try:
        amount = Decimal(str(value)) if not isinstance(value, float) else Decimal("NaN")
    except InvalidOperation:
        amount = Decimal("NaN")
    if not amount.is_finite():
        return "write an amount such as 8640.00."
    if amount < 0:
        return "an amount is never below zero."
    exponent = amount.normalize().as_tuple().exponent
    return "at most two decimals." if isinstance(exponent, int) and exponent < -2 else ""


def _files(field: Field, value: Any) -> str:
    if not isinstance(value, list) or not all(isinstance(file, Mapping) and file.get("sha256") for file in value):
        return "attach the file again."
    return f"at most {field.files.most}; remove some." if len(value) > field.files.most else ""


_JUDGES: dict[str, Callable[[Field, Any], str]] = {
    "text": _text, "long_text": _text, "email": _email, "phone": _phone, "choice": _choice, "yes_no": _yes_no,
    "date": _date, "count": _count, "usd": _usd, "files": _files,
}  # fmt: skip

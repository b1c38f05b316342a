"""Everything that is wrong with a filled-in form, in words that name the remedy, each at its field."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from models.core.errors import Problem
from models.engines.conditions import fits
from models.engines.forms.schema import Field, Form
from models.engines.forms.values import Data, Filled, columns_of, holds_data, is_blank, is_empty

LONG_TEXT = 1_000
"""Most characters of a long text where the field says nothing else (BEN-COM-05)."""
TEXT = 10_000
"""Most characters of any other text that names no limit: more was pasted by mistake."""
ADDRESS = 254
"""Most characters of an e-mail address (RFC 5321)."""
ROWS = 500
"""Most rows where the field says nothing else."""
LARGEST_COUNT = 10**12
LARGEST_AMOUNT = Decimal(100_000_000)
"""Of one amount: the sum of as many rows as there can be is still exact (`conditions.facts`)."""
EMAIL = r"[^@\s]+@[^@\s]+\.[^@\s]+"
PHONE = r"\+?[0-9 ()/-]{5,25}"
AMOUNT = r"[0-9]{1,9}(\.[0-9]{1,2}0*)?"


def problems(
    form: Form, data: Data, *, step: int | None = None, versions: Mapping[str, str] | None = None
) -> list[Problem]:
    """Everything wrong with the data of a form, or of one of its steps (counted from 0); empty when nothing is.

    Only fields that are shown count. A field inside rows is named `budget[0].amount`. `versions` are those of the
    agreements of today, by key: who accepted another one has to read it again.
    Source: BEN-COM-03 (required fields), BEN-COM-05 (counters), BEN-COM-07 (USD with two decimals).
    """
    filled = Filled(form, data)
    found = [
        problem
        for number, part in enumerate(form.steps)
        if step in (None, number)
        for field in part.fields
        if filled.shown(field)
        for problem in _of_field(field, filled.value(field.name), field.name, filled.demanded(field))
    ]
    found += _outdated(filled, step, versions or {})
    return found + [
        Problem("FORM-RULE", rule.text, rule.field)
        for rule in form.rules
        if step in (None, form.step_of(rule.field)) and not filled.keeps(rule)
    ]


def _outdated(filled: Filled, step: int | None, versions: Mapping[str, str]) -> Iterator[Problem]:
    for field in filled.shown_fields():
        if field.type != "agreement" or step not in (None, filled.form.step_of(field.name)):
            continue
        accepted, today = filled.value(field.name), versions.get(field.agreement)
        if isinstance(accepted, str) and accepted and today is not None and accepted != today:
            text = f"{field.label}: there is version {today} now. Read and accept it."
            yield Problem("FORM-AGREEMENT", text, field.name)


def _of_field(field: Field, value: Any, place: str, needed: bool) -> Iterator[Problem]:
    if field.type == "computed" or not holds_data(field):
        return
    if is_empty(value):
        if needed:
            yield Problem("FORM-REQUIRED", _missing(field), place)
        return
    if text := _JUDGES[field.type](field, value):
        yield Problem("FORM-VALUE", f"{field.label}: {text}", place)
    elif field.type == "rows":
        yield from _of_rows(field, value, place, needed)


def _of_rows(field: Field, rows: list[Data], place: str, needed: bool) -> Iterator[Problem]:
    """Of each row that has anything in it; fixed ones always have."""
    written = [n for n, row in enumerate(rows) if field.fixed or not is_blank(row)]
    if needed and not written:
        yield Problem("FORM-REQUIRED", _missing(field), place)
    for number in written:
        row = rows[number]
        name = str(row.get(field.of[0].name)) if field.fixed else f"row {number + 1}"
        for column in columns_of(field, number):
            at = f"{place}[{number}].{column.name}"
            for problem in _of_field(column, row.get(column.name), at, column.required):
                yield Problem(problem.code, f"{field.label}, {name}: {problem.text}", at)


def _missing(field: Field) -> str:
    match field.type:
        case "agreement":
            return f"Read and accept: {field.label}."
        case "files":
            return f"Attach a file: {field.label}."
        case "rows":
            return f"Add at least one row: {field.label}."
        case "choice" | "yes_no":
            return f"Choose: {field.label}."
    return f"Fill in: {field.label}."


def most_characters(field: Field) -> int:
    """How long a text may be."""
    return field.most or {"long_text": LONG_TEXT, "email": ADDRESS}.get(field.type, TEXT)


def _text(field: Field, value: Any) -> str:
    most = most_characters(field)
    if not isinstance(value, str):
        return "this is no text."
    return f"{len(value):,}/{most:,} characters; shorten it." if len(value) > most else ""


def _email(field: Field, value: Any) -> str:
    if text := _text(field, value):  # first: the pattern takes very long over what is very long
        return text
    return "" if re.fullmatch(EMAIL, value) else "write an address such as name@company.example."


def _phone(field: Field, value: Any) -> str:
    right = isinstance(value, str) and re.fullmatch(PHONE, value)
    return "" if right else "write a number with its country code, such as +371 20000000."


def _choice(field: Field, value: Any) -> str:
    return "" if value in field.options else f"choose one of {', '.join(field.options)}."


def _yes_no(field: Field, value: Any) -> str:
    return "" if isinstance(value, bool) else "choose yes or no."


def _date(field: Field, value: Any) -> str:
    return "" if fits("date", value) else f"choose a day, such as {date(2026, 5, 21)}."


def _count(field: Field, value: Any) -> str:
    if isinstance(value, bool) or not isinstance(value, int):
        return "write a whole number."
    least, most = least_count(field), most_count(field)
    if value < least:
        return f"at least {least:,}."
    return f"at most {most:,}." if value > most else ""


def least_count(field: Field) -> int:
    """The smallest count."""
    return field.least or 0


def most_count(field: Field) -> int:
    """The largest count."""
    return LARGEST_COUNT if field.most is None else field.most


def _usd(field: Field, value: Any) -> str:
    try:
        amount = Decimal(value) if isinstance(value, str) else Decimal("NaN")
    except InvalidOperation:
        amount = Decimal("NaN")
    if not amount.is_finite():
        return "write an amount such as 8640.00."
    if amount < 0:
        return "an amount is never below zero."
    if amount > LARGEST_AMOUNT:
        return f"at most {LARGEST_AMOUNT:,.2f}."
    if re.fullmatch(AMOUNT, value):
        return ""
    exponent = amount.normalize().as_tuple().exponent
    too_fine = isinstance(exponent, int) and exponent < -2
    return "at most two decimals." if too_fine else "write an amount such as 8640.00."


def _agreement(field: Field, value: Any) -> str:
    return "" if isinstance(value, str) else "read and accept it again."


def _files(field: Field, value: Any) -> str:
    if not isinstance(value, list) or not all(_is_file(file) for file in value):
        return "attach the file again."
    return f"at most {field.files.most}; remove some." if len(value) > field.files.most else ""


def _is_file(file: Any) -> bool:
    return isinstance(file, Mapping) and all(isinstance(file.get(name), str) and file[name] for name in ("sha256",))


def _rows(field: Field, value: Any) -> str:
    if not isinstance(value, list) or not all(isinstance(row, Mapping) for row in value):
        return "these are no rows."
    return f"at most {most_rows(field):,} rows; remove some." if len(value) > most_rows(field) else ""


def most_rows(field: Field) -> int:
    """How many rows there may be."""
    return len(field.fixed) or field.most or ROWS


_JUDGES: dict[str, Callable[[Field, Any], str]] = {
    "text": _text, "long_text": _text, "email": _email, "phone": _phone, "choice": _choice, "yes_no": _yes_no,
    "date": _date, "count": _count, "usd": _usd, "figure": _count, "files": _files, "rows": _rows,
    "agreement": _agreement,
}  # fmt: skip

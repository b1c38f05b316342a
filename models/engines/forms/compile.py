"""A form as JSON Schema 2020-12: what a revision of it looks like to whoever reads or sends one by program.

Data that `validation.problems` finds nothing in fits it once `values.submitted` took it. The schema knows less than
the form: conditions that are more than comparisons with a word, and rules over several fields, stay with the form.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from models.engines.forms.schema import Field, Form
from models.engines.forms.validation import (
    AMOUNT,
    EMAIL,
    PHONE,
    least_count,
    most_characters,
    most_count,
    most_rows,
)
from models.engines.forms.values import columns_of, holds_data

DIALECT = "https://json-schema.org/draft/2020-12/schema"
Schema = dict[str, Any]

_FILE: Schema = {
    "type": "object",
    "properties": {
        "sha256": {"type": "string", "minLength": 1}, "name": {"type": "string"}, "size": {"type": "integer"},
    },
    "required": ["sha256"],
}  # fmt: skip
_WORD = re.compile(r"(?P<no>!)?(?P<name>[a-z][a-z0-9_]*)")
_COMPARED = re.compile(r"(?P<name>[a-z][a-z0-9_]*) (?P<how>==|!=) '(?P<word>[^'\\]*\S[^'\\]*)'")
_AMONG = re.compile(r"(?P<name>[a-z][a-z0-9_]*) in \[(?P<words>'[^'\\]+'(?:, *'[^'\\]+')*)\]")


def json_schema(form: Form) -> Schema:
    """The schema of a form's revisions: each step a group of properties, rows as arrays, conditions as `if`.

    Source: architecture §3.4.
    """
    conditions = [condition for field in form.fields() if holds_data(field) for condition in _conditions(form, field)]
    return {
        "$schema": DIALECT,
        "title": form.title,
        "type": "object",
        "allOf": [_step(step.title, step.fields) for step in form.steps] + conditions,
        "unevaluatedProperties": False,
    }


def _step(title: str, fields: tuple[Field, ...]) -> Schema:
    held = [field for field in fields if holds_data(field)]
    needed = [field.name for field in held if field.required and not field.shown_if and field.type != "computed"]
    group: Schema = {"title": title, "properties": {field.name: _value(field) for field in held}}
    return group | ({"required": needed} if needed else {})


def _value(field: Field) -> Schema:
    described = {"title": field.label} | ({"description": field.help} if field.help else {})
    return described | _KINDS[field.type](field)


def _text(field: Field) -> Schema:
    return {"type": "string", "pattern": r"\S", "maxLength": most_characters(field)}


def _rows(field: Field) -> Schema:
    if field.fixed:
        rows = [_row(columns_of(field, n), fixed.values) for n, fixed in enumerate(field.fixed)]
        return {"type": "array", "prefixItems": rows, "items": False, "minItems": len(rows)}
    return {"type": "array", "items": _row(field.of, {}), "minItems": 1, "maxItems": most_rows(field)}


def _row(columns: tuple[Field, ...], values: dict[str, str]) -> Schema:
    held = [column for column in columns if holds_data(column)]
    return {
        "type": "object",
        "properties": {column.name: _value(column) for column in held}
        | {name: {"const": value} for name, value in values.items()},
        "required": [column.name for column in held if column.required],
        "additionalProperties": False,
    }


_KINDS: dict[str, Callable[[Field], Schema]] = {
    "text": _text, "long_text": _text, "rows": _rows,
    "email": lambda field: _text(field) | {"format": "email", "pattern": f"^{EMAIL}$"},
    "phone": lambda _: {"type": "string", "pattern": f"^{PHONE}$"},
    "choice": lambda field: {"enum": list(field.options)},
    "yes_no": lambda _: {"type": "boolean"},
    "date": lambda _: {"type": "string", "format": "date", "pattern": "^[1-9][0-9]{3}-[0-9]{2}-[0-9]{2}$"},
    "count": lambda field: {"type": "integer", "minimum": least_count(field), "maximum": most_count(field)},
    "usd": lambda _: {"type": "string", "pattern": f"^{AMOUNT}$"},
    "computed": lambda _: {"type": "string", "pattern": r"^-?[0-9]+(\.[0-9]+)?$", "readOnly": True},
    "files": lambda field: {"type": "array", "items": _FILE, "minItems": 1, "maxItems": field.files.most},
    "agreement": lambda _: {"type": "string", "minLength": 1},
}  # fmt: skip


# ---- conditions ----


def _conditions(form: Form, field: Field) -> list[Schema]:
    """When a field has to be there, and when it must not; what cannot be expressed is left to the form."""
    there = {"required": [field.name]}
    found: list[Schema] = []
    shown = _condition(form, field.shown_if)
    if shown is not None:
        found.append({"if": shown, "else": {"properties": {field.name: False}}})
        if field.required and field.type != "computed":
            found.append({"if": shown, "then": there})
    demanded = _condition(form, field.required_if)
    if demanded is not None and (shown is not None or not field.shown_if):
        found.append({"if": demanded if shown is None else {"allOf": [shown, demanded]}, "then": there})
    return found


def _condition(form: Form, expression: str) -> Schema | None:
    """A condition as a schema, or None when it is more than words compared and joined by `&&` and `||`."""
    if not expression:
        return None
    for sign, word in (("||", "anyOf"), ("&&", "allOf")):
        if sign in expression:
            parts = [_condition(form, part.strip()) for part in expression.split(sign)]
            return None if any(part is None for part in parts) else {word: parts}
    name, value = _compared(expression)
    field = form.field(name)
    comparable = field is not None and field.type in ("yes_no", "choice", "text", "long_text", "email", "phone")
    return {"properties": {name: value}, "required": [name]} if comparable else None


def _compared(expression: str) -> tuple[str, Schema]:
    """The field that a comparison is about, and what it has to be; no field when it is no such comparison."""
    if found := _WORD.fullmatch(expression):
        return found["name"], {"const": found["no"] is None}
    if found := _COMPARED.fullmatch(expression):
        word = {"const": found["word"]}
        return found["name"], word if found["how"] == "==" else {"not": word}
    if found := _AMONG.fullmatch(expression):
        return found["name"], {"enum": re.findall(r"'([^']+)'", found["words"])}
    return "", {}

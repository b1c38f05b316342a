"""What is different between two revisions of a form: side by side, in words, for whoever reviews it again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from models.engines.forms.schema import Field, Form
from models.engines.forms.values import Data, columns_of, holds_data, is_empty, with_computed
from models.engines.forms.words import words


@dataclass(frozen=True, slots=True)
class Change:
    """A field whose value changed; `field` is its place (`budget[0].amount`)."""

    field: str
    label: str
    before: str
    after: str


def changes(form: Form, before: Data, after: Data) -> list[Change]:
    """Every field that differs, in the order of the form; rows are compared line by line.

    Files that are other files of the same number differ as well: their names say so.
    """
    old, new = with_computed(form, before), with_computed(form, after)
    found: list[Change] = []
    for field in form.fields():
        was, now = old.get(field.name), new.get(field.name)
        if field.type == "rows":
            found += _of_rows(field, was, now)
        elif not same(was, now):
            found.append(Change(field.name, field.label, *_pair(field, was, now)))
    return found


def same(one: Any, other: Any) -> bool:
    """Whether two values mean the same; nothing is nothing, however it is written."""
    return one == other or (is_empty(one) and is_empty(other))


def _of_rows(field: Field, was: Any, now: Any) -> list[Change]:
    old, new = _lines(was), _lines(now)
    found = []
    for number in range(max(len(old), len(new))):
        before = old[number] if number < len(old) else {}
        after = new[number] if number < len(new) else {}
        first = field.of[0].name
        name = str(after.get(first) or before.get(first) or f"row {number + 1}")
        for column in columns_of(field, number):
            one, other = before.get(column.name), after.get(column.name)
            if holds_data(column) and not same(one, other):
                place, label = f"{field.name}[{number}].{column.name}", f"{field.label}: {name}, {column.label}"
                found.append(Change(place, label, *_pair(column, one, other)))
    return found


def _lines(value: Any) -> list[Mapping[str, Any]]:
    return [row for row in value if isinstance(row, Mapping)] if isinstance(value, list) else []


def _pair(field: Field, before: Any, after: Any) -> tuple[str, str]:
    one, other = words(field, before), words(field, after)
    if one != other or field.type != "files":
        return one, other
    return _names(before), _names(after)


def _names(files: Any) -> str:
    return ", ".join(str(file.get("name") or "") for file in files if isinstance(file, Mapping))

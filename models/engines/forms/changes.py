"""What is different between two revisions of a form: side by side, in words, for whoever reviews it again."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from models.engines.forms.schema import Field, Form
from models.engines.forms.values import Data, with_computed

NOTHING = "--"


@dataclass(frozen=True, slots=True)
class Change:
    """A field whose value changed; `field` is its place (`budget[0].amount`)."""

    field: str
    label: str
    before: str
    after: str


def changes(form: Form, before: Data, after: Data) -> list[Change]:
    """Every field that differs, in the order of the form; rows are compared line by line."""
    old, new = with_computed(form, before), with_computed(form, after)
    found: list[Change] = []
    for field in form.fields():
        if field.type == "rows":
            found += _of_rows(field, old.get(field.name) or [], new.get(field.name) or [])
        elif old.get(field.name) != new.get(field.name):
            found.append(
                Change(field.name, field.label, words(field, old.get(field.name)), words(field, new.get(field.name)))
            )
    return found


def _of_rows(field: Field, old: list[dict[str, Any]], new: list[dict[str, Any]]) -> list[Change]:
    found = []
    for number in range(max(len(old), len(new))):
        was = old[number] if number < len(old) else {}
        now = new[number] if number < len(new) else {}
        name = str(now.get(field.of[0].name) or was.get(field.of[0].name) or f"row {number + 1}")
        for column in field.of:
            if was.get(column.name) != now.get(column.name):
                place, label = f"{field.name}[{number}].{column.name}", f"{field.label}: {name}, {column.label}"
                pair = (words(column, was.get(column.name)), words(column, now.get(column.name)))
                found.append(Change(place, label, *pair))
    return found


def words(field: Field, value: Any) -> str:
    """A value as people read it; `--` for nothing."""
    if value in (None, "", []):
        return NOTHING
    match field.type:
        case "yes_no":
            return "Yes" if value else "No"
        case "files":
            return f"{len(value)} file{'' if len(value) == 1 else 's'}"
        case "rows":
            return f"{len(value)} row{'' if len(value) == 1 else 's'}"
        case "agreement":
            return f"Agreed to version {value}"
        case "count":
            return f"{value:,}"
        case "usd" | "computed":
            whole, _, rest = str(value).partition(".")
            return f"{int(whole):,}.{rest.ljust(2, '0')}"
    return str(value)

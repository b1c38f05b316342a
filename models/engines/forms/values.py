"""What a form holds for conditions, formulas and the case: types of its fields, computed amounts, rows, facts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from models.core.errors import Refused
from models.core.money import exact_text
from models.engines.conditions import FactType, FactTypes, compiled, fits, formula
from models.engines.forms.schema import Field, Form, FormRule

_TYPES: dict[str, FactType] = {
    "text": "text", "long_text": "text", "email": "text", "phone": "text", "choice": "text", "yes_no": "yes_no",
    "date": "date", "count": "count", "usd": "usd", "computed": "usd", "rows": "rows", "files": "rows",
    "agreement": "text",
}  # fmt: skip

Data = Mapping[str, Any]
Earlier = Mapping[str, Data]
"""What a case holds beside the form at hand: the data of its earlier forms, by form."""


class Filled:
    """A form with the data at hand: computed amounts in their places, conditions answered.

    `data` holds every field but notes: None for what is not filled in or not shown, a list for rows. What a field is
    shown by or worked out from stands before it (`lint.py` sees to that); what cannot be worked out yet is None.
    """

    def __init__(self, form: Form, data: Data) -> None:
        self.form = form
        self.types = types_of(form)
        self.data: dict[str, Any] = {
            field.name: None if is_empty(value := data.get(field.name)) else value
            for field in form.fields()
            if holds_data(field)
        }
        self._hidden: set[str] = set()
        for field in form.fields():
            if field.shown_if and not self._holds(field.shown_if, missing=False):
                self._hidden.add(field.name)
                self.data.pop(field.name, None)
            elif field.type == "rows":
                self.data[field.name] = rows_of(field, data.get(field.name))
            elif field.type == "computed":
                self.data[field.name] = self._amount(field.computed)

    def value(self, name: str) -> Any:
        """A field's value."""
        return self.data.get(name)

    def shown(self, field: Field) -> bool:
        """Whether a field is there: a condition over what is not (or wrongly) filled in hides it."""
        return field.name not in self._hidden

    def demanded(self, field: Field) -> bool:
        """Whether a field has to be filled in."""
        return field.required or bool(field.required_if and self._holds(field.required_if, missing=False))

    def keeps(self, rule: FormRule) -> bool:
        """Whether a rule holds; one that cannot be judged yet does."""
        return self._holds(rule.holds, missing=True)

    def shown_fields(self) -> Iterator[Field]:
        """The fields that are there, in order."""
        return (field for field in self.form.fields() if self.shown(field))

    def _holds(self, expression: str, *, missing: bool) -> bool:
        condition = compiled(expression, self.types)
        try:
            return condition.evaluate(self.data, missing=missing)
        except Refused:  # a value that is no date or number yet; validation says so at its field
            return missing

    def _amount(self, expression: str) -> str | None:
        worked_out = formula(expression, self.types)
        try:
            amount = worked_out.evaluate(self.data)
        except Refused:
            return None
        return None if amount is None else exact_text(amount)


def types_of(form: Form) -> dict[str, FactType]:
    """The fields of a form as facts that its own conditions may name."""
    return {field.name: _TYPES[field.type] for field in form.fields() if field.type in _TYPES}


def holds_data(field: Field) -> bool:
    """Whether a field (or column) is part of the data; notes and what only stands beside are not."""
    return field.type not in ("note", "earlier")


def is_empty(value: object) -> bool:
    """Whether nothing was filled in; a number and a no are something."""
    return value is None or value == [] or (isinstance(value, str) and not value.strip())


def is_blank(row: Data) -> bool:
    """Whether nothing was filled in anywhere in a row; a box that is not ticked is nothing there."""
    return all(cell is False or is_empty(cell) for cell in row.values())


# ---- rows ----


def rows_of(field: Field, value: Any) -> Any:
    """The rows of a field: fixed ones all, with their own values; what is no list of rows is handed back as it is."""
    given = [] if is_empty(value) else value
    if not field.fixed or not isinstance(given, list):
        return given
    typed = [row if isinstance(row, Mapping) else {} for row in given] + [{}] * len(field.fixed)
    return [{**row, **fixed.values} for row, fixed in zip(typed, field.fixed, strict=False)]


def columns_of(field: Field, number: int) -> tuple[Field, ...]:
    """The columns as they are in one row: a figure is a count or an amount, files are required where the row says."""
    if number >= len(field.fixed):
        return field.of
    row = field.fixed[number]
    return tuple(_in_row(column, row.unit, row.required, row.template) for column in field.of)


def _in_row(column: Field, unit: str, required: bool, template: str) -> Field:
    if column.type == "figure":
        return column.model_copy(update={"type": unit})
    if column.type == "files":
        terms = column.files.model_copy(update={"template": template or column.files.template})
        return column.model_copy(update={"required": required or column.required, "files": terms})
    return column


# ---- what an earlier form holds ----


def copied(source: str, earlier: Earlier) -> Any:
    """What `application.activity_name` leads to; None when there is no such form or value."""
    form, _, name = source.partition(".")
    return earlier.get(form, {}).get(name)


def beside(field: Field, rows: Any, earlier: Earlier) -> list[dict[str, Any]]:
    """What stands beside each row, by column: values of the earlier rows with the same text in the first column.

    When several rows are called alike, the first belongs to the first, the second to the second.
    """
    if not isinstance(rows, list):
        return []
    first, found = field.of[0].name, [dict[str, Any]() for _ in rows]
    for column in field.of:
        if column.type != "earlier":
            continue
        source, _, name = column.copy_from.rpartition(".")
        waiting = [row for row in copied(source, earlier) or [] if isinstance(row, Mapping)]
        for number, row in enumerate(rows):
            key = _called(row, first)
            match = next((one for one in waiting if key and _called(one, first) == key), None)
            if match is not None:
                waiting.remove(match)
                found[number][column.name] = match.get(name)
    return found


def _called(row: Any, column: str) -> str:
    return str(row.get(column) or "").strip().casefold() if isinstance(row, Mapping) else ""


def begun(form: Form, data: Data, earlier: Earlier) -> dict[str, Any]:
    """The data of a draft with what it begins with: fields that nobody touched take what an earlier form holds, or the
    one thing that can be chosen where something has to be.

    Rows are not copied by themselves: a budget is not what was spent.
    """
    full = dict(data)
    for field in form.fields():
        if field.copy_from and field.type not in ("rows", "earlier", "files", "agreement") and field.name not in full:
            value = copied(field.copy_from, earlier)
            if not is_empty(value):
                full[field.name] = value
        if (only := only_choice(field)) and field.name not in full:
            full[field.name] = only
    return full


def only_choice(field: Field) -> str | None:
    """The option of a field that has to be chosen and has no other."""
    return field.options[0] if field.type == "choice" and field.required and len(field.options) == 1 else None


def rows_to_copy(field: Field, earlier: Earlier) -> list[dict[str, Any]]:
    """The rows that can be copied into a field, with the columns that both have; none when there is no source."""
    names = [column.name for column in field.of if holds_data(column) and column.type != "files"]
    rows = (copied(field.copy_from, earlier) if field.copy_from else None) or []
    return [{name: row[name] for name in names if not is_empty(row.get(name))} for row in rows]


# ---- for the case ----


def storable(value: Any) -> Any:
    """What was typed, without the sign NUL that comes with some pasted texts: PostgreSQL keeps it nowhere."""
    if isinstance(value, str):
        return value.replace("\x00", "")
    if isinstance(value, Mapping):
        return {name: storable(each) for name, each in value.items()}
    return [storable(each) for each in value] if isinstance(value, list | tuple) else value


def with_computed(form: Form, data: Data) -> dict[str, Any]:
    """The data with every computed amount in its place, exact, as text; rows that are not there count as none."""
    return Filled(form, data).data


def facts_of(form: Form, data: Data, wanted: FactTypes) -> dict[str, Any]:
    """The facts that a case declares and this form holds, as JSON values; what is empty or hidden is no fact, nor what
    was typed into a draft and is not of the fact's type."""
    filled = Filled(form, data)
    held = ((field.name, filled.value(field.name)) for field in filled.shown_fields() if field.name in wanted)
    return {name: value for name, value in held if not is_empty(value) and fits(wanted[name], value)}


def submitted(form: Form, data: Data) -> dict[str, Any]:
    """What a revision keeps of a draft: the fields that are shown and filled in, computed amounts with them.

    It fits the form's JSON Schema (`compile.py`) when `validation.problems` finds nothing. Rows lose their empty
    cells, and those without any are left out; fixed rows keep their places.
    """
    filled = Filled(form, data)
    kept = {field.name: _kept(field, filled.value(field.name)) for field in filled.shown_fields() if holds_data(field)}
    return {name: value for name, value in kept.items() if not is_empty(value)}


def _kept(field: Field, value: Any) -> Any:
    if field.type != "rows" or not isinstance(value, list):
        return value
    names = {column.name for column in field.of if holds_data(column)}
    rows = [
        {name: cell for name, cell in row.items() if name in names and not is_empty(cell)}
        for row in value
        if isinstance(row, Mapping)
    ]
    return rows if field.fixed else [row for row in rows if not is_blank(row)]

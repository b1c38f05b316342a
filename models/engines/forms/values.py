"""What a form holds for conditions, formulas and the case: types of its fields, computed amounts, facts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from models.core.errors import Refused
from models.core.money import exact_text
from models.engines.conditions import FactType, FactTypes, compiled, formula
from models.engines.forms.schema import Field, Form

_TYPES: dict[str, FactType] = {
    "text": "text", "long_text": "text", "email": "text", "phone": "text", "choice": "text", "yes_no": "yes_no",
    "date": "date", "count": "count", "usd": "usd", "computed": "usd", "rows": "rows", "files": "rows",
    "agreement": "text",
}  # fmt: skip

Data = Mapping[str, Any]


def types_of(form: Form) -> dict[str, FactType]:
    """The fields of a form as facts that its own conditions may name."""
    return {field.name: _TYPES[field.type] for field in form.fields() if field.type in _TYPES}


def shown(field: Field, data: Data, types: FactTypes) -> bool:
    """Whether a field is there: a condition over what is not (or wrongly) filled in hides it."""
    return not field.shown_if or _holds(field.shown_if, data, types)


def demanded(field: Field, data: Data, types: FactTypes) -> bool:
    """Whether a field has to be filled in."""
    return field.required or bool(field.required_if and _holds(field.required_if, data, types))


def _holds(expression: str, data: Data, types: FactTypes) -> bool:
    condition = compiled(expression, types)
    try:
        return condition.evaluate(data, missing=False)
    except (Refused, ValueError, TypeError):  # a value that is no date or number yet; validation says so at its field
        return False


def with_computed(form: Form, data: Data) -> dict[str, Any]:
    """The data with every computed amount in its place, exact, as text; rows that are not there count as none.

    Computed fields may use those before them; what cannot be worked out yet is None.
    """
    types, full = types_of(form), dict(data)
    for field in form.fields():
        if field.type == "rows" and not full.get(field.name):
            full[field.name] = []
        elif field.type == "computed":
            full[field.name] = _amount(field.computed, full, types)
    return full


def _amount(expression: str, data: Data, types: FactTypes) -> str | None:
    worked_out = formula(expression, types)
    try:
        amount = worked_out.evaluate(data)
    except (Refused, ValueError, TypeError):
        return None
    return None if amount is None else exact_text(amount)


def facts_of(form: Form, data: Data, wanted: FactTypes) -> dict[str, Any]:
    """The facts that a case declares and this form holds, as JSON values; what is empty or hidden is no fact."""
    types, full = types_of(form), with_computed(form, data)
    return {
        field.name: full[field.name]
        for field in form.fields()
        if field.name in wanted and full.get(field.name) not in (None, "", []) and shown(field, full, types)
    }

"""What is wrong with a form's definition, each fault with its field: found when it is read, never by an applicant."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from models.core.errors import Problem, Refused
from models.engines.conditions import FactTypes, compiled, formula
from models.engines.forms.schema import Field, Form
from models.engines.forms.values import types_of


def faults(form: Form) -> list[Problem]:
    """Every fault of a form: names used twice, rows without columns, choices without options, conditions and formulas
    that name what there is not."""
    types = types_of(form)
    found = [
        Problem("FORM-TWICE", f"Two fields are called {name}.", name)
        for name, times in Counter(field.name for field in form.fields()).items()
        if times > 1
    ]
    return found + [problem for field in form.fields() for problem in _of_field(field, types)]


def _of_field(field: Field, types: FactTypes) -> Iterator[Problem]:
    if field.type == "rows" and not field.of:
        yield Problem("FORM-ROWS", "Its rows have no columns.", field.name)
    if field.type == "choice" and not field.options:
        yield Problem("FORM-OPTIONS", "There is nothing to choose from.", field.name)
    if field.type == "computed" and not field.computed:
        yield Problem("FORM-COMPUTED", "It does not say how it is worked out.", field.name)
    for column in field.of:
        if column.type in ("rows", "computed", "note", "agreement"):
            yield Problem("FORM-COLUMN", f"{column.type} does not fit into a row.", f"{field.name}.{column.name}")
        if column.type == "choice" and not column.options:
            yield Problem("FORM-OPTIONS", "There is nothing to choose from.", f"{field.name}.{column.name}")
    for expression, compile_ in ((field.shown_if, compiled), (field.required_if, compiled), (field.computed, formula)):
        if expression:
            try:
                compile_(expression, types)
            except Refused as error:
                yield from (Problem(problem.code, problem.text, field.name) for problem in error.problems)

"""What is wrong with a form's definition, each fault with its field: found when it is read, never by an applicant."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping

from models.core.errors import Problem, Refused
from models.engines.conditions import FactTypes, compiled, formula
from models.engines.forms.schema import Field, FixedRow, Form
from models.engines.forms.values import types_of

_NOT_IN_ROWS = ("rows", "computed", "note", "agreement")


def faults(
    form: Form, *, forms: Mapping[str, Form] | None = None, agreements: Collection[str] | None = None
) -> list[Problem]:
    """Every fault of a form: names used twice, rows without columns, choices without options, conditions and formulas
    that name what there is not. With the definition's `forms` and `agreements`, of what it says about them too."""
    types, before = types_of(form), dict[str, str]()
    found = [
        Problem("FORM-TWICE", f"Two fields are called {name}.", name)
        for name, times in Counter(field.name for field in form.fields()).items()
        if times > 1
    ]
    for field in form.fields():
        found += _of_field(field)
        found += _of_expressions(field, types, {name: kind for name, kind in types.items() if name in before})
        found += _of_others(field, forms, agreements)
        before[field.name] = field.label
    found += [problem for rule in form.rules for problem in _expression(rule.holds, types, rule.field)]
    for name in (*(rule.field for rule in form.rules), *filter(None, [form.amount])):
        if name not in before:
            found.append(Problem("FORM-FIELD", f"There is no field {name}.", name))
    if form.amount in before and types.get(form.amount) != "usd":
        found.append(Problem("FORM-AMOUNT", "It is no amount.", form.amount))
    return found


def _of_field(field: Field) -> Iterator[Problem]:
    if field.type == "rows":
        yield from _of_rows(field)
    if field.type == "choice" and not field.options:
        yield Problem("FORM-OPTIONS", "There is nothing to choose from.", field.name)
    if field.type == "computed" and not field.computed:
        yield Problem("FORM-COMPUTED", "It does not say how it is worked out.", field.name)
    if field.type == "figure":
        yield Problem("FORM-FIGURE", "Only a column of fixed rows can be a figure.", field.name)
    if field.type == "earlier" and field.copy_from.count(".") != 1:
        yield Problem("FORM-EARLIER", "It does not say which field of which form it shows.", field.name)


def _of_rows(field: Field) -> Iterator[Problem]:
    if not field.of:
        yield Problem("FORM-ROWS", "Its rows have no columns.", field.name)
    columns = [column.name for column in field.of]
    for name, times in Counter(columns).items():
        if times > 1:
            yield Problem("FORM-TWICE", f"Two columns are called {name}.", f"{field.name}.{name}")
    for column in field.of:
        place = f"{field.name}.{column.name}"
        if column.type in _NOT_IN_ROWS:
            yield Problem("FORM-COLUMN", f"{column.type} does not fit into a row.", place)
        if column.type == "choice" and not column.options:
            yield Problem("FORM-OPTIONS", "There is nothing to choose from.", place)
        if column.type == "figure" and not field.fixed:
            yield Problem("FORM-FIGURE", "Only a column of fixed rows can be a figure.", place)
        if column.type == "earlier" and column.copy_from.count(".") != 2:
            yield Problem("FORM-EARLIER", "It does not say which column of which rows it shows.", place)
        if column.shown_if or column.required_if:
            yield Problem("FORM-COLUMN", "A column has no conditions.", place)
        if field.fixed and column.name in FixedRow.OWN:
            yield Problem("FORM-COLUMN", f"Fixed rows say their {column.name} themselves.", place)
    for number, row in enumerate(field.fixed):
        place = f"{field.name}[{number}]"
        for name in row.values:
            if name not in columns:
                yield Problem("FORM-COLUMN", f"There is no column {name}.", place)
        if columns and columns[0] not in row.values:
            yield Problem("FORM-COLUMN", f"It does not say its {columns[0]}, which it is called by.", place)
        if (row.template or row.required) and all(column.type != "files" for column in field.of):
            yield Problem("FORM-COLUMN", "It has no column for files.", place)


def _of_expressions(field: Field, types: FactTypes, before: FactTypes) -> Iterator[Problem]:
    """What decides whether a field is there, and what it is worked out from, stands before it."""
    yield from _expression(field.shown_if, before, field.name)
    yield from _expression(field.required_if, types, field.name)
    if field.computed:
        try:
            formula(field.computed, before)
        except Refused as error:
            yield from (Problem(problem.code, problem.text, field.name) for problem in error.problems)


def _expression(expression: str, types: FactTypes, place: str) -> Iterator[Problem]:
    if expression:
        try:
            compiled(expression, types)
        except Refused as error:
            yield from (Problem(problem.code, problem.text, place) for problem in error.problems)


def _of_others(field: Field, forms: Mapping[str, Form] | None, agreements: Collection[str] | None) -> Iterator[Problem]:
    if agreements is not None and field.type == "agreement" and field.agreement not in agreements:
        yield Problem("FORM-AGREEMENT", f"There is no agreement {field.agreement or 'named'}.", field.name)
    if forms is None:
        return
    for part, place in ((field, field.name), *((column, f"{field.name}.{column.name}") for column in field.of)):
        form, _, rest = part.copy_from.partition(".")
        name, _, column = rest.partition(".")
        source = forms[form].field(name) if form in forms else None
        if part.copy_from and (source is None or (column and column not in {one.name for one in source.of})):
            yield Problem("FORM-EARLIER", f"There is no {part.copy_from}.", place)

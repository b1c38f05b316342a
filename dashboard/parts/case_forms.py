"""What partners sent with a case, as a reviewer reads it: the fields that a stage reads first, then every form."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal, InvalidOperation
from itertools import pairwise
from typing import Any

from dashboard.parts import formats
from dashboard.parts.case_cards import card
from models.applications.case_view import CaseView
from models.engines.forms.schema import Field, Form
from models.engines.forms.values import beside, columns_of, copied, is_empty, rows_of
from models.engines.forms.words import amount_words, words

Pair = tuple[str, str]
Goal = tuple[Field, Any, Field, Any]
"""A field that shows what was planned with its value, and the field of what came of it with its own."""
AMOUNTS = ("usd", "computed")


def reads_card(view: CaseView, form: str, names: Sequence[str]) -> None:
    """The fields of a form that a stage's reviewers have to read, in the form's order, with what a table adds up to."""
    sent = view.latest(form)
    if sent is None:
        return
    shape = view.type.forms[form]
    pairs, tables = [], []
    for field in shape.fields():
        value = sent.data.get(field.name)
        if field.name not in names or is_empty(value):
            continue
        if field.type == "rows":
            tables.append(_table(view, shape, field, value))
        else:
            pairs.append((field.label, words(field, value)))
    body = _pairs(pairs) + "".join(tables)
    if body:
        card("To decide on", body, aside=shape.title)


def goals_card(view: CaseView, form: str) -> None:
    """Objectives beside what was reached, where a form asks for both (BEN-MDR-03)."""
    sent = view.latest(form)
    found = [] if sent is None else list(_goals(view, view.type.forms[form].fields(), sent.data))
    if found:
        card("Objectives against actual values", _against(view, found))


def form_cards(view: CaseView, form: str) -> None:
    """A form as it was last sent, step by step: what stands in pairs, and every table with its rows."""
    sent = view.latest(form)
    if sent is None:
        return
    shape = view.type.forms[form]
    for step in shape.steps:
        goals = list(_goals(view, step.fields, sent.data))
        told = {field.name for planned, _, actual, _ in goals for field in (planned, actual)}
        pairs, tables = [], []
        for field in step.fields:
            value = _value(view, field, sent.data)
            if field.name in told or is_empty(value) or field.type in ("note", "files"):
                continue
            if field.type == "rows" or (field.type == "earlier" and isinstance(value, list)):
                tables.append(_table(view, shape, field, value))
            else:
                said = words(field, value) if field.type != "earlier" else _plain(view, field, value)
                pairs.append((field.label, said))
        body = _pairs(pairs) + (_against(view, goals) if goals else "") + "".join(tables)
        if body:
            card(step.title, body)


def _earlier(view: CaseView) -> dict[str, Mapping[str, Any]]:
    return {each.form: each.data for each in view.revisions}


def _value(view: CaseView, field: Field, data: Mapping[str, Any]) -> Any:
    return copied(field.copy_from, _earlier(view)) if field.type == "earlier" else data.get(field.name)


def _plain(view: CaseView, field: Field, value: Any) -> str:
    """A value of an earlier form, in the words of its own field."""
    form, _, name = field.copy_from.partition(".")
    source = view.type.forms[form].field(name) if form in view.type.forms else None
    return words(source, value) if source else str(value)


def _pairs(pairs: Sequence[Pair]) -> str:
    cells = (f'<span>{formats.text(name)}</span><span class="wrap">{formats.text(said)}</span>' for name, said in pairs)
    return f'<div class="dl form">{"".join(cells)}</div>' if pairs else ""


# ---- objectives ----


def _goals(view: CaseView, fields: Sequence[Field], data: Mapping[str, Any]) -> Iterator[Goal]:
    for planned, actual in pairwise(fields):
        named = f"{planned.copy_from.rpartition('.')[2]}_actual"
        if planned.type == "earlier" and planned.shows in ("count", "usd") and actual.name == named:
            yield planned, _value(view, planned, data), actual, data.get(actual.name)


def _against(view: CaseView, found: Sequence[Goal]) -> str:
    head = '<th>Item</th><th class="num">Objective</th><th class="num">Actual</th><th class="num">Reached</th>'
    body = "".join(
        f"<tr><td>{formats.text(actual.label.partition(':')[0])}</td>"
        f'<td class="num">{formats.text(_plain(view, planned, goal))}</td>'
        f'<td class="num">{formats.text(words(actual, reached))}</td>'
        f'<td class="num">{_reached(goal, reached)}</td></tr>'
        for planned, goal, actual, reached in found
    )
    return f'<div class="scroll"><table><tr>{head}</tr>{body}</table></div>'


def _reached(goal: Any, actual: Any) -> str:
    planned, came = _number(goal), _number(actual)
    ratio = None if planned is None or came is None else formats.part_of(came, planned)
    if ratio is None:
        return formats.NOTHING
    return f'<span class="{"t-green" if ratio >= 1 else "t-orange"}">{formats.share(ratio, 0)}</span>'


def _number(value: Any) -> Decimal | None:
    try:
        return None if is_empty(value) else Decimal(str(value))
    except InvalidOperation:
        return None


# ---- tables ----


def _table(view: CaseView, shape: Form, field: Field, value: Any) -> str:
    """Rows with what stood in the earlier form beside each; below them what the form adds up."""
    rows = [row for row in rows_of(field, value) or [] if isinstance(row, dict)] if isinstance(value, list) else []
    columns = [column for column in field.of if column.type != "note"]
    if not rows or not columns:
        return ""
    next_to = beside(field, rows, _earlier(view))
    head = "".join(f"<th{_num(column)}>{formats.text(column.label)}</th>" for column in columns)
    lines = (
        "<tr>" + "".join(_cell(column, _shape(field, number, column), row, next_to[number]) for column in columns)
        + "</tr>"
        for number, row in enumerate(rows)
    )  # fmt: skip
    title = f"<h5>{formats.text(field.label)}</h5>"
    sums = "".join(_sums(view, shape, field, len(columns)))
    return f'{title}<div class="scroll"><table><tr>{head}</tr>{"".join(lines)}{sums}</table></div>'


def _shape(field: Field, number: int, column: Field) -> Field:
    return next((each for each in columns_of(field, number) if each.name == column.name), column)


def _cell(column: Field, shape: Field, row: Mapping[str, Any], next_to: Mapping[str, Any]) -> str:
    if column.type == "earlier":
        value = next_to.get(column.name)
        said = amount_words(value) if column.shows == "usd" and not is_empty(value) else words(shape, value)
        return f'<td{_num(column)}><span class="mu">{formats.text(said)}</span></td>'
    said = formats.text(words(shape, row.get(column.name)))
    over = _over(column, row, next_to)
    if over is None:
        return f"<td{_num(column)}>{said}</td>"
    return (
        f'<td{_num(column)}><span class="chg">{said}</span>'
        f'<br><span class="t-orange sm">{formats.amount(over)} over</span></td>'
    )


def _over(column: Field, row: Mapping[str, Any], next_to: Mapping[str, Any]) -> Decimal | None:
    """By how much an amount lies above what was planned for it; None when it does not."""
    planned = next((_number(value) for value in next_to.values()), None)
    actual = _number(row.get(column.name)) if column.type == "usd" else None
    return actual - planned if planned is not None and actual is not None and actual > planned else None


def _sums(view: CaseView, shape: Form, field: Field, wide: int) -> Iterator[str]:
    """What the form works out over these rows."""
    data = next((each.data for each in reversed(view.revisions) if view.type.forms[each.form] is shape), {})
    for each in shape.fields():
        if each.type == "computed" and f"({field.name}," in each.computed and not is_empty(data.get(each.name)):
            said = formats.text(words(each, data[each.name]))
            yield (
                f'<tr class="sum"><td colspan="{wide}"><span>{formats.text(each.label)}</span>'
                f'<span class="num">{said}</span></td></tr>'
            )


def _num(column: Field) -> str:
    kind = column.shows if column.type == "earlier" else column.type
    return ' class="num"' if kind in (*AMOUNTS, "count", "figure") else ""

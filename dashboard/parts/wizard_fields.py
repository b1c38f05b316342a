"""The inputs of a form: one for each type of field, with label, help, counter, and what is wrong right below."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import streamlit as st

from dashboard.parts import formats
from dashboard.parts.wizard_words import NO, YES, label, marked, read, shown
from dashboard.parts.wizard_work import Desk, Paper, Place, Work
from models.engines.forms.schema import Field
from models.engines.forms.validation import most_characters
from models.engines.forms.values import columns_of, copied, holds_data, is_empty
from models.engines.forms.words import words


@dataclass(frozen=True, slots=True)
class Sheet:
    """What everything on one step is drawn with: `wrong` is what is said, by place."""

    paper: Paper
    desk: Desk
    work: Work
    wrong: Mapping[str, Sequence[str]]


def take(field: Field, place: Place) -> None:
    """Take over what was typed; what nobody touched stays as it is."""
    if place.key in st.session_state and (typed := st.session_state[place.key]) != shown(field, place.value):
        place.put(read(field, typed))
        st.session_state[place.key] = shown(field, place.value)


def _bound(field: Field, place: Place) -> dict[str, Any]:
    if place.work.draws(place.key):
        st.session_state[place.key] = shown(field, place.value)
    return {"key": place.key, "on_change": take, "args": (field, place)}


def entry(field: Field, place: Place, sheet: Sheet, *, needed: bool, bare: bool = False) -> None:
    """The input of a field that holds one value; `bare` in rows, whose head says what it is."""
    said = label(field, needed=needed, currency=sheet.paper.currency)
    given = _bound(field, place) | {
        "help": marked(field.help) or None, "label_visibility": "collapsed" if bare else "visible",
    }  # fmt: skip
    with st.container(gap="xxsmall"):
        match field.type:
            case "long_text":
                st.text_area(said, placeholder=field.placeholder, height=110, **given)
            case "choice":
                options = list(field.options)
                if (kept := given_choice(place)) and kept not in options:
                    options.append(kept)  # no longer offered: said below, not lost
                st.selectbox(said, options, index=None, placeholder=field.placeholder or "Select", **given)
            case "yes_no":
                st.radio(said, [YES, NO], index=None, horizontal=True, **given)
            case "date":
                st.date_input(said, value=None, format="YYYY-MM-DD", **given)
            case _:
                st.text_input(said, placeholder=field.placeholder, **given)
        below(place, sheet, counter=_counter(field, place.value))


def given_choice(place: Place) -> str:
    """What was chosen, also when it is no longer offered."""
    return place.value if isinstance(place.value, str) else ""


def _counter(field: Field, value: Any) -> str:
    """`n/1,000` below a long text, and below another text that comes near its limit (BEN-COM-05)."""
    if field.type not in ("text", "long_text") or (field.type == "text" and not field.most):
        return ""
    number, most = len(value) if isinstance(value, str) else 0, most_characters(field)
    if field.type == "text" and number * 5 < most * 4:
        return ""
    return f'<span class="n{" t-red" if number > most else ""}">{number:,}/{most:,}</span>'


def below(place: Place, sheet: Sheet, *, counter: str = "") -> None:
    """What is wrong with an input, in red with an icon, and its counter on the right."""
    wrong = "".join(
        f'<span class="err"><span class="i" aria-hidden="true">error</span><span>{formats.text(text)}</span></span>'
        for text in sheet.wrong.get(place.path, ())
    )
    if wrong or counter:
        st.html(f'<div class="k under"><div>{wrong}</div>{counter}</div>')


# ---- what is only read ----


def figures(fields: Sequence[Field], values: Mapping[str, Any], sheet: Sheet) -> None:
    """Amounts that the form works out, or that an earlier form holds, side by side."""
    cells = "".join(
        f'<div class="fig"><div class="l">{formats.text(field.label)}</div>'
        f'<div class="v">{formats.text(words(_as(field), value_of(field, values, sheet)))}'
        f" <small>{formats.text(sheet.paper.currency)}</small></div></div>"
        for field in fields
    )
    st.html(f'<div class="k figs n3 totals">{cells}</div>')


def is_figure(field: Field, beside: Field | None) -> bool:
    """Whether a field is an amount that stands in a strip; an earlier amount beside an input stands as that does."""
    return field.type == "computed" or (_earlier_amount(field) and beside is not None and _earlier_amount(beside))


def _earlier_amount(field: Field) -> bool:
    return field.type == "earlier" and field.shows == "usd"


def value_of(field: Field, values: Mapping[str, Any], sheet: Sheet) -> Any:
    """The value of a field that is only read."""
    return copied(field.copy_from, sheet.paper.earlier) if field.type == "earlier" else values.get(field.name)


def _as(field: Field) -> Field:
    """An earlier value is read as what it is there."""
    return field.model_copy(update={"type": field.shows}) if field.type == "earlier" else field


def earlier(field: Field, sheet: Sheet) -> None:
    """What an earlier form holds: its rows as a table, or one value."""
    value = copied(field.copy_from, sheet.paper.earlier)
    if field.shows != "rows":
        unit = _unit(field, sheet) if not is_empty(value) else ""
        st.html(
            f'<div class="k was"><span class="l">{formats.text(field.label)}</span>'
            f"<span>{formats.text(words(_as(field), value))}{unit}</span></div>"
        )
        return
    rows = [row for row in value if isinstance(row, Mapping)] if isinstance(value, list) else []
    columns = [column for column in field.of if holds_data(column)]
    head = "".join(f"<th{_number(column)}>{formats.text(column.label)}</th>" for column in columns)
    lines = "".join(
        f"<tr><td>{number + 1}</td>"
        + "".join(
            f"<td{_number(column)}>{formats.text(words(column, row.get(column.name)))}</td>"
            for column in columns_of(field, number)
            if holds_data(column)
        )
        + "</tr>"
        for number, row in enumerate(rows)
    )
    title = f'<div class="l"><b>{formats.text(field.label)}</b></div>'
    table = f"<table><tr><th>SN</th>{head}</tr>{lines}</table>" if rows else "<p>--</p>"
    st.html(f'<div class="k scroll was">{title}{table}</div>')


def _unit(field: Field, sheet: Sheet) -> str:
    """The currency behind an amount whose label does not name it."""
    currency = sheet.paper.currency
    return f" {formats.text(currency)}" if field.shows == "usd" and currency not in field.label else ""


def _number(column: Field) -> str:
    return ' class="num"' if column.type in ("usd", "count", "figure") else ""

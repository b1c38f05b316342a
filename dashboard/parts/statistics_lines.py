"""The lines behind a figure of statistics: one list for every measure, with the figure at its foot (FIN-SREV-07)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

import streamlit as st

from dashboard.parts import address, formats
from dashboard.parts.chips import Chip, Choice, chip_bar, filter_menu, removable
from dashboard.parts.dialog import dialog
from dashboard.parts.empty import lake_readable, state
from dashboard.parts.expenditures_controls import currency_chip
from dashboard.parts.expenditures_data import subject_of
from dashboard.parts.expenditures_lines import SORT_NAMES
from dashboard.parts.head import Crumb, answer, page_head, section
from dashboard.parts.pager import page_from_address, pager
from dashboard.parts.period_chip import period_chip
from dashboard.parts.rows import Row, rows
from dashboard.parts.statistics_export import export_lines
from dashboard.parts.tables import Column, grid
from models.core.actor import Actor, current_actor
from models.core.clock import business_date
from models.core.errors import DomainError, Refused
from models.core.settings import settings
from models.core.unit_of_work import unit_of_work
from models.engines.statistics import LineColumn, LineKind, Sort, Unit, data_from
from models.statistics import asking, catalogue, pages
from models.statistics.asks import CONVERTED, Ask, Relative
from models.statistics.findings import duration_text, value_text
from models.statistics.lines import Lines, lines

TITLE = "Lines behind a figure"
USUAL = "expenditure"
LEADS = {"case": ("Case", "reviews.view", "benefits.view"), "customer": ("Customer", "customers.view", ""),
         "partner": ("Partner", "partners.view", "")}  # fmt: skip
"""Columns whose keys have a page of the same address: its words, and what opens it (one of several)."""
WIDTHS = {LineKind.DATE: 96, LineKind.AMOUNT: 130, LineKind.MARK: 70, LineKind.DURATION: 100}
_SHOWN = "figure_lines_shown"


@dataclass(frozen=True, slots=True)
class Found:
    """The lines of the address, over whom they are, and what of the address was not understood."""

    lines: Lines
    subject: str
    problems: tuple[str, ...] = ()


def draw() -> None:
    """The page at its address."""
    with lake_readable(TITLE):
        try:
            found = _asked()
        except DomainError as error:
            if any(problem.code == "LAKE-AWAY" for problem in error.problems):
                raise
            page_head(TITLE, line=["GMT+08:00"])
            state("refused", "These lines cannot be shown", *(problem.text for problem in error.problems))
            return
        _head(found)
        _chips(found.lines)
        for problem in found.problems:
            st.caption(f":material/info: {formats.plain(problem)}")
        _body(found.lines)


def _asked() -> Found:
    ask, problems = ask_from_address()
    with unit_of_work(read_only=True) as uow:
        return Found(lines(uow, ask, page_from_address(), sort=_sort()), subject_of(uow), problems)


def ask_from_address() -> tuple[Ask, tuple[str, ...]]:
    """The question of the address; a damaged part of it is left out and said."""
    name = address.get("measure") if address.get("measure") in catalogue.measures() else USUAL
    known = catalogue.facts_of(name).dimensions
    params = {key: address.get_all(key) for key in st.query_params}
    if params.get("currency") == (CONVERTED,):
        params.setdefault("base", (settings().base_currency,))
    usual = {} if "from" in params or "period" in params else {"period": (Relative.THIS_MONTH.value,)}
    wanted = {key: value for key, value in params.items() if key not in ("by", "step", "top", "sort")}
    try:
        return Ask.from_address({**wanted, **usual, "measure": name}, dimensions=known), ()
    except Refused as error:
        return Ask.of(name, period=Relative.THIS_MONTH), tuple(problem.text for problem in error.problems)


def _sort() -> Sort:
    return Sort.TIME if address.get("sort_lines") == Sort.TIME.value else Sort.AMOUNT


def _head(found: Found) -> None:
    made, measure = found.lines, found.lines.figure.measures[0]
    fresh = f"data as of {formats.instant(made.as_of)}" if made.as_of else ""
    words, actions = st.columns([3, 1], vertical_alignment="center")
    with words:
        page_head(f"{measure.words}: lines", line=[found.subject, "GMT+08:00", fresh], crumbs=_crumbs(made))
    with actions, st.container(horizontal=True, horizontal_alignment="right"):
        if current_actor().may("exports.create") and made.count:
            export_lines(f"{measure.words}, lines, {made.figure.words}", made.ask)


def _crumbs(made: Lines) -> list[Crumb]:
    """The page of statistics that one came from, with the same period and filters."""
    of = next((page for page in map(pages.page, pages.all_keys()) if page.address == address.get("of")), None)
    if of is None:
        return []
    params = {name: value for name, value in made.ask.to_address().items() if name != "measure"}
    return [Crumb(of.title, address.link(of.address, {**params, "tab": address.get("tab")}))]


# ---- chips ----


def _chips(made: Lines) -> None:
    ask, facts = made.ask, catalogue.facts_of(made.ask.measures[0])
    with chip_bar("chips_figure_lines"):
        period_chip(ask, business_date(), lambda: _begins(ask))
        if facts.currency and made.figure.measures[0].unit is Unit.MONEY:
            shown = CONVERTED if ask.convert else made.figure.currency
            currencies = list(dict.fromkeys(filter(None, (made.figure.currency, *made.figure.other_currencies))))
            currency_chip(shown, currencies, settings().base_currency, "Lines keep their own currency.")
        on = [Chip(f"{facts.dimensions[each.dimension].words}: {word}", each.dimension, key)
              for each in ask.where for key, word in _labels(ask, each.dimension, each.values)]  # fmt: skip
        removable(on, bar="figure_lines")
        offered = _offered(current_actor(), ask)
        filter_menu(lambda: [_choice(ask, name) for name in offered], bool(on), list(facts.dimensions),
                    bar="figure_lines")  # fmt: skip


def _begins(ask: Ask) -> date | None:
    with unit_of_work(read_only=True) as uow:
        return data_from(uow, catalogue.facts_of(ask.measures[0]))


def _offered(actor: Actor, ask: Ask) -> list[str]:
    """What can be filtered by: what tells partners apart only for whoever sees several."""
    known = catalogue.facts_of(ask.measures[0]).dimensions
    hidden = () if pages.sees_partners(actor) else (*pages.PARTNER_DIMENSIONS, "partner")
    return [name for name in known if name not in hidden and name != "currency"]


def _labels(ask: Ask, dimension: str, keys: Sequence[str]) -> list[tuple[str, str]]:
    made = catalogue.facts_of(ask.measures[0]).dimensions[dimension]
    with unit_of_work(read_only=True) as uow:
        words = {**made.labels(uow, [key for key in keys if key != made.missing_key]),
                 made.missing_key: made.missing_label}  # fmt: skip
    return [(key, words.get(key, key)) for key in keys]


def _choice(ask: Ask, dimension: str) -> Choice:
    """What occurs in the period within the other filters, by name."""
    asked = ask.narrowed(dimension).model_copy(update={"by": (dimension,), "currency": "", "convert": None})
    with unit_of_work(read_only=True) as uow:
        found = asking.answer(uow, asked)
    options = sorted({(row.keys[0], row.labels[0]) for row in found.rows}, key=lambda pair: pair[1].casefold())
    return Choice(dimension, catalogue.dimensions()[dimension].words, options)


# ---- the list ----


def _body(made: Lines) -> None:
    measure = made.figure.measures[0]
    if not made.rows:
        text = "Choose another period, or take filters off above."
        state("empty", f"No lines in {made.figure.words} with these filters", text)
        return
    notes = [*filter(None, [measure.note]), *made.figure.problems]
    counted, verb = formats.plural(made.count, "line"), "makes" if made.count == 1 else "make"
    answer(f"<b>{counted}</b> of {formats.text(made.figure.words)} {verb} {_sums(made)}.",
           beside=" ".join(map(formats.text, notes)))  # fmt: skip
    sort, steps = st.columns([1, 1], vertical_alignment="center")
    with sort:
        st.segmented_control(
            "Order", list(SORT_NAMES), format_func=SORT_NAMES.__getitem__, required=True,
            label_visibility="collapsed",
            **address.bound("sort_lines", _sort().value, lambda by: address.put(sort_lines=by)),
        )  # fmt: skip
    with steps:
        pager(made.previous, made.next, words=f"{len(made.rows)} of {formats.count(made.count)}")
    place = _list(made)
    st.html(f'<div class="k foot"><b>Total</b> of all {formats.plural(made.count, "line")}: {_sums(made)}</div>')
    if place is not None and place < len(made.rows):
        line_in_full(made, place)


def _sums(made: Lines) -> str:
    """The figure itself, in each of its currencies, as HTML."""
    measure, totals = made.figure.measures[0], (made.each or made.figure).totals
    said = [f"<b>{formats.text(value_text(row.now[0], measure.unit, row.currency))}</b>" for row in totals]
    words = formats.listing(said, most=9)
    if made.each is not None:
        whole = made.figure.total
        words += f", together {formats.text(value_text(whole.now[0], measure.unit, whole.currency))}"
    named = "" if measure.unit is Unit.MONEY else f" {formats.text(measure.words.lower())}"
    return words + named


def _list(made: Lines) -> int | None:
    """A grid on a screen, a list on a phone; the place of the line that was chosen."""
    shown = [column for column in made.columns if column.name != "partner" or pages.sees_partners(current_actor())]
    shown.sort(key=_rank)
    named = formats.listing([column.words for column in shown], most=20)
    with st.container(key="wide_figure_lines"):
        chosen = grid(
            [{column.name: _cell(column, row) for column in shown} for row in made.rows],
            [_column(column) for column in shown],
            key=f"figure_lines:{st.session_state.get(_SHOWN, 0)}",
            height=36 + 32 * min(len(made.rows), 15),
            alt=f"{len(made.rows)} of {made.count} {made.words} with {named}.",
        )  # fmt: skip
    with st.container(key="narrow_figure_lines"):
        opened = rows([_row(made, shown, place) for place in range(len(made.rows))], key="figure_lines_narrow",
                      label="Lines")  # fmt: skip
    return chosen if chosen is not None else int(opened) if opened else None


def _rank(column: LineColumn) -> int:
    """Days, then amounts with their currency, then words: what does not fit beside each other is not the amount."""
    if column.kind is LineKind.DATE:
        return 0
    return 2 if column.kind in (LineKind.TEXT, LineKind.MARK) and column.name != "currency" else 1


def _column(column: LineColumn) -> Column:
    right = column.kind in (LineKind.AMOUNT, LineKind.COUNT, LineKind.DURATION)
    width = WIDTHS.get(column.kind, 60 if column.name == "currency" else 140)
    return Column(column.name, column.words, "exact" if right else "text", width)


def _cell(column: LineColumn, row: Any) -> str:
    value = row[column.name]
    if value is None or value == "":
        return formats.NOTHING
    match column.kind:
        case LineKind.AMOUNT:
            return formats.eight(value)
        case LineKind.DURATION:
            return duration_text(Decimal(value))
        case LineKind.DATE:
            return formats.day(value)
        case LineKind.MARK:
            return "Yes" if value else "No"
    return str(value)


def _row(made: Lines, shown: Sequence[LineColumn], place: int) -> Row:
    row = made.rows[place]
    cells = [(column, _cell(column, row)) for column in shown]
    named = [text for column, text in cells if column.kind is LineKind.TEXT and column.name != "currency"]
    amounts = [text for column, text in cells if column.kind in (LineKind.AMOUNT, LineKind.DURATION)]
    days = [text for column, text in cells if column.kind is LineKind.DATE]
    amount = f"{amounts[-1]} {row.get('currency') or ''}".strip() if amounts else ""
    sub = " · ".join(text for text in named[1:4] if text != formats.NOTHING)
    return Row(str(place), named[0] if named else "", sub, amount, days[0] if days else "", "gray", "receipt")


def _closed() -> None:
    """The dialog was closed: a grid with another key has nothing chosen, so that it does not open again."""
    st.session_state[_SHOWN] = st.session_state.get(_SHOWN, 0) + 1


@dialog("Line", width="large", on_dismiss=_closed)
def line_in_full(made: Lines, place: int) -> None:
    """Everything that is known of one line with every decimal, and the way to its case, customer and partner."""
    row, keys = made.rows[place], made.keys[place]
    pairs = [(column.words, _in_full(column, row)) for column in made.columns]
    section(made.figure.measures[0].words)
    body = "".join(f"<span>{formats.text(name)}</span><span>{formats.text(value)}</span>" for name, value in pairs)
    st.html(f'<div class="k dl two">{body}</div>')
    if ways := line_links(current_actor(), keys):
        links = [f'<a href="{formats.text(to)}" target="_self">{name}</a>' for name, to in ways]
        st.html(f'<p class="k">{" · ".join(links)}</p>')


def line_links(actor: Actor, keys: Any) -> list[tuple[str, str]]:
    """Where a line leads to, as far as the person may open it."""
    return [
        (f"Open the {words.lower()}", address.link(name, {"id": keys[name]}))
        for name, (words, *permissions) in LEADS.items()
        if len(str(keys.get(name) or "")) == 36 and any(each and actor.may(each) for each in permissions)
    ]


def _in_full(column: LineColumn, row: Any) -> str:
    value = row[column.name]
    exact: Callable[[Decimal], str] = formats.exact
    return exact(value) if isinstance(value, Decimal) else _cell(column, row)

"""What stands above a list: chips, filters, columns, order, search, what is shown in full, export."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import streamlit as st

from dashboard.parts import address, formats
from dashboard.parts.chips import MOST
from dashboard.parts.list_page_state import Shown, write
from dashboard.parts.outcome import outcome
from models.core.actor import current_actor
from models.core.unit_of_work import UnitOfWork, unit_of_work
from models.engines.lists import compiling
from models.engines.lists.asking import Asked
from models.engines.lists.schema import ColumnKind, FilterKind, ListColumn, ListFilter
from models.exports import service
from models.exports.rules import CREATED, ExportFormat
from models.lists.exporting import question_of
from models.lists.queries import OpenList

FORMATS = {ExportFormat.XLSX: "Excel workbook (XLSX)", ExportFormat.CSV: "CSV"}
PARTS = {"name": "Names", "email": "E-mail addresses", "mobile": "Mobile numbers"}
YES_NO = {"yes": "Yes", "no": "No"}


def words_of_filters(uow: UnitOfWork, opened: OpenList, asked: Asked) -> Mapping[str, Mapping[str, str]]:
    """The values that are on, in words, with days as the person reads them."""
    found = compiling.filter_words(uow, opened.source, opened.shape, asked)
    for name, words in found.items():
        if opened.shape.filters[name].kind in (FilterKind.DATE, FilterKind.INSTANT):
            found[name] = {value: _range_words(value) for value in words}
        elif opened.shape.filters[name].kind.a_range:
            found[name] = {value: compiling.range_words(_thousands(value)) for value in words}
        elif opened.shape.filters[name].kind is FilterKind.YES_NO:
            found[name] = {value: YES_NO.get(value, value).lower() for value in words}
    return found


def _thousands(value: str) -> str:
    """Both ends of a range of numbers as people read them."""
    return "..".join(formats.exact(Decimal(end)) if end else "" for end in value.split(".."))


def _range_words(value: str) -> str:
    low, _, high = value.partition("..")
    first, last = (formats.day(date.fromisoformat(end)) if end else "" for end in (low, high))
    return f"{first} – {last}" if first and last else f"since {first}" if first else f"until {last}"


# ---- chips and filters ----


def chips(shown: Shown) -> None:
    """One button for each filter that is on; pressing it takes the filter off."""
    for name, words in shown.words.items():
        for value, word in words.items():
            text = f"{shown.opened.shape.filters[name].label}: {word}"
            st.button(
                formats.plain(text), key=f"chip:{name}:{value}", icon=":material/close:", icon_position="right",
                help=f"Remove the filter {formats.plain(text)}", on_click=_without, args=(shown, name, value),
            )  # fmt: skip


def _without(shown: Shown, name: str, value: str) -> None:
    _filtered(shown, name, [other for other in shown.asked.filters.get(name, ()) if other != value])


def _filtered(shown: Shown, name: str, values: Sequence[str]) -> None:
    filters = {**shown.asked.filters, name: tuple(values)}
    kept = {each: chosen for each, chosen in filters.items() if chosen}
    write(shown, replace(shown.asked, filters=kept), shown.question.view)


def filter_menu(shown: Shown) -> None:
    """The button that sets filters, and *Clear all* while something is left out.

    What one can choose among is asked only while the menu is open; a filter without a choice is not shown.
    """
    if shown.opened.shape.offered:
        menu = st.popover("Filter", icon=":material/add:", type="tertiary", key="chip_filter", on_change="rerun")
        if menu.open:
            with menu:
                _filters(shown)
    if shown.asked.narrows:
        st.button("Clear all", type="tertiary", key="chip_clear", on_click=_clear, args=(shown,))


def _clear(shown: Shown) -> None:
    write(shown, replace(shown.asked, filters={}, search=""))


def _filters(shown: Shown) -> None:
    with unit_of_work(read_only=True) as uow:
        offered = {
            name: behind.options(uow, shown.asked.filters)
            for name in shown.opened.shape.offered
            if (behind := shown.opened.source.filters[name]).options
        }
    for name in shown.opened.shape.offered:
        _filter(shown, shown.opened.shape.filters[name], offered.get(name, {}))


def _filter(shown: Shown, named: ListFilter, options: Mapping[str, str]) -> None:
    chosen, key = shown.asked.filters.get(named.name, ()), f"filter:{named.name}"

    def written(values: Sequence[str]) -> None:
        _filtered(shown, named.name, values)

    match named.kind:
        case FilterKind.CHOICE | FilterKind.YES_NO:
            _choice(shown, named, YES_NO if named.kind is FilterKind.YES_NO else options, written)
        case FilterKind.TEXT:
            bound = address.bound(key, next(iter(chosen), ""), lambda value: written([value] if value.strip() else []))
            st.text_input(named.label, **bound)
        case FilterKind.DATE | FilterKind.INSTANT:
            _days(named, next(iter(chosen), ""), written)
        case FilterKind.AMOUNT | FilterKind.COUNT:
            _numbers(named, next(iter(chosen), ""), written)


def _choice(
    shown: Shown, named: ListFilter, options: Mapping[str, str], written: Callable[[Sequence[str]], None]
) -> None:
    chosen = shown.asked.filters.get(named.name, ())
    words = ({named.nothing: named.nothing_words} if named.nothing else {}) | dict(options)
    if len(words) + len(chosen) < 2 and not chosen:
        return
    if len(words) > MOST:
        st.caption(f"{named.label}: {len(words):,} to choose among. Search in the list instead.")
        return
    words |= {value: word for value, word in shown.words.get(named.name, {}).items() if value not in words}
    st.multiselect(
        named.label, list(words), format_func=lambda value: words.get(value, value), placeholder="All",
        **address.bound(f"filter:{named.name}", list(chosen), written),
    )  # fmt: skip


def _days(named: ListFilter, chosen: str, written: Callable[[Sequence[str]], None]) -> None:
    low, _, high = chosen.partition("..")
    keys = (f"filter:{named.name}:from", f"filter:{named.name}:to")

    def given(_: Any) -> None:
        first, last = (st.session_state.get(key) for key in keys)
        if first and last and first > last:
            first, last = last, first
        text = f"{first.isoformat() if first else ''}..{last.isoformat() if last else ''}"
        written([text] if text != ".." else [])

    for column, key, label, end in zip(st.columns(2), keys, ("from", "to"), (low, high), strict=True):
        value = date.fromisoformat(end) if end else None
        column.date_input(
            f"{named.label} {label}", min_value=date(1900, 1, 1), max_value=date(9000, 12, 31),
            **address.bound(key, value, given),
        )  # fmt: skip


def _numbers(named: ListFilter, chosen: str, written: Callable[[Sequence[str]], None]) -> None:
    low, _, high = chosen.partition("..")
    keys = (f"filter:{named.name}:from", f"filter:{named.name}:to")

    def given(_: Any) -> None:
        text = "..".join((st.session_state.get(key) or "").replace(",", "").strip() for key in keys)
        written([text] if text != ".." else [])

    for column, key, label, end in zip(st.columns(2), keys, ("from", "to"), (low, high), strict=True):
        column.text_input(f"{named.label} {label}", **address.bound(key, end, given))


# ---- columns, order, search ----


def column_menu(shown: Shown) -> None:
    """The columns that are shown: all but those the person took away. A phone has none to choose."""
    first, *others = [name for name in shown.opened.shape.columns if name not in shown.answer.away]
    words = {name: shown.labels.get(name, shown.opened.shape.columns[name].label) for name in others}
    on = [name for name in (shown.asked.columns or shown.opened.shape.shown) if name in words]
    with st.popover("Columns", icon=":material/view_column:", type="tertiary", key="wide_columns"):
        bound = address.bound(f"columns:{shown.key}", on, lambda names: _columns(shown, first, names))
        st.pills("Columns", list(words), selection_mode="multi", format_func=words.__getitem__, **bound)


def _columns(shown: Shown, first: str, names: Sequence[str]) -> None:
    chosen = (first, *names)
    own = tuple(name for name in shown.opened.shape.shown if name not in shown.answer.away)
    kept = () if set(chosen) == set(own) else chosen
    write(shown, replace(shown.asked, columns=kept), shown.question.view)


def order_box(shown: Shown) -> None:
    """How the list is sorted: by any column that sorts, either way; the list's own order first."""
    own = shown.opened.shape.sort
    options = [own, *(way for name in shown.opened.shape.sorts for way in (name, f"-{name}") if way != own)]
    words = {way: order_words(shown.opened.shape.columns[way.removeprefix("-")], way) for way in options}
    bound = address.bound(
        f"order:{shown.key}", shown.asked.sort or own,
        lambda way: write(shown, replace(shown.asked, sort="" if way == own else way), shown.question.view),
    )  # fmt: skip
    st.selectbox("Order", options, format_func=words.__getitem__, label_visibility="collapsed", **bound)


def order_words(column: ListColumn, way: str) -> str:
    """An order in words, short enough for its box: `By partner`, `By partner, Z to A`, `Joined, newest`."""
    down = way.startswith("-")
    if column.kind in (ColumnKind.DATE, ColumnKind.INSTANT):
        return f"{column.label}, {'newest' if down else 'oldest'}"
    if column.kind.numeric:
        return f"{column.label}, {'largest' if down else 'smallest'}"
    label = column.label if column.label[1:2].isupper() else f"{column.label[0].lower()}{column.label[1:]}"
    return f"By {label}, Z to A" if down else f"By {label}"


def search_box(shown: Shown) -> None:
    """What is searched for."""
    if not shown.opened.source.definition.search:
        return

    def written(value: str) -> None:
        write(shown, replace(shown.asked, search=value.strip()), shown.question.view)

    st.text_input(
        "Search", placeholder=shown.opened.source.definition.search, label_visibility="collapsed",
        icon=":material/search:", **address.bound(f"search:{shown.key}", shown.asked.search, written),
    )  # fmt: skip


# ---- private data, export ----


def show_in_full(shown: Shown) -> None:
    """Which private data the person wants to see unmasked (CUS-COM-03), where the list hides it."""
    made = shown.opened.source.definition
    if not made.masks:
        return
    there = {column.private for column in shown.opened.shape.columns.values()}
    offered = [part for part in PARTS if part in there and (part != "name" or not current_actor().is_vendor)]
    with st.popover("Show in full", icon=":material/visibility:", type="tertiary"):
        st.caption("Lists hide personal data until you ask for it.")
        st.pills(
            "Show in full", offered, selection_mode="multi", format_func=PARTS.__getitem__,
            key=f"list_full:{shown.key}", label_visibility="collapsed",
        )  # fmt: skip


def export_menu(shown: Shown) -> None:
    """Exactly what is filtered, with the columns that are shown, as a file made in the background."""
    made, actor = shown.opened.source.definition, current_actor()
    permission = made.export if actor.is_vendor else made.export_partner or made.export
    if not made.export or not shown.rows or not (actor.may(permission) and actor.may("exports.create")):
        return
    chosen = st.menu_button(
        "Export", list(FORMATS), format_func=FORMATS.__getitem__, icon=":material/download:", type="tertiary",
        key="list_export",
    )  # fmt: skip
    if chosen is None:
        return
    with outcome(done=CREATED, link=("Export history", "exports")), unit_of_work() as uow:
        service.request(uow, f"lists.{shown.key}", question_of(shown.opened, shown.asked), chosen, made.title)

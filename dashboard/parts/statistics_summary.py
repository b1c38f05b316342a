"""A summary of amounts: customers, each opened into its product types; found by customer or account name
(FIN-SREV-06, FIN-SREV-07, FIN-SINC-05, FIN-SINC-06)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

import streamlit as st

from dashboard.parts import address, formats
from dashboard.parts.empty import state
from dashboard.parts.head import section
from dashboard.parts.lines_link import lines_link
from dashboard.parts.statistics_page import Below
from dashboard.parts.statistics_view import View
from models.core.unit_of_work import UnitOfWork, unit_of_work
from models.customers import queries as customers
from models.engines.statistics import Sort
from models.statistics.asking import answer
from models.statistics.asks import Ask
from models.statistics.results import Result, ResultRow
from models.statistics.tiles import Tile

SIZE = 25
"""Customers of one page."""
MOST = 5_000
"""Customers that a question can be narrowed to."""


def below(measure: str, title: str) -> Below:
    """The summary of a measure as a list below a page's tiles."""
    return Below(lambda view: summary(view, measure, title), lambda view: exported(view, measure, title))


@dataclass(frozen=True, slots=True)
class _Found:
    """One page of customers with their account names, how many there are in all, and their product types."""

    rows: Sequence[ResultRow]
    accounts: Mapping[str, str]
    count: int
    parts: Result | None
    whole: Result


def summary(view: View, measure: str, title: str) -> None:
    """The list of a measure, with search and pages; every customer opens into its product types."""
    place = int(address.get("page")) if address.get("page").isdigit() else 0
    with unit_of_work(read_only=True) as uow:
        found = _asked(uow, view, measure, place)
    unit = found.whole.currency
    words, search = st.columns([3, 1], vertical_alignment="center")
    with words:
        section(title, aside=f"{formats.plural(found.count, 'customer')}, {unit}; open one for its product types")
    with search:
        st.text_input(
            "Search", placeholder="Customer or account name", icon=":material/search:", label_visibility="collapsed",
            **address.bound("q", view.search, lambda text: address.put(q=text.strip(), page=None)),
        )  # fmt: skip
    if not found.rows:
        remedy = "Search for a part of the name, take a filter off, or choose another period."
        state("empty", "No customer matches", remedy)
        return
    head = "".join(f"<span>{name}</span>" for name in ("", "Customer name", "Account name", f"{_words(found)}, {unit}"))
    body = "".join(_row(view, found, row) for row in found.rows)
    st.html(f'<div class="k sums"><div class="hd">{head}</div>{body}</div>')
    _pages(place, found.count)


def _words(found: _Found) -> str:
    return formats.text(found.whole.measures[0].words)


def exported(view: View, measure: str, title: str) -> list[tuple[str, Ask]]:
    """The question of the whole summary, narrowed to what is searched for."""
    with unit_of_work(read_only=True) as uow:
        asked = _question(uow, view, measure)
        if view.search:
            rows, _ = _matching(uow, view, answer(uow, asked))
            if not rows:
                return []
            asked = asked.narrowed("customer", *(row.keys[0] for row in rows[:MOST]))
    return [(title, asked.model_copy(update={"by": ("customer", "service_type")}))]


def _question(uow: UnitOfWork, view: View, measure: str) -> Ask:
    one = Tile(key="summary", ask=Ask.of(measure, by=("customer",), sort=Sort.AMOUNT.value))
    return one.within(view.asked, today=uow.today).model_copy(update={"against": ()})


def _matching(uow: UnitOfWork, view: View, whole: Result) -> tuple[list[ResultRow], Mapping[str, str]]:
    """The customers whose name or account name has the words that are searched for; account names by key."""
    named = customers.accounts_of(uow, [key for row in whole.rows if (key := _uuid(row.keys[0]))])
    accounts = {str(key): account for key, (_, account) in named.items()}
    words = view.search.casefold()
    rows = [row for row in whole.rows if words in row.labels[0].casefold()
            or words in accounts.get(row.keys[0], "").casefold()]  # fmt: skip
    return sorted(rows, key=lambda row: -abs(row.value())), accounts  # what was taken back is negative


def _asked(uow: UnitOfWork, view: View, measure: str, place: int) -> _Found:
    asked = _question(uow, view, measure)
    whole = answer(uow, asked)
    rows, accounts = _matching(uow, view, whole)
    shown = rows[place * SIZE : (place + 1) * SIZE]
    parts = None
    if shown:
        narrowed = asked.narrowed("customer", *(row.keys[0] for row in shown)).model_copy(
            update={"by": ("customer", "service_type"), "currency": whole.currency or asked.currency}
        )
        parts = answer(uow, narrowed)
    return _Found(shown, accounts, len(rows), parts, whole)


def _uuid(key: str) -> UUID | None:
    try:
        return UUID(key)
    except ValueError:
        return None


def _row(view: View, found: _Found, row: ResultRow) -> str:
    key = row.keys[0]
    account = formats.text(found.accounts.get(key))
    head = f'<span class="t">{formats.text(row.labels[0])}</span><span class="mu">{account}</span>'
    head += f'<span class="num">{formats.amount(row.value())}</span>'
    lines = "".join(_part(part) for part in found.parts.rows if part.keys[0] == key) if found.parts else ""
    own = {"customer": key}
    ways = [
        ("Customer", address.link("customer", {"id": key})) if _uuid(key) else ("", ""),
        ("All figures of it", f"{view.link(view.page.address)}&{address.link('', own).lstrip('?')}"),
        ("Lines", lines_link(found.whole, of=view.page.address, only=own)),
    ]
    links = " · ".join(f'<a href="{formats.text(to)}" target="_self">{name}</a>' for name, to in ways if name)
    return f"<details><summary>{head}</summary>{lines}<p>{links}</p></details>"


def _part(row: ResultRow) -> str:
    amount = f'<span class="num">{formats.amount(row.value())}</span>'
    return f'<div class="pt"><span>{formats.text(row.labels[1])}</span>{amount}</div>'


def _pages(place: int, count: int) -> None:
    """Back and on, where there is more than a page."""
    last = (count - 1) // SIZE
    if last < 1:
        return
    with st.container(horizontal=True, horizontal_alignment="right", vertical_alignment="center"):
        upto = min((place + 1) * SIZE, count)
        st.caption(f"{formats.count(place * SIZE + 1)} to {formats.count(upto)} of {formats.count(count)}")
        st.button("Previous", icon=":material/chevron_left:", disabled=place == 0, on_click=_to, args=(place - 1,))
        st.button("Next", icon=":material/chevron_right:", disabled=place >= last, on_click=_to, args=(place + 1,))


def _to(place: int) -> None:
    address.put(page=str(place) if place else None)

"""The one list part: what a list's definition says, asked as the address says, drawn with all that stands around it.

A page asks with `ask`, draws its head, then `toolbar`, its sentence, and `draw`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import streamlit as st

from dashboard.parts import address, formats, list_page_bar, list_page_bulk, list_page_cells
from dashboard.parts.empty import state
from dashboard.parts.list_page_cells import Look, plain_look
from dashboard.parts.list_page_state import Shown, write
from dashboard.parts.list_page_views import views_menu
from dashboard.parts.pager import SIZE, page_from_address, pager
from dashboard.parts.rows import rows
from dashboard.parts.tables import full_height, grid
from models.core.unit_of_work import UnitOfWork
from models.engines.lists.asking import Asked
from models.engines.lists.compiling import COUNTED_TO, ListRow
from models.lists import acting, queries

Said = Callable[[ListRow], str]
Act = Callable[[Sequence[ListRow]], None]
"""What a page does itself with the rows that are ticked, in place of the preview."""


def ask(
    uow: UnitOfWork, key: str, *, more: Sequence[str] = (), count_by: str = "", says: Mapping[str, Said] | None = None
) -> Shown:
    """A list by key, as the address asks for it; `more` are columns that the page needs whether they are shown or not,
    `count_by` the column by whose values it wants them counted, `says` columns that it puts into words itself.

    One statement for how the list stands, one for its page, one for each fill that is shown, and one for the count
    when there is more than a page.

    Raises:
        NotAllowed: the actor may not see the list.
        Refused: the place in the list that the address names is none.
    """
    opened = queries.open_list(uow, key)
    question = queries.resolve(opened, {name: address.get_all(name) for name in st.query_params})
    columns = queries.columns_of(opened, question.asked)
    place = page_from_address(SIZE)
    answer = queries.read(uow, opened, question.asked, place, [*columns, *more])
    counts = queries.count_by(uow, opened, question.asked, count_by) if count_by else {}
    total = sum(counts.values()) if count_by else len(answer.page.rows)
    if not count_by and (answer.page.next or answer.page.previous or place.cursor):
        total = queries.count(uow, opened, question.asked)
    labels = {name: list_page_cells.header(opened, answer, name) for name in columns if name not in answer.away}
    return Shown(
        key, opened, question, answer, labels, total, list_page_bar.words_of_filters(uow, opened, question.asked),
        tuple(acting.actions_of(uow, opened.source)), counts, says or {},
    )  # fmt: skip


def toolbar(shown: Shown, *, first: Callable[[], None] | None = None) -> None:
    """Chips, filters, columns, views and export; order and search on the right. `first` stands before them."""
    left, middle, right = st.columns([2.85, 0.92, 1.03], vertical_alignment="top")
    with left, st.container(horizontal=True, key="chips", gap="xsmall", vertical_alignment="center"):
        if first:
            first()
        list_page_bar.chips(shown)
        list_page_bar.filter_menu(shown)
        list_page_bar.column_menu(shown)
        views_menu(shown)
        list_page_bulk.select_button(shown)
        list_page_bar.show_in_full(shown)
        list_page_bar.export_menu(shown)
    with middle:
        list_page_bar.order_box(shown)
    with right:
        list_page_bar.search_box(shown)
    for problem in shown.question.problems:
        st.caption(f":material/info: {formats.plain(problem.text)}")


def draw(
    shown: Shown,
    *,
    label: str,
    look: Look = plain_look,
    acts: Mapping[str, Act] | None = None,
    drawn: Callable[[], None] | None = None,
) -> str | None:
    """The rows, page by page, or why there are none; the key of the one that was opened.

    `label` names the list for a listener; `look` gives a row on a phone its colour and icon; `acts` are actions that
    the page does itself; `drawn` draws the rows where a grid does not do.
    """
    if not shown.rows:
        nothing(shown)
        return None
    opened = None
    if list_page_bulk.selecting(shown):
        list_page_bulk.ticking(shown, acts or {})
    elif drawn:
        drawn()
    else:
        opened = _rows(shown, label, look)
    pager(shown.answer.page.previous, shown.answer.page.next, words=f"{len(shown.rows)} of {total_words(shown)}")
    return opened


def total_words(shown: Shown) -> str:
    """How many rows there are: `154 partners`, `more than 10,000 customers`."""
    made = shown.opened.source.definition
    if shown.total > COUNTED_TO:
        return f"more than {formats.plural(COUNTED_TO, made.one, made.many)}"
    return formats.plural(shown.total, made.one, made.many)


def nothing(shown: Shown) -> None:
    """Why the list is empty, and what to do about it."""
    made = shown.opened.source.definition
    if shown.question.asked.narrows or shown.answer.page.previous:
        words = [f"You filter by {formats.listing(shown.chip_words, most=4)}."] if shown.chip_words else []
        if shown.question.asked.search:
            words.append(f"You search for “{shown.question.asked.search}”.")
        words.append("Take a filter away or search for something else.")
        everything = {queries.VIEW: queries.EVERYTHING} if shown.has_default else {}
        state(
            "empty",
            f"No {made.one} matches",
            *words,
            link=("Clear all", address.link(made.page or shown.key, everything)),
        )
        return
    way = (made.empty.link_text, made.empty.link) if made.empty.link else None
    state("empty", made.empty.title, *filter(None, [made.empty.words]), link=way, icon=made.empty.icon)


def dismissed() -> None:
    """What a dialog that a row opened gives as `on_dismiss`: the page runs again, and the row is chosen no more."""


@dataclass(frozen=True, slots=True)
class Round:
    """Which grid stands there: another one after a row was opened, so that none is chosen when the page runs again."""

    key: str

    @property
    def name(self) -> str:
        """The key of the grid."""
        return f"{self.key}:{st.session_state.get(self._place, 0)}"

    @property
    def _place(self) -> str:
        return f"list_round:{self.key}"

    def over(self) -> None:
        """Let the next run draw a new grid."""
        st.session_state[self._place] = st.session_state.get(self._place, 0) + 1


def _rows(shown: Shown, label: str, look: Look) -> str | None:
    cells = list_page_cells.cells(shown)
    made = shown.opened.source.definition
    around = Round(shown.key)
    with st.container(key=f"wide_{shown.key}"):
        chosen = grid(
            cells, list_page_cells.grid_columns(shown), key=around.name, height=full_height(len(cells)),
            alt=f"{made.title}: {total_words(shown)} with {', '.join(shown.labels.values())}.",
        )  # fmt: skip
    with st.container(key=f"narrow_{shown.key}"):
        opened = rows(list_page_cells.narrow(shown, look), key=f"{shown.key}_narrow", label=label)
    if chosen is not None:
        around.over()
        return str(shown.rows[chosen].key)
    return opened


def count_also(uow: UnitOfWork, shown: Shown, name: str, value: str) -> int:
    """How many of the rows that are found have a filter's value as well."""
    on = shown.asked.filters.get(name)
    if on and value not in on:
        return 0
    narrowed = replace(shown.asked, filters={**shown.asked.filters, name: (value,)})
    return queries.count(uow, shown.opened, narrowed)


def count_only(uow: UnitOfWork, shown: Shown, **filters: str) -> int:
    """How many rows of the whole list have these values, whatever is asked."""
    return queries.count(uow, shown.opened, Asked({name: (value,) for name, value in filters.items()}))


__all__ = [
    "Act", "Look", "Shown", "ask", "count_also", "count_only", "dismissed", "draw", "nothing", "toolbar", "total_words",
    "write",
]  # fmt: skip

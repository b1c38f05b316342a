"""Several rows at once: tick them, look at what would happen to which, then let it happen."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from uuid import UUID, uuid4
from zlib import crc32

import streamlit as st

from dashboard.parts import address, formats, list_page_cells
from dashboard.parts.dialog import dialog
from dashboard.parts.list_page_state import Shown
from dashboard.parts.outcome import flash, outcome, show_problems
from dashboard.parts.tables import full_height, grid_of_many
from models.core.errors import DomainError
from models.core.unit_of_work import unit_of_work
from models.engines.lists.compiling import COUNTED_TO, ListRow
from models.engines.lists.schema import MOST_ROWS, ActionAsk, ListAction
from models.engines.lists.sources import ONCE, Preview
from models.lists import acting

SEVERAL = "several"


def selecting(shown: Shown) -> bool:
    """Whether rows are ticked instead of opened."""
    return bool(shown.actions) and address.get(SEVERAL) == "1"


def select_button(shown: Shown) -> None:
    """The switch between opening one row and ticking several."""
    if not shown.actions:
        return
    on = selecting(shown)
    text, icon = ("Stop selecting", ":material/close:") if on else ("Select", ":material/checklist:")
    st.button(text, icon=icon, type="tertiary", key="wide_select", on_click=_turn, args=(not on,))


def _turn(on: bool) -> None:
    if on:
        st.query_params[SEVERAL] = "1"
    else:
        st.query_params.pop(SEVERAL)


def ticking(shown: Shown, acts: Mapping[str, Callable[[Sequence[ListRow]], None]]) -> None:
    """The list with boxes, and a button for each action on what is ticked."""
    cells = list_page_cells.cells(shown)
    made = shown.opened.source.definition
    bar = st.container(horizontal=True, vertical_alignment="center", key="list_acts")  # above what it works on
    places = grid_of_many(
        cells, list_page_cells.grid_columns(shown), key=_ticked(shown), height=full_height(len(cells)),
        alt=f"{made.title}; tick some.",
    )  # fmt: skip
    ticked = [shown.rows[place] for place in places]
    more = len(shown.rows) < shown.total <= MOST_ROWS
    with bar:
        every = more and st.checkbox(f"All {formats.plural(shown.total, made.one, made.many)} found", key="list_every")
        number = shown.total if every else len(ticked)
        for place, action in enumerate(shown.actions):
            text = f"{action.label} {formats.plural(number, made.one, made.many)}" if number else action.label
            pressed = st.button(
                text, icon=f":material/{action.icon}:", key=f"act:{action.name}", disabled=not number,
                type="secondary" if place else "primary",
            )  # fmt: skip
            if pressed and action.name in acts:
                acts[action.name](ticked)
            elif pressed:
                look(shown, action, _keys(shown, every, ticked))
        if not number:
            st.caption(f"Tick {made.many or made.one + 's'} in the list first.", width="content")


def _ticked(shown: Shown) -> str:
    """Which grid stands there. Ticks are places: where other rows stand, nothing may be ticked any more."""
    return f"{shown.key}:ticked:{crc32(''.join(str(row.key) for row in shown.rows).encode())}"


def _keys(shown: Shown, every: bool, ticked: Sequence[ListRow]) -> list[UUID]:
    if not every or shown.total > COUNTED_TO:
        return [row.key for row in ticked]
    with unit_of_work(read_only=True) as uow:
        return acting.all_found(uow, shown.opened, shown.asked)


def _closed() -> None:
    """The page runs again, so that it shows what was done."""


@dialog("Look before you do it", on_dismiss=_closed)
def look(shown: Shown, action: ListAction, keys: Sequence[UUID]) -> None:
    """What has to be given, what would happen, and the button that lets it happen."""
    made = shown.opened.source.definition
    try:
        with unit_of_work(read_only=True) as uow:
            offered = acting.choices(uow, shown.key, action.name, keys)
        given = {ask.name: _given(ask, offered.get(ask.name, {})) for ask in action.asks}
        if acting.missing(action, given):
            st.caption("What would happen is shown once this is given.")
            return
        given[ONCE] = _token(shown, action, keys)
        with st.spinner("Looking at each …"), unit_of_work(read_only=True) as uow:
            found = acting.preview(uow, shown.key, action.name, keys, given)
    except DomainError as error:
        show_problems(error)
        return
    st.html(preview_html(found, made.one, made.many, action.will))
    number = formats.plural(len(found.able), made.one, made.many)
    sums = [f"{currency} {formats.amount(each)}" for currency, each in found.amounts.items()]
    in_all = f", {sums[0]}" if len(sums) == 1 else ""
    if not st.button(f"{action.label} {number}{in_all}", type="primary", disabled=not found.able, key="act:do"):
        return
    if acting.does_each(shown.key, action.name):
        _each(shown, action, found, given)
        return
    with outcome(done=f"{number} {action.done}."), unit_of_work() as uow:
        acting.run(uow, shown.key, action.name, found, given)


def _token(shown: Shown, action: ListAction, keys: Sequence[UUID]) -> str:
    """What makes a press count once: the same for the same rows while the page stands."""
    place, about = "act:token", (shown.key, action.name, tuple(keys))
    if st.session_state.get(place, (None, ""))[0] != about:
        st.session_state[place] = (about, str(uuid4()))
    return str(st.session_state[place][1])


def _given(ask: ActionAsk, offered: Mapping[str, str]) -> str:
    """One thing that an action asks for."""
    label, key = ask.label if ask.needed else f"{ask.label} (optional)", f"act:{ask.name}"
    match ask.kind:
        case "choice":
            chosen = st.selectbox(
                label, list(offered), format_func=offered.__getitem__, key=key, help=ask.help or None,
                index=0 if len(offered) == 1 and ask.needed else None,
                placeholder=ask.placeholder or ("Choose" if offered else "Nothing to choose"),
            )  # fmt: skip
            return chosen or ""
        case "amount":
            typed = st.text_input(label, placeholder=ask.placeholder or "5000.00", key=key, help=ask.help or None)
            return typed.replace(",", "").strip()
    return st.text_area(
        label, placeholder=ask.placeholder or None, key=key, help=ask.help or None, max_chars=acting.LONGEST
    )


def _each(shown: Shown, action: ListAction, found: Preview, given: Mapping[str, str]) -> None:
    """Do one row after the other; what was refused meanwhile stays to be read, what was done is done."""
    made = shown.opened.source.definition
    try:
        with st.spinner(f"{action.label} {formats.plural(len(found.able), made.one, made.many)} …"):
            done = acting.run_each(unit_of_work, shown.key, action.name, found, given)
    except DomainError as error:
        show_problems(error)
        return
    words = f"{formats.plural(done.rows, made.one, made.many)} {action.done}."
    if not done.refused:
        flash(words)
        st.rerun()
    if done.rows:
        st.success(formats.plain(words), icon=":material/check_circle:")
    lines = "".join(
        f'<div class="rule"><span class="i t-orange" aria-hidden="true">block</span>'
        f"<span><b>{formats.text(name)}</b> {formats.text(why)}</span></div>"
        for name, why in done.refused.items()
    )
    st.html(f'<div class="k"><p>Not done, and unchanged:</p>{lines}</div>')


def preview_html(found: Preview, one: str, many: str, will: str) -> str:
    """`37 users will be locked; 3 cannot: 2 locked already, 1 you. USD 41,200.00 in all.`"""
    words = f"<b>{formats.plural(len(found.able), one, many)}</b> {formats.text(will)}"
    if found.refused:
        lines = "".join(map(_refused_html, found.refused.items(), [found] * len(found.refused)))
        words += f"; <b>{formats.count(sum(found.refused.values()))}</b> cannot, because"
    else:
        lines = ""
    sums = [f"<b>{formats.text(currency)} {formats.amount(each)}</b>" for currency, each in found.amounts.items()]
    total = f"<p>{formats.listing(sums)} in all.</p>" if sums else ""
    return f'<div class="k"><p>{words}{":" if lines else "."}</p>{lines}{total}</div>'


def _refused_html(reason: tuple[str, int], found: Preview) -> str:
    why, number = reason
    names = found.names.get(why, ())
    which = f'<br><span class="mu sm">{formats.text(formats.listing(names, most=4))}</span>' if names else ""
    return (
        f'<div class="rule"><span class="i t-orange" aria-hidden="true">block</span><span>'
        f"<b>{formats.count(number)}</b> cannot: {formats.text(why)}{which}</span></div>"
    )

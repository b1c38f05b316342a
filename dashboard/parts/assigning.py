"""Two steps to give customers an account manager: look at what is chosen, then choose the person (CUS-AM-02)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

import streamlit as st

from dashboard.parts import formats
from dashboard.parts.dialog import dialog
from dashboard.parts.records import table

_STEP = "assign:step"
_MOST = 12


@dataclass(frozen=True, slots=True)
class Chosen:
    """A customer that was chosen, and who looks after it now."""

    name: str
    account_name: str
    manager: str


@dataclass(frozen=True, slots=True)
class Managers:
    """The account managers one can choose among, by name, and how many customers each has."""

    names: Mapping[UUID, str]
    customers: Mapping[UUID, int]


def begin() -> None:
    """Open the dialog at its first step next time; called when it was closed or has done its work."""
    st.session_state[_STEP] = 1


def _go_on() -> None:
    st.session_state[_STEP] = 2


@dialog("Assign account manager", on_dismiss=begin)
def ask(
    chosen: Sequence[Chosen], managers: Managers, *, from_day: str, until_day: str,
    assign: Callable[[UUID], None], unassign: Callable[[], None],
) -> None:  # fmt: skip
    """Show the dialog; the callbacks do what was decided. `from_day` and `until_day`: when which decision counts."""
    if st.session_state.get(_STEP, 1) == 1:
        _look(chosen, from_day, until_day, unassign)
    else:
        _choose(chosen, managers, from_day, assign)


def _look(chosen: Sequence[Chosen], from_day: str, until_day: str, unassign: Callable[[], None]) -> None:
    st.caption(f"Step 1 of 2 · {formats.plural(len(chosen), 'customer')}")
    cells = [[formats.text(each.account_name), formats.text(each.name), formats.text(each.manager)] for each in chosen]
    table(("Account name", "Customer", "Account manager"), cells[:_MOST])
    if len(cells) > _MOST:
        st.caption(f"and {len(cells) - _MOST} more")
    having = sum(bool(each.manager) for each in chosen)
    change = (
        f" {formats.plural(having, 'customer')} would change hands; the present one ends the day before."
        if having
        else ""
    )
    st.info(
        f"Expenditure counts for the new account manager from {from_day} (GMT+08:00).{change}", icon=":material/info:"
    )
    with st.container(horizontal=True):
        st.button("Next", type="primary", on_click=_go_on)
        if having == len(chosen) and st.button("Unassign instead", help=f"What they spend counts until {until_day}."):
            unassign()


def _choose(chosen: Sequence[Chosen], managers: Managers, from_day: str, assign: Callable[[UUID], None]) -> None:
    st.caption("Step 2 of 2 · who looks after them")
    if not managers.names:
        st.warning("This partner has no account manager yet. Create one under Organisation, then come back.")
        return
    words = {
        key: f"{name} · {formats.plural(managers.customers.get(key, 0), 'customer')}"
        for key, name in managers.names.items()
    }
    person = st.selectbox(
        "Account manager", list(words), format_func=words.__getitem__, index=None, placeholder="Search"
    )
    with st.container(horizontal=True):
        st.button("Back", on_click=begin)
        text = f"Assign {formats.plural(len(chosen), 'customer')} from {from_day}"
        if st.button(text, type="primary", disabled=person is None) and person is not None:
            assign(person)

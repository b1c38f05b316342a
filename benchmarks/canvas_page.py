"""What the browser of `benchmarks.canvas` opens: a plain button, the canvas over a draft, or the designer's page.

Each ends with the count that says to the browser that what it did is saved and drawn.
"""

from uuid import UUID

import streamlit as st

from dashboard.parts import shell
from dashboard.parts.design_canvas import show
from dashboard.parts.design_work import carry_out
from models.core.actor import SYSTEM, acting_as
from models.core.settings import ROOT
from models.core.unit_of_work import unit_of_work
from models.design import drafting

PAGE = ROOT / "pages" / "design" / "designer.py"


def button() -> int:
    """The floor: nothing but a button."""
    if st.button("Save"):
        st.session_state.count = st.session_state.get("count", 0) + 1
    return int(st.session_state.get("count", 0))


def canvas(draft_id: UUID, *, whole_page: bool) -> int:
    """The draft on the canvas; with the whole page also what is wrong with it, what differs, what runs on it."""
    if whole_page:
        exec(compile(PAGE.read_text(encoding="utf-8"), str(PAGE), "exec"), {"__name__": "__main__"})
    else:
        carry_out(draft_id, editable=True)
    with unit_of_work(read_only=True) as uow:
        draft = drafting.find(uow, draft_id)
    if not whole_page:
        show(draft.content, [], [], {}, selected=st.query_params.get("node"), revision=draft.place, editable=True)
    return draft.place


st.set_page_config(layout="wide")
shell.style("kontor.css")
with acting_as(SYSTEM):
    if st.query_params["what"] == "button":
        saved = button()
    else:
        saved = canvas(UUID(st.query_params["draft"]), whole_page=st.query_params["what"] == "page")
st.html(f"<i id='saved'>{saved}</i>")

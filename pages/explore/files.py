"""Bring your own file: read in the limited process, for this session only, to be joined with our data in SQL."""

import streamlit as st

from dashboard.parts import explore_work as work
from dashboard.parts import formats
from dashboard.parts.empty import state
from dashboard.parts.explore_answer import exact_grid
from dashboard.parts.go import go
from dashboard.parts.head import answer, page_head, section
from dashboard.parts.outcome import outcome
from dashboard.parts.shell import style
from models.core.actor import current_actor
from models.core.settings import settings
from models.core.unit_of_work import unit_of_work
from models.explore import asking
from models.explore.bringing import MOST_FILES, Brought, bring

FIRST_ROWS = 8


def dropped() -> None:
    """A file that was dropped becomes a table, once."""
    turn = st.session_state.setdefault("explore_upload_turn", 0)
    most = settings().explore_file_mib
    kinds = ["csv", "tsv", "txt", "xlsx", "parquet"]
    words = f"CSV, XLSX or Parquet, at most {most} MiB"
    given = st.file_uploader(words, type=kinds, max_upload_size=most, key=f"explore_upload:{turn}")
    if given is None:
        return
    if st.button(f"Bring {formats.plain(given.name)}", type="primary", key="explore_bring"):
        with outcome(done="The file is here, for this session only."), unit_of_work(read_only=True) as uow:
            found = bring(uow, given.name, given.getvalue(), there=list(work.files()))
            work.keep(found)
            st.session_state["explore_upload_turn"] = turn + 1


def draw(found: Brought) -> None:
    """A table that was brought: its columns, its first rows, where to go on."""
    with st.container(border=True, key=f"brought:{found.table}"):
        words, actions = st.columns([3, 2], vertical_alignment="center")
        with words:
            st.html(
                f'<div class="k"><b>{formats.text(found.file)}</b> <span class="pill t-gray">{found.kind}</span>'
                f'<p class="mu sm">{formats.plural(found.rows.num_rows, "row")}, '
                f"{formats.plural(found.rows.num_columns, 'column')}, {formats.size(found.size)} · "
                f"in SQL it is called <code>{formats.text(found.table)}</code></p></div>"
            )
        with actions, st.container(horizontal=True, horizontal_alignment="right"):
            if st.button("Ask with SQL", key=f"brought_sql:{found.table}", icon=":material/database:"):
                work.put_statement(f"SELECT *\nFROM {found.table}\nLIMIT 100")
                go("explore-sql", {"sql": work.statement()})
            if st.button("Profile", key=f"brought_profile:{found.table}", icon=":material/query_stats:"):
                go("explore-profile", {"table": found.table, "column": found.rows.column_names[0]})
            if st.button("Take away", key=f"brought_away:{found.table}", type="tertiary"):
                del work.files()[found.table]
                st.rerun()
        columns = [asking.Column(each.name, asking.kind_of(each.type)) for each in found.rows.schema]
        exact_grid(columns, found.rows.slice(0, FIRST_ROWS), key=f"brought_rows:{found.table}")
        st.caption("; ".join(f"{each.name}: {each.kind}" for each in columns))


current_actor().demand(asking.PERMISSION)
style("explore.css")
page_head("Your file", line=["For this session only", "never stored"])
work.tell_left()
here = work.files()
if here:
    rows = sum(each.rows.num_rows for each in here.values())
    answer(f"<b>{formats.plural(len(here), 'file')}</b> with {formats.count(rows)} rows can be joined with our data.",
           beside="They are gone when you leave or reload.")  # fmt: skip
if len(here) < MOST_FILES:
    dropped()
if here:
    section("Brought to this session")
    for each in here.values():
        draw(each)
else:
    state(
        "empty", "No file here yet", "Drop a list of targets, budgets or contacts above: it is read in a process that "
        "can reach nothing, profiled, and joined with your partners or customers in SQL.", icon="upload_file",
    )  # fmt: skip

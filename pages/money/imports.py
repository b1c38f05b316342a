"""Import deliveries of cost and usage data (FOCUS), follow them, see what was rejected."""

from collections.abc import Sequence
from uuid import UUID

import streamlit as st

from dashboard.parts import address, formats, list_page
from dashboard.parts.again import again
from dashboard.parts.delivery import history_html, sentence
from dashboard.parts.head import answer, page_head, section
from dashboard.parts.outcome import flash, outcome
from dashboard.parts.uploader import Drop, uploader
from models.core.settings import settings
from models.core.unit_of_work import unit_of_work
from models.expenditures import deliveries
from models.expenditures.deliveries import ImportRow


def history(rows: Sequence[ImportRow]) -> None:
    """The list, with what a grid could not offer: files, progress, and a link to what was rejected."""
    st.html(history_html(rows))


page_head("Import", line=["Cost and usage data in the FOCUS format, 1.0 and 1.2", formats.preferences().zone_name])
with unit_of_work(read_only=True) as uow:
    shown = list_page.ask(uow, "imports")
    rows = deliveries.import_rows(uow, [row.key for row in shown.rows])
    sources = deliveries.sources(uow)
    waiting = deliveries.inbox(uow)
    run = address.get("run")
    latest = next((row for row in rows if str(row.id) == run), None) or deliveries.latest(uow)
if latest:
    answer(sentence(latest))

new, box = st.columns([3, 2], gap="large")
with new:
    section(
        "New delivery", note="The same file name of a source replaces what that file brought before; a new name adds."
    )
    source = st.selectbox(
        "Source",
        sources,
        index=sources.index(address.get("source")) if address.get("source") in sources else None,
        accept_new_options=True,
        placeholder="Who delivers, such as cloud-a",
        help="Files of one source belong together. Other sources are never touched.",
    )
    done = uploader(
        Drop(
            "/uploads/focus",
            {"source": source or ""},
            "Drop FOCUS files here, or choose them",
            f"CSV, CSV.gz or Parquet, up to {settings().upload_mib:,} MiB",
            "Import",
            "Name the source first.",
        ),
        key="focus",
    )
    if done:
        address.put(run=str(UUID(done)), source=source)
        flash("The delivery is here and will be imported in a moment.")
        st.rerun()
with box:
    section("Inbox folder", aside=formats.plural(len(waiting), "file") + " waiting")
    if not waiting:
        st.caption("Files too large to upload: lay them into the folder `inbox` below the home folder on the server.")
    else:
        names = st.multiselect("Files", [file.name for file in waiting], label_visibility="collapsed")
        if st.button("Import from the inbox", disabled=not (names and source)) and source:
            with outcome(done="The files will be imported in a moment."), unit_of_work() as uow:
                deliveries.request_from_inbox(uow, source, names)

section("Deliveries", aside="the newest first")
list_page.toolbar(shown)
list_page.draw(shown, label="Deliveries, the newest first", drawn=lambda: history(rows))
if any(row.status.under_way for row in rows):
    again(1.5)

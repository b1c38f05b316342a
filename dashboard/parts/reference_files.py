"""Reference data out and in as CSV."""

from __future__ import annotations

import streamlit as st

from dashboard.parts import formats
from dashboard.parts.outcome import outcome
from models.core.unit_of_work import unit_of_work
from models.reference import exchange
from models.reference.exchange import SHEETS


def files(*sheets: str, may_change: bool) -> None:
    """Download what is in force or to come; enter a file whole, or nothing of it."""
    with st.expander("Files", icon=":material/csv:"):
        for sheet in sheets:
            made = SHEETS[sheet]
            with unit_of_work(read_only=True) as uow:
                text = exchange.exported(uow, sheet)
            st.download_button(f"{made.name} as CSV", text, f"{sheet}.csv", "text/csv", key=f"file:{sheet}",
                               icon=":material/download:")  # fmt: skip
            if not may_change or made.enter is None:
                continue
            given = st.file_uploader(
                f"Enter {made.name.lower()} from a file", type="csv", key=f"file:{sheet}:in", max_upload_size=1,
                help=f"{made.help}Its first line: {','.join(made.columns)}. One wrong row, and nothing is entered.",
            )  # fmt: skip
            if given and st.button("Enter the file", key=f"file:{sheet}:do"):
                with outcome(done=f"{formats.plain(given.name)} is entered."), unit_of_work() as uow:
                    exchange.imported(uow, sheet, given.getvalue())

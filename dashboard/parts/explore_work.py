"""What the pages of Explore keep while somebody works: the statement, its values, files brought, the answer awaited.

Files live in the session alone and are gone with it; answers live in this process for a while.
"""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

import pyarrow as pa
import streamlit as st

from dashboard.parts import address, formats
from models.core.actor import current_actor
from models.core.clock import business_date
from models.engines.sandbox.process import Parameter
from models.engines.sandbox.reading import number, parameters_of
from models.explore import running
from models.explore.asking import Asked
from models.explore.bringing import Brought
from models.explore.running import Run

_FILES, _LEFT, _RUN, _TEXT = "explore_files", "explore_left", "explore_run", "explore_text"
VALUE = "v."
"""Begins the names of the address's parameters that hold values: `v.from=date:2026-01-01`."""
KINDS = {"text": "Text", "number": "Number", "date": "Day"}
STARTER = """SELECT p.name, sum(l.expenditure) AS expenditure, l.currency
FROM expenditure_line l
JOIN partner p USING (partner_id)
WHERE l.cycle >= :since
GROUP BY ALL
ORDER BY expenditure DESC
LIMIT 20"""


def files() -> dict[str, Brought]:
    """What was brought to this session, by table."""
    kept: dict[str, Brought] = st.session_state.setdefault(_FILES, {})
    for gone in [each for each in kept.values() if each.held.left]:
        del kept[gone.table]
        st.session_state[_LEFT] = [*st.session_state.get(_LEFT, ()), gone.file]
    return kept


def keep(brought: Brought) -> None:
    """Put a file beside those of this session; what left before is told no longer."""
    files()[brought.table] = brought
    st.session_state.pop(_LEFT, None)


def tell_left() -> None:
    """Which files of this session had to make room."""
    files()
    if names := st.session_state.get(_LEFT):
        words = f"{formats.listing(names)} left to make room for newer files and answers. Bring it again to go on."
        st.info(words, icon=":material/move_to_inbox:")


def own_tables() -> Mapping[str, pa.Table]:
    """The rows of what was brought, by table."""
    return {name: each.rows for name, each in files().items()}


def statement() -> str:
    """The statement as it stands: of the address, or of this session, or one to start from."""
    return address.get("sql") or st.session_state.get(_TEXT) or STARTER


def put_statement(text: str) -> None:
    """Keep the statement; one that is too long for an address stays in the session."""
    st.session_state[_TEXT] = text
    address.put(sql=text if len(text) <= address.LONGEST else None)


def asked(text: str) -> Asked:
    """The statement with the values that the address holds for its parameters."""
    return Asked(text, tuple(value_of(name) for name in parameters_of(text) if address.get(VALUE + name)))


def value_of(name: str) -> Parameter:
    """The value of a parameter in the address: its kind, then the value. The example begins with this year."""
    kind, colon, text = address.get(VALUE + name).partition(":")
    if not colon or kind not in KINDS:
        example = name == "since" and statement() == STARTER
        kind, text = ("date", business_date().replace(month=1, day=1).isoformat()) if example else ("text", "")
    return Parameter(name, kind, text)


def put_value(name: str, kind: str, text: str) -> None:
    """Keep a value in the address; numbers lose what only reads well."""
    if kind == "number" and (found := number(text)) is not None:
        text = format(found, "f")
    address.put(**{VALUE + name: f"{kind}:{text.strip()}" if text.strip() else None})


def put_asked(given: Asked) -> None:
    """Lay a statement from elsewhere on the desk: history, a kept question."""
    for name in [name for name in st.query_params if name.startswith(VALUE)]:
        address.put(**{name: None})
    st.session_state.pop(_RUN, None)
    put_statement(given.text)
    for each in given.parameters:
        address.put(**{VALUE + each.name: f"{each.kind}:{each.text or ''}"})


def ask(given: Asked) -> Run:
    """Begin to answer; what is awaited before goes on by itself and is not shown any more."""
    run = running.start(current_actor(), given, own_tables())
    st.session_state[_RUN] = run.id
    return run


def awaited() -> Run | None:
    """The answer that this session waits for or has; None when there is none any more."""
    key: UUID | None = st.session_state.get(_RUN)
    return running.find(current_actor(), key)

"""How a benefit goes from the application to the money, phase by phase: who does what, within which time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import streamlit as st

from dashboard.parts import formats
from models.applications.queries import role_words
from models.core.clock import now
from models.engines.definitions.schema import ApplicationType
from models.engines.workflow.road import road_ahead
from models.engines.workflow.schema import FormNode, ReviewNode
from models.engines.workflow.state import State, Visit


def process_flow(made: ApplicationType) -> None:
    """The phases side by side, as the type's definition says them when everybody agrees (BEN-MDA-01)."""
    names = list(_way(made))
    columns = "".join(
        f"<div><b>{place}. {formats.text(phase)}</b>{''.join(_steps(made, names, phase))}</div>"
        for place, phase in enumerate(made.phases, 1)
    )
    st.html(f'<div class="k life flow" role="list" style="--n:{len(made.phases)}">{columns}</div>')


def _way(made: ApplicationType) -> Iterator[str]:
    """The nodes where somebody has to do something."""
    start = made.workflow.start
    yield start
    beginning = State(visits=(Visit(f"{start}#1", start, "form", now()),))
    yield from (stop.node for stop in road_ahead(made.workflow, beginning, now(), made.calendar))


def _steps(made: ApplicationType, names: Sequence[str], phase: str) -> Iterator[str]:
    for name in names:
        node = made.workflow.nodes[name]
        if not isinstance(node, FormNode | ReviewNode) or node.phase != phase:
            continue
        mine = isinstance(node, FormNode)
        who = "You" if isinstance(node, FormNode) else role_words(node.review[:1])
        within = f" within {node.due}" if node.due else ""
        yield (
            f'<br><span class="{"t-blue" if mine else "mu"}">{formats.text(who)}</span>: '
            f"{formats.text(made.label(name).lower())}{within}"
        )

"""How a benefit goes from the application to the money, phase by phase: who does what, within which time."""

from __future__ import annotations

import streamlit as st

from dashboard.parts import formats
from models.applications.queries import role_words
from models.engines.definitions.schema import ApplicationType
from models.engines.workflow.schema import FormNode, ReviewNode


def process_flow(made: ApplicationType) -> None:
    """The phases side by side, as the type's definition says them (BEN-MDA-01)."""
    columns = "".join(
        f"<div><b>{place}. {formats.text(phase)}</b>{''.join(_steps(made, phase))}</div>"
        for place, phase in enumerate(made.phases, 1)
    )
    st.html(f'<div class="k life flow" role="list" style="--n:{len(made.phases)}">{columns}</div>')


def _steps(made: ApplicationType, phase: str) -> list[str]:
    lines = []
    for name, node in made.workflow.nodes.items():
        if not isinstance(node, FormNode | ReviewNode) or node.phase != phase:
            continue
        who = "You" if isinstance(node, FormNode) else role_words(node.review)
        within = f" within {node.due}" if node.due else ""
        tone = "t-blue" if isinstance(node, FormNode) else "mu"
        lines.append(
            f'<br><span class="{tone}">{formats.text(who)}</span>: {formats.text(made.label(name).lower())}{within}'
        )
    return lines

"""A type as a file: BPMN 2.0 for other modellers, YAML for everything; and the way back."""

from __future__ import annotations

import streamlit as st

from dashboard.parts import formats
from dashboard.parts.design_work import note
from dashboard.parts.head import section
from dashboard.parts.outcome import flash, show_problems
from models.core.errors import DomainError
from models.design.editing import flow
from models.design.edits import BringIn, ChangeType
from models.design.exchange import from_bpmn, from_yaml, to_bpmn, to_yaml
from models.engines.definitions.loading import Content

NOTICES = "design:notices"


def files_view(content: Content, *, editable: bool) -> None:
    """Take it away as a file, or bring one in."""
    key = str(content["type"]["key"])
    left, right = st.columns(2, gap="large")
    with left:
        section("Take it away")
        try:
            st.download_button("BPMN 2.0 diagram", to_bpmn(content), f"{key}.bpmn", "application/xml",
                               icon=":material/account_tree:")  # fmt: skip
        except DomainError as error:
            show_problems(error)
        st.html('<p class="k mu sm">Workflow and layout: opens in other modellers and comes back as it was.</p>')
        st.download_button("YAML", to_yaml(content), f"{key}.yaml", "application/yaml", icon=":material/description:")
        st.html('<p class="k mu sm">Everything: forms, numbers, words and workflow, without loss.</p>')
    with right:
        section("Bring one in")
        if editable:
            _bring_in(content)
        else:
            st.html('<p class="k mu">Begin a draft first: what comes in changes a draft only.</p>')
    if notices := st.session_state.get(NOTICES):
        _notices(notices)


def _bring_in(content: Content) -> None:
    kinds = ["bpmn", "xml", "yaml", "yml"]
    upload = st.file_uploader("A BPMN 2.0 diagram or a YAML file", type=kinds, key="design:file")
    if upload is None or not st.button("Bring it into the draft", type="primary", key="design:bring"):
        return
    data = upload.getvalue()
    try:
        if upload.name.lower().endswith((".yaml", ".yml")):
            made = from_yaml(data, content)
            note(BringIn(made, f"Brought in {upload.name}"))
            st.session_state[NOTICES] = ()
        else:
            workflow, notices = from_bpmn(data)
            note(ChangeType(("workflow",), workflow, f"Brought in {upload.name}", flow(content), looked_at=True))
            st.session_state[NOTICES] = notices
    except DomainError as error:
        show_problems(error)
        return
    flash(f"{upload.name} is in the draft. Undo brings back what was there.")
    st.rerun()


def _notices(notices: list[tuple[str, str, str]]) -> None:
    """What of a diagram cannot run here, element by element."""
    section(f"{formats.plural(len(notices), 'remark')} on the diagram", aside="what has no equal here")
    lines = "".join(
        f"<tr><td>{formats.text(element)}</td><td>{formats.text(kind)}</td><td>{formats.text(text)}</td></tr>"
        for element, kind, text in notices
    )
    head = "<tr><th>Element</th><th>Kind</th><th>What was done</th></tr>"
    st.html(f'<div class="k scroll"><table>{head}{lines}</table></div>')

"""How a decision is made, as wide as the page: one condition, branches in their order, or a table."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

import streamlit as st

from dashboard.parts import address, formats
from dashboard.parts.design_condition import condition, said
from dashboard.parts.design_table import table
from dashboard.parts.design_work import attempt, note, step_buttons
from dashboard.parts.head import section
from dashboard.parts.outcome import show_here
from models.core.errors import Problem
from models.design import decisions
from models.design.conditions import Fact, facts_of
from models.design.decisions import BY
from models.design.editing import flow, label_of
from models.design.edits import ChangeNode, Connect
from models.engines.definitions.loading import Content

SHEET = "decision"


def summary(content: Content, name: str) -> None:
    """What a decision says, in words, for the panel; and the way to where it is changed."""
    node, facts = flow(content)["nodes"][name], facts_of(content)
    lines = []
    match decisions.made_by(node):
        case "condition":
            if node.get("decision"):
                lines.append(f"<b>yes</b> when {said(str(node['decision']), facts)}")
        case "branches":
            lines = [f"<b>{_way(branch.get('then', ''))}</b> when {said(str(branch.get('when', '')), facts)}"
                     for branch in node["decision"]]  # fmt: skip
        case _:
            made = node["decision"]
            asked = formats.listing([_name(each, facts) for each in made.get("inputs", ())], most=4)
            lines = [f"By a table of {formats.plural(len(made.get('rows', ())), 'row')} over {formats.text(asked)}"]
    if otherwise := node.get("otherwise"):
        lines.append(f"<b>{_way(otherwise)}</b> otherwise")
    st.html(f'<ol class="k dw">{"".join(f"<li>{line}</li>" for line in lines)}</ol>')
    st.button("How it decides", icon=":material/call_split:", width="stretch", key=f"design:sheet:{name}",
              on_click=lambda: address.put(sheet=SHEET))  # fmt: skip


def _name(column: Mapping[str, Any], facts: Mapping[str, Fact]) -> str:
    name = str(column.get("name", ""))
    return str(column.get("label") or (facts[name].label if name in facts else name))


def _way(words: str) -> str:
    return formats.text(str(words).replace("_", " "))


def sheet(
    content: Content, name: str, problems: list[Problem], *, editable: bool, revision: int, steps: tuple[bool, bool]
) -> None:
    """Everything of a decision, as wide as the page."""
    node, facts = flow(content)["nodes"][name], facts_of(content)
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        st.button("Back to the workflow", icon=":material/arrow_back:", type="tertiary", key="design:back",
                  on_click=lambda: address.put(sheet=""))  # fmt: skip
        if editable:
            with st.container(horizontal=True, horizontal_alignment="right", gap="xsmall"):
                step_buttons(steps)
    section(
        f"{label_of(content, name)}: how it decides", aside="asked from the top; a case takes the first way that fits"
    )
    by = decisions.made_by(node)
    if editable:
        widget = f"design:by:{revision}"
        st.segmented_control(
            "It decides by", list(BY), default=by, format_func=BY.__getitem__, key=widget, required=True,
            on_change=lambda: attempt(lambda: decisions.decided_by(content, name, st.session_state[widget])),
        )  # fmt: skip
    if not facts:
        st.info(decisions.NO_FACTS, icon=":material/edit_note:")
    if by == "table":
        table(content, name, facts, editable=editable, revision=revision)
        _ways(content, name, decisions.ways_of(node), editable=editable, revision=revision)
    elif not editable:
        summary_lines(content, name, facts)
    elif by == "branches":
        _branches(content, name, facts, revision)
    else:
        _one(content, name, str(node.get("decision") or ""), facts, revision)
    if editable and by != "condition":
        _otherwise(content, name, revision)
    for problem in problems:  # below: what is typed above must not move while lines come and go
        if by != "table" or not problem.code.startswith("TABLE"):
            show_here(problem.text)


def summary_lines(content: Content, name: str, facts: Mapping[str, Fact]) -> None:
    """A decision of a version in force, with where each way leads."""
    node = flow(content)["nodes"][name]
    raw = node.get("decision")
    pairs = [(str(each["then"]), str(each["when"])) for each in raw] if isinstance(raw, list) else [("yes", str(raw))]
    rest = "no" if isinstance(raw, str) else str(node.get("otherwise") or "")
    lines = [f"<tr><td>{said(when, facts)}</td><td><b>{_way(then)}</b></td><td>{_target(content, name, then)}</td></tr>"
             for then, when in pairs]  # fmt: skip
    if rest:
        lines.append(f"<tr><td>Otherwise</td><td><b>{_way(rest)}</b></td><td>{_target(content, name, rest)}</td></tr>")
    head = "<tr><th>When</th><th>Way</th><th>Leads to</th></tr>"
    st.html(f'<div class="k scroll"><table>{head}{"".join(lines)}</table></div>')


def _target(content: Content, name: str, way: str) -> str:
    to = decisions.leads_to(content, name, way)
    return formats.text(label_of(content, to)) if to else "--"


def _one(content: Content, name: str, value: str, facts: Mapping[str, Fact], revision: int) -> None:
    def put(when: str) -> ChangeNode:
        return decisions.changed(name, flow(content)["nodes"][name], decision=when)

    with st.container(border=True):
        st.html('<div class="k dp"><b>Yes, when</b></div>')
        condition(f"{name}:one", value, facts, put, revision=revision)
        with st.container(horizontal=True, vertical_alignment="bottom"):
            _leads(content, name, "yes", "If so, it goes on with", revision)
            _leads(content, name, "no", "If not, it goes on with", revision)


def _branches(content: Content, name: str, facts: Mapping[str, Fact], revision: int) -> None:
    branches = flow(content)["nodes"][name]["decision"]
    for place, branch in enumerate(branches):
        with st.container(border=True):
            with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
                st.html(f'<div class="k dp"><b>{place + 1}. When</b></div>')
                with st.container(horizontal=True, horizontal_alignment="right", gap="xsmall"):
                    _moves(content, name, place, len(branches))
            put = partial(decisions.with_branch_said, content, name, place)
            condition(f"{name}:{place}", str(branch.get("when", "")), facts,
                      lambda when, put=put: put(when=when), revision=revision)  # type: ignore[misc]  # fmt: skip
            with st.container(horizontal=True, vertical_alignment="bottom"):
                widget = f"design:then:{revision}:{place}"
                st.text_input("Name of this way", value=str(branch.get("then", "")).replace("_", " "), key=widget,
                              on_change=_named, args=(put, widget))  # fmt: skip
                _leads(content, name, str(branch.get("then", "")), "Leads to", revision)
    st.button("Add a branch", icon=":material/add:", key="design:branch+", on_click=attempt,
              args=(lambda: decisions.with_branch(content, name),))  # fmt: skip


def _named(put: Any, widget: str) -> None:
    attempt(lambda: put(then=st.session_state[widget]))


def _moves(content: Content, name: str, place: int, count: int) -> None:
    for words, icon, by, fits in (
        ("Earlier", "arrow_upward", -1, place > 0), ("Later", "arrow_downward", 1, place < count - 1),
    ):  # fmt: skip
        st.button(words, icon=f":material/{icon}:", type="tertiary", key=f"design:branch{by}:{place}",
                  disabled=not fits, on_click=attempt,
                  args=(partial(decisions.with_branch_moved, content, name, place, by),))  # fmt: skip
    st.button("Remove", icon=":material/delete:", type="tertiary", key=f"design:branch-:{place}", on_click=attempt,
              args=(partial(decisions.without_branch, content, name, place),))  # fmt: skip


def _otherwise(content: Content, name: str, revision: int) -> None:
    value = str(flow(content)["nodes"][name].get("otherwise") or "")
    with st.container(border=True):
        st.html('<div class="k dp"><b>Otherwise</b><span>when nothing above fits</span></div>')
        with st.container(horizontal=True, vertical_alignment="bottom"):
            widget = f"design:otherwise:{revision}"
            st.text_input("Name of this way", value=value.replace("_", " "), key=widget, placeholder="No such way",
                          on_change=lambda: attempt(
                              lambda: decisions.with_otherwise(content, name, st.session_state[widget])))  # fmt: skip
            if value:
                _leads(content, name, value, "Leads to", revision)


def _ways(content: Content, name: str, ways: list[str], *, editable: bool, revision: int) -> None:
    """Where the ways of a table lead."""
    otherwise = str(flow(content)["nodes"][name].get("otherwise") or "")
    ways = [way for way in ways if way != otherwise]
    if not ways:
        return
    section("Ways on", aside="where each answer leads")
    with st.container(horizontal=True, vertical_alignment="bottom"):
        for way in ways:
            words = way.replace("_", " ") or "always"
            if editable:
                _leads(content, name, way, f"{words[:1].upper()}{words[1:]} leads to", revision)
            else:
                st.html(f'<div class="k"><b>{_way(words)}</b>: {_target(content, name, way)}</div>')


def _leads(content: Content, name: str, way: str, label: str, revision: int) -> None:
    nodes = flow(content)["nodes"]
    to, widget = decisions.leads_to(content, name, way), f"design:leads:{revision}:{way}"
    options = [node for node in nodes if node != name]
    st.selectbox(
        label, options, index=options.index(to) if to in options else None, key=widget, placeholder="Nowhere yet",
        format_func=lambda node: formats.plain(label_of(content, node)),
        on_change=lambda: note(Connect(name, way, st.session_state[widget])),
    )  # fmt: skip

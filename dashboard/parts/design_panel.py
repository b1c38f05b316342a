"""The properties of one node beside the canvas, in a manager's words; each is saved when it is left."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import streamlit as st

from dashboard.parts import address, formats
from dashboard.parts.design_work import note
from models.core.errors import Problem
from models.design.choices import choices
from models.design.editing import BeginAt, ChangeNode, RemoveNodes, RenameNode, flow, label_of
from models.design.properties import PROPERTIES, TITLE, Property, parameter_of, said, set_to, shown
from models.engines.definitions.loading import Content
from models.engines.workflow.schema import kind_of

Raw = Mapping[str, Any]
HEIGHT = 528
"""Pixels: as high as the canvas beside it."""


def panel(content: Content, name: str, problems: list[Problem], *, editable: bool, revision: int) -> None:
    """Everything that can be set of a node; of a version in force, what is set."""
    node = flow(content)["nodes"][name]
    kind = kind_of(node) or "end"
    with st.container(border=True, key="design_panel", gap="small", height=HEIGHT):
        title = formats.text(label_of(content, name))
        st.html(f'<div class="k dp"><b>{title}</b><span>{kind.capitalize()}</span></div>')
        for problem in problems:
            text = formats.text(problem.text)
            st.html(
                f'<div class="k"><div class="err"><span class="i" aria-hidden="true">error</span>{text}</div></div>'
            )
        if not editable:
            _read(content, node, kind)
            return
        place = _Place(content, name, node, revision)
        place.draw(TITLE)
        for wanted in _of_section(PROPERTIES[kind], ""):
            place.draw(wanted)
        if kind == "review":
            _decisions(place)
        for section in dict.fromkeys(each.section for each in PROPERTIES[kind] if each.section):
            with st.expander(section, key=f"design:{name}:{section}"):
                for wanted in _of_section(PROPERTIES[kind], section):
                    place.draw(wanted)
        _more(content, name)


def _read(content: Content, node: Raw, kind: str) -> None:
    """What is set, as words."""
    pairs = []
    for wanted in PROPERTIES[kind]:
        if (value := shown(content, node, wanted)) not in ("", None, [], (), {}):
            offered = choices(content, wanted.source) if wanted.source else {}
            pairs.append(f"<dt>{wanted.label}</dt><dd>{formats.text(_in_words(value, offered))}</dd>")
    for key, decision in (node.get("decisions") or {}).items():
        pairs.append(f"<dt>Decision</dt><dd>{formats.text(str(decision.get('label', key)))}</dd>")
    st.html(f'<dl class="k dp">{"".join(pairs)}</dl>')


def _in_words(value: Any, offered: Mapping[str, str]) -> str:
    if isinstance(value, dict):
        return said({offered.get(key, key): each for key, each in value.items()})
    if isinstance(value, list | tuple):
        return said([offered.get(each, each) for each in value])
    return offered.get(value, said(value)) if isinstance(value, str) else said(value)


def _of_section(properties: tuple[Property, ...], title: str) -> list[Property]:
    found, section = [], ""
    for each in properties:
        section = each.section or section
        if section == title:
            found.append(each)
    return found


class _Place:
    """One node's widgets. Their keys carry the draft's step, so that each shows what the draft says now."""

    def __init__(self, content: Content, name: str, node: Raw, revision: int) -> None:
        self.content, self.name, self.node, self.revision = content, name, node, revision

    def key(self, what: str) -> str:
        """The key of a widget."""
        return f"design:{self.revision}:{self.name}:{what}"

    def set(self, wanted: Property, value: Any) -> None:
        """Note that a property has another value."""
        note(set_to(self.content, self.name, self.node, wanted, value))

    def draw(self, wanted: Property) -> None:
        """The widget of a property."""
        value, key = shown(self.content, self.node, wanted), self.key(wanted.name)
        help_ = wanted.help or None
        if parameter := parameter_of(self.node.get(wanted.name)):
            hint = f"It is the number “{parameter.replace('_', ' ')}” of this type, wherever that is used."
            help_ = f"{wanted.help} {hint}".strip()

        def changed() -> None:
            self.set(wanted, _typed(wanted, st.session_state[key]))

        given: dict[str, Any] = {"key": key, "on_change": changed, "help": help_}
        match wanted.input:
            case "choice":
                offered = choices(self.content, wanted.source)
                options = _with(offered, [value] if value else [])
                st.selectbox(
                    wanted.label, options, index=options.index(value) if value in options else None,
                    format_func=lambda each: offered.get(each, str(each)), placeholder="Not set", **given,
                )  # fmt: skip
            case "choices":
                offered = choices(self.content, wanted.source)
                chosen = [value] if isinstance(value, str) else list(value or ())
                st.multiselect(
                    wanted.label, _with(offered, chosen), default=chosen, placeholder="None",
                    format_func=lambda each: offered.get(each, str(each)), **given,
                )  # fmt: skip
            case "yes_no":
                st.toggle(wanted.label, value=bool(value), **given)
            case "escalation":
                self._escalation(wanted, self.node.get(wanted.name) or {})
            case "long" | "given":
                st.text_area(wanted.label, value=_written(wanted, value), height=80, **given)
            case _:
                st.text_input(wanted.label, value=_written(wanted, value), **given)

    def _escalation(self, wanted: Property, value: Mapping[str, Any]) -> None:
        """Who is told how long after the due time: one line for the first role, the others stay."""
        offered = choices(self.content, "roles")
        role = next(iter(value), None)
        left, right = st.columns(2)
        parameters = self.content["type"].get("parameters", {})
        raw = value.get(role, "1 working day") if role else "1 working day"
        after = parameters.get(parameter_of(raw) or "", raw)

        def changed() -> None:
            chosen, words = st.session_state[self.key("late")], st.session_state[self.key("late_after")]
            others = {key: each for key, each in value.items() if key not in (role, chosen)}
            kept = raw if words == after else words
            made = {chosen: kept or "1 working day", **others} if chosen else others
            note(ChangeNode(self.name, {"escalate": made or None}, was={"escalate": self.node.get("escalate")}))

        options = _with(offered, [role] if role else [])
        with left:
            st.selectbox(
                f"{wanted.label}: tell", options, index=options.index(role) if role else None, placeholder="Nobody",
                format_func=lambda each: offered.get(each, str(each)), key=self.key("late"), on_change=changed,
            )  # fmt: skip
        with right:
            st.text_input("After", value=str(after), key=self.key("late_after"), on_change=changed)  # fmt: skip


def _decisions(place: _Place) -> None:
    """What the reviewers may decide: each with its verb, what has to be given, and its reasons."""
    raw = place.node.get("decisions") or {
        "approve": {"label": "Approve", "tone": "positive", "past": "approved"},
        "reject": {"label": "Reject", "tone": "negative", "comment": True, "past": "rejected"},
    }
    for key, decision in raw.items():
        with st.expander(f"Decision: {formats.plain(str(decision.get('label', key)))}", key=place.key(f"d:{key}")):
            _decision(place, raw, key, decision)
    st.button(
        "Add a decision", icon=":material/add:", type="tertiary", key=place.key("d+"), on_click=_add_decision,
        args=(place, raw),
    )  # fmt: skip


def _decision(place: _Place, raw: Raw, key: str, decision: Raw) -> None:
    def put(name: str, value: Any) -> None:
        made = {**decision, name: value}
        note(ChangeNode(place.name, {"decisions": {**raw, key: {k: v for k, v in made.items() if v not in ("", [])}}}))

    def bound(name: str) -> dict[str, Any]:
        widget = place.key(f"d:{key}:{name}")
        return {
            "key": widget,
            "on_change": lambda: put(name, _decided(name, st.session_state[widget])),
        }  # fmt: skip

    tones = {"positive": "Goes on", "negative": "Goes back or ends", "neutral": "Something else"}
    st.text_input("Button", value=str(decision.get("label", "")), **bound("label"))
    st.selectbox("What it means", list(tones), index=list(tones).index(decision.get("tone", "neutral")),
                 format_func=tones.__getitem__, **bound("tone"))  # fmt: skip
    st.toggle("A comment is required", value=bool(decision.get("comment")), **bound("comment"))
    st.text_area("Reasons to choose from", value="\n".join(decision.get("reasons", ())), help="One a line.",
                 height=100, **bound("reasons"))  # fmt: skip
    if len(raw) > 1:
        rest = {name: each for name, each in raw.items() if name != key}
        st.button("Remove this decision", icon=":material/delete:", type="tertiary", key=place.key(f"d:{key}:-"),
                  on_click=note, args=(ChangeNode(place.name, {"decisions": rest}),))  # fmt: skip


def _decided(name: str, value: Any) -> Any:
    return [line.strip() for line in value.splitlines() if line.strip()] if name == "reasons" else value


def _add_decision(place: _Place, raw: Raw) -> None:
    key = next(name for name in (f"decision_{number}" for number in range(1, 100)) if name not in raw)
    made = {"label": "New decision", "tone": "neutral"}
    note(ChangeNode(place.name, {"decisions": {**raw, key: made}}))


def _more(content: Content, name: str) -> None:
    """Rename, begin here, remove."""
    with st.popover("More", icon=":material/more_horiz:", width="stretch"):
        key = f"design:name:{name}"
        st.text_input("Name in the definition", value=name, key=key,
                      on_change=lambda: _renamed(name, st.session_state[key]))  # fmt: skip
        if flow(content)["start"] != name:
            st.button("Cases begin here", icon=":material/play_arrow:", on_click=note, args=(BeginAt(name),))
        st.button("Remove this node", icon=":material/delete:", on_click=_removed, args=(name,))


def _renamed(name: str, to: str) -> None:
    note(RenameNode(name, to.strip()))
    address.put(node=to.strip())


def _removed(name: str) -> None:
    note(RemoveNodes((name,)))
    address.put(node="")


def _with(offered: Mapping[str, str], chosen: list[Any]) -> list[Any]:
    """What is offered, and what is chosen though nothing offers it any more."""
    return [*offered, *(each for each in chosen if each not in offered)]


def _written(wanted: Property, value: Any) -> str:
    if wanted.input == "given":
        return "\n".join(f"{key}: {each}" for key, each in value.items()) if isinstance(value, dict) else ""
    if wanted.input == "terms":
        return ", ".join(map(str, value)) if isinstance(value, list | tuple) else str(value or "")
    return "" if value is None else str(value)


def _typed(wanted: Property, value: Any) -> Any:
    match wanted.input:
        case "terms":
            return [part.strip() for part in value.split(",") if part.strip()]
        case "given":
            pairs = (line.partition(":") for line in value.splitlines() if line.strip())
            return {key.strip(): each.strip() for key, _, each in pairs}
        case "text" | "term" | "condition" | "long":
            return value.strip()
    return value

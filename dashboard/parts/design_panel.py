"""The properties of one node beside the canvas, in a manager's words; each is saved when it is left."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import streamlit as st

from dashboard.parts import address, formats
from dashboard.parts.design_asking import fields
from dashboard.parts.design_decision import summary
from dashboard.parts.design_given import given as given_fields
from dashboard.parts.design_given import given_words
from dashboard.parts.design_ladder import ladder
from dashboard.parts.design_people import Staff, candidates, quorum, staff
from dashboard.parts.design_work import note
from dashboard.parts.outcome import show_here
from models.core.errors import Problem
from models.design.choices import choices
from models.design.conditions import facts_of
from models.design.decisions import made_by
from models.design.editing import flow, label_of, slug
from models.design.edits import BeginAt, ChangeNode, RemoveNodes, RenameNode
from models.design.people import candidate_words
from models.design.properties import PROPERTIES, TITLE, Property, parameter_of, said, set_to, shown
from models.engines.definitions.loading import Content
from models.engines.definitions.registry import DEEDS, Deed
from models.engines.workflow.schema import kind_of

Raw = Mapping[str, Any]
HEIGHT = 528
"""Pixels: as high as the canvas beside it."""


def panel(
    content: Content, name: str, problems: list[Problem], warnings: list[Problem], *, published: Content | None,
    editable: bool, revision: int,
) -> None:  # fmt: skip
    """Everything that can be set of a node; of a version in force, what is set. `published` is the version in force."""
    node = flow(content)["nodes"][name]
    kind = kind_of(node) or "end"
    with st.container(border=True, key="design_panel", gap="small", height=HEIGHT):
        title = formats.text(label_of(content, name))
        st.html(f'<div class="k dp"><b>{title}</b><span>{kind.capitalize()}</span></div>')
        for problem in problems:
            show_here(problem.text)
        for warning in warnings:
            show_here(warning.text, keeps=False)
        if not editable:
            _read(content, name, node, kind)
            return
        place = _Place(content, name, node, revision, staff(content) if kind == "review" else None)
        place.draw(TITLE)
        if kind == "decision":
            summary(content, name)
        for wanted in _of_section(PROPERTIES[kind], ""):
            place.draw(wanted)
        if kind == "review":
            _decisions(place, _published_keys(published, name))
        for section in dict.fromkeys(each.section for each in PROPERTIES[kind] if each.section):
            with st.expander(section, key=f"design:{name}:{section}"):
                for wanted in _of_section(PROPERTIES[kind], section):
                    place.draw(wanted)
        _more(content, name)


def _published_keys(published: Content | None, name: str) -> frozenset[str]:
    """The decisions of a review that cases in force know by their keys: these stay, whatever they are called."""
    node = flow(published)["nodes"].get(name, {}) if published else {}
    return frozenset(node.get("decisions") or USUAL_DECISIONS) if node else frozenset()


def _read(content: Content, name: str, node: Raw, kind: str) -> None:
    """What is set, as words."""
    if kind == "decision":
        summary(content, name)
    pairs = []
    for wanted in PROPERTIES[kind]:
        if wanted.input in ("decision", "candidates"):
            continue
        if wanted.input == "given" and (deed := DEEDS.get(node.get("action", ""), Deed())).needs is not None:
            words = given_words(content, node, deed).items()
            pairs += [f"<dt>{formats.text(label)}</dt><dd>{formats.text(each)}</dd>" for label, each in words]
            continue
        if (value := shown(content, node, wanted)) not in ("", None, [], (), {}):
            offered = choices(content, wanted.source) if wanted.source else {}
            pairs.append(f"<dt>{wanted.label}</dt><dd>{formats.text(_in_words(value, offered))}</dd>")
    if kind == "review" and node.get("candidates"):
        known, facts = staff(content), facts_of(content)
        said_ = [candidate_words(each, known.roles, known.groups, facts) for each in node["candidates"]]
        pairs.append(f"<dt>Whose turn it is first</dt><dd>{formats.text('; '.join(said_))}</dd>")
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

    def __init__(self, content: Content, name: str, node: Raw, revision: int, staff_: Staff | None) -> None:
        self.content, self.name, self.node, self.revision, self.staff = content, name, node, revision, staff_

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
                self._escalation(wanted)
            case "quorum" if self.staff:
                quorum(self.name, self.node, self.staff, revision=self.revision)
            case "candidates" if self.staff:
                candidates(self.content, self.name, self.node, self.staff, revision=self.revision)
            case "decision":
                if made_by(self.node) == "condition":
                    st.text_input(wanted.label, value=_written(wanted, value), **given)
            case "given" if (deed := DEEDS.get(self.node.get("action", ""), Deed())).needs is not None:
                given_fields(self.content, self.name, self.node, deed, place=self.key("with"))
            case "long" | "given":
                st.text_area(wanted.label, value=_written(wanted, value), height=80, **given)
            case _:
                st.text_input(wanted.label, value=_written(wanted, value), **given)

    def _escalation(self, wanted: Property) -> None:
        """Who is told how long after the due time, rung by rung."""
        raw = self.node.get(wanted.name) or {}

        def put(made: dict[str, Any] | None) -> None:
            note(ChangeNode(self.name, {wanted.name: made}, was={wanted.name: self.node.get(wanted.name)}))

        parameters = self.content["type"].get("parameters", {})
        ladder(self.key("late"), wanted.label, raw, choices(self.content, "roles"), parameters, put)


USUAL_DECISIONS: Mapping[str, Mapping[str, Any]] = {
    "approve": {"label": "Approve", "tone": "positive", "past": "approved"},
    "reject": {"label": "Reject", "tone": "negative", "comment": True, "past": "rejected"},
}
"""What can be decided where nothing is said of it."""


def _decisions(place: _Place, published: frozenset[str]) -> None:
    """What the reviewers may decide: each with its verb, what has to be given, and its reasons."""
    raw = place.node.get("decisions") or USUAL_DECISIONS
    for number, (key, decision) in enumerate(raw.items()):
        label = formats.plain(str(decision.get("label", key)))
        with st.expander(f"Decision: {label}", key=f"design:{place.name}:decision:{number}"):
            _decision(place, raw, key, decision, keeps_key=key in published)
    st.button(
        "Add a decision", icon=":material/add:", type="tertiary", key=place.key("d+"), on_click=_add_decision,
        args=(place, raw),
    )  # fmt: skip


def _decision(place: _Place, raw: Raw, key: str, decision: Raw, *, keeps_key: bool) -> None:
    def put(name: str, value: Any) -> None:
        made = {k: v for k, v in {**decision, name: value}.items() if v not in ("", [])}
        # The key follows the words until cases know it: statistics and files speak of `ask_legal`, not of `decision_1`.
        own = key if name != "label" or keeps_key or not value else slug(value, [each for each in raw if each != key])
        all_ = {own if each == key else each: made if each == key else other for each, other in raw.items()}
        outcomes = {key: own} if own != key else {}
        note(ChangeNode(place.name, {"decisions": all_}, {"decisions": place.node.get("decisions")}, outcomes))

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
    if decision.get("tone", "neutral") != "negative":
        st.toggle("Sends the case back to where it has been", value=bool(decision.get("back")), **bound("back"))
    st.toggle("A comment is required", value=bool(decision.get("comment")), **bound("comment"))
    reasons = _resolved_reasons(place, decision.get("reasons", ()))
    st.text_area(
        "Reasons to choose from", value=chr(10).join(reasons), help="One a line.", height=100, **bound("reasons")
    )
    fields(place.content, place.name, raw, key, place=place.key(f"d:{key}"))
    if len(raw) > 1:
        rest = {name: each for name, each in raw.items() if name != key}
        gone = ChangeNode(place.name, {"decisions": rest}, {"decisions": place.node.get("decisions")}, {key: ""})
        st.button("Remove this decision", icon=":material/delete:", type="tertiary", key=place.key(f"d:{key}:-"),
                  on_click=note, args=(gone,))  # fmt: skip


def _resolved_reasons(place: _Place, raw: Any) -> list[str]:
    value = place.content["type"].get("parameters", {}).get(parameter_of(raw) or "", raw)
    return list(map(str, value)) if isinstance(value, list | tuple) else []


def _decided(name: str, value: Any) -> Any:
    if name == "label":
        return value.strip()
    return [line.strip() for line in value.splitlines() if line.strip()] if name == "reasons" else value


def _add_decision(place: _Place, raw: Raw) -> None:
    made = {"label": "New decision", "tone": "neutral"}
    note(ChangeNode(place.name, {"decisions": {**raw, slug("New decision", raw): made}}))


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

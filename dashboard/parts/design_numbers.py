"""What a type says beside its forms and workflow: its words, its numbers, its reasons, and to whom it is offered."""

from __future__ import annotations

from typing import Any

import streamlit as st

from dashboard.parts import formats
from dashboard.parts.design_work import note
from dashboard.parts.head import section
from dashboard.parts.records import country as country_name
from models.core.countries import country_codes
from models.design.editing import label_of
from models.design.edits import ChangeType
from models.design.properties import said, used_by
from models.engines.definitions.loading import Content
from models.partners.programs import program_book
from models.partners.rules import Tier

WORDS = (
    ("name", "Name", "What partners read when they apply."), ("short", "Short name", "For lists and buttons."),
    ("icon", "Icon", "A name of the Material Symbols."),
    ("number", "Number", "How cases are numbered: MDF-{year}-{serial:04d}."),
)  # fmt: skip
COUNTRY = "calendar_country"
NAMES = {
    COUNTRY: "Working days of", "lease_minutes": "Minutes it counts as open in front of somebody",
    "remind_reviewer": "Remind reviewers before it is due", "escalate_after": "Tell others when late by",
}  # fmt: skip
"""Numbers that every type has, in a manager's words; others are called by their own names."""
ABREAST = 3
"""Numbers that stand side by side."""


def _set(path: tuple[str, ...], value: Any, was: Any, words: str = "") -> None:
    note(ChangeType(path, value, words, was, looked_at=True))


def numbers(content: Content, *, editable: bool, revision: int) -> None:
    """Every number and list of the type: what a manager may change without touching form or workflow."""
    parameters = content["type"].get("parameters", {})
    section("Numbers", aside="deadlines, promised times, limits and lists that this type uses")
    for title, long in (("", False), ("Lists and tables", True)):
        if title:
            section(title, aside="one a line")
        here = [(name, value) for name, value in parameters.items() if isinstance(value, list | dict) == long]
        for line in (here[at : at + ABREAST] for at in range(0, len(here), ABREAST)):
            for place, (name, value) in zip(st.columns(ABREAST, gap="medium"), line, strict=False):
                users = ", ".join(label_of(content, node) for node in used_by(content, name))
                with place:
                    _number(name, value, users, editable=editable, revision=revision)


def _number(name: str, value: Any, users: str, *, editable: bool, revision: int) -> None:
    label, widget = NAMES.get(name) or name.replace("_", " ").capitalize(), f"design:{revision}:number:{name}"
    help_ = f"Used by {users}." if users else None

    def changed() -> None:
        typed = read(st.session_state[widget], value)
        _set(("parameters", name), typed, value, f"Changed {label.lower()} to {said(typed)}")

    given: dict[str, Any] = {"key": widget, "on_change": changed, "disabled": not editable, "help": help_}
    if name == COUNTRY:
        codes = sorted(country_codes(), key=country_name)
        known = codes.index(value) if value in codes else None
        st.selectbox(label, codes, index=known, format_func=country_name, **given)
    elif isinstance(value, bool):
        st.toggle(label, value=value, **given)
    elif isinstance(value, int):
        st.number_input(label, value=value, step=1, **given)
    elif isinstance(value, list | dict):
        st.text_area(label, value=written(value), height=120, **given)
    else:
        st.text_input(label, value=str(value), **given)


def written(value: Any) -> str:
    """A list as a line each, a table as `key: value` lines."""
    if isinstance(value, dict):
        return "\n".join(f"{key}: {each}" for key, each in value.items())
    return "\n".join(map(str, value)) if isinstance(value, list) else str(value)


def read(typed: Any, before: Any) -> Any:
    """What was typed as what it was before: a list, a table, or one value."""
    if isinstance(before, dict):
        pairs = (line.partition(":") for line in typed.splitlines() if line.strip())
        return {key.strip(): each.strip() for key, _, each in pairs}
    if isinstance(before, list):
        return [line.strip() for line in typed.splitlines() if line.strip()]
    return typed.strip() if isinstance(typed, str) else typed


def words(content: Content, *, editable: bool, revision: int) -> None:
    """What the type is called, the phases of its line, its reason codes and its agreements."""
    raw = content["type"]
    section("Words")
    for name, label, help_ in WORDS:
        _text((name,), label, raw.get(name, ""), help_, editable=editable, revision=revision)
    _list(("phases",), "Phases of the line", raw.get("phases", []), editable=editable, revision=revision)
    section("Reason codes", aside="what reviewers choose from; a decision names which of them it offers")
    for name, reasons in raw.get("reasons", {}).items():
        _list(("reasons", name), name.replace("_", " ").capitalize(), reasons, editable=editable, revision=revision)
    if raw.get("agreements"):
        section("Agreements", aside="what partners accept before they are paid")
    for name, agreement in raw.get("agreements", {}).items():
        with st.expander(formats.plain(f"{agreement['title']}, version {agreement['version']}")):
            for part, label in (("title", "Title"), ("version", "Version")):
                _text(("agreements", name, part), label, agreement[part], "", editable=editable, revision=revision)
            widget = f"design:{revision}:agreement:{name}"
            st.text_area("Text", value=agreement["text"], height=300, key=widget, disabled=not editable,
                         help="Whoever accepted an earlier version keeps it: give a changed text a new version.",
                         on_change=lambda name=name, widget=widget, was=agreement["text"]: _set(
                             ("agreements", name, "text"), st.session_state[widget], was))  # fmt: skip


def _text(path: tuple[str, ...], label: str, value: str, help_: str, *, editable: bool, revision: int) -> None:
    widget = f"design:{revision}:{'.'.join(path)}"
    st.text_input(label, value=str(value), key=widget, help=help_ or None, disabled=not editable,
                  on_change=lambda: _set(path, st.session_state[widget].strip(), value))  # fmt: skip


def _list(path: tuple[str, ...], label: str, value: list[str], *, editable: bool, revision: int) -> None:
    widget = f"design:{revision}:{'.'.join(path)}"
    st.text_area(label, value="\n".join(value), height=110, key=widget, help="One a line.", disabled=not editable,
                 on_change=lambda: _set(path, read(st.session_state[widget], []), value))  # fmt: skip


def offer(content: Content, *, editable: bool, revision: int) -> None:
    """Who can apply."""
    was = content["type"].get("offered", {})
    section("Who can apply", aside="nobody chosen: every partner whose people may request benefits")
    tiers = {tier.value: tier.words for tier in Tier}
    programs = [*program_book().programs, *program_book().paths]
    for name, label, options, shown in (
        ("tiers", "Partners of the tiers", list(tiers), tiers.__getitem__),
        ("programs", "Partners in the programs or paths", programs, str),
    ):
        widget = f"design:{revision}:offered:{name}"
        chosen = [each for each in was.get(name, []) if each in options]
        st.multiselect(
            label, options, default=chosen, key=widget, format_func=shown, placeholder="All", disabled=not editable,
            on_change=lambda name=name, widget=widget: _offer(was, name, st.session_state[widget]),
        )  # fmt: skip
    widget = f"design:{revision}:offered:closed"
    st.toggle("Takes no new applications", value=bool(was.get("closed")), key=widget, disabled=not editable,
              on_change=lambda: _offer(was, "closed", st.session_state[widget]))  # fmt: skip


def _offer(was: dict[str, Any], name: str, value: Any) -> None:
    made = {key: each for key, each in {**was, name: value}.items() if each}
    _set(("offered",), made or None, was or None, "Changed who can apply")

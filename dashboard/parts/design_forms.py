"""The form builder: the fields of a form in order, what can be set of one, and the form as the partner sees it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st

from dashboard.parts import address, formats
from dashboard.parts.design_work import attempt
from dashboard.parts.rows import Row, rows
from dashboard.parts.wizard import Paper, wizard
from models.core.errors import DomainError, Problem
from models.design import forms
from models.design.choices import choices
from models.design.forms import FACTS, FIELD, TYPES, Spot
from models.design.properties import Property
from models.engines.definitions.loading import Content
from models.engines.definitions.schema import ApplicationType
from models.engines.workflow.findings import Finding

ICONS = {
    "text": "short_text", "long_text": "notes", "choice": "arrow_drop_down_circle", "yes_no": "toggle_on",
    "date": "calendar_today", "count": "tag", "usd": "payments", "email": "mail", "phone": "call", "rows": "table_rows",
    "files": "attach_file", "agreement": "handshake", "computed": "calculate", "earlier": "history",
    "note": "sticky_note_2",
}  # fmt: skip
HEIGHT = 620


def builder(content: Content, made: ApplicationType | None, *, editable: bool, revision: int) -> None:
    """Fields left, the form as the partner sees it in the middle, one field's properties right."""
    found = content["type"].get("forms", {})
    if not found:
        st.html('<p class="k mu">This type has no form yet.</p>')
        if editable:
            _new_form(content)
        return
    key = address.get("form") if address.get("form") in found else next(iter(found))
    _choose_form(content, found, key, editable=editable)
    left, middle, right = st.columns([1, 1.7, 1], gap="small")
    chosen = forms.spot(content, key, address.get("field"))
    with left, st.container(border=True, height=HEIGHT, key="design_fields"):
        _fields(content, key, editable=editable, revision=revision)
    with middle, st.container(border=True, height=HEIGHT, key="design_preview"):
        _preview(made, key, revision)
    with right, st.container(border=True, height=HEIGHT, key="design_panel"):
        if chosen is not None:
            _panel(content, chosen, editable=editable, revision=revision)
        else:
            _form_words(content, key, editable=editable, revision=revision)


def _choose_form(content: Content, found: Mapping[str, Any], key: str, *, editable: bool) -> None:
    with st.container(horizontal=True, vertical_alignment="bottom"):
        bound = address.bound("design:form", key, lambda value: address.put(form=value, field=""))
        st.segmented_control(
            "Form", list(found), format_func=lambda each: formats.plain(str(found[each].get("title", each))),
            label_visibility="collapsed", required=True, **bound,
        )  # fmt: skip
        if editable:
            with st.popover("New form", icon=":material/add:", type="tertiary"):
                _new_form(content)


def _new_form(content: Content) -> None:
    def add() -> None:
        title = st.session_state["design:form_title"]
        attempt(lambda: forms.with_form(content, title))

    st.text_input("What the form is called", key="design:form_title")
    st.button("Add the form", key="design:form_add", on_click=add)


def _fields(content: Content, key: str, *, editable: bool, revision: int) -> None:
    form = forms.form_of(content, key)
    for step, part in enumerate(form["steps"]):
        st.html(f'<div class="k sect"><h2>{step + 1}. {formats.text(str(part.get("title", "")))}</h2></div>')
        items = [
            Row(field["name"], str(field.get("label", field["name"])), _sub(field),
                icon=ICONS.get(field.get("type", "text"), "short_text"))
            for field in part["fields"]
        ]  # fmt: skip
        label = f"Fields of step {step + 1}; open one to change it"
        if opened := rows(items, key=f"design_step_{key}_{step}", label=label):
            address.put(field=opened)
            st.rerun()
        if editable:
            with st.container(horizontal=True):
                with st.popover("Add a field", icon=":material/add:", type="tertiary", key=f"design:add:{key}:{step}"):
                    _new_field(content, key, step)
                with st.popover("Step", icon=":material/edit:", type="tertiary", key=f"design:step_of:{key}:{step}"):
                    _step(content, key, step, last=len(form["steps"]) == 1, revision=revision)
    if editable:
        title = f"design:step:{key}"

        def add() -> None:
            attempt(lambda: forms.with_step(content, key, st.session_state[title]))

        st.text_input("New step", key=title, placeholder="Title of a further step")
        st.button("Add the step", key=f"design:step_add:{key}", type="tertiary", icon=":material/add:", on_click=add)


def _step(content: Content, key: str, step: int, *, last: bool, revision: int) -> None:
    """What a step is called, and the way to take it out with its fields; the only one stays."""
    title = f"design:{revision}:{key}:{step}:title"

    def rename() -> None:
        attempt(lambda: forms.with_step_titled(content, key, step, st.session_state[title]))

    def remove() -> None:
        attempt(lambda: forms.without_step(content, key, step))

    st.text_input("What the step is called", value=str(forms.form_of(content, key)["steps"][step].get("title", "")),
                  key=title, on_change=rename)  # fmt: skip
    st.button("Take out the step and its fields", icon=":material/delete:", key=f"design:gone:{key}:{step}",
              disabled=last, on_click=remove)  # fmt: skip


def _sub(field: Mapping[str, Any]) -> str:
    kind = TYPES.get(str(field.get("type", "text")), str(field.get("type")))
    needed = "required" if field.get("required") else "required at times" if field.get("required_if") else ""
    return " · ".join(filter(None, (kind, needed, "shown at times" if field.get("shown_if") else "")))


def _new_field(content: Content, key: str, step: int) -> None:
    label, kind = f"design:label:{key}:{step}", f"design:kind:{key}:{step}"

    def add() -> None:
        # What stands in the inputs now, not what stood there when the button was drawn.
        typed = st.session_state[label], st.session_state[kind]
        attempt(lambda: forms.with_field(content, key, step, typed[1], typed[0]))

    st.text_input("What is asked for", key=label)
    st.selectbox("As", list(TYPES), format_func=TYPES.__getitem__, key=kind)
    st.button("Add the field", key=f"design:do:{key}:{step}", on_click=add)


def _form_words(content: Content, key: str, *, editable: bool, revision: int) -> None:
    """The form as a whole: title, button, what is asked and said."""
    form = forms.form_of(content, key)
    st.html('<div class="k dp"><b>The form</b><span>choose a field to change it</span></div>')
    for name, label in (("title", "Title"), ("action", "Last button"), ("confirm", "Asked before it is sent"),
                        ("done", "Said afterwards")):  # fmt: skip
        widget = f"design:{revision}:{key}:{name}"
        st.text_input(label, value=str(form.get(name, "")), key=widget, disabled=not editable,
                      on_change=_form_word, args=(content, key, name, widget))  # fmt: skip
    if editable and len(content["type"]["forms"]) > 1:
        st.button("Remove this form", icon=":material/delete:", type="tertiary", on_click=attempt,
                  args=(lambda: forms.without_form(content, key),))  # fmt: skip


def _form_word(content: Content, key: str, name: str, widget: str) -> None:
    attempt(lambda: forms.with_values(content, key, {name: st.session_state[widget].strip() or None}))


def _panel(content: Content, at: Spot, *, editable: bool, revision: int) -> None:
    """One field."""
    field = forms.form_of(content, at.form)["steps"][at.step]["fields"][at.place]
    kind = str(field.get("type", "text"))
    st.html(
        f'<div class="k dp"><b>{formats.text(str(field.get("label")))}</b><span>{TYPES.get(kind, kind)}</span></div>'
    )
    if editable:
        _moves(content, at)
    section = ""
    for wanted in FIELD:
        if wanted.section and wanted.section != section:
            section = wanted.section
            st.html(f'<div class="k sect"><h2>{section}</h2></div>')
        _input(content, at, field, wanted, editable=editable, revision=revision)
    if kind in FACTS:
        name, widget = str(field["name"]), f"design:{revision}:{at.form}:{field['name']}:fact"
        st.toggle(
            "Can be used in rules, lists and statistics", value=name in content["type"].get("facts", {}), key=widget,
            disabled=not editable, on_change=lambda: attempt(
                lambda: forms.fact_of(content, field, wanted=bool(st.session_state[widget]))),
        )  # fmt: skip
        st.html(f'<p class="k mu sm">In conditions it is called <code>{formats.text(name)}</code>.</p>')


def _moves(content: Content, at: Spot) -> None:
    with st.container(horizontal=True, gap="xsmall"):
        st.button("Up", icon=":material/arrow_upward:", key="design:up", on_click=attempt,
                  args=(lambda: forms.with_field_moved(content, at, -1),))  # fmt: skip
        st.button("Down", icon=":material/arrow_downward:", key="design:down", on_click=attempt,
                  args=(lambda: forms.with_field_moved(content, at, 1),))  # fmt: skip
        st.button("Remove", icon=":material/delete:", key="design:remove", on_click=attempt,
                  args=(lambda: forms.without_field(content, at),))  # fmt: skip


def _input(
    content: Content, at: Spot, field: Mapping[str, Any], wanted: Property, *, editable: bool, revision: int
) -> None:
    value, widget = field.get(wanted.name, wanted.usual), f"design:{revision}:{at.form}:{field['name']}:{wanted.name}"

    def changed() -> None:
        attempt(lambda: forms.with_field_values(content, at, {wanted.name: _typed(wanted, st.session_state[widget])}))

    given: dict[str, Any] = {"key": widget, "on_change": changed, "help": wanted.help or None, "disabled": not editable}
    match wanted.input:
        case "yes_no":
            st.toggle(wanted.label, value=bool(value), **given)
        case "choice":
            offered = choices(content, wanted.source)
            st.selectbox(wanted.label, list(offered), index=list(offered).index(value) if value in offered else 0,
                         format_func=offered.__getitem__, **given)  # fmt: skip
        case "number":
            st.number_input(wanted.label, value=value if isinstance(value, int) else None, step=1, **given)
        case "terms":
            words = ", ".join(map(str, value)) if isinstance(value, Sequence) and not isinstance(value, str) else value
            st.text_input(wanted.label, value=str(words or ""), **given)
        case _:
            st.text_input(wanted.label, value=str(value or ""), **given)


def _typed(wanted: Property, value: Any) -> Any:
    if wanted.input == "terms":
        if value.strip().startswith("$"):
            return value.strip()
        return [part.strip() for part in value.split(",") if part.strip()]
    return value.strip() if isinstance(value, str) else value


class _NoDesk:
    """Stands behind a preview: nothing is kept, nothing is sent."""

    def save(self, data: dict[str, Any], step: int) -> None:
        """Nothing is kept."""

    def keep(self, field: str, upload: Any) -> dict[str, Any]:
        """Nothing is stored."""
        raise DomainError(Problem("DESIGN-PREVIEW", "This is a preview: files are not kept."))

    def findings(self, data: Mapping[str, Any]) -> Sequence[Finding]:
        """No rules are asked."""
        return ()

    def submit(self, data: Mapping[str, Any]) -> None:
        """Nothing is sent."""
        raise DomainError(Problem("DESIGN-PREVIEW", "This is a preview: nothing is sent."))

    def download(self, file: Mapping[str, Any]) -> str | None:
        """There are no files."""
        return None


def _preview(made: ApplicationType | None, key: str, revision: int) -> None:
    st.html('<div class="k dp"><b>As the partner sees it</b><span>nothing is kept</span></div>')
    if made is None or key not in made.forms:
        st.html('<p class="k mu">The preview comes back when the problems below are mended.</p>')
        return
    paper = Paper(made.forms[key], {}, agreements=made.agreements, currency=made.currency)
    wizard(paper, _NoDesk(), key=f"preview:{key}:{revision}")

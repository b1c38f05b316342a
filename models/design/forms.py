"""What a change to a form is, and what a form becomes by it. Pure: one as it was written goes in, another comes out.

A field that rules, lists and statistics use is also a fact of the type; `fact_of` says which kind of fact it becomes.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from models.core.errors import Problem, Refused
from models.design.editing import slug
from models.design.edits import ChangeType
from models.design.properties import Property, said
from models.engines.definitions.loading import Content

Raw = dict[str, Any]

TYPES: Mapping[str, str] = {
    "text": "Short text", "long_text": "Long text", "choice": "Choice", "yes_no": "Yes or no", "date": "Date",
    "count": "Whole number", "usd": "Amount", "email": "E-mail address", "phone": "Phone number",
    "rows": "Rows", "files": "Files", "agreement": "Agreement", "computed": "Worked out",
    "earlier": "From an earlier form", "note": "Note",
}  # fmt: skip
"""What can be asked for, in a manager's words."""

FACTS: Mapping[str, str] = {
    "text": "text", "long_text": "text", "choice": "text", "email": "text", "phone": "text", "yes_no": "yes_no",
    "date": "date", "count": "count", "usd": "usd", "computed": "usd",
}  # fmt: skip
"""By type of field: the kind of fact that it can become."""

FIELD: tuple[Property, ...] = (
    Property("label", "Label"),
    Property("type", "What is asked for", "choice", "field_types", usual="text"),
    Property("required", "Required", "yes_no", usual=False),
    Property("help", "Help", help="Stands behind a question mark beside the label."),
    Property("options", "Choices", "terms", usual=(), help="By comma."),
    Property("placeholder", "Example in the empty field"),
    Property("most", "At most", "number", help="Characters of a text, the largest number, or the most rows."),
    Property("least", "At least", "number"),
    Property("computed", "Worked out by", "condition", help="For example sum_usd(budget, 'amount')."),
    Property("shown_if", "Shown only when", "condition", section="When", help="For example urgent == true."),
    Property("required_if", "Required only when", "condition"),
    Property("section", "Heading above", section="Look"),
    Property("wide", "Takes the whole line", "yes_no", usual=False),
    Property("copy_from", "Begins with", help="A field of an earlier form: application.budget."),
    Property("agreement", "Agreement", help="The key of one of the type's agreements."),
)
"""What can be set of a field."""


@dataclass(frozen=True, slots=True)
class Spot:
    """A field by its place: the form, its step (from 0), its place in the step (from 0)."""

    form: str
    step: int
    place: int


def form_of(content: Content, key: str) -> Raw:
    """A form as it was written.

    Raises:
        Refused: somebody removed it.
    """
    form: Raw | None = content["type"].get("forms", {}).get(key)
    if form is None:
        raise Refused(Problem("DESIGN-GONE", "This form is not there any more. Somebody removed it.", key))
    return form


def fields(form: Mapping[str, Any]) -> Iterator[tuple[int, int, Raw]]:
    """Every field with its step and its place in it."""
    for step, part in enumerate(form.get("steps", ())):
        for place, field in enumerate(part.get("fields", ())):
            yield step, place, field


def spot(content: Content, key: str, name: str) -> Spot | None:
    """Where a field stands."""
    form = content["type"].get("forms", {}).get(key, {})
    return next((Spot(key, step, place) for step, place, field in fields(form) if field.get("name") == name), None)


def with_form(content: Content, title: str) -> ChangeType:
    """A new form with one step and one field."""
    if not title.strip():
        raise Refused(Problem("DESIGN-NAME", "Write what the form is called.", "title"))
    key = slug(title, content["type"].get("forms", {}))
    made = {
        "title": title.strip(),
        "steps": [{"title": title.strip(), "fields": [{"name": "subject", "label": "Subject", "required": True}]}],
    }
    return ChangeType(("forms", key), made, f"New form {title.strip()}")


def without_form(content: Content, key: str) -> ChangeType:
    """The form taken away."""
    return ChangeType(("forms", key), None, f"Took away the form {form_of(content, key).get('title', key)}")


def with_values(content: Content, key: str, values: Mapping[str, Any]) -> ChangeType:
    """The form with other words: title, button, what is asked before sending."""

    def change(form: Raw) -> None:
        _put(form, values)

    return _changed(content, key, change, f"Changed {form_of(content, key).get('title', key)}")


def with_step(content: Content, key: str, title: str) -> ChangeType:
    """One more step, with a first field."""

    def change(form: Raw) -> None:
        names = [field["name"] for _, _, field in fields(form)]
        first = {"name": slug("text", names), "label": "New field"}
        form["steps"].append({"title": title.strip() or "New step", "fields": [first]})

    return _changed(content, key, change, f"New step {title.strip()}")


def with_step_titled(content: Content, key: str, step: int, title: str) -> ChangeType:
    """A step with another title."""

    def change(form: Raw) -> None:
        form["steps"][step]["title"] = title.strip()

    return _changed(content, key, change, f"Called step {step + 1} {title.strip()}")


def without_step(content: Content, key: str, step: int) -> ChangeType:
    """A step taken away with its fields.

    Raises:
        Refused: it is the only one.
    """
    if len(form_of(content, key)["steps"]) < 2:
        raise Refused(Problem("DESIGN-STEP", "A form keeps at least one step.", key))

    def change(form: Raw) -> None:
        del form["steps"][step]

    return _changed(content, key, change, f"Took away step {step + 1}")


def with_field(content: Content, key: str, step: int, kind: str, label: str) -> ChangeType:
    """One more field at the end of a step.

    Raises:
        Refused: it has no label.
    """
    if not label.strip():
        raise Refused(Problem("DESIGN-NAME", "Write what is asked for: the label of the field.", "label"))

    def change(form: Raw) -> None:
        names = [field["name"] for _, _, field in fields(form)]
        made: Raw = {"name": slug(label, names), "label": label.strip()}
        if kind != "text":
            made["type"] = kind
        made |= copy.deepcopy(_BEGINNINGS.get(kind, {}))
        form["steps"][step]["fields"].append(made)

    return _changed(content, key, change, f"New field {label.strip()}")


_BEGINNINGS: Mapping[str, Raw] = {
    "choice": {"options": ["First choice", "Second choice"]},
    "computed": {"computed": "usd(0)"},
    "rows": {
        "of": [
            {"name": "item", "label": "Item", "required": True},
            {"name": "amount", "label": "Amount", "type": "usd"},
        ]
    },
}  # fmt: skip


def with_field_values(content: Content, at: Spot, values: Mapping[str, Any]) -> ChangeType:
    """A field with other values; what is empty or usual is not written down."""
    usual = {each.name: each.usual for each in FIELD}
    kept = {name: None if value in ("", None, [], ()) or value == usual.get(name) else value
            for name, value in values.items()}  # fmt: skip

    def change(form: Raw) -> None:
        _put(form["steps"][at.step]["fields"][at.place], kept)

    label = _field(content, at).get("label", "")
    return _changed(content, at.form, change, f"Changed the field {label}: {', '.join(map(said, values))}")


def with_field_moved(content: Content, at: Spot, by: int) -> ChangeType:
    """A field further up (-1) or down (1), also over the border of a step."""

    def change(form: Raw) -> None:
        steps = form["steps"]
        own = steps[at.step]["fields"]
        to = at.place + by
        if 0 <= to < len(own):
            own.insert(to, own.pop(at.place))
        elif 0 <= at.step + by < len(steps):
            beside = steps[at.step + by]["fields"]
            beside.insert(len(beside) if by < 0 else 0, own.pop(at.place))

    return _changed(content, at.form, change, f"Moved the field {_field(content, at).get('label', '')}")


def without_field(content: Content, at: Spot) -> ChangeType:
    """A field taken away.

    Raises:
        Refused: it is the last one of its step.
    """
    if len(form_of(content, at.form)["steps"][at.step]["fields"]) < 2:
        raise Refused(Problem("DESIGN-FIELD", "A step keeps at least one field. Take the step away instead.", at.form))

    def change(form: Raw) -> None:
        del form["steps"][at.step]["fields"][at.place]

    return _changed(content, at.form, change, f"Took away the field {_field(content, at).get('label', '')}")


def fact_of(content: Content, field: Mapping[str, Any], *, wanted: bool) -> ChangeType:
    """Let rules, lists and statistics use a field, or no longer.

    Raises:
        Refused: a field of this type holds nothing that they could use.
    """
    name, kind = str(field["name"]), FACTS.get(str(field.get("type", "text")))
    if wanted and kind is None:
        raise Refused(Problem("DESIGN-FACT", "Rows, files and agreements cannot be used in conditions.", name))
    words = f"{field.get('label', name)} can be used in rules" if wanted else f"{field.get('label', name)} is no fact"
    return ChangeType(("facts", name), kind if wanted else None, words)


def _field(content: Content, at: Spot) -> Raw:
    try:
        found: Raw = form_of(content, at.form)["steps"][at.step]["fields"][at.place]
    except IndexError:
        raise Refused(
            Problem("DESIGN-GONE", "This field is not there any more. Somebody moved or removed it.", at.form)
        ) from None
    return found


def _changed(content: Content, key: str, change: Any, words: str) -> ChangeType:
    before = form_of(content, key)
    after = copy.deepcopy(before)
    try:
        change(after)
    except (IndexError, KeyError):
        raise Refused(Problem("DESIGN-GONE", "Somebody changed this form meanwhile. Look at it again.", key)) from None
    return ChangeType(("forms", key), after, words, before, looked_at=True)


def _put(place: Raw, values: Mapping[str, Any]) -> None:
    for name, value in values.items():
        if value is None:
            place.pop(name, None)
        else:
            place[name] = value

"""What can be chosen for a property of a node: by value, the words for it."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from models import areas
from models.design.editing import flow, label_of
from models.design.forms import TYPES
from models.design.picture import action_words
from models.engines.definitions.loading import Content, process_names
from models.engines.definitions.registry import ACTIONS, CHECKS
from models.engines.workflow.schema import SET, kind_of
from models.identity.roles import role_book

FIXED: Mapping[str, Mapping[str, str]] = {
    "field_types": TYPES,
    "cancels": {"no": "Never", "first": "Until it was sent once", "always": "Always"},
    "assignments": {
        "pool": "Whoever takes it", "round_robin": "One after the other", "least_loaded": "Who has least to do",
        "same_as_before": "Who decided it last time",
    },
    "desks": {"reviews": "Reviews", "payments": "Payments"},
    "moments": {"now": "At once", "worker": "In the background"},
    "parallels": {"split": "Several branches begin", "join": "Waits for all branches"},
    "tones": {"positive": "What was applied for has come about", "negative": "It was refused",
              "neutral": "It ended without either"},
}  # fmt: skip


def choices(content: Content, wanted: str) -> Mapping[str, str]:
    """What can be chosen from a source, in the order in which it is offered."""
    areas.load()
    if wanted in FIXED:
        return FIXED[wanted]
    return _FROM[wanted](content)


def _forms(content: Content) -> dict[str, str]:
    forms = {**content["type"].get("forms", {})}
    return {key: str(form.get("title", key)) for key, form in forms.items()}


def _reviews(content: Content) -> dict[str, str]:
    nodes = flow(content)["nodes"]
    return {name: label_of(content, name) for name, node in nodes.items() if kind_of(node) == "review"}


def _facts(content: Content, *kinds: str) -> dict[str, str]:
    found = dict(content["type"].get("facts", {}))
    for process in content.get("processes", {}).values():
        found |= process.get("facts", {})
    return {name: name.replace("_", " ") for name, kind in found.items() if kind in kinds}


def _fields(content: Content) -> dict[str, str]:
    return {
        f"{key}.{field['name']}": f"{form.get('title', key)}: {field.get('label', field['name'])}"
        for key, form in content["type"].get("forms", {}).items()
        for step in form.get("steps", ())
        for field in step.get("fields", ())
    }


_FROM: Mapping[str, Callable[[Content], Mapping[str, str]]] = {
    "roles": lambda _: {key: role_book().name(key) for key in role_book().vendor},
    "permissions": lambda _: role_book().permissions,
    "forms": _forms,
    "reviews": _reviews,
    "phases": lambda content: {each: each for each in content["type"].get("phases", ())},
    "dates": lambda content: _facts(content, "date"),
    "amounts": lambda content: _facts(content, "usd"),
    "fields": _fields,
    "checks": lambda _: {name: each.label for name, each in CHECKS.items()},
    "quick_checks": lambda _: {name: each.label for name, each in CHECKS.items() if each.quick},
    "actions": lambda _: {SET: "Set fields"} | {name: action_words(name) for name in ACTIONS},
    "processes": lambda _: process_names(),
}

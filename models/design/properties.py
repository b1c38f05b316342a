"""What a manager may set of a node, in a manager's words, by its kind: what the panel beside the canvas draws.

Where a value is a number of the type (`$review_application`), setting it sets that number for every place that uses it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from models.design.edits import ChangeGiven, ChangeNode, ChangeType, Edit
from models.engines.definitions.loading import Content
from models.engines.definitions.registry import Need

Input = Literal[
    "text", "long", "number", "term", "terms", "choice", "choices", "yes_no", "condition", "escalation", "given",
    "quorum", "candidates", "decision",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Property:
    """One thing to set. `source` names what can be chosen (`roles`, `forms`, `reviews` …); `usual` is what a node has
    that does not say it."""

    name: str
    label: str
    input: Input = "text"
    source: str = ""
    usual: Any = ""
    help: str = ""
    section: str = ""


_STATUS = Property("status", "What the partner sees", help="The status while a case stands here; empty: as before.")
_OTHER_WORDS = (
    Property("vendor_status", "What the vendor sees", help="Where it differs from what the partner sees.",
             section="Words"),
    Property("phase", "Part of the line", "choice", "phases", help="Which part of the case's timeline this is."),
)  # fmt: skip
_SEEN = (_STATUS, *_OTHER_WORDS)
_DUE = Property("due", "Until", "term", help="For example 3 working days, 15 days, 2 hours.")
_MORE_TIME = (
    Property("since", "Counted from", "choice", "dates", section="More about time",
             help="A date of the case; else the moment of arriving here."),
    Property("remind", "Remind before", "terms", usual=(), help="For example 1 working day; several by comma."),
    Property("expires", "Expires after", "term", help="The case goes on by itself then; draw where it leads."),
    Property("expires_since", "Expiry counted from", "choice", "dates"),
)  # fmt: skip

PROPERTIES: Mapping[str, tuple[Property, ...]] = {
    "form": (
        Property("form", "Form to fill in", "choice", "forms"),
        Property("invite", "Button", help="What the applicant's people are asked to do."),
        _DUE, _STATUS,
        Property("cancel", "May be cancelled", "choice", "cancels", usual="no"),
        Property("deletable", "A draft may be deleted", "yes_no", usual=False),
        Property("checks", "Rules shown while typing", "choices", "quick_checks", usual=(), section="Rules",
                 help="One that must be fixed keeps the form from being sent."),
        Property("permission", "Who may fill it in", "choice", "permissions",
                 help="Empty: whoever may apply for this type."),
        *_MORE_TIME,
        Property("escalate", "What if late", "escalation", "roles", usual=()),
        *_OTHER_WORDS,
        Property("returned", "Status after a rejection"), Property("cancelled", "Status after cancelling"),
    ),
    "review": (
        Property("review", "Who decides", "choices", "roles", usual=(), help="Anybody who has one of these roles."),
        Property("quorum", "How many must agree", "quorum", usual="1"),
        Property("due", "Until", "term", help="For example 3 working days, 15 days, 2 hours."),
        Property("escalate", "What if late", "escalation", "roles", usual=()),
        Property("not_same_person_as", "Not the same person as", "choices", "reviews", usual=(),
                 help="Four eyes: whoever decided there may not decide here."),
        Property("status", "What the partner sees", help="The status while a case stands here."),
        Property("assign", "Who gets it first", "choice", "assignments", usual="pool", section="More about who"),
        Property("candidates", "Whose turn it is first", "candidates", usual=()),
        Property("limit", "Amount that counts for limits", "choice", "amounts",
                 help="People decide up to the limit that Administration › Reviewers gives them."),
        Property("desk", "Queue", "choice", "desks", usual="reviews"),
        Property("checks", "Rule results", "choices", "checks", usual=(), section="What they see and may do"),
        Property("reads", "Shown on top", "choices", "fields", usual=(),
                 help="What these reviewers need to see at once."),
        Property("may_ask", "May ask the applicant", "yes_no", usual=True, help="The clock stands until the answer."),
        Property("cancel", "The applicant may cancel meanwhile", "yes_no", usual=False),
        *_MORE_TIME, *_OTHER_WORDS,
        Property("returned", "Status after a later stage sent it back"),
    ),
    "check": (
        Property("check", "What is checked", "choice", "checks"),
        Property("by", "When", "choice", "moments", usual="worker"),
        Property("cancel", "The applicant may cancel meanwhile", "yes_no", usual=False),
        *_SEEN,
    ),
    "decision": (
        Property("decision", "Goes on with yes when", "decision",
                 help="For example amount > usd(50000) or tier == 'Advanced'."),
        *_SEEN,
    ),
    "parallel": (Property("parallel", "What happens here", "choice", "parallels", usual="split"), *_SEEN),
    "wait": (
        Property("wait", "How long", "term", help="A span of time; the word facts waits until something is known."),
        Property("since", "Counted from", "choice", "dates"),
        Property("until", "Until this is known", "condition", help="A field, or a condition; with facts above."),
        Property("expires", "No longer than", "term"), *_SEEN,
    ),
    "action": (
        Property("action", "What is done", "choice", "actions"),
        Property("given", "With", "given", usual=(), help="One a line: pool: mdf"), *_SEEN,
    ),
    "payment": (
        Property("payment", "Process", "choice", "processes"),
        Property("given", "With", "given", usual=(), help="One a line: amount: claimed"), *_SEEN,
    ),
    "end": (
        Property("end", "Outcome", help="A short word that statistics count by: paid, refused, expired."),
        Property("tone", "How it ended", "choice", "tones", usual="positive"), *_SEEN,
    ),
}  # fmt: skip
"""By kind, in the order of the panel."""

TITLE = Property("label", "Name")


def parameter_of(raw: Any) -> str | None:
    """The number of the type that a value stands for: `$review_application` is `review_application`."""
    return raw[1:] if isinstance(raw, str) and raw[:1] == "$" and raw[1:].isidentifier() else None


def shown(content: Content, node: Mapping[str, Any], wanted: Property) -> Any:
    """The value as the panel shows it: a number of the type by its value, a missing one by what is usual."""
    return _resolved(node.get(wanted.name, wanted.usual), content["type"].get("parameters", {}))


def _resolved(raw: Any, parameters: Mapping[str, Any]) -> Any:
    if isinstance(raw, Mapping):
        return {key: _resolved(each, parameters) for key, each in raw.items()}
    parameter = parameter_of(raw)
    return parameters.get(parameter, raw) if parameter else raw


def set_to(content: Content, name: str, node: Mapping[str, Any], wanted: Property, value: Any) -> Edit:
    """The change that gives a node (or the number it uses) another value; what is usual is not written down."""
    raw = node.get(wanted.name)
    if (parameter := parameter_of(raw)) and parameter in content["type"].get("parameters", {}):
        words = f"Changed {parameter.replace('_', ' ')} to {said(value)}"
        was = content["type"]["parameters"][parameter]
        return ChangeType(("parameters", parameter), value, words, was, looked_at=True)
    empty = value in ("", None, [], {}) or value == wanted.usual
    return ChangeNode(name, {wanted.name: None if empty else value}, was={wanted.name: raw})


def given_of(content: Content, node: Mapping[str, Any], need: Need) -> Any:
    """What the action of a node is given for one of its needs, as the panel shows it."""
    return _resolved((node.get("given") or {}).get(need.name), content["type"].get("parameters", {}))


def set_given(content: Content, name: str, node: Mapping[str, Any], need: Need, value: Any) -> Edit:
    """The change that gives an action something else (or the number of the type that it is given another value)."""
    raw = (node.get("given") or {}).get(need.name)
    if (parameter := parameter_of(raw)) and parameter in content["type"].get("parameters", {}):
        words = f"Changed {parameter.replace('_', ' ')} to {said(value)}"
        was = content["type"]["parameters"][parameter]
        return ChangeType(("parameters", parameter), value, words, was, looked_at=True)
    return ChangeGiven(name, need.name, need.label, None if value == "" else value, raw)


def said(value: Any) -> str:
    """A value in words: lists by commas, nothing as `--`."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Mapping):
        return ", ".join(f"{key}: {said(each)}" for key, each in value.items()) or "--"
    if isinstance(value, list | tuple):
        return ", ".join(map(said, value)) or "--"
    return str(value) if value not in (None, "") else "--"


def used_by(content: Content, parameter: str) -> list[str]:
    """The nodes that use a number of the type, by name."""
    nodes = content["type"]["workflow"]["nodes"]
    return [name for name, node in nodes.items() if f"${parameter}" in repr(node)]

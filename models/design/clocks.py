"""Clocks over several steps, as a manager sets them: what they listen to, in words, and the changes to them. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from models.core.errors import Problem, Refused
from models.design.editing import flow, label_of, slug
from models.design.edits import ChangeType
from models.design.picture import outcome_words
from models.engines.definitions.loading import Content
from models.engines.definitions.schema import ApplicationType
from models.engines.workflow.outcomes import outcomes
from models.engines.workflow.schema import FormNode, ReviewNode, kind_of

Raw = Mapping[str, Any]
EFFECTS: Mapping[str, str] = {
    "start": "Starts when", "pause": "Stands from when", "resume": "Goes on when", "stop": "Is over when",
    "reset": "Begins anew when", "cancel": "Does not count any more when",
}  # fmt: skip
"""By what a clock does: how it reads."""


def signals(content: Content, made: ApplicationType | None) -> dict[str, str]:
    """Everything that a clock can listen to, in words; of a type that cannot be read, what its nodes alone say."""
    found = {"end": "The case ends", "ask": "The applicant is asked something", "answer": "The applicant answers"}
    if made is None:
        for name in flow(content)["nodes"]:
            found |= {
                f"enter {name}": f"{label_of(content, name)} begins",
                f"leave {name}": f"{label_of(content, name)} is over",
            }
        return found
    for name, node in made.workflow.nodes.items():
        label = made.label(name)
        if isinstance(node, FormNode):
            found[f"submit {node.form}"] = f"{label} is sent"
        found |= {f"enter {name}": f"{label} begins", f"leave {name}": f"{label} is over"}
        decisions = node.decisions if isinstance(node, ReviewNode) else {}
        for outcome in outcomes(node):
            if outcome:
                found[f"leave {name}.{outcome}"] = f"{label} is over: {outcome_words(outcome, decisions)}"
        if isinstance(node, ReviewNode):
            found |= {f"ask {name}": f"{label} asks the applicant", f"answer {name}": f"{label} gets its answer"}
    return found


def clocks_of(content: Content) -> dict[str, dict[str, Any]]:
    """The clocks of a type as they were written, by key."""
    found: dict[str, dict[str, Any]] = flow(content).get("clocks") or {}
    return found


def label_of_clock(key: str, clock: Raw) -> str:
    """What people call a clock."""
    return str(clock.get("label") or key.replace("_", " ").capitalize())


def with_clock(content: Content, label: str) -> ChangeType:
    """One more clock, over the whole case from the first form that is sent, with five working days.

    Raises:
        Refused: it has no name, or the type has no form.
    """
    if not label.strip():
        raise Refused(Problem("DESIGN-NAME", "Write what the clock measures, for example Time to decide.", "label"))
    form = next(
        (node["form"] for node in flow(content)["nodes"].values() if kind_of(node) == "form" and node["form"]), ""
    )
    if not form:
        raise Refused(Problem("DESIGN-CLOCK", "A clock starts at something: give the workflow a form first.", "start"))
    key = slug(label, clocks_of(content))
    made = {
        "label": label.strip(), "start": [f"submit {form}"], "pause": ["ask"], "resume": ["answer"], "stop": ["end"],
        "due": "5 working days",
    }  # fmt: skip
    return _change(content, key, made, f"New clock {label.strip()}")


def with_values(content: Content, key: str, **values: Any) -> ChangeType:
    """A clock with other values; what is empty is not written down.

    Raises:
        Refused: it is gone, or would never start.
    """
    clock = clocks_of(content).get(key)
    if clock is None:
        raise Refused(Problem("DESIGN-GONE", "This clock is not there any more. Somebody removed it.", key))
    made = {name: value for name, value in {**clock, **values}.items() if value not in ("", None, [], {})}
    for name in ("start", "due"):
        if name not in made:
            raise Refused(Problem("DESIGN-CLOCK", "A clock needs what starts it, and how long it runs.", name))
    words = ", ".join(name.replace("_", " ") for name in values)
    return _change(content, key, made, f"Changed the clock {label_of_clock(key, clock)}: {words}")


def without_clock(content: Content, key: str) -> ChangeType:
    """A clock taken away."""
    return _change(content, key, None, f"Took away the clock {label_of_clock(key, clocks_of(content).get(key, {}))}")


def _change(content: Content, key: str, value: Any, words: str) -> ChangeType:
    return ChangeType(("workflow", "clocks", key), value, words, clocks_of(content).get(key), looked_at=True)


def clock_words(clock: Raw, known: Mapping[str, str]) -> list[tuple[str, str]]:
    """What is set of a clock, in words."""
    pairs = [("Runs", str(clock.get("due", "")))]
    pairs += [
        (words, " or ".join(known.get(signal, signal) for signal in clock[what]))
        for what, words in EFFECTS.items()
        if clock.get(what)
    ]
    if remind := clock.get("remind"):
        pairs.append(("Reminds before", ", ".join(map(str, remind)) if isinstance(remind, list) else str(remind)))
    return pairs

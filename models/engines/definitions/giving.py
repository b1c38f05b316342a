"""Whether an action is given what it needs: judged when a definition is checked, never found out by a case."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from models.core.errors import Problem
from models.engines.conditions import FactType, FactTypes
from models.engines.definitions.registry import DEEDS, Need
from models.engines.workflow.schema import ActionNode

_KINDS: dict[FactType, str] = {
    "text": "a text", "count": "a whole number", "usd": "an amount", "date": "a date", "yes_no": "yes or no",
    "rows": "rows",
}  # fmt: skip


def given_problems(node: ActionNode, facts: FactTypes) -> Iterator[Problem]:
    """What is missing of what the action of a node needs, what is none, and what it does not take."""
    deed = DEEDS.get(node.action)
    if deed is None or deed.needs is None:
        return
    known = {need.name for need in deed.needs}
    for name in node.given:
        if name not in known:
            yield Problem("ACTION-GIVEN", f"{deed.label} takes no {name}. Take it out.", name)
    for need in deed.needs:
        value = node.given.get(need.name)
        if value in (None, ""):
            if need.needed:
                yield Problem(
                    "ACTION-GIVEN", f"{deed.label}: say which {need.label[:1].lower()}{need.label[1:]}.", need.name
                )
        elif wrong := _wrong(need, value, facts):
            yield Problem("ACTION-GIVEN", f"{deed.label}: {need.label} {wrong}.", need.name)


def _wrong(need: Need, value: Any, facts: FactTypes) -> str:
    """What is wrong with a value, as the rest of a sentence that begins with its label; empty: nothing."""
    if need.fact is not None:
        if value not in facts:
            return f"is {value}, which is no field of this type that is known of a case"
        if facts[value] != need.fact:
            return f"is {value}, which is {_KINDS[facts[value]]}; it has to be {_KINDS[need.fact]}"
        return ""
    if need.choices and value not in need.choices:
        return f"is {value}; it has to be one of {', '.join(need.choices)}"
    try:
        need.judge(value)
    except ValueError as error:
        return f"is {value}: {error}"
    return ""

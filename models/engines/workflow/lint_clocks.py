"""Clocks that listen to what never happens, never end, or stand for ever."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from models.core.errors import Problem
from models.engines.workflow.outcomes import outcomes
from models.engines.workflow.schema import FormNode, ReviewNode, Workflow


def clock_faults(workflow: Workflow, roles: Collection[str] | None) -> Iterator[Problem]:
    """What is wrong with each clock; the place is the node that it begins at, where there is one."""
    known = set(_signals(workflow))
    for name, clock in workflow.clocks.items():
        label = clock.label or name.replace("_", " ").capitalize()
        place = next((signal.partition(" ")[2].partition(".")[0] for signal in clock.start), name)
        place = place if place in workflow.nodes else name
        for signal in sorted(clock.signals - known):
            yield Problem("FLOW-CLOCK", f"{label}: nothing is ever called {signal}.", place)
        if bool(clock.pause) != bool(clock.resume):
            missing = "goes on again" if clock.pause else "is paused"
            yield Problem("FLOW-CLOCK", f"{label}: nothing says when it {missing}.", place)
        if not clock.stop and not clock.cancel:
            yield Problem("FLOW-CLOCK", f"{label}: nothing says when it is stopped.", place)
        for role in clock.escalate:
            if roles is not None and role not in roles:
                yield Problem("FLOW-UNKNOWN", f"There is no role {role}.", place)


def _signals(workflow: Workflow) -> Iterator[str]:
    yield from ("end", "ask", "answer")
    for name, node in workflow.nodes.items():
        yield from (f"enter {name}", f"leave {name}")
        yield from (f"leave {name}.{outcome}" for outcome in outcomes(node) if outcome)
        if isinstance(node, FormNode):
            yield f"submit {node.form}"
        if isinstance(node, ReviewNode):
            yield from (f"ask {name}", f"answer {name}")

"""What a case does without a person: automated stages, and promised times that come. Each is safe to repeat."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from models.applications import access
from models.core.errors import Problem, Refused
from models.core.unit_of_work import UnitOfWork
from models.engines.cases import store, timers
from models.engines.conditions import fits
from models.engines.definitions.registry import CHECKS
from models.engines.workflow import commands as c
from models.engines.workflow.findings import Verdict
from models.engines.workflow.schema import CheckNode
from models.engines.workflow.state import State


def run_check(uow: UnitOfWork, case_id: UUID, visit: str) -> bool:
    """Run the check that a case waits for, and let the case go on; whether it still waited. For the system alone.

    Nothing that has to be fixed: the case passes; otherwise it fails.
    """
    found = access.find(uow, case_id)
    open_ = found.state.visit(visit)
    node = found.type.workflow.nodes.get(open_.node) if open_ else None
    if not isinstance(node, CheckNode):
        return False
    findings = tuple(CHECKS[node.check].ask(uow, access.whole(uow, found)))
    passed = all(finding.verdict is not Verdict.FIX for finding in findings)
    # Without `expected`: when somebody was quicker (a cancellation), the answer is simply not needed any more.
    store.handle(uow, case_id, c.CheckDone(visit, passed, findings))
    return True


def fire_timer(uow: UnitOfWork, case_id: UUID, visit: str, timer: str) -> bool:
    """Let a timer's time have come; whether anything followed. Late and repeated ones do nothing, early ones are set
    anew where the calendar was changed."""
    found = access.find_to_change(uow, case_id)
    if store.change(uow, found, c.TimerFired(visit, timer)).seq != found.state.seq:
        return True
    timers.set_anew(uow, found, visit, timer)
    return False


def note(uow: UnitOfWork, case_id: UUID, facts: Mapping[str, Any], *, key: str) -> State:
    """Note facts on a case from outside its forms; whatever waits for them goes on. For the system alone.

    Raises:
        NotFound: there is no such case.
        Refused: a fact is none of its type's, or not what it was declared to be (CASE-FACT).
    """
    found = access.find_to_change(uow, case_id, key)
    known = found.type.facts
    wrong = [
        name for name, value in facts.items() if name not in known or not (value is None or fits(known[name], value))
    ]
    if wrong:
        raise Refused(
            [Problem("CASE-FACT", f"{name} cannot be noted on this case: {facts[name]!r}.", name) for name in wrong]
        )
    return store.change(uow, found, c.NoteFacts(facts), key=key)

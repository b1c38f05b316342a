"""What a case does without a person: automated stages, and promised times that come. Each is safe to repeat."""

from __future__ import annotations

from uuid import UUID

from models.applications import access
from models.core.unit_of_work import UnitOfWork
from models.engines.cases import store
from models.engines.definitions.registry import CHECKS
from models.engines.workflow import commands as c
from models.engines.workflow.findings import Verdict
from models.engines.workflow.schema import CheckNode


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
    """Let a timer's time have come; whether anything followed. Late, early and repeated ones do nothing."""
    found = access.find_to_change(uow, case_id)
    return store.change(uow, found, c.TimerFired(visit, timer)).seq != found.state.seq

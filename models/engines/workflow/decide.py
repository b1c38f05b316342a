"""`decide`: what a command brings about as events, or a refusal in words. Pure: what it must know is in `World`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from models.core.errors import NotAllowed, Problem, Refused, WrongState
from models.engines.workflow import commands as c
from models.engines.workflow import events as e
from models.engines.workflow.clocks import VISIT, calendar_of, clock_timers
from models.engines.workflow.findings import Verdict
from models.engines.workflow.people import demand_applicant, right_of
from models.engines.workflow.schema import CheckNode, FormNode, ReviewNode, Timed, Workflow
from models.engines.workflow.state import CANCELLED, RETURNED, State, Visit
from models.engines.workflow.turn import Turn, moved, timers_of
from models.engines.workflow.voting import certain, stands_for
from models.engines.workflow.world import Person, World


def decide(workflow: Workflow, state: State, command: c.Command, world: World) -> list[e.Event]:
    """The events that follow from a command, in order; none when it has been overtaken harmlessly (a late timer).

    Raises:
        WrongState: the case is not where the command means it to be.
        NotAllowed: the person may not do that.
        Refused: what was given is not enough; carries every problem.
    """
    return decided(workflow, state, command, world)[0]


def decided(workflow: Workflow, state: State, command: c.Command, world: World) -> tuple[list[e.Event], State]:
    """`decide`, with the state that its events lead to."""
    turn = Turn(workflow, state, world)
    _HANDLERS[type(command)](turn, command)
    turn.wake()
    return turn.events, turn.state


def _open(turn: Turn, command: c.Open) -> None:
    if turn.state.type:
        raise WrongState("This case has begun already.")
    person = turn.world.person
    turn.add(e.Opened(command.type, command.version, command.partner_id, person.id, person.name))
    turn.enter(turn.workflow.start)


def _submit(turn: Turn, command: c.Submit) -> None:
    visit, node = _at_form(turn, command.visit)
    standing = [finding for finding in command.findings if finding.verdict is Verdict.FIX]
    if standing:
        raise Refused([Problem(found.code, found.text or found.label, found.field or None) for found in standing])
    person = turn.world.person
    turn.add(
        e.Submitted(
            visit.id, node.form, command.revision, dict(command.facts), command.findings, person.id, person.name,
            turn.world.now,
        )
    )  # fmt: skip
    turn.leave(visit, "submit")


def _cancel(turn: Turn, command: c.Cancel) -> None:
    demand_applicant(turn.state, turn.world.person)
    visit = next((visit for visit in turn.state.visits if may_cancel(turn.workflow, turn.state, visit)), None)
    if visit is None:
        raise WrongState("It cannot be cancelled any more: what follows has begun.")
    person = turn.world.person
    turn.add(e.Cancelled(visit.id, person.id, person.name, turn.world.now))
    turn.leave(visit, "cancel", CANCELLED)


def may_cancel(workflow: Workflow, state: State, visit: Visit) -> bool:
    """Whether the applicant may take the case back while it stands here."""
    node = workflow.nodes[visit.node]
    if not workflow.has_edge(visit.node, "cancel"):
        return False
    if isinstance(node, FormNode):
        return node.cancel == "always" or (node.cancel == "first" and not state.submitted.get(node.form))
    return isinstance(node, ReviewNode | CheckNode) and node.cancel


def _delete(turn: Turn, command: c.Delete) -> None:
    demand_applicant(turn.state, turn.world.person)
    if not may_delete(turn.workflow, turn.state):
        raise WrongState("Only a draft can be deleted. Cancel the application first.")
    turn.add(e.Ended("deleted", turn.world.now))


def may_delete(workflow: Workflow, state: State) -> bool:
    """Whether the case is a draft that may be given up."""
    nodes = [workflow.nodes[visit.node] for visit in state.visits]
    return bool(nodes) and all(isinstance(node, FormNode) and node.deletable for node in nodes)


def _claim(turn: Turn, command: c.Claim) -> None:
    visit, _, _ = _at_review(turn, command.visit)
    person = turn.world.person
    if visit.holder != person.id:
        turn.add(e.Claimed(visit.id, person.id, person.name, turn.world.now))


def _release(turn: Turn, command: c.Release) -> None:
    visit = _open_visit(turn, command.visit, "review")
    if visit.holder is None:
        return
    if visit.holder != turn.world.person.id and not turn.world.person.is_system:
        raise NotAllowed(f"Only {visit.holder_name} can release it.")
    turn.add(e.Released(visit.id, turn.world.now))


def _decide(turn: Turn, command: c.Decide) -> None:
    visit, node, stead = _at_review(turn, command.visit)
    if visit.question is not None:
        raise WrongState("A question to the applicant is open. Decide when it is answered.")
    wanted = node.decisions.get(command.decision)
    if wanted is None:
        raise WrongState("This stage does not offer that decision any more. Look at the case again.")
    if problems := _given_problems(wanted.comment, wanted.reasons, command):
        raise Refused(problems)
    person = turn.world.person
    turn.add(
        e.Decided(
            visit.id, visit.node, command.decision, person.id, person.name, turn.world.now, command.reason,
            command.comment.strip(), dict(command.facts), stead.id if stead else None, stead.name if stead else "",
            wanted.tone, stands_for(node, stead or person, turn.world.people),
        )
    )  # fmt: skip
    _conclude(turn, visit.id)


def _conclude(turn: Turn, visit_id: str) -> None:
    """Leave a review once its votes leave no doubt."""
    visit = turn.state.visit(visit_id)
    node = turn.workflow.nodes[visit.node] if visit else None
    if visit and isinstance(node, ReviewNode) and visit.votes:
        if outcome := certain(node, turn.state, visit, turn.world.people):
            turn.leave(visit, outcome, RETURNED if node.decisions[outcome].sends_back else "")


def _given_problems(comment: bool, reasons: tuple[str, ...], command: c.Decide) -> list[Problem]:
    problems = []
    if comment and not command.comment.strip():
        text = "Write a comment: the partner reads it and works by it."
        problems.append(Problem("CASE-COMMENT", text, "comment"))
    if reasons and command.reason not in reasons:
        problems.append(Problem("CASE-REASON", "Choose a reason from the list.", "reason"))
    return problems


def _ask(turn: Turn, command: c.Ask) -> None:
    visit, node, _ = _at_review(turn, command.visit)
    if not node.may_ask:
        raise WrongState("Nobody is asked at this stage.")
    if visit.question is not None:
        raise WrongState("A question is open already. Wait for its answer.")
    if not command.text.strip():
        raise Refused(Problem("CASE-QUESTION", "Write what you want to know.", "text"))
    person = turn.world.person
    turn.add(e.Asked(visit.id, command.text.strip(), person.id, person.name, turn.world.now))


def _answer(turn: Turn, command: c.Answer) -> None:
    demand_applicant(turn.state, turn.world.person)
    visit = turn.state.visit(command.visit)
    if visit is None or visit.question is None:
        raise WrongState("There is no open question here. Look at the case again.")
    if not command.text.strip():
        raise Refused(Problem("CASE-ANSWER", "Write your answer.", "text"))
    node, person, now = turn.workflow.nodes[visit.node], turn.world.person, turn.world.now
    assert isinstance(node, Timed)
    due = moved(visit.due_at, node.due, visit.question.at, now, turn.world)
    pause = now - visit.question.at
    turn.add(e.Answered(visit.id, command.text.strip(), person.id, person.name, now, pause, due))
    again = turn.state.visit(visit.id)
    if again and again.due_at != visit.due_at:
        turn.set_timers(node, again)


def _check_done(turn: Turn, command: c.CheckDone) -> None:
    visit = turn.state.visit(command.visit)
    if visit is None or visit.kind != "check":
        return  # answered before: the worker may repeat itself
    node = turn.workflow.nodes[visit.node]
    name = getattr(node, "check", "")
    turn.add(e.Checked(visit.id, name, command.passed, command.findings, turn.world.now, dict(command.facts)))
    turn.leave(visit, "pass" if command.passed else "fail")


def _timer(turn: Turn, command: c.TimerFired) -> None:
    """Late timers of a visit that is over, early ones of a clock that stood, and repeated ones do nothing.

    An open question stops the clock, but nobody waits past the time at which a visit expires.
    """
    visit, now = turn.state.visit(command.visit), turn.world.now
    if command.visit.startswith(VISIT):
        _ring(turn, command.visit.removeprefix(VISIT), command.timer)
    if visit is None or command.timer in visit.fired or (visit.question is not None and command.timer != "expire"):
        return
    at = timers_of(turn.workflow.nodes[visit.node], visit, turn.world).get(command.timer)
    if at is None or at > now:
        return
    kind, _, role = command.timer.partition(":")
    if kind == "wait":
        turn.leave(visit, "")
    elif kind == "due":
        turn.add(e.BecameOverdue(visit.id, now))
    elif kind == "escalate":
        turn.add(e.Escalated(visit.id, role, now))
    elif kind == "expire":
        turn.add(e.Expired(visit.id, now))
        turn.leave(visit, "expire")
    else:
        turn.add(e.Reminded(visit.id, command.timer, now))
    _conclude(turn, visit.id)  # people who could have voted may be gone since the last vote


def _ring(turn: Turn, name: str, timer: str) -> None:
    """A rung of a clock's ladder, unless it is early, repeated, or the clock stands or is over."""
    clock, state = turn.workflow.clocks.get(name), turn.state.clocks.get(name)
    if clock is None or state is None or timer in state.fired:
        return
    at = clock_timers(clock, state, calendar_of(clock, turn.world.calendar)).get(timer)
    if at is not None and at <= turn.world.now:
        turn.add(e.ClockRang(name, timer, turn.world.now))


def _note(turn: Turn, command: c.NoteFacts) -> None:
    turn.add(e.FactsNoted(dict(command.facts), turn.world.now, turn.world.person.name))


def _open_visit(turn: Turn, visit_id: str, kind: str) -> Visit:
    visit = turn.state.visit(visit_id)
    if visit is None or visit.kind != kind:
        where = f" It is now: {turn.state.status}." if turn.state.status else ""
        raise WrongState(f"This stage is over.{where} Look at the case again.")
    return visit


def _at_form(turn: Turn, visit_id: str) -> tuple[Visit, FormNode]:
    demand_applicant(turn.state, turn.world.person)
    visit = _open_visit(turn, visit_id, "form")
    node = turn.workflow.nodes[visit.node]
    assert isinstance(node, FormNode)
    return visit, node


def _at_review(turn: Turn, visit_id: str) -> tuple[Visit, ReviewNode, Person | None]:
    """The review that somebody may decide, and in whose stead they would."""
    visit = _open_visit(turn, visit_id, "review")
    node = turn.workflow.nodes[visit.node]
    assert isinstance(node, ReviewNode)
    right = right_of(node, turn.state, visit, turn.world.person, turn.world.people)
    if right.problems:
        raise NotAllowed(right.problems)
    return visit, node, right.stead


_HANDLERS: dict[type[c.Command], Callable[[Turn, Any], None]] = {
    c.Open: _open, c.Submit: _submit, c.Cancel: _cancel, c.Delete: _delete, c.Claim: _claim, c.Release: _release,
    c.Decide: _decide, c.Ask: _ask, c.Answer: _answer, c.CheckDone: _check_done, c.TimerFired: _timer,
    c.NoteFacts: _note,
}  # fmt: skip

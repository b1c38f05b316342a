"""Whoever has to know what happened to a case is told: on their home page, and by e-mail (BEN-NTF-06).

Each event is told once to each person, by a key, whatever the worker repeats.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select

from models.applications import access
from models.core.clock import BUSINESS_ZONE
from models.core.unit_of_work import UnitOfWork
from models.engines.cases.store import StoredCase
from models.engines.cases.tables import Case, CaseEvent
from models.engines.workflow import events as e
from models.engines.workflow.audience import entries_of
from models.engines.workflow.evolve import replay
from models.engines.workflow.people import at_stake
from models.engines.workflow.schema import FormNode, ReviewNode
from models.engines.workflow.state import State, Visit
from models.identity import queries as identity
from models.notices import service as notices
from models.partners import queries as partners
from models.reference import wording
from models.reviewers.people import VIEW, StoredPeople

MANAGER = "ecosystem_manager"
LISTED = (":turn", ":asked", ":reminded", ":overdue")
"""How keys of notices end that call to work which queues and lists show as long as it waits."""


@dataclass(frozen=True, slots=True)
class _Case:
    """A case with what its notices say of it."""

    uow: UnitOfWork
    found: StoredCase
    title: str
    partner: str

    @property
    def name(self) -> str:
        return f"{self.found.number} {self.title}".strip()

    def tell(self, people: Iterable[UUID], key: str, message: str, tone: str = "blue", **facts: str) -> None:
        """Tell people a message (`models.reference.messages`) about the case."""
        if not (told_to := sorted(set(people))):
            return
        title, text = wording.told(self.uow, message, {"case": self.name, "partner": self.partner, **facts})
        for person in told_to:
            notices.tell(
                self.uow, person, key=f"{self.found.number}:{key}", title=title, text=text, tone=tone,
                link=f"/case?case={self.found.id}", icon="task_alt" if tone == "green" else "notifications",
            )  # fmt: skip

    def applicants(self, node: str | None = None) -> list[UUID]:
        """Whoever sent or began the case, as long as they may; otherwise everybody of the partner who may."""
        needed = self.found.type.permissions.apply
        stage = self.found.type.workflow.nodes.get(node) if node else None
        if isinstance(stage, FormNode) and stage.permission:
            needed = stage.permission
        may = identity.with_permission(self.uow, self.found.partner_id, needed)
        state = self.found.state
        own = {*state.submitters, *([state.opened_by] if state.opened_by else [])}
        return [person for person in may if person in own] or may

    def reviewers(self, visit: Visit) -> list[UUID]:
        """Whoever holds a review; when nobody does, everybody whose turn it may be. Who stands in is told as well, and
        who is away is not."""
        node = self.found.type.workflow.nodes[visit.node]
        if not isinstance(node, ReviewNode):
            return []
        people = StoredPeople(self.uow, self.found.data())
        asked = {person.id for person in people.members(entries_of(node, visit)) if person.id is not None}
        asked = asked if visit.holder is None else {visit.holder}
        amount = at_stake(node, self.found.state, people)
        stand_ins = {
            handover.to.id
            for handover in people.handed_by_any(asked)
            if handover.covers(self.found.type.key, visit.node, amount) and handover.to.id is not None
        }
        there = {person for person in asked if not people.is_absent(person)} | stand_ins
        return sorted(there or asked)

    def responsible(self, visit: Visit) -> list[UUID]:
        """Whoever a visit waits for."""
        return self.applicants(visit.node) if visit.kind == "form" else self.reviewers(visit)

    def everybody(self, nodes: Iterable[str]) -> set[UUID]:
        """Everybody whom events at some nodes may have been told to."""
        people, roles = set(self.applicants()), set[str]()
        for name in set(nodes):
            node = self.found.type.workflow.nodes.get(name)
            if isinstance(node, FormNode):
                people |= set(self.applicants(name))
            if isinstance(node, ReviewNode):
                people |= {each.id for each in identity.colleagues(self.uow) if each.may(VIEW)}
            if isinstance(node, FormNode | ReviewNode):
                roles |= set(node.escalate)
        return people | set(identity.with_roles(self.uow, roles))

    def until(self, visit: Visit) -> str:
        if visit.due_at is None:
            return f"It expires on {_moment(visit.expires_at)}." if visit.expires_at else ""
        return f"Due {_moment(visit.due_at)}."


def _moment(at: datetime) -> str:
    local = at.astimezone(BUSINESS_ZONE)
    return f"{local:%b} {local.day}, {local:%Y %H:%M} (GMT+08:00)"


def follow(uow: UnitOfWork, case_id: UUID, after: int, seq: int) -> None:
    """Tell whoever has to know about the events after `after` up to `seq`. For the system alone."""
    found = access.find(uow, case_id)
    head = uow.session.execute(select(Case.title, Case.partner_id).where(Case.id == case_id)).one()
    case = _Case(uow, found, head[0], partners.partner_name(uow, head[1]))
    row = CaseEvent
    stmt = select(row.seq, row.kind, row.schema, row.payload).where(row.case_id == case_id, row.seq <= seq)
    told = []
    for number, kind, schema, payload in uow.session.execute(stmt.order_by(row.seq)):
        if payload is not None:
            told.append((number, e.unpack(kind, schema, payload)))
    state = replay(event for _, event in told)
    for number, event in told:
        if number > after and (handler := _HANDLERS.get(type(event))):
            handler(case, event, _visits(told, state.visits), number)
    _settle(case, told)


def _visits(told: Collection[tuple[int, e.Event]], open_: Iterable[Visit]) -> dict[str, Visit]:
    """The visits by id: open ones as they are, past ones as they began."""
    past = {
        event.visit: Visit(
            event.visit, event.node, event.kind, event.at, event.due_at, event.why, expires_at=event.expires_at
        )
        for _, event in told
        if isinstance(event, e.Entered)
    }
    moved = {visit.id: visit for _, event in told if isinstance(event, e.Migrated) for visit in event.visits}
    return past | moved | {visit.id: visit for visit in open_}


Visits = dict[str, Visit]


def _entered(case: _Case, event: e.Entered, visits: Visits, number: int) -> None:
    visit = visits[event.visit]
    if event.kind == "review":
        facts = {"stage": case.found.type.label(event.node), "due": case.until(visit)}
        case.tell(case.reviewers(visit), _key(event, number), "review_turn", **facts)
    elif event.kind == "form" and number > 2:  # the first form is what the applicant has just begun
        tone = {"returned": "red", "cancelled": "gray"}.get(event.why, "green")
        notes = {"returned": "The reviewer's comment stands on the case.", "cancelled": "You took it back."}
        case.tell(
            case.applicants(event.node), _key(event, number), "form_turn", tone, note=notes.get(event.why, ""),
            status=event.status or case.found.state.status, stage=case.found.type.label(event.node),
            due=case.until(visit),
        )  # fmt: skip


def _decided(case: _Case, event: e.Decided, visits: Visits, number: int) -> None:
    if event.for_id is not None:
        facts = {"stage": case.found.type.label(event.node), "by": event.by_name}
        case.tell([event.for_id], f"{_key(event, number)}:stead", "decided_for", **facts)
    if not event.comment:
        return
    node = case.found.type.workflow.nodes.get(event.node)
    decision = node.decisions.get(event.decision) if isinstance(node, ReviewNode) else None
    if decision is None or decision.tone != "negative":
        return
    case.tell(
        case.applicants(), _key(event, number), "turned_down", "red", by=event.by_name, reason=event.reason or "",
        comment=event.comment, decision=decision.past or decision.label.lower(),
        stage=case.found.type.label(event.node),
    )  # fmt: skip


def _asked(case: _Case, event: e.Asked, visits: Visits, number: int) -> None:
    case.tell(case.applicants(), _key(event, number), "asked", "orange", by=event.by_name, question=event.text)


def _answered(case: _Case, event: e.Answered, visits: Visits, number: int) -> None:
    if visit := visits.get(event.visit):
        case.tell(case.reviewers(visit), _key(event, number), "answered", by=event.by_name, answer=event.text)


def _reminded(case: _Case, event: e.Reminded, visits: Visits, number: int) -> None:
    visit = visits[event.visit]
    facts = {"stage": case.found.type.label(visit.node), "due": case.until(visit)}
    message = "due_soon" if visit.due_at else "expires_soon"
    case.tell(case.responsible(visit), _key(event, number), message, "orange", **facts)


def _overdue(case: _Case, event: e.BecameOverdue, visits: Visits, number: int) -> None:
    visit = visits[event.visit]
    facts = {"stage": case.found.type.label(visit.node), "due": case.until(visit)}
    case.tell(case.responsible(visit), _key(event, number), "overdue", "red", **facts)


def _rang(case: _Case, event: e.ClockRang, visits: Visits, number: int) -> None:
    """A clock over several stages: whoever is waited for is reminded, roles are told when it is overdue for long."""
    clock = case.found.type.workflow.clocks.get(event.clock)
    if clock is None:
        return
    label = clock.label or event.clock.replace("_", " ").capitalize()
    kind, _, role = event.timer.partition(":")
    waited_for = {person for visit in case.found.state.visits for person in case.responsible(visit)}
    message, tone = ("clock_due_soon", "orange") if kind == "remind" else ("clock_overdue", "red")
    people = _of_role(case, role) if kind == "escalate" else waited_for
    case.tell(people, f"{number}:{event.timer}", message, tone, clock=label)


def _of_role(case: _Case, role: str) -> Collection[UUID]:
    """The people of a role; of ecosystem managers the partner's own."""
    people = identity.with_roles(case.uow, (role,))
    if role == MANAGER:
        own = partners.partner(case.uow, case.found.partner_id).manager_id
        return [own] if own in people else people
    return people


def _escalated(case: _Case, event: e.Escalated, visits: Visits, number: int) -> None:
    visit = visits[event.visit]
    held = f"{visit.holder_name} holds it." if visit.holder else "Nobody holds it."
    facts = {"stage": case.found.type.label(visit.node), "due": case.until(visit), "holder": held}
    case.tell(_of_role(case, event.role), _key(event, number), "escalated", "red", **facts)


def _ended(case: _Case, event: e.Ended, visits: Visits, number: int) -> None:
    if event.outcome != "deleted":
        tone = "green" if case.found.type.succeeded(event.outcome) else "gray"
        case.tell(case.applicants(), _key(event, number), "ended", tone, status=case.found.state.status)


def _key(event: e.Event, number: int) -> str:
    """What makes a notice be told once."""
    return f"{number}:{_WHAT[type(event)]}"


def _settle(case: _Case, told: Collection[tuple[int, e.Event]]) -> None:
    """What was told about work that is done waits no longer, whoever did it; nor for who has done their part of it."""
    state = case.found.state
    sent = max((number for number, event in told if isinstance(event, e.Submitted)), default=0)
    keys: dict[str, list[str]] = {}
    for number, event in told:
        if type(event) in _WHAT and not isinstance(event, e.Ended):  # how a case ended is news until it is read
            place = "" if _is_over(state, event, again=number < sent) else _visit(event)
            keys.setdefault(place, []).append(f"{case.found.number}:{_key(event, number)}")
    if over := keys.get(""):
        notices.settle(case.uow, case.everybody(_visit(event).partition("#")[0] for _, event in told), over)
    for visit in state.visits:
        if voted := [vote.by for vote in visit.votes if vote.by is not None]:
            notices.settle(case.uow, voted, keys.get(visit.id, ()))


def _visit(event: e.Event) -> str:
    return str(getattr(event, "visit", ""))


def _is_over(state: State, event: e.Event, *, again: bool) -> bool:
    """Whether what an event told is done: its stage is left, its question answered, what came back sent `again`."""
    if isinstance(event, e.Decided):
        return again or state.ended_at is not None
    visit = state.visit(_visit(event))
    return visit is None or (isinstance(event, e.Asked) and visit.question is None)


_WHAT: dict[type[e.Event], str] = {
    e.Entered: "turn", e.Decided: "decided", e.Asked: "asked", e.Answered: "answered", e.Reminded: "reminded",
    e.BecameOverdue: "overdue", e.Escalated: "escalated", e.Ended: "ended",
}  # fmt: skip
_HANDLERS: dict[type[e.Event], Callable[[_Case, Any, Visits, int], None]] = {
    e.Entered: _entered, e.Decided: _decided, e.Asked: _asked, e.Answered: _answered, e.Reminded: _reminded,
    e.BecameOverdue: _overdue, e.Escalated: _escalated, e.Ended: _ended,
    e.ClockRang: _rang,
}  # fmt: skip

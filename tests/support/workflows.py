"""Workflows, people and a world to try the engine with: a request that is reviewed twice, paid, and may come back."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from models.core.calendars import WorkingCalendar
from models.engines.workflow import commands as c
from models.engines.workflow.audience import fits
from models.engines.workflow.compose import expand
from models.engines.workflow.decide import decide
from models.engines.workflow.events import Event
from models.engines.workflow.evolve import replay
from models.engines.workflow.findings import Finding
from models.engines.workflow.schema import Workflow
from models.engines.workflow.state import State
from models.engines.workflow.world import ALONE, Alone, People, Person

PARTNER, OTHER_PARTNER = UUID(int=1), UUID(int=2)
BEGAN = datetime(2026, 7, 6, 2, 0, tzinfo=UTC)  # a Monday, 10:00 in GMT+08:00


def person(number: int, name: str, *roles: str, partner: UUID | None = None) -> Person:
    """Somebody."""
    return Person(UUID(int=number), name, frozenset(roles), partner)


LIIS = person(11, "Liis Tamm", "partner_admin", partner=PARTNER)
STRANGER = person(12, "Anele Nkosi", "partner_admin", partner=OTHER_PARTNER)
JORIS = person(21, "Joris de Wit", "reviewer_business")
NIAMH = person(22, "Niamh Kavanagh", "reviewer_business", "reviewer_finance")
SIPHO = person(23, "Sipho Dlamini", "reviewer_finance")
MEI = person(24, "Mei Tan", "finance")
HENRIK = person(25, "Henrik Lindner", "finance")
MACHINE = Person(None, "Kontor", is_system=True)
PEOPLE = (LIIS, STRANGER, JORIS, NIAMH, SIPHO, MEI, HENRIK, MACHINE)

PAYING: dict[str, Any] = {
    "start": "invoice",
    "nodes": {
        "invoice": {"form": "invoice", "status": "Pending Partner Invoice", "returned": "Invoice Rejected",
                    "due": "15 days", "remind": ["3 days"]},
        "check": {"review": ["finance"], "quorum": 2, "status": "Pending Approval", "due": "2 working days"},
        "paid": {"end": "paid"},
    },
    "edges": [["invoice.submit", "check"], ["check.approve", "paid"], ["check.reject", "invoice"]],
}  # fmt: skip

REQUEST: dict[str, Any] = {
    "start": "request",
    "nodes": {
        "request": {"form": "request", "status": "Draft", "returned": "Rejected", "cancelled": "Cancelled",
                    "deletable": True, "phase": "Request"},
        "reserve": {"action": "ledger.reserve", "given": {"amount": "asked"}},
        "similar": {"check": "similar", "by": "worker", "status": "Being reviewed", "phase": "Review"},
        "business": {"review": "reviewer_business", "due": "3 working days", "remind": ["1 working day"],
                     "escalate": {"ecosystem_manager": "1 working day"}, "status": "Being reviewed", "cancel": True},
        "large": {"decision": "asked > usd(50000)"},
        "finance": {"review": ["reviewer_finance"], "not_same_person_as": ["business"], "due": "2 working days",
                    "status": "Being reviewed by finance",
                    "decisions": {"approve": {"label": "Approve", "tone": "positive"},
                                  "reject": {"label": "Reject", "tone": "negative", "comment": True,
                                             "reasons": ["R-07 Invoices missing"]},
                                  "send_back": {"label": "Send back"}}},
        "void": {"action": "ledger.void"},
        "payment": {"payment": "paying"},
        "done": {"end": "paid", "status": "Completed"},
    },
    "edges": [["request.submit", "reserve"], ["reserve", "similar"], ["similar", "business"],
              ["business.approve", "large"], ["business.reject", "void"], ["business.cancel", "void"],
              ["void", "request"], ["large.yes", "finance"], ["large.no", "payment"], ["finance.approve", "payment"],
              ["finance.reject", "void"], ["finance.send_back", "business"], ["payment.paid", "done"]],
}  # fmt: skip

BESIDE: dict[str, Any] = {
    "start": "ask",
    "nodes": {
        "ask": {"form": "ask", "status": "Draft"},
        "split": {"parallel": "split", "status": "Under way"},
        "legal": {"review": "reviewer_business", "status": "Under way"},
        "money": {"review": "reviewer_finance", "status": "Under way"},
        "both": {"parallel": "join"},
        "cool_down": {"wait": "2 days"},
        "done": {"end": "done", "status": "Done"},
    },
    "edges": [["ask.submit", "split"], ["split", "legal"], ["split", "money"], ["legal.approve", "both"],
              ["money.approve", "both"], ["legal.reject", "ask"], ["money.reject", "ask"], ["both", "cool_down"],
              ["cool_down", "done"]],
}  # fmt: skip


def request_flow() -> Workflow:
    """The request, with its payment put in place."""
    return expand(Workflow.model_validate(REQUEST), {"paying": Workflow.model_validate(PAYING)})


def expiring(term: str) -> Workflow:
    """A request whose business review is given up after a time."""
    raw = {
        "start": "request",
        "nodes": {
            "request": REQUEST["nodes"]["request"],
            "business": REQUEST["nodes"]["business"] | {"expires": term, "cancel": False},
            "given_up": {"end": "given_up", "tone": "neutral", "status": "Given up"},
            "done": {"end": "done", "status": "Completed"},
        },
        "edges": [["request.submit", "business"], ["business.approve", "done"], ["business.reject", "request"],
                  ["business.expire", "given_up"]],
    }  # fmt: skip
    return Workflow.model_validate(raw)


@dataclass(frozen=True, slots=True)
class Team(Alone):
    """`People` where everybody is known, and nothing else of them."""

    everybody: tuple[Person, ...] = PEOPLE

    def members(self, audience: Sequence[str]) -> Sequence[Person]:
        """Whoever fits."""
        return [each for each in self.everybody if each.id is not None and fits(audience, each)]


@dataclass
class TestWorld:
    """A world that a test moves."""

    __test__ = False
    person: Person = LIIS
    now: datetime = BEGAN
    calendar: WorkingCalendar = field(default_factory=lambda: WorkingCalendar("CN"))
    answers: Callable[[str], bool] = lambda name: True
    people: People = ALONE

    def holds(self, condition: str, facts: Mapping[str, Any]) -> bool:
        """The only condition of the request: asked for more than 50,000."""
        return float(facts.get("asked", 0)) > 50_000

    def value(self, fact: str, expression: str, facts: Mapping[str, Any]) -> Any:
        """A fact as an expression works it out: the expression itself."""
        return expression

    def act(self, action: str, given: Mapping[str, Any], state: State) -> Mapping[str, Any]:
        """An action that does nothing."""
        return {}

    def check(self, name: str, facts: Mapping[str, Any]) -> tuple[bool, tuple[Finding, ...]]:
        """A check at hand."""
        return self.answers(name), ()


@dataclass
class Story:
    """A case that is told command by command."""

    workflow: Workflow = field(default_factory=request_flow)
    world: TestWorld = field(default_factory=TestWorld)
    events: list[Event] = field(default_factory=list)
    state: State = field(default_factory=State)

    def give(self, command: c.Command, by: Person | None = None, at: datetime | None = None) -> list[Event]:
        """Give a command; the events it brought."""
        self.world = replace(self.world, person=by or self.world.person, now=at or self.world.now)
        new = decide(self.workflow, self.state, command, self.world)
        self.events += new
        self.state = replay(self.events)
        return new

    def later(self, **span: int) -> Story:
        """Let time pass."""
        self.world.now += timedelta(**span)
        return self

    def opened(self) -> Story:
        """Begun by Liis."""
        self.give(c.Open("request", 1, PARTNER), LIIS)
        return self

    def submitted(self, asked: str = "9000.00") -> Story:
        """Sent by Liis, and looked through by the machine."""
        self.opened().give(c.Submit(self.here, 1, {"asked": asked}), LIIS)
        self.give(c.CheckDone(self.here, True), MACHINE)
        return self

    @property
    def here(self) -> str:
        """The one visit that is open."""
        (visit,) = self.state.visits
        return visit.id

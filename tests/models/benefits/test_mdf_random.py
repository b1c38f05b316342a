"""The definition of MDF in the hands of everybody: whoever does what when, no money is promised twice or paid twice."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from models.applications.types import shipped
from models.core.errors import DomainError
from models.engines.conditions import compiled
from models.engines.workflow import commands as c
from models.engines.workflow import events as e
from models.engines.workflow.decide import decide
from models.engines.workflow.evolve import evolve
from models.engines.workflow.schema import FormNode, ReviewNode
from models.engines.workflow.state import State
from tests.support.workflows import HENRIK, JORIS, LIIS, MACHINE, MEI, NIAMH, PARTNER, PEOPLE, SIPHO, TestWorld

STATUSES = {
    "Draft", "MDF application being reviewed", "MDF application rejected", "MDF application cancelled",
    "MDF application approved", "MDF reimbursement being reviewed", "MDF reimbursement rejected",
    "MDF reimbursement approved", "Pending Partner Invoice", "Pending Approval", "Invoice Rejected",
    "Payment Application Pending Approval", "Payment in Progress", "Completed",
}  # fmt: skip
"""Every status of the specification (open points 30 and 37), and no other."""
REVIEWERS = [JORIS, SIPHO, MEI, HENRIK, NIAMH]
WEIGHTED = ["go on"] * 5 + ["decide"] * 5 + ["cancel", "disturb"]
TIMERS = ["due", "remind:0", "escalate:ecosystem_manager"]
AMOUNTS = st.sampled_from(["0.00", "22.00", "8640.00"])


@dataclass
class MdfWorld(TestWorld):
    """A world in which conditions mean what they say."""

    __test__ = False

    def holds(self, condition: str, facts: Mapping[str, Any]) -> bool:
        """The condition over the case's facts."""
        return bool(compiled(condition, shipped("mdf").facts).evaluate(facts))


class Money:
    """What the actions of the workflow do to a case's money; a step that does not fit the one before fails."""

    def __init__(self) -> None:
        self.reserved = self.spent = self.owed = self.paid = Decimal(0)
        self.attempt_open = False
        self.settled = 0

    def act(self, name: str, amount: Decimal) -> None:
        """One action."""
        match name:
            case "ledger.reserve":
                assert self.reserved == 0
                self.reserved = amount
            case "ledger.adjust":
                self.reserved = amount
            case "ledger.void":
                assert self.spent == 0
                self.reserved = Decimal(0)
            case "ledger.post":
                assert (self.reserved, self.spent) == (amount, 0)
                self.reserved, self.spent = Decimal(0), amount
            case "payments.open" | "payments.invoice":
                assert not self.attempt_open
                self.owed = self.spent
            case "payments.begin":
                assert not self.attempt_open
                assert self.settled == 0
                self.attempt_open = True
            case "payments.fail":
                assert self.attempt_open
                self.attempt_open = False
            case "payments.settle":
                assert self.attempt_open
                self.attempt_open, self.paid = False, self.owed
                self.settled += 1
            case _:
                raise AssertionError(name)


class Funds(RuleBasedStateMachine):
    """One MDF case after the other."""

    @initialize()
    def begin(self) -> None:
        self.made = shipped("mdf")
        self.world, self.state, self.money = MdfWorld(), State(), Money()
        self.approvals: dict[str, set[Any]] = {}
        self.give(c.Open("mdf", 1, PARTNER), LIIS)

    def give(self, command: c.Command, by: Any) -> bool:
        """Give a command and let the money follow; whether anything happened."""
        self.world.person = by
        try:
            new = decide(self.made.workflow, self.state, command, self.world)
        except DomainError:
            return False
        for event in new:
            self.state = evolve(self.state, event)
            if isinstance(event, e.ActionTaken):
                self.money.act(event.action, self.amount(str(event.given.get("amount", ""))))
            if isinstance(event, e.Decided) and event.decision == "approve":
                self.approvals.setdefault(event.node, set()).add(event.by)
        return bool(new)

    def amount(self, fact: str) -> Decimal:
        """An amount of the case; nothing where there is none."""
        return Decimal(str(self.state.facts.get(fact) or "0"))

    @property
    def here(self) -> str:
        """Where the case stands; nowhere when it is over."""
        return self.state.visits[0].id if self.state.visits else "nowhere#1"

    @rule(what=st.sampled_from(WEIGHTED), who=st.integers(0, 7), place=st.integers(0, 2), amount=AMOUNTS)
    def anything(self, what: str, who: int, place: int, amount: str) -> None:
        """One rule for all, weighted: left to chance alone, a case rarely comes as far as the money."""
        node = self.made.workflow.nodes.get(self.here.partition("#")[0])
        match what:
            case "decide" if isinstance(node, ReviewNode):
                self.review(node, list(node.decisions)[place % len(node.decisions)], who)
            case "go on" if isinstance(node, ReviewNode):
                self.review(node, next(key for key, each in node.decisions.items() if each.tone == "positive"), who)
            case "go on" | "decide" if isinstance(node, FormNode):
                fact = {"application": "budget_mdf", "reimbursement": "claimed"}.get(node.form)
                number = self.state.submitted.get(node.form, 0) + 1
                self.give(c.Submit(self.here, number, {fact: amount} if fact else {}), LIIS)
            case "go on" | "decide":
                self.give(c.CheckDone(self.here, place > 0), MACHINE)
            case "cancel":
                self.give(c.Cancel(), LIIS)
            case "disturb":
                self.give(c.Cancel() if place else c.Delete(), PEOPLE[who])
                self.give(c.TimerFired(self.here, TIMERS[place]), MACHINE)
                self.world.now += timedelta(days=who)

    def review(self, node: ReviewNode, name: str, first: int) -> None:
        """By the first who may, asked around from somebody on."""
        reason = node.decisions[name].reasons[0] if node.decisions[name].reasons else ""
        people = REVIEWERS[first % 5 :] + REVIEWERS[: first % 5]
        any(self.give(c.Decide(self.here, name, reason, "Because."), person) for person in people)

    @invariant()
    def says_what_the_specification_says(self) -> None:
        state = self.state
        assert state.status in STATUSES or state.outcome == "deleted"
        assert state.phase in self.made.phases

    @invariant()
    def holds_money_exactly_as_long_as_it_may_be_needed(self) -> None:
        """Nothing while the application is the partner's; what was asked for until the claim; then what is claimed."""
        state, money = self.state, self.money
        node = self.here.partition("#")[0]
        assert money.spent == 0 or money.reserved == 0
        asked, claimed = self.amount("budget_mdf"), self.amount("claimed")
        if node == "application" or state.outcome is not None:
            assert money.reserved == 0
        elif node in ("similar", "application_review"):
            assert money.reserved == asked
        elif node == "reimbursement":
            assert money.reserved == (claimed if state.submitted.get("reimbursement") else asked)
        elif node in ("business_review", "finance_review"):
            assert money.reserved == claimed
        else:
            assert money.spent == claimed

    @invariant()
    def pays_once_and_only_what_was_approved_by_all(self) -> None:
        state, money = self.state, self.money
        assert money.settled <= 1
        if state.outcome != "paid":
            assert money.paid == 0
            return
        assert (money.paid, money.attempt_open) == (money.spent, False)
        assert self.approvals["business_review"]
        assert self.approvals["finance_review"]
        assert not money.paid or len(self.approvals["payment.application_check"]) >= 2


Funds.TestCase.settings = settings(max_examples=60, stateful_step_count=50, deadline=None)
TestFunds = Funds.TestCase

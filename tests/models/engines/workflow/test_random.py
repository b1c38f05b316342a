"""Random people give random commands at random times; whatever they do, a case keeps its promises."""

from __future__ import annotations

from datetime import timedelta

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from models.core.errors import DomainError
from models.engines.workflow import commands as c
from models.engines.workflow import events as e
from models.engines.workflow.dry import Definition
from models.engines.workflow.evolve import evolve, replay
from models.engines.workflow.replaying import replayed
from models.engines.workflow.schema import ReviewNode, Workflow
from models.engines.workflow.state import State
from tests.support import workflows as w
from tests.support.workflows import LIIS, MACHINE, PEOPLE, Story

people = st.sampled_from(PEOPLE)
DECISIONS = st.sampled_from(["approve", "reject", "send_back", "burn"])
TIMERS = st.sampled_from(["due", "remind:0", "escalate:ecosystem_manager", "wait"])


class Cases(RuleBasedStateMachine):
    """One case after the other in the hands of everybody."""

    @initialize(beside=st.booleans())
    def begin(self, beside: bool) -> None:
        self.story = Story(Workflow.model_validate(w.BESIDE) if beside else w.request_flow())
        self.kept = State()
        self.give(c.Open("beside" if beside else "request", 1, w.PARTNER), LIIS)
        self.statuses = {
            status
            for node in self.story.workflow.nodes.values()
            for status in (node.status, getattr(node, "returned", None), getattr(node, "cancelled", None))
        }

    def give(self, command: c.Command, by: w.Person) -> None:
        """Give a command; a refusal changes nothing."""
        before, new, refusal = (self.story.state, len(self.story.events)), list[e.Event](), None
        try:
            new = self.story.give(command, by)
        except DomainError as error:
            refusal = error
        if refusal:
            assert all(problem.text for problem in refusal.problems)
            assert (self.story.state, len(self.story.events)) == before
        for event in new:
            self.kept = evolve(self.kept, event)

    @property
    def visits(self) -> list[str]:
        """Every visit there was, open or over, and one that never was."""
        known = [event.visit for event in self.story.events if isinstance(event, e.Entered)]
        return [*(visit.id for visit in self.story.state.visits), *known, "nowhere#1"]

    @rule(hours=st.integers(0, 90))
    def wait(self, hours: int) -> None:
        self.story.later(hours=hours)

    @rule(by=people, asked=st.sampled_from(["10", "60000.00"]), place=st.integers(0, 3))
    def submit(self, by: w.Person, asked: str, place: int) -> None:
        visit = self.visits[place % len(self.visits)]
        self.give(c.Submit(visit, len(self.story.events), {"asked": asked}), by)

    @rule(by=people, decision=DECISIONS, comment=st.sampled_from(["", "Mend it."]), place=st.integers(0, 3))
    def decide(self, by: w.Person, decision: str, comment: str, place: int) -> None:
        visit = self.visits[place % len(self.visits)]
        self.give(c.Decide(visit, decision, reason="R-07 Invoices missing", comment=comment), by)

    @rule(by=people, place=st.integers(0, 2), what=st.sampled_from([c.Claim, c.Release]))
    def hold(self, by: w.Person, place: int, what: type[c.Claim] | type[c.Release]) -> None:
        self.give(what(self.visits[place % len(self.visits)]), by)

    @rule(by=people, place=st.integers(0, 2), what=st.sampled_from([c.Ask, c.Answer]))
    def talk(self, by: w.Person, place: int, what: type[c.Ask] | type[c.Answer]) -> None:
        self.give(what(self.visits[place % len(self.visits)], "Who pays?"), by)

    @rule(by=people, what=st.sampled_from([c.Cancel(), c.Delete()]))
    def take_back(self, by: w.Person, what: c.Command) -> None:
        self.give(what, by)

    @rule(place=st.integers(0, 5), timer=TIMERS)
    def fire(self, place: int, timer: str) -> None:
        self.give(c.TimerFired(self.visits[place % len(self.visits)], timer), MACHINE)

    @rule(place=st.integers(0, 5), passed=st.booleans())
    def check(self, place: int, passed: bool) -> None:
        self.give(c.CheckDone(self.visits[place % len(self.visits)], passed), MACHINE)

    @invariant()
    def keeps_its_promises(self) -> None:
        state, events = self.story.state, self.story.events
        assert replay(events) == self.kept == state
        assert State.from_json(state.to_json()) == state
        assert state.status in self.statuses
        assert sum(isinstance(event, e.Ended) for event in events) == (state.outcome is not None)
        assert bool(state.visits) == (state.outcome is None)
        ended = [place for place, event in enumerate(events) if isinstance(event, e.Ended)]
        assert not ended or ended[0] == len(events) - 1

    def teardown(self) -> None:
        """The same commands lead to the same events again."""
        definition = Definition(self.story.workflow, {"asked": "usd"})
        again = replayed(definition, self.story.events)
        assert again.first is None
        assert again.state == self.story.state

    @invariant()
    def lets_only_the_right_people_decide(self) -> None:
        by_visit: dict[str, list[object]] = {}
        last: dict[str, set[object]] = {}
        agreed: dict[str, set[object]] = {}
        submitters = {LIIS.id}
        for event in self.story.events:
            if isinstance(event, e.Submitted):
                submitters.add(event.by)
            if not isinstance(event, e.Decided):
                continue
            node = self.story.workflow.nodes[event.node]
            who = next(person for person in PEOPLE if person.id == event.by)
            assert isinstance(node, ReviewNode)
            assert who.roles & set(node.review)
            assert who.id not in submitters
            for place in node.not_same_person_as:
                assert who.id not in last.get(place, set()) | agreed.get(place, set())
            if node.decisions[event.decision].tone == "positive":
                agreed.setdefault(event.node, set()).add(who.id)
            votes = by_visit.setdefault(event.visit, [])
            assert event.by not in votes
            votes.append(event.by)
            last[event.node] = set(votes)

    @invariant()
    def pays_only_what_two_people_approved(self) -> None:
        if self.story.state.outcome != "paid":
            return
        approvals = [
            event.by
            for event in self.story.events
            if isinstance(event, e.Decided) and (event.node, event.decision) == ("payment.check", "approve")
        ]
        assert len(set(approvals[-2:])) == 2

    @invariant()
    def lets_the_clock_stand_while_a_question_is_open(self) -> None:
        for visit in self.story.state.visits:
            assert visit.due_at is None or visit.due_at >= visit.entered_at
            assert visit.pause >= timedelta()


Cases.TestCase.settings = settings(max_examples=60, stateful_step_count=40, deadline=None)
TestCases = Cases.TestCase

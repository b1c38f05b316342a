"""The shape of a workflow: nodes of nine kinds and the edges between them. What it means is judged by `lint.py`.

A node's `status` is what partner and vendor read while a case stands there; `phase` is its part of the line that is
drawn over the case's whole life. An edge leads from a node, or from one outcome of a node (`review.approve`), to a
node. `terms.py` says how spans of time are written.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import (
    BaseModel,
    ConfigDict,
    Discriminator,
    Field,
    Tag,
    field_validator,
    model_validator,
)

from models.engines.decision_tables import DecisionTable
from models.engines.forms.schema import Field as FormField
from models.engines.workflow.clocks import Clock
from models.engines.workflow.quorum import Quorum, QuorumField
from models.engines.workflow.terms import TermField

Tone = Literal["positive", "negative", "neutral"]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Node(_Part):
    """What every node has: its name for people, its part of the line, and the status a case has while it is here."""

    label: str = ""
    phase: str = ""
    status: str | None = None
    vendor_status: str | None = None


class Timed(Node):
    """A node where somebody is waited for: until when, reminded how long before, escalated to whom how long after."""

    due: TermField | None = None
    since: str | None = None
    """The fact with the date that the due time is counted from; arriving here when there is none (yet)."""
    remind: tuple[TermField, ...] = ()
    """How long before the due time, or before it expires when nothing is due."""
    expires: TermField | None = None
    """How long after arriving here (or after the date of `expires_since`, when that is later) the case goes on by
    itself, with the outcome `expire`."""
    expires_since: str | None = None
    escalate: dict[str, TermField] = Field(default_factory=dict)
    """By role: how long after the due time its people are told."""


class FormNode(Timed):
    """The applicant fills in a form and submits it (outcome `submit`), or takes the case back (outcome `cancel`)."""

    form: str
    invite: str = ""
    """What the applicant's people are asked to do here, as the words on a button; empty: to fill in the form."""
    permission: str = ""
    """What the applicant's people need to fill it in; empty: what the type says of applying."""
    returned: str | None = None
    """The status while the case is here again because a reviewer rejected it."""
    cancelled: str | None = None
    """The status while the case is here again because the applicant cancelled it."""
    checks: tuple[str, ...] = ()
    """Names of registered checks: shown while typing; one that says `fix` refuses the submission."""
    cancel: Literal["no", "first", "always"] = "no"
    """Whether the applicant may cancel here; `first`: only while this form was never submitted."""
    deletable: bool = False


class Decision(_Part):
    """What a reviewer may decide: the verb on the button, and what has to be given with it."""

    label: str
    tone: Tone = "neutral"
    comment: bool = False
    reasons: tuple[str, ...] = ()
    """Reason codes (`R-07 Invoices missing`), one of which must be chosen."""
    fields: tuple[FormField, ...] = ()
    """What the reviewer fills in with this decision; each becomes a fact of the case."""
    past: str = ""
    """How the history says it: `approved`."""
    back: bool = False
    """Whether it sends the case back, to the applicant's form or to an earlier review; a `negative` one always does."""

    @property
    def sends_back(self) -> bool:
        """Whether the case comes back with it where it has been."""
        return self.back or self.tone == "negative"


APPROVE = Decision(label="Approve", tone="positive", past="approved")
REJECT = Decision(label="Reject", tone="negative", comment=True, past="rejected")


class Candidate(_Part):
    """Whose turn it may be: people with all of these qualities, or one person whom the case names."""

    role: str = ""
    group: str = ""
    skill: str = ""
    region: bool = False
    """Only people who look after the sales region that the partner is in."""
    person: str = ""
    """The fact that names the person: by their key, or by the address they sign in with."""
    partner_manager: bool = False
    """The ecosystem manager whom the partner has."""
    when: str = ""
    """A CEL condition over the facts: unless it holds, these do not count."""

    @property
    def names_one(self) -> bool:
        """Whether it is one person whom the case names."""
        return bool(self.person) or self.partner_manager

    @model_validator(mode="after")
    def _is_somebody(self) -> Candidate:
        qualities = bool(self.role or self.group or self.skill or self.region)
        if qualities + bool(self.person) + self.partner_manager != 1:
            raise ValueError("a candidate is people with qualities, the person of a fact, or the partner's manager")
        return self


Assignment = Literal["pool", "round_robin", "least_loaded", "same_as_before"]
"""Who gets a review first: whoever takes it; one after the other; who holds least; who decided it last time."""


class ReviewNode(Timed):
    """People of some roles decide; the decision that is certain by the quorum is the outcome.

    With `candidates` it is the turn of whoever fits one of them, and of the roles in `review` only when there is
    nobody who does.
    A decision with the tone `positive` needs the quorum (`quorum.py`), a neutral one is certain at once, and a negative
    one unless the quorum counts those too.
    """

    review: tuple[str, ...]
    candidates: tuple[Candidate, ...] = ()
    assign: Assignment = "pool"
    limit: str = ""
    """The fact with the amount up to which a person has to be allowed to decide; empty: no limit counts."""
    quorum: QuorumField = Quorum()
    decisions: dict[str, Decision] = Field(default_factory=lambda: {"approve": APPROVE, "reject": REJECT})
    not_same_person_as: tuple[str, ...] = ()
    """Review nodes whose last deciders may not decide here, nor whoever agreed there in an earlier round."""
    returned: str | None = None
    """The status while the case is here again because a later stage sent it back."""
    reads: tuple[str, ...] = ()
    """Form fields (`reimbursement.expenses`) that stand at the top of the case for these reviewers."""
    checks: tuple[str, ...] = ()
    """Registered checks shown to the reviewers; they inform, the reviewer decides."""
    may_ask: bool = True
    """Whether a question may be put to the applicant; the clock stops until it is answered."""
    cancel: bool = False
    """Whether the applicant may cancel meanwhile (outcome `cancel`)."""
    desk: str = "reviews"
    """Which queue shows it: `reviews` or `payments`."""

    @field_validator("review", mode="before")
    @classmethod
    def _one_or_more(cls, value: Any) -> Any:
        return (value,) if isinstance(value, str) else value


class CheckNode(Node):
    """A registered check, outcomes `pass` and `fail`: at once, or by the worker when it has to search or to call."""

    check: str
    by: Literal["now", "worker"] = "worker"
    cancel: bool = False
    """Whether the applicant may cancel while the worker is waited for (outcome `cancel`)."""


class Branch(_Part):
    """One of several ways of a decision: taken when the condition holds and none before it did."""

    when: str
    then: str
    """The outcome, as edges name it."""


class DecisionNode(Node):
    """A CEL condition over the facts (outcomes `yes` and `no`), branches in their order, or a decision table."""

    decision: str | Annotated[tuple[Branch, ...], Field(min_length=1)] | DecisionTable
    otherwise: str = ""
    """The outcome when no branch holds, or no row fits."""
    outcome: str = ""
    """The output of the table that names the outcome; its other outputs become facts."""


class ParallelNode(Node):
    """Goes on along all edges at once (`split`), or waits until all edges that lead here were taken (`join`)."""

    parallel: Literal["split", "join"]


class WaitNode(Node):
    """Goes on when a span is over (`3 working days`, counted from arriving or from the date of the fact `since`, which
    `0 days` is itself), or, with `wait: facts`, as soon as `until` is so."""

    wait: TermField | Literal["facts"]
    since: str | None = None
    until: str = ""
    """A fact that has to be there (of yes and no: be yes), or a CEL condition; a fact that is missing is waited for."""
    expires: TermField | None = None
    """How long is waited for facts; then the case goes on with the outcome `expire`."""

    @model_validator(mode="after")
    def _waits_for_something(self) -> WaitNode:
        if (self.wait == "facts") != bool(self.until) or (self.expires is not None and not self.until):
            raise ValueError("a wait is a span of time, or `facts` with what is waited for")
        return self


SET = "set"
"""The engine's own action: `given` are facts with the CEL expressions that they become."""


class ActionNode(Node):
    """A registered action (`ledger.reserve`) within the same transaction, or `set`; what it needs stands in `given`."""

    action: str
    given: dict[str, Any] = Field(default_factory=dict)


class PaymentNode(Node):
    """A payment process (another workflow, by key) runs here as part of the case; its outcomes are this node's."""

    payment: str
    given: dict[str, Any] = Field(default_factory=dict)


class EndNode(Node):
    """The case is over, with a named outcome. `positive`: what was applied for has come about."""

    end: str
    tone: Tone = "positive"


KINDS: dict[str, type[Node]] = {
    "form": FormNode, "review": ReviewNode, "check": CheckNode, "decision": DecisionNode, "parallel": ParallelNode,
    "wait": WaitNode, "action": ActionNode, "payment": PaymentNode, "end": EndNode,
}  # fmt: skip
"""A node's kind is told by the key that names it: `{review: …}`."""


def kind_of(node: Any) -> str | None:
    """The kind of a node, or of the mapping that one is written as."""
    if isinstance(node, Node):
        return next(kind for kind, cls in KINDS.items() if type(node) is cls)
    return next((kind for kind in KINDS if isinstance(node, dict) and kind in node), None)


AnyNode = Annotated[
    Annotated[FormNode, Tag("form")]
    | Annotated[ReviewNode, Tag("review")]
    | Annotated[CheckNode, Tag("check")]
    | Annotated[DecisionNode, Tag("decision")]
    | Annotated[ParallelNode, Tag("parallel")]
    | Annotated[WaitNode, Tag("wait")]
    | Annotated[ActionNode, Tag("action")]
    | Annotated[PaymentNode, Tag("payment")]
    | Annotated[EndNode, Tag("end")],
    Discriminator(kind_of),
]


class Workflow(_Part):
    """Nodes by name, the first where a case begins, and the edges between them.

    `layout` says where the designer draws a node (pixels right and down); a node without a place is given one.
    `promised` is what the applicant is told that the vendor's stages take together, from one sending to the next step
    of theirs.
    """

    start: str
    nodes: dict[str, AnyNode]
    edges: tuple[tuple[str, str], ...]
    layout: dict[str, tuple[float, float]] = Field(default_factory=dict)
    promised: TermField | None = None
    clocks: dict[str, Clock] = Field(default_factory=dict)

    def next(self, node: str, outcome: str = "") -> tuple[str, ...]:
        """Where a case goes from a node with an outcome: the outcome's own edges, else the node's."""
        own = tuple(to for source, to in self.edges if source == f"{node}.{outcome}")
        return own or tuple(to for source, to in self.edges if source == node)

    def source(self, begin: str) -> str | None:
        """The node that an edge begins at: the beginning itself, or what stands before its outcome; None: no node."""
        if begin in self.nodes:
            return begin
        node = begin.rpartition(".")[0]
        return node if node in self.nodes else None

    def has_edge(self, node: str, outcome: str) -> bool:
        """Whether an edge leaves the node for exactly this outcome."""
        return any(source == f"{node}.{outcome}" for source, _ in self.edges)

"""The shape of an application type and of a process that can be put into one. Both are immutable by version."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict, Field, PositiveInt

from models.core.calendars import WorkingCalendar
from models.engines.conditions import FactType
from models.engines.forms.schema import Form
from models.engines.workflow.schema import EndNode, FormNode, ReviewNode, Workflow


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Agreement(_Part):
    """A text that an applicant reads and accepts; the version is what is kept of it."""

    title: str
    version: str
    text: str


class Permissions(_Part):
    """What the applicant's people need: to fill in and send, and to look."""

    apply: str
    view: str


class Offered(_Part):
    """Which partners can apply: those of some tiers and in some program or path; empty: whatever theirs is."""

    tiers: tuple[str, ...] = ()
    programs: tuple[str, ...] = ()
    closed: bool = False
    """Whether nobody can begin a new application any more."""


class Process(_Part):
    """Part of a workflow that several types share, such as a payment: put in its place when a type is loaded."""

    key: str
    version: PositiveInt
    name: str
    meets: tuple[str, ...] = ()
    parameters: dict[str, Any] = Field(default_factory=dict)
    facts: dict[str, FactType] = Field(default_factory=dict)
    reasons: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    forms: dict[str, Form] = Field(default_factory=dict)
    workflow: Workflow


class ApplicationType(Process):
    """Something a partner can ask for, from its first form to its end, with every number a manager may change.

    `facts` says which fields become typed facts of a case; `title` names the fact a case is called by; the first fact
    of `amount` that a case has is its amount. `processes` holds the parameters of each process by its node.
    """

    short: str
    icon: str = "redeem"
    number: str
    area: str
    permissions: Permissions
    currency: str
    title: str
    amount: tuple[str, ...] = ()
    phases: tuple[str, ...] = ()
    agreements: dict[str, Agreement] = Field(default_factory=dict)
    processes: dict[str, dict[str, Any]] = Field(default_factory=dict)
    offered: Offered = Offered()

    @property
    def calendar(self) -> WorkingCalendar:
        """The country's own calendar (parameter `calendar_country`); `registry.calendar_for` knows the vendor's."""
        return WorkingCalendar(str(self.parameters.get("calendar_country", "CN")))

    def form_node(self, name: str) -> FormNode:
        """A form node by its name.

        Raises:
            KeyError: there is none.
        """
        node = self.workflow.nodes[name]
        if not isinstance(node, FormNode):
            raise KeyError(name)
        return node

    def review_node(self, name: str) -> ReviewNode:
        """A review node by its name.

        Raises:
            KeyError: there is none.
        """
        node = self.workflow.nodes[name]
        if not isinstance(node, ReviewNode):
            raise KeyError(name)
        return node

    def succeeded(self, outcome: str | None) -> bool:
        """Whether a case with this outcome is over because what was applied for has come about."""
        ends = (node for node in self.workflow.nodes.values() if isinstance(node, EndNode))
        return any(node.end == outcome and node.tone == "positive" for node in ends)

    def label(self, node: str) -> str:
        """What people call a node."""
        found = self.workflow.nodes.get(node)
        return (found.label if found else "") or node.rpartition(".")[2].replace("_", " ").capitalize()

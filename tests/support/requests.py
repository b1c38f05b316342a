"""A kind of application for tests (`tests/data/request.yaml`), with what an area would lend it, and its people."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import count
from typing import Any
from uuid import UUID

import pytest

from models import areas
from models.applications import applying, reviewing, stages
from models.applications.access import find
from models.core.actor import SYSTEM, Actor
from models.core.errors import Problem, Refused
from models.core.unit_of_work import UnitOfWork
from models.engines.definitions import CaseData, registry
from models.engines.workflow.findings import Finding, Verdict
from models.engines.workflow.state import State
from tests.support import ROOT
from tests.support.build import Build

GOOD = {"what": "Shelves for the fair", "asked": "8640.00", "needed_on": "2026-08-03", "pieces": 12, "urgent": False}
LIMIT = Decimal("100000")


def _limit(uow: UnitOfWork, case: CaseData) -> Finding:
    asked = case.amount("asked")
    if asked is None:
        return Finding("LIMIT", "Within the limit", Verdict.LATER)
    if asked > LIMIT:
        return Finding("LIMIT", "Within the limit", Verdict.FIX, f"Ask for at most {LIMIT:,} USD.", field="asked")
    return Finding("LIMIT", "Within the limit", Verdict.PASSED)


def _similar(uow: UnitOfWork, case: CaseData) -> list[Finding]:
    return [Finding("SIMILAR", "Similar request", Verdict.LOOK, "REQ-2026-0000 is alike.")]


def _reserve(uow: UnitOfWork, case: CaseData, given: Mapping[str, Any]) -> Mapping[str, Any]:
    if case.text("what") == "Nothing left":
        raise Refused(Problem("SHORT", "Nothing is left."))
    return {}


def _release(uow: UnitOfWork, case: CaseData, given: Mapping[str, Any]) -> Mapping[str, Any]:
    return {}


def lend(monkeypatch: pytest.MonkeyPatch) -> None:
    """Register the kind of application for one test."""
    areas.load()  # first, so that what is registered for good does not go with the test
    checks = {
        "test.limit": registry.Registered("test.limit", "Limit", lambda uow, case: [_limit(uow, case)], quick=True),
        "test.similar": registry.Registered("test.similar", "Similar", _similar, quick=False),
    }
    monkeypatch.setattr(registry, "DEFINITIONS", [*registry.DEFINITIONS, ROOT / "tests" / "data" / "request.yaml"])
    monkeypatch.setattr("models.engines.definitions.loading.DEFINITIONS", registry.DEFINITIONS)
    for name, made in checks.items():
        monkeypatch.setitem(registry.CHECKS, name, made)
    monkeypatch.setitem(registry.ACTIONS, "test.reserve", _reserve)
    monkeypatch.setitem(registry.ACTIONS, "test.release", _release)


@dataclass
class Office:
    """A partner and the vendor's people who work on its requests, all in one transaction."""

    build: Build
    _keys: Iterator[int] = field(default_factory=lambda: count(1))

    def __post_init__(self) -> None:
        self.partner = self.build.partner("Nordlicht Systems")
        self.liis = self.build.actor("partner_admin", partner=self.partner, name="Liis Tamm")
        self.joris = self.build.actor("reviewer_business", name="Joris de Wit")
        self.niamh = self.build.actor("reviewer_business", "reviewer_finance", name="Niamh Kavanagh")
        self.sipho = self.build.actor("reviewer_finance", name="Sipho Dlamini")
        self.mei = self.build.actor("finance", name="Mei Tan")

    @contextmanager
    def as_(self, actor: Actor) -> Iterator[UnitOfWork]:
        """The same transaction in the name of somebody, with their scope."""
        session, before = self.build.uow.session, self.build.uow.session.info["scope"]
        session.info["scope"] = actor.scope
        try:
            yield UnitOfWork(session, actor, self.build.uow.now)
        finally:
            session.info["scope"] = before

    def key(self) -> str:
        """A new key."""
        return f"key-{next(self._keys)}"

    def begun(self) -> UUID:
        """A draft."""
        with self.as_(self.liis) as uow:
            return applying.begin(uow, "request", key=self.key())

    def submit(self, case_id: UUID, **changed: Any) -> State:
        """Send the request."""
        with self.as_(self.liis) as uow:
            return applying.submit(uow, case_id, "request", GOOD | changed, key=self.key())

    def search(self, case_id: UUID) -> None:
        """The worker's stage."""
        with self.as_(SYSTEM) as uow:
            visit = find(uow, case_id).state.visits[0]
            assert stages.run_check(uow, case_id, visit.id)

    def decide(self, actor: Actor, case_id: UUID, decision: str, **given: Any) -> State:
        """Decide the case's only review."""
        with self.as_(actor) as uow:
            visit = find(uow, case_id).state.visits[0]
            return reviewing.decide(uow, case_id, visit.id, decision, key=self.key(), **given)

    def reviewed(self, **changed: Any) -> UUID:
        """A request that waits for business review."""
        case_id = self.begun()
        self.submit(case_id, **changed)
        self.search(case_id)
        return case_id

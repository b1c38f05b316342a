"""Checks over a form at hand or over a case that is reviewed: the same rules, the same words, for both sides."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import select

from models.applications.access import whole
from models.core.unit_of_work import UnitOfWork
from models.engines.cases.store import StoredCase
from models.engines.cases.tables import CaseEvent
from models.engines.definitions.registry import CHECKS
from models.engines.forms.schema import Form
from models.engines.forms.values import facts_of, with_computed
from models.engines.workflow.events import Checked, unpack
from models.engines.workflow.findings import Finding
from models.engines.workflow.state import Visit


def facts_at_hand(found: StoredCase, form: Form, data: Mapping[str, Any]) -> dict[str, Any]:
    """The facts that a form holds; what it no longer holds is None, so that it does not linger on the case."""
    names = {field.name for field in form.fields()} & found.type.facts.keys()
    return dict.fromkeys(sorted(names)) | facts_of(form, data, found.type.facts)


def of_form(uow: UnitOfWork, found: StoredCase, node: str, data: Mapping[str, Any]) -> tuple[Finding, ...]:
    """What the checks of a form's node find in the data at hand."""
    stage = found.type.form_node(node)
    form = found.type.forms[stage.form]
    facts = {**found.state.facts, **facts_at_hand(found, form, data)}
    case = whole(uow, found, facts=facts, form=stage.form, data=with_computed(form, data))
    return _asked(uow, stage.checks, case)


def of_review(uow: UnitOfWork, found: StoredCase, node: str) -> tuple[Finding, ...]:
    """What the quick checks of a review's node find now; searches were run by the worker and stand in the history."""
    case = whole(uow, found)
    return _asked(uow, [name for name in found.type.review_node(node).checks if CHECKS[name].quick], case)


def all_of_review(uow: UnitOfWork, found: StoredCase, visit: Visit) -> tuple[Finding, ...]:
    """What the checks of an open review find: the quick ones now, and the searches as the worker found it last."""
    wanted = found.type.review_node(visit.node).checks
    searches = {name for name, node in found.type.workflow.nodes.items() if getattr(node, "check", None) in wanted}
    latest: dict[str, tuple[Finding, ...]] = {}
    if searches:
        row = CaseEvent
        stmt = select(row.kind, row.schema, row.payload).where(row.case_id == found.id, row.kind == Checked.__name__)
        for kind, schema, payload in uow.session.execute(stmt.order_by(row.seq)):
            event = unpack(kind, schema, payload) if payload is not None else None
            if isinstance(event, Checked):
                latest[event.visit.partition("#")[0]] = event.findings
    searched = (finding for name, each in latest.items() if name in searches for finding in each)
    return (*of_review(uow, found, visit.node), *searched)


def _asked(uow: UnitOfWork, names: Iterable[str], case: Any) -> tuple[Finding, ...]:
    return tuple(finding for name in names for finding in CHECKS[name].ask(uow, case))

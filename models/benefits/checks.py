"""The checks of MDF: what `rules.py` judges, with what it has to know out of the case and the records."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any

from models.benefits import queries, rules
from models.benefits.rules import Activity, Item, MaterialTerms, SimilarTerms
from models.core.clock import business_date
from models.core.unit_of_work import UnitOfWork
from models.engines.cases.facts import Other, cases_near
from models.engines.definitions import CaseData, check, search
from models.engines.definitions.registry import calendar_for
from models.engines.forms.values import is_blank
from models.engines.ledger import queries as ledger
from models.engines.workflow.findings import Finding
from models.partners import queries as partners

ZERO = Decimal(0)


@check("mdf.authenticated", label="Business information authenticated")
def authenticated(uow: UnitOfWork, case: CaseData) -> Finding:
    """BEN-COM-11 (a)."""
    gates = queries.gates(uow, case.partner_id)
    return rules.authentication(gates, page=str(case.parameters["authentication_page"]))


@check("mdf.bills_paid", label="Bills fully paid")
def bills_paid(uow: UnitOfWork, case: CaseData) -> Finding:
    """BEN-COM-11 (b)."""
    return rules.paid_bills(queries.gates(uow, case.partner_id), page=str(case.parameters["repayment_page"]))


@check("mdf.dates", label="Before the activity")
def dates(uow: UnitOfWork, case: CaseData) -> Finding:
    """BEN-MDA-02."""
    return rules.activity_dates(case.day("starts_on"), case.day("ends_on"), today=_sent_on(uow, case, "application"))


@check("mdf.lead_time", label="Working days before the activity")
def lead_time(uow: UnitOfWork, case: CaseData) -> Finding:
    """BEN-MDA-02, BEN-TMR-09."""
    return rules.lead_time(
        case.day("starts_on"), today=_sent_on(uow, case, "application"),
        workdays=int(case.parameters["apply_before_workdays"]), late_reason=case.text("late_reason"),
        calendar=calendar_for(uow, case.type),
    )  # fmt: skip


@check("mdf.budgeted", label="MDF asked for")
def budgeted(uow: UnitOfWork, case: CaseData) -> Finding:
    """BEN-MDA, step 3."""
    return rules.budgeted(_total(case, "application", "budget", "budget_mdf"))


@check("mdf.quota", label="Quota covers the amount")
def quota(uow: UnitOfWork, case: CaseData) -> Finding:
    """BEN-MDA-03; under review the case's own reservation counts as left."""
    left = queries.left_of(uow, case.type, case.partner_id) + _reserved(uow, case)
    return rules.quota_for_application(_total(case, "application", "budget", "budget_mdf"), left)


@check("mdf.held", label="Activity has taken place")
def held(uow: UnitOfWork, case: CaseData) -> Finding:
    """BEN-MDR preconditions."""
    return rules.has_taken_place(case.day("ended_on"), today=uow.today)


@check("mdf.claimed_in_time", label="In time after the activity")
def claimed_in_time(uow: UnitOfWork, case: CaseData) -> Finding:
    """BEN-MDR-02, BEN-TMR-10."""
    approval = _form(case, "reimbursement").get("late_approval")
    return rules.claimed_in_time(
        case.day("ended_on"), today=_sent_on(uow, case, "reimbursement"),
        days=int(case.parameters["claim_within_days"]), approval_attached=bool(approval),
    )  # fmt: skip


@check("mdf.claim_quota", label="Quota covers the claim")
def claim_quota(uow: UnitOfWork, case: CaseData) -> Finding:
    """BEN-MDR-05."""
    left = queries.left_of(uow, case.type, case.partner_id)
    claimed = _total(case, "reimbursement", "expenses", "claimed")
    return rules.quota_for_claim(claimed, left=left, reserved=_reserved(uow, case))


@check("mdf.within_approved", label="Within the approved budget")
def within_approved(uow: UnitOfWork, case: CaseData) -> Finding:
    """Open point 31."""
    claimed = _total(case, "reimbursement", "expenses", "claimed")
    return rules.within_approved(claimed, case.amount("budget_mdf") or ZERO)


@check("mdf.items", label="Items within their budget")
def items(uow: UnitOfWork, case: CaseData) -> Finding:
    """BEN-MDR-04."""
    return rules.items_over_budget(
        _items(case, "application", "budget"), _items(case, "reimbursement", "expenses"),
        percent=Decimal(str(case.parameters["item_over_percent"])),
        reason=str(_form(case, "reimbursement").get("over_budget_reason") or ""),
    )  # fmt: skip


@check("mdf.materials", label="Materials for every MDF item")
def materials(uow: UnitOfWork, case: CaseData) -> Finding:
    """BEN-MDR-06."""
    rows = _form(case, "reimbursement").get("materials") or []
    kinds = case.type.forms["reimbursement"].field("materials")
    assert kinds is not None
    names = [str(fixed.values.get("material_type") or "") for fixed in kinds.fixed]
    files = {
        name: len(row.get("attachment") or []) for name, row in zip(names, rows, strict=False) if isinstance(row, dict)
    }
    terms = MaterialTerms(tuple(case.parameters["required_materials"]), str(case.parameters["invoice_material"]))
    return rules.materials_attached(files, _items(case, "reimbursement", "expenses"), terms)


@check("mdf.similar_own", label="No similar activity of one's own")
def similar_own(uow: UnitOfWork, case: CaseData) -> Finding:
    """BEN-MDA-04 while the partner types: among its own applications."""
    return rules.similarity(_similar(uow, case, own=True))


@search("mdf.similar", label="Similar activities")
def similar(uow: UnitOfWork, case: CaseData) -> Sequence[Finding]:
    """BEN-MDA-04 for the reviewer: among the applications of all partners."""
    return [rules.similarity(_similar(uow, case, own=False))]


def _similar(uow: UnitOfWork, case: CaseData, *, own: bool) -> Sequence[rules.Similar]:
    starts, ends = case.day("starts_on"), case.day("ends_on")
    if starts is None or ends is None or not case.text("activity_name"):
        return []
    near = timedelta(days=int(case.parameters["similar_within_days"]))
    found = cases_near(
        uow, case.type.key, "starts_on", starts - near - (ends - starts), ends + near,
        wanted=("activity_name", "address", "starts_on", "ends_on"),
    )  # fmt: skip
    others = [
        other for other in found if other.case_id != case.case_id and (not own or other.partner_id == case.partner_id)
    ]
    names = partners.names(uow, {other.partner_id for other in others})
    terms = SimilarTerms(
        int(case.parameters["similar_name_percent"]), int(case.parameters["similar_address_percent"]), near.days
    )
    at_hand = Activity(case.number, "", case.text("activity_name"), case.text("address"), starts, ends)
    return rules.similar_activities(at_hand, _activities(others, names), terms)


def _activities(others: Iterable[Other], names: dict[Any, str]) -> Iterable[Activity]:
    for other in others:
        facts = other.facts
        if facts.get("starts_on") and facts.get("ends_on"):
            yield Activity(
                other.number, names.get(other.partner_id, ""), str(facts.get("activity_name") or ""),
                str(facts.get("address") or ""), facts["starts_on"], facts["ends_on"],
            )  # fmt: skip


def _form(case: CaseData, form: str) -> dict[str, Any]:
    """A form as it is being filled in, or as it was last sent."""
    return dict(case.data) if case.form == form else dict(case.earlier.get(form, {}))


def _total(case: CaseData, form: str, field: str, total: str) -> Decimal | None:
    """What the rows of a form come to; None while it is filled in and nothing stands in a row yet."""
    if case.form == form and all(isinstance(row, dict) and is_blank(row) for row in case.data.get(field) or ()):
        return None
    return case.amount(total)


def _items(case: CaseData, form: str, field: str) -> list[Item]:
    rows = _form(case, form).get(field) or []
    return [
        Item(str(row.get("item") or ""), row.get("mdf_used") is True, _amount(row.get("amount")))
        for row in rows
        if isinstance(row, dict)
    ]


def _amount(value: Any) -> Decimal:
    try:
        amount = Decimal(str(value))
    except InvalidOperation:
        return ZERO
    return amount if amount.is_finite() else ZERO


def _reserved(uow: UnitOfWork, case: CaseData) -> Decimal:
    return sum(ledger.open_reservations(uow, case_id=case.case_id).values(), ZERO)


def _sent_on(uow: UnitOfWork, case: CaseData, form: str) -> date:
    """The business date a form is judged by: today while it is filled in, the day it was sent while it is reviewed."""
    return business_date(case.sent_at[form]) if case.form != form and form in case.sent_at else uow.today

"""A form of a case being filled in: kept as it is typed, judged while typed, sent once (BEN-COM-02, BEN-COM-03)."""

from uuid import UUID

import streamlit as st

from dashboard.parts import address, formats
from dashboard.parts.apply_desk import SENT, CaseDesk, form_visit, paper_of, rejection, rejection_box
from dashboard.parts.due import due_badge
from dashboard.parts.empty import state
from dashboard.parts.go import go
from dashboard.parts.head import Badge, Crumb, page_head
from dashboard.parts.outcome import flash
from dashboard.parts.wizard import wizard
from models.applications import applying
from models.applications.case_view import CaseView, case_view
from models.core.actor import current_actor
from models.core.errors import DomainError
from models.core.unit_of_work import unit_of_work
from models.partners import queries as partners
from models.payments.invoicing import FORM as INVOICING

HOME = Crumb("Benefits", "benefits")


def asked_for() -> UUID | None:
    """The case that the address names."""
    try:
        return UUID(address.get("case"))
    except ValueError:
        return None


def refused(title: str, *words: str, case: UUID | None = None) -> None:
    """Say why there is nothing to fill in, and where to go on."""
    page_head("Application", crumbs=[HOME])
    link = (
        ("See where the case stands", address.link("case", {"case": str(case)}))
        if case
        else ("Go to Benefits", "benefits")
    )
    state("refused" if not case else "empty", title, *words, link=link)


def nothing_to_fill_in(view: CaseView) -> None:
    """The case waits for somebody else, or for a colleague with another role."""
    visit = form_visit(view)
    if visit is not None:
        form = view.type.forms[view.type.form_node(visit.node).form].title
        refused(
            "Your roles do not fill this in",
            f"{form} of {view.row.number} is filled in by colleagues with another role. You may read the case.",
            case=view.row.id,
        )
    elif view.state.outcome:
        refused("This case is over", f"{view.row.number} is: {view.row.status}.", case=view.row.id)
    else:
        words = f"{view.row.number} is: {view.row.status}. When something is asked of you, it appears on Home."
        refused("Nothing is to be filled in now", words, case=view.row.id)


def head(view: CaseView, form: str) -> None:
    """What is filled in, for which case, until when."""
    row, visit = view.row, form_visit(view)
    case = Crumb(row.number, address.link("case", {"case": str(row.id)}))
    money = ""
    if row.amount is not None and row.phase != "Application":
        money = f"{formats.amount(row.amount)} {row.currency}"
    badges = [Badge(row.status, "red", "undo")] if visit and visit.why == "returned" else []
    if visit and visit.due_at:
        badges.append(due_badge(visit.due_at))
    line = [row.title, row.number, money, "dates in GMT+08:00"]
    page_head(view.type.forms[form].title, line=line, crumbs=[HOME, case], badges=badges)


def sent(case: str) -> None:
    """What was sent is read on the case's page; what was said is said there."""
    with unit_of_work(read_only=True) as uow:
        view = case_view(uow, UUID(case))
    last = view.revisions[-1]
    link = ("Print the invoicing information", f"/invoicing/{case}.pdf") if last.form == INVOICING else None
    flash(f"{view.row.number}: {view.type.forms[last.form].done}", link=link)
    go("case", {"case": case})
    st.stop()


current_actor().demand("benefits.view")
if done := st.session_state.pop(SENT, None):
    sent(done)
case_id = asked_for()
if case_id is None:
    refused("No case is named", "Open an application from the list, or begin a new one.")
    st.stop()
try:
    with unit_of_work(read_only=True) as uow:
        view = case_view(uow, case_id)
        draft = applying.draft(uow, case_id, view.may.fill) if view.may.fill else None
        partner = partners.standing(uow, view.row.partner_id)
except DomainError as error:
    refused("This case is not shown", *(problem.text for problem in error.problems))
    st.stop()
if draft is None:
    nothing_to_fill_in(view)
    st.stop()
head(view, draft.form)
if (why := rejection(view)) is not None:
    rejection_box(why)
desk = CaseDesk(view, draft)
wizard(paper_of(view, draft, partner), desk, key=f"{case_id}:{desk.visit}")

"""What the wizard needs of a case: its form with the draft, where it is kept and sent, and what stands beside it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

import streamlit as st
from streamlit.runtime.uploaded_file_manager import UploadedFile

from dashboard.downloads import template_address
from dashboard.parts import formats
from dashboard.parts.case_cards import card
from dashboard.parts.wizard import Paper
from models.applications import applying
from models.applications.applying import Draft
from models.applications.case_view import CaseView
from models.applications.queries import role_words
from models.applications.timeline import TimelineRow
from models.core.clock import now
from models.core.unit_of_work import unit_of_work
from models.engines.forms.schema import Form
from models.engines.workflow.findings import Finding
from models.engines.workflow.road import Stop, road_ahead
from models.engines.workflow.state import RETURNED, Visit
from models.partners.queries import StandingRow

SENT = "apply:sent"
"""Names the case whose form was sent in the run before."""


class CaseDesk:
    """Keeps, judges and sends one form of a case; every call is a transaction of its own."""

    def __init__(self, view: CaseView, draft: Draft) -> None:
        self.case_id: UUID = view.row.id
        self.form = draft.form
        self.version = draft.version
        visit = form_visit(view)
        self.visit = visit.id if visit else draft.form

    def save(self, data: dict[str, Any], step: int) -> None:
        """Keep the draft."""
        with unit_of_work() as uow:
            self.version = applying.save_draft(uow, self.case_id, self.form, data, step=step, expected=self.version)

    def keep(self, field: str, upload: UploadedFile) -> dict[str, Any]:
        """Check and store a file."""
        with unit_of_work() as uow:
            return applying.attach(uow, self.case_id, self.form, field, upload, upload.name)

    def findings(self, data: Mapping[str, Any]) -> Sequence[Finding]:
        """What a reviewer would find."""
        with unit_of_work(read_only=True) as uow:
            return applying.findings(uow, self.case_id, self.form, data)

    def submit(self, data: Mapping[str, Any]) -> None:
        """Send it. A visit of a form ends with its submission, so its name makes a second click harmless. What a
        colleague saved while the dialog was open is read first."""
        key = f"submit:{self.visit}"
        with unit_of_work() as uow:
            applying.submit(uow, self.case_id, self.form, data, key=key, draft_seen=self.version)
        st.session_state[SENT] = str(self.case_id)

    def download(self, file: Mapping[str, Any]) -> str | None:
        """Where a kept file is."""
        return f"/files/{self.case_id}/{file.get('sha256')}"


def paper_of(view: CaseView, draft: Draft, partner: StandingRow) -> Paper:
    """The form with its draft; earlier forms and the partner's own particulars can be copied from."""
    sent: dict[str, Mapping[str, Any]] = {each.form: each.data for each in view.revisions}
    sent["partner"] = {"name": partner.name, "tier": partner.tier.words}
    return Paper(
        view.type.forms[draft.form], draft.data, draft.step, draft.saved_at, sent, view.type.agreements,
        saved_by=draft.saved_by_name, currency=view.type.currency, templates=_templates(view.type.forms[draft.form]),
        after=lambda: after_card(view),
    )  # fmt: skip


def _templates(form: Form) -> dict[str, str]:
    """Where the documents are that a form names (BEN-COM-06)."""
    named = {row.template for field in form.fields() for row in field.fixed if row.template}
    named |= {field.files.template for field in form.fields() if field.type == "files" and field.files.template}
    return {name: place for name in named if (place := template_address(name))}


def form_visit(view: CaseView) -> Visit | None:
    """The form that the case waits for."""
    return view.state.at("form")


def rejection(view: CaseView) -> TimelineRow | None:
    """Why the form is here again: the reviewer's decision; None when it was never rejected."""
    visit = form_visit(view)
    if visit is None or visit.why != RETURNED:
        return None
    told = (row for row in reversed(view.timeline) if not row.current and (row.reason or row.comment))
    return next((row for row in told if row.icon in ("cancel", "undo")), None)


def rejection_box(row: TimelineRow) -> None:
    """The reviewer's reason and comment above the form, word by word (BEN-COM-02)."""
    st.html(
        '<div class="k state t-red wide" role="status"><span class="i" aria-hidden="true">undo</span>'
        f"<div>{rejection_words(row)}</div></div>"
    )


def rejection_words(row: TimelineRow) -> str:
    """The same as HTML for another place."""
    reason = f"<p><b>{formats.text(row.reason)}</b></p>" if row.reason else ""
    said = f"<p>“{formats.text(row.comment)}”</p>" if row.comment else ""
    return (
        f"<h2>{formats.text(row.title)} on {formats.text(formats.instant(row.at))}</h2>{reason}{said}"
        f"<p>{formats.text(row.by)} · Change what is named and send it again: it stays the same case.</p>"
    )


def after_card(view: CaseView) -> None:
    """Who decides once the form is sent, and when the money or the end could be there: promised times from now."""
    lines = [_line(view, stop) for stop in _after(view)]
    if lines:
        cells = "".join(f"<span>{formats.text(what)}</span><span>{words}</span>" for what, words in lines)
        card("After you submit", f'<div class="dl">{cells}</div>', aside="latest promised times")


def _after(view: CaseView) -> list[Stop]:
    """Everything up to the partner's next turn, then the end."""
    visit = form_visit(view)
    if visit is None:
        return []
    state = replace(view.state, visits=(replace(visit, due_at=now()),))
    stops = road_ahead(view.type.workflow, state, now(), view.calendar)
    mine = next((place for place, stop in enumerate(stops) if stop.kind == "form"), len(stops))
    ends = [stop for stop in stops[mine + 1 :] if stop.kind == "end" and stop.latest]
    return [*stops[: mine + 1], *ends]


def _line(view: CaseView, stop: Stop) -> tuple[str, str]:
    when = f"by {formats.day(formats.business(stop.latest))}" if stop.latest else ""
    if stop.kind == "end":
        paid = bool(view.type.processes)
        words = when or ("after the payment" if paid else "")
        return "Money on account" if paid else view.type.label(stop.node), f"<b>{formats.text(words)}</b>"
    who = role_words(stop.roles[:1]) if stop.roles else "you" if stop.kind == "form" else ""
    words = ", ".join(filter(None, (who, when)))
    return view.type.label(stop.node), formats.text(words)

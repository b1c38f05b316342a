"""One case on one screen, as whoever decides it reads it; and the part of it that everybody reads alike."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID

import streamlit as st

from dashboard.parts import formats
from dashboard.parts.case_cards import (
    card,
    changes_card,
    documents_card,
    money_card,
    partner_card,
    road_card,
    rules_card,
)
from dashboard.parts.case_forms import form_cards, goals_card, reads_card
from dashboard.parts.due import due_badge, due_words
from dashboard.parts.head import Badge, Crumb, pill, section
from dashboard.parts.timeline import timeline
from models.applications import queries
from models.applications.case_view import CaseView, case_view
from models.applications.rows import CaseFilter, TaskRow
from models.benefits import queries as benefits
from models.benefits.queries import PoolRow
from models.benefits.rules import Gates
from models.core.actor import current_actor
from models.core.clock import now
from models.core.unit_of_work import UnitOfWork
from models.engines.ledger import queries as ledger
from models.engines.ledger.queries import TransferRow
from models.payments import queries as payments
from models.payments.queries import AttemptRow, PayableRow

TONES = {
    "approved": "green",
    "Completed": "green",
    "rejected": "red",
    "Rejected": "red",
    "cancelled": "gray",
    "expired": "gray",
    "Draft": "gray",
}


@dataclass(frozen=True, slots=True)
class Screen:
    """A case with what stands beside it. None: the person's roles do not show it."""

    view: CaseView
    pool: PoolRow | None
    gates: Gates | None
    earlier: Mapping[str, int]
    transfers: tuple[TransferRow, ...]
    payable: PayableRow | None
    attempts: tuple[AttemptRow, ...]


def screen_of(uow: UnitOfWork, case_id: UUID) -> Screen:
    """Everything about a case for the person who is asking.

    Raises:
        NotFound: there is none among those the person may see.
        NotAllowed: no role of the person shows it.
    """
    view = case_view(uow, case_id)
    if not uow.actor.may("benefits.view"):
        return Screen(view, None, None, {}, (), None, ())
    payable = payments.payable_of(uow, case_id)
    tried = tuple(payments.attempts(uow, payable.id)) if payable else ()
    transfers = ledger.statement(uow, case_id=case_id).rows
    pools = {row.pool: row for row in benefits.pools(uow, view.row.partner_id)}
    earlier = queries.count_by_status(uow, CaseFilter(partners=[view.row.partner_id], types=[view.row.type]))
    gates = benefits.gates(uow, view.row.partner_id)
    return Screen(view, pools.get(view.row.type), gates, earlier, transfers, payable, tried)


def status_badge(status: str) -> Badge:
    """A case's status as everybody reads it; the word stands, the colour follows it."""
    tone = next((tone for word, tone in TONES.items() if word in status), "blue")
    over = "edit" if status == "Draft" else "block"
    icon = {"green": "check_circle", "red": "cancel", "gray": over}.get(tone, "hourglass_top")
    return Badge(status, tone, icon)  # type: ignore[arg-type]  # the tones above are those of badges


def case_head(
    view: CaseView, task: TaskRow | None = None, *, other: str | None = None, above: Crumb | None = None
) -> None:
    """Number, title, how it stands, the amount; `other` is somebody else who has it open, `above` leads back."""
    row = view.row
    badges = [status_badge(row.status)]
    if task is not None:
        badges.insert(0, due_badge(task.due_at, paused=task.paused))
        badges.append(Badge(task.label, "blue", "rate_review"))
        if task.votes:
            badges.append(Badge(view.type.review_node(task.node).quorum.progress(task.votes), "blue", "group"))
    badges += _holders(task, other)
    level = "h1" if above else "h2"  # at a desk the page's own title stands above it
    named = "" if above else f"{formats.text(row.number)} · "
    st.html(
        f'<div class="k head case"><div>{_crumb(view, above)}<div class="line">{named}'
        f"{formats.text(row.partner)} · {formats.text(_sent(view, task))}</div>"
        f"<{level}>{formats.text(_title(view, task))}</{level}></div>"
        f'{_amount(view)}<div class="line badges">{" ".join(map(pill, badges))}</div></div>'
    )


def _reviewed(view: CaseView, task: TaskRow | None) -> str | None:
    """The form that is decided on at a review desk."""
    forms = _forms_to_read(view, task)[0] if task is not None and task.desk == "reviews" else []
    return forms[0] if forms else None


def _sent(view: CaseView, task: TaskRow | None) -> str:
    """When it was sent: at a review desk what is reviewed there, as it was sent last; else the case, at first."""
    form = _reviewed(view, task)
    last = view.latest(form) if form else None
    at = last.submitted_at if last else view.row.submitted_at
    return f"submitted {formats.instant(at)}" if at else f"begun {formats.instant(view.row.opened_at)}"


def _title(view: CaseView, task: TaskRow | None) -> str:
    """What is asked for: at a review desk by the form that is reviewed."""
    form = _reviewed(view, task)
    kind = view.type.forms[form].title if form else view.type.short
    return f"{kind} · {view.row.title}" if view.row.title else view.type.name


def _amount(view: CaseView) -> str:
    """The amount of the case, what it is, and how it stands to the amount that was there before it."""
    row = view.row
    if row.amount is None:
        return ""
    there = [name for name in view.type.amount if view.state.facts.get(name) is not None]
    label = next((_label_of(view, name) for name in there), "")
    beside = ""
    if len(there) > 1:
        before = Decimal(str(view.state.facts[there[1]]))
        less = before - row.amount
        words = "under" if less > 0 else "over"
        tone = "green" if less >= 0 else "orange"
        said = f"{formats.amount(abs(less))} {words}" if less else "as much as"
        beside = f'<span class="t-{tone} sm">{said} the approved {formats.amount(before)}</span>'
    return (
        f'<div class="amt"><span class="mu sm">{formats.text(label) if label else ""}</span>'
        f"<span><b>{formats.amount(row.amount)}</b> {formats.text(row.currency)}</span>{beside}</div>"
    )


def _label_of(view: CaseView, fact: str) -> str:
    fields = (form.field(fact) for form in view.type.forms.values())
    return next((field.label for field in fields if field is not None), "")


def where_it_is(view: CaseView) -> str:
    """Where the case and its money are, in one sentence: who has it, until when, when it could be over. HTML."""
    row = view.row
    amount = f"{formats.amount(row.amount)} {row.currency}" if row.amount is not None else row.type_name
    if view.state.ended_at is not None:
        return (
            f"<b>{formats.text(amount)}: {formats.text(row.status)}</b> on {formats.text(_day(view.state.ended_at))}."
        )
    if not row.standing:
        return f"<b>{formats.text(amount)}</b> is being checked by Kontor; this takes a moment."
    first = row.standing[0]
    due, tone = due_words(first.due_at, paused=first.paused)
    until = f', <span class="t-{tone}">{formats.text(due[:1].lower() + due[1:])}</span>' if first.due_at else ""
    who = "you" if first.visit in view.may.decide and not first.paused else first.who
    words = f"<b>{formats.text(amount)}</b> waits for <b>{formats.text(who)}</b> "
    visit = view.state.visit(first.visit)
    if visit is not None and visit.expires_at and not first.due_at:
        until = f", and expires on {formats.text(_day(visit.expires_at))}"
    words += f"({formats.text(first.label)}){until}."
    last = view.road[-1].latest if view.road else None
    return f"{words} If everybody agrees, it is over by {formats.text(_day(last))} at the latest." if last else words


def _day(at: datetime) -> str:
    return formats.day(formats.business(at))


def _crumb(view: CaseView, above: Crumb | None) -> str:
    if above is None:
        return ""
    way = f'<a href="{formats.text(above.address)}" target="_self">{formats.text(above.text)}</a>'
    return f'<nav class="crumb" aria-label="Where this page belongs">{way} / {formats.text(view.row.number)}</nav>'


def _holders(task: TaskRow | None, other: str | None) -> list[Badge]:
    found = []
    if task is not None and task.holder is not None:
        mine = task.holder == current_actor().user_id
        found.append(Badge("Held by you" if mine else f"Held by {task.holder_name}", "violet", "lock"))
    if other is None and task is not None and task.leased_by not in (None, current_actor().user_id):
        if task.leased_until is not None and task.leased_until > now():
            other = task.leased_by_name
    if other:
        found.append(Badge(f"{other} has it open too", "orange", "visibility"))
    return found


def review_body(screen: Screen, task: TaskRow | None) -> None:
    """Two columns: what is asked and how the rules see it; who, how long, documents, history."""
    view = screen.view
    first, others = _forms_to_read(view, task)
    left, right = st.columns([1.45, 1], gap="small")
    with left, st.container(gap="xsmall"):
        if task is not None:
            rules_card(view.findings.get(task.node, ()))
            _question(view)
        else:
            _history(view, road=True)
        for form in first:
            _to_read(view, task, form)
        for form in others:
            _whole(view, form)
    with right, st.container(gap="xsmall"):
        if task is not None:  # else the timeline tells the road
            road_card(view)
        if screen.gates is not None and current_actor().is_vendor:
            partner_card(view, screen.pool, screen.gates, screen.earlier)
        money_card(screen.transfers, screen.payable, screen.attempts)
        documents_card(view)
    if task is not None:
        _history(view, road=False)


def _to_read(view: CaseView, task: TaskRow | None, form: str) -> None:
    """What a stage reads of a form; all of it when the stage names nothing."""
    changes_card(view, form)
    names = [place.partition(".")[2] for place in _reads(view, task) if place.partition(".")[0] == form]
    if not names:
        form_cards(view, form)
        return
    reads_card(view, form, names)
    goals_card(view, form)
    _whole(view, form)


def _whole(view: CaseView, form: str) -> None:
    with st.expander(f"{view.type.forms[form].title}: everything that was sent", key=f"form:{form}"):
        form_cards(view, form)


def _reads(view: CaseView, task: TaskRow | None) -> tuple[str, ...]:
    return view.type.review_node(task.node).reads if task is not None else ()


def _history(view: CaseView, *, road: bool) -> None:
    """`road`: with what lies ahead, unless a card of its own says that."""
    ahead = "What lies ahead is the latest promised time." if view.road and road else ""
    section("Where it stands and what happened", note=ahead)
    timeline(view, road=road)


def _question(view: CaseView) -> None:
    """A question that waits for the partner, or its answer."""
    asked = [row for row in view.timeline if row.icon in ("help", "reply") and not row.current]
    if asked:
        body = "".join(
            f'<p><b>{formats.text(row.by)}</b> <span class="mu sm">{formats.text(formats.instant(row.at))}</span><br>'
            f"{formats.text(row.comment)}</p>"
            for row in asked
        )
        card("Questions and answers", body)


def _forms_to_read(view: CaseView, task: TaskRow | None) -> tuple[list[str], list[str]]:
    """The forms that a stage reads, and the others that were sent, the newest first."""
    sent = [form for form in view.type.forms if view.latest(form) is not None]
    wanted = [place.partition(".")[0] for place in _reads(view, task)]
    first = list(dict.fromkeys(form for form in wanted if form in sent)) or (sent[-1:] if task else [])
    return first, [form for form in reversed(sent) if form not in first]

"""What a reviewer reads of a case, each as one card: rules, changes, forms, documents, the partner, the road."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

import streamlit as st

from dashboard.parts import address, formats
from dashboard.parts.due import due_words
from dashboard.parts.wallet import pool_bar
from models.applications.case_view import CaseView, changed_since_last_time
from models.applications.queries import role_words
from models.benefits.queries import PoolRow
from models.benefits.rules import Gates
from models.engines.forms.changes import Change
from models.engines.forms.schema import Field
from models.engines.forms.values import rows_of
from models.engines.ledger.queries import TransferRow
from models.engines.ledger.rules import WAYS
from models.engines.workflow.findings import Finding, Verdict
from models.payments.queries import AttemptRow, PayableRow
from models.payments.rules import AttemptOutcome

LOOKS = {
    Verdict.FIX: ("block", "t-red", "Fix"), Verdict.LOOK: ("warning", "t-orange", "Look"),
    Verdict.PASSED: ("check_circle", "t-green", "Passed"), Verdict.LATER: ("schedule", "t-gray", "Later"),
}  # fmt: skip


COMPLETED = "Completed"
RULES = 5
"""Rules that a card shows before it folds those that passed away."""


def card(title: str, body: str, *, aside: str = "") -> None:
    """One card: a title, what stands small beside it, and ready HTML."""
    small = f"<small>{formats.text(aside)}</small>" if aside else ""
    st.html(f'<div class="k"><div class="card"><h4>{formats.text(title)}{small}</h4>{body}</div></div>')


def rules_card(findings: Sequence[Finding]) -> None:
    """What the rules found: what stands in the way first, then what to look at; many that passed are folded away."""
    if not findings:
        return
    order = list(LOOKS)
    counted = [(sum(each.verdict is verdict for each in findings), word) for verdict, word in (
        (Verdict.PASSED, "passed"), (Verdict.LOOK, "to look at"), (Verdict.FIX, "in the way"),
        (Verdict.LATER, "not run yet"))]  # fmt: skip
    aside = " · ".join(f"{number} {word}" for number, word in counted if number)
    shown = sorted(findings, key=lambda each: order.index(each.verdict))
    loud = sum(each.verdict is not Verdict.PASSED for each in shown)
    first = len(shown) if len(shown) <= RULES else max(loud, RULES - 1)
    body = "".join(map(_rule, shown[:first]))
    if more := shown[first:]:
        body += f"<details><summary>{len(more)} more passed</summary>{''.join(map(_rule, more))}</details>"
    card("Rules", body, aside=aside)


def _rule(finding: Finding) -> str:
    icon, tone, word = LOOKS[finding.verdict]
    text = f'<br><span class="mu sm">{formats.text(finding.text)}</span>' if finding.text else ""
    return (
        f'<div class="rule"><span class="i {tone}" aria-hidden="true">{icon}</span>'
        f'<span><b>{formats.text(finding.label)}</b>{text}</span><span class="{tone} sm">{word}</span></div>'
    )


def changes_card(view: CaseView, form: str) -> None:
    """Why the form came back, and what is different since it was sent last time, side by side."""
    sent = [revision for revision in view.revisions if revision.form == form]
    if len(sent) < 2:
        return
    found, why = changed_since_last_time(view, form), _came_back(view, sent[-1].submitted_at)
    if not found:
        card("Changed since last time", f'{why}<p class="mu">Nothing: it was sent again as it was.</p>')
        return
    head = f"<th>Field</th><th{_figures(found)}>{_day(sent[-2])}</th><th{_figures(found)}>{_day(sent[-1])}</th>"
    body = "".join(
        f'<tr><td>{formats.text(each.label)}</td><td{_figures([each])}><span class="mu">{formats.text(each.before)}'
        f'</span></td><td{_figures([each])}><span class="chg">{formats.text(each.after)}</span></td></tr>'
        for each in found
    )
    fields = formats.plural(len(found), "field")
    table = f'<div class="scroll"><table class="side"><tr>{head}</tr>{body}</table></div>'
    card("Changed since last time", why + table, aside=fields)


def _figures(found: Sequence[Change]) -> str:
    """The class of a column or cell that holds figures only: they stand on the right."""
    said = "".join(each.before + each.after for each in found)
    return "" if any(letter.isalpha() for letter in said) else ' class="num"'


def _came_back(view: CaseView, again: datetime) -> str:
    """What a reviewer wrote when the form was returned."""
    rows = (row for row in reversed(view.timeline) if not row.current and row.at <= again)
    row = next((row for row in rows if row.tone in ("red", "orange") and (row.reason or row.comment)), None)
    if row is None:
        return ""
    said = " ".join(filter(None, (row.reason, f"“{row.comment}”" if row.comment else "")))
    return (
        f'<p><span class="mu">{formats.text(row.by)}, {formats.text(formats.clock_or_day(row.at))}:</span> '
        f"{formats.text(said)}</p>"
    )


def _day(revision: Any) -> str:
    return formats.text(formats.clock_or_day(revision.submitted_at))


# ---- documents ----


def documents_card(view: CaseView) -> None:
    """Every file that was sent, the newest form first, each a download."""
    found = list(_documents(view))
    if not found:
        return
    body = "".join(
        f'<div class="doc"><span class="i t-gray" aria-hidden="true">description</span>'
        f'<span><a href="/files/{view.row.id}/{formats.text(str(file["sha256"]))}" target="_blank">'
        f"{formats.text(str(file['name']))}</a>"
        f'<span class="mu sm">{formats.text(label)}</span></span>'
        f'<span class="num sm mu">{formats.text(formats.size(int(file.get("size") or 0)))}</span></div>'
        for label, file in found
    )
    card("Documents", body, aside=formats.plural(len(found), "file"))


def _documents(view: CaseView) -> Iterator[tuple[str, dict[str, Any]]]:
    seen = set()
    for form in view.type.forms:
        sent = view.latest(form)
        for field in view.type.forms[form].fields() if sent else ():
            for label, file in _files(field, sent.data.get(field.name) if sent else None):
                if (label, file["sha256"]) not in seen:  # one file may prove two things
                    seen.add((label, file["sha256"]))
                    yield label, file


def _files(field: Field, value: Any) -> Iterator[tuple[str, dict[str, Any]]]:
    if field.type == "files" and isinstance(value, list):
        yield from ((field.label, file) for file in value if isinstance(file, dict) and file.get("sha256"))
    elif field.type == "rows" and isinstance(value, list):
        for row in rows_of(field, value) or []:
            for column in field.of:
                if column.type == "files":
                    for _, file in _files(column, row.get(column.name)):
                        yield str(row.get(field.of[0].name) or field.label), file


# ---- beside ----


def road_card(view: CaseView) -> None:
    """Who has it now and until when, who comes next, and when that could be."""
    lines = []
    for each in view.row.standing:
        said, tone = due_words(each.due_at, paused=each.paused)
        who = "you" if each.visit in view.may.decide and not each.paused else each.who
        until = f'<span class="t-{tone}">{formats.text(said)}</span>'
        lines.append(_road("radio_button_checked", "t-blue", f"<b>{formats.text(each.label)}</b>", who, until))
    for stop in view.road:
        label = "Completed" if stop.kind == "end" else view.type.label(stop.node)
        who = role_words(stop.roles) if stop.roles else "Partner" if stop.kind == "form" else ""
        when = f"~{formats.text(formats.day(formats.business(stop.latest)))}" if stop.latest else ""
        lines.append(_road("radio_button_unchecked", "t-gray", formats.text(label), who, when))
    if lines:
        card("Road ahead", "".join(lines), aside="if everybody agrees")


def _road(icon: str, tone: str, what: str, who: str, when: str) -> str:
    by = f'<span class="mu sm">{formats.text(who)}</span>' if who else ""
    return (
        f'<div class="rd"><span class="i {tone}" aria-hidden="true">{icon}</span><span>{what}{by}</span>'
        f'<span class="num sm">{when}</span></div>'
    )


def partner_card(view: CaseView, pool: PoolRow | None, gates: Gates, earlier: Mapping[str, int]) -> None:
    """The partner's standing: tier, what is left of the pool, gates set by hand, earlier cases."""
    link = address.link("partner", {"id": str(view.row.partner_id)})
    name = f'<a href="{formats.text(link)}" target="_self">{formats.text(view.row.partner)}</a>'
    body = f'<p class="wrap">{name}</p>'
    if pool is not None:
        body = f'<p class="wrap">{name}<span class="mu sm"> · {formats.text(pool.tier.words)} tier</span></p>'
        body += _pool(pool)
    pairs = [
        ("Authenticated", _flag(gates.authenticated)),
        (
            "Bills",
            "Not tied to bills" if not gates.growth_plan else _flag(gates.bills_paid, "All paid", "Not confirmed"),
        ),
        ("Other cases", _others(earlier)),
    ]
    body += '<div class="dl">' + "".join(
        f"<span>{formats.text(label)}</span><span>{formats.text(value)}</span>" for label, value in pairs
    ) + "</div>"  # fmt: skip
    card("Partner", body)


def _others(earlier: Mapping[str, int]) -> str:
    """How many there are beside this one, and how many of the partner's cases ended with money."""
    others = sum(earlier.values()) - 1
    if others < 1:
        return "None before this one"
    return f"{formats.count(others)} ({formats.count(earlier.get(COMPLETED, 0))} completed in all)"


def _flag(value: bool, yes: str = "Yes", no: str = "No") -> str:
    return f"{yes if value else no} (set by hand)"


def _pool(pool: PoolRow) -> str:
    """The pool as a bar, with its figures in words below."""
    return (
        f'{pool_bar(pool)}<div class="three sm"><span class="mu"><b>{formats.amount(pool.used)}</b>used</span>'
        f'<span class="t-blue"><b>{formats.amount(pool.reserved)}</b>reserved</span>'
        f'<span class="t-green"><b>{formats.amount(pool.left)}</b>left of {formats.compact(pool.granted)}</span></div>'
    )


def money_card(transfers: Sequence[TransferRow], payable: PayableRow | None, attempts: Sequence[AttemptRow]) -> None:
    """What the case moved, step by step: out of the quota and on to the bank."""
    lines = [
        (formats.clock_or_day(row.at), WAYS[row.kind], formats.amount(row.amount)) for row in reversed(transfers)
    ]  # fmt: skip
    if payable is not None:
        owed = (
            formats.clock_or_day(payable.opened_at),
            f"Payable {payable.requisition_no}",
            formats.amount(payable.amount),
        )
        lines += [owed, *(_attempt(row, payable) for row in attempts)]
    if not lines:
        return
    body = "".join(
        f'<tr><td class="mu sm nw">{formats.text(at)}</td><td>{formats.text(what)}</td>'
        f'<td class="num">{amount}</td></tr>'
        for at, what, amount in lines
    )
    currency = payable.currency if payable else transfers[0].currency
    card("Money", f"<table>{body}</table>", aside=currency)


def _attempt(row: AttemptRow, payable: PayableRow) -> tuple[str, str, str]:
    """When an attempt to pay was begun, or the money left; how it stands; what it moves, unless it came back."""
    if row.outcome is AttemptOutcome.FAILED:
        return formats.clock_or_day(row.begun_at), f"Attempt {row.number}: failed", ""
    amount = formats.amount(payable.amount)
    if row.outcome is None:
        return formats.clock_or_day(row.begun_at), f"Attempt {row.number}: on its way", amount
    reference = f", bank reference {payable.bank_reference}" if payable.bank_reference else ""
    return formats.day(payable.paid_on), f"Attempt {row.number}: paid{reference}", amount

"""What a reviewer reads of a case, each as one card: rules, changes, forms, documents, the partner, the road."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

import streamlit as st

from dashboard.parts import address, formats
from dashboard.parts.due import due_words
from models.applications.case_view import CaseView, changed_since_last_time
from models.applications.queries import role_words
from models.benefits.queries import PoolRow
from models.benefits.rules import Gates
from models.engines.forms.schema import Field
from models.engines.forms.values import columns_of, is_empty, rows_of
from models.engines.forms.words import words
from models.engines.ledger.queries import TransferRow
from models.engines.ledger.rules import WAYS
from models.engines.workflow.findings import Finding, Verdict
from models.payments.queries import AttemptRow, PayableRow
from models.payments.rules import AttemptOutcome

LOOKS = {
    Verdict.FIX: ("block", "t-red", "Fix"), Verdict.LOOK: ("warning", "t-orange", "Look"),
    Verdict.PASSED: ("check_circle", "t-green", "Passed"), Verdict.LATER: ("schedule", "t-gray", "Later"),
}  # fmt: skip


def card(title: str, body: str, *, aside: str = "") -> None:
    """One card: a title, what stands small beside it, and ready HTML."""
    small = f"<small>{formats.text(aside)}</small>" if aside else ""
    st.html(f'<div class="k"><div class="card"><h4>{formats.text(title)}{small}</h4>{body}</div></div>')


def rules_card(findings: Sequence[Finding]) -> None:
    """What the rules found: what stands in the way first, then what to look at."""
    if not findings:
        return
    order = list(LOOKS)
    counted = [(sum(each.verdict is verdict for each in findings), word) for verdict, word in (
        (Verdict.PASSED, "passed"), (Verdict.LOOK, "to look at"), (Verdict.FIX, "in the way"))]  # fmt: skip
    aside = " · ".join(f"{number} {word}" for number, word in counted if number)
    body = "".join(_rule(each) for each in sorted(findings, key=lambda each: order.index(each.verdict)))
    card("Rules", body, aside=aside)


def _rule(finding: Finding) -> str:
    icon, tone, word = LOOKS[finding.verdict]
    text = f'<br><span class="mu sm">{formats.text(finding.text)}</span>' if finding.text else ""
    return (
        f'<div class="rule"><span class="i {tone}" aria-hidden="true">{icon}</span>'
        f'<span><b>{formats.text(finding.label)}</b>{text}</span><span class="{tone} sm">{word}</span></div>'
    )


def changes_card(view: CaseView, form: str) -> None:
    """What is different since the form was sent last time, side by side."""
    found = changed_since_last_time(view, form)
    sent = [revision for revision in view.revisions if revision.form == form]
    if len(sent) < 2:
        return
    if not found:
        card("Changed since last time", '<p class="mu">Nothing: it was sent again as it was.</p>')
        return
    head = f'<th>Field</th><th class="num">{_day(sent[-2])}</th><th class="num">{_day(sent[-1])}</th>'
    body = "".join(
        f'<tr><td>{formats.text(each.label)}</td><td class="num mu wrap">{formats.text(each.before)}</td>'
        f'<td class="num wrap"><span class="chg">{formats.text(each.after)}</span></td></tr>'
        for each in found
    )
    fields = formats.plural(len(found), "field")
    card("Changed since last time", f'<div class="scroll"><table><tr>{head}</tr>{body}</table></div>', aside=fields)


def _day(revision: Any) -> str:
    return formats.text(formats.clock_or_day(revision.submitted_at))


def form_cards(view: CaseView, form: str) -> None:
    """A form as it was last sent, step by step: what stands in pairs, and every table with its rows."""
    sent = view.latest(form)
    if sent is None:
        return
    shape, earlier = view.type.forms[form], {each.form: each.data for each in view.revisions}
    for step in shape.steps:
        pairs, tables, against = [], [], []
        fields = list(step.fields)
        while fields:
            field = fields.pop(0)
            value = _value(field, sent.data, earlier)
            if _is_goal(field, fields):
                against.append((field, value, fields[0], sent.data.get(fields.pop(0).name)))
            elif field.type == "rows" or (field.type == "earlier" and isinstance(value, list)):
                tables.append(_table(field, value))
            elif field.type not in ("note", "files") and not is_empty(value):
                said = words(field, value) if field.type != "earlier" else _plain(view, field, value)
                pairs.append((field.label, said))
        body = _pairs(pairs) + (_against(view, against) if against else "") + "".join(tables)
        if body:
            card(step.title, body)


def _pairs(pairs: Sequence[tuple[str, str]]) -> str:
    cells = (f'<span>{formats.text(name)}</span><span class="wrap">{formats.text(said)}</span>' for name, said in pairs)
    return f'<div class="dl form">{"".join(cells)}</div>' if pairs else ""


def _is_goal(field: Field, following: Sequence[Field]) -> bool:
    """Whether a field shows what was planned and the next one holds what came of it."""
    return (
        field.type == "earlier" and field.shows in ("count", "usd") and bool(following)
        and following[0].name == f"{field.copy_from.rpartition('.')[2]}_actual"
    )  # fmt: skip


def _against(view: CaseView, found: Sequence[tuple[Field, Any, Field, Any]]) -> str:
    """Objectives beside what was reached (BEN-MDR-03)."""
    head = '<th>Item</th><th class="num">Objective</th><th class="num">Actual</th><th class="num">Reached</th>'
    body = "".join(
        f"<tr><td>{formats.text(after.label.partition(':')[0])}</td>"
        f'<td class="num">{formats.text(_plain(view, before, goal))}</td>'
        f'<td class="num">{formats.text(words(after, actual))}</td><td class="num">{_reached(goal, actual)}</td></tr>'
        for before, goal, after, actual in found
    )
    return f'<div class="scroll"><table><tr>{head}</tr>{body}</table></div>'


def _reached(goal: Any, actual: Any) -> str:
    if is_empty(goal) or is_empty(actual):
        return formats.NOTHING
    ratio = formats.part_of(Decimal(str(actual)), Decimal(str(goal)))
    tone = "t-gray" if ratio is None else "t-green" if ratio >= 1 else "t-orange"
    return f'<span class="{tone}">{formats.share(ratio, 0)}</span>'


def _value(field: Field, data: Mapping[str, Any], earlier: Mapping[str, Mapping[str, Any]]) -> Any:
    if field.type == "earlier":
        form, _, name = field.copy_from.partition(".")
        return earlier.get(form, {}).get(name)
    return data.get(field.name)


def _plain(view: CaseView, field: Field, value: Any) -> str:
    """A value of an earlier form, in the words of its own field."""
    form, _, name = field.copy_from.partition(".")
    source = view.type.forms[form].field(name) if form in view.type.forms else None
    return words(source, value) if source else str(value)


def _table(field: Field, value: Any) -> str:
    rows = [row for row in rows_of(field, value) or [] if isinstance(row, dict)] if isinstance(value, list) else []
    columns = [column for column in field.of if column.type not in ("files", "earlier", "note")]
    if not rows or not columns:
        return ""
    head = "".join(f"<th{_num(column)}>{formats.text(column.label)}</th>" for column in columns)
    body = "".join(
        "<tr>" + "".join(
            f"<td{_num(column)}>{formats.text(words(shape, row.get(column.name)))}</td>"
            for column, shape in zip(columns, _shapes(field, number, columns), strict=True)
        ) + "</tr>"
        for number, row in enumerate(rows)
    )  # fmt: skip
    return f'<h5>{formats.text(field.label)}</h5><div class="scroll"><table><tr>{head}</tr>{body}</table></div>'


def _shapes(field: Field, number: int, columns: Sequence[Field]) -> list[Field]:
    there = {column.name: column for column in columns_of(field, number)}
    return [there.get(column.name, column) for column in columns]


def _num(column: Field) -> str:
    return ' class="num"' if column.type in ("usd", "count", "computed", "figure") else ""


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
                if file["sha256"] not in seen:
                    seen.add(file["sha256"])
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
        now = f"<b>{formats.text(each.label)}: {formats.text(each.who)}</b>"
        lines.append(
            _road("radio_button_checked", "t-blue", now, f'<span class="t-{tone}">{formats.text(said)}</span>')
        )
    for stop in view.road:
        label = "Completed" if stop.kind == "end" else view.type.label(stop.node)
        who = role_words(stop.roles) if stop.roles else "partner" if stop.kind == "form" else ""
        by = f': <span class="mu">{formats.text(who)}</span>' if who else ""
        when = f"~{formats.text(formats.day(formats.business(stop.latest)))}" if stop.latest else ""
        lines.append(
            _road("radio_button_unchecked", "t-gray", f"{formats.text(label)}{by}", f'<span class="mu">{when}</span>')
        )
    if lines:
        card("Road ahead", "".join(lines), aside="if everybody agrees")


def _road(icon: str, tone: str, words_: str, when: str) -> str:
    return (
        f'<div class="rd"><span class="i {tone}" aria-hidden="true">{icon}</span><span>{words_}</span>'
        f'<span class="num sm">{when}</span></div>'
    )


def partner_card(view: CaseView, pool: PoolRow | None, gates: Gates, earlier: Mapping[str, int]) -> None:
    """The partner's standing: tier, what is left of the pool, gates set by hand, earlier cases."""
    link = address.link("partner", {"id": str(view.row.partner_id)})
    name = f'<a href="{formats.text(link)}" target="_self">{formats.text(view.row.partner)}</a>'
    body = f'<p class="wrap">{name}</p>'
    if pool is not None:
        body += f'<p class="mu sm">{formats.text(pool.tier.words)} tier</p>' + wallet_bar(pool)
    pairs = [
        ("Authenticated", _flag(gates.authenticated)),
        (
            "Bills",
            "Not tied to bills" if not gates.growth_plan else _flag(gates.bills_paid, "All paid", "Not confirmed"),
        ),
        ("Its cases", formats.listing([f"{formats.count(number)} {status}" for status, number in earlier.items()])),
    ]
    body += '<div class="dl">' + "".join(
        f"<span>{formats.text(label)}</span><span>{formats.text(value)}</span>" for label, value in pairs
    ) + "</div>"  # fmt: skip
    card("Partner", body)


def _flag(value: bool, yes: str = "Yes", no: str = "No") -> str:
    return f"{yes if value else no} (set by hand)"


def wallet_bar(pool: PoolRow) -> str:
    """A pool as a bar: used, reserved, left, in words below."""
    whole = pool.granted or 1
    used, reserved = (f"{part / whole * 100:.2f}" for part in (pool.used, pool.reserved))
    spoken = (
        f"{formats.amount(pool.used)} used, {formats.amount(pool.reserved)} reserved, "
        f"{formats.amount(pool.left)} left of {formats.amount(pool.granted)} {pool.currency}"
    )
    return (
        f'<div class="bar" role="img" aria-label="{formats.text(spoken)}">'
        f'<i style="width:{used}%;background:var(--gray-fill)"></i>'
        f'<i style="width:{reserved}%;background:var(--blue-fill)"></i></div>'
        f'<p class="sm three"><span class="mu">{formats.amount(pool.used)} used</span>'
        f'<span class="t-blue">{formats.amount(pool.reserved)} reserved</span>'
        f'<span class="t-green">{formats.amount(pool.left)} left</span></p>'
    )


def money_card(transfers: Sequence[TransferRow], payable: PayableRow | None, attempts: Sequence[AttemptRow]) -> None:
    """What the case moved, step by step: out of the quota and on to the bank."""
    lines = [
        (formats.clock_or_day(row.at), WAYS[row.kind], formats.amount(row.amount)) for row in reversed(transfers)
    ]  # fmt: skip
    if payable is not None:
        lines.append(
            (
                formats.clock_or_day(payable.opened_at),
                f"Payable {payable.requisition_no}",
                formats.amount(payable.amount),
            )
        )
    for row in attempts:
        ended = {AttemptOutcome.PAID: "paid", AttemptOutcome.FAILED: "failed"}
        said = ended[row.outcome] if row.outcome else "on its way"
        lines.append((formats.clock_or_day(row.begun_at), f"Attempt {row.number}: {said}", ""))
    if not lines:
        return
    body = "".join(
        f'<tr><td class="mu sm nw">{formats.text(at)}</td><td>{formats.text(what)}</td>'
        f'<td class="num">{amount}</td></tr>'
        for at, what, amount in lines
    )
    currency = payable.currency if payable else transfers[0].currency
    card("Money", f"<table>{body}</table>", aside=currency)

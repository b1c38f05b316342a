"""A delivery in words: what an import came to, how far one is, what was rejected."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from urllib.parse import quote

from dashboard.parts import formats
from dashboard.parts.head import Badge, pill
from dashboard.parts.progress import Progress, bar_html, time_left
from models.expenditures.deliveries import ImportedFile, ImportRow
from models.expenditures.rules import ImportKind, ImportStatus

BADGES = {
    ImportStatus.PLANNED: Badge("Waiting", "gray", "schedule"),
    ImportStatus.READING: Badge("Reading", "blue", "sync"),
    ImportStatus.COMMITTING: Badge("Bringing in", "blue", "sync"),
    ImportStatus.DONE: Badge("Done", "green", "check_circle"),
    ImportStatus.REFUSED: Badge("Refused", "red", "block"),
    ImportStatus.INTERRUPTED: Badge("Interrupted", "orange", "warning"),
    ImportStatus.FAILED: Badge("Failed", "red", "error"),
}


def totals(amounts: dict[str, Decimal]) -> str:
    """Every digit of each currency's total: `4 EUR and 20.52022672899 USD`."""
    each = [f"{formats.exact(amount)} {currency}" for currency, amount in sorted(amounts.items())]
    return formats.listing(each, most=len(each))


def sentence(row: ImportRow) -> str:
    """What the latest import came to, as HTML."""
    source = formats.text(row.source)
    match row.status:
        case ImportStatus.DONE if row.kind is ImportKind.REMAP:
            return f"The mapping of <b>{source}</b> is applied: its lines stand with their customers now."
        case ImportStatus.DONE if not row.changed:
            return f"Nothing changed: <b>{source}</b> delivered what is here already, <b>{totals(row.billed_cost)}</b>."
        case ImportStatus.DONE:
            rejected = f", <b>{formats.count(row.rejected)} rejected</b>" if row.rejected else ""
            unmapped = f" {formats.count(row.unmapped)} of them are unmapped yet." if row.unmapped else ""
            lines = f"<b>{formats.plural(row.accepted, 'line')}</b> of {source} imported{rejected}"
            return f"{lines}: <b>{totals(row.billed_cost)}</b> billed.{unmapped}{_way_on(row)}"
        case ImportStatus.REFUSED | ImportStatus.FAILED | ImportStatus.INTERRUPTED:
            return f"The delivery of <b>{source}</b> was not imported. {formats.text(row.message)}"
    return f"The delivery of <b>{source}</b> is under way: {formats.text(row.step.lower() or 'it waits its turn')}."


def _way_on(row: ImportRow) -> str:
    """The way to the figures that the delivery brought."""
    cycles = sorted(cycle for file in row.files for cycle in file.cycles)
    if not cycles:
        return ""
    return f' <a href="{_figures(cycles[0], cycles[-1])}" target="_self">See the expenditure</a>.'


def _figures(first: date, last: date) -> str:
    return f"expenditures?from={first:%Y-%m}&amp;to={last:%Y-%m}"


def history_html(rows: Sequence[ImportRow]) -> str:
    """Deliveries as a table, newest first, with their files and what became of them."""
    names = ("Delivery", "Asked", "Status", "Lines", "Rejected", "Unmapped", "Billed cost")
    numbers = ("Lines", "Rejected", "Unmapped", "Billed cost")
    head = "".join(f"<th{' class=num' if name in numbers else ''}>{name}</th>" for name in names)
    return f'<div class="k scroll"><table><tr>{head}</tr>{"".join(map(_row_html, rows))}</table></div>'


def _row_html(row: ImportRow) -> str:
    files = "".join(f"<br><span class='mu sm'>{_file_html(row, file)}</span>" for file in row.files)
    what = "Mapping applied" if row.kind is ImportKind.REMAP else ""
    asked = f"{formats.instant(row.asked_at)}<br><span class='mu sm'>{formats.text(row.asked_by)}</span>"
    cost = "<br>".join(f"{formats.exact(amount)} {code}" for code, amount in sorted(row.billed_cost.items()))
    return (
        f"<tr><td><b>{formats.text(row.source)}</b> {what}{files}</td>"
        f'<td class="nw">{asked}</td>'
        f'<td>{_status_html(row)}</td><td class="num">{formats.count(row.accepted)}</td>'
        f'<td class="num">{formats.count(row.rejected)}</td><td class="num">{formats.count(row.unmapped)}</td>'
        f'<td class="num">{cost or formats.NOTHING}</td></tr>'
    )


def _file_html(row: ImportRow, file: ImportedFile) -> str:
    cycles = ", ".join(
        f'<a href="{_figures(cycle, cycle)}" target="_self">{formats.month_short(cycle)}</a>' for cycle in file.cycles
    )
    unchanged = "" if file.changed or row.status is not ImportStatus.DONE else " · unchanged"
    rejects = ""
    if file.rejects:
        address = f"imports/{row.id}/rejects?file={quote(file.name)}"
        rejects = f' · <a href="{address}" download>{formats.plural(file.rejected, "rejected line")}</a>'
    return f"{formats.text(file.name)}{f' · {cycles}' if cycles else ''}{unchanged}{rejects}"


def _status_html(row: ImportRow) -> str:
    badge = pill(BADGES[row.status])
    if row.status.running:
        pace = Progress(round(row.done * 1000), 1000, "", row.asked_at)
        words = " · ".join(filter(None, (row.step or "Working", f"{row.done * 100:.0f} %", time_left(pace))))
        return badge + bar_html(row.done, words)
    reason = row.status in (ImportStatus.REFUSED, ImportStatus.FAILED, ImportStatus.INTERRUPTED)
    return badge + (f'<br><span class="mu sm">{formats.text(row.message)}</span>' if reason else "")

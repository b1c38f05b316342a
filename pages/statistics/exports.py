"""Export history: what one asked to download, how far it is, and the file when it is ready (FIN-EXP-01, CUS-COM-06)."""

from collections.abc import Sequence

import streamlit as st

from dashboard.parts import formats, list_page
from dashboard.parts.again import again
from dashboard.parts.head import Badge, answer, page_head, pill
from dashboard.parts.progress import Progress, progress_html
from models.core.actor import current_actor
from models.core.unit_of_work import unit_of_work
from models.exports import queries
from models.exports.queries import ExportRow
from models.exports.rules import EXPORT_TERMS, ExportStatus

BADGES = {
    ExportStatus.WAITING: Badge("Waiting", "gray", "schedule"),
    ExportStatus.RUNNING: Badge("Running", "blue", "sync"),
    ExportStatus.COMPLETED: Badge("Completed", "green", "check_circle"),
    ExportStatus.FAILED: Badge("Failed", "red", "error"),
}
AGAIN = 2.0
"""Seconds after which the list is drawn again while an export is under way."""


def history(rows: Sequence[ExportRow]) -> None:
    """The list, with what a grid could not offer: progress, and a link that downloads."""
    st.html(history_html(rows))


def history_html(rows: Sequence[ExportRow]) -> str:
    """The list as an HTML table: a link each, which a grid could not offer in the same tab."""
    names = ("Export", "Requested", "Status", "Records", "Size", "Operation")
    head = "".join(f"<th{' class=num' if name in ('Records', 'Size') else ''}>{name}</th>" for name in names)
    return f'<div class="k scroll"><table><tr>{head}</tr>{"".join(map(row_html, rows))}</table></div>'


def row_html(row: ExportRow) -> str:
    """One export: what, when, how far, and Download once it is completed."""
    about = f"{row.format.value.upper()}" + (
        f", data as of {formats.instant(row.data_as_of)}" if row.data_as_of else ""
    )
    return (
        f"<tr><td><b>{formats.text(row.title)}</b><br><span class='mu sm'>{about}</span></td>"
        f"<td>{formats.instant(row.requested_at)}</td><td>{status_html(row)}</td>"
        f'<td class="num">{formats.count((row.rows_done if row.status.over else row.rows_total) or None)}</td>'
        f'<td class="num">{formats.size(row.size)}</td><td>{operation_html(row)}</td></tr>'
    )


def status_html(row: ExportRow) -> str:
    """The status in words; a running one with its progress, a failed one with the reason."""
    badge = pill(BADGES[row.status])
    if row.status is ExportStatus.RUNNING:
        return badge + progress_html(Progress(row.rows_done, row.rows_total, "records", row.requested_at))
    reason = f'<br><span class="mu sm">{formats.text(row.error)}</span>' if row.error else ""
    return badge + reason


def operation_html(row: ExportRow) -> str:
    """Download, or why there is none."""
    if row.downloadable:
        return f'<a href="{row.address}" download>Download</a>'
    return '<span class="mu">File removed</span>' if row.status is ExportStatus.COMPLETED else formats.NOTHING


def sentence(rows: Sequence[ExportRow]) -> str:
    """What waits and what is ready, in a sentence."""
    under_way = sum(not row.status.over for row in rows)
    ready = sum(row.downloadable for row in rows)
    first = f"<b>{formats.plural(ready, 'file')} ready</b> to download"
    return f"{first}, {formats.plural(under_way, 'export')} under way." if under_way else f"{first}."


actor = current_actor()
with unit_of_work(read_only=True) as uow:
    shown = list_page.ask(uow, "exports")
    found = queries.exports(uow, [row.key for row in shown.rows])
page_head("Export history", line=[actor.name, formats.preferences().zone_name])
list_page.toolbar(shown)
if found:
    answer(sentence(found), beside=f"Files are kept for {EXPORT_TERMS.keep.days} days; customer names are anonymised.")
list_page.draw(shown, label="Exports, the newest first", drawn=lambda: history(found))
if any(not row.status.over for row in found):
    again(AGAIN)

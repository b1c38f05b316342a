"""Applications as a list, for the vendor over all partners and for a partner over its own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dashboard.parts import address, formats, listing
from dashboard.parts.case_screen import status_badge
from dashboard.parts.chips import Chip, Choice
from dashboard.parts.due import due_words
from dashboard.parts.empty import state
from dashboard.parts.go import go
from dashboard.parts.pager import page_from_address, pager
from dashboard.parts.rows import Row, Tone
from dashboard.parts.tables import Column
from models.applications import queries
from models.applications.rows import CaseFilter, CaseOrder, CaseRow
from models.core.actor import current_actor
from models.core.unit_of_work import unit_of_work

PARAMS = ("status", "only", "q")
ONLY = {"open": "Going on", "over": "Over"}
ORDERS = {CaseOrder.CHANGED: "Latest change first", CaseOrder.NUMBER: "Highest number first"}
COLUMNS = [
    Column("number", "Number", width=112), Column("title", "Activity", width=160),
    Column("partner", "Partner", width=122), Column("status", "Status", width=244),
    Column("amount", "Amount, USD", width=92, kind="amount"), Column("who", "Waits for", width=118),
    Column("due", "Until", width=140), Column("changed", "Changed", width=90),
]  # fmt: skip


def wanted_from_address() -> CaseFilter:
    """The applications that the address asks for."""
    only = address.get("only")
    return CaseFilter(
        search=address.get("q"), statuses=address.get_all("status"),
        open={"open": True, "over": False}.get(only),
    )  # fmt: skip


def chips_of() -> list[Chip]:
    """The filters that are on."""
    chips = [Chip(status, "status", status) for status in address.get_all("status")]
    return chips + [Chip(ONLY[each], "only", each) for each in address.get_all("only") if each in ONLY]


def choices(counted: Mapping[str, int]) -> list[Choice]:
    """What can be filtered by."""
    return [
        Choice("status", "Status", [(status, f"{status} ({number:,})") for status, number in counted.items()]),
        Choice("only", "Only", list(ONLY.items())),
    ]


def order_from_address(key: str) -> CaseOrder:
    """How the list is sorted, with the box to choose it."""
    return CaseOrder(listing.order_box({order.value: words for order, words in ORDERS.items()}, key=key))


def case_list(wanted: CaseFilter, total: int, *, key: str, partner: bool, order: CaseOrder = CaseOrder.CHANGED) -> None:
    """The list, page by page; one that is opened leads to its page. `partner`: whether partners are named."""
    listing.keep_place(key, wanted, order)
    with unit_of_work(read_only=True) as uow:
        page = queries.cases(uow, wanted, page_from_address(listing.SIZE), order)
    if not page.rows:
        if wanted != CaseFilter():
            state("empty", "No case matches", "Take a filter away or search for something else.")
        else:
            state("empty", "No cases yet", "What is applied for appears here, with whoever it waits for.")
        return
    away = "changed" if partner else "partner"  # as many columns as fit
    columns = [column for column in COLUMNS if column.field != away]
    opened = listing.listed(
        [_cells(row) for row in page.rows], columns, [_narrow(row, partner) for row in page.rows], key=key,
        alt=f"{formats.plural(total, 'case')} with status, amount, who it waits for and until when.",
        label="Cases, the latest change first; open one to see all of it",
    )  # fmt: skip
    pager(page.previous, page.next, words=f"{formats.count(len(page.rows))} of {formats.plural(total, 'case')}")
    if opened:
        go("case", {"case": opened})


def _cells(row: CaseRow) -> dict[str, Any]:
    who, due, _ = _waits(row, short=True)
    return {
        "number": row.number, "title": row.title or formats.NOTHING, "partner": row.partner, "status": row.status,
        "amount": row.amount, "who": _short(who) or formats.NOTHING, "due": due or formats.NOTHING,
        "changed": formats.clock_or_day(row.changed_at),
    }  # fmt: skip


def _short(who: str) -> str:
    """One of several roles, so that the column stays narrow; the case's page names them all."""
    first, others, _ = who.partition(" or ")
    return f"{first} or others" if others else first


def _narrow(row: CaseRow, partner: bool) -> Row:
    who, due, tone = _waits(row)
    amount = formats.amount(row.amount) if row.amount is not None else ""
    by = f"{row.partner} · " if partner else ""
    badge = status_badge(row.status)
    note = f"{who} · {due}" if who and due else who or formats.clock_or_day(row.changed_at)
    return Row(str(row.id), row.title or row.number, f"{by}{row.status}", amount, note, tone, badge.icon)


def _waits(row: CaseRow, *, short: bool = False) -> tuple[str, str, Tone]:
    """Whom a case waits for, until when, and how that looks."""
    if not row.standing:
        return "", "", "gray"
    first = row.standing[0]
    due: str = ""
    tone: Tone = "gray"
    if first.due_at or first.paused:
        due, tone = due_words(first.due_at, paused=first.paused, short=short)
    mine = first.who == "Partner" and not current_actor().is_vendor
    return "You" if mine else first.who, due, tone

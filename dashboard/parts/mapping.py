"""Sub-accounts in words: what is nobody's yet, what a mapping would move, how far one is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

import streamlit as st

from dashboard.parts import formats
from dashboard.parts.delivery import BADGES
from dashboard.parts.head import pill
from dashboard.parts.progress import Progress, bar_html, time_left
from dashboard.parts.tables import Column
from models.expenditures.rules import ImportStatus
from models.expenditures.sub_accounts import MoveRow, SubAccountRow

UNMAPPED_COLUMNS = [
    Column("sub_account", "Sub-account", width=160), Column("amount", "Billed cost", "exact", width=150),
    Column("lines", "Lines", "count", width=70), Column("name", "Name", width=150),
    Column("provider", "Provider", width=90), Column("source", "Source", width=110),
    Column("days", "Days", width=210),
]  # fmt: skip


def amounts(totals: Mapping[str, Decimal]) -> str:
    """Amounts by currency, never added: `20.52 USD + 4.00 EUR`."""
    return " + ".join(f"{formats.amount(amount)} {currency}" for currency, amount in sorted(totals.items())) or "0.00"


def unmapped_cells(row: SubAccountRow) -> dict[str, Any]:
    """A sub-account that is nobody's, as a line of the grid."""
    days = formats.day(row.first) if row.first == row.last else f"{formats.day(row.first)} to {formats.day(row.last)}"
    cost = " + ".join(f"{formats.exact(amount)} {currency}" for currency, amount in sorted(row.amounts.items()))
    return {
        "sub_account": row.sub_account_id, "name": row.name, "source": row.source, "provider": row.provider,
        "lines": row.lines, "amount": cost, "days": days,
    }  # fmt: skip


def sentence(accounts: int, lines: int, totals: Mapping[str, Decimal], *, mapped: bool) -> str:
    """What is nobody's yet, as HTML."""
    if accounts:
        number, verb = formats.plural(accounts, "sub-account"), "is" if accounts == 1 else "are"
        return (
            f"<b>{number}</b> with {formats.plural(lines, 'line')} {verb} nobody's yet:"
            f" <b>{amounts(totals)}</b> count in the vendor's totals as Unmapped."
        )
    return "Every sub-account is mapped to a customer." if mapped else "Nothing was imported yet."


def preview_words(chosen: Sequence[SubAccountRow], customer: str) -> str:
    """What mapping would do, before it is done."""
    totals: dict[str, Decimal] = {}
    for row in chosen:
        for currency, amount in row.amounts.items():
            totals[currency] = totals.get(currency, Decimal(0)) + amount
    lines = formats.plural(sum(row.lines for row in chosen), "line")
    return (
        f"{lines} of {formats.plural(len(chosen), 'sub-account')}, {amounts(totals)}, move to {customer}, and each line"
        " to the partner that the customer belonged to on its day. Later deliveries follow by themselves."
    )


def show_moves(rows: Sequence[MoveRow]) -> None:
    """The newest mappings: running ones with their progress, ended ones with what they came to."""
    lines = "".join(f"<tr><td>{_what(row)}</td><td>{_state(row)}</td></tr>" for row in rows)
    st.html(f'<div class="k scroll"><table><tr><th>Mapping</th><th>Lines</th></tr>{lines}</table></div>')


def _what(row: MoveRow) -> str:
    accounts = formats.text(formats.listing(row.sub_account_ids, most=2))
    asked = f"{formats.instant(row.asked_at)} · {formats.text(row.asked_by)}"
    return f'<b>{formats.text(row.source)}</b> {accounts}<br><span class="mu sm">{asked}</span>'


def _state(row: MoveRow) -> str:
    badge = pill(BADGES[row.status])
    if row.status.running:
        pace = Progress(round(row.done * 1000), 1000, "", row.asked_at)
        return badge + bar_html(row.done, " · ".join(filter(None, (row.step or "Working", time_left(pace)))))
    if row.status is ImportStatus.DONE:
        moved = f"{formats.plural(row.lines, 'line')} moved" if row.lines else "No line was there to move"
        cost = f" · {amounts(row.amounts)}" if row.amounts else ""
        return f'{badge}<br><span class="mu sm">{moved}{cost}</span>'
    return badge + (f'<br><span class="mu sm">{formats.text(row.message)}</span>' if row.message else "")

"""The list of expenditure lines behind a figure, and one line in full."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

import streamlit as st

from dashboard.parts import formats
from dashboard.parts.dialog import dialog
from dashboard.parts.head import section
from dashboard.parts.rows import Row, rows
from dashboard.parts.tables import Column, grid
from models.expenditures.answers import LinePage, LineRow

_SHOWN = "lines_shown"
SORT_NAMES = {"amount": "Largest first", "time": "Newest first"}


def line_list(page: LinePage, *, partners: bool) -> LineRow | None:
    """The lines of one page; returns the one that was chosen. A grid on a screen, a list on a phone."""
    with st.container(key="wide_lines"):
        chosen = grid(
            [_cells(line) for line in page.rows],
            _columns(partners),
            key=f"lines:{st.session_state.get(_SHOWN, 0)}",
            height=36 + 32 * min(len(page.rows), 15),
            alt=f"{len(page.rows)} of {page.count} expenditure lines with date, customer, service and exact amount.",
        )
    with st.container(key="narrow_lines"):
        narrow = [_row(str(place), line) for place, line in enumerate(page.rows)]
        opened = rows(narrow, key="lines_narrow", label="Lines")
    place = chosen if chosen is not None else int(opened) if opened else None
    return page.rows[place] if place is not None and place < len(page.rows) else None


def _shown() -> None:
    """The dialog was closed: a grid with another key has nothing chosen, so that it does not open again."""
    st.session_state[_SHOWN] = st.session_state.get(_SHOWN, 0) + 1


@dialog("Expenditure line", width="large", on_dismiss=_shown)
def line_in_full(line: LineRow) -> None:
    """Everything that is known of one line, with every decimal of the delivery. Reads nothing."""
    section(
        f"{line.service_type or 'Line'}, {formats.day(line.spent_on)}",
        aside=f"{formats.eight(line.expenditure)} {line.currency}",
    )
    pairs = "".join(f"<span>{name}</span><span>{formats.text(value)}</span>" for name, value in _facts(line) if value)
    st.html(f'<div class="k dl two">{pairs}</div>')


def totals_words(page: LinePage) -> str:
    """The sum of every line of the question, per currency, exact to the cent; as HTML."""
    sums = [f"<b>{formats.amount(total.now)} {formats.text(total.currency)}</b>" for total in page.totals]
    return formats.listing(sums, most=9) if sums else "nothing"


def _columns(partners: bool) -> list[Column]:
    return [
        Column("spent_on", "Spent on", width=90),
        Column("customer", "Customer", width=140),
        *([Column("partner", "Partner", width=140)] if partners else [Column("product", "Product", width=140)]),
        Column("service_type", "Service type", width=126),
        Column("region", "Region", width=120),
        Column("billing_mode", "Billing mode", width=100),
        Column("bill_type", "Bill type", width=84),
        Column("expenditure", "Expenditure", "exact", 130),
        Column("currency", "", width=46),
    ]


def _cells(line: LineRow) -> dict[str, object]:
    return {
        "spent_on": formats.day(line.spent_on),
        "customer": _whose(line),
        "partner": line.partner or formats.NOTHING,
        "service_type": line.service_type or formats.NOTHING,
        "product": line.product or formats.NOTHING,
        "region": line.region or formats.NOTHING,
        "billing_mode": line.billing_mode,
        "bill_type": line.bill_type,
        "expenditure": formats.eight(line.expenditure),
        "currency": line.currency,
    }


def _row(place: str, line: LineRow) -> Row:
    sub = " · ".join(filter(None, (line.service_type, line.region)))
    amount = f"{formats.eight(line.expenditure)} {line.currency}"
    return Row(place, _whose(line), sub, amount, f"{formats.day(line.spent_on)} · {line.bill_type}", "gray", "receipt")


def _whose(line: LineRow) -> str:
    """The customer; of a line that nobody mapped, the sub-account it was delivered for."""
    if line.customer_id is not None:
        return line.customer
    return line.sub_account_name or line.sub_account_id or line.customer or formats.NOTHING


def _facts(line: LineRow) -> Sequence[tuple[str, str]]:
    return (
        ("Expenditure", f"{formats.exact(line.expenditure)} {line.currency}"),
        ("List price", _money(line.list_price, line.currency)),
        ("Usage", f"{formats.exact(line.quantity)} {line.unit}".strip() if line.quantity is not None else ""),
        ("Billing cycle", formats.month(line.cycle)),
        ("Spent", _span(line.charge_start, line.charge_end)),
        ("Customer", line.customer),
        ("Account", line.account_name),
        ("Partner", line.partner),
        ("Association type", line.association_type),
        ("Account manager", line.account_manager),
        ("Sub-account", " · ".join(filter(None, (line.sub_account_name, line.sub_account_id)))),
        ("Provider", line.provider),
        ("Service", " › ".join(filter(None, (line.service_family, line.service_type, line.product)))),
        ("Region", line.region),
        ("Billing mode", line.billing_mode),
        ("Bill type", line.bill_type),
        ("Resource", " · ".join(filter(None, (line.resource_name, line.resource_id)))),
        ("Description", line.description),
        ("Delivered by", f"{line.source}, file {line.file_id}, line {line.line}"),
    )


def _money(amount: Decimal | None, currency: str) -> str:
    return "" if amount is None else f"{formats.exact(amount)} {currency}"


def _span(start: datetime | None, end: datetime | None) -> str:
    if start is None:
        return ""
    until = f" – {formats.instant(end)}" if end else ""
    return f"{formats.instant(start)}{until} {formats.preferences().zone_name}"

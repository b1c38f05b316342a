"""Payments: what is owed out of cases, how far each payment is, and what was paid (BEN-VND-20, BEN-COM-02)."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from dashboard.parts import formats, list_page
from dashboard.parts.formats import text
from dashboard.parts.go import go
from dashboard.parts.head import answer, page_head
from dashboard.parts.rows import Tone
from models.core.unit_of_work import unit_of_work
from models.engines.lists import ListRow
from models.lists import queries
from models.payments.rules import PayableStatus

LOOKS: Mapping[PayableStatus, tuple[Tone, str]] = {
    PayableStatus.OPEN: ("gray", "receipt_long"), PayableStatus.INVOICED: ("blue", "fact_check"),
    PayableStatus.PAYING: ("blue", "hourglass_top"), PayableStatus.FAILED: ("red", "error"),
    PayableStatus.PAID: ("green", "check_circle"),
}  # fmt: skip


def sentence(shown: list_page.Shown, sums: Mapping[tuple[Any, str], Decimal]) -> str:
    """How many payments there are, what is still owed by them and what was paid, each currency by itself."""
    owed, paid = dict[str, Decimal](), dict[str, Decimal]()
    for (status, currency), amount in sums.items():
        where = paid if status is PayableStatus.PAID else owed
        where[currency] = where.get(currency, Decimal(0)) + amount
    words = f"<b>{text(list_page.total_words(shown))}</b>"
    return f"{words} in all; {money(owed, 'nothing')} is still owed and {money(paid, 'nothing')} was paid."


def money(amounts: Mapping[str, Decimal], nothing: str) -> str:
    """Amounts of several currencies, never added."""
    said = [f"<b>{formats.amount(amount)} {text(currency)}</b>" for currency, amount in sorted(amounts.items())]
    return formats.listing(said) if said else nothing


def look(row: ListRow) -> tuple[Tone, str]:
    """How far a payment is, as colour and sign."""
    return LOOKS[row.values["state"]]


with unit_of_work(read_only=True) as uow:
    shown = list_page.ask(uow, "payments", more=["_case", "state"])
    sums = queries.sum_by(uow, shown.opened, shown.asked, "state", "amount") if shown.rows else {}
page_head("Payments", line=["Out of approved cases, tax included", formats.preferences().zone_name])
list_page.toolbar(shown)
if shown.rows:
    answer(sentence(shown, sums))
if opened := list_page.draw(shown, label="Payments, the newest first; open one to see its case", look=look):
    go("case", {"case": str(next(row.values["_case"] for row in shown.rows if str(row.key) == opened))})

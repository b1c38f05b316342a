"""Supplier invoicing information as a page to print, sign and mail with the invoice (BEN-MDI-02, BEN-FSV-02)."""

from __future__ import annotations

import io
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from reportlab.lib.pagesizes import A4
from reportlab.lib.units import mm
from reportlab.platypus import SimpleDocTemplate, Spacer, Table, TableStyle

from models.applications import access
from models.core.clock import BUSINESS_ZONE
from models.core.errors import WrongState
from models.core.money import money_text
from models.core.paper import GREY, INK, LINE, paragraph
from models.core.unit_of_work import UnitOfWork
from models.engines.definitions import ApplicationType
from models.payments import queries
from models.payments.queries import PayableRow

FORM = "invoicing"
_ADVICE = "Mail this page together with the invoice. The invoice must follow the information given here."


@dataclass(frozen=True, slots=True)
class InvoicingPage:
    """What the page says, label by label. `amount` is what is owed, tax included, in `currency`."""

    number: str
    benefit: str
    mail_to: tuple[tuple[str, str], ...]
    lines: tuple[tuple[str, str], ...]
    amount: Decimal
    currency: str


def invoicing_page(uow: UnitOfWork, case_id: UUID) -> InvoicingPage:
    """The invoicing information of a case that the actor may see, as the partner sent it last.

    Raises:
        NotFound: there is no such case among those the actor may see.
        WrongState: the invoicing information was not sent yet.
    """
    found = access.find(uow, case_id)
    sent = access.whole(uow, found)
    payable = queries.payable_of(uow, case_id)
    data = sent.earlier.get(FORM)
    if data is None or payable is None:
        raise WrongState("The invoicing information was not sent yet. Fill it in, then print it.")
    return InvoicingPage(
        payable.number, found.type.name, _mail_to(found.type), _lines(payable, data, sent.sent_at[FORM]),
        payable.amount, payable.currency,
    )  # fmt: skip


def _mail_to(made: ApplicationType) -> tuple[tuple[str, str], ...]:
    """Where the vendor wants it; parameters of the payment process."""
    given: dict[str, Any] = next(iter(made.processes.values()), {})
    names = (("Mailing address", "mailing_address"), ("Recipient", "recipient"), ("Contact", "contact"))
    return tuple((label, str(given[name])) for label, name in names if given.get(name))


def _lines(payable: PayableRow, data: Mapping[str, Any], sent: datetime) -> tuple[tuple[str, str], ...]:
    def given(name: str) -> str:
        return str(data.get(name) or "--")

    filled_in = f"{sent.astimezone(BUSINESS_ZONE):%b %d, %Y %H:%M:%S} (GMT+08:00)"
    period = f"{payable.opened_at.astimezone(BUSINESS_ZONE):%Y-%m}"
    return (
        ("Supplier Name", given("supplier_name")), ("Supplier Code", given("supplier_code")),
        ("Supplier Contact (Finance)", given("supplier_contact")), ("Mobile Number", given("supplier_mobile")),
        ("Email", given("supplier_email")), ("Filled In", filled_in), ("Bank Name", given("bank_name")),
        ("Bank Account", given("bank_account")), ("Contract No.", given("contract_no")),
        ("Payment Terms", given("payment_terms")), ("Invoice No.", given("invoice_no")),
        ("Payment Requisition No.", payable.requisition_no), ("Payment Method", given("payment_method")),
        ("Reconciliation Period", period),
    )  # fmt: skip


def invoicing_pdf(uow: UnitOfWork, case_id: UUID) -> bytes:
    """The invoicing information as a page to print, PDF.

    Raises:
        NotFound: there is no such case among those the actor may see.
        WrongState: the invoicing information was not sent yet.
    """
    return _drawn(invoicing_page(uow, case_id))


def _drawn(page: InvoicingPage) -> bytes:
    target = io.BytesIO()
    title = f"Supplier Invoicing Information {page.number}"
    document = SimpleDocTemplate(
        target, pagesize=A4, leftMargin=20 * mm, rightMargin=20 * mm, topMargin=18 * mm, bottomMargin=18 * mm,
        title=title, author="Kontor",
    )  # fmt: skip
    document.build(
        [
            paragraph("Supplier Invoicing Information", 17), paragraph(f"{page.benefit} · {page.number}", 9, GREY),
            Spacer(1, 5 * mm), *_mailing(page), _table(page.lines), Spacer(1, 9 * mm),
            paragraph("Amount Payable (Tax Included)", 9, GREY),
            paragraph(f"{money_text(page.amount)} {page.currency}", 16), Spacer(1, 14 * mm), _signatures(),
            Spacer(1, 8 * mm), paragraph(_ADVICE, 8.5, GREY),
        ]
    )  # fmt: skip
    return target.getvalue()


def _mailing(page: InvoicingPage) -> list[Any]:
    return [paragraph("Mail to", 10), _table(page.mail_to), Spacer(1, 4 * mm)] if page.mail_to else []


def _table(rows: Iterable[tuple[str, str]]) -> Table:
    cells = [[paragraph(label, 9, GREY), paragraph(value, 9.5)] for label, value in rows]
    table = Table(cells, colWidths=[52 * mm, 118 * mm], splitInRow=1)  # a definition may allow more than a page holds
    table.setStyle(TableStyle([("LINEBELOW", (0, 0), (-1, -1), 0.4, LINE), ("VALIGN", (0, 0), (-1, -1), "TOP")]))
    return table


def _signatures() -> Table:
    table = Table([[paragraph("Date, place", 8.5, GREY), "", paragraph("Signature and stamp", 8.5, GREY)]],
                  colWidths=[70 * mm, 20 * mm, 80 * mm])  # fmt: skip
    style = [("LINEABOVE", (0, 0), (0, 0), 0.6, INK), ("LINEABOVE", (2, 0), (2, 0), 0.6, INK)]
    table.setStyle(TableStyle(style))
    return table

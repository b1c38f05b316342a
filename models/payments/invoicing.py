"""Supplier invoicing information as a page to print, sign and mail with the invoice (BEN-MDI-02, BEN-FSV-02)."""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any
from uuid import UUID

from reportlab.lib import colors
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.platypus import Paragraph, SimpleDocTemplate, Spacer, Table, TableStyle

from models.applications import access
from models.core.clock import BUSINESS_ZONE
from models.core.errors import WrongState
from models.core.money import money_text
from models.core.unit_of_work import UnitOfWork
from models.engines.definitions import ApplicationType
from models.payments import queries
from models.payments.queries import PayableRow

FORM = "invoicing"
_ADVICE = "Mail this page together with the invoice. The invoice must follow the information given here."
_CJK = re.compile(r"[\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff\uff00-\uffef]+")
_INK, _GREY, _LINE = colors.HexColor("#171A1F"), colors.HexColor("#59616E"), colors.HexColor("#E1E4E9")


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
    _fonts()
    target = io.BytesIO()
    title = f"Supplier Invoicing Information {page.number}"
    document = SimpleDocTemplate(
        target, pagesize=A4, leftMargin=20 * mm, rightMargin=20 * mm, topMargin=18 * mm, bottomMargin=18 * mm,
        title=title, author="Kontor",
    )  # fmt: skip
    document.build(
        [
            _text("Supplier Invoicing Information", 17), _text(f"{page.benefit} · {page.number}", 9, _GREY),
            Spacer(1, 5 * mm), *_mailing(page), _table(page.lines), Spacer(1, 9 * mm),
            _text("Amount Payable (Tax Included)", 9, _GREY),
            _text(f"{money_text(page.amount)} {page.currency}", 16), Spacer(1, 14 * mm), _signatures(),
            Spacer(1, 8 * mm), _text(_ADVICE, 8.5, _GREY),
        ]
    )  # fmt: skip
    return target.getvalue()


def _mailing(page: InvoicingPage) -> list[Any]:
    return [_text("Mail to", 10), _table(page.mail_to), Spacer(1, 4 * mm)] if page.mail_to else []


def _table(rows: Iterable[tuple[str, str]]) -> Table:
    cells = [[_text(label, 9, _GREY), _text(value, 9.5)] for label, value in rows]
    table = Table(cells, colWidths=[52 * mm, 118 * mm], splitInRow=1)  # a definition may allow more than a page holds
    table.setStyle(TableStyle([("LINEBELOW", (0, 0), (-1, -1), 0.4, _LINE), ("VALIGN", (0, 0), (-1, -1), "TOP")]))
    return table


def _signatures() -> Table:
    table = Table([[_text("Date, place", 8.5, _GREY), "", _text("Signature and stamp", 8.5, _GREY)]],
                  colWidths=[70 * mm, 20 * mm, 80 * mm])  # fmt: skip
    style = [("LINEABOVE", (0, 0), (0, 0), 0.6, _INK), ("LINEABOVE", (2, 0), (2, 0), 0.6, _INK)]
    table.setStyle(TableStyle(style))
    return table


def _text(text: str, size: float, color: Any = _INK) -> Paragraph:
    """A paragraph; what people typed is escaped, signs of East Asia are set in a font that has them."""
    escaped = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    marked = _CJK.sub(lambda found: f'<font name="STSong-Light">{found[0]}</font>', escaped)
    style = ParagraphStyle("own", fontName="DejaVu", fontSize=size, leading=size * 1.4, textColor=color)
    return Paragraph(marked, style)


@cache
def _fonts() -> None:
    pdfmetrics.registerFont(TTFont("DejaVu", str(Path(__file__).parent / "fonts" / "DejaVuSans.ttf")))
    pdfmetrics.registerFont(UnicodeCIDFont("STSong-Light"))

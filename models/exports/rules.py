"""States and formats of an export, and what may stand in its file: masked, with eight decimals."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Context, Decimal
from enum import StrEnum


class ExportStatus(StrEnum):
    """How far an export is; Download is offered once it is completed (FIN-EXP-01)."""

    WAITING = "waiting"
    RUNNING = "running"
    COMPLETED = "completed"
    FAILED = "failed"

    @property
    def over(self) -> bool:
        """Whether nothing will happen to it any more."""
        return self in (ExportStatus.COMPLETED, ExportStatus.FAILED)


class ExportFormat(StrEnum):
    """The kinds of file an export can be."""

    CSV = "csv"
    XLSX = "xlsx"
    PARQUET = "parquet"
    PDF = "pdf"

    @property
    def content_type(self) -> str:
        """What a browser is told."""
        return {
            ExportFormat.CSV: "text/csv; charset=utf-8",
            ExportFormat.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            ExportFormat.PARQUET: "application/vnd.apache.parquet",
            ExportFormat.PDF: "application/pdf",
        }[self]


class ColumnKind(StrEnum):
    """What a column holds, which decides how each kind of file shows it."""

    TEXT = "text"
    NAME = "name"  # a customer's name: masked
    EMAIL = "email"  # masked
    MOBILE = "mobile"  # masked
    AMOUNT = "amount"  # eight decimals
    EXACT = "exact"  # every decimal of the source, so that rows add up to the last digit
    QUANTITY = "quantity"  # every decimal
    NUMBER = "number"
    DATE = "date"
    INSTANT = "instant"  # shown in GMT+08:00


@dataclass(frozen=True, slots=True)
class ExportTerms:
    """What the vendor set for exports: most records of one (CUS-EXD-04), and how long its file is kept."""

    largest: int = 5_000_000
    keep: timedelta = timedelta(days=30)


EXPORT_TERMS = ExportTerms()
CREATED = "Export task created."
"""What the page says when an export was asked for (CUS-COM-06)."""

EIGHT = Decimal("0.00000001")
_WIDE = Context(prec=60)
_ADDRESS = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
_FORBIDDEN = re.compile(r'[\x00-\x1f<>:"/\\|?*%]+')


def eight_decimals(amount: Decimal) -> Decimal:
    """An amount as exports show it: to eight decimals, half up. Source: FIN-MONEY-13."""
    return amount.quantize(EIGHT, ROUND_HALF_UP, _WIDE)


def masked_name(name: str) -> str:
    """A customer's name of which the first and the last character stay: `C****4`. Source: FIN-EXP-03, CUS-COM-03."""
    name = name.strip()
    if len(name) < 3:
        return f"{name[:1]}****" if name else ""
    return f"{name[0]}****{name[-1]}"


def masked_email(address: str) -> str:
    """An e-mail address that keeps at most the first five characters and its domain: `q2024**@163.com`.

    Source: FIN-EXP-03, CUS-COM-03.
    """
    person, at, domain = address.strip().rpartition("@")
    if not at:
        return masked_name(address)
    return f"{person[: min(5, max(len(person) - 2, 1))]}**@{domain}" if person else f"**@{domain}"


def masked_mobile(number: str) -> str:
    """A mobile number of which three digits in front and four at the end stay: `193****0003`; less of a short one.

    Source: FIN-EXP-03, CUS-COM-03.
    """
    number = number.strip()
    if len(number) >= 10:
        return f"{number[:3]}****{number[-4:]}"
    return f"{number[:1]}****{number[-1:]}" if len(number) > 3 else ("****" if number else "")


def without_addresses(text: str) -> str:
    """Free text in which every e-mail address is masked. Source: FIN-EXP-03."""
    return _ADDRESS.sub(lambda found: masked_email(found.group()), text) if "@" in text else text


def file_name(title: str, on: date, kind: ExportFormat) -> str:
    """A name that says what is in the file and from when: `Expenditure trend 2026-11-24.csv`."""
    plain = " ".join(_FORBIDDEN.sub(" ", title).split()).strip(". ")[:120] or "Export"
    return f"{plain} {on.isoformat()}.{kind.value}"

"""What the record store knows of deliveries: sources, imports, delivered files, and whose a sub-account is.

The lines themselves are in the lake (`facts.py`). An import is an intent row here first, then one lake commit that
carries the import's id, then a done row: `recovery.py` compares the two after a crash.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKey, Index, Integer, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from models.core.database import Base, Unscoped
from models.core.types import Id, Instant
from models.expenditures.rules import ImportKind, ImportStatus

_BY_VENDOR = "deliveries belong to the vendor; the queries demand expenditures.import or expenditures.map"


class DeliverySource(Unscoped, Base):
    """A source of deliveries, such as one cloud account's export. Its lease lets in one import at a time."""

    unscoped_because = _BY_VENDOR
    __tablename__ = "delivery_source"

    id: Mapped[Id]
    name: Mapped[str] = mapped_column(unique=True)
    holder: Mapped[str | None]  # host, process and import that hold the lease
    held_until: Mapped[Instant | None]


class DeliveryFile(Unscoped, Base):
    """A file of a source by its name, and the content that is in the lake now (none: never imported with success)."""

    unscoped_because = _BY_VENDOR
    __tablename__ = "delivery_file"
    __table_args__ = (UniqueConstraint("source", "name"),)

    # A number, not a UUID: every line in the lake carries it, and exact bounds of it find a file's data files.
    id: Mapped[int] = mapped_column(BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=True)
    source: Mapped[str]
    name: Mapped[str]
    sha256: Mapped[str | None]
    size: Mapped[int] = mapped_column(BigInteger, default=0)
    read: Mapped[int] = mapped_column(BigInteger, default=0)
    accepted: Mapped[int] = mapped_column(BigInteger, default=0)
    rejected: Mapped[int] = mapped_column(BigInteger, default=0)
    unmapped: Mapped[int] = mapped_column(BigInteger, default=0)
    billed_cost: Mapped[dict[str, Any]] = mapped_column(default=dict)  # currency -> exact total as text
    cycles: Mapped[list[str]] = mapped_column(default=list)  # first days of the months, ISO
    rejects_sha256: Mapped[str | None]
    imported_at: Mapped[Instant | None]


class DeliveryImport(Unscoped, Base):
    """One run that changes the lines of one source: files coming in, or lines moved to the customer they belong to."""

    unscoped_because = _BY_VENDOR
    __tablename__ = "delivery_import"
    __table_args__ = (Index(None, "created_at", "id"), Index(None, "source", "status"))

    id: Mapped[Id]
    kind: Mapped[ImportKind]
    source: Mapped[str]
    status: Mapped[ImportStatus]
    actor_id: Mapped[UUID | None]
    actor_name: Mapped[str]
    created_at: Mapped[Instant]
    started_at: Mapped[Instant | None]
    finished_at: Mapped[Instant | None]
    step: Mapped[str] = mapped_column(default="")  # what it does now, in words
    permille: Mapped[int] = mapped_column(default=0)
    attempts: Mapped[int] = mapped_column(default=0)
    changed: Mapped[bool] = mapped_column(default=False)
    read: Mapped[int] = mapped_column(BigInteger, default=0)
    accepted: Mapped[int] = mapped_column(BigInteger, default=0)
    rejected: Mapped[int] = mapped_column(BigInteger, default=0)
    unmapped: Mapped[int] = mapped_column(BigInteger, default=0)
    billed_cost: Mapped[dict[str, Any]] = mapped_column(default=dict)
    details: Mapped[dict[str, Any]] = mapped_column(default=dict)  # a remap's sub-accounts
    message: Mapped[str | None]  # why it was refused or undone, and what to do


class DeliveryImportFile(Unscoped, Base):
    """A file within an import, and what became of it."""

    unscoped_because = _BY_VENDOR
    __tablename__ = "delivery_import_file"
    __table_args__ = (UniqueConstraint("import_id", "name"),)

    id: Mapped[Id]
    import_id: Mapped[UUID] = mapped_column(ForeignKey("delivery_import.id"))
    file_id: Mapped[int | None] = mapped_column(ForeignKey("delivery_file.id"), index=True)
    position: Mapped[int]
    name: Mapped[str]
    origin: Mapped[str | None]  # where a worker finds the content: a path, or none when it is in the file store
    sha256: Mapped[str | None]
    size: Mapped[int] = mapped_column(BigInteger, default=0)
    changed: Mapped[bool] = mapped_column(default=False)
    read: Mapped[int] = mapped_column(BigInteger, default=0)
    accepted: Mapped[int] = mapped_column(BigInteger, default=0)
    rejected: Mapped[int] = mapped_column(BigInteger, default=0)
    unmapped: Mapped[int] = mapped_column(BigInteger, default=0)
    billed_cost: Mapped[dict[str, Any]] = mapped_column(default=dict)
    cycles: Mapped[list[str]] = mapped_column(default=list)
    rejects_sha256: Mapped[str | None]


class SubAccountMapping(Unscoped, Base):
    """Whose a sub-account of a source is. Without a row its lines count in the vendor's totals as Unmapped."""

    unscoped_because = _BY_VENDOR
    __tablename__ = "sub_account_mapping"
    __table_args__ = (UniqueConstraint("source", "sub_account_id"),)

    id: Mapped[Id]
    source: Mapped[str]
    sub_account_id: Mapped[str]
    customer_id: Mapped[UUID] = mapped_column(ForeignKey("customer.id"), index=True)
    mapped_at: Mapped[Instant]
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}

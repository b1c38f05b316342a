"""An export task and the file it became."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from models.core.database import Base, PartnerScoped
from models.core.types import Id, Instant
from models.exports.rules import ExportFormat, ExportStatus


class ExportTask(PartnerScoped, Base):
    """One export of one person: what was asked (kind and filters), how far it is, where the file lies (FIN-EXP-01)."""

    __tablename__ = "export_task"
    __table_args__ = (Index(None, "requested_by", "requested_at"),)

    id: Mapped[Id]
    partner_id: Mapped[UUID | None] = mapped_column(ForeignKey("partner.id"))
    requested_by: Mapped[UUID] = mapped_column(ForeignKey("user_account.id"))
    requested_at: Mapped[Instant]
    kind: Mapped[str]
    title: Mapped[str]
    format: Mapped[ExportFormat]
    question: Mapped[dict[str, Any]]
    status: Mapped[ExportStatus] = mapped_column(default=ExportStatus.WAITING)
    rows_done: Mapped[int] = mapped_column(default=0)
    rows_total: Mapped[int | None]
    started_at: Mapped[Instant | None]
    finished_at: Mapped[Instant | None]
    data_as_of: Mapped[Instant | None]
    sha256: Mapped[str | None]
    size: Mapped[int | None]
    file_name: Mapped[str | None]
    error: Mapped[str | None]
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}

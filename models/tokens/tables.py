"""Personal tokens, of which the hash alone is kept."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from models.core.database import Base, PartnerScoped
from models.core.types import Id, Instant


class PersonalToken(PartnerScoped, Base):
    """A key of one person for programs, found by the hash of its secret; `hint` are the secret's last characters."""

    __tablename__ = "personal_token"
    __table_args__ = (Index(None, "user_id", "revoked_at"),)

    id: Mapped[Id]
    partner_id: Mapped[UUID | None] = mapped_column(ForeignKey("partner.id"), index=True)
    user_id: Mapped[UUID] = mapped_column(ForeignKey("user_account.id"))
    name: Mapped[str]
    token_hash: Mapped[str] = mapped_column(unique=True)
    hint: Mapped[str]
    areas: Mapped[list[str]]
    created_at: Mapped[Instant]
    expires_at: Mapped[Instant]
    last_used_at: Mapped[Instant | None]
    revoked_at: Mapped[Instant | None]
    revoked_by_name: Mapped[str | None]

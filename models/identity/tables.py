"""Users, their roles, the custom roles of partners, sessions and failed sign-ins."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.core.database import Base, PartnerScoped, Unscoped
from models.core.types import Id, Instant
from models.identity.rules import UserStatus


class UserAccount(PartnerScoped, Base):
    """A person who signs in; without a partner a member of the vendor. The username never changes (ORG-USER-01)."""

    __tablename__ = "user_account"
    __table_args__ = (UniqueConstraint("partner_id", "username"),)

    id: Mapped[Id]
    partner_id: Mapped[UUID | None] = mapped_column(ForeignKey("partner.id"), index=True)
    username: Mapped[str]
    email: Mapped[str] = mapped_column(unique=True)  # kept in lower case: people sign in with it
    name: Mapped[str] = mapped_column(index=True)
    mobile: Mapped[str | None]
    office_phone: Mapped[str | None]
    password_hash: Mapped[str]
    must_change_password: Mapped[bool] = mapped_column(default=False)
    credentials_at: Mapped[Instant | None]  # what was let in before is over, personal tokens too
    status: Mapped[UserStatus] = mapped_column(default=UserStatus.NORMAL)
    director_id: Mapped[UUID | None] = mapped_column(ForeignKey("user_account.id"), index=True)
    preferences: Mapped[dict[str, Any]] = mapped_column(default=dict)
    created_at: Mapped[Instant]
    deleted_at: Mapped[Instant | None]
    version: Mapped[int] = mapped_column(default=1)
    roles: Mapped[list[UserRole]] = relationship(lazy="raise", cascade="all, delete-orphan")

    __mapper_args__ = {"version_id_col": version}


class UserRole(Unscoped, Base):
    """A role that a user has: a preset role's key, or `custom:` and the key of a custom role."""

    unscoped_because = "names a user's role by key only; always joined to the scoped user"
    __tablename__ = "user_role"
    user_id: Mapped[UUID] = mapped_column(ForeignKey("user_account.id", ondelete="CASCADE"), primary_key=True)
    role: Mapped[str] = mapped_column(primary_key=True, index=True)


class CustomRole(PartnerScoped, Base):
    """A role that a partner made for itself (ORG-ROLE-02)."""

    __tablename__ = "custom_role"
    __table_args__ = (UniqueConstraint("partner_id", "name"),)

    id: Mapped[Id]
    partner_id: Mapped[UUID] = mapped_column(ForeignKey("partner.id"))
    name: Mapped[str]
    description: Mapped[str] = mapped_column(default="")
    permissions: Mapped[list[str]]
    created_at: Mapped[Instant]
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}


class UserSession(Unscoped, Base):
    """A signed-in browser, found by the hash of the token in its cookie."""

    unscoped_because = "read by the token's hash or for the user's own list of sessions only"
    __tablename__ = "user_session"
    __table_args__ = (Index(None, "user_id", "ended_at"),)

    id: Mapped[Id]
    token_hash: Mapped[str] = mapped_column(unique=True)
    user_id: Mapped[UUID] = mapped_column(ForeignKey("user_account.id"))
    created_at: Mapped[Instant]
    last_seen_at: Mapped[Instant]
    ended_at: Mapped[Instant | None]
    browser: Mapped[str] = mapped_column(default="")


class SignInFailure(Unscoped, Base):
    """Failed sign-ins in a row for an e-mail address, whether it has an account or not, so that neither is told."""

    unscoped_because = "read by the hash of the address that somebody tries to sign in with"
    __tablename__ = "sign_in_failure"
    email_hash: Mapped[str] = mapped_column(primary_key=True)
    failures: Mapped[int]
    last_at: Mapped[Instant]
    locked_until: Mapped[Instant | None]

"""What is kept of definitions: every version that was ever in use, which one new cases begin under, and who said so."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKeyConstraint, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from models.core.database import Base, Unscoped
from models.core.types import Id, Instant


class DefinitionVersion(Unscoped, Base):
    """The content of a type, for good: kept when it is published, or when the first case is opened under it."""

    unscoped_because = "definitions are the same for everybody"
    __tablename__ = "definition_version"
    key: Mapped[str] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True)
    content: Mapped[dict[str, Any]]
    digest: Mapped[str] = mapped_column(String(64))
    since: Mapped[Instant]


class DefinitionChosen(Unscoped, Base):
    """Which version of a type new cases begin under; without a row it is the one that Kontor came with."""

    unscoped_because = "definitions are the same for everybody"
    __tablename__ = "definition_chosen"
    __table_args__ = (
        ForeignKeyConstraint(["key", "version"], ["definition_version.key", "definition_version.version"]),
    )
    key: Mapped[str] = mapped_column(primary_key=True)
    version: Mapped[int]


class DefinitionPublication(Unscoped, Base):
    """That a version came into force: who wanted it, who agreed, and why. `withdrawn` ones are offered no more."""

    unscoped_because = "definitions are the same for everybody"
    __tablename__ = "definition_publication"
    __table_args__ = (Index(None, "key", "at"),)
    id: Mapped[Id]
    key: Mapped[str]
    version: Mapped[int]
    before: Mapped[int | None]
    at: Mapped[Instant]
    wanted_by: Mapped[UUID | None]
    wanted_by_name: Mapped[str]
    agreed_by: Mapped[UUID | None]
    agreed_by_name: Mapped[str]
    note: Mapped[str]

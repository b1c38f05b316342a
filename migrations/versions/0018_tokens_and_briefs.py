"""tokens: personal keys for programs; briefs: what changed, why, what is at risk and what waits, on a schedule

Revision ID: 0018
Revises: 0016
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0018"
down_revision = "0016"

JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def _instant(name: str, *, nullable: bool = False) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def upgrade() -> None:
    op.create_table(
        "personal_token",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("partner_id", sa.Uuid(), nullable=True),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("token_hash", sa.String(), nullable=False),
        sa.Column("hint", sa.String(), nullable=False),
        sa.Column("areas", JSON, nullable=False),
        _instant("created_at"),
        _instant("expires_at"),
        _instant("last_used_at", nullable=True),
        _instant("revoked_at", nullable=True),
        sa.Column("revoked_by_name", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(["partner_id"], ["partner.id"], name=op.f("fk_personal_token_partner_id_partner")),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name=op.f("fk_personal_token_user_id_user_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_personal_token")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_personal_token_token_hash")),
    )
    op.create_index(op.f("ix_personal_token_partner_id"), "personal_token", ["partner_id"])
    op.create_index(op.f("ix_personal_token_user_id_revoked_at"), "personal_token", ["user_id", "revoked_at"])
    op.create_table(
        "brief",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("every", sa.Enum("day", "week", "month", name="every", native_enum=False, length=40), nullable=False),
        sa.Column("on_day", sa.Integer(), nullable=False),
        sa.Column("at", sa.String(), nullable=False),
        sa.Column("filters", JSON, nullable=False),
        sa.Column("by_mail", sa.Boolean(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        _instant("next_at", nullable=True),
        _instant("created_at"),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name=op.f("fk_brief_user_id_user_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_brief")),
        sa.UniqueConstraint("user_id", name=op.f("uq_brief_user_id")),
    )
    op.create_table(
        "brief_edition",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("brief_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("period", sa.String(), nullable=False),
        sa.Column(
            "status",
            sa.Enum("waiting", "ready", "failed", name="editionstatus", native_enum=False, length=40),
            nullable=False,
        ),
        _instant("asked_at"),
        _instant("made_at", nullable=True),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("content", JSON, nullable=False),
        sa.Column("error", sa.String(), nullable=True),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["brief_id"], ["brief.id"], name=op.f("fk_brief_edition_brief_id_brief")),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name=op.f("fk_brief_edition_user_id_user_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_brief_edition")),
        sa.UniqueConstraint("brief_id", "period", name=op.f("uq_brief_edition_brief_id_period")),
    )
    op.create_index(op.f("ix_brief_edition_user_id_asked_at"), "brief_edition", ["user_id", "asked_at"])


def downgrade() -> None:
    op.drop_table("brief_edition")
    op.drop_table("brief")
    op.drop_table("personal_token")

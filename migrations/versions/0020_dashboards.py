"""dashboards: tiles of questions with their draft, what was shared with which roles, and what stands on home pages

Revision ID: 0020
Revises: 0015
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0020"
down_revision = "0015"

JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def upgrade() -> None:
    op.create_table(
        "dashboard",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("owner_id", sa.Uuid(), nullable=False),
        sa.Column("owner_name", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("draft", JSON, nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("saved_by_name", sa.String(), nullable=False),
        sa.Column("shared", sa.Integer(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["owner_id"], ["user_account.id"], name=op.f("fk_dashboard_owner_id_user_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dashboard")),
    )
    op.create_index(op.f("ix_dashboard_owner_id"), "dashboard", ["owner_id"])
    op.create_table(
        "dashboard_version",
        _of_dashboard(),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("content", JSON, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by", sa.Uuid(), nullable=True),
        sa.Column("by_name", sa.String(), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        _goes_with("dashboard_version"),
        sa.PrimaryKeyConstraint("dashboard_id", "number", name=op.f("pk_dashboard_version")),
    )
    op.create_table(
        "dashboard_role",
        _of_dashboard(),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("home", sa.Boolean(), nullable=False),
        _goes_with("dashboard_role"),
        sa.PrimaryKeyConstraint("dashboard_id", "role", name=op.f("pk_dashboard_role")),
    )
    op.create_table(
        "own_dashboard",
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("dashboard_id", sa.Uuid(), nullable=True),
        _goes_with("own_dashboard"),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name=op.f("fk_own_dashboard_user_id_user_account")),
        sa.PrimaryKeyConstraint("user_id", name=op.f("pk_own_dashboard")),
    )


def downgrade() -> None:
    for table in ("own_dashboard", "dashboard_role", "dashboard_version", "dashboard"):
        op.drop_table(table)


def _of_dashboard() -> sa.Column[object]:
    return sa.Column("dashboard_id", sa.Uuid(), nullable=False)


def _goes_with(table: str) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_{table}_dashboard_id_dashboard")
    return sa.ForeignKeyConstraint(["dashboard_id"], ["dashboard.id"], name=name, ondelete="CASCADE")

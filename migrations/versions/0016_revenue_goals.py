"""Annual revenue goals of partners, with their history."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy import text

revision = "0016"
down_revision = "0017"

AT = sa.DateTime(timezone=True)
IN_FORCE = text("ended_at IS NULL")


def upgrade() -> None:
    op.create_table(
        "revenue_goal",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("partner_id", sa.Uuid(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(3), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("set_at", AT, nullable=False),
        sa.Column("set_by_name", sa.String(), nullable=False),
        sa.Column("ended_at", AT, nullable=True),
        sa.Column("ended_by_name", sa.String(), nullable=True),
        sa.CheckConstraint("amount > 0", name=op.f("ck_revenue_goal_amount")),
        sa.ForeignKeyConstraint(["partner_id"], ["partner.id"], name=op.f("fk_revenue_goal_partner_id_partner")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_revenue_goal")),
    )
    op.create_index(op.f("ix_revenue_goal_partner_id_year_set_at"), "revenue_goal", ["partner_id", "year", "set_at"])
    op.create_index(
        "ix_revenue_goal_now",
        "revenue_goal",
        ["partner_id", "year"],
        unique=True,
        sqlite_where=IN_FORCE,
        postgresql_where=IN_FORCE,
    )


def downgrade() -> None:
    op.drop_table("revenue_goal")

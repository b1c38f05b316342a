"""Alerts on figures: what their owners watch, and what they were told."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0015"
down_revision = "0018"

AT = sa.DateTime(timezone=True)
JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def upgrade() -> None:
    op.create_table(
        "figure_alert",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("question", JSON, nullable=False),
        sa.Column("rule", JSON, nullable=False),
        sa.Column("created_at", AT, nullable=False),
        sa.Column("snoozed_until", sa.Date(), nullable=True),
        sa.Column("state", sa.String(40), nullable=False),
        sa.Column("words", sa.String(), nullable=False),
        sa.Column("looked_at", AT, nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name=op.f("fk_figure_alert_user_id_user_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_figure_alert")),
    )
    op.create_index(op.f("ix_figure_alert_user_id_created_at"), "figure_alert", ["user_id", "created_at"])
    op.create_table(
        "figure_alert_event",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("alert_id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("at", AT, nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("words", sa.String(), nullable=False),
        sa.Column("question", JSON, nullable=False),
        sa.ForeignKeyConstraint(
            ["alert_id"], ["figure_alert.id"], name=op.f("fk_figure_alert_event_alert_id_figure_alert")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_figure_alert_event")),
        sa.UniqueConstraint("alert_id", "key", name=op.f("uq_figure_alert_event_alert_id_key")),
    )
    op.create_index(op.f("ix_figure_alert_event_alert_id_at"), "figure_alert_event", ["alert_id", "at"])


def downgrade() -> None:
    op.drop_table("figure_alert_event")
    op.drop_table("figure_alert")

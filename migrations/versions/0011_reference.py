"""Reference data: exceptions and hours of calendars, tax rates, the words of messages."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy import text

revision = "0011"
down_revision = "0010"

AT = sa.DateTime(timezone=True)
IN_FORCE = text("until IS NULL")
ORDER = "last_day IS NULL OR last_day >= first_day"


def upgrade() -> None:
    _dated(
        "calendar_exception",
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
    )
    op.create_index(op.f("ix_calendar_exception_country_first_day"), "calendar_exception", ["country", "first_day"])
    _dated(
        "working_hours", sa.Column("opens", sa.Time(), nullable=False), sa.Column("closes", sa.Time(), nullable=False)
    )
    op.create_index(op.f("ix_working_hours_country_first_day"), "working_hours", ["country", "first_day"])
    _dated(
        "tax_rate", sa.Column("tax", sa.String(), nullable=False), sa.Column("percent", sa.String(64), nullable=False)
    )
    op.create_index(op.f("ix_tax_rate_country_tax_first_day"), "tax_rate", ["country", "tax", "first_day"])
    op.create_table(
        "message_text",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("message", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("since", AT, nullable=False),
        sa.Column("until", AT, nullable=True),
        sa.Column("set_by_name", sa.String(), nullable=False),
        sa.Column("ended_by_name", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_message_text")),
    )
    op.create_index(op.f("ix_message_text_message_since"), "message_text", ["message", "since"])
    op.create_index(
        "ix_message_text_now",
        "message_text",
        ["message"],
        unique=True,
        sqlite_where=IN_FORCE,
        postgresql_where=IN_FORCE,
    )


def _dated(table: str, *own: sa.Column[object]) -> None:
    op.create_table(
        table,
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("country", sa.String(2), nullable=False),
        *own,
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=True),
        sa.Column("created_at", AT, nullable=False),
        sa.Column("created_by_name", sa.String(), nullable=False),
        sa.Column("ended_at", AT, nullable=True),
        sa.Column("ended_by_name", sa.String(), nullable=True),
        sa.Column("withdrawn", sa.Boolean(), nullable=False),
        sa.CheckConstraint(ORDER, name=op.f(f"ck_{table}_period")),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
    )


def downgrade() -> None:
    for table in ("message_text", "tax_rate", "working_hours", "calendar_exception"):
        op.drop_table(table)

"""Reviewers: groups, skills and regions, limits, stand-ins, absences; a queue of people whom cases name."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy import text
from sqlalchemy.dialects import postgresql

revision = "0008"
down_revision = "0007"

ENDLESS, NAMED = text("until IS NULL"), text("closed_at IS NULL AND named IS NOT NULL")
JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
AT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.add_column("case_task", sa.Column("named", sa.String(), nullable=True))
    op.add_column("case_task", sa.Column("assigned", sa.String(), nullable=False, server_default=""))
    op.create_index(
        "ix_case_task_named", "case_task", ["named", "queue_at"], sqlite_where=NAMED, postgresql_where=NAMED
    )
    op.create_table(
        "case_turn",
        sa.Column("place", sa.String(), nullable=False),
        sa.Column("person", sa.Uuid(), nullable=False),
        sa.Column("at", AT, nullable=False),
        sa.PrimaryKeyConstraint("place", name=op.f("pk_case_turn")),
    )
    op.create_table(
        "reviewer_group",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("description", sa.String(), nullable=False),
        sa.Column("created_at", AT, nullable=False),
        sa.Column("created_by_name", sa.String(), nullable=False),
        sa.Column("closed_at", AT, nullable=True),
        sa.Column("closed_by_name", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reviewer_group")),
        sa.UniqueConstraint("key", name=op.f("uq_reviewer_group_key")),
    )
    _qualities()
    _limits()
    _stand_ins()


def _qualities() -> None:
    op.create_table(
        "reviewer_quality",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("since", AT, nullable=False),
        sa.Column("until", AT, nullable=True),
        sa.Column("given_by_name", sa.String(), nullable=False),
        sa.Column("taken_by_name", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name=op.f("fk_reviewer_quality_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reviewer_quality")),
    )
    op.create_index(
        "ix_reviewer_quality_now", "reviewer_quality", ["user_id", "kind", "name"], unique=True, sqlite_where=ENDLESS,
        postgresql_where=ENDLESS,
    )  # fmt: skip
    op.create_index(op.f("ix_reviewer_quality_kind_name"), "reviewer_quality", ["kind", "name"])


def _limits() -> None:
    op.create_table(
        "approval_limit",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("since", AT, nullable=False),
        sa.Column("until", AT, nullable=True),
        sa.Column("set_by_name", sa.String(), nullable=False),
        sa.Column("ended_by_name", sa.String(), nullable=True),
        sa.CheckConstraint("amount > 0", name=op.f("ck_approval_limit_positive")),
        sa.CheckConstraint("until IS NULL OR until >= since", name=op.f("ck_approval_limit_period")),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name=op.f("fk_approval_limit_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_approval_limit")),
    )
    op.create_index(
        "ix_approval_limit_now", "approval_limit", ["user_id", "currency"], unique=True, sqlite_where=ENDLESS,
        postgresql_where=ENDLESS,
    )  # fmt: skip


def _stand_ins() -> None:
    op.create_table(
        "review_delegation",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("from_id", sa.Uuid(), nullable=False),
        sa.Column("to_id", sa.Uuid(), nullable=False),
        sa.Column("since", AT, nullable=False),
        sa.Column("until", AT, nullable=False),
        sa.Column("scope", JSON, nullable=False),
        sa.Column("cap", sa.BigInteger(), nullable=True),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("created_at", AT, nullable=False),
        sa.Column("created_by_name", sa.String(), nullable=False),
        sa.Column("revoked_at", AT, nullable=True),
        sa.Column("revoked_by_name", sa.String(), nullable=True),
        sa.CheckConstraint("from_id <> to_id", name=op.f("ck_review_delegation_two_people")),
        sa.CheckConstraint("until > since", name=op.f("ck_review_delegation_period")),
        sa.ForeignKeyConstraint(["from_id"], ["user_account.id"], name=op.f("fk_review_delegation_from_id")),
        sa.ForeignKeyConstraint(["to_id"], ["user_account.id"], name=op.f("fk_review_delegation_to_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_review_delegation")),
    )
    op.create_index(op.f("ix_review_delegation_from_id_until"), "review_delegation", ["from_id", "until"])
    op.create_index(op.f("ix_review_delegation_to_id_until"), "review_delegation", ["to_id", "until"])
    op.create_table(
        "review_absence",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("since", AT, nullable=False),
        sa.Column("until", AT, nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("created_at", AT, nullable=False),
        sa.Column("created_by_name", sa.String(), nullable=False),
        sa.Column("revoked_at", AT, nullable=True),
        sa.Column("revoked_by_name", sa.String(), nullable=True),
        sa.CheckConstraint("until > since", name=op.f("ck_review_absence_period")),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name=op.f("fk_review_absence_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_review_absence")),
    )
    op.create_index(op.f("ix_review_absence_user_id_until"), "review_absence", ["user_id", "until"])


def downgrade() -> None:
    for table in ("review_absence", "review_delegation", "approval_limit", "reviewer_quality", "reviewer_group"):
        op.drop_table(table)
    op.drop_table("case_turn")
    op.drop_index("ix_case_task_named", table_name="case_task")
    op.drop_column("case_task", "assigned")
    op.drop_column("case_task", "named")

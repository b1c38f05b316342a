"""lists: drafts of what managers change, with who else works on them; outbox: what came back of work that is done

Revision ID: 0014
Revises: 0011
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0014"
down_revision = "0011"

JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def upgrade() -> None:
    op.add_column("outbox", sa.Column("answer", sa.String(), nullable=True))
    op.create_table(
        "list_draft",
        sa.Column("list", sa.String(), nullable=False),
        sa.Column("content", JSON, nullable=False),
        sa.Column("begun", sa.Integer(), nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("saved_by", sa.Uuid(), nullable=True),
        sa.Column("saved_by_name", sa.String(), nullable=False),
        sa.Column("people", JSON, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("list", name=op.f("pk_list_draft")),
    )


def downgrade() -> None:
    op.drop_table("list_draft")
    op.drop_column("outbox", "answer")

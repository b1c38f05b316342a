"""definitions: which version new cases begin under, who published it; drafts that managers work on

Revision ID: 0007
Revises: 0006
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    op.create_table(
        "definition_chosen",
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["key", "version"],
            ["definition_version.key", "definition_version.version"],
            name=op.f("fk_definition_chosen_key"),
        ),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_definition_chosen")),
    )
    op.create_table(
        "definition_publication",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("before", sa.Integer(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("wanted_by", sa.Uuid(), nullable=True),
        sa.Column("wanted_by_name", sa.String(), nullable=False),
        sa.Column("agreed_by", sa.Uuid(), nullable=True),
        sa.Column("agreed_by_name", sa.String(), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_definition_publication")),
    )
    op.create_index(op.f("ix_definition_publication_key_at"), "definition_publication", ["key", "at"])


def downgrade() -> None:
    op.drop_index(op.f("ix_definition_publication_key_at"), table_name="definition_publication")
    op.drop_table("definition_publication")
    op.drop_table("definition_chosen")

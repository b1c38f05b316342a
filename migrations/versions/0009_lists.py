"""lists: saved views, whom they are published to, versions of lists

Revision ID: 0009
Revises: 0008
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0009"
down_revision = "0008"

JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def upgrade() -> None:
    op.create_table(
        "saved_view",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("list", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("owner_id", sa.Uuid(), nullable=False),
        sa.Column("owner_name", sa.String(), nullable=False),
        sa.Column("content", JSON, nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["owner_id"], ["user_account.id"], name=op.f("fk_saved_view_owner_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_saved_view")),
        sa.UniqueConstraint("owner_id", "list", "name", name=op.f("uq_saved_view_owner_id_list_name")),
    )
    op.create_index(op.f("ix_saved_view_list"), "saved_view", ["list"])
    op.create_table(
        "saved_view_role",
        sa.Column("view_id", sa.Uuid(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("opens", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["view_id"], ["saved_view.id"], name=op.f("fk_saved_view_role_view_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("view_id", "role", name=op.f("pk_saved_view_role")),
    )
    op.create_table(
        "own_view",
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("list", sa.String(), nullable=False),
        sa.Column("view_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name=op.f("fk_own_view_user_id")),
        sa.ForeignKeyConstraint(["view_id"], ["saved_view.id"], name=op.f("fk_own_view_view_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("user_id", "list", name=op.f("pk_own_view")),
    )
    op.create_table(
        "list_version",
        sa.Column("list", sa.String(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("content", JSON, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by", sa.Uuid(), nullable=True),
        sa.Column("by_name", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("list", "number", name=op.f("pk_list_version")),
    )
    op.create_table(
        "list_chosen",
        sa.Column("list", sa.String(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("list", "role", name=op.f("pk_list_chosen")),
    )
    op.create_table(
        "list_publication",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("list", sa.String(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=True),
        sa.Column("before", sa.Integer(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by", sa.Uuid(), nullable=True),
        sa.Column("by_name", sa.String(), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_list_publication")),
    )
    op.create_index(op.f("ix_list_publication_list_at"), "list_publication", ["list", "at"])


def downgrade() -> None:
    op.drop_table("list_publication")
    op.drop_table("list_chosen")
    op.drop_table("list_version")
    op.drop_table("own_view")
    op.drop_table("saved_view_role")
    op.drop_table("saved_view")

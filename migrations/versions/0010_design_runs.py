"""design: work over many cases of a type (replays, migrations), and cases that are tried on a draft

Revision ID: 0010
Revises: 0009
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0010"
down_revision = "0009"

JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def upgrade() -> None:
    op.create_table(
        "design_run",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("status", sa.String(length=40), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("draft_id", sa.Uuid(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=True),
        sa.Column("mapping", JSON, nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=True),
        sa.Column("of_run", sa.Uuid(), nullable=True),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("asked_by", sa.Uuid(), nullable=True),
        sa.Column("asked_by_name", sa.String(), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("looked_at", sa.Integer(), nullable=False),
        sa.Column("told", sa.Integer(), nullable=False),
        sa.Column("refused", sa.Integer(), nullable=False),
        sa.Column("cursor", sa.Uuid(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_design_run")),
    )
    op.create_index(op.f("ix_design_run_key_asked_at"), "design_run", ["key", "asked_at"])
    op.create_table(
        "design_run_case",
        sa.Column("run_id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("partner_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("went", sa.String(), nullable=False),
        sa.Column("would", sa.String(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("refused", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["case_file.id"], name=op.f("fk_design_run_case_case_id")),
        sa.ForeignKeyConstraint(["run_id"], ["design_run.id"], name=op.f("fk_design_run_case_run_id")),
        sa.PrimaryKeyConstraint("run_id", "case_id", name=op.f("pk_design_run_case")),
    )
    op.create_table(
        "design_scenario",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("content", JSON, nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_by_name", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_design_scenario")),
    )
    op.create_index(op.f("ix_design_scenario_key_name"), "design_scenario", ["key", "name"], unique=True)


def downgrade() -> None:
    op.drop_index(op.f("ix_design_scenario_key_name"), table_name="design_scenario")
    op.drop_table("design_scenario")
    op.drop_table("design_run_case")
    op.drop_index(op.f("ix_design_run_key_asked_at"), table_name="design_run")
    op.drop_table("design_run")

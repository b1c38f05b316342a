"""benefits and payments: what tiers brought, what is owed, attempts to pay; whether a partner's bills are paid

Revision ID: 0006
Revises: 0005
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    op.add_column("partner", sa.Column("bills_paid", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.create_table(
        "tier_quota",
        sa.Column("partner_id", sa.Uuid(), nullable=False),
        sa.Column("pool", sa.String(), nullable=False),
        sa.Column("tier", sa.String(), nullable=False),
        sa.Column("granted", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["partner_id"], ["partner.id"], name=op.f("fk_tier_quota_partner_id")),
        sa.PrimaryKeyConstraint("partner_id", "pool", name=op.f("pk_tier_quota")),
    )
    op.create_table(
        "payable",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("partner_id", sa.Uuid(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("status", sa.String(length=40), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("requisition_no", sa.String(), nullable=False),
        sa.Column("invoice_no", sa.String(), nullable=True),
        sa.Column("paid_on", sa.Date(), nullable=True),
        sa.Column("bank_reference", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["case_file.id"], name=op.f("fk_payable_case_id")),
        sa.ForeignKeyConstraint(["partner_id"], ["partner.id"], name=op.f("fk_payable_partner_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payable")),
        sa.UniqueConstraint("case_id", name=op.f("uq_payable_case_id")),
    )
    op.create_index(op.f("ix_payable_partner_id_opened_at_id"), "payable", ["partner_id", "opened_at", "id"])
    op.create_index(op.f("ix_payable_status_opened_at_id"), "payable", ["status", "opened_at", "id"])
    op.create_table(
        "payment_attempt",
        sa.Column("payable_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("partner_id", sa.Uuid(), nullable=False),
        sa.Column("begun_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("prepared_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("outcome", sa.String(length=40), nullable=True),
        sa.ForeignKeyConstraint(["partner_id"], ["partner.id"], name=op.f("fk_payment_attempt_partner_id")),
        sa.ForeignKeyConstraint(["payable_id"], ["payable.id"], name=op.f("fk_payment_attempt_payable_id")),
        sa.PrimaryKeyConstraint("payable_id", "number", name=op.f("pk_payment_attempt")),
    )


def downgrade() -> None:
    op.drop_table("payment_attempt")
    op.drop_table("payable")
    op.drop_table("tier_quota")
    op.drop_column("partner", "bills_paid")

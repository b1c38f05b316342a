"""coupons, and the index by which the ledger finds the pool of one among many of a partner

Revision ID: 0021
Revises: 0022
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0022"


def upgrade() -> None:
    op.create_table(
        "coupon",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("partner_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_until", sa.Date(), nullable=False),
        sa.Column("status", sa.String(length=40), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=True),
        sa.Column("comment", sa.String(), nullable=False),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("issued_by", sa.Uuid(), nullable=True),
        sa.Column("issued_by_name", sa.String(), nullable=False),
        sa.Column("remind_on", sa.Date(), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_by_name", sa.String(), nullable=False),
        sa.Column("end_comment", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("amount > 0", name=op.f("ck_coupon_amount")),
        sa.CheckConstraint("valid_until >= valid_from", name=op.f("ck_coupon_validity")),
        sa.ForeignKeyConstraint(["case_id"], ["case_file.id"], name=op.f("fk_coupon_case_id")),
        sa.ForeignKeyConstraint(["partner_id"], ["partner.id"], name=op.f("fk_coupon_partner_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_coupon")),
        sa.UniqueConstraint("key", name=op.f("uq_coupon_key")),
        sa.UniqueConstraint("number", name=op.f("uq_coupon_number")),
    )
    op.create_index(op.f("ix_coupon_case_id"), "coupon", ["case_id"])
    op.create_index(op.f("ix_coupon_partner_id_issued_at_id"), "coupon", ["partner_id", "issued_at", "id"])
    op.create_index(op.f("ix_coupon_status_valid_until"), "coupon", ["status", "valid_until"])
    op.create_index(op.f("ix_coupon_status_remind_on"), "coupon", ["status", "remind_on"])
    op.create_index(op.f("ix_ledger_account_partner_id_pool"), "ledger_account", ["partner_id", "pool"])
    op.drop_index(op.f("ix_ledger_account_partner_id"), table_name="ledger_account")


def downgrade() -> None:
    op.create_index(op.f("ix_ledger_account_partner_id"), "ledger_account", ["partner_id"])
    op.drop_index(op.f("ix_ledger_account_partner_id_pool"), table_name="ledger_account")
    op.drop_table("coupon")

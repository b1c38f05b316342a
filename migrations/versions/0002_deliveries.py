"""deliveries of cost data, their imports, and the mapping of sub-accounts

Revision ID: 0002
Revises: 0001
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")

revision = "0002"
down_revision = "0001"


def upgrade() -> None:

    op.create_table(
        "delivery_file",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=True),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("read", sa.BigInteger(), nullable=False),
        sa.Column("accepted", sa.BigInteger(), nullable=False),
        sa.Column("rejected", sa.BigInteger(), nullable=False),
        sa.Column("unmapped", sa.BigInteger(), nullable=False),
        sa.Column("billed_cost", JSON, nullable=False),
        sa.Column("cycles", JSON, nullable=False),
        sa.Column("rejects_sha256", sa.String(), nullable=True),
        sa.Column("imported_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_delivery_file")),
        sa.UniqueConstraint("source", "name", name=op.f("uq_delivery_file_source_name")),
    )
    op.create_table(
        "delivery_import",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Enum("import", "remap", name="importkind", native_enum=False, length=40), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column(
            "status",
            sa.Enum(
                "planned",
                "reading",
                "committing",
                "done",
                "refused",
                "interrupted",
                "failed",
                name="importstatus",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("actor_id", sa.Uuid(), nullable=True),
        sa.Column("actor_name", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("step", sa.String(), nullable=False),
        sa.Column("permille", sa.Integer(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("changed", sa.Boolean(), nullable=False),
        sa.Column("read", sa.BigInteger(), nullable=False),
        sa.Column("accepted", sa.BigInteger(), nullable=False),
        sa.Column("rejected", sa.BigInteger(), nullable=False),
        sa.Column("unmapped", sa.BigInteger(), nullable=False),
        sa.Column("billed_cost", JSON, nullable=False),
        sa.Column("details", JSON, nullable=False),
        sa.Column("message", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_delivery_import")),
    )
    op.create_index(op.f("ix_delivery_import_created_at_id"), "delivery_import", ["created_at", "id"], unique=False)
    op.create_index(op.f("ix_delivery_import_source_status"), "delivery_import", ["source", "status"], unique=False)
    op.create_table(
        "delivery_source",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("holder", sa.String(), nullable=True),
        sa.Column("held_until", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_delivery_source")),
        sa.UniqueConstraint("name", name=op.f("uq_delivery_source_name")),
    )
    op.create_table(
        "delivery_import_file",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("import_id", sa.Uuid(), nullable=False),
        sa.Column("file_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("origin", sa.String(), nullable=True),
        sa.Column("sha256", sa.String(), nullable=True),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("changed", sa.Boolean(), nullable=False),
        sa.Column("read", sa.BigInteger(), nullable=False),
        sa.Column("accepted", sa.BigInteger(), nullable=False),
        sa.Column("rejected", sa.BigInteger(), nullable=False),
        sa.Column("unmapped", sa.BigInteger(), nullable=False),
        sa.Column("billed_cost", JSON, nullable=False),
        sa.Column("cycles", JSON, nullable=False),
        sa.Column("rejects_sha256", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(["file_id"], ["delivery_file.id"], name=op.f("fk_delivery_import_file_file_id")),
        sa.ForeignKeyConstraint(["import_id"], ["delivery_import.id"], name=op.f("fk_delivery_import_file_import_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_delivery_import_file")),
        sa.UniqueConstraint("import_id", "name", name=op.f("uq_delivery_import_file_import_id_name")),
    )
    op.create_index(op.f("ix_delivery_import_file_file_id"), "delivery_import_file", ["file_id"], unique=False)
    op.create_table(
        "sub_account_mapping",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("sub_account_id", sa.String(), nullable=False),
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        sa.Column("mapped_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["customer_id"], ["customer.id"], name=op.f("fk_sub_account_mapping_customer_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sub_account_mapping")),
        sa.UniqueConstraint("source", "sub_account_id", name=op.f("uq_sub_account_mapping_source_sub_account_id")),
    )
    op.create_index(op.f("ix_sub_account_mapping_customer_id"), "sub_account_mapping", ["customer_id"], unique=False)


def downgrade() -> None:

    op.drop_index(op.f("ix_sub_account_mapping_customer_id"), table_name="sub_account_mapping")
    op.drop_table("sub_account_mapping")
    op.drop_index(op.f("ix_delivery_import_file_file_id"), table_name="delivery_import_file")
    op.drop_table("delivery_import_file")
    op.drop_table("delivery_source")
    op.drop_index(op.f("ix_delivery_import_source_status"), table_name="delivery_import")
    op.drop_index(op.f("ix_delivery_import_created_at_id"), table_name="delivery_import")
    op.drop_table("delivery_import")
    op.drop_table("delivery_file")

"""the kernel, identity, partners, customers, catalogue, exports and notices

Revision ID: 0001
Revises:
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")

revision = "0001"
down_revision = None


def upgrade() -> None:

    op.create_table(
        "exchange_rate",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("on", sa.Date(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("base", sa.String(length=3), nullable=False),
        sa.Column("value", sa.String(64), nullable=False),
        sa.Column("entered_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_exchange_rate")),
        sa.UniqueConstraint("source", "on", "currency", "base", name=op.f("uq_exchange_rate_source_on_currency_base")),
    )
    op.create_table(
        "history_entry",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor_id", sa.Uuid(), nullable=True),
        sa.Column("actor_name", sa.String(), nullable=False),
        sa.Column("action", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=True),
        sa.Column("partner_id", sa.Uuid(), nullable=True),
        sa.Column("changes", JSON, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_history_entry")),
    )
    op.create_index(op.f("ix_history_entry_action"), "history_entry", ["action"], unique=False)
    op.create_index(op.f("ix_history_entry_at"), "history_entry", ["at"], unique=False)
    op.create_index(op.f("ix_history_entry_partner_id_at"), "history_entry", ["partner_id", "at"], unique=False)
    op.create_index(
        op.f("ix_history_entry_subject_subject_id_at"), "history_entry", ["subject", "subject_id", "at"], unique=False
    )
    op.create_table(
        "outbox",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("topic", sa.String(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("payload", JSON, nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("claimed_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("failed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("error", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox")),
        sa.UniqueConstraint("topic", "key", name=op.f("uq_outbox_topic_key")),
    )
    op.create_index(
        op.f("ix_outbox_done_at_failed_at_due_at"), "outbox", ["done_at", "failed_at", "due_at"], unique=False
    )
    op.create_table(
        "partner",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("account_name", sa.String(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "cloud_solution_provider",
                "distributor",
                "reseller",
                "service",
                "software",
                "learning",
                name="partnerkind",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "status",
            sa.Enum("active", "dormant", "suspended", "left", name="partnerstatus", native_enum=False, length=40),
            nullable=False,
        ),
        sa.Column(
            "tier",
            sa.Enum("registered", "basic", "differentiation", "advanced", name="tier", native_enum=False, length=40),
            nullable=False,
        ),
        sa.Column("country", sa.String(), nullable=False),
        sa.Column("region", sa.String(), nullable=False),
        sa.Column("city", sa.String(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("website", sa.String(), nullable=True),
        sa.Column("joined_on", sa.Date(), nullable=False),
        sa.Column("parent_id", sa.Uuid(), nullable=True),
        sa.Column("manager_id", sa.Uuid(), nullable=True),
        sa.Column("business_authenticated", sa.Boolean(), nullable=False),
        sa.Column("growth_plan", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["parent_id"], ["partner.id"], name=op.f("fk_partner_parent_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_partner")),
        sa.UniqueConstraint("account_name", name=op.f("uq_partner_account_name")),
        sa.UniqueConstraint("number", name=op.f("uq_partner_number")),
    )
    op.create_index(op.f("ix_partner_kind"), "partner", ["kind"], unique=False)
    op.create_index(op.f("ix_partner_manager_id"), "partner", ["manager_id"], unique=False)
    op.create_index(op.f("ix_partner_name_id"), "partner", ["name", "id"], unique=False)
    op.create_index(op.f("ix_partner_parent_id"), "partner", ["parent_id"], unique=False)
    op.create_index(op.f("ix_partner_status"), "partner", ["status"], unique=False)
    op.create_index(op.f("ix_partner_tier"), "partner", ["tier"], unique=False)
    op.create_table(
        "product",
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("service_type", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_product")),
    )
    op.create_index(op.f("ix_product_service_type"), "product", ["service_type"], unique=False)
    op.create_table(
        "region",
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_region")),
    )
    op.create_table(
        "service_type",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("family", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_service_type")),
    )
    op.create_index(op.f("ix_service_type_family"), "service_type", ["family"], unique=False)
    op.create_table(
        "sign_in_failure",
        sa.Column("email_hash", sa.String(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("last_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("locked_until", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("email_hash", name=op.f("pk_sign_in_failure")),
    )
    op.create_table(
        "custom_role",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("partner_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("description", sa.String(), nullable=False),
        sa.Column("permissions", JSON, nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["partner_id"], ["partner.id"], name=op.f("fk_custom_role_partner_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_custom_role")),
        sa.UniqueConstraint("partner_id", "name", name=op.f("uq_custom_role_partner_id_name")),
    )
    op.create_table(
        "program_membership",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("partner_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("until", sa.Date(), nullable=True),
        sa.CheckConstraint("until IS NULL OR until > since", name=op.f("ck_program_membership_period")),
        sa.ForeignKeyConstraint(["partner_id"], ["partner.id"], name=op.f("fk_program_membership_partner_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_program_membership")),
    )
    op.create_index(
        op.f("ix_program_membership_partner_id_name"), "program_membership", ["partner_id", "name"], unique=False
    )
    op.create_table(
        "user_account",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("partner_id", sa.Uuid(), nullable=True),
        sa.Column("username", sa.String(), nullable=False),
        sa.Column("email", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("mobile", sa.String(), nullable=True),
        sa.Column("office_phone", sa.String(), nullable=True),
        sa.Column("password_hash", sa.String(), nullable=False),
        sa.Column("must_change_password", sa.Boolean(), nullable=False),
        sa.Column(
            "status", sa.Enum("normal", "locked", name="userstatus", native_enum=False, length=40), nullable=False
        ),
        sa.Column("director_id", sa.Uuid(), nullable=True),
        sa.Column("preferences", JSON, nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("deleted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["director_id"], ["user_account.id"], name=op.f("fk_user_account_director_id")),
        sa.ForeignKeyConstraint(["partner_id"], ["partner.id"], name=op.f("fk_user_account_partner_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_user_account")),
        sa.UniqueConstraint("email", name=op.f("uq_user_account_email")),
        sa.UniqueConstraint("partner_id", "username", name=op.f("uq_user_account_partner_id_username")),
    )
    op.create_index(op.f("ix_user_account_director_id"), "user_account", ["director_id"], unique=False)
    op.create_index(op.f("ix_user_account_name"), "user_account", ["name"], unique=False)
    op.create_index(op.f("ix_user_account_partner_id"), "user_account", ["partner_id"], unique=False)
    op.create_table(
        "customer",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("partner_id", sa.Uuid(), nullable=True),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("account_name", sa.String(), nullable=False),
        sa.Column("email", sa.String(), nullable=False),
        sa.Column("mobile", sa.String(), nullable=True),
        sa.Column("enterprise", sa.Boolean(), nullable=False),
        sa.Column("industry", sa.String(), nullable=True),
        sa.Column("country", sa.String(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column(
            "association_type",
            sa.Enum("reseller", "referral", name="associationtype", native_enum=False, length=40),
            nullable=True,
        ),
        sa.Column("account_manager_id", sa.Uuid(), nullable=True),
        sa.Column("registered_on", sa.Date(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_manager_id"], ["user_account.id"], name=op.f("fk_customer_account_manager_id")
        ),
        sa.ForeignKeyConstraint(["partner_id"], ["partner.id"], name=op.f("fk_customer_partner_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_customer")),
        sa.UniqueConstraint("account_name", name=op.f("uq_customer_account_name")),
    )
    op.create_index(op.f("ix_customer_account_manager_id"), "customer", ["account_manager_id"], unique=False)
    op.create_index(op.f("ix_customer_name_id"), "customer", ["name", "id"], unique=False)
    op.create_index(op.f("ix_customer_partner_id_name_id"), "customer", ["partner_id", "name", "id"], unique=False)
    op.create_table(
        "export_task",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("partner_id", sa.Uuid(), nullable=True),
        sa.Column("requested_by", sa.Uuid(), nullable=False),
        sa.Column("requested_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column(
            "format",
            sa.Enum("csv", "xlsx", "parquet", name="exportformat", native_enum=False, length=40),
            nullable=False,
        ),
        sa.Column("question", JSON, nullable=False),
        sa.Column(
            "status",
            sa.Enum("waiting", "running", "completed", "failed", name="exportstatus", native_enum=False, length=40),
            nullable=False,
        ),
        sa.Column("rows_done", sa.Integer(), nullable=False),
        sa.Column("rows_total", sa.Integer(), nullable=True),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("data_as_of", sa.DateTime(timezone=True), nullable=True),
        sa.Column("sha256", sa.String(), nullable=True),
        sa.Column("size", sa.Integer(), nullable=True),
        sa.Column("file_name", sa.String(), nullable=True),
        sa.Column("error", sa.String(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["partner_id"], ["partner.id"], name=op.f("fk_export_task_partner_id")),
        sa.ForeignKeyConstraint(["requested_by"], ["user_account.id"], name=op.f("fk_export_task_requested_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_export_task")),
    )
    op.create_index(
        op.f("ix_export_task_requested_by_requested_at"), "export_task", ["requested_by", "requested_at"], unique=False
    )
    op.create_table(
        "notice",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("icon", sa.String(), nullable=False),
        sa.Column("tone", sa.String(), nullable=False),
        sa.Column("link", sa.String(), nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("mailed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name=op.f("fk_notice_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notice")),
        sa.UniqueConstraint("user_id", "key", name=op.f("uq_notice_user_id_key")),
    )
    op.create_index(op.f("ix_notice_user_id_read_at_at"), "notice", ["user_id", "read_at", "at"], unique=False)
    op.create_table(
        "user_role",
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user_account.id"], name=op.f("fk_user_role_user_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("user_id", "role", name=op.f("pk_user_role")),
    )
    op.create_index(op.f("ix_user_role_role"), "user_role", ["role"], unique=False)
    op.create_table(
        "user_session",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("token_hash", sa.String(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("browser", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name=op.f("fk_user_session_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_user_session")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_user_session_token_hash")),
    )
    op.create_index(op.f("ix_user_session_user_id_ended_at"), "user_session", ["user_id", "ended_at"], unique=False)
    op.create_table(
        "account_manager_assignment",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        sa.Column("partner_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("assigned_on", sa.Date(), nullable=False),
        sa.Column("counts_from", sa.Date(), nullable=False),
        sa.Column("unassigned_on", sa.Date(), nullable=True),
        sa.Column("counts_until", sa.Date(), nullable=True),
        sa.CheckConstraint(
            "counts_until IS NULL OR counts_until >= counts_from", name=op.f("ck_account_manager_assignment_period")
        ),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["customer.id"], name=op.f("fk_account_manager_assignment_customer_id")
        ),
        sa.ForeignKeyConstraint(["partner_id"], ["partner.id"], name=op.f("fk_account_manager_assignment_partner_id")),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name=op.f("fk_account_manager_assignment_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_account_manager_assignment")),
    )
    op.create_index(
        op.f("ix_account_manager_assignment_customer_id"), "account_manager_assignment", ["customer_id"], unique=False
    )
    op.create_index(
        op.f("ix_account_manager_assignment_partner_id"), "account_manager_assignment", ["partner_id"], unique=False
    )
    op.create_index(
        op.f("ix_account_manager_assignment_user_id"), "account_manager_assignment", ["user_id"], unique=False
    )
    op.create_table(
        "customer_association",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        sa.Column("partner_id", sa.Uuid(), nullable=False),
        sa.Column(
            "association_type",
            sa.Enum("reseller", "referral", name="associationtype", native_enum=False, length=40),
            nullable=False,
        ),
        sa.Column("associated_on", sa.Date(), nullable=False),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.CheckConstraint("ended_on IS NULL OR ended_on > associated_on", name=op.f("ck_customer_association_period")),
        sa.ForeignKeyConstraint(["customer_id"], ["customer.id"], name=op.f("fk_customer_association_customer_id")),
        sa.ForeignKeyConstraint(["partner_id"], ["partner.id"], name=op.f("fk_customer_association_partner_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_customer_association")),
    )
    op.create_index(op.f("ix_customer_association_customer_id"), "customer_association", ["customer_id"], unique=False)
    op.create_index(op.f("ix_customer_association_partner_id"), "customer_association", ["partner_id"], unique=False)

    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            "CREATE FUNCTION history_is_append_only() RETURNS trigger LANGUAGE plpgsql AS "
            "$$ BEGIN RAISE EXCEPTION 'history is append-only'; END $$"
        )
        op.execute(
            "CREATE TRIGGER history_entry_append_only BEFORE UPDATE OR DELETE ON history_entry "
            "FOR EACH ROW EXECUTE FUNCTION history_is_append_only()"
        )
    else:
        for verb in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER history_entry_no_{verb.lower()} BEFORE {verb} ON history_entry "
                "BEGIN SELECT RAISE(ABORT, 'history is append-only'); END"
            )


def downgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP TRIGGER history_entry_append_only ON history_entry")
        op.execute("DROP FUNCTION history_is_append_only")

    op.drop_index(op.f("ix_customer_association_partner_id"), table_name="customer_association")
    op.drop_index(op.f("ix_customer_association_customer_id"), table_name="customer_association")
    op.drop_table("customer_association")
    op.drop_index(op.f("ix_account_manager_assignment_user_id"), table_name="account_manager_assignment")
    op.drop_index(op.f("ix_account_manager_assignment_partner_id"), table_name="account_manager_assignment")
    op.drop_index(op.f("ix_account_manager_assignment_customer_id"), table_name="account_manager_assignment")
    op.drop_table("account_manager_assignment")
    op.drop_index(op.f("ix_user_session_user_id_ended_at"), table_name="user_session")
    op.drop_table("user_session")
    op.drop_index(op.f("ix_user_role_role"), table_name="user_role")
    op.drop_table("user_role")
    op.drop_index(op.f("ix_notice_user_id_read_at_at"), table_name="notice")
    op.drop_table("notice")
    op.drop_index(op.f("ix_export_task_requested_by_requested_at"), table_name="export_task")
    op.drop_table("export_task")
    op.drop_index(op.f("ix_customer_partner_id_name_id"), table_name="customer")
    op.drop_index(op.f("ix_customer_name_id"), table_name="customer")
    op.drop_index(op.f("ix_customer_account_manager_id"), table_name="customer")
    op.drop_table("customer")
    op.drop_index(op.f("ix_user_account_partner_id"), table_name="user_account")
    op.drop_index(op.f("ix_user_account_name"), table_name="user_account")
    op.drop_index(op.f("ix_user_account_director_id"), table_name="user_account")
    op.drop_table("user_account")
    op.drop_index(op.f("ix_program_membership_partner_id_name"), table_name="program_membership")
    op.drop_table("program_membership")
    op.drop_table("custom_role")
    op.drop_table("sign_in_failure")
    op.drop_index(op.f("ix_service_type_family"), table_name="service_type")
    op.drop_table("service_type")
    op.drop_table("region")
    op.drop_index(op.f("ix_product_service_type"), table_name="product")
    op.drop_table("product")
    op.drop_index(op.f("ix_partner_tier"), table_name="partner")
    op.drop_index(op.f("ix_partner_status"), table_name="partner")
    op.drop_index(op.f("ix_partner_parent_id"), table_name="partner")
    op.drop_index(op.f("ix_partner_name_id"), table_name="partner")
    op.drop_index(op.f("ix_partner_manager_id"), table_name="partner")
    op.drop_index(op.f("ix_partner_kind"), table_name="partner")
    op.drop_table("partner")
    op.drop_index(op.f("ix_outbox_done_at_failed_at_due_at"), table_name="outbox")
    op.drop_table("outbox")
    op.drop_index(op.f("ix_history_entry_subject_subject_id_at"), table_name="history_entry")
    op.drop_index(op.f("ix_history_entry_partner_id_at"), table_name="history_entry")
    op.drop_index(op.f("ix_history_entry_at"), table_name="history_entry")
    op.drop_index(op.f("ix_history_entry_action"), table_name="history_entry")
    op.drop_table("history_entry")
    op.drop_table("exchange_rate")

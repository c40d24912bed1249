"""The first tables.

The audit trail is only ever added to: triggers refuse to change or remove what stands in it.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

JSON = sa.JSON().with_variant(JSONB(), "postgresql")
INSTANT = sa.DateTime(timezone=True)
TABLES = (
    "audit",
    "heartbeat",
    "programme",
    "resource",
    "setting",
    "upload",
    "account",
    "fair",
    "draft",
    "link",
    "participation",
    "match",
    "meeting",
    "pin",
    "claim",
    "meeting_interpreter",
    "outbox",
)
REFUSED = "the audit trail is append-only"
ON_SQLITE = (
    f"CREATE TRIGGER audit_no_update BEFORE UPDATE ON audit BEGIN SELECT RAISE(ABORT, '{REFUSED}'); END",
    f"CREATE TRIGGER audit_no_delete BEFORE DELETE ON audit BEGIN SELECT RAISE(ABORT, '{REFUSED}'); END",
)
ON_POSTGRESQL = (
    "CREATE FUNCTION audit_refuse() RETURNS trigger LANGUAGE plpgsql AS "
    f"$$ BEGIN RAISE EXCEPTION '{REFUSED}'; END $$",
    "CREATE TRIGGER audit_no_change BEFORE UPDATE OR DELETE ON audit "
    "FOR EACH ROW EXECUTE FUNCTION audit_refuse()",
    "CREATE TRIGGER audit_no_truncate BEFORE TRUNCATE ON audit "
    "FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse()",
)


def upgrade() -> None:
    _audit()
    _heartbeat()
    _programme()
    _resource()
    _setting()
    _upload()
    _account()
    _fair()
    _draft()
    _link()
    _participation()
    _match()
    _meeting()
    _pin()
    _claim()
    _meeting_interpreter()
    _outbox()
    for statement in ON_SQLITE if _is_sqlite() else ON_POSTGRESQL:
        op.execute(statement)


def downgrade() -> None:
    for table in reversed(TABLES):
        op.drop_table(table)
    if not _is_sqlite():
        op.execute("DROP FUNCTION audit_refuse()")


def _is_sqlite() -> bool:
    return op.get_bind().dialect.name == "sqlite"


def _audit() -> None:
    op.create_table(
        "audit",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("subject_kind", sa.Text(), nullable=False),
        sa.Column("subject_id", sa.Text(), nullable=False),
        sa.Column("before", JSON, nullable=False),
        sa.Column("after", JSON, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit")),
        sqlite_autoincrement=True,
    )
    op.create_index(
        op.f("ix_audit_subject_kind_subject_id"), "audit", ["subject_kind", "subject_id"], unique=False
    )


def _heartbeat() -> None:
    op.create_table(
        "heartbeat",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("facts", JSON, nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_heartbeat")),
    )


def _programme() -> None:
    op.create_table(
        "programme",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("name_en", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_programme")),
        sa.UniqueConstraint("key", name=op.f("uq_programme_key")),
    )


def _resource() -> None:
    op.create_table(
        "resource",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("name_en", sa.Text(), nullable=False),
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("phone", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("country", sa.Text(), nullable=False),
        sa.Column("city", sa.Text(), nullable=False),
        sa.Column("hours", JSON, nullable=False),
        sa.Column("details", JSON, nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.CheckConstraint(
            "kind IN ('company', 'buyer', 'interpreter', 'room')", name=op.f("ck_resource_kind")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_resource")),
        sa.UniqueConstraint("kind", "key", name=op.f("uq_resource_kind_key")),
    )


def _setting() -> None:
    op.create_table(
        "setting",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("value", JSON, nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_setting")),
    )


def _upload() -> None:
    op.create_table(
        "upload",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("filename", sa.Text(), nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        sa.Column("answers", JSON, nullable=False),
        sa.Column("fair_key", sa.Text(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("created_by", sa.Text(), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_upload")),
    )
    op.create_index(op.f("ix_upload_created_at"), "upload", ["created_at"], unique=False)


def _account() -> None:
    op.create_table(
        "account",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("password_hash", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("resource_id", sa.Text(), nullable=True),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("generation", sa.Integer(), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("last_login_at", INSTANT, nullable=True),
        sa.CheckConstraint("role IN ('coordinator', 'company', 'interpreter')", name=op.f("ck_account_role")),
        sa.CheckConstraint("email = lower(email)", name=op.f("ck_account_email_lower_case")),
        sa.ForeignKeyConstraint(["resource_id"], ["resource.id"], name=op.f("fk_account_resource_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_account")),
        sa.UniqueConstraint("email", name=op.f("uq_account_email")),
    )
    op.create_index(op.f("ix_account_resource_id"), "account", ["resource_id"], unique=False)


def _fair() -> None:
    op.create_table(
        "fair",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("programme_id", sa.Text(), nullable=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("name_en", sa.Text(), nullable=False),
        sa.Column("zone", sa.Text(), nullable=False),
        sa.Column("days", JSON, nullable=False),
        sa.Column("opening", JSON, nullable=False),
        sa.Column("slot_minutes", sa.Integer(), nullable=False),
        sa.Column("break_minutes", sa.Integer(), nullable=False),
        sa.Column("country_rules", JSON, nullable=False),
        sa.Column("company_daily_limit", sa.Integer(), nullable=True),
        sa.Column("buyer_daily_limit", sa.Integer(), nullable=True),
        sa.Column("organiser", sa.Text(), nullable=False),
        sa.Column("organiser_email", sa.Text(), nullable=False),
        sa.Column("venue", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("published_at", INSTANT, nullable=True),
        sa.Column("settings", JSON, nullable=False),
        sa.CheckConstraint("state IN ('draft', 'published', 'closed')", name=op.f("ck_fair_state")),
        sa.ForeignKeyConstraint(["programme_id"], ["programme.id"], name=op.f("fk_fair_programme_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fair")),
        sa.UniqueConstraint("key", name=op.f("uq_fair_key")),
    )
    op.create_index(op.f("ix_fair_programme_id"), "fair", ["programme_id"], unique=False)


def _draft() -> None:
    op.create_table(
        "draft",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("fair_id", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("problem", sa.Text(), nullable=False),
        sa.Column("plan", sa.Text(), nullable=True),
        sa.Column("progress", JSON, nullable=False),
        sa.Column("stop_requested", sa.Boolean(), nullable=False),
        sa.Column("error", sa.Text(), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("finished_at", INSTANT, nullable=True),
        sa.Column("created_by", sa.Text(), nullable=False),
        sa.Column("leased_by", sa.Text(), nullable=False),
        sa.Column("leased_until", INSTANT, nullable=True),
        sa.CheckConstraint(
            "state IN ('building', 'ready', 'stopped', 'failed', 'published', 'discarded')",
            name=op.f("ck_draft_state"),
        ),
        sa.ForeignKeyConstraint(["fair_id"], ["fair.id"], name=op.f("fk_draft_fair_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_draft")),
    )
    op.create_index(op.f("ix_draft_fair_id_created_at"), "draft", ["fair_id", "created_at"], unique=False)


def _link() -> None:
    op.create_table(
        "link",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("token_sha256", sa.Text(), nullable=False),
        sa.Column("resource_id", sa.Text(), nullable=True),
        sa.Column("fair_id", sa.Text(), nullable=True),
        sa.Column("generation", sa.Integer(), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("expires_at", INSTANT, nullable=True),
        sa.Column("revoked_at", INSTANT, nullable=True),
        sa.CheckConstraint("kind IN ('buyer', 'feed')", name=op.f("ck_link_kind")),
        sa.ForeignKeyConstraint(["fair_id"], ["fair.id"], name=op.f("fk_link_fair_id")),
        sa.ForeignKeyConstraint(["resource_id"], ["resource.id"], name=op.f("fk_link_resource_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_link")),
        sa.UniqueConstraint("token_sha256", name=op.f("uq_link_token_sha256")),
    )
    op.create_index(
        op.f("ix_link_kind_resource_id_fair_id"), "link", ["kind", "resource_id", "fair_id"], unique=False
    )


def _participation() -> None:
    op.create_table(
        "participation",
        sa.Column("fair_id", sa.Text(), nullable=False),
        sa.Column("resource_id", sa.Text(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("hours", JSON, nullable=False),
        sa.Column("details", JSON, nullable=False),
        sa.ForeignKeyConstraint(["fair_id"], ["fair.id"], name=op.f("fk_participation_fair_id")),
        sa.ForeignKeyConstraint(["resource_id"], ["resource.id"], name=op.f("fk_participation_resource_id")),
        sa.PrimaryKeyConstraint("fair_id", "resource_id", name=op.f("pk_participation")),
    )
    op.create_index(op.f("ix_participation_resource_id"), "participation", ["resource_id"], unique=False)


def _match() -> None:
    op.create_table(
        "match",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("fair_id", sa.Text(), nullable=False),
        sa.Column("company_id", sa.Text(), nullable=False),
        sa.Column("buyer_id", sa.Text(), nullable=False),
        sa.Column("priority", sa.Integer(), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=True),
        sa.Column("legs", JSON, nullable=False),
        sa.Column("needs_room", sa.Boolean(), nullable=False),
        sa.Column("is_walk_in", sa.Boolean(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.CheckConstraint("priority IN (1, 2, 3, 9)", name=op.f("ck_match_priority")),
        sa.ForeignKeyConstraint(
            ["fair_id", "buyer_id"],
            ["participation.fair_id", "participation.resource_id"],
            name=op.f("fk_match_fair_id_buyer_id"),
        ),
        sa.ForeignKeyConstraint(
            ["fair_id", "company_id"],
            ["participation.fair_id", "participation.resource_id"],
            name=op.f("fk_match_fair_id_company_id"),
        ),
        sa.ForeignKeyConstraint(["fair_id"], ["fair.id"], name=op.f("fk_match_fair_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_match")),
        sa.UniqueConstraint(
            "fair_id", "company_id", "buyer_id", name=op.f("uq_match_fair_id_company_id_buyer_id")
        ),
    )
    op.create_index(op.f("ix_match_fair_id_buyer_id"), "match", ["fair_id", "buyer_id"], unique=False)


def _meeting() -> None:
    op.create_table(
        "meeting",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("uid", sa.Text(), nullable=False),
        sa.Column("fair_id", sa.Text(), nullable=True),
        sa.Column("match_id", sa.Text(), nullable=True),
        sa.Column("company_id", sa.Text(), nullable=True),
        sa.Column("buyer_id", sa.Text(), nullable=True),
        sa.Column("room_id", sa.Text(), nullable=True),
        sa.Column("start_at", INSTANT, nullable=False),
        sa.Column("end_at", INSTANT, nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("legs", JSON, nullable=False),
        sa.Column("link", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("is_pinned", sa.Boolean(), nullable=False),
        sa.Column("lapses_at", INSTANT, nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("updated_at", INSTANT, nullable=False),
        sa.Column("zone_rules", sa.Text(), nullable=True),
        sa.Column("promised", JSON, nullable=True),
        sa.CheckConstraint(
            "state IN ('held', 'confirmed', 'completed', 'no_show', 'cancelled')",
            name=op.f("ck_meeting_state"),
        ),
        sa.CheckConstraint("end_at > start_at", name=op.f("ck_meeting_ends_after_start")),
        sa.ForeignKeyConstraint(["buyer_id"], ["resource.id"], name=op.f("fk_meeting_buyer_id")),
        sa.ForeignKeyConstraint(["company_id"], ["resource.id"], name=op.f("fk_meeting_company_id")),
        sa.ForeignKeyConstraint(["fair_id"], ["fair.id"], name=op.f("fk_meeting_fair_id")),
        sa.ForeignKeyConstraint(
            ["match_id"], ["match.id"], name=op.f("fk_meeting_match_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(["room_id"], ["resource.id"], name=op.f("fk_meeting_room_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_meeting")),
        sa.UniqueConstraint("uid", name=op.f("uq_meeting_uid")),
    )
    op.create_index(op.f("ix_meeting_buyer_id_start_at"), "meeting", ["buyer_id", "start_at"], unique=False)
    op.create_index(
        op.f("ix_meeting_company_id_start_at"), "meeting", ["company_id", "start_at"], unique=False
    )
    op.create_index(op.f("ix_meeting_fair_id_start_at"), "meeting", ["fair_id", "start_at"], unique=False)
    op.create_index(
        "ix_meeting_lapses_at",
        "meeting",
        ["lapses_at"],
        unique=False,
        sqlite_where=sa.text("state = 'held'"),
        postgresql_where=sa.text("state = 'held'"),
    )
    op.create_index(op.f("ix_meeting_match_id"), "meeting", ["match_id"], unique=False)
    op.create_index(op.f("ix_meeting_room_id_start_at"), "meeting", ["room_id", "start_at"], unique=False)
    op.create_index(op.f("ix_meeting_start_at"), "meeting", ["start_at"], unique=False)
    op.create_index(
        "uq_meeting_live_match",
        "meeting",
        ["match_id"],
        unique=True,
        sqlite_where=sa.text("state IN ('held', 'confirmed', 'completed', 'no_show')"),
        postgresql_where=sa.text("state IN ('held', 'confirmed', 'completed', 'no_show')"),
    )


def _pin() -> None:
    op.create_table(
        "pin",
        sa.Column("fair_id", sa.Text(), nullable=False),
        sa.Column("match_id", sa.Text(), nullable=False),
        sa.Column("placement", JSON, nullable=False),
        sa.ForeignKeyConstraint(["fair_id"], ["fair.id"], name=op.f("fk_pin_fair_id")),
        sa.ForeignKeyConstraint(["match_id"], ["match.id"], name=op.f("fk_pin_match_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("match_id", name=op.f("pk_pin")),
    )
    op.create_index(op.f("ix_pin_fair_id"), "pin", ["fair_id"], unique=False)


def _claim() -> None:
    op.create_table(
        "claim",
        sa.Column("resource_id", sa.Text(), nullable=False),
        sa.Column("tick", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("meeting_id", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["meeting_id"], ["meeting.id"], name=op.f("fk_claim_meeting_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("resource_id", "tick", name=op.f("pk_claim")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_claim_meeting_id"), "claim", ["meeting_id"], unique=False)


def _meeting_interpreter() -> None:
    op.create_table(
        "meeting_interpreter",
        sa.Column("meeting_id", sa.Text(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("interpreter_id", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["interpreter_id"], ["resource.id"], name=op.f("fk_meeting_interpreter_interpreter_id")
        ),
        sa.ForeignKeyConstraint(
            ["meeting_id"], ["meeting.id"], name=op.f("fk_meeting_interpreter_meeting_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("meeting_id", "position", name=op.f("pk_meeting_interpreter")),
        sa.UniqueConstraint(
            "meeting_id", "interpreter_id", name=op.f("uq_meeting_interpreter_meeting_id_interpreter_id")
        ),
    )
    op.create_index(
        op.f("ix_meeting_interpreter_interpreter_id"), "meeting_interpreter", ["interpreter_id"], unique=False
    )


def _outbox() -> None:
    op.create_table(
        "outbox",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("meeting_id", sa.Text(), nullable=True),
        sa.Column("fair_id", sa.Text(), nullable=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("recipient_id", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("due_at", INSTANT, nullable=False),
        sa.Column("leased_until", INSTANT, nullable=True),
        sa.Column("leased_by", sa.Text(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("error", sa.Text(), nullable=False),
        sa.Column("facts", JSON, nullable=False),
        sa.Column("message_id", sa.Text(), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("sent_at", INSTANT, nullable=True),
        sa.CheckConstraint(
            "state IN ('collected', 'due', 'leased', 'sent', 'failed', 'suppressed', 'superseded')",
            name=op.f("ck_outbox_state"),
        ),
        sa.ForeignKeyConstraint(["fair_id"], ["fair.id"], name=op.f("fk_outbox_fair_id")),
        sa.ForeignKeyConstraint(["meeting_id"], ["meeting.id"], name=op.f("fk_outbox_meeting_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox")),
        sa.UniqueConstraint(
            "meeting_id",
            "revision",
            "kind",
            "recipient_id",
            name=op.f("uq_outbox_meeting_id_revision_kind_recipient_id"),
        ),
    )
    op.create_index(op.f("ix_outbox_fair_id_state"), "outbox", ["fair_id", "state"], unique=False)
    op.create_index(op.f("ix_outbox_state_due_at"), "outbox", ["state", "due_at"], unique=False)

"""Companies pick: wish lists, requests, the waiting list, and receipts of forms that were sent."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)
JSON = sa.JSON().with_variant(JSONB(), "postgresql")


def upgrade() -> None:
    _wish()
    _request()
    _waiting()
    _receipt()


def downgrade() -> None:
    for name in ("receipt", "waiting", "request", "wish"):
        op.drop_table(name)


def _sides(table: str) -> list[sa.ForeignKeyConstraint]:
    return [
        sa.ForeignKeyConstraint(
            ["fair_id", side],
            ["participation.fair_id", "participation.resource_id"],
            name=op.f(f"fk_{table}_fair_id_{side}"),
            ondelete="CASCADE",
        )
        for side in ("company_id", "buyer_id")
    ]


def _unique_while(name: str, table: str, condition: str) -> None:
    op.create_index(
        name,
        table,
        ["fair_id", "company_id", "buyer_id"],
        unique=True,
        sqlite_where=sa.text(condition),
        postgresql_where=sa.text(condition),
    )


def _wish() -> None:
    op.create_table(
        "wish",
        sa.Column("fair_id", sa.Text(), nullable=False),
        sa.Column("company_id", sa.Text(), nullable=False),
        sa.Column("buyer_id", sa.Text(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        *_sides("wish"),
        sa.PrimaryKeyConstraint("fair_id", "company_id", "buyer_id", name=op.f("pk_wish")),
    )


def _request() -> None:
    op.create_table(
        "request",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("fair_id", sa.Text(), nullable=False),
        sa.Column("company_id", sa.Text(), nullable=False),
        sa.Column("buyer_id", sa.Text(), nullable=False),
        sa.Column("asked_by", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("expires_at", INSTANT, nullable=False),
        sa.Column("answered_at", INSTANT, nullable=True),
        sa.Column("answered_by", sa.Text(), nullable=False),
        sa.CheckConstraint("asked_by IN ('company', 'buyer')", name=op.f("ck_request_asked_by")),
        sa.CheckConstraint(
            "state IN ('open', 'accepted', 'declined', 'withdrawn', 'expired')", name=op.f("ck_request_state")
        ),
        *_sides("request"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_request")),
    )
    _unique_while("uq_request_open", "request", "state = 'open'")
    op.create_index(op.f("ix_request_fair_id_buyer_id"), "request", ["fair_id", "buyer_id"], unique=False)
    op.create_index(op.f("ix_request_fair_id_company_id"), "request", ["fair_id", "company_id"], unique=False)


def _waiting() -> None:
    op.create_table(
        "waiting",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("fair_id", sa.Text(), nullable=False),
        sa.Column("company_id", sa.Text(), nullable=False),
        sa.Column("buyer_id", sa.Text(), nullable=False),
        sa.Column("start_at", INSTANT, nullable=True),
        sa.Column("end_at", INSTANT, nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("offered_start_at", INSTANT, nullable=True),
        sa.Column("offered_end_at", INSTANT, nullable=True),
        sa.Column("offer_expires_at", INSTANT, nullable=True),
        sa.Column("passed", JSON, nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.CheckConstraint(
            "state IN ('waiting', 'offered', 'booked', 'left')", name=op.f("ck_waiting_state")
        ),
        *_sides("waiting"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_waiting")),
    )
    _unique_while("uq_waiting_in_line", "waiting", "state IN ('waiting', 'offered')")
    op.create_index(op.f("ix_waiting_fair_id_buyer_id"), "waiting", ["fair_id", "buyer_id"], unique=False)
    op.create_index(op.f("ix_waiting_state_created_at"), "waiting", ["state", "created_at"], unique=False)


def _receipt() -> None:
    op.create_table(
        "receipt",
        sa.Column("resource_id", sa.Text(), nullable=False),
        sa.Column("token", sa.Text(), nullable=False),
        sa.Column("meeting_id", sa.Text(), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(
            ["meeting_id"], ["meeting.id"], name=op.f("fk_receipt_meeting_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["resource_id"], ["resource.id"], name=op.f("fk_receipt_resource_id")),
        sa.PrimaryKeyConstraint("resource_id", "token", name=op.f("pk_receipt")),
    )
    op.create_index(op.f("ix_receipt_created_at"), "receipt", ["created_at"], unique=False)
    op.create_index(op.f("ix_receipt_meeting_id"), "receipt", ["meeting_id"], unique=False)

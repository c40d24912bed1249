"""Answers that come back by mail, and the mail they came in."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    _answer()
    _incoming()


def downgrade() -> None:
    op.drop_table("incoming")
    op.drop_table("answer")


def _answer() -> None:
    op.create_table(
        "answer",
        sa.Column("meeting_id", sa.Text(), nullable=False),
        sa.Column("recipient_id", sa.Text(), nullable=False),
        sa.Column("partstat", sa.Text(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("stamped_at", INSTANT, nullable=False),
        sa.Column("comment", sa.Text(), nullable=False),
        sa.Column("received_at", INSTANT, nullable=False),
        sa.CheckConstraint(
            "partstat IN ('accepted', 'declined', 'tentative')", name=op.f("ck_answer_partstat")
        ),
        sa.ForeignKeyConstraint(
            ["meeting_id"], ["meeting.id"], name=op.f("fk_answer_meeting_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["recipient_id"], ["resource.id"], name=op.f("fk_answer_recipient_id")),
        sa.PrimaryKeyConstraint("meeting_id", "recipient_id", name=op.f("pk_answer")),
    )
    op.create_index(op.f("ix_answer_recipient_id"), "answer", ["recipient_id"], unique=False)


def _incoming() -> None:
    op.create_table(
        "incoming",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("received_at", INSTANT, nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("sender", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("raw", sa.LargeBinary(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("meeting_id", sa.Text(), nullable=True),
        sa.Column("attendee", sa.Text(), nullable=False),
        sa.Column("partstat", sa.Text(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("stamped_at", INSTANT, nullable=True),
        sa.Column("comment", sa.Text(), nullable=False),
        sa.Column("proposed_start_at", INSTANT, nullable=True),
        sa.Column("proposed_end_at", INSTANT, nullable=True),
        sa.Column("settled_at", INSTANT, nullable=True),
        sa.Column("settled_by", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "state IN ('applied', 'stale', 'review', 'unreadable', 'settled')", name=op.f("ck_incoming_state")
        ),
        sa.ForeignKeyConstraint(
            ["meeting_id"], ["meeting.id"], name=op.f("fk_incoming_meeting_id"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_incoming")),
    )
    op.create_index(op.f("ix_incoming_meeting_id"), "incoming", ["meeting_id"], unique=False)
    op.create_index(op.f("ix_incoming_state_received_at"), "incoming", ["state", "received_at"], unique=False)

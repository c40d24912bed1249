"""Offers of a slot that has become free, and the channel by which a row of the outbox goes."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "offer",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("freed_id", sa.Text(), nullable=False),
        sa.Column("fair_id", sa.Text(), nullable=False),
        sa.Column("match_id", sa.Text(), nullable=False),
        sa.Column("recipient_id", sa.Text(), nullable=False),
        sa.Column("start_at", INSTANT, nullable=False),
        sa.Column("end_at", INSTANT, nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("expires_at", INSTANT, nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("created_by", sa.Text(), nullable=False),
        sa.Column("answered_at", INSTANT, nullable=True),
        sa.CheckConstraint("state IN ('open', 'accepted', 'declined', 'gone')", name=op.f("ck_offer_state")),
        sa.ForeignKeyConstraint(
            ["freed_id"], ["meeting.id"], name=op.f("fk_offer_freed_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["fair_id"], ["fair.id"], name=op.f("fk_offer_fair_id")),
        sa.ForeignKeyConstraint(
            ["match_id"], ["match.id"], name=op.f("fk_offer_match_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["recipient_id"], ["resource.id"], name=op.f("fk_offer_recipient_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_offer")),
        sa.UniqueConstraint("freed_id", "match_id", name=op.f("uq_offer_freed_id_match_id")),
    )
    op.create_index(op.f("ix_offer_recipient_id_state"), "offer", ["recipient_id", "state"], unique=False)
    with op.batch_alter_table("outbox") as batch:
        batch.add_column(sa.Column("channel", sa.Text(), nullable=False, server_default="mail"))
    op.create_table(
        "reminder_choice",
        sa.Column("resource_id", sa.Text(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("phone", sa.Text(), nullable=False),
        sa.Column("consented_at", INSTANT, nullable=True),
        sa.Column("changed_at", INSTANT, nullable=False),
        sa.Column("changed_by", sa.Text(), nullable=False),
        sa.CheckConstraint("channel IN ('mail', 'text')", name=op.f("ck_reminder_choice_channel")),
        sa.ForeignKeyConstraint(
            ["resource_id"], ["resource.id"], name=op.f("fk_reminder_choice_resource_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("resource_id", name=op.f("pk_reminder_choice")),
    )


def downgrade() -> None:
    op.drop_table("reminder_choice")
    with op.batch_alter_table("outbox") as batch:
        batch.drop_column("channel")
    op.drop_table("offer")

"""Addresses of programs that are told what happens. What they are told stands in the outbox."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)
OF_WEBHOOKS = sa.text("channel = 'webhook'")


def upgrade() -> None:
    op.create_table(
        "webhook",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("account_id", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("events", sa.Text(), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("failing_since", INSTANT, nullable=True),
        sa.Column("ended_at", INSTANT, nullable=True),
        sa.Column("ended_because", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_webhook_account_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webhook")),
    )
    op.create_index(op.f("ix_webhook_account_id"), "webhook", ["account_id"])
    op.create_index(
        "ix_outbox_of_webhooks",
        "outbox",
        ["recipient_id", "created_at"],
        sqlite_where=OF_WEBHOOKS,
        postgresql_where=OF_WEBHOOKS,
    )


def downgrade() -> None:
    op.execute("DELETE FROM outbox WHERE channel = 'webhook'")
    op.drop_index("ix_outbox_of_webhooks", "outbox")
    op.drop_table("webhook")

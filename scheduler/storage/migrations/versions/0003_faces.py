"""What buyers, interpreters, doors and co-hosts leave behind: choices, proposals, signed hours, buyers in care."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)
JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
ROLES = "'coordinator', 'company', 'interpreter'"
KINDS = "'buyer', 'feed'"


def upgrade() -> None:
    _check("account", "ck_account_role", f"role IN ({ROLES}, 'cohost')")
    _check("link", "ck_link_kind", f"kind IN ({KINDS}, 'display')")
    _preference()
    _proposal()
    _hour_sheet()
    _cohost_buyer()


def downgrade() -> None:
    for table in ("cohost_buyer", "hour_sheet", "proposal", "preference"):
        op.drop_table(table)
    op.execute("DELETE FROM link WHERE kind = 'display'")
    op.execute("DELETE FROM account WHERE role = 'cohost'")
    _check("link", "ck_link_kind", f"kind IN ({KINDS})")
    _check("account", "ck_account_role", f"role IN ({ROLES})")


def _check(table: str, name: str, condition: str) -> None:
    """Another condition under the same name."""
    with op.batch_alter_table(table) as batch:
        batch.drop_constraint(op.f(name), type_="check")
        batch.create_check_constraint(op.f(name), condition)


def _preference() -> None:
    op.create_table(
        "preference",
        sa.Column("resource_id", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("zone", sa.Text(), nullable=False),
        sa.Column("changed_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(
            ["resource_id"], ["resource.id"], name=op.f("fk_preference_resource_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("resource_id", name=op.f("pk_preference")),
    )


def _proposal() -> None:
    op.create_table(
        "proposal",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("fair_id", sa.Text(), nullable=False),
        sa.Column("resource_id", sa.Text(), nullable=False),
        sa.Column("slots", JSON, nullable=False),
        sa.Column("comment", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("created_by", sa.Text(), nullable=False),
        sa.Column("settled_at", INSTANT, nullable=True),
        sa.Column("settled_by", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "state IN ('open', 'accepted', 'declined', 'replaced')", name=op.f("ck_proposal_state")
        ),
        sa.ForeignKeyConstraint(["fair_id"], ["fair.id"], name=op.f("fk_proposal_fair_id")),
        sa.ForeignKeyConstraint(
            ["resource_id"], ["resource.id"], name=op.f("fk_proposal_resource_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_proposal")),
    )
    op.create_index(op.f("ix_proposal_state_created_at"), "proposal", ["state", "created_at"])
    op.create_index(op.f("ix_proposal_resource_id_fair_id"), "proposal", ["resource_id", "fair_id"])


def _hour_sheet() -> None:
    op.create_table(
        "hour_sheet",
        sa.Column("interpreter_id", sa.Text(), nullable=False),
        sa.Column("month", sa.Text(), nullable=False),
        sa.Column("lines", JSON, nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("signed_name", sa.Text(), nullable=False),
        sa.Column("signed_by", sa.Text(), nullable=False),
        sa.Column("signed_at", INSTANT, nullable=False),
        sa.Column("countersigned_name", sa.Text(), nullable=False),
        sa.Column("countersigned_by", sa.Text(), nullable=False),
        sa.Column("countersigned_at", INSTANT, nullable=True),
        sa.ForeignKeyConstraint(
            ["interpreter_id"], ["resource.id"], name=op.f("fk_hour_sheet_interpreter_id")
        ),
        sa.PrimaryKeyConstraint("interpreter_id", "month", name=op.f("pk_hour_sheet")),
    )


def _cohost_buyer() -> None:
    op.create_table(
        "cohost_buyer",
        sa.Column("account_id", sa.Text(), nullable=False),
        sa.Column("buyer_id", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_cohost_buyer_account_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["buyer_id"], ["resource.id"], name=op.f("fk_cohost_buyer_buyer_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("account_id", "buyer_id", name=op.f("pk_cohost_buyer")),
    )
    op.create_index(op.f("ix_cohost_buyer_buyer_id"), "cohost_buyer", ["buyer_id"])

"""The time that an answer was given to, so that a moved session asks anew."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    with op.batch_alter_table("answer") as batch:
        batch.add_column(sa.Column("start_at", INSTANT, nullable=True))
        batch.add_column(sa.Column("end_at", INSTANT, nullable=True))
    # Answers that are known already were to the time that the session has.
    op.execute(
        "UPDATE answer SET "
        "start_at = (SELECT meeting.start_at FROM meeting WHERE meeting.id = answer.meeting_id), "
        "end_at = (SELECT meeting.end_at FROM meeting WHERE meeting.id = answer.meeting_id)"
    )


def downgrade() -> None:
    with op.batch_alter_table("answer") as batch:
        batch.drop_column("end_at")
        batch.drop_column("start_at")

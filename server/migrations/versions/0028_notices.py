"""Notices, who gets them by mail, and the mails on their way."""

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Three tables."""
    op.create_table(
        "notice",
        sa.Column("number", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("zh", sa.String(length=60), nullable=False),
        sa.Column("en", sa.String(length=120), nullable=False),
        sa.Column("points", sa.JSON(), nullable=False),
        sa.Column("from_ms", sa.BigInteger(), nullable=False),
        sa.Column("to_ms", sa.BigInteger(), nullable=False),
        sa.Column("by_mail", sa.Boolean(), nullable=False),
        sa.Column("withdrawn_ms", sa.BigInteger(), nullable=True),
        sa.Column("why", sa.String(length=200), nullable=False),
        sa.Column("made_by", sa.String(length=80), nullable=False),
        sa.Column("made_ms", sa.BigInteger(), nullable=False),
        sa.Column("changed_ms", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_notice")),
    )
    op.create_index(op.f("ix_notice_to_ms"), "notice", ["to_ms"])
    op.create_table(
        "notice_reader",
        sa.Column("address", sa.String(length=254), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("since_ms", sa.BigInteger(), nullable=False),
        sa.Column("entered_by", sa.String(length=80), nullable=False),
        sa.PrimaryKeyConstraint("address", name=op.f("pk_notice_reader")),
    )
    op.create_table(
        "notice_mail",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("withdrawal", sa.Boolean(), nullable=False),
        sa.Column("address", sa.String(length=254), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("due_ms", sa.BigInteger(), nullable=False),
        sa.Column("created_ms", sa.BigInteger(), nullable=False),
        sa.Column("done_ms", sa.BigInteger(), nullable=True),
        sa.Column("problem", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(["number"], ["notice.number"], name=op.f("fk_notice_mail_number")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notice_mail")),
    )
    op.create_index(op.f("ix_notice_mail_number"), "notice_mail", ["number"])
    op.create_index(op.f("ix_notice_mail_state_due_ms"), "notice_mail", ["state", "due_ms"])


def downgrade() -> None:
    """A data base goes forwards; one step back is a restored backup."""
    raise NotImplementedError

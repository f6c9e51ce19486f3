"""Second factors: authenticator apps, recovery codes, passkeys; sessions say what opened them."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.schema import SchemaItem

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def _user() -> tuple[sa.Column[str], sa.ForeignKeyConstraint]:
    return sa.Column("user_id", sa.String(length=26), nullable=False), sa.ForeignKeyConstraint(
        ["user_id"], ["user_account.id"], ondelete="CASCADE"
    )


def upgrade() -> None:
    """Nobody has one yet; open sessions were opened with a password."""
    tables: dict[str, list[SchemaItem]] = {
        "totp": [
            sa.Column("box", sa.LargeBinary(), nullable=False),
            sa.Column("active", sa.Boolean(), nullable=False),
            sa.Column("last_step", sa.BigInteger(), nullable=False),
            sa.Column("created_ms", sa.BigInteger(), nullable=False),
            sa.PrimaryKeyConstraint("user_id", name=op.f("pk_totp")),
        ],
        "recovery_code": [
            sa.Column("mark", sa.String(length=64), nullable=False),
            sa.Column("used_ms", sa.BigInteger(), nullable=True),
            sa.PrimaryKeyConstraint("user_id", "mark", name=op.f("pk_recovery_code")),
        ],
        "passkey": [
            sa.Column("id", sa.String(length=64), nullable=False),
            sa.Column("name", sa.String(length=63), nullable=False),
            sa.Column("rp_id", sa.String(length=253), nullable=False),
            sa.Column("credential", sa.LargeBinary(), nullable=False),
            sa.Column("sign_count", sa.BigInteger(), nullable=False),
            sa.Column("challenge_ms", sa.BigInteger(), nullable=False),
            sa.Column("created_ms", sa.BigInteger(), nullable=False),
            sa.Column("used_ms", sa.BigInteger(), nullable=True),
            sa.PrimaryKeyConstraint("id", name=op.f("pk_passkey")),
        ],
    }
    for table, columns in tables.items():
        user, key = _user()
        key.name = op.f(f"fk_{table}_user_id")
        op.create_table(table, user, *columns, key)
    op.create_index(op.f("ix_passkey_user_id"), "passkey", ["user_id"])
    op.add_column("user_session", sa.Column("by", sa.String(length=32), server_default="password", nullable=False))
    op.add_column("user_session", sa.Column("agent", sa.String(length=200), server_default="", nullable=False))


def downgrade() -> None:
    """A data base goes forwards; one step back is a restored backup."""
    raise NotImplementedError

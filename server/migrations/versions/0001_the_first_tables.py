"""The first tables."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """In the order of their foreign keys."""
    _part_1()
    _part_2()
    _part_3()
    _part_4()
    _part_5()
    _part_6()
    _part_7()


def downgrade() -> None:
    """Nothing is before the first tables: a data base is thrown away, not brought back."""
    raise NotImplementedError


def _part_1() -> None:
    """alarm, api_token, audit, calendar_day"""
    op.create_table(
        "alarm",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("gateway_id", sa.String(length=63), nullable=True),
        sa.Column("point", sa.String(length=63), nullable=True),
        sa.Column("card_id", sa.String(length=26), nullable=True),
        sa.Column("event_id", sa.BigInteger(), nullable=True),
        sa.Column("at_ms", sa.BigInteger(), nullable=False),
        sa.Column("detail", sa.JSON(), nullable=False),
        sa.Column("acknowledged_ms", sa.BigInteger(), nullable=True),
        sa.Column("acknowledged_by", sa.String(length=63), nullable=True),
        sa.Column("note", sa.String(length=500), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alarm")),
    )
    op.create_index("ix_alarm_acknowledged_ms", "alarm", ["acknowledged_ms"])
    op.create_index("ix_alarm_kind", "alarm", ["kind"])
    op.create_table(
        "api_token",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("name", sa.String(length=63), nullable=False),
        sa.Column("role", sa.String(length=16), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("created_ms", sa.BigInteger(), nullable=False),
        sa.Column("used_ms", sa.BigInteger(), nullable=False),
        sa.Column("expires_ms", sa.BigInteger(), nullable=True),
        sa.Column("revoked_ms", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_api_token")),
        sa.UniqueConstraint("name", name=op.f("uq_api_token_name")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_api_token_token_hash")),
    )
    op.create_table(
        "audit",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("at_ms", sa.BigInteger(), nullable=False),
        sa.Column("actor", sa.String(length=80), nullable=False),
        sa.Column("action", sa.String(length=40), nullable=False),
        sa.Column("subject", sa.String(length=120), nullable=False),
        sa.Column("before", sa.String(), nullable=False),
        sa.Column("after", sa.String(), nullable=False),
        sa.Column("why", sa.String(length=500), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit")),
    )
    op.create_index("ix_audit_action", "audit", ["action"])
    op.create_index("ix_audit_subject", "audit", ["subject"])
    op.create_table(
        "calendar_day",
        sa.Column("day", sa.String(length=10), nullable=False),
        sa.Column("workday", sa.Boolean(), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.PrimaryKeyConstraint("day", name=op.f("pk_calendar_day")),
    )


def _part_2() -> None:
    """counter, dead_letter, event, hole"""
    op.create_table(
        "counter",
        sa.Column("name", sa.String(length=32), nullable=False),
        sa.Column("value", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_counter")),
    )
    op.create_table(
        "dead_letter",
        sa.Column("gateway_id", sa.String(length=63), nullable=False),
        sa.Column("epoch", sa.String(length=16), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.Column("problem", sa.String(), nullable=False),
        sa.Column("received_ms", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("gateway_id", "epoch", "seq", name=op.f("pk_dead_letter")),
    )
    op.create_table(
        "event",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("gateway_id", sa.String(length=63), nullable=False),
        sa.Column("epoch", sa.String(length=16), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("point", sa.String(length=63), nullable=True),
        sa.Column("card_id", sa.String(length=26), nullable=True),
        sa.Column("holder", sa.String(length=16), nullable=True),
        sa.Column("reason", sa.String(length=32), nullable=True),
        sa.Column("wall_ms", sa.BigInteger(), nullable=False),
        sa.Column("clock", sa.String(length=8), nullable=False),
        sa.Column("received_ms", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_event")),
        sa.UniqueConstraint("gateway_id", "epoch", "seq", name=op.f("uq_event_gateway_id_epoch_seq")),
    )
    op.create_index("ix_event_card_id_id", "event", ["card_id", "id"])
    op.create_index("ix_event_kind_id", "event", ["kind", "id"])
    op.create_index("ix_event_point_id", "event", ["point", "id"])
    op.create_index("ix_event_wall_ms", "event", ["wall_ms"])
    op.create_table(
        "hole",
        sa.Column("gateway_id", sa.String(length=63), nullable=False),
        sa.Column("epoch", sa.String(length=16), nullable=False),
        sa.Column("first_seq", sa.BigInteger(), nullable=False),
        sa.Column("last_seq", sa.BigInteger(), nullable=False),
        sa.Column("why", sa.String(length=32), nullable=False),
        sa.Column("at_ms", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("gateway_id", "epoch", "first_seq", name=op.f("pk_hole")),
    )


def _part_3() -> None:
    """intake_position, org_unit, quarantine, refused_message, schedule"""
    op.create_table(
        "intake_position",
        sa.Column("gateway_id", sa.String(length=63), nullable=False),
        sa.Column("epoch", sa.String(length=16), nullable=False),
        sa.Column("watermark", sa.BigInteger(), nullable=False),
        sa.Column("head_hash", sa.String(length=64), nullable=False),
        sa.Column("changed_ms", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("gateway_id", "epoch", name=op.f("pk_intake_position")),
    )
    op.create_table(
        "org_unit",
        sa.Column("code", sa.String(length=12), nullable=False),
        sa.Column("level", sa.String(length=16), nullable=False),
        sa.Column("name_zh", sa.String(length=100), nullable=False),
        sa.Column("name_en", sa.String(length=100), nullable=False),
        sa.Column("parent", sa.String(length=12), nullable=True),
        sa.ForeignKeyConstraint(["parent"], ["org_unit.code"], name=op.f("fk_org_unit_parent")),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_org_unit")),
    )
    op.create_table(
        "quarantine",
        sa.Column("gateway_id", sa.String(length=63), nullable=False),
        sa.Column("epoch", sa.String(length=16), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("known_hash", sa.String(length=64), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("received_ms", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("gateway_id", "epoch", "seq", "hash", name=op.f("pk_quarantine")),
    )
    op.create_table(
        "refused_message",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("topic", sa.String(length=200), nullable=False),
        sa.Column("gateway_id", sa.String(length=63), nullable=True),
        sa.Column("trust", sa.Boolean(), nullable=False),
        sa.Column("problem", sa.String(), nullable=False),
        sa.Column("size_bytes", sa.Integer(), nullable=False),
        sa.Column("head", sa.LargeBinary(), nullable=False),
        sa.Column("received_ms", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_refused_message")),
    )
    op.create_table(
        "schedule",
        sa.Column("id", sa.String(length=63), nullable=False),
        sa.Column("name_zh", sa.String(length=100), nullable=False),
        sa.Column("name_en", sa.String(length=100), nullable=False),
        sa.Column("intervals", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_schedule")),
    )


def _part_4() -> None:
    """access_level, gateway, holder"""
    op.create_table(
        "access_level",
        sa.Column("id", sa.String(length=63), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("name_zh", sa.String(length=100), nullable=False),
        sa.Column("name_en", sa.String(length=100), nullable=False),
        sa.Column("schedule_id", sa.String(length=63), nullable=False),
        sa.ForeignKeyConstraint(["schedule_id"], ["schedule.id"], name=op.f("fk_access_level_schedule_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_access_level")),
        sa.UniqueConstraint("number", name=op.f("uq_access_level_number")),
    )
    op.create_table(
        "gateway",
        sa.Column("id", sa.String(length=63), nullable=False),
        sa.Column("org", sa.String(length=12), nullable=False),
        sa.Column("place", sa.String(length=100), nullable=False),
        sa.Column("signing_key", sa.String(length=64), nullable=True),
        sa.Column("box_key", sa.String(length=64), nullable=True),
        sa.Column("claim_hash", sa.String(length=64), nullable=True),
        sa.Column("claim_expires_ms", sa.BigInteger(), nullable=True),
        sa.Column("claim_used_ms", sa.BigInteger(), nullable=True),
        sa.Column("enrolled_ms", sa.BigInteger(), nullable=True),
        sa.Column("revoked_ms", sa.BigInteger(), nullable=True),
        sa.Column("online", sa.Boolean(), nullable=False),
        sa.Column("boot", sa.String(length=64), nullable=False),
        sa.Column("state_at_ms", sa.BigInteger(), nullable=False),
        sa.Column("epoch", sa.String(length=16), nullable=False),
        sa.Column("head_seq", sa.BigInteger(), nullable=False),
        sa.Column("acked_seq", sa.BigInteger(), nullable=False),
        sa.Column("policy_version", sa.BigInteger(), nullable=False),
        sa.Column("rev_seq", sa.BigInteger(), nullable=False),
        sa.Column("seen_ms", sa.BigInteger(), nullable=False),
        sa.Column("offline_since_ms", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["org"], ["org_unit.code"], name=op.f("fk_gateway_org")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_gateway")),
    )
    op.create_index("ix_gateway_org", "gateway", ["org"])
    op.create_table(
        "holder",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("pseudonym", sa.String(length=16), nullable=False),
        sa.Column("org", sa.String(length=12), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("house", sa.String(length=100), nullable=False),
        sa.Column("phone_tail", sa.String(length=4), nullable=False),
        sa.Column("created_ms", sa.BigInteger(), nullable=False),
        sa.Column("changed_ms", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["org"], ["org_unit.code"], name=op.f("fk_holder_org")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_holder")),
        sa.UniqueConstraint("pseudonym", name=op.f("uq_holder_pseudonym")),
    )
    op.create_index("ix_holder_house", "holder", ["house"])
    op.create_index("ix_holder_name", "holder", ["name"])
    op.create_index("ix_holder_org", "holder", ["org"])


def _part_5() -> None:
    """user_account, card"""
    op.create_table(
        "user_account",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("name", sa.String(length=63), nullable=False),
        sa.Column("org", sa.String(length=12), nullable=False),
        sa.Column("role", sa.String(length=16), nullable=False),
        sa.Column("password_hash", sa.String(length=200), nullable=False),
        sa.Column("must_change", sa.Boolean(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("locked_until_ms", sa.BigInteger(), nullable=False),
        sa.Column("disabled", sa.Boolean(), nullable=False),
        sa.Column("created_ms", sa.BigInteger(), nullable=False),
        sa.Column("changed_ms", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["org"], ["org_unit.code"], name=op.f("fk_user_account_org")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_user_account")),
        sa.UniqueConstraint("name", name=op.f("uq_user_account_name")),
    )
    op.create_table(
        "card",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("uid", sa.String(length=20), nullable=True),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("org", sa.String(length=12), nullable=False),
        sa.Column("holder_id", sa.String(length=26), nullable=True),
        sa.Column("valid_from_ms", sa.BigInteger(), nullable=False),
        sa.Column("valid_to_ms", sa.BigInteger(), nullable=False),
        sa.Column("issued_ms", sa.BigInteger(), nullable=True),
        sa.Column("grant_serial", sa.BigInteger(), nullable=False),
        sa.Column("grant_to_ms", sa.BigInteger(), nullable=False),
        sa.Column("key_version", sa.Integer(), nullable=False),
        sa.Column("created_ms", sa.BigInteger(), nullable=False),
        sa.Column("changed_ms", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["holder_id"], ["holder.id"], name=op.f("fk_card_holder_id")),
        sa.ForeignKeyConstraint(["org"], ["org_unit.code"], name=op.f("fk_card_org")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_card")),
        sa.UniqueConstraint("number", name=op.f("uq_card_number")),
        sa.UniqueConstraint("uid", name=op.f("uq_card_uid")),
    )
    op.create_index("ix_card_holder_id", "card", ["holder_id"])
    op.create_index("ix_card_org", "card", ["org"])
    op.create_index("ix_card_state", "card", ["state"])


def _part_6() -> None:
    """point, policy_snapshot, policy_version, revocation_applied"""
    op.create_table(
        "point",
        sa.Column("id", sa.String(length=63), nullable=False),
        sa.Column("org", sa.String(length=12), nullable=False),
        sa.Column("gateway_id", sa.String(length=63), nullable=True),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("name_zh", sa.String(length=100), nullable=False),
        sa.Column("name_en", sa.String(length=100), nullable=False),
        sa.Column("area", sa.String(length=63), nullable=False),
        sa.Column("direction", sa.String(length=8), nullable=False),
        sa.Column("minimum_assurance", sa.String(length=8), nullable=False),
        sa.Column("uid_waived", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["gateway_id"], ["gateway.id"], name=op.f("fk_point_gateway_id")),
        sa.ForeignKeyConstraint(["org"], ["org_unit.code"], name=op.f("fk_point_org")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_point")),
    )
    op.create_index("ix_point_gateway_id", "point", ["gateway_id"])
    op.create_index("ix_point_org", "point", ["org"])
    op.create_table(
        "policy_snapshot",
        sa.Column("gateway_id", sa.String(length=63), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["gateway_id"], ["gateway.id"], name=op.f("fk_policy_snapshot_gateway_id")),
        sa.PrimaryKeyConstraint("gateway_id", "version", name=op.f("pk_policy_snapshot")),
    )
    op.create_index("ix_policy_snapshot_sha256", "policy_snapshot", ["sha256"])
    op.create_table(
        "policy_version",
        sa.Column("gateway_id", sa.String(length=63), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("content_sha256", sa.String(length=64), nullable=False),
        sa.Column("snapshot_sha256", sa.String(length=64), nullable=False),
        sa.Column("snapshot_bytes", sa.Integer(), nullable=False),
        sa.Column("rev_seq", sa.BigInteger(), nullable=False),
        sa.Column("cards", sa.Integer(), nullable=False),
        sa.Column("issued_ms", sa.BigInteger(), nullable=False),
        sa.Column("expires_ms", sa.BigInteger(), nullable=False),
        sa.Column("manifest", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["gateway_id"], ["gateway.id"], name=op.f("fk_policy_version_gateway_id")),
        sa.PrimaryKeyConstraint("gateway_id", "version", name=op.f("pk_policy_version")),
    )
    op.create_table(
        "revocation_applied",
        sa.Column("gateway_id", sa.String(length=63), nullable=False),
        sa.Column("rev_seq", sa.BigInteger(), nullable=False),
        sa.Column("at_ms", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["gateway_id"], ["gateway.id"], name=op.f("fk_revocation_applied_gateway_id")),
        sa.PrimaryKeyConstraint("gateway_id", "rev_seq", name=op.f("pk_revocation_applied")),
    )


def _part_7() -> None:
    """user_session, access_level_point, card_level, revocation"""
    op.create_table(
        "user_session",
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("user_id", sa.String(length=26), nullable=False),
        sa.Column("created_ms", sa.BigInteger(), nullable=False),
        sa.Column("seen_ms", sa.BigInteger(), nullable=False),
        sa.Column("expires_ms", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user_account.id"], name=op.f("fk_user_session_user_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_user_session")),
    )
    op.create_index("ix_user_session_user_id", "user_session", ["user_id"])
    op.create_table(
        "access_level_point",
        sa.Column("level_id", sa.String(length=63), nullable=False),
        sa.Column("point_id", sa.String(length=63), nullable=False),
        sa.ForeignKeyConstraint(
            ["level_id"], ["access_level.id"], name=op.f("fk_access_level_point_level_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["point_id"], ["point.id"], name=op.f("fk_access_level_point_point_id")),
        sa.PrimaryKeyConstraint("level_id", "point_id", name=op.f("pk_access_level_point")),
    )
    op.create_index("ix_access_level_point_point_id", "access_level_point", ["point_id"])
    op.create_table(
        "card_level",
        sa.Column("card_id", sa.String(length=26), nullable=False),
        sa.Column("level_id", sa.String(length=63), nullable=False),
        sa.ForeignKeyConstraint(["card_id"], ["card.id"], name=op.f("fk_card_level_card_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["level_id"], ["access_level.id"], name=op.f("fk_card_level_level_id")),
        sa.PrimaryKeyConstraint("card_id", "level_id", name=op.f("pk_card_level")),
    )
    op.create_index("ix_card_level_level_id", "card_level", ["level_id"])
    op.create_table(
        "revocation",
        sa.Column("rev_seq", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("card_id", sa.String(length=26), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("at_ms", sa.BigInteger(), nullable=False),
        sa.Column("expires_ms", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["card_id"], ["card.id"], name=op.f("fk_revocation_card_id")),
        sa.PrimaryKeyConstraint("rev_seq", name=op.f("pk_revocation")),
    )
    op.create_index("ix_revocation_card_id", "revocation", ["card_id"])

"""Privacy: time limits, nights, requests, assessments; what stays of an event whose time is over."""

import sqlalchemy as sa
from alembic import op

revision = '0029'
down_revision = '0028'
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Six tables."""
    op.create_table('event_gone',
    sa.Column('gateway_id', sa.String(length=63), nullable=False),
    sa.Column('epoch', sa.String(length=16), nullable=False),
    sa.Column('seq', sa.BigInteger(), nullable=False),
    sa.Column('event_id', sa.BigInteger(), nullable=False),
    sa.Column('hash', sa.LargeBinary(), nullable=False),
    sa.Column('received_ms', sa.BigInteger(), nullable=False),
    sa.Column('at_ms', sa.BigInteger(), nullable=False),
    sa.PrimaryKeyConstraint('gateway_id', 'epoch', 'seq', name=op.f('pk_event_gone'))
    )
    op.create_index(op.f('ix_event_gone_received_ms'), 'event_gone', ['received_ms'])

    op.create_table('privacy_assessment',
    sa.Column('id', sa.String(length=26), nullable=False),
    sa.Column('aim', sa.String(length=16), nullable=False),
    sa.Column('necessity', sa.String(length=2000), nullable=False),
    sa.Column('risks', sa.String(length=2000), nullable=False),
    sa.Column('measures', sa.String(length=2000), nullable=False),
    sa.Column('verdict', sa.String(length=16), nullable=False),
    sa.Column('made_by', sa.String(length=80), nullable=False),
    sa.Column('made_ms', sa.BigInteger(), nullable=False),
    sa.Column('again_day', sa.String(length=10), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_privacy_assessment'))
    )
    op.create_index(op.f('ix_privacy_assessment_aim'), 'privacy_assessment', ['aim'])

    op.create_table('privacy_night',
    sa.Column('day', sa.String(length=10), nullable=False),
    sa.Column('at_ms', sa.BigInteger(), nullable=False),
    sa.Column('removed', sa.Integer(), nullable=False),
    sa.PrimaryKeyConstraint('day', name=op.f('pk_privacy_night'))
    )
    op.create_table('retention',
    sa.Column('aim', sa.String(length=16), nullable=False),
    sa.Column('keep_days', sa.Integer(), nullable=False),
    sa.Column('why', sa.String(length=300), nullable=False),
    sa.Column('set_by', sa.String(length=80), nullable=False),
    sa.Column('changed_ms', sa.BigInteger(), nullable=False),
    sa.PrimaryKeyConstraint('aim', name=op.f('pk_retention'))
    )
    op.create_table('privacy_request',
    sa.Column('number', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('kind', sa.String(length=16), nullable=False),
    sa.Column('holder_id', sa.String(length=26), nullable=True),
    sa.Column('name', sa.String(length=100), nullable=False),
    sa.Column('way', sa.String(length=16), nullable=False),
    sa.Column('text', sa.String(length=2000), nullable=False),
    sa.Column('state', sa.String(length=16), nullable=False),
    sa.Column('handler', sa.String(length=80), nullable=False),
    sa.Column('asked_ms', sa.BigInteger(), nullable=False),
    sa.Column('due_ms', sa.BigInteger(), nullable=False),
    sa.Column('closed_ms', sa.BigInteger(), nullable=True),
    sa.Column('turn', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['holder_id'], ['holder.id'], name=op.f('fk_privacy_request_holder_id'), ondelete='SET NULL'),
    sa.PrimaryKeyConstraint('number', name=op.f('pk_privacy_request'))
    )
    op.create_index(op.f('ix_privacy_request_holder_id'), 'privacy_request', ['holder_id'])
    op.create_index(op.f('ix_privacy_request_state'), 'privacy_request', ['state'])

    op.create_table('privacy_step',
    sa.Column('number', sa.BigInteger(), nullable=False),
    sa.Column('turn', sa.Integer(), nullable=False),
    sa.Column('at_ms', sa.BigInteger(), nullable=False),
    sa.Column('actor', sa.String(length=80), nullable=False),
    sa.Column('step', sa.String(length=16), nullable=False),
    sa.Column('note', sa.String(length=2000), nullable=False),
    sa.ForeignKeyConstraint(['number'], ['privacy_request.number'], name=op.f('fk_privacy_step_number'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('number', 'turn', name=op.f('pk_privacy_step'))
    )


def downgrade() -> None:
    """A data base goes forwards; one step back is a restored backup."""
    raise NotImplementedError

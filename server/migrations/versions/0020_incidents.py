"""Incidents with their history and sources; org units may end."""

import sqlalchemy as sa
from alembic import op

revision = '0020'
down_revision = '0019'
branch_labels = None
depends_on = None


def upgrade() -> None:
    """New tables; a unit learns when it was dissolved."""
    op.create_table('incident',
    sa.Column('number', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('matter', sa.String(length=16), nullable=False),
    sa.Column('title', sa.String(length=120), nullable=False),
    sa.Column('text', sa.String(length=1000), nullable=False),
    sa.Column('point', sa.String(length=63), nullable=True),
    sa.Column('house', sa.String(length=100), nullable=False),
    sa.Column('holder_id', sa.String(length=26), nullable=True),
    sa.Column('urgency', sa.String(length=8), nullable=False),
    sa.Column('state', sa.String(length=16), nullable=False),
    sa.Column('unit', sa.String(length=12), nullable=False),
    sa.Column('person', sa.String(length=80), nullable=False),
    sa.Column('path', sa.JSON(), nullable=False),
    sa.Column('done_by', sa.JSON(), nullable=False),
    sa.Column('due_ms', sa.BigInteger(), nullable=True),
    sa.Column('reported_by', sa.String(length=80), nullable=False),
    sa.Column('reported_ms', sa.BigInteger(), nullable=False),
    sa.Column('changed_ms', sa.BigInteger(), nullable=False),
    sa.Column('closed_by', sa.String(length=80), nullable=False),
    sa.Column('merged_into', sa.BigInteger(), nullable=True),
    sa.Column('returns', sa.Integer(), nullable=False),
    sa.Column('overdue', sa.Integer(), nullable=False),
    sa.Column('turn', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['holder_id'], ['holder.id'], name=op.f('fk_incident_holder_id'), ondelete='SET NULL'),
    sa.PrimaryKeyConstraint('number', name=op.f('pk_incident'))
    )
    with op.batch_alter_table('incident', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_incident_merged_into'), ['merged_into'], unique=False)
        batch_op.create_index(batch_op.f('ix_incident_point_state'), ['point', 'state'], unique=False)
        batch_op.create_index(batch_op.f('ix_incident_state_due_ms'), ['state', 'due_ms'], unique=False)
        batch_op.create_index(batch_op.f('ix_incident_unit_state'), ['unit', 'state'], unique=False)

    op.create_table('incident_source',
    sa.Column('kind', sa.String(length=8), nullable=False),
    sa.Column('source_id', sa.String(length=40), nullable=False),
    sa.Column('number', sa.BigInteger(), nullable=False),
    sa.Column('at_ms', sa.BigInteger(), nullable=False),
    sa.ForeignKeyConstraint(['number'], ['incident.number'], name=op.f('fk_incident_source_number')),
    sa.PrimaryKeyConstraint('kind', 'source_id', name=op.f('pk_incident_source'))
    )
    with op.batch_alter_table('incident_source', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_incident_source_number'), ['number'], unique=False)

    op.create_table('incident_step',
    sa.Column('number', sa.BigInteger(), nullable=False),
    sa.Column('turn', sa.Integer(), nullable=False),
    sa.Column('at_ms', sa.BigInteger(), nullable=False),
    sa.Column('actor', sa.String(length=80), nullable=False),
    sa.Column('action', sa.String(length=16), nullable=False),
    sa.Column('state', sa.String(length=16), nullable=False),
    sa.Column('unit', sa.String(length=12), nullable=False),
    sa.Column('person', sa.String(length=80), nullable=False),
    sa.Column('due_ms', sa.BigInteger(), nullable=True),
    sa.Column('why', sa.String(length=1000), nullable=False),
    sa.ForeignKeyConstraint(['number'], ['incident.number'], name=op.f('fk_incident_step_number')),
    sa.PrimaryKeyConstraint('number', 'turn', name=op.f('pk_incident_step'))
    )
    with op.batch_alter_table('org_unit', schema=None) as batch_op:
        batch_op.add_column(sa.Column('ended_ms', sa.BigInteger(), nullable=True))


def downgrade() -> None:
    """A data base goes forwards; one step back is a restored backup."""
    raise NotImplementedError

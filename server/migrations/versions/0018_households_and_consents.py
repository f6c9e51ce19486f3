"""Households, portraits, consents, and people who were entered twice."""

import sqlalchemy as sa
from alembic import op

revision = '0018'
down_revision = '0017'
branch_labels = None
depends_on = None


def upgrade() -> None:
    """New tables; households begin when somebody is entered or changed."""
    op.create_table('consent',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('holder_id', sa.String(length=26), nullable=False),
    sa.Column('purpose', sa.String(length=16), nullable=False),
    sa.Column('given', sa.Boolean(), nullable=False),
    sa.Column('notice', sa.String(length=16), nullable=False),
    sa.Column('at_ms', sa.BigInteger(), nullable=False),
    sa.Column('actor', sa.String(length=80), nullable=False),
    sa.ForeignKeyConstraint(['holder_id'], ['holder.id'], name=op.f('fk_consent_holder_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_consent'))
    )
    with op.batch_alter_table('consent', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_consent_holder_id'), ['holder_id'], unique=False)

    op.create_table('holder_alias',
    sa.Column('pseudonym', sa.String(length=16), nullable=False),
    sa.Column('holder_id', sa.String(length=26), nullable=False),
    sa.Column('old_id', sa.String(length=26), nullable=False),
    sa.Column('merged_ms', sa.BigInteger(), nullable=False),
    sa.ForeignKeyConstraint(['holder_id'], ['holder.id'], name=op.f('fk_holder_alias_holder_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('pseudonym', name=op.f('pk_holder_alias'))
    )
    with op.batch_alter_table('holder_alias', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_holder_alias_holder_id'), ['holder_id'], unique=False)

    op.create_table('holder_photo',
    sa.Column('holder_id', sa.String(length=26), nullable=False),
    sa.Column('data', sa.LargeBinary(), nullable=False),
    sa.Column('changed_ms', sa.BigInteger(), nullable=False),
    sa.ForeignKeyConstraint(['holder_id'], ['holder.id'], name=op.f('fk_holder_photo_holder_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('holder_id', name=op.f('pk_holder_photo'))
    )
    op.create_table('household',
    sa.Column('id', sa.String(length=26), nullable=False),
    sa.Column('house_id', sa.String(length=26), nullable=False),
    sa.Column('tenure', sa.String(length=16), nullable=False),
    sa.Column('since_ms', sa.BigInteger(), nullable=False),
    sa.Column('ended_ms', sa.BigInteger(), nullable=True),
    sa.ForeignKeyConstraint(['house_id'], ['house.id'], name=op.f('fk_household_house_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_household'))
    )
    with op.batch_alter_table('household', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_household_house_id'), ['house_id'], unique=False)

    op.create_table('household_member',
    sa.Column('household_id', sa.String(length=26), nullable=False),
    sa.Column('holder_id', sa.String(length=26), nullable=False),
    sa.Column('relation', sa.String(length=16), nullable=False),
    sa.Column('from_ms', sa.BigInteger(), nullable=False),
    sa.Column('to_ms', sa.BigInteger(), nullable=True),
    sa.ForeignKeyConstraint(['holder_id'], ['holder.id'], name=op.f('fk_household_member_holder_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['household_id'], ['household.id'], name=op.f('fk_household_member_household_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('household_id', 'holder_id', name=op.f('pk_household_member'))
    )
    with op.batch_alter_table('household_member', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_household_member_holder_id'), ['holder_id'], unique=False)



def downgrade() -> None:
    """Without them."""
    with op.batch_alter_table('household_member', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_household_member_holder_id'))

    op.drop_table('household_member')
    with op.batch_alter_table('household', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_household_house_id'))

    op.drop_table('household')
    op.drop_table('holder_photo')
    with op.batch_alter_table('holder_alias', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_holder_alias_holder_id'))

    op.drop_table('holder_alias')
    with op.batch_alter_table('consent', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_consent_holder_id'))

    op.drop_table('consent')

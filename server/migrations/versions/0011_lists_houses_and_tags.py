"""Lists are taken over, houses have a list of their own, people have tags and the mark of an identity number."""

import sqlalchemy as sa
from alembic import op

revision = '0011'
down_revision = '0010'
branch_labels = None
depends_on = None


def upgrade() -> None:
    """New tables and columns; nobody has a tag yet."""
    op.create_table('house',
    sa.Column('id', sa.String(length=26), nullable=False),
    sa.Column('org', sa.String(length=12), nullable=False),
    sa.Column('code', sa.String(length=40), nullable=False),
    sa.Column('sort_key', sa.String(length=100), nullable=False),
    sa.Column('note', sa.String(length=200), nullable=False),
    sa.Column('created_ms', sa.BigInteger(), nullable=False),
    sa.Column('changed_ms', sa.BigInteger(), nullable=False),
    sa.ForeignKeyConstraint(['org'], ['org_unit.code'], name=op.f('fk_house_org')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_house')),
    sa.UniqueConstraint('org', 'code', name=op.f('uq_house_org_code'))
    )
    with op.batch_alter_table('house', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_house_sort_key'), ['sort_key'], unique=False)

    op.create_table('import_batch',
    sa.Column('id', sa.String(length=26), nullable=False),
    sa.Column('org', sa.String(length=12), nullable=False),
    sa.Column('subject', sa.String(length=16), nullable=False),
    sa.Column('state', sa.String(length=16), nullable=False),
    sa.Column('file_name', sa.String(length=200), nullable=False),
    sa.Column('actor', sa.String(length=80), nullable=False),
    sa.Column('titles', sa.JSON(), nullable=False),
    sa.Column('mapped', sa.JSON(), nullable=False),
    sa.Column('rows', sa.Integer(), nullable=False),
    sa.Column('created_ms', sa.BigInteger(), nullable=False),
    sa.Column('applied_ms', sa.BigInteger(), nullable=True),
    sa.Column('undone_ms', sa.BigInteger(), nullable=True),
    sa.Column('counts', sa.JSON(), nullable=False),
    sa.ForeignKeyConstraint(['org'], ['org_unit.code'], name=op.f('fk_import_batch_org')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_import_batch'))
    )
    with op.batch_alter_table('import_batch', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_import_batch_created_ms'), ['created_ms'], unique=False)

    op.create_table('import_mapping',
    sa.Column('org', sa.String(length=12), nullable=False),
    sa.Column('subject', sa.String(length=16), nullable=False),
    sa.Column('fingerprint', sa.String(length=64), nullable=False),
    sa.Column('mapped', sa.JSON(), nullable=False),
    sa.Column('changed_ms', sa.BigInteger(), nullable=False),
    sa.ForeignKeyConstraint(['org'], ['org_unit.code'], name=op.f('fk_import_mapping_org')),
    sa.PrimaryKeyConstraint('org', 'subject', 'fingerprint', name=op.f('pk_import_mapping'))
    )
    op.create_table('import_line',
    sa.Column('import_id', sa.String(length=26), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('cells', sa.JSON(), nullable=False),
    sa.Column('typed', sa.Boolean(), nullable=False),
    sa.Column('status', sa.String(length=8), nullable=False),
    sa.Column('flaws', sa.JSON(), nullable=False),
    sa.Column('key', sa.String(length=64), nullable=True),
    sa.Column('made', sa.JSON(), nullable=False),
    sa.Column('target', sa.String(length=26), nullable=True),
    sa.Column('before', sa.JSON(), nullable=False),
    sa.ForeignKeyConstraint(['import_id'], ['import_batch.id'], name=op.f('fk_import_line_import_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('import_id', 'number', name=op.f('pk_import_line'))
    )
    with op.batch_alter_table('import_line', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_import_line_import_id_key'), ['import_id', 'key'], unique=False)
        batch_op.create_index(batch_op.f('ix_import_line_import_id_status_number'), ['import_id', 'status', 'number'], unique=False)

    with op.batch_alter_table('holder', schema=None) as batch_op:
        batch_op.add_column(sa.Column('id_mark', sa.String(length=64), nullable=True))
        batch_op.add_column(sa.Column('tags', sa.JSON(), nullable=False, server_default='[]'))
        batch_op.create_index(batch_op.f('ix_holder_id_mark'), ['id_mark'], unique=False)



def downgrade() -> None:
    """Without them."""
    with op.batch_alter_table('holder', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_holder_id_mark'))
        batch_op.drop_column('tags')
        batch_op.drop_column('id_mark')

    with op.batch_alter_table('import_line', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_import_line_import_id_status_number'))
        batch_op.drop_index(batch_op.f('ix_import_line_import_id_key'))

    op.drop_table('import_line')
    op.drop_table('import_mapping')
    with op.batch_alter_table('import_batch', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_import_batch_created_ms'))

    op.drop_table('import_batch')
    with op.batch_alter_table('house', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_house_sort_key'))

    op.drop_table('house')

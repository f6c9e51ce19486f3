"""What Alembic runs: the migrations, on the connection that `server.tables.migrate` hands over."""

from alembic import context

from server.tables import Row

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Row.metadata,
    # SQLite cannot alter most things in place: the table is made anew and its rows are moved.
    render_as_batch=True,
    compare_type=True,
)
with context.begin_transaction():
    context.run_migrations()

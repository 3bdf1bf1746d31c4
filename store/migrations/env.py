"""Runs the migrations: each is a SQL file of the same name, and a transaction of its own.

So each holds its tables for its own time only, and one that fails leaves those before it: `upgrade` goes on from there.
"""

from alembic import context
from sqlalchemy import create_engine, pool

url = context.config.attributes["url"].replace("postgresql://", "postgresql+psycopg://", 1)
engine = create_engine(url, poolclass=pool.NullPool, connect_args={"options": context.config.attributes["options"]})
with engine.connect() as connection:
    context.configure(connection=connection, transaction_per_migration=True)
    with context.begin_transaction():
        context.run_migrations()
engine.dispose()

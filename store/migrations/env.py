"""Runs the migrations: each is a SQL file of the same name; one transaction in all."""

from alembic import context
from sqlalchemy import create_engine, pool

url = context.config.attributes["url"].replace("postgresql://", "postgresql+psycopg://", 1)
engine = create_engine(url, poolclass=pool.NullPool, connect_args={"options": context.config.attributes["options"]})
with engine.connect() as connection:
    context.configure(connection=connection)
    with context.begin_transaction():
        context.run_migrations()
engine.dispose()

"""Alembic's environment: one tree of migrations for SQLite and PostgreSQL, run by `models.core.migrate`."""

from __future__ import annotations

from typing import Any, Literal

from alembic import context
from sqlalchemy import JSON

from models.core.database import make_engine
from models.core.settings import settings
from models.core.types import AmountType, ExactType, InstantType
from models.tables import Base

PLAIN = {
    AmountType: "sa.BigInteger()",
    InstantType: "sa.DateTime(timezone=True)",
    ExactType: "sa.String(64)",
    JSON: "JSON",
}


def render(kind: str, item: Any, _: Any) -> str | Literal[False]:
    """Write our column types as what they are in the database, so that a migration never depends on today's code."""
    if kind == "type":
        for ours, plain in PLAIN.items():
            if isinstance(item, ours):
                return plain
    return False


url = context.config.attributes.get("url") or settings().record_store
engine = make_engine(url)
with engine.connect() as connection:
    connection = connection.execution_options(writes=True)
    context.configure(connection=connection, target_metadata=Base.metadata, render_as_batch=False, render_item=render)
    with context.begin_transaction():
        context.run_migrations()
    connection.commit()
engine.dispose()

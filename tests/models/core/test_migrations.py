"""One tree of migrations makes exactly the tables that the code declares, on both databases, and can be undone."""

from __future__ import annotations

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import inspect

from models.core.database import make_engine
from models.core.migrate import configuration, current_revision, migrate
from models.tables import Base
from tests.support import postgres


def differences(url: str) -> list[object]:
    engine = make_engine(url)
    try:
        with engine.connect() as connection:
            return list(compare_metadata(MigrationContext.configure(connection), Base.metadata))
    finally:
        engine.dispose()


def test_the_migrated_store_is_the_declared_one(database: str) -> None:
    assert differences(database) == []
    assert current_revision(database) == migrate(database)


def walk_down_and_up(url: str) -> None:
    head = migrate(url)
    command.downgrade(configuration(url), "base")
    engine = make_engine(url)
    assert [name for name in inspect(engine).get_table_names() if name != "alembic_version"] == []
    engine.dispose()
    assert migrate(url) == head
    assert differences(url) == []


def test_every_step_can_be_undone_on_sqlite(home: object, tmp_path: object) -> None:
    walk_down_and_up(f"sqlite:///{tmp_path}/walk.db")


def test_every_step_can_be_undone_on_postgresql(home: object) -> None:
    walk_down_and_up(postgres.postgres_url())

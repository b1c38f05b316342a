"""The record store: the mapped base, whose rows a class holds, and one engine per process for SQLite or PostgreSQL."""

from __future__ import annotations

import enum
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import JSON, Connection, Dialect, Engine, Enum, MetaData, String, create_engine, event, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, sessionmaker

from models.core.settings import settings


def _words(kind: type[enum.Enum]) -> list[str]:
    return [str(member.value) for member in kind]


class Base(DeclarativeBase):
    """Every mapped class; each is `PartnerScoped`, `CustomerScoped` or `Unscoped` (tests/models/core/test_scope.py)."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map: ClassVar[dict[Any, Any]] = {
        enum.Enum: Enum(enum.Enum, native_enum=False, length=40, values_callable=_words),
        dict[str, Any]: JSON().with_variant(JSONB(), "postgresql"),
        list[str]: JSON().with_variant(JSONB(), "postgresql"),
        str: String(),
    }


class PartnerScoped:
    """Rows of one partner: the session hides them from everybody whose scope lacks `partner_id`.

    Each class says itself what `partner_id` is (a foreign key, or a synonym of its own key).
    """

    partner_id: Mapped[UUID | None] = mapped_column()


class CustomerScoped(PartnerScoped):
    """Rows of one partner's customer: hidden also from an account manager who does not look after the customer."""

    customer_id: Mapped[UUID | None] = mapped_column()


class Unscoped:
    """Rows that belong to nobody in particular; the class says why everybody's code may read them."""

    unscoped_because: ClassVar[str]


def make_engine(url: str) -> Engine:
    """An engine that behaves alike on both databases: aware of foreign keys, patient with other writers."""
    if url.startswith("sqlite"):
        return _sqlite(url)
    return create_engine(url.replace("postgresql://", "postgresql+psycopg://", 1), pool_pre_ping=True, pool_size=10)


def _sqlite(url: str) -> Engine:
    engine = create_engine(url, connect_args={"timeout": 15}, pool_size=10, max_overflow=20)

    @event.listens_for(engine, "connect")
    def prepare(connection: Any, _: Any) -> None:
        connection.isolation_level = None  # we say BEGIN ourselves, below
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "busy_timeout=15000"):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        # A transaction that will write takes its place at once; otherwise it could fail half-way.
        connection.exec_driver_sql("BEGIN IMMEDIATE" if connection.get_execution_options().get("writes") else "BEGIN")

    return engine


@cache
def engine() -> Engine:
    """The engine of this process (`engine.cache_clear()` after the settings changed)."""
    url = settings().record_store
    if url.startswith("sqlite:///"):
        settings().home.mkdir(parents=True, exist_ok=True)
    return make_engine(url)


class RecordSession(Session):
    """A session of the record store: its own class, so that rules about it do not reach the sessions of libraries."""


@cache
def sessions() -> sessionmaker[RecordSession]:
    """Makes the sessions of this process."""
    return sessionmaker(engine(), class_=RecordSession, expire_on_commit=False)


def insert_once(session: Session, kind: type[Base], row: Mapping[str, Any], *, unique: Sequence[str]) -> bool:
    """Add a row unless there is one with the same values of `unique`, which is no error; whether it was added."""
    statement = _unless_there(session.connection().dialect, kind, tuple(unique), tuple(row), several=False)
    return session.connection().execute(statement, dict(row)).rowcount == 1


def insert_all_once(
    session: Session, kind: type[Base], rows: Sequence[Mapping[str, Any]], *, unique: Sequence[str]
) -> None:
    """Add rows with the same columns in one go, each unless there is one with the same values of `unique`."""
    if rows:
        dialect = session.connection().dialect
        statement = _unless_there(dialect, kind, tuple(unique), tuple(rows[0]), several=len(rows) > 1)
        session.connection().execute(statement, [dict(row) for row in rows])


@cache
def _unless_there(
    dialect: Dialect, kind: type[Base], unique: tuple[str, ...], columns: tuple[str, ...], *, several: bool
) -> Any:
    """The statement, compiled once: SQLAlchemy does not keep what it compiled of an ON CONFLICT."""
    insert = postgresql.insert if dialect.name == "postgresql" else sqlite.insert
    statement = insert(kind.__table__).on_conflict_do_nothing(index_elements=unique)  # type: ignore[arg-type]  # the table of a mapped class
    counted = statement.execution_options(preserve_rowcount=True)
    return counted.compile(dialect=dialect, column_keys=list(columns), for_executemany=several)


def ask() -> None:
    """See that the record store answers; raises what the driver raises when it does not."""
    with engine().connect() as connection:
        connection.execute(select(1))

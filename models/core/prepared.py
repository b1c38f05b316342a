"""Statements that are asked all day: put together once, compiled once for the process's database, then only asked.

SQLAlchemy keeps what it compiled, too, but finds it again by walking the statement, and a select goes through the ORM
for nothing but the actor's scope. Here neither is paid where it changes nothing; measured, a small write costs half
and a select by somebody who sees everything a third.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, CompoundSelect, Connection, Dialect, Insert, Row, Select, Update
from sqlalchemy import insert as plain_insert
from sqlalchemy.dialects import postgresql, sqlite

from models.core.actor import Scope
from models.core.database import Base
from models.core.unit_of_work import UnitOfWork

Values = Mapping[str, Any]
Columns = Any
"""A table's columns, by name as attributes."""


class _Kept:
    """What was compiled for the database of this process; another database (in tests) begins anew."""

    def __init__(self) -> None:
        self._made: tuple[Dialect | None, dict[Any, Any]] = (None, {})

    def of(self, dialect: Dialect) -> dict[Any, Any]:
        """By what tells apart how a statement is asked."""
        if self._made[0] is not dialect:
            self._made = (dialect, {})
        return self._made[1]


class PreparedSelect:
    """A select of columns, asked with values for its parameters; within the actor's scope like every other one."""

    def __init__(self, stmt: Select[Any] | CompoundSelect[Any]) -> None:
        self._stmt, self._kept = stmt, _Kept()

    def all(self, uow: UnitOfWork, values: Values | None = None) -> Sequence[Row[Any]]:
        """The rows."""
        session, given = uow.session, dict(values or {})
        scope: Scope | None = session.info.get("scope")
        if scope is None or not scope.everything:
            return session.execute(self._stmt, given).all()
        if session.autoflush:
            session.flush()
        connection = session.connection()
        kept = self._kept.of(connection.dialect)
        compiled: Any = kept.get(())
        if compiled is None:
            compiled = kept[()] = self._stmt.compile(dialect=connection.dialect)
        found: Sequence[Row[Any]] = connection.execute(compiled, given).all()
        return found

    def first(self, uow: UnitOfWork, values: Values | None = None) -> Row[Any] | None:
        """The first row; for selects that find one or none."""
        return next(iter(self.all(uow, values)), None)


class PreparedWrite:
    """An insert, update or upsert of one class's rows, asked with the values of one row or of several alike."""

    def __init__(self, stmt: Insert | Update) -> None:
        self._stmt, self._kept = stmt, _Kept()

    def one(self, uow: UnitOfWork, row: Values) -> int:
        """Write one row; how many rows it reached."""
        return int(self._run(uow.session.connection(), row, dict(row)).rowcount)

    def several(self, uow: UnitOfWork, rows: Sequence[Values]) -> None:
        """Write rows that have the same columns, in one statement."""
        if rows:
            self._run(uow.session.connection(), rows[0], [dict(row) for row in rows])

    def _run(self, connection: Connection, columns: Values, values: Any) -> Any:
        place = (tuple(columns), isinstance(values, list))
        kept = self._kept.of(connection.dialect)
        if (compiled := kept.get(place)) is None:
            compiled = kept[place] = self._compiled(connection.dialect, *place)
        return connection.execute(compiled, values)

    def _compiled(self, dialect: Dialect, columns: tuple[str, ...], several: bool) -> Any:
        return self._stmt.compile(dialect=dialect, column_keys=list(columns), for_executemany=several)


class PreparedUpsert(PreparedWrite):
    """Rows of a class that are added or, where there are rows with the same values of `unique`, change these.

    `changed` says by column what such a row becomes, of its own columns and of those of the row that was given.
    """

    def __init__(
        self, kind: type[Base], *, unique: Sequence[str],
        changed: Callable[[Columns, Columns], Mapping[str, ColumnElement[Any]]],
    ) -> None:  # fmt: skip
        self._table: Any = kind.__table__
        self._unique, self._changed = list(unique), changed
        super().__init__(plain_insert(kind))

    def _compiled(self, dialect: Dialect, columns: tuple[str, ...], several: bool) -> Any:
        insert = (postgresql.insert if dialect.name == "postgresql" else sqlite.insert)(self._table)
        become = self._changed(self._table.c, insert.excluded)
        stmt = insert.on_conflict_do_update(index_elements=self._unique, set_=dict(become))
        return stmt.compile(dialect=dialect, column_keys=list(columns), for_executemany=several)

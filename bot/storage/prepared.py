"""Statements of the hot path. On SQLite they are compiled once, when they are first needed: what SQLAlchemy does at
every execution costs ten times the statement. On PostgreSQL, where the way to the server costs more than that, it is
SQLAlchemy that runs them, from its own cache."""

from collections.abc import Callable, Sequence
from functools import cached_property
from typing import Any

from sqlalchemy import CompoundSelect, Connection, Dialect, Select
from sqlalchemy.dialects import sqlite
from sqlalchemy.sql.dml import UpdateBase
from sqlalchemy.types import TypeEngine

DIALECT: Dialect = sqlite.dialect()

Statement = Select[Any] | CompoundSelect[Any] | UpdateBase


class Prepared:
    """A statement as SQL, with how each value is written in it. `columns` are those that an insert or update sets; all
    other values are bound by name. `postgresql` is the same where that is written otherwise there."""

    def __init__(self, statement: Statement, *columns: str, postgresql: Callable[[], Statement] | None = None) -> None:
        self._statement = statement
        self._columns = columns
        self._postgresql = postgresql

    @cached_property
    def _elsewhere(self) -> Statement:
        return self._postgresql() if self._postgresql else self._statement

    @cached_property
    def _compiled(self) -> Any:
        return self._statement.compile(dialect=DIALECT, column_keys=self._columns or None)

    @cached_property
    def _sql(self) -> str:
        return str(self._compiled)

    @cached_property
    def _binds(self) -> list[tuple[str, Any]]:
        binds = self._compiled.binds
        return [(name, _impl(binds[name].type).bind_processor(DIALECT)) for name in self._compiled.positiontup]

    @cached_property
    def _fixed(self) -> dict[str, Any]:
        return {name: bind.value for name, bind in self._compiled.binds.items() if not bind.required}

    @cached_property
    def _readers(self) -> list[tuple[int, Any]]:
        """How values are read that the database has otherwise, by their place in a row."""
        readers = [_impl(column.type).result_processor(DIALECT, None) for column in self._statement.exported_columns]
        return [(place, read) for place, read in enumerate(readers) if read]

    def run(self, connection: Connection, **values: Any) -> Any:
        """Runs it, and gives the cursor."""
        if connection.dialect.name != DIALECT.name:
            return connection.execute(self._elsewhere, values)
        given = {**self._fixed, **values} if self._fixed else values
        bound = [write(given[name]) if write else given[name] for name, write in self._binds]
        return connection.connection.driver_connection.execute(self._sql, bound)  # type: ignore[union-attr]

    def rows(self, connection: Connection, **values: Any) -> Sequence[Sequence[Any]]:
        """Runs a query, or a change that returns something, and gives its rows."""
        rows: Sequence[Sequence[Any]] = self.run(connection, **values).fetchall()
        if connection.dialect.name != DIALECT.name or not self._readers:
            return rows
        return [self._read(row) for row in rows]

    def _read(self, row: Sequence[Any]) -> list[Any]:
        values = list(row)
        for place, read in self._readers:
            values[place] = read(values[place])
        return values

    def new_id(self, connection: Connection, **values: Any) -> int:
        """Runs an insert, and gives the number that the database has given the row."""
        done = self.run(connection, **values)
        return int(done.lastrowid if connection.dialect.name == DIALECT.name else done.inserted_primary_key[0])


def _impl(type_: TypeEngine[Any]) -> TypeEngine[Any]:
    return type_.dialect_impl(DIALECT)

"""How is a statement that every write runs spared from being put together anew each time?"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ClauseElement, Connection

Values = tuple[Any, ...]


class Prepared:
    """A statement whose text is made once for each kind of database; its values are plain, and need no care.

    ``names`` are those of its values, in the order in which the statement has them and they will be given.
    """

    def __init__(self, statement: ClauseElement, *names: str) -> None:
        self._statement, self._names = statement, names
        self._made: dict[str, tuple[str, bool]] = {}

    def run(self, connection: Connection, *values: Any) -> list[Values]:
        """Runs it once; the rows as the driver gives them, if it asks for any."""
        text, by_place = self._text(connection)
        given = values if by_place else self._named(values)
        with connection.exec_driver_sql(text, given) as result:
            return list(result.cursor.fetchall()) if result.returns_rows else []

    def run_each(self, connection: Connection, rows: Sequence[Values]) -> None:
        """Runs it once for each of ``rows``."""
        if not rows:
            return
        text, by_place = self._text(connection)
        connection.exec_driver_sql(text, list(rows) if by_place else list(map(self._named, rows)))

    def _text(self, connection: Connection) -> tuple[str, bool]:
        """The statement as this database writes it, and whether its values go by place or by name."""
        dialect = connection.dialect
        if dialect.name not in self._made:
            compiled: Any = self._statement.compile(dialect=dialect)
            by_place = bool(compiled.positional)
            assert not by_place or tuple(compiled.positiontup) == self._names, compiled.positiontup
            self._made[dialect.name] = str(compiled), by_place
        return self._made[dialect.name]

    def _named(self, values: Values) -> dict[str, Any]:
        return dict(zip(self._names, values, strict=True))

"""What may be kept beside the log so that reading is quick? Only what the log can make again."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Protocol, runtime_checkable

from sampan.ledger.entry import Entry

if TYPE_CHECKING:
    from sqlalchemy import Connection, Table


class ReadModel(Protocol):
    """Tables that fold the log. A model whose ``version`` changed is made again when the ledger opens.

    ``tables`` stand in the order in which they may be created. ``apply`` takes in each entry once, in the
    order of the log, on the connection and in the transaction of whoever appends.
    """

    @property
    def name(self) -> str: ...

    @property
    def version(self) -> int: ...

    @property
    def tables(self) -> Sequence[Table]: ...

    def apply(self, connection: Connection, entry: Entry) -> None: ...


@runtime_checkable
class TakesMany(Protocol):
    """A read model that takes in many entries at once, as ``apply`` would one by one, but sooner."""

    def apply_all(self, connection: Connection, entries: Iterable[Entry]) -> None: ...

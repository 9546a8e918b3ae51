"""What is said when the store holds something other than what was written?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sampan.core.errors import NodeError
from sampan.ledger.entry import Entry, read_entry

if TYPE_CHECKING:
    from sqlalchemy import Row


def damaged(what: str) -> NodeError:
    """The fault to raise."""
    return NodeError(
        f"The ledger is damaged: {what}.",
        way_out="Run `sampan ledger verify` to see where, and put back the last backup.",
    )


def read_row(row: Row[Any]) -> Entry:
    """The entry in a row (position, id, data). Raises NodeError if it is none."""
    try:
        return read_entry(row.position, row.data)
    except ValueError as fault:
        raise damaged(f"at entry {row.position} ({row.id}), {fault}") from None

"""What a public list may cite of the ledger."""

from __future__ import annotations

from sampan.desks.press.cited import public_ids
from sampan.node import memory_node
from tests.everything import Asked, do_everything


def test_public_entries_by_their_ids_and_internal_ones_not_at_all_whenever_they_are_asked_for() -> None:
    node = memory_node()
    ledger = node.session.ledger

    def ask(asked: Asked) -> object:
        done = getattr(node.desk(asked.desk, session=node.on_behalf_of(asked.by)), asked.act)(**asked.given)
        newest = ledger.size - 1
        public_ids(ledger, [newest, newest])
        return done

    do_everything(ask)
    everything = list(ledger.entries())
    found = public_ids(ledger, range(ledger.size))
    assert {entry.sharing for entry in everything} == {"public", "internal"}
    for position, entry in enumerate(everything):
        assert found[position] == (entry.id if entry.sharing == "public" else None)
    node.close()

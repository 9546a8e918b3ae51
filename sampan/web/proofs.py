"""What do the pages of the ledger show, and what does a stranger need to check an entry?"""

from __future__ import annotations

import re
from dataclasses import dataclass

from sampan.core.errors import InputError
from sampan.exchange.log import Head, checkpoint
from sampan.ledger.checkpoint import open_checkpoint
from sampan.ledger.entry import Entry
from sampan.ledger.merkle import verify_inclusion
from sampan.web.asked import Asked, NotFound
from sampan.web.standing import Standing


@dataclass(frozen=True)
class Proven:
    """A public entry with the proof that it is in the log: all that is needed to check it without us.

    ``data`` are the bytes of the leaf as text; hashes are hexadecimal; ``proof`` is the inclusion proof of RFC
    9162 §2.1.3, lowest sibling first, against ``root``.
    """

    id: str
    kind: str
    index: int
    effective: str
    recorded: str
    actor: str
    refs: tuple[str, ...]
    public_refs: tuple[str, ...]
    data: str
    leaf_hash: str
    proof: tuple[str, ...]
    size: int
    root: str
    checkpoint: str
    key: str
    holds: bool


def ledger(standing: Standing, asked: Asked) -> Head:  # noqa: ARG001
    """The checkpoint of the log."""
    return checkpoint(standing.session.ledger)


_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.ASCII)


def entry(standing: Standing, asked: Asked) -> Proven:
    """A public entry and its proof. Of internal entries it is not even said that they exist."""
    log = standing.session.ledger
    found = _public(standing, asked["id"])
    if found is None:
        raise NotFound
    note = log.checkpoint()
    head = open_checkpoint(note, log.verifier)
    proof = log.inclusion(found.index, head.size)
    return Proven(
        id=found.id,
        kind=found.kind,
        index=found.index,
        effective=found.effective.isoformat(),
        recorded=found.recorded.isoformat(),
        actor=found.actor,
        refs=found.refs,
        public_refs=tuple(id for id in found.refs if _public(standing, id)),
        data=found.leaf_data.decode(),
        leaf_hash=found.leaf_hash.hex(),
        proof=tuple(each.hex() for each in proof),
        size=head.size,
        root=head.root.hex(),
        checkpoint=note,
        key=str(log.verifier),
        holds=verify_inclusion(found.leaf_hash, found.index, head.size, proof, head.root),
    )


def _public(standing: Standing, id: str) -> Entry | None:
    if not _ID.fullmatch(id):
        return None
    try:
        found = standing.session.ledger.get(id)
    except InputError:
        return None
    return found if found.sharing == "public" else None

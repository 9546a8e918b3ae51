"""By which key do we know another node, and what has it shown us already?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sampan.access.session import Session
from sampan.core.errors import InputError, PeerError, Refused
from sampan.ledger.checkpoint import Checkpoint
from sampan.ledger.ledger import Ledger
from sampan.ledger.signing import VerifierKey
from sampan.records.exchange import Import, Partner
from sampan.world.parties import find_party


@dataclass(frozen=True)
class Known:
    """A partner and the key that we trust for it."""

    code: str
    key: VerifierKey
    entry: str


def add(session: Session, name: str, key: str) -> Known:
    """Trusts ``key`` for the node of the country or organisation ``name``, instead of any key before.

    Raises InputError for a key that is none, for home itself, or for a key that another partner has.
    """
    party = find_party(session.ledger, name)
    verifier = VerifierKey.parse(key)
    if party.code == session.home or verifier.public == session.ledger.verifier.public:
        raise InputError("This node needs no key of its own to be told.", way_out="Name another country.")
    for known in partners(session.ledger).values():
        if known.key.name == verifier.name and known.code != party.code:
            raise InputError(
                f"{verifier.name} is the node of {known.code} already.", way_out="Check whose key it is."
            )
    (entry,) = session.write("administer", [Partner(code=party.code, key=str(verifier))])
    return Known(party.code, verifier, entry.id)


def partners(ledger: Ledger) -> Mapping[str, Known]:
    """Every partner by its code, with the key that was trusted last."""
    return {
        said.code: Known(said.code, VerifierKey.parse(said.key), entry.id)
        for entry in ledger.entries(kind=Partner.kind)
        for said in [Partner.read(entry.body)]
    }


def of_origin(ledger: Ledger, origin: str) -> Known:
    """The partner whose log is called ``origin``. Raises Refused if we trust no key for it."""
    for known in partners(ledger).values():
        if known.key.name == origin:
            return known
    raise Refused(
        f'No partner of ours has the log "{origin}".',
        way_out="Ask for its key by another way than this file, then: sampan partner add NAME KEY",
    )


def imports(ledger: Ledger) -> tuple[tuple[str, Import], ...]:
    """Every bundle that was taken in, with the id of its entry, in order."""
    return tuple((entry.id, Import.read(entry.body)) for entry in ledger.entries(kind=Import.kind))


def require_one_history(ledger: Ledger, partner: str, head: Checkpoint) -> None:
    """Lets a partner's head be, or raises PeerError if it showed us another log of the same length."""
    for id, said in imports(ledger):
        same = said.partner == partner and said.origin == head.origin and said.size == head.size
        if same and said.root != head.root.hex():
            raise PeerError(
                f"{partner} has shown two different logs of {head.size} entries (the other in entry {id}).",
                way_out="Take nothing from this bundle; ask the partner which of its logs is true.",
            )

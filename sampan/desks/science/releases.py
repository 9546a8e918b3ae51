"""Who lets genomes out, under which terms, and who takes them back?

Somebody hands in, another approves, and what was approved is released. Whom a released genome reaches its terms say,
day by day, without anybody's doing.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sampan.access.session import Session
from sampan.core.errors import InputError, Refused
from sampan.desks.science.collection import Held, collection, keep_names, names_of
from sampan.desks.science.done import Done, several
from sampan.desks.science.indexing import refresh
from sampan.records.record import Record
from sampan.records.science import TermsKind
from sampan.records.science_genomes import (
    GenomeApproval,
    GenomeRelease,
    GenomeWithdrawal,
    OpenGenomes,
    TermsChange,
)


def approve(session: Session, number: str, *, without: Sequence[str] = (), note: str = "") -> Done:
    """Finds the processed genomes of a submission fit to be released, but for those ``without``.

    Whoever handed them in cannot. Raises InputError if there is nothing to approve, Refused to their author.
    """

    def draft() -> list[Record]:
        held = collection(session)
        handed = held.submission(number)
        left_out = {one.name for one in held.find_all(without)}
        if strangers := left_out - {one.name for one in held.of(number)}:
            raise InputError(
                f"{min(strangers)} is not in {number}.",
                field="without",
                way_out="Name genomes of this submission.",
            )
        waiting = [one for one in held.of(number) if one.state == "processed" and one.name not in left_out]
        if not waiting:
            raise InputError(
                f"No genome of {number} waits for approval.", field="number", way_out="See its status."
            )
        if handed.actor == session.person.handle:
            fault = Refused(
                f'"{session.person.handle}" handed in {number} and cannot approve it.',
                way_out="Ask another person with the role approver.",
            )
            raise session.refused("approve", fault)
        listed = keep_names(session, "without.json", sorted(left_out)) if left_out else None
        return [
            GenomeApproval(
                submission=handed.entry, number=number, count=len(waiting), without=listed, note=note
            )
        ]

    (entry,) = session.decide("approve", draft)
    refresh(session)
    return Done(number, (entry.id,), f"{number}: {several(entry.body['count'])} approved")


def release(session: Session, number: str) -> Done:
    """Releases the approved genomes of a submission: each is seen by whom its terms allow, from now on.

    Raises Refused if nobody has approved any.
    """

    def draft() -> list[Record]:
        held = collection(session)
        held.submission(number)
        ready = [one for one in held.of(number) if one.state == "approved"]
        if not ready:
            raise Refused(
                f"No genome of {number} is approved and waits for release.",
                way_out="A second person approves them first: sampan genomes approve.",
            )
        written: list[Record] = [
            GenomeRelease(
                approval=held.approvals[number][-1],
                number=number,
                accessions=keep_names(session, "released.json", [one.name for one in ready]),
                count=len(ready),
            )
        ]
        return written + untold(session) + _public(session, "released", _open(session, ready))

    entries = session.decide("curate", draft)
    refresh(session)
    return Done(
        number, tuple(e.id for e in entries), f"{number}: {several(entries[0].body['count'])} released"
    )


def withdraw(session: Session, accessions: Sequence[str], *, reason: str) -> Done:
    """Takes genomes back: nobody finds them any more, and what was kept of them stays.

    Raises InputError without a reason, or for a genome that was withdrawn already.
    """
    if not reason.strip():
        raise InputError("A withdrawal has a reason.", field="reason", way_out="Say why.")

    def draft() -> list[Record]:
        some = collection(session).find_all(accessions)
        for one in some:
            if one.state == "withdrawn":
                raise InputError(
                    f"{one.name} is withdrawn already.", field="accessions", way_out="Leave it out."
                )
        _require_some(some)
        was_open = [one for one in _open(session, some) if one.state == "released"]
        written: list[Record] = [
            GenomeWithdrawal(
                accessions=keep_names(session, "withdrawn.json", [one.name for one in some]),
                count=len(some),
                reason=reason,
            )
        ]
        return written + untold(session) + _public(session, "withdrawn", was_open, reason)

    entries = session.decide("curate", draft)
    refresh(session)
    return Done("", tuple(e.id for e in entries), f"{several(entries[0].body['count'])} withdrawn")


def set_terms(
    session: Session, accessions: Sequence[str], to: TermsKind, *, until: date | None = None, why: str = ""
) -> Done:
    """Sets the terms of genomes anew. Loosening is free; what others see already is never closed to them.

    Raises Refused naming a genome whose terms cannot become these, and then changes none.
    """

    def draft() -> list[Record]:
        some = collection(session).find_all(accessions)
        _require_some(some)
        for one in some:
            _require_change(session, one, to, until, why)
        written: list[Record] = [
            TermsChange(
                accessions=keep_names(session, "terms.json", [one.name for one in some]),
                count=len(some),
                to=to,
                until=until,
                why=why,
            )
        ]
        closed = [
            one for one in some if one.state == "released" and not one.seen_by("public", session.today())
        ]
        return written + untold(session) + _public(session, "opened", closed if to == "open" else [])

    entries = session.decide("curate", draft)
    refresh(session)
    return Done("", tuple(e.id for e in entries), f"{several(entries[0].body['count'])}: {to}")


def untold(session: Session) -> list[Record]:
    """What the public log is still to be told: genomes that opened by themselves, on the day that was promised.

    It goes in with whatever the desk writes next about genomes, and before any of them is counted out again.
    """
    told: set[str] = set()
    for entry in session.ledger.entries(kind=OpenGenomes.kind):
        said = OpenGenomes.read(entry.body)
        listed = {line.partition(" ")[0] for line in names_of(session.blobs, said.accessions)}
        told = told - listed if said.step == "withdrawn" else told | listed
    opened = [
        one
        for one in collection(session).held.values()
        if one.state == "released" and one.name not in told and one.seen_by("public", session.today())
    ]
    return _public(session, "opened", opened)


def _require_change(session: Session, one: Held, to: TermsKind, until: date | None, why: str) -> None:
    """Raises Refused, naming the genome, if its terms cannot become these."""
    if one.state == "withdrawn":
        raise InputError(f"{one.name} is withdrawn.", field="accessions", way_out="Leave it out.")
    try:
        one.terms.changed(
            to,
            day=session.today(),
            who=session.person.handle,
            until=until,
            why=why,
            released=one.state in ("released", "superseded"),
        )
    except Refused as fault:
        raise session.refused("curate", Refused(f"{one.name}: {fault.what}", way_out=fault.way_out)) from None


def _require_some(some: Sequence[Held]) -> None:
    if not some:
        raise InputError("No genome is named.", field="accessions", way_out="Name their accessions.")


def _open(session: Session, some: Sequence[Held]) -> list[Held]:
    """Those that anybody may see today, once they are released."""
    return [one for one in some if one.terms.seen_by("public", session.today())]


def _public(session: Session, step: str, some: Sequence[Held], reason: str = "") -> list[Record]:
    """What the public log says of genomes that are open to all: how many, and the digest of the list."""
    if not some:
        return []
    listed = keep_names(session, f"{step}.json", [f"{one.name} {one.fields['sha256']}" for one in some])
    return [OpenGenomes(step=step, accessions=listed, count=len(some), reason=reason)]  # type: ignore[arg-type]

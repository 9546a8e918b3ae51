"""Which datasets, preprints and protocols are worth finding, and what do they rest on?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from sampan.access.session import Session
from sampan.core.errors import InputError, Refused
from sampan.desks.science.accessions import looks_like_one, read_accession
from sampan.desks.science.collection import collection
from sampan.desks.science.described import Described
from sampan.desks.science.done import Done
from sampan.desks.science.identifiers import require_address, require_doi, require_licence
from sampan.desks.science.sets import sets, shown_sets
from sampan.records.record import Record
from sampan.records.science_exchange import Work, WorkKind


def record_work(
    session: Session,
    title: str,
    what: WorkKind,
    *,
    licence: str,
    doi: str = "",
    address: str = "",
    holder: str = "",
    day: date | None = None,
    linked: Sequence[str] = (),
    topics: Sequence[str] = (),
    edition: str = "1",
    note: str = "",
    number: str | None = None,
) -> Done:
    """Records a work, or another edition of the work ``number``. ``linked`` are accessions and numbers of sets.

    Raises InputError without a DOI or an address, for a licence that is no SPDX identifier, for a DOI that another
    work has, or a link that leads nowhere.
    """
    if not title.strip():
        raise InputError("A work has a title.", field="title", way_out="Write it.")
    if not doi and not address:
        raise InputError(
            "It is not said where the work is.", field="doi", way_out="Give its DOI or its address."
        )
    identifier, where = require_doi(doi) if doi else "", require_address(address) if address else ""
    spdx = require_licence(licence)

    def draft() -> list[Record]:
        known = {each.number: each for each in works(session)}
        name = number or f"W-{len(known) + 1:04d}"
        if number and number not in known:
            raise InputError(
                f'There is no work "{number}".', field="number", way_out="Leave the number out for a new one."
            )
        _require_free(known.values(), identifier, name)
        if number and known[number].edition == edition:
            raise InputError(
                f"{number} has an edition {edition} already.", field="edition", way_out="Name the next."
            )
        return [
            Work(
                number=name,
                edition=edition,
                what=what,
                title=title.strip(),
                licence=spdx,
                doi=identifier,
                address=where,
                holder=holder,
                day=day,
                linked=_linked(session, linked),
                topics=tuple(topics),
                note=note,
            )
        ]

    (entry,) = session.decide("curate", draft)
    return Done(str(entry.body["number"]), (entry.id,), f"{entry.body['number']}: {what}, edition {edition}")


def _require_free(known: object, doi: str, number: str) -> None:
    for each in known:  # type: ignore[attr-defined]
        if doi and each.doi == doi and each.number != number:
            raise InputError(
                f"{each.number} has this DOI.", field="doi", way_out=f"Record a version of {each.number}."
            )


def _linked(session: Session, links: Sequence[str]) -> tuple[str, ...]:
    """Accessions and numbers of sets, each as it is written here.

    A work is public, and so is what it is linked to. Raises InputError for one that leads nowhere, Refused for a
    genome or a set of this node that is not open to all.
    """
    there, open_ = sets(session), {each.number for each in shown_sets(session, "public")}
    found = []
    for text in links:
        if looks_like_one(text):
            accession, version = read_accession(text)  # it may be another node's
            name = f"{accession}.{version}" if version else accession
            shown = is_shown(session, name)
        elif text in there:
            name, shown = text, text in open_
        else:
            raise InputError(
                f'"{text[:40]}" is no accession and no set.',
                field="linked",
                way_out="Write CHNQT_00001232.1 or S-0001.",
            )
        if not shown:
            raise Refused(
                f"{name} is not open to all, and a work is.",
                way_out="Link it once it is open.",
                field="linked",
            )
        found.append(name)
    return tuple(dict.fromkeys(found))


def is_shown(session: Session, link: str) -> bool:
    """Whether anybody may hear of what a work is linked to: a set or a genome that is open, or another node's."""
    if not looks_like_one(link):
        return any(each.number == link for each in shown_sets(session, "public"))
    accession, version = read_accession(link)
    own = [one for one in collection(session).held.values() if one.accession == accession]
    named = [one for one in own if version in (None, one.version)]
    return not own or any(one.seen_by("public", session.today()) for one in named)


def works(session: Session, what: WorkKind | None = None, topic: str | None = None) -> list[Work]:
    """The newest edition of each work: of one kind or of all, on one topic or on any."""
    newest = {each.number: each for each in session.said(Work)}
    return [
        _shown(session, each)
        for each in newest.values()
        if what in (None, each.what) and (not topic or topic in each.topics)
    ]


def _shown(session: Session, work: Work) -> Work:
    """The work with those of its links of which anybody may hear."""
    return replace(work, linked=tuple(link for link in work.linked if is_shown(session, link)))


def described(work: Work) -> Described:
    """What is told of a work."""
    return Described(
        number=work.number,
        kind=work.what,
        title=work.title,
        creators=(work.holder,) if work.holder else (),
        publisher=work.holder,
        year=work.day.year if work.day else None,
        edition=work.edition,
        licence=work.licence,
        doi=work.doi,
        address=work.address,
        description=work.note,
        topics=work.topics,
        parts=work.linked,
    )


def work_editions(session: Session, number: str) -> list[Work]:
    """Every edition of a work, the first first. Raises InputError if there is none."""
    found = [_shown(session, each) for each in session.said(Work) if each.number == number]
    if not found:
        raise InputError(
            f'There is no work "{number}".',
            field="number",
            way_out="sampan science works lists those there are.",
        )
    return found

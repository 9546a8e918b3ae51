"""Which rules can no way of writing go round? Asked of every record, whoever drafted it.

The desks ask first and say it kindly, with numbers; this is the lock behind the door.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from sampan.access.people import Act, Person
from sampan.core.errors import Refused, clause
from sampan.ledger.ledger import Ledger
from sampan.records.assistance import (
    Appeal,
    AppealStep,
    Approval,
    Batch,
    Budget,
    Cancellation,
    Commitment,
    Consignment,
    Contribution,
    DailyReport,
    Delivery,
    Deployment,
    Earmark,
    Exchange,
    Expert,
    Expiry,
    Fund,
    Handover,
    MedicinesFile,
    Packing,
    ParametersFile,
    Party,
    Plan,
    Posting,
    Production,
    Receipt,
    RequestWithdrawn,
    Reserve,
    Settlement,
    Split,
    StockCount,
    TeamRequest,
    TeamReturn,
    Transfer,
    Unpacking,
    Use,
    Withdrawal,
)
from sampan.records.assistance.consignments import batch_of, is_number, recipient_of
from sampan.records.exchange import GoodsReceived, Import, Notice, Partner
from sampan.records.press import BriefDraft, BriefRelease, BriefReview
from sampan.records.record import Record
from sampan.records.science_exchange import (
    Alert,
    AlertStep,
    FocalPoint,
    GenomeSet,
    Project,
    ProjectStep,
    WatchedOligos,
    Work,
)
from sampan.records.science_genomes import (
    GenomeApproval,
    GenomeRelease,
    GenomeWithdrawal,
    OpenGenomes,
    Processing,
    Submission,
    TermsChange,
)
from sampan.records.world import AgesFile, CapacityFile
from sampan.world.earmarks import earmarks, why_not

ACTS: Mapping[type[Record], Act] = {
    Plan: "plan",
    Approval: "approve",
    Batch: "approve",
    Consignment: "approve",
    Withdrawal: "consign",
    Split: "consign",
    Packing: "consign",
    Unpacking: "consign",
    Handover: "consign",
    Production: "stock",
    StockCount: "stock",
    Expiry: "stock",
    Reserve: "stock",
    Transfer: "stock",
    Receipt: "receive",
    Appeal: "contribute",
    AppealStep: "contribute",
    Contribution: "contribute",
    Commitment: "contribute",
    Delivery: "contribute",
    Cancellation: "contribute",
    Use: "contribute",
    Party: "contribute",
    Earmark: "contribute",
    Fund: "fund",
    Budget: "fund",
    Exchange: "fund",
    Expert: "roster",
    TeamRequest: "roster",
    RequestWithdrawn: "roster",
    Deployment: "roster",
    Posting: "roster",
    DailyReport: "roster",
    TeamReturn: "roster",
    Partner: "administer",
    Notice: "receive",
    GoodsReceived: "receive",
    Import: "receive",
    AgesFile: "load",
    CapacityFile: "load",
    BriefDraft: "release",
    BriefReview: "review",
    BriefRelease: "release",
    MedicinesFile: "load",
    ParametersFile: "load",
    Submission: "submit",
    Processing: "submit",
    GenomeApproval: "approve",
    GenomeRelease: "curate",
    OpenGenomes: "curate",
    GenomeWithdrawal: "curate",
    TermsChange: "curate",
    Work: "curate",
    GenomeSet: "curate",
    FocalPoint: "curate",
    WatchedOligos: "curate",
    Alert: "curate",
    AlertStep: "curate",
    Project: "curate",
    ProjectStep: "curate",
}
"""The one act under which each of these is written, whatever its writer calls it."""


def guard(ledger: Ledger, person: Person, home: str, record: Record, day: date) -> None:
    """Lets ``person`` write ``record`` as true on ``day``, or raises Refused."""
    why = _misnumbered(record) or _unseen(ledger, person, record)
    if isinstance(record, GoodsReceived) and person.party not in (None, home):
        why = f'"{person.handle}" speaks for {person.party}, and cannot give the word of {home}.'
    why = why or _why_not(ledger, person, person.party or home, record, day)
    if why is not None:
        raise Refused(why, way_out="Nothing was written.", kind=record.kind)


def _why_not(ledger: Ledger, person: Person, party: str, record: Record, day: date) -> str | None:
    """Why somebody who speaks for ``party`` may not write ``record``, as a sentence; None if they may."""
    match record:
        case Approval() if ledger.get(record.plan).actor == person.handle:
            return f'"{person.handle}" proposed this plan and cannot approve it.'
        case Packing() | Handover():
            return _unfit(ledger, record, day)
        case Split() if recipient_of(record.into) != recipient_of(record.consignment):
            return f"{record.into} is not for the recipient of {record.consignment}."
        case Receipt() if not party == record.recipient == recipient_of(record.consignment):
            return _only_its_recipient(record.consignment, person, party)
        case Settlement() if any(line.outcome == "found" for line in record.lines):
            if party != recipient_of(record.consignment):
                return _only_its_recipient(record.consignment, person, party)
    return None


_OF_CONSIGNMENTS = (Consignment, Withdrawal, Split, Packing, Unpacking, Handover, Receipt, Settlement)
"""What moves under a consignment's number: every total is read by it."""


def _misnumbered(record: Record) -> str | None:
    """Why the number in ``record`` is none, or not its own; None if it is, or has none."""
    if not isinstance(record, _OF_CONSIGNMENTS):
        return None
    number = record.consignment
    if not is_number(number) or (isinstance(record, Split) and not is_number(record.into)):
        return f'"{number}" is not the number of a consignment.'
    if isinstance(record, Consignment):
        own = (batch_of(number), recipient_of(number))
        if own != (record.batch, record.recipient):
            return f"{number} is not a number for {record.recipient} in batch {record.batch}."
    return None


def _unseen(ledger: Ledger, person: Person, record: Record) -> str | None:
    """Why a brief may not be agreed to, or released: a second person has to have seen these very words."""
    if isinstance(record, BriefReview) and ledger.get(record.draft).actor == person.handle:
        return f'"{person.handle}" wrote this brief and cannot review it.'
    if isinstance(record, BriefRelease) and not _agreed(ledger, record):
        return f"No second person has agreed to the brief of {record.day} as it is written."
    if isinstance(record, GenomeApproval) and _handed_in_by(ledger, record) in (None, person.handle):
        return f'"{person.handle}" handed in {record.number} and cannot approve it.'
    if isinstance(record, GenomeRelease) and not _fit_for_release(ledger, record):
        return f"No second person has approved the genomes of {record.number}."
    return None


def _handed_in_by(ledger: Ledger, approval: GenomeApproval) -> str | None:
    """Who handed in the genomes that an approval names; None if it names something else."""
    said = ledger.get(approval.submission)
    same = said.kind == Submission.kind and said.body["number"] == approval.number
    return said.actor if same else None


def _fit_for_release(ledger: Ledger, release: GenomeRelease) -> bool:
    """Whether the approval that a release names is another person's, of the same submission."""
    said = ledger.get(release.approval)
    if said.kind != GenomeApproval.kind:
        return False
    approval = GenomeApproval.read(said.body)
    return approval.number == release.number and _handed_in_by(ledger, approval) not in (None, said.actor)


def _agreed(ledger: Ledger, record: BriefRelease) -> bool:
    """Whether the review that a release names is another person's yes to the draft that it names."""
    draft, said = ledger.get(record.draft), ledger.get(record.review)
    if draft.kind != BriefDraft.kind or said.kind != BriefReview.kind:
        return False
    review = BriefReview.read(said.body)
    return review.draft == draft.id and review.approved and said.actor != draft.actor


def _only_its_recipient(number: str, person: Person, party: str) -> str:
    return f'{number} is for {recipient_of(number)}; "{person.handle}" speaks for {party}.'


def _unfit(ledger: Ledger, leaving: Packing | Handover, day: date) -> str | None:
    """Why one of the lots may not be packed, or leave, for this recipient on this day."""
    known = earmarks(ledger) if any(line.earmark for line in leaving.lines) else {}
    for line in leaving.lines:
        if line.expiry is not None and line.expiry < day:
            return f"Lot {line.lot} of {line.item} expired on {line.expiry}."
        earmark = known.get(line.earmark or "")
        why = why_not(earmark, recipient_of(leaving.consignment), line.item) if earmark else None
        if why:
            return clause(f"Lot {line.lot} of {line.item} is earmarked. {why}")
    return None

"""Which tables hold contributions, so that a question about them needs no reading of the log?

``names`` says which entries speak of a code or a number; ``parties`` are those recorded, every version of
each; ``steps`` hold one row per line of every pledge and of everything that followed it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import BigInteger, Column, Connection, Index, Integer, MetaData, String, Table, insert, select

from sampan.ledger.entry import Entry, milliseconds
from sampan.records.assistance.appeals import Appeal, AppealStep
from sampan.records.assistance.contributions import (
    Cancellation,
    Commitment,
    Contribution,
    Delivery,
    Earmark,
    Party,
    Thanks,
    Use,
)
from sampan.records.assistance.funds import Fund

_METADATA = MetaData()

names = Table(
    "giving_names",
    _METADATA,
    Column("position", BigInteger, primary_key=True, autoincrement=False),
    Column("kind", String, nullable=False),
    Column("code", String, nullable=False),
    Column("recorded", BigInteger, nullable=False),
    Index("giving_names_by_code", "kind", "code"),
)

parties = Table(
    "giving_parties",
    _METADATA,
    Column("position", BigInteger, primary_key=True, autoincrement=False),
    Column("recorded", BigInteger, nullable=False),
    Column("code", String, nullable=False),
    Column("name", String, nullable=False),
    Column("donor_kind", String, nullable=False),
    Column("country", String, nullable=False),
    Index("giving_parties_by_code", "code"),
)

steps = Table(
    "giving_steps",
    _METADATA,
    Column("position", BigInteger, primary_key=True, autoincrement=False),
    Column("part", Integer, primary_key=True),
    Column("effective", BigInteger, nullable=False),
    Column("recorded", BigInteger, nullable=False),
    Column("contribution", String, nullable=False),
    Column("pledge", BigInteger, nullable=False),  # position of the pledge's own entry
    Column("donor", String, nullable=False),
    Column("recipient", String, nullable=False),
    Column("appeal", String),
    Column("carried_by", String),
    Column("step", String, nullable=False),
    Column("kind", String, nullable=False),
    Column("item", String, nullable=False),
    Column("quantity", BigInteger, nullable=False),
    Index("giving_steps_by_contribution", "contribution"),
    Index("giving_steps_by_appeal", "appeal"),
    Index("giving_steps_by_carrier", "carried_by"),
)

_NAMED: Mapping[str, str] = {
    Appeal.kind: "number",
    AppealStep.kind: "appeal",
    Contribution.kind: "number",
    Earmark.kind: "code",
    Fund.kind: "code",
    Party.kind: "code",
}

_STEPS: Mapping[str, str] = {
    Contribution.kind: "pledged",
    Commitment.kind: "committed",
    Delivery.kind: "delivered",
    Cancellation.kind: "cancelled",
    Use.kind: "used",
    Thanks.kind: "thanked",
}


class Contributions:
    """The read model of giving and receiving."""

    name = "contributions"
    version = 2
    tables = (names, parties, steps)

    def apply(self, connection: Connection, entry: Entry) -> None:
        """Takes in one entry; those of other desks pass by."""
        self.apply_all(connection, [entry])

    def apply_all(self, connection: Connection, entries: Iterable[Entry]) -> None:
        """Takes in ``entries``, in their order."""
        mine = [entry for entry in entries if entry.kind in _NAMED or entry.kind in _STEPS]
        told = [_party(entry) for entry in mine if entry.kind == Party.kind]
        spoken = [_name(entry) for entry in mine if entry.kind in _NAMED]
        stepped = list(_step_rows(connection, [entry for entry in mine if entry.kind in _STEPS]))
        for table, rows in ((names, spoken), (parties, told), (steps, stepped)):
            if rows:
                connection.execute(insert(table), rows)


def _name(entry: Entry) -> dict[str, Any]:
    row = {"position": entry.index, "kind": entry.kind, "code": str(entry.body[_NAMED[entry.kind]])}
    return {**row, "recorded": milliseconds(entry.recorded)}


def _party(entry: Entry) -> dict[str, Any]:
    fields = {name: entry.body[name] for name in ("code", "name", "donor_kind", "country")}
    return {"position": entry.index, "recorded": milliseconds(entry.recorded), **fields}


def _step_rows(connection: Connection, entries: Sequence[Entry]) -> Iterator[dict[str, Any]]:
    """One row per line; a step whose pledge was not told before it (as after an import) has none."""
    cited = {e.body["contribution"] for e in entries if e.kind != Contribution.kind}
    pledges = _pledges(connection, cited)
    for entry in entries:
        if entry.kind == Contribution.kind:
            pledge = pledges.setdefault(entry.body["number"], _pledge(entry))
            yield from _rows(entry, pledge)
        elif entry.body["contribution"] in pledges:
            yield from _rows(entry, pledges[entry.body["contribution"]])


def _rows(entry: Entry, pledge: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    common = {
        **pledge,
        "position": entry.index,
        "effective": milliseconds(entry.effective),
        "recorded": milliseconds(entry.recorded),
        "carried_by": entry.body.get("carried_by"),
    }
    step = Delivery.read(entry.body).step if entry.kind == Delivery.kind else _STEPS[entry.kind]
    said = [(step, line) for line in entry.body.get("lines", [])]
    said += [("released", line) for line in entry.body.get("released", [])]
    if entry.kind == Thanks.kind:
        said = [("thanked", {"kind": "", "item": "", "quantity": 0})]
    for part, (step, line) in enumerate(said):
        what = {name: line[name] for name in ("kind", "item", "quantity")}
        yield {**common, **what, "part": part, "step": step}


def _pledge(entry: Entry) -> dict[str, Any]:
    """What every step of a contribution repeats of its pledge."""
    said = {name: entry.body[name] for name in ("donor", "recipient", "appeal")}
    return {**said, "contribution": entry.body["number"], "pledge": entry.index}


def _pledges(connection: Connection, numbers: Iterable[str]) -> dict[str, dict[str, Any]]:
    """The same, of pledges that were taken in before."""
    wanted, c = sorted(numbers), steps.c
    found: dict[str, dict[str, Any]] = {}
    for start in range(0, len(wanted), 500):
        query = select(c.contribution, c.pledge, c.donor, c.recipient, c.appeal).where(
            c.contribution.in_(wanted[start : start + 500]), c.step == "pledged", c.part == 0
        )
        for row in connection.execute(query.order_by(c.position)):
            found.setdefault(row.contribution, dict(row._mapping))
    return found

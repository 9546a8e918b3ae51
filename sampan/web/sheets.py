"""How does a list become a CSV file that a spreadsheet opens without running what is in it?

Columns have the same English names in every language, for programs; names of places and goods are in the
reader's. Numbers are plain.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from typing import Any

import numpy as np

from sampan.core.money import Money
from sampan.desks.control.situation import SituationReport
from sampan.desks.press.evidence import Evidence
from sampan.formats.spreadsheet import inert
from sampan.languages.speech import Speech
from sampan.web.batches import BatchLine, BatchView, ConsignmentView
from sampan.web.briefs import BriefDay, BriefPage
from sampan.web.partners import Party
from sampan.web.shipments import Shipment

Rows = Iterable[Sequence[object]]
Sheet = Callable[[Any, Speech], tuple[Sequence[str], Rows]]
"""Columns and rows of a view's result."""


def write(columns: Sequence[str], rows: Rows) -> bytes:
    """UTF-8 with the mark that spreadsheets look for, RFC 4180."""
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(columns)
    for row in rows:
        writer.writerow([inert(cell) for cell in row])
    return b"\xef\xbb\xbf" + text.getvalue().encode()


def of_brief(page: BriefPage, speech: Speech) -> tuple[Sequence[str], Rows]:
    """Every figure of a brief, one to a line, as it was released if it was."""
    said = page.figures
    day = page.day
    rows: list[Sequence[object]] = [
        (day, "countries", "", "", said["countries"]["count"]),
        (day, "organisations", "", "", said["organisations"]["count"]),
        (day, "batches", "", "", len(said["batches"])),
        (day, "confirmed", "", "", said["confirmed_by_recipient"]),
    ]
    rows += [
        (day, "region", each["what"], speech.term(each["what"], "region"), each["count"])
        for each in said["regions"]
    ]
    rows += [
        (day, figure, each["item"], speech.item(each["item"]), each["units"])
        for figure, several in (("item", "items"), ("delivered", "delivered"))
        for each in said[several]
    ]
    rows += [(day, "batch", each["number"], "", each["recipients"]) for each in said["batches"]]
    rows += [
        (day, "paid", each["currency"], speech.currency(each["currency"]), _major(each))
        for each in said["paid"]
    ]
    if said["teams"]:
        rows += [
            (day, "teams", "", "", said["teams"]["teams"]),
            (day, "experts", "", "", said["teams"]["people"]),
        ]
    if said["received"]:
        rows += _of_received(day, said["received"], speech)
    outbreak = said["outbreak"]
    if outbreak:
        for name in ("countries_reporting", "cases", "deaths", "new_cases", "rising", "falling"):
            rows.append((outbreak["last_day"], name, "", "", outbreak[name]))
    return ("day", "figure", "code", "name", "value"), rows


def _of_received(day: date, got: Mapping[str, Any], speech: Speech) -> list[Sequence[object]]:
    rows: list[Sequence[object]] = [
        (day, f"helped_us_{who}", "", "", got[who]["count"]) for who in ("countries", "organisations")
    ]
    rows += [
        (day, "received", each["item"], speech.item(each["item"]), each["units"]) for each in got["items"]
    ]
    rows += [
        (day, "received", each["currency"], speech.currency(each["currency"]), _major(each))
        for each in got["money"]
    ]
    return rows


def _major(each: Mapping[str, Any]) -> object:
    """Money in major units, as a spreadsheet takes it."""
    return Money(each["minor"], each["currency"]).amount


def of_briefs(days: Sequence[BriefDay], speech: Speech) -> tuple[Sequence[str], Rows]:  # noqa: ARG001
    """The days of which there is a brief."""
    columns = ("day", "state", "versions", "released", "countries", "organisations", "batches")
    return columns, [[getattr(each, name) for name in columns] for each in days]


def of_evidence(found: Evidence, speech: Speech) -> tuple[Sequence[str], Rows]:
    """The list behind a figure: a line for each name and what it counts for."""
    named = speech.party if found.of == "party" else str
    return ("day", "figure", "code", "name", "what", "amount", "entries"), [
        (found.day, found.name, line.code, named(line.code), what, amount, " ".join(line.entries))
        for line in found.lines
        for what, amount in line.amounts.items()
    ]


SITUATION = (
    *("place", "name", "region", "new_cases", "change", "total_cases", "total_deaths"),
    *("r", "r_low", "r_high", "doubling_days", "phase", "marks"),
)


def of_situation(report: SituationReport | None, speech: Speech) -> tuple[Sequence[str], Rows]:
    """The situation, a place to a line."""
    return ("last_day", *SITUATION), [
        (
            report.last_day if report else None,
            row.place,
            speech.party(row.place),
            *(getattr(row, name) for name in SITUATION[2:-1]),
            " ".join(row.marks),
        )
        for row in (report.rows if report else ())
    ]


def of_party(party: Party, speech: Speech) -> tuple[Sequence[str], Rows]:
    """The days reported and the weeks ahead of a country; of one that has not reported, what was sent to it."""
    if party.course is None:
        return of_shipments(party.shipments, speech)
    course = party.course
    rows: list[Sequence[object]] = [
        (party.code, day, 1, "reported", None if np.isnan(cases) else int(cases), None, None)
        for day, cases in zip(course.days, course.reported, strict=True)
    ]
    rows += [
        (party.code, week.first_day, 7, "forecast", week.median, week.low95, week.high95)
        for week in party.weeks
    ]
    return ("place", "first_day", "days", "kind", "cases", "low95", "high95"), rows


def of_batches(lines: Sequence[BatchLine], speech: Speech) -> tuple[Sequence[str], Rows]:  # noqa: ARG001
    """Every batch."""
    columns = ("batch", "day", "consignments", "recipients", "entry")
    return columns, [
        (each.number, each.day, each.consignments, each.recipients, each.entry) for each in lines
    ]


def of_batch(batch: BatchView, speech: Speech) -> tuple[Sequence[str], Rows]:
    """Every consignment of a batch."""
    return of_shipments(batch.shipments, speech)


def of_shipments(shipments: Sequence[Shipment], speech: Speech) -> tuple[Sequence[str], Rows]:
    """Consignments, an item of each to a line."""
    return (
        "consignment",
        "batch",
        "day",
        "recipient",
        "name",
        "state",
        "item",
        "item_name",
        "units",
        "entry",
    ), [
        (
            *(one.number, one.batch, one.day, one.recipient, speech.party(one.recipient), one.state),
            *(item, speech.item(item), units, one.entry),
        )
        for one in shipments
        for item, units in one.units.items()
    ]


def of_consignment(view: ConsignmentView, speech: Speech) -> tuple[Sequence[str], Rows]:
    """Every step of a consignment."""
    columns = ("day", "step", "place", "carrier", "good", "claimed", "entry")
    number, recipient = view.shipment.number, view.shipment.recipient
    return ("consignment", "recipient", "name", *columns), [
        (number, recipient, speech.party(recipient), *(getattr(step, name) for name in columns))
        for step in view.steps
    ]

"""Everything that a node can be asked to do, once, in an order in which it can be done."""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

from sampan.core.languages import LANGUAGES
from sampan.core.money import Money, Rate
from sampan.desks.assistance.lines import Arrival
from sampan.desks.assistance.planning import Wanted
from sampan.desks.assistance.receipts import Found, Note
from sampan.desks.press.words import Words
from sampan.exchange.arrivals import Counted
from sampan.exchange.notices import export_notice
from sampan.node import Node, memory_node
from sampan.records.assistance import LotLine
from sampan.records.assistance.appeals import AppealLine
from sampan.records.assistance.contributions import Line
from sampan.records.assistance.funds import BudgetLine
from sampan.records.assistance.teams import Seats
from sampan.records.science_exchange import Milestone
from sampan.world.ages import HEADER
from sampan.world.genome_references import install
from tests import small_virus

MEDICINES = (
    b"drug,concentration,drug_form,price_usd,form_per_mild_course,perc_mild_treated,form_per_mod_course,"
    b"perc_mod_treated,form_per_sev_course,perc_sev_treated,form_per_crit_course,perc_crit_treated\n"
    b"Oral salts,sachet,sachet(s),0.5,10,0.1,,,0,0,2,1\n"
)
EARLY, DAY = date(2020, 2, 1), date(2020, 3, 5)
FIRST = date(2020, 1, 22)
PLACES = {"China": 90, "Italy": 60, "Iran": 40, "Serbia": 5, "France": 30}


@dataclass(frozen=True)
class Asked:
    """One act: of which desk, by whom, with what. ``given`` may wait for what was given back before."""

    desk: str
    act: str
    given: dict[str, Any]
    by: str = "officer"

    def __repr__(self) -> str:
        return f"{self.desk}.{self.act}"


Ask = Callable[[Asked], Any]

PRIMERS = f"name\tsequence\tstart\tstrand\nP1\t{small_virus.REFERENCE[140:160]}\t141\t+\n"

VIEWS: dict[str, dict[str, Any]] = {
    "control.situation": {"places": ["Italy", "IRN"], "sort": "r", "as_of": date(2020, 3, 20)},
    "control.forecast": {"weeks": 3, "target": "deaths", "known_on": datetime(2020, 3, 27, tzinfo=UTC)},
    "press.evidence": {"name": "countries", "day": date(2020, 3, 26)},
    "press.brief_standing": {"day": date(2020, 3, 26)},
    "press.brief_changed": {"day": date(2020, 3, 26)},
    "exchange.notice": {"number": "1-ITA"},
    "exchange.receipt": {"number": "ITA/1-CHN"},
    "exchange.consistency": {"old": 3, "new": 40},
    "exchange.public_entry": {"entry": ""},
    "exchange.entry": {"entry": "2"},
    "exchange.entries": {"kind": "assistance.", "after": 3, "limit": 20, "as_of": date(2020, 3, 26)},
    "science.genomes": {"number": "G-0001"},
    "science.submission_report": {"number": "G-0001"},
    "science.original": {"number": "G-0001", "name": "about.tsv"},
    "science.genome": {"accession": ""},
    "science.call_changes": {"number": "G-0001"},
    "science.search": {"query": "lineage=A*", "limit": 2},
    "science.counts": {"query": "date>=2020", "by": ["month", "country"]},
    "science.frequencies": {"level": "nucleotide"},
    "science.course": {"mutation": f"{small_virus.REFERENCE[149]}150{small_virus.other(150)}"},
    "science.primer_watch": {"oligos": PRIMERS, "by": ["country"]},
    "science.export": {"form": "citations", "query": "place=CHN", "leave_out": True},
    "science.datacite": {"number": "S-0001"},
    "science.work_editions": {"number": "W-0001"},
    "assistance.appeal": {"number": "A-0001"},
    "assistance.contribution": {"number": "C-0002"},
    "assistance.budgets": {"fund": "relief"},
    "assistance.statement": {"fund": "relief", "rates": ["EUR/USD 1.0843 ECB 2020-03-26"]},
    "assistance.label": {"text": "(01)07032069804988(10)L7(17)220531", "count": 40},
    "assistance.account": {"account": "depot:home", "item": "mask"},
    "assistance.accounts": {"account": "depot:"},
    "assistance.need": {"recipients": ["ITA"]},
    "assistance.explain_need": {"place": "ITA", "item": "mask", "week": 2},
    "assistance.draft_plan": {"policy": "leximin"},
    "assistance.what_if": {"otherwise": "[policy]\npolicy = 'leximin'\n"},
    "assistance.plan": {"entry": ""},
    "assistance.consignments": {"recipient": "Italy"},
    "assistance.consignment": {"number": "1-ITA"},
    "assistance.figure": {"what": "countries"},
    "assistance.sheet": {"name": "parties"},
    "assistance.packing_list": {"batch": 1},
    "assistance.epcis": {"number": "1-ITA"},
}
"""What is asked of the views, where something must be, or is worth it. An empty entry is the newest that fits."""


def asked_of(node: Node, view: str) -> dict[str, Any]:
    """What to ask of ``desk.view`` on a node on which everything was done."""
    given = dict(VIEWS.get(view, {}))
    if given.get("accession") == "":
        from sampan.desks.science.collection import collection

        given["accession"] = next(iter(collection(node.session).held))
    if given.get("entry") == "":
        kind = "assistance.plan" if view.endswith("plan") else "assistance.batch"
        given["entry"] = next(node.session.ledger.entries(kind=kind, newest_first=True)).id
    return given


def do_everything(ask: Ask) -> list[tuple[Asked, Any]]:
    """Asks for every act by ``ask``, in order; what was asked, and what came back."""
    done = []
    script = acts()
    answer = None
    while True:
        try:
            asked = script.send(answer)
        except StopIteration:
            return done
        answer = ask(asked)
        done.append((asked, answer))


def acts() -> Iterator[Asked]:
    """Every act, in order. What an act gave back is sent in before the next is asked for."""
    yield from _control()
    yield from _gifts()
    yield from _stock()
    yield from _batches()
    yield from _journeys()
    yield from _teams()
    yield from _exchange()
    yield from _press()
    yield from _science()


def _control() -> Iterator[Asked]:
    yield Asked("control", "load_figures", {"files": figures()})
    yield Asked("control", "load_ages", {"name": "ages.csv", "data": ages()})
    yield Asked("control", "vouch", {"place": "Italy", "day": DAY, "note": "new definition"})
    yield Asked("control", "publish_forecast", {"weeks": 4})


def _gifts() -> Iterator[Any]:
    kept = yield Asked("assistance", "keep_document", {"name": "note.txt", "data": b"note verbale 35"})
    appeal = {"requester": "ITA", "lines": [AppealLine(kind="goods", item="mask", quantity=5000)], "day": DAY}
    yield Asked("assistance", "record_appeal", {**appeal, "document": kept})
    for state in ("verified", "acknowledged", "answered"):
        yield Asked("assistance", "move_appeal", {"number": "A-0001", "state": state, "how": "by telephone"})
    for code, name, kind, country in (
        ("CHN-MOF", "Ministry of Finance", "central government", "CHN"),
        ("ITA-CRI", "Italian Red Cross", "NGO", "ITA"),
    ):
        party = {"code": code, "name": name, "donor_kind": kind, "country": country, "day": EARLY}
        yield Asked("assistance", "record_party", party)
    earmark = {
        "code": "MOF-1",
        "donor": "CHN-MOF",
        "level": "softly",
        "purpose": "the response",
        "day": EARLY,
    }
    yield Asked("assistance", "record_earmark", earmark)
    sheet = b"code,name,donor_kind,country,day\r\nFRA-RC,French Red Cross,NGO,FRA,2020-02-01\r\n"
    yield Asked("assistance", "bring_in_sheet", {"name": "parties", "data": sheet, "file": "parties.csv"})
    fund = {"code": "relief", "name": "Relief fund", "currency": "USD", "day": EARLY}
    yield Asked("assistance", "open_fund", fund)
    budget = [BudgetLine(earmark=None, amount=Money(50_000_000, "USD"))]
    days = {"first_day": date(2020, 1, 1), "last_day": date(2020, 12, 31)}
    yield Asked("assistance", "set_budget", {"code": "relief", "lines": budget, **days})
    dollars = [Line(kind="money", item="USD", quantity=100_000_000)]
    yield Asked(
        "assistance", "pledge", {"donor": "CHN-MOF", "recipient": "CHN", "lines": dollars, "day": EARLY}
    )
    yield Asked("assistance", "commit", {"number": "C-0001", "day": EARLY})
    yield Asked("assistance", "deliver", {"number": "C-0001", "into": "relief", "day": EARLY})
    rate = Rate("EUR", "USD", Decimal("1.0843"), EARLY, "ECB")
    sold = {"code": "relief", "sold": Money(1_000_000, "USD"), "rate": rate, "day": EARLY}
    yield Asked("assistance", "exchange_money", sold)
    masks = [Line(kind="goods", item="mask", quantity=500)]
    yield Asked(
        "assistance", "pledge", {"donor": "ITA-CRI", "recipient": "CHN", "lines": masks, "day": EARLY}
    )
    yield Asked("assistance", "commit", {"number": "C-0002", "lines": masks, "day": EARLY})
    come = [Arrival("goods", "mask", 500, "G1", date(2022, 5, 31))]
    yield Asked("assistance", "deliver", {"number": "C-0002", "arrivals": come, "day": EARLY})
    used = [Arrival("goods", "mask", 100, "G1", date(2022, 5, 31))]
    yield Asked("assistance", "use", {"number": "C-0002", "arrivals": used, "place": "CN-HB", "day": DAY})
    yield Asked("assistance", "thank", {"number": "C-0002", "words": "a letter", "document": kept})
    yield Asked("assistance", "pledge", {"donor": "ITA-CRI", "recipient": "CHN", "lines": masks, "day": DAY})
    yield Asked("assistance", "cancel", {"number": "C-0003", "note": "flight grounded", "day": DAY})


def _stock() -> Iterator[Asked]:
    made = [
        LotLine(item="mask", units=9_000_000, lot="L7", expiry=date(2022, 5, 31)),
        LotLine(item="ventilator", units=4_000, lot="V1"),
    ]
    yield Asked("assistance", "produce", {"lines": made, "source": "Works 3", "day": EARLY})
    old = [LotLine(item="test_kit", units=70, lot="K1", expiry=date(2020, 2, 20))]
    yield Asked("assistance", "produce", {"lines": old, "source": "Works 4", "day": EARLY})
    yield Asked("assistance", "expire", {"day": DAY})
    counted = [LotLine(item="ventilator", units=3_990, lot="V1")]
    yield Asked("assistance", "count_stock", {"lots": counted, "reason": "ten are broken", "day": DAY})
    lot = LotLine(item="mask", units=1, lot="L7", expiry=date(2022, 5, 31))
    yield Asked("assistance", "adjust_stock", {"lot": lot, "change": -40, "reason": "wet", "day": DAY})
    yield Asked("assistance", "reserve", {"item": "ventilator", "units": 500, "reason": "home", "day": DAY})
    goods = [LotLine(item="mask", units=10, lot="L7", expiry=date(2022, 5, 31))]
    nearer = {"depot": "home", "to": "Shanghai", "reason": "nearer the port", "day": DAY}
    yield Asked("assistance", "move_stock", {"goods": goods, **nearer})
    yield Asked("assistance", "name_code", {"gtin": "07032069804988", "item": "mask", "units": 2000})


def _batches() -> Iterator[Any]:
    beds = b"iso3,beds\nITA,190000\n"
    yield Asked("assistance", "load_capacity", {"name": "capacity.csv", "data": beds})
    ours = b"place,parameter,value,source,version\nITA,stay_critical,1.5,circular 12,2020-04-02\n"
    yield Asked("assistance", "load_parameters", {"name": "ours.csv", "data": ours})
    yield Asked("assistance", "load_medicines", {"name": "salts.csv", "data": MEDICINES})
    wanted = [Wanted(code, "mask", units) for code, units in (("ITA", 4000), ("SRB", 2000), ("FRA", 2000))]
    plan = yield Asked("assistance", "propose_batch", {"lines": wanted, "reason": "A-0001", "day": DAY})
    yield Asked("assistance", "approve", {"plan_id": plan.entry, "note": "agreed"}, "director")
    yield Asked("assistance", "propose_plan", {"policy": "expected harm"})


def _journeys() -> Iterator[Asked]:
    on = {"day": DAY}
    yield Asked("assistance", "pack", {"number": "1-ITA", **on})
    yield Asked("assistance", "unpack", {"number": "1-ITA", "reason": "flight cancelled", **on})
    yield Asked("assistance", "pack", {"number": "1-ITA", **on})
    yield Asked("assistance", "split", {"number": "1-ITA", "off": {"mask": 2000}, "reason": "no room", **on})
    yield Asked("assistance", "withdraw_consignment", {"number": "1-FRA", "reason": "declined", **on})
    leg = {"mode": "air", "carrier": "CA", "origin": "PVG", "destination": "FCO", **on}
    for number in ("1-ITA", "1-SRB"):
        if number == "1-SRB":
            yield Asked("assistance", "pack", {"number": number, **on})
        yield Asked("assistance", "hand_over", {"number": number, "waybill": f"999-{number}", **leg})
    arrived = {"number": "1-ITA", "state": "arrived", "place": "FCO", **on}
    yield Asked("assistance", "progress", arrived)
    paper = {"number": "1-ITA", "what": "packing list", "reference": "PL-17", "name": "pl.txt", "data": b"17"}
    yield Asked("assistance", "add_paper", paper)
    permit = {"number": "1-ITA", "step": "import permit", "authority": "AIFA", "outcome": "granted", **on}
    yield Asked("assistance", "customs", permit)
    at = datetime(2020, 3, 5, 9, tzinfo=UTC)
    cold = {"number": "1-ITA", "celsius": 9.5, "lowest": 2.0, "highest": 8.0, "at": at}
    yield Asked("assistance", "temperature", cold)
    yield Asked("assistance", "position", {"number": "1-ITA", "latitude": 41.8, "longitude": 12.25, "at": at})
    wet = [Found("mask", good=900, damaged=100, lot="L7", reason="wet", photo=b"a picture")]
    yield Asked("assistance", "receive", {"number": "1-ITA", "found": wet, **on}, "italy")
    yield Asked("assistance", "receive_all", {"number": "1-ITA", **on}, "italy")
    found = [Note("1-SRB", (Found("mask", good=2000),), "thank you")]
    yield Asked("assistance", "receive_many", {"notes": found, **on}, "serbia")
    lost = {"number": "1-ITA", "item": "mask", "units": 100, "outcome": "lost", "reason": "carrier has paid"}
    yield Asked("assistance", "settle", lost)


def _teams() -> Iterator[Asked]:
    free = ["2020-02-01/2020-06-30"]
    for handle in ("E-0001", "E-0002"):
        who = {"handle": handle, "skills": ["epidemiology"], "languages": ["en"], "available": free}
        yield Asked("assistance", "enrol", who)
    sheet = b"handle,skills,languages,available\r\nE-0003,epidemiology,it,2020-02-01/2020-06-30\r\n"
    yield Asked("assistance", "enrol_sheet", {"name": "roster.csv", "data": sheet})
    seats = {"wanted": [Seats(skill="epidemiology", seats=2)], "start": date(2020, 3, 26), "days": 5}
    yield Asked("assistance", "request_team", {"recipient": "ITA", **seats})
    yield Asked("assistance", "request_team", {"recipient": "SRB", **seats})
    yield Asked("assistance", "withdraw_request", {"number": "R-0002", "reason": "answered by others"})
    yield Asked("assistance", "send_teams", {})
    yield Asked(
        "assistance", "report_team", {"number": "T-0001", "day": date(2020, 3, 26), "outpatients": 40}
    )
    yield Asked("assistance", "return_team", {"number": "T-0001", "day": date(2020, 3, 26)})


def _exchange() -> Iterator[Asked]:
    key, notice = sister()
    yield Asked("exchange", "trust", {"name": "Italy", "key": key}, "administrator")
    yield Asked("exchange", "take_in", {"data": notice})
    counted = [Counted("mask", good=290, damaged=10, lot="I1", reason="wet")]
    yield Asked("exchange", "sign_for", {"number": "ITA/1-CHN", "counted": counted})


def _press() -> Iterator[Asked]:
    day = {"day": date(2020, 3, 26)}
    yield Asked("press", "draft_brief", day, "press")
    words = Words(dict.fromkeys(LANGUAGES, "Masks for Italy"))
    yield Asked("press", "edit_brief", {**day, "words": words, "revision": 1}, "press")
    yield Asked("press", "review_brief", {**day, "revision": 2, "approve": True}, "director")
    yield Asked("press", "release_brief", day, "press")
    yield Asked("press", "correct_brief", {**day, "reason": "a receipt came late"}, "press")


@cache
def sister() -> tuple[str, bytes]:
    """The key of an Italian node, and its notice of 300 masks that are on their way to China."""
    node = memory_node(home="ITA", people={"officer": ("officer",), "director": ("approver",)})
    _send(node)
    return str(node.session.ledger.verifier), export_notice(node.session, "1-CHN")


def _send(node: Node) -> None:
    desk, on = node.assistance, {"day": DAY}
    desk.produce([LotLine(item="mask", units=300, lot="I1")], source="Works I", **on)
    plan = desk.propose_batch([Wanted("CHN", "mask", 300)], reason="solidarity", **on)
    node.desk("assistance", session=node.on_behalf_of("director")).approve(plan.entry)
    desk.pack("1-CHN", **on)
    leg = {"mode": "air", "carrier": "AZ", "waybill": "055-1", "origin": "FCO", "destination": "PVG"}
    desk.hand_over("1-CHN", **leg, **on)


def figures() -> dict[str, bytes]:
    """Two months of reported figures of a few countries, in the layout of JHU."""
    days = [FIRST + timedelta(days=each) for each in range(60)]
    header = "Province/State,Country/Region,Lat,Long," + ",".join(f"{d.month}/{d.day}/{d:%y}" for d in days)

    def table(share: float) -> bytes:
        rows = [
            f",{name},0,0," + ",".join(str(int(share * start * 1.11**day)) for day in range(len(days)))
            for name, start in PLACES.items()
        ]
        return "\n".join([header, *rows, ""]).encode()

    name = "time_series_covid19_{}_global.csv"
    return {name.format("confirmed"): table(1.0), name.format("deaths"): table(0.02)}


def ages() -> bytes:
    """How old the people of Italy are, roughly."""
    return "\n".join([",".join(HEADER), "ITA," + ",".join(["3000000"] * (len(HEADER) - 1)), ""]).encode()


@cache
def references() -> Path:
    """Two versions of a made-up virus, installed for this run."""
    folder = Path(tempfile.mkdtemp(prefix="sampan-references-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    for version in ("1", "2"):
        install(small_virus.write_reference(folder / version, version=version), store=folder / "store")
    os.environ["SAMPAN_REFERENCES"] = str(folder / "store")
    return folder / "store"


def _science() -> Iterator[Any]:
    """Genomes from hand to hand, and what is said about them. They are of an exercise's virus."""
    references()
    changed, other = small_virus.changed, small_virus.other
    genomes = {
        "g1": changed({150: other(150)}),
        "g2": changed({150: other(150)}),
        "g3": changed({150: other(150), 400: other(400)}),
    }
    rows = "strain\tdate\tcountry\tterms\tuntil\n" + "".join(
        f"{name}\t2020-03-0{place}\tChina\t{terms}\n"
        for place, (name, terms) in enumerate(
            zip(genomes, ("open\t", "open\t", "restricted\t2020-04-02"), strict=True), 1
        )
    )
    files = {"genomes.fasta": small_virus.fasta(genomes), "about.tsv": rows.encode()}
    done = yield Asked(
        "science", "submit_genomes", {"files": files, "group": "IPB", "reference": "small-virus@1"}
    )
    names = [row.accession for row in done.rows]
    yield Asked("science", "reanalyse", {"number": "G-0001", "reference": "small-virus@2"})
    yield Asked("science", "approve_genomes", {"number": "G-0001"}, by="director")
    yield Asked("science", "release_genomes", {"number": "G-0001"})
    yield Asked("science", "watch_primers", {"name": "primers.tsv", "data": PRIMERS.encode()})
    yield Asked("science", "raise_alerts", {"least": 1})
    yield Asked("science", "move_alert", {"number": "A-0001", "step": "acknowledged", "note": "seen"})
    yield Asked("science", "set_terms", {"accessions": names[2:], "to": "open", "why": "agreed"})
    yield Asked("science", "record_set", {"title": "Two genomes", "focal": names[:2], "creators": ["IPB"]})
    protocol = {
        "title": "Primers",
        "what": "protocol",
        "licence": "CC-BY-4.0",
        "doi": "10.1234/x",
        "linked": ["S-0001"],
    }
    yield Asked("science", "record_work", protocol)
    office = {
        "office": "National genomics laboratory",
        "role": "focal point",
        "reach": "genomics@example.org",
    }
    yield Asked("science", "record_focal_point", {"country": "Italy", "topic": "sequencing", **office})
    steps = [Milestone(name="phase 1", due=date(2020, 6, 1))]
    project = {
        "title": "A vaccine",
        "what": "vaccine",
        "partners": ["Italy"],
        "milestones": steps,
        "linked_works": ["W-0001"],
    }
    yield Asked("science", "record_project", project)
    yield Asked("science", "move_project", {"number": "P-0001", "step": "reached", "milestone": "phase 1"})
    fourth = {
        "g.fasta": small_virus.fasta({"g4": changed({9: other(9)})}),
        "t.tsv": b"strain\tdate\tcountry\ng4\t2020\tItaly\n",
    }
    again = yield Asked("science", "submit_genomes", {"files": fourth, "reference": "small-virus@2"})
    yield Asked(
        "science", "withdraw_genomes", {"accessions": [again.rows[0].accession], "reason": "wrong sample"}
    )

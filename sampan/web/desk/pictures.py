"""Which views have a picture and a page of their own, and what stands on it beside the result?"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from itertools import groupby
from typing import Any

from sampan.access.session import Session
from sampan.core.errors import InputError
from sampan.core.languages import Language
from sampan.core.money import Money
from sampan.desks.assistance import batches
from sampan.desks.assistance.alternatives import Alternative, WhatIf
from sampan.desks.assistance.depots import on_hand
from sampan.desks.assistance.figures import Figure, Figures
from sampan.desks.assistance.lists import Stock
from sampan.desks.assistance.plan import Coverage, Decision
from sampan.desks.assistance.planning import NeedView, PlanView
from sampan.desks.assistance.statements import Position, Statement
from sampan.desks.assistance.teams import TeamRow
from sampan.desks.control.course import course
from sampan.desks.press import drafts, html
from sampan.desks.press.document import plain_text
from sampan.desks.press.sections import document
from sampan.desks.press.standing import Standing as Stands
from sampan.languages.choices import choice
from sampan.languages.reasons import why
from sampan.languages.speech import Speech, speech
from sampan.web import batches as public_batches
from sampan.web import chart, flow
from sampan.web.desk import bars, rota, way, weeks
from sampan.web.desk.bars import Bar, Fill
from sampan.web.desk.reading import Said, first, texts
from sampan.web.standing import Standing
from sampan.world.assisted import promised
from sampan.world.consignments import Consignment, track
from sampan.world.places import find

MOST_BARS = 24
"""Bars of one picture; the table has them all."""


@dataclass(frozen=True)
class Looking:
    """Who looks at a result, in which language, at which part of it (``look``), and what is so now."""

    session: Session
    language: Language
    look: str
    standing: Standing

    @property
    def speech(self) -> Speech:
        """The reader's language."""
        return speech(self.language)

    @property
    def of_home(self) -> bool:
        """Whether the reader works for this node, and does not speak for another country."""
        return self.session.person.party in (None, self.session.home)

    def one_of(self, known: Iterable[str]) -> tuple[str, tuple[str, ...]]:
        """The part that is looked at, the first unless it is said, and all that there are."""
        every = tuple(dict.fromkeys(known))
        return (self.look if self.look in every else every[0] if every else ""), every


Draw = Callable[[Any, Said, Looking], Mapping[str, Any]]


def template(key: str) -> str:
    """The template of the view ``key``."""
    return _DRAWN[key][0] if key in _DRAWN else "desk_view.html"


def beside(key: str, result: Any, said: Said, looking: Looking) -> Mapping[str, Any]:
    """What the template of a view needs beside its result."""
    return _DRAWN[key][1](result, said, looking) if key in _DRAWN else {}


# Situation


def _forecast(_: Any, said: Said, looking: Looking) -> Mapping[str, Any]:
    """The fan of the first place named, or of home, as the newest figures have it."""
    standing = looking.standing
    named = first(said, "places").partition(",")[0].strip()
    asked_otherwise = any(
        any(texts(said, word)) for word in ("as_of", "known_on", "source", "weeks")
    ) or texts(said, "target")[:1] == ["deaths"]
    if asked_otherwise or standing.now is None or standing.forecast is None:
        return {"picture": None}
    try:
        drawn = course(standing.now, standing.forecast, find(named).code if named else standing.session.home)
    except InputError:
        return {"picture": None}
    scenarios = drawn.calibrated_weeks < len(drawn.weekly)
    return {"picture": chart.fan(drawn, looking.speech), "of": drawn.place, "scenarios": scenarios}


# Needs


def _need(view: NeedView, _: Said, looking: Looking) -> Mapping[str, Any]:
    """Who needs most of one item, and what of it must still come."""
    item, every = looking.one_of(row.item for row in view.rows)
    heaviest = sorted((row for row in view.rows if row.item == item), key=lambda row: -row.total.need.mean)
    top = max([1, *(row.total.need.mean for row in heaviest)])
    drawn = [
        Bar(
            looking.speech.party(row.recipient),
            (
                (
                    ("whole", max(0, row.total.need.mean - row.total.net.mean)),
                    ("hatched", row.total.net.mean),
                ),
            ),
            looking.speech.number(row.total.need.mean),
            top,
        )
        for row in heaviest[:MOST_BARS]
    ]
    return {"picture": bars.picture(drawn), "look": item, "looks": every}


# Plans


@dataclass(frozen=True)
class Receiving:
    """What one recipient is sent now, item by item, and why this recipient."""

    code: str
    units: tuple[tuple[str, int], ...]
    cartons: int
    grounds: tuple[str, ...]


def _plan(view: PlanView, _: Said, looking: Looking) -> Mapping[str, Any]:
    """Coverage before and after, what each recipient is sent now, and whether the reader may approve it."""
    decision = view.decision
    return {
        **_coverage(decision.coverage, looking),
        "decision": decision,
        "receiving": receiving(decision),
        "why": lambda line: why(
            looking.speech,
            binding=line.binding,
            grounds=getattr(line, "grounds", ()),
            chance_short=line.chance_short,
        ),
        "row": _row_of(looking.session, view.entry) if view.entry else None,
    }


def receiving(decision: Decision) -> tuple[Receiving, ...]:
    """What leaves now, by recipient."""
    leaving = sorted((line for line in decision.leaving if line.units), key=lambda line: line.recipient)
    found = []
    for code, lines in groupby(leaving, key=lambda line: line.recipient):
        mine = list(lines)
        grounds = dict.fromkeys(each for line in mine for each in line.grounds)
        units = tuple((line.item, line.units) for line in mine)
        found.append(Receiving(code, units, sum(line.cartons for line in mine), tuple(grounds)))
    return tuple(found)


def _row_of(session: Session, entry: str) -> batches.BatchRow | None:
    return next((row for row in batches.batches(session) if row.plan == entry), None)


def _coverage(found: Sequence[Coverage], looking: Looking) -> Mapping[str, Any]:
    """The share of need that is met before and after, of one item, those that gain most in front."""
    item, every = looking.one_of(one.item for one in found)
    rows = sorted((one for one in found if one.item == item), key=lambda one: one.before - one.after)
    percent = looking.speech.percent
    drawn = [
        Bar(
            looking.speech.party(one.recipient),
            ((("hatched", one.before),), (("whole", one.after),)),
            f"{percent(max(0.0, one.before))} → {percent(max(0.0, one.after))}",
            1.0,
        )
        for one in rows[:MOST_BARS]
    ]
    return {"picture": bars.picture(drawn), "look": item, "looks": every, "covered": rows}


def _policies(found: Sequence[Alternative], _: Said, looking: Looking) -> Mapping[str, Any]:
    """How much harm each policy averts, and the smallest coverage that it leaves."""
    percent = looking.speech.percent
    drawn = [
        Bar(
            looking.speech.term(choice(one.policy), "choice"),
            ((("whole", one.averted),), (("hatched", one.least_coverage),)),
            f"{percent(one.averted)} · {percent(one.least_coverage)}",
            1.0,
        )
        for one in found
    ]
    return {"picture": bars.picture(drawn)}


def _what_if(found: WhatIf, _: Said, looking: Looking) -> Mapping[str, Any]:
    """What would change most, of one item, as it is and as it would be."""
    item, every = looking.one_of(change.item for change in found.changes)
    rows = [change for change in found.changes if change.item == item]
    top = max([1, *(max(change.now, change.then) for change in rows)])
    number = looking.speech.number
    drawn = [
        Bar(
            looking.speech.party(change.recipient),
            ((("hatched", change.now),), (("whole", change.then),)),
            f"{number(change.now)} → {number(change.then)}",
            top,
        )
        for change in rows[:MOST_BARS]
    ]
    return {"picture": bars.picture(drawn), "look": item, "looks": every}


# Batches and consignments


def _batches(rows: Sequence[batches.BatchRow], __: Said, looking: Looking) -> Mapping[str, Any]:
    """Where the goods of one batch come from and to whom they go: of the newest, unless another is asked for."""
    numbers = [row.number for row in rows if row.number is not None]
    number, _, item = looking.look.partition("-")
    wanted = number if number in map(str, numbers) else str(max(numbers, default=""))
    if not wanted:
        return {"picture": None}
    view = public_batches.batch(looking.standing, {"number": wanted})
    if not view.flows:
        return {"picture": None}
    one = next((each for each in view.flows if each.item == item), view.flows[0])
    drawn = flow.picture(one, looking.speech, looking.standing.session.home)
    return {"picture": drawn, "flow": one, "flows": view.flows, "batch": wanted, "numbers": numbers[-12:]}


def _consignment(row: Consignment, _: Said, looking: Looking) -> Mapping[str, Any]:
    """The steps of its way, and everything that was said of it."""
    found = way.steps(looking.session.ledger, row.number, looking.session.today())
    events = track(looking.session.ledger, row.number).events
    return {
        "picture": way.picture(found, looking.speech),
        "steps_of": found,
        "events": [event for event in events if looking.of_home or event.record.sharing == "public"],
    }


# Stock


def _stock(stock: Stock, _: Said, looking: Looking) -> Mapping[str, Any]:
    """The coming weeks of one item."""
    item, every = looking.one_of(one.item for one in stock.items)
    if not item:
        return {"picture": None}
    ledger = looking.session.ledger
    lots = on_hand(ledger, item=item, as_of=stock.as_of)
    found = weeks.weeks(lots, stock.as_of, promised(ledger).total(item))
    reserve = weeks.reserve_of(stock, item)
    return {
        "picture": weeks.picture(found, reserve, looking.speech),
        "weeks": found,
        "reserve": reserve,
        "look": item,
        "looks": every,
    }


# Money, teams and figures


def _figures(found: Figures, _: Said, __: Looking) -> Mapping[str, Any]:
    """Every figure, by the name under which its list can be asked for."""
    listed: dict[str, Figure] = {}
    for each in fields(found):
        name, value = each.name.replace("_", "-"), getattr(found, each.name)
        if isinstance(value, Figure):
            listed[name] = value
        elif each.name in ("regions", "donors"):
            before = "region" if each.name == "regions" else "donors"
            listed |= {f"{before}:{one.what}": one for one in value}
    return {"figures": listed}


def _statement(found: Statement, _: Said, looking: Looking) -> Mapping[str, Any]:
    """What of each earmark is paid, bound, and left."""
    drawn = [_position(one, looking.speech) for one in found.positions[:MOST_BARS]]
    return {"picture": bars.picture(drawn)}


def _position(one: Position, speech: Speech) -> Bar:
    name = f"{one.earmark} · {one.currency}" if one.earmark else one.currency
    parts: tuple[tuple[Fill, float], ...] = (
        ("whole", one.disbursed),
        ("hatched", one.outstanding),
        ("outlined", one.closing),
    )
    top = max(1, sum(value for _, value in parts), one.budget or 0)
    left = Money(one.closing, one.currency)
    return Bar(name, (parts,), speech.money(left.amount, left.currency), top, one.budget)


def _teams(rows: Sequence[TeamRow], _: Said, looking: Looking) -> Mapping[str, Any]:
    """Who is where, and when."""
    return {"picture": rota.picture(rows, looking.session.today(), looking.speech)}


def _draft(stands: Stands, _: Said, looking: Looking) -> Mapping[str, Any]:
    """The newest revision as it would be released in the reader's language: what a second person agrees to."""
    last = drafts.newest(looking.session, stands.day)
    known, said = drafts.known(looking.session, last), drafts.words_of(looking.session, last)
    drawn = document(known, looking.language, said)
    return {"heading": plain_text(drawn.title), "body": html.parts(drawn, None)}


_DRAWN: Mapping[str, tuple[str, Draw]] = {
    "control.forecast": ("desk_forecast.html", _forecast),
    "assistance.need": ("desk_need.html", _need),
    "assistance.explain_need": ("desk_explain.html", lambda *_: {}),
    "assistance.draft_plan": ("desk_plan.html", _plan),
    "assistance.plan": ("desk_plan.html", _plan),
    "assistance.compare_policies": ("desk_policies.html", _policies),
    "assistance.what_if": ("desk_what_if.html", _what_if),
    "assistance.batches": ("desk_batches.html", _batches),
    "assistance.consignment": ("desk_consignment.html", _consignment),
    "assistance.stock": ("desk_stock.html", _stock),
    "assistance.statement": ("desk_statement.html", _statement),
    "assistance.teams": ("desk_teams.html", _teams),
    "assistance.figures": ("desk_figures.html", _figures),
    "press.brief_standing": ("desk_brief.html", _draft),
}
"""The template of a view, and what draws its picture."""

WHOLE = frozenset(
    {
        *("assistance.compare_policies", "assistance.draft_plan", "assistance.explain_need"),
        *("assistance.figures", "assistance.plan", "assistance.what_if"),
    }
)
"""Views whose own template lays out the whole result."""

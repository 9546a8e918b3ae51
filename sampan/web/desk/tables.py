"""How is each result laid out: which columns, in which order, and what can be done about a row?

A page shows what somebody decides by; the rest stands behind the row's link, and in the JSON.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from typing import Any

from sampan.web.desk.showing import Next, View

SOON = 60
"""Days before its expiry from which a lot is pointed out."""

MOST_SHOWN = 100
"""Rows of a table on one page."""

Columns = Mapping[str, tuple[str, ...]]

COLUMNS: Mapping[str, Columns] = {
    "science.submissions": {
        "": ("number", "state", "day", "by", "genomes", "blocked", "warnings", "released", "renewed")
    },
    "science.digest": {"subjects": ("about", "subject", "places", "count", "covered", "share", "first_seen")},
    "control.situation": {
        "rows": ("place", "new_cases", "change", "total_cases", "total_deaths", "r", "phase", "marks")
    },
    "control.forecast": {"rows": ("place", "week", "first_day", "low95", "low50", "median", "high50", "high95")},
    "control.beds": {"": ("place", "first_day", "admitted", "ward", "intensive_care", "calibrated")},
    "control.odd_days": {"": ("place", "day", "reported", "used", "marks", "vouched_for")},
    "assistance.need": {
        "rows": ("recipient", "item", "at_hand", "assured", "appealed", "total.need", "total.net")
    },
    "assistance.needed": {
        "rows": ("recipient", "item", "unit", "at_hand", "assured", "appealed", "total.need", "total.net")
    },
    "assistance.priorities": {
        "": ("recipient", "weight", "hard_hit", "weak_system", "patients", "grounds", "appealed", "assumed")
    },
    "assistance.batches": {
        "": ("plan", "number", "day", "recipients", "waiting", "proposed_by", "approved_by", "superseded_by")
    },
    "assistance.consignments": {"": ("number", "state", "recipient", "promised", "batch", "claimed", "breaches")},
    "assistance.consignment": {
        "promised": ("item", "units"),
        "lots": ("commodity", "packed", "transit", "good", "claimed"),
    },
    "assistance.stock": {"items": ("item", "depot", "at_hand", "reserve", "free", "expired")},
    "assistance.lots": {"": ("item", "lot", "expiry", "units", "depot", "earmark", "expired")},
    "assistance.appeals": {"": ("number", "day", "requester", "needed_by", "state", "met", "lines", "contributions")},
    "assistance.contributions": {
        "": ("number", "day", "donor_name", "recipient_name", "status", "lines", "earmark", "thanked")
    },
    "assistance.received": {"": ("row", "used", "whereabouts")},
    "assistance.teams": {
        "": ("number", "recipient", "team", "state", "people", "start", "last", "unreported_days")
    },
    "assistance.team_requests": {"": ("number", "recipient", "state", "seats", "start", "days", "team", "priority")},
    "assistance.account": {"": ("day", "other", "commodity", "change", "balance")},
    "assistance.statement": {
        "positions": (
            *("currency", "earmark", "opening", "received", "exchanged", "committed", "closing"),
            *("disbursed", "outstanding", "budget"),
        ),
        "lines": ("day", "other", "commodity", "change", "balance"),
    },
    "press.brief": {"batches": ("number", "day", "recipients", "first_time")},
    "press.briefs": {"": ("day", "state", "revision", "by", "reviewed_by", "missing", "versions", "changed")},
    "exchange.entries": {"": ("index", "id", "kind", "effective", "actor", "sharing")},
    "exchange.published": {"": ("index", "id", "kind", "effective", "actor")},
}  # fmt: skip
"""The columns of views that have more to say than a page can show; a table that is not named shows all."""


NEWEST_FIRST = frozenset(
    {
        "assistance.batches",
        "assistance.received",
        "assistance.teams",
    }
)
"""Views that give what came first in front, where people look for what came last."""

URGENT: Mapping[str, Callable[[Any], tuple[bool, date]]] = {
    "assistance.appeals": lambda row: (not row.open, row.needed_by or date.max),
    "assistance.team_requests": lambda row: (row.state != "open", row.start),
}
"""Views in which what somebody still waits for stands in front, and of that what is needed first."""


def laid_out(key: str, begin: int, today: date = date.min) -> View:
    """How a result of the view ``key`` is laid out ``today``, from row ``begin`` on."""
    nexts = _of_lot(today) if key == "assistance.lots" else NEXTS.get(key)
    return View(COLUMNS.get(key, {}), nexts, key in NEWEST_FIRST, URGENT.get(key), begin, MOST_SHOWN)


def _next(key: str, word: str = "", **said: object) -> Next:
    return Next(
        f"assistance.{key}" if "." not in key else key,
        tuple((name, str(value)) for name, value in said.items() if value not in (None, "")),
        word,
    )


def of_consignment(row: Any) -> tuple[Next, ...]:
    """What comes next on the way of a consignment."""
    number, state = row.number, row.state
    acts = {"decided": ("pack", "withdraw_consignment"), "packed": ("hand_over", "unpack")}
    if state in acts:
        return tuple(_next(act, number=number) for act in acts[state])
    further = {"handed to carrier": "in transit", "in transit": "arrived", "arrived": "cleared"}.get(state)
    found = (_next("progress", further, number=number, state=further),) if further else ()
    return (*found, _next("receive", number=number)) if further or state == "cleared" else ()


def of_appeal(row: Any) -> tuple[Next, ...]:
    """How an appeal is answered."""
    if not row.open:
        return ()
    answer = {"received": "verified", "verified": "acknowledged", "acknowledged": "answered"}.get(row.state)
    moved = (_next("move_appeal", answer, number=row.number, state=answer),) if answer else ()
    return (*moved, _next("pledge", appeal=row.number, recipient=row.requester))


def of_contribution(row: Any) -> tuple[Next, ...]:
    """What comes next for a gift: it is bound, it comes, somebody says thank you."""
    step = {
        "pledged": "commit",
        "partly committed": "commit",
        "committed": "deliver",
        "partly delivered": "deliver",
        "paid, not confirmed": "deliver",
    }.get(row.status)
    found: tuple[Next, ...] = (_next(step, number=row.number),) if step else ()
    if row.side == "received" and not row.thanked and row.status != "cancelled":
        found += (_next("thank", number=row.number),)
    return found


def _of_batch(row: Any) -> tuple[Next, ...]:
    if row.waiting and row.superseded_by is None:
        return (_next("approve", plan_id=row.plan),)
    return (_next("packing_list", batch=row.number),) if row.number else ()


def _of_claim(row: Any) -> tuple[Next, ...]:
    return (_next("settle", number=row.consignment, item=row.item, units=row.units, lot=row.lot),)


def _of_request(row: Any) -> tuple[Next, ...]:
    if row.state != "open":
        return ()
    return (_next("send_teams", numbers=row.number), _next("withdraw_request", number=row.number))


def _of_team(row: Any) -> tuple[Next, ...]:
    if row.state != "deployed":
        return ()
    return (_next("report_team", number=row.number), _next("return_team", number=row.number))


def _of_brief(row: Any) -> tuple[Next, ...]:
    day = row.day
    match row.state:
        case "draft" | "correcting":
            return (_next("press.review_brief", day=day), _next("press.edit_brief", day=day))
        case "sent back":
            return (_next("press.edit_brief", day=day),)
        case "agreed":
            return (_next("press.release_brief", day=day),)
    return (_next("press.correct_brief", day=day),) if row.changed else ()


def _of_lot(today: date) -> Callable[[Any], tuple[Next, ...]]:
    """What has expired is written off; what soon will is sent while it is good."""

    def next_of(lot: Any) -> tuple[Next, ...]:
        if lot.expired:
            return (_next("expire", depot=lot.depot),)
        if not expires_soon(lot, today):
            return ()
        said = {"lines.0.item": lot.item, "lines.0.units": lot.units}
        return (_next("propose_batch", "expires soon", **said),)

    return next_of


def expires_soon(lot: Any, today: date) -> bool:
    """Whether a lot in date will not be for long."""
    return lot.expiry is not None and not lot.expired and lot.expiry <= today + timedelta(days=SOON)


def _of_need(row: Any) -> tuple[Next, ...]:
    return (_next("explain_need", place=row.recipient, item=row.item),)


def _of_fund(row: Any) -> tuple[Next, ...]:
    return (_next("set_budget", fund=row.code), _next("budgets", fund=row.code))


NEXTS: Mapping[str, Callable[[Any], tuple[Next, ...]]] = {
    "assistance.appeals": of_appeal,
    "assistance.batches": _of_batch,
    "assistance.claims": _of_claim,
    "assistance.consignments": of_consignment,
    "assistance.contributions": of_contribution,
    "assistance.funds": _of_fund,
    "assistance.need": _of_need,
    "assistance.needed": _of_need,
    "assistance.received": lambda row: of_contribution(row.row),
    "assistance.team_requests": _of_request,
    "assistance.teams": _of_team,
    "exchange.notices": lambda row: (_next("exchange.sign_for", number=row.number),),
    "press.briefs": lambda row: (_next("press.brief_standing", day=row.day), *_of_brief(row)),
}
"""What can be done about a row of a view, from the row."""

FIRSTS: Mapping[str, tuple[Next, ...]] = {
    **dict.fromkeys(
        ("science.search", "science.counts", "science.frequencies"),
        (_next("science.submit_genomes"), _next("science.submissions")),
    ),
    "assistance.statement": (_next("funds"), _next("open_fund")),
}
"""What comes before there is anything to see on a view, where it is no step of the round (``cycle``)."""

Asked = tuple[tuple[str, str], ...]

ABOUT: Mapping[str, Callable[[Any, Asked], tuple[Next, ...]]] = {
    "control.situation": lambda *_: (_next("control.publish_forecast"), _next("need")),
    "control.forecast": lambda *_: (_next("control.publish_forecast"), _next("need")),
    "assistance.need": lambda *_: (_next("draft_plan"), _next("compare_policies")),
    "assistance.draft_plan": lambda _, asked: (
        Next("assistance.propose_plan", asked),
        _next("compare_policies"),
    ),
    "assistance.batches": lambda *_: (_next("draft_plan"), _next("consignments")),
    "assistance.appeal": lambda one, _: of_appeal(one),
    "assistance.consignment": lambda one, _: of_consignment(one),
    "assistance.contribution": lambda story, _: of_contribution(story.row),
    "assistance.figures": lambda *_: (_next("press.draft_brief"),),
    "press.brief_standing": lambda one, _: _of_brief(one),
}
"""What can be done about what a view shows, and what comes after it; an act may begin as the view was asked."""

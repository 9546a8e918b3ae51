"""Where does each act and view stand? Sections, in the order in which an officer's day goes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from sampan.access.offer import Offer, View
from sampan.access.people import Person
from sampan.access.reach import SIGNING, is_open
from sampan.node import DESKS, desk


@dataclass(frozen=True)
class Section:
    """A page of the desks: its first view is shown when it is opened, the others and the acts lead from it."""

    name: str
    views: tuple[str, ...]
    acts: tuple[str, ...] = ()

    @property
    def pages(self) -> list[Placed]:
        """All that stands there."""
        return [*views_of(self), *acts_of(self)]


SECTIONS = (
    Section(
        "situation",
        ("control.situation", "control.forecast", "control.beds", "control.odd_days"),
        ("control.load_figures", "control.load_ages", "control.vouch", "control.publish_forecast"),
    ),
    Section(
        "needs",
        ("assistance.need", "assistance.priorities", "assistance.needed", "assistance.explain_need"),
        ("assistance.load_capacity", "assistance.load_parameters", "assistance.load_medicines"),
    ),
    Section(
        "plans",
        (
            "assistance.batches",
            "assistance.draft_plan",
            "assistance.compare_policies",
            "assistance.what_if",
            "assistance.plan",
            "assistance.packing_list",
        ),
        ("assistance.propose_plan", "assistance.propose_batch", "assistance.approve"),
    ),
    Section(
        "consignments",
        ("assistance.consignments", "assistance.consignment", "assistance.epcis"),
        (
            "assistance.pack",
            "assistance.unpack",
            "assistance.split",
            "assistance.withdraw_consignment",
            "assistance.hand_over",
            "assistance.progress",
            "assistance.add_paper",
            "assistance.customs",
            "assistance.temperature",
            "assistance.position",
        ),
    ),
    Section(
        "receipts",
        ("assistance.claims",),
        ("assistance.receive", "assistance.receive_all", "assistance.settle"),
    ),
    Section(
        "stock",
        (
            "assistance.stock",
            "assistance.lots",
            "assistance.label",
            "assistance.accounts",
            "assistance.account",
        ),
        (
            "assistance.count_stock",
            "assistance.adjust_stock",
            "assistance.move_stock",
            "assistance.produce",
            "assistance.expire",
            "assistance.reserve",
            "assistance.name_code",
        ),
    ),
    Section(
        "appeals",
        ("assistance.appeals", "assistance.appeal"),
        ("assistance.record_appeal", "assistance.move_appeal"),
    ),
    Section(
        "contributions",
        (
            "assistance.contributions",
            "assistance.contribution",
            "assistance.by_donor_kind",
            "assistance.received",
            "assistance.reciprocity",
            "assistance.parties",
            "assistance.earmarks",
            "assistance.sheet",
        ),
        (
            "assistance.pledge",
            "assistance.commit",
            "assistance.deliver",
            "assistance.cancel",
            "assistance.use",
            "assistance.thank",
            "assistance.record_party",
            "assistance.record_earmark",
            "assistance.bring_in_sheet",
        ),
    ),
    Section(
        "funds",
        ("assistance.statement", "assistance.funds", "assistance.budgets"),
        ("assistance.open_fund", "assistance.set_budget", "assistance.exchange_money"),
    ),
    Section(
        "teams",
        (
            "assistance.teams",
            "assistance.team_requests",
            "assistance.team_offers",
            "assistance.roster",
            "assistance.roster_sheet",
        ),
        (
            "assistance.request_team",
            "assistance.withdraw_request",
            "assistance.send_teams",
            "assistance.report_team",
            "assistance.return_team",
            "assistance.enrol",
            "assistance.enrol_sheet",
        ),
    ),
    Section(
        "figures",
        (
            "assistance.figures",
            "assistance.figure",
            "assistance.iati",
            "assistance.flows_hxl",
            "assistance.flows_fts",
        ),
    ),
    Section(
        "briefs",
        ("press.briefs", "press.brief_standing", "press.brief_changed", "press.brief", "press.evidence"),
        (
            "press.draft_brief",
            "press.edit_brief",
            "press.review_brief",
            "press.release_brief",
            "press.correct_brief",
        ),
    ),
    Section(
        "science",
        (
            "science.submissions",
            "science.submission_report",
            "science.original",
            "science.genomes",
            "science.genome",
            "science.search",
            "science.counts",
            "science.frequencies",
            "science.course",
            "science.primer_watch",
            "science.watched_primers",
            "science.alerts",
            "science.digest",
            "science.sets",
            "science.datacite",
            "science.works",
            "science.work_editions",
            "science.focal_points",
            "science.projects",
            "science.duplicates",
            "science.call_changes",
            "science.export",
            "science.receipts",
            "science.summary",
        ),
        (
            "science.submit_genomes",
            "science.approve_genomes",
            "science.release_genomes",
            "science.withdraw_genomes",
            "science.set_terms",
            "science.reanalyse",
            "science.record_set",
            "science.record_work",
            "science.record_focal_point",
            "science.record_project",
            "science.move_project",
            "science.watch_primers",
            "science.raise_alerts",
            "science.move_alert",
        ),
    ),
    Section(
        "partners",
        ("exchange.notices", "exchange.partners", "exchange.notice", "exchange.receipt"),
        ("exchange.trust", "exchange.take_in", "exchange.sign_for"),
    ),
    Section(
        "log",
        (
            "exchange.entries",
            "exchange.entry",
            "exchange.published",
            "exchange.public_entry",
            "exchange.checkpoint",
            "exchange.consistency",
        ),
    ),
)

SLOW = frozenset({"assistance.draft_plan", "assistance.compare_policies", "assistance.what_if"})
"""Views that work for seconds: they begin when they are asked to, not when their page is opened."""

FOR_PROGRAMS = frozenset({"assistance.keep_document", "assistance.receive_many"})
"""Acts without a form: a form hands in its document with the rest, and one receipt at a time."""


@dataclass(frozen=True)
class Placed:
    """An act or view with the desk that offers it and the section where it stands."""

    desk: str
    offer: Offer
    section: Section

    @property
    def key(self) -> str:
        """Its name among all desks."""
        return f"{self.desk}.{self.offer.name}"

    @property
    def path(self) -> str:
        """Its page, after the language."""
        return f"/desk/{self.desk}/{self.offer.name}"

    @property
    def is_open(self) -> bool:
        """Whether it is open to somebody who signs here for another party (``access.reach``)."""
        if isinstance(self.offer, View):
            return self.offer.readers == "public" or is_open(self.offer.name)
        return self.offer.name in SIGNING


@cache
def offers() -> Mapping[str, Placed]:
    """Everything that has a page, by its name among all desks."""
    known = {f"{name}.{offer.name}": (name, offer) for name in DESKS for offer in desk(name).offers.values()}
    return {
        key: Placed(known[key][0], known[key][1], section)
        for section in reversed(SECTIONS)
        for key in (*section.views, *section.acts)
    }


def views_of(section: Section) -> list[Placed]:
    """The views of a section."""
    return [offers()[key] for key in section.views]


def acts_of(section: Section) -> list[Placed]:
    """The acts of a section."""
    return [offers()[key] for key in section.acts]


def open_to(person: Person, home: str, placed: list[Placed]) -> list[Placed]:
    """Those of ``placed`` that ``person`` finds open."""
    return placed if person.party in (None, home) else [one for one in placed if one.is_open]


def section_of(name: str) -> Section | None:
    """The section of this name, if there is one."""
    return next((section for section in SECTIONS if section.name == name), None)


def is_file(placed: Placed) -> bool:
    """Whether what comes back is a file to keep."""
    return isinstance(placed.offer, View) and placed.offer.media is not None


def waits_to_be_asked(placed: Placed) -> bool:
    """Whether a view begins only when its button is pressed: it gives a file, or works for seconds."""
    return is_file(placed) or placed.key in SLOW

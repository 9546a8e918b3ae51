"""Which commands are there? A page to read before any of them is imported.

``sampan --help`` must be instant, so the list is data; a test holds it to what the modules register.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple


class Listed(NamedTuple):
    """Where a command is written, and what it does in a line."""

    module: str
    says: str


CATALOGUE: Mapping[str, Mapping[str, Listed]] = {
    "Begin": {
        "demo": Listed("demo", "Run the main job: four decisions a week apart, then the brief."),
        "init": Listed("node", "Make a new node for a home country."),
        "load": Listed("node", "Read figures from files or public addresses."),
        "exercise": Listed("node", "Make fictional outbreaks to train with."),
    },
    "Situation": {
        "situation": Listed("control", "Show how fast it is spreading, place by place."),
        "forecast": Listed("control", "Project weekly new reported cases, with 50 % and 95 % intervals."),
        "marks": Listed(
            "control",
            "List the days whose reports look odd: silent, corrected or anomalous, as reported and as used.",
        ),
        "vouch": Listed(
            "control", "Say that a figure that looks anomalous is right: it is then used as reported."
        ),
        "evaluate": Listed("evaluate", "Score forecasts and R, on past figures or simulated ones."),
    },
    "Assistance: plan": {
        "assumptions": Listed(
            "assistance",
            "Print the assumptions about supply, lanes and policy that ship with Sampan, to be edited.",
        ),
        "parameters": Listed("parameters", "The numbers behind the needs, yours among them."),
        "needs": Listed("needs", "Show who will need what over the weeks of the latest published forecast."),
        "priority": Listed(
            "needs",
            "Show who comes first: how hard hit, how weak the health system, and the weight of a unit unmet.",
        ),
        "plan": Listed("plan", "Propose who gets what, with home's own need set aside first."),
        "batch": Listed("assistance", "Approve plans and list batches."),
    },
    "Assistance: goods, money, people": {
        "stock": Listed("stock", "What lies in our depots, by lot and expiry."),
        "consignment": Listed("consignments", "Pack, split, hand over and follow consignments."),
        "receipt": Listed("receipts", "What recipients sign for, and what they claim."),
        "appeal": Listed("giving", "Take in appeals, verify them, answer them."),
        "contribution": Listed("giving", "What is given and received, from pledge to use."),
        "received": Listed(
            "giving",
            "Show what others gave us: how far it has come, where it is used, whether we have thanked.",
        ),
        "reciprocity": Listed(
            "giving", "Show what went each way between home and each partner: goods, money, services, people."
        ),
        "fund": Listed("giving", "Money set aside: budgets, exchange, statements."),
        "party": Listed("giving", "Donors and others that are no country."),
        "earmark": Listed("giving", "What donors allow their gifts to be used for."),
        "sheet": Listed("giving", "Your own lists as CSV: in, out, and blank."),
        "team": Listed("teams", "Rosters of experts, requests for teams, deployments."),
    },
    "Science": {
        "genomes": Listed("genomes", "Analyse, submit, search and exchange genomes; install references."),
        "science": Listed("science", "Sets, works, focal points, joint projects, alerts."),
    },
    "Tell and exchange": {
        "brief": Listed("press", "Tell the public what was done for whom, and how the epidemic stands."),
        "figures": Listed(
            "figures",
            "Show every public total, or one with the list behind it, as of any day and as known on any day.",
        ),
        "serve": Listed(
            "serve",
            "Show the node's public pages in six languages: briefs, world, countries, batches, ledger.",
        ),
        "account": Listed("account", "Who may sign in to the site, and by what."),
        "export": Listed("exchange", "Write what others read: IATI, HXL, FTS, EPCIS, packing lists."),
        "partner": Listed("exchange", "Whose node do we trust, by which key?"),
        "bundle": Listed("exchange", "Notices and receipts between two nodes, by file."),
        "ledger": Listed("ledger", "Read, check and export the signed ledger."),
    },
}

COMMANDS: Mapping[str, Listed] = {name: one for part in CATALOGUE.values() for name, one in part.items()}
"""Every command by name, in the order in which they are shown."""

"""What does each word of the API mean, and in which unit is it counted? For who has no code to read.

What a field of a result means stands beside it, where its type is defined. Here stand the words that mean the same
wherever they are asked for or answered.
"""

from __future__ import annotations

import ast
import inspect
import sys
from collections.abc import Iterator, Mapping
from functools import cache
from itertools import pairwise

_BASE = "in the item's base units (pieces, tests, doses); of money in minor units of its currency"
_SHARE = "a share, from 0 to 1"
_PLACE = "ISO 3166-1 alpha-3 code of a country, ISO 3166-2 code of a first-level area"
_PARTY = f"code of a party: {_PLACE}, an organisation, or a party that the office has recorded"
_CASES = "people"
_PER_DAY = "a number of patients on that day"

WORDS: Mapping[str, str] = {
    # time, pages
    "as_of": "Day (ISO 8601): what was true up to its end. If it is not said: today at the node, in UTC; in an "
    "exercise that lies ahead of the clock, the newest day of which anything is known.",
    "known_on": "Moment (ISO 8601, with a time zone): what we knew by then. If it is not said: all that is recorded.",
    "day": "Day (ISO 8601) on which it is true in the world.",
    "first_day": "First day, included (ISO 8601).",
    "last_day": "Last day, included (ISO 8601).",
    "limit": "How many rows one answer holds at most.",
    "cursor": "Where this page begins: taken from the Link header of the page before.",
    "after": "What the row before the first wanted is known by: its position in the log, or how many are left out.",
    "week": "Number of the week, from 1.",
    "weeks": "How many weeks ahead.",
    "days": "How many days.",
    "after_days": "Days after which something is late.",
    "rest_days": "Days that an expert rests between two teams.",
    "warn_days": "Days of warning before.",
    "start": "First day (ISO 8601).",
    "begins": "First day (ISO 8601); null if it is not known.",
    "ends": "Last day (ISO 8601); null if it has none, or it is not known.",
    "until": "Day from which on it is open to all (ISO 8601); null where its terms do not end.",
    "needed_by": "Day by which it is needed (ISO 8601).",
    "expires_from": "Only lots that expire on this day or after it (ISO 8601); all of them, if it is not said.",
    "expires_by": "Only lots that expire on this day or before it (ISO 8601); all of them, if it is not said.",
    "expiry": "Last day on which it may be used (ISO 8601); null where it has none.",
    # who, where, what
    "place": f"A place: {_PLACE}.",
    "places": f"Places: {_PLACE}, or their names.",
    "country": f"A country: {_PLACE}.",
    "home": "The country of this node (ISO 3166-1 alpha-3).",
    "region": "One of the regions Africa, Americas, Asia, Europe, Pacific.",
    "partner": f"Whom it is given to or taken from: {_PARTY}.",
    "recipient": f"Whom it is for: {_PARTY}.",
    "recipients": f"Whom it is for, or how many: {_PARTY}.",
    "requester": f"Who asks: {_PARTY}.",
    "donor": f"Who gives: {_PARTY}.",
    "party": f"Whose it is: {_PARTY}.",
    "reporter": "Identifier of the publisher, as IATI knows it.",
    "item": "Code of an item; of money an ISO 4217 code, of people a skill, of services what is rendered.",
    "items": "Items, by their codes.",
    "kind": "Of which kind: of entries one kind, or with a dot at its end all that begin so.",
    "currency": "ISO 4217 code.",
    "lot": "Number of the lot, as it is printed; null where there is none.",
    "earmark": "Code of what a donor allows its gift to be used for; null if it is free.",
    "depot": 'Code of the depot: "home" is the main one.',
    "number": "Number of what is spoken of: of a consignment 4-ITA, of a contribution C-0001, of an appeal A-0001.",
    "batch": "Number of the batch.",
    "entry": "Id of an entry of the ledger (UUID), or its position.",
    "entries": "The entries of the ledger that say so: ids (UUID), or positions.",
    "account": "An account such as depot:home; with a colon at its end (depot:) all that begin so.",
    "state": "Only those in this state; in an answer, where it stands.",
    "at": "Moment (ISO 8601, with a time zone): when it was so.",
    "step": "A step on the way of a consignment; asked for, only those of which goods are there.",
    "only": "Only one side of the books.",
    "source": "Whose figures, or who says so.",
    "name": "Its name; of a figure, the word by which it is known.",
    "what": "Which one is meant, or what it is.",
    "stage": "How far aid has come to be counted.",
    "text": "What the label says, in GS1 element strings.",
    "query": "What is sought, in the words of the search.",
    "where": "Which genomes, in the words of the search.",
    "mutation": "A mutation, as N501Y or A23063T.",
    "accession": "Accession number of a genome.",
    "accessions": "Accession numbers of genomes.",
    "virus": "Code of the virus; the node's first, if it is not said.",
    "disease": "Code of the disease, whose parameters are used.",
    "assumptions": "Assumptions of yours (TOML) in place of those of the node.",
    "otherwise": "What would be otherwise (TOML), in place of the assumptions.",
    "policy": "By which policy the plan is made.",
    "of_provinces": "Whether home's provinces are recipients too.",
    "monthly": "By month, and not over all time.",
    "weekly": "Week by week, and not in all.",
    "sort": "By which column it is ordered.",
    "target": "Cases or deaths.",
    "fund": "Code of the fund.",
    "rates": 'Rates of exchange, as "EUR/USD 1.0843 ECB 2020-03-26".',
    "glide": "GLIDE number of the disaster.",
    "appeal": "Number of an appeal.",
    "by": "By what it is counted, or who did it.",
    "level": "On which level: of nucleotides or of amino acids.",
    "oligos": "Primers and probes, one to a line (TSV).",
    "form": "In which form the file is.",
    "audience": "For whom: what they may see is in it.",
    "leave_out": "Whether what the audience may not see is left out, rather than refused.",
    "topic": "What it is about.",
    "open_only": "Only those that are open.",
    "old": "The smaller size of the log, in entries.",
    "new": "The larger size of the log, in entries.",
    # log
    "checkpoint": "Head of the log as a signed note (C2SP tlog-checkpoint).",
    "document": "A document that is kept beside the ledger: name, SHA-256 and size.",
    "data": "A file, base64.",
    "reason": "Why, in words.",
    "note": "A word for the record.",
}  # fmt: skip
"""By the name of the argument or field."""

NUMBERS: Mapping[str, str] = {
    # goods and money
    **dict.fromkeys(("quantity", "pledged", "committed", "delivered", "used", "cancelled"), _BASE),
    **dict.fromkeys(("given", "received", "units", "claimed", "outstanding", "balance", "amounts"), _BASE),
    **dict.fromkeys(("opening", "closing", "disbursed", "exchanged", "budget", "off", "left"), _BASE),
    **dict.fromkeys(("packed", "transit", "good", "damaged", "missing", "free", "expired", "reserve"), _BASE),
    **dict.fromkeys(("at_hand", "appealed", "assured", "need", "produced", "exportable", "stock"), _BASE),
    "minor": "An amount of money in minor units (cents) of its currency.",
    "cartons": "Whole cartons.",
    "rate": "Units of the quoted currency for one of the base; decimal, as text.",
    "change": _BASE,
    # people
    "seats": "People of this skill.",
    "least": "The fewest that will do.",
    "people": "People.",
    "person_days": "Days worked, by all together.",
    "unreported_days": "Days of which no report has come.",
    "outpatients": _PER_DAY,
    "inpatients": _PER_DAY,
    "trained": "People trained on that day.",
    "standard": "Outpatients a day that WHO asks of a team of its type.",
    "priority": "From 1, most urgent, to 5.",
    # situation
    **dict.fromkeys(("cases", "deaths", "total_cases", "total_deaths"), _CASES),
    "new_cases": "People reported in the last seven days of the figures.",
    "per_100_000": "New cases in seven days for every 100,000 residents.",
    **dict.fromkeys(("r", "r_low", "r_high"), "Reproduction number: how many one case infects (95 % interval)."),
    "doubling_days": "Days in which infections double; below zero, in which they halve.",
    "false_share": f"How much of what is told about growth may be chance: {_SHARE}.",
    "covered": "Genomes that say something there.",
    "mismatch": f"The least share of genomes with a mismatch that is told: {_SHARE}.",
    # places, temperature
    "latitude": "Degrees north, WGS 84.",
    "longitude": "Degrees east, WGS 84.",
    "celsius": "Degrees Celsius.",
    "lowest": "Lowest that is allowed, in degrees Celsius.",
    "highest": "Highest that is allowed, in degrees Celsius.",
    "breaches": "Readings at which the cold chain was broken.",
    # log
    "size": "Entries of the log.",
    "ledger_size": "Entries of the log.",
    "index": "Position in the log, from 0.",
    "count": "How many.",
    "revision": "Number of the revision, from 1.",
}  # fmt: skip
"""The same of what is counted or measured: its unit."""


def meaning(name: str) -> str | None:
    """What an argument means; None if its name says it all."""
    return _said(WORDS.get(name) or NUMBERS.get(name))


def meaning_in(name: str, *, counted: bool) -> str | None:
    """What a field means of which its type says nothing; ``counted`` if it holds numbers."""
    return _said((NUMBERS.get(name) if counted else None) or WORDS.get(name))


def beside(kind: type) -> dict[str, str]:
    """What is said of the fields of a dataclass: the text that follows each where it, or a base of it, is defined."""
    said: dict[str, str] = {}
    for each in reversed(kind.__mro__):
        said |= _in_module(each.__module__).get(each.__qualname__, {})
    return said


@cache
def _in_module(name: str) -> dict[str, dict[str, str]]:
    """The same of every class of a module; nothing where its source is not there."""
    try:
        tree = ast.parse(inspect.getsource(sys.modules[name]))
    except (OSError, TypeError):
        return {}
    return {each.name: dict(_texts(each)) for each in tree.body if isinstance(each, ast.ClassDef)}


def _texts(kind: ast.ClassDef) -> Iterator[tuple[str, str]]:
    for field, after in pairwise(kind.body):
        match field, after:
            case (
                ast.AnnAssign(target=ast.Name(id=name)),
                ast.Expr(value=ast.Constant(value=str(text))),
            ):
                yield name, inspect.cleandoc(text).replace("``", "`")


def _said(text: str | None) -> str | None:
    return None if text is None else f"{text[0].upper()}{text[1:].rstrip('.')}."

"""What does a way out say on a page, where the fault that tells it speaks of the command line?

Desks tell ways out as an officer at a terminal needs them: ``sampan fund budget``, ``--follows A-0007``. On a page
the same act is a page to open, and the option is a field of its form.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from markupsafe import Markup

from sampan.languages import faults
from sampan.languages.speech import Speech
from sampan.web.desk.menu import offers
from sampan.web.desk.words import FIELDS, OFFERS

COMMANDS: Mapping[str, str] = {
    "appeal list": "assistance.appeals",
    "appeal verify": "assistance.move_appeal",
    "batch list": "assistance.batches",
    "batch propose": "assistance.propose_batch",
    "brief correct": "press.correct_brief",
    "brief draft": "press.draft_brief",
    "brief edit": "press.edit_brief",
    "brief review": "press.review_brief",
    "brief show": "press.brief",
    "bundle notices": "exchange.notices",
    "bundle receive": "exchange.take_in",
    "consignment list": "assistance.consignments",
    "consignment withdraw": "assistance.withdraw_consignment",
    "contribution commit": "assistance.commit",
    "contribution deliver": "assistance.deliver",
    "contribution list": "assistance.contributions",
    "contribution pay": "assistance.deliver",
    "contribution pledge": "assistance.pledge",
    "contribution show": "assistance.contribution",
    "earmark add": "assistance.record_earmark",
    "forecast": "control.publish_forecast",
    "fund budget": "assistance.set_budget",
    "fund exchange": "assistance.exchange_money",
    "fund open": "assistance.open_fund",
    "genomes approve": "science.approve_genomes",
    "genomes reanalyse": "science.reanalyse",
    "genomes status": "science.submissions",
    "genomes submit": "science.submit_genomes",
    "ledger log": "exchange.entries",
    **{f"load {source}": "control.load_figures" for source in ("ecdc", "jhu", "owid", "who")},
    "load medicines": "assistance.load_medicines",
    "needs": "assistance.needed",
    "partner add": "exchange.trust",
    "party add": "assistance.record_party",
    "plan": "assistance.draft_plan",
    "science alerts": "science.alerts",
    "science projects": "science.projects",
    "science sets": "science.sets",
    "science works": "science.works",
    "situation": "control.situation",
    "stock code": "assistance.name_code",
    "stock count": "assistance.count_stock",
    "stock move": "assistance.move_stock",
    "stock produce": "assistance.produce",
    "team enrol": "assistance.enrol",
    "team list": "assistance.teams",
    "team report": "assistance.report_team",
    "team request": "assistance.request_team",
    "team requests": "assistance.team_requests",
    "team withdraw": "assistance.withdraw_request",
}
"""The page of what each command does."""

AT_THE_NODE = frozenset(
    {
        *("account list", "account token create", "exercise make", "genomes reference add", "init"),
        *("ledger rebuild", "ledger verify"),
    }
)
"""Commands of whoever runs the node: they have no page."""

ALIASES: Mapping[str, str] = {"on": "day", "from": "origin", "no_provinces": "provinces"}
"""Options whose field has another name."""

QUOTES: Mapping[str, str] = {"fr": "«\u00a0{}\u00a0»", "ru": "«{}»", "es": "«{}»", "ar": "«{}»"}
"""How a language sets off the name of a field, where it is not as in English and Chinese."""

_VALUE = r"(?:[A-Z0-9](?:[\w:./-]*\w)?…?|…|all)"
_OPTION = rf"--(?P<option>[a-z][a-z-]*)(?:[ =](?P<value>{_VALUE}))?"
_TOLD = re.compile(
    rf"`?sampan (?P<command>{'|'.join(sorted(COMMANDS, key=len, reverse=True))})(?![\w-])"
    rf"(?P<rest>(?: (?:{re.sub(r'[?]P<[a-z]+>', '?:', _OPTION)}|{_VALUE}))*)`?|{_OPTION}"
)
_PART = re.compile(rf"{_OPTION}|(?P<bare>{_VALUE})")


def on_page(text: str, spoken: Speech) -> Markup:
    """What a fault says, in the reader's language; of commands their pages, of options the fields of the form."""
    told, said, end = Markup(), faults.said(text, spoken.language), 0
    for found in _TOLD.finditer(said):
        told += _between(said[end : found.start()], spoken)
        told += _page(found["command"], found["rest"], spoken) if found["command"] else _field(found, spoken)
        end = found.end()
    return told + _between(said[end:], spoken)


def _between(words: str, spoken: Speech) -> str:
    """What stands beside a command: Chinese has no blanks there once its page stands in its place."""
    return words.strip(" ") if spoken.language == "zh" else words


def _page(command: str, rest: str, spoken: Speech) -> Markup:
    """The page of a command, with what is to be said there."""
    key = COMMANDS[command]
    page = Markup('<a href="/{}{}">{}</a>').format(
        spoken.language, offers()[key].path, spoken.term(OFFERS[key], "offer")
    )
    details = spoken.comma.join(filter(None, (_detail(part, spoken) for part in _PART.finditer(rest))))
    return page + (spoken.beside("", details) if details else "")


def _detail(part: re.Match[str], spoken: Speech) -> str:
    """What is said with a command; nothing of what stands for a value, and of options that no form asks for."""
    if bare := part["bare"]:
        return "" if re.fullmatch("[A-Z]+…?|…", bare) else bare
    label = _label(part["option"], spoken)
    if label and part["value"] not in (None, "…", "all"):
        return f"{label}{spoken.colon}{part['value']}"
    return label


def _field(found: re.Match[str], spoken: Speech) -> str:
    label = _label(found["option"], spoken)
    if not label:
        return found[0]
    quoted = QUOTES.get(spoken.language, "“{}”").format(label)
    return f"{quoted} {found['value']}" if found["value"] else quoted


def _label(option: str, spoken: Speech) -> str:
    """The field in which a form asks for what an option says; nothing if no form does."""
    word = option.replace("-", "_")
    word = ALIASES.get(word, word)
    return spoken.term(FIELDS[word], "field") if word in FIELDS else ""

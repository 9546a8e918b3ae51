"""What is an account of the books called? ``depot:home`` for the ledger, "Home depot" for who reads a page."""

from __future__ import annotations

from collections.abc import Mapping

from markupsafe import Markup

from sampan.languages.speech import Speech
from sampan.languages.terms import pgettext
from sampan.records.assistance.consignments import recipient_of
from sampan.records.movement import Account

ACCOUNTS: Mapping[str, str] = {
    "production": pgettext("account", "Production"),
    "outside": pgettext("account", "Stock that no book knew"),
    "depot": pgettext("account", "Depot: %(name)s"),
    "batch": pgettext("account", "Batch %(name)s: promises"),
    "allotted": pgettext("account", "Promised to %(party)s: consignment %(name)s"),
    "packed": pgettext("account", "Packed for %(party)s: consignment %(name)s"),
    "transit": pgettext("account", "On the way to %(party)s: consignment %(name)s"),
    "received": pgettext("account", "Received by %(name)s"),
    "claim": pgettext("account", "Damaged or missing: consignment %(name)s to %(party)s"),
    "loss": pgettext("account", "Lost"),
    "expired": pgettext("account", "Expired and written off"),
    "donor": pgettext("account", "Donor: %(name)s"),
    "fund": pgettext("account", "Fund: %(name)s"),
    "committed": pgettext("account", "Committed in contribution %(name)s"),
    "disbursed": pgettext("account", "Paid to %(name)s"),
    "exchange": pgettext("account", "Money changed"),
    "served": pgettext("account", "Services to %(name)s"),
    "used": pgettext("account", "Used: %(name)s"),
    "roster": pgettext("account", "Roster of experts"),
    "deployed": pgettext("account", "Experts in %(name)s"),
}
"""Every kind of account (``records.movement``)."""

HOME = pgettext("account", "Home depot")

OF_CONSIGNMENTS = frozenset({"allotted", "packed", "transit", "claim"})

Names = Mapping[str, str]
"""What parties that the office has recorded are called, by their codes, and funds, by their accounts."""


def is_account(text: str) -> bool:
    """Whether ``text`` is an account."""
    return text.partition(":")[0] in ACCOUNTS


def said(account: Account, spoken: Speech, names: Names) -> Markup:
    """What an account is called."""
    kind, _, which = account.partition(":")
    if kind == "depot":
        return depot(which, spoken) if which == "home" else _filled(kind, spoken, name=depot(which, spoken))
    parts = {"name": names.get(account) or names.get(which) or spoken.party(which)}
    if kind in OF_CONSIGNMENTS:
        parts = {"name": which, "party": spoken.party(recipient_of(which))}
    return _filled(kind, spoken, **parts)


def depot(name: str, spoken: Speech) -> Markup:
    """What a depot is called: ours, that of a province, or by the name that the office gave it."""
    return Markup("<bdi>{}</bdi>").format(
        spoken.term(HOME, "account") if name == "home" else spoken.party(name)
    )


def party(code: str, names: Names) -> Markup:
    """The name of a party that the office has recorded, with the code that stands in the ledger; else the text."""
    if code not in names:
        return Markup("<bdi>{}</bdi>").format(code)
    return Markup('<bdi>{}</bdi> <span class="small quiet"><code>{}</code></span>').format(names[code], code)


def _filled(kind: str, spoken: Speech, **parts: str) -> Markup:
    held = {name: Markup("<bdi>{}</bdi>").format(part) for name, part in parts.items()}
    return Markup(spoken.term(ACCOUNTS[kind], "account")) % held

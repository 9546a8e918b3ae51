"""Which words come out of records and views, and so stand in no template?

Each is listed here with its context, so that it reaches the translators; a test holds the lists to the
tables that the words come from.
"""

from __future__ import annotations

from collections.abc import Mapping


def _mark(context: str, word: str) -> str:  # noqa: ARG001
    """Marks a word for translation: the extraction looks for calls of ``pgettext``."""
    return word


def _mark_both(context: str, one: str, many: str) -> tuple[str, str]:  # noqa: ARG001
    """Marks what stands beside a count: the extraction looks for calls of ``npgettext``."""
    return one, many


pgettext, npgettext = _mark, _mark_both

TERMS: Mapping[str, tuple[str, ...]] = {
    "region": (
        pgettext("region", "Asia"),
        pgettext("region", "Europe"),
        pgettext("region", "Africa"),
        pgettext("region", "Americas"),
        pgettext("region", "South Pacific"),
    ),
    "phase": (
        pgettext("phase", "rising"),
        pgettext("phase", "falling"),
        pgettext("phase", "uncertain"),
        pgettext("phase", "no recent cases"),
    ),
    "unit": (
        pgettext("unit", "test"),
        pgettext("unit", "mask"),
        pgettext("unit", "suit"),
        pgettext("unit", "piece"),
        pgettext("unit", "machine"),
    ),
    "limit": (
        pgettext("limit", "floor"),
        pgettext("limit", "floor over all weeks"),
        pgettext("limit", "what can be put to use"),
        pgettext("limit", "stock"),
        pgettext("limit", "home reserve"),
        pgettext("limit", "own reserve"),
        pgettext("limit", "freight by volume"),
        pgettext("limit", "freight by weight"),
        pgettext("limit", "no freight"),
        pgettext("limit", "earmark"),
        pgettext("limit", "policy"),
        pgettext("limit", "no way there"),
        pgettext("limit", "date of expiry"),
        pgettext("limit", "whole cartons"),
    ),
    "mark": (
        pgettext("mark", "silent"),
        pgettext("mark", "corrected"),
        pgettext("mark", "anomaly"),
    ),
    "state": (
        pgettext("state", "decided"),
        pgettext("state", "packed"),
        pgettext("state", "handed to carrier"),
        pgettext("state", "in transit"),
        pgettext("state", "arrived"),
        pgettext("state", "cleared"),
        pgettext("state", "received"),
        pgettext("state", "withdrawn"),
    ),
    "role": (
        pgettext("role", "viewer"),
        pgettext("role", "officer"),
        pgettext("role", "approver"),
        pgettext("role", "receiver"),
        pgettext("role", "press"),
        pgettext("role", "administrator"),
    ),
    "act": (
        pgettext("act", "load"),
        pgettext("act", "forecast"),
        pgettext("act", "plan"),
        pgettext("act", "stock"),
        pgettext("act", "consign"),
        pgettext("act", "receive"),
        pgettext("act", "contribute"),
        pgettext("act", "fund"),
        pgettext("act", "roster"),
        pgettext("act", "submit"),
        pgettext("act", "curate"),
        pgettext("act", "approve"),
        pgettext("act", "review"),
        pgettext("act", "release"),
        pgettext("act", "administer"),
    ),
    "counted": (
        pgettext("counted", "countries"),
        pgettext("counted", "organisations"),
        pgettext("counted", "recipients of teams"),
        pgettext("counted", "countries that helped us"),
        pgettext("counted", "organisations that helped us"),
    ),
    "disease": (
        pgettext("disease", "COVID-19 (2020, wild type)"),
        pgettext("disease", "Ebola virus disease (West Africa, 2014)"),
    ),
    "event": (
        pgettext("event", "signed in"),
        pgettext("event", "signed out"),
        pgettext("event", "wrong password"),
        pgettext("event", "wrong code"),
        pgettext("event", "throttled"),
        pgettext("event", "no account"),
        pgettext("event", "revoked account"),
        pgettext("event", "wrong invitation"),
        pgettext("event", "wrong token"),
        pgettext("event", "expired token"),
        pgettext("event", "expired session"),
        pgettext("event", "recovery code"),
        pgettext("event", "password changed"),
        pgettext("event", "second factor on"),
        pgettext("event", "second factor off"),
        pgettext("event", "token made"),
        pgettext("event", "token revoked"),
        pgettext("event", "session revoked"),
        pgettext("event", "invited"),
        pgettext("event", "revoked"),
        pgettext("event", "provider refused"),
        pgettext("event", "form expired"),
    ),
    "step": (
        pgettext("step", "split"),
        pgettext("step", "claim settled"),
    ),
    "gift": (
        pgettext("gift", "pledged"),
        pgettext("gift", "partly committed"),
        pgettext("gift", "committed"),
        pgettext("gift", "partly delivered"),
        pgettext("gift", "paid, not confirmed"),
        pgettext("gift", "delivered"),
        pgettext("gift", "cancelled"),
        pgettext("gift", "closed"),
    ),
    "team": (
        pgettext("team", "expert group"),
        pgettext("team", "EMT type 1 mobile"),
        pgettext("team", "EMT type 1 fixed"),
        pgettext("team", "EMT type 2"),
        pgettext("team", "EMT type 3"),
        pgettext("team", "EMT specialised care"),
    ),
    "skill": (
        pgettext("skill", "border and port health"),
        pgettext("skill", "clinical case management"),
        pgettext("skill", "critical care medicine"),
        pgettext("skill", "critical care nursing"),
        pgettext("skill", "epidemiology"),
        pgettext("skill", "infection prevention and control"),
        pgettext("skill", "interpreting"),
        pgettext("skill", "laboratory diagnostics"),
        pgettext("skill", "logistics"),
        pgettext("skill", "mental health"),
        pgettext("skill", "nursing"),
        pgettext("skill", "paediatrics"),
        pgettext("skill", "public health"),
        pgettext("skill", "radiology"),
        pgettext("skill", "respiratory medicine"),
        pgettext("skill", "risk communication"),
        pgettext("skill", "team leadership"),
        pgettext("skill", "traditional medicine"),
        pgettext("skill", "virology"),
        pgettext("skill", "water, sanitation and hygiene"),
    ),
    "brief": (
        pgettext("brief", "not released"),
        pgettext("brief", "released"),
        pgettext("brief", "corrected"),
    ),
    "kind": (
        pgettext("kind", "goods"),
        pgettext("kind", "money"),
        pgettext("kind", "services"),
        pgettext("kind", "person-days"),
    ),
}

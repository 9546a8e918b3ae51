"""Which figures has a brief, by name?

A name is how an officer writes a figure into a paragraph, how a page leads to the list behind it, and how a
correction says what changed. Values are whole numbers: counts, units, and money in minor units.
"""

from __future__ import annotations

from dataclasses import dataclass

from sampan.desks.press.brief import Brief, Outbreak


@dataclass(frozen=True)
class Named:
    """The value of a figure; ``currency`` if it is money."""

    value: int
    currency: str | None = None


def figures(brief: Brief) -> dict[str, Named]:
    """Every figure of the brief, in the order in which it tells them."""
    found = {
        "countries": brief.countries.count,
        "organisations": brief.organisations.count,
        "batches": len(brief.batches),
        "confirmed": brief.confirmed_by_recipient,
    }
    found |= {f"region-{number}": each.count for number, each in enumerate(brief.regions, 1)}
    found |= {f"item-{each.item}": each.units for each in brief.items}
    found |= {f"delivered-{each.item}": each.units for each in brief.delivered}
    if brief.teams:
        found |= {"teams": brief.teams.teams, "experts": brief.teams.people}
    if brief.received:
        found["helped-us-countries"] = brief.received.countries.count
        found["helped-us-organisations"] = brief.received.organisations.count
        found |= {f"received-{each.item}": each.units for each in brief.received.items}
    if brief.outbreak:
        found |= _of_outbreak(brief.outbreak)
    found |= {told.name: told.count for desk in brief.more.values() for told in desk}
    return {name: Named(value) for name, value in found.items()} | _money(brief)


def _money(brief: Brief) -> dict[str, Named]:
    got = brief.received.money if brief.received else ()
    return {f"paid-{each.currency}": Named(each.minor, each.currency) for each in brief.paid} | {
        f"received-{each.currency}": Named(each.minor, each.currency) for each in got
    }


def _of_outbreak(outbreak: Outbreak) -> dict[str, int]:
    found = {
        "reporting": outbreak.countries_reporting,
        "cases": outbreak.cases,
        "deaths": outbreak.deaths,
        "new-cases": outbreak.new_cases,
        "rising": outbreak.rising,
        "falling": outbreak.falling,
    }
    home = outbreak.home
    at_home = (
        {
            "home-new-cases": home.new_cases,
            "home-cases": home.total_cases,
            "home-deaths": home.total_deaths,
        }
        if home
        else {}
    )
    return found | {name: value for name, value in at_home.items() if value is not None}

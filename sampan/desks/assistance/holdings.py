"""What does a recipient hold, and what is assured to arrive, week by week, as far as we know?"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

import numpy as np

from sampan.core.errors import InputError
from sampan.desks.assistance.assumptions import Assumptions, Lane
from sampan.desks.assistance.depots import is_province, plannable
from sampan.desks.assistance.recipients import Recipient
from sampan.ledger.ledger import Ledger
from sampan.world.assisted import Sent, sent
from sampan.world.items import items as catalogue


def lane_of(recipient: Recipient, assumptions: Assumptions) -> Lane:
    """The way to a recipient. Raises InputError if none leads there."""
    if recipient.kind == "province":
        return assumptions.provinces
    return assumptions.lanes[region_of(recipient, assumptions)]


def region_of(recipient: Recipient, assumptions: Assumptions) -> str:
    """The region by whose lane a recipient is reached; an organisation of the whole world goes by the first."""
    if recipient.kind == "organisation" and recipient.region not in assumptions.lanes:
        return next(iter(assumptions.lanes))
    if recipient.region not in assumptions.lanes:
        raise InputError(
            f"No lane leads to {recipient.region}, where {recipient.name} is.",
            way_out="Add the region under [lanes] in the assumptions.",
        )
    return recipient.region


class Supply(NamedTuple):
    """``stock`` in hand, (recipients, items), and assured arrivals, ``coming``, (weeks, recipients, items)."""

    stock: np.ndarray
    coming: np.ndarray


def arriving(
    earlier: Sequence[Sent],
    recipients: Sequence[Recipient],
    items: Sequence[str],
    *,
    assumptions: Assumptions,
    day: date,
    weeks: int,
) -> Supply:
    """What of what we sent ``earlier`` serves, counted from ``day``.

    Durable goods that are there are stock; goods under way arrive in their week; others are used up. What
    recipients hold of their own is not known to us, and is not assumed.
    """
    row = {recipient.code: index for index, recipient in enumerate(recipients)}
    column = {item: index for index, item in enumerate(items)}
    stock, coming = np.zeros((len(row), len(column))), np.zeros((weeks, len(row), len(column)))
    for one in earlier:
        if one.recipient not in row:
            continue
        r = row[one.recipient]
        left = lane_of(recipients[r], assumptions).weeks - (day - one.day).days / 7
        for item, units in one.units.items():
            if item in column and left >= 0:
                coming[min(int(left), weeks - 1), r, column[item]] += units
            elif item in column and catalogue()[item].kind == "durable":
                stock[r, column[item]] += units
    return Supply(stock, coming)


def supply_of(
    ledger: Ledger,
    recipients: Sequence[Recipient],
    items: Sequence[str],
    *,
    assumptions: Assumptions,
    home: str,
    day: date,
    weeks: int,
) -> Supply:
    """What each holds and what is assured to arrive, as far as we know.

    Abroad: what we sent. Home: the national depots, and the production that the epidemic may count on. A
    province: its own store.
    """
    abroad = [one for one in recipients if one.kind != "province" and one.code != home]
    at = {one.code: index for index, one in enumerate(recipients)}
    stock, coming = np.zeros((len(recipients), len(items))), np.zeros((weeks, len(recipients), len(items)))
    ours = arriving(sent(ledger, as_of=day), abroad, items, assumptions=assumptions, day=day, weeks=weeks)
    rows = [at[one.code] for one in abroad]
    stock[rows], coming[:, rows] = ours.stock, ours.coming
    for depot, units in plannable(ledger, as_of=day).items():
        mine = at.get(depot if is_province(depot) else home)
        if mine is not None:
            stock[mine] += [units.get(item, 0) for item in items]
    if home in at:
        coming[:, at[home]] += [_kept_at_home(assumptions, item) for item in items]
    return Supply(stock, coming)


def _kept_at_home(assumptions: Assumptions, item: str) -> float:
    """Units a week of the production that stays at home and that the epidemic may count on."""
    made = assumptions.supply.get(item)
    return (
        0.0
        if made is None
        else made.production * (1 - made.export_share) * assumptions.policy.home_production
    )

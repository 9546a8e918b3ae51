"""How is everything that the desk gave and was given published as IATI activities, nothing of it twice?

One activity for each contribution, each consignment and each team. Value stands where it is documented: in
contributions, and in consignments only for items whose unit value the office names and that no contribution
has counted already. What has no documented value is published by quantity: absent is not zero.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime

from sampan.access.session import Session
from sampan.core.errors import InputError
from sampan.core.money import Money
from sampan.desks.assistance.iati.consignments import consignments
from sampan.desks.assistance.iati.context import Context, Publishing
from sampan.desks.assistance.iati.gifts import gifts
from sampan.desks.assistance.iati.teams import deployments
from sampan.formats import csvfile, iati
from sampan.formats.iati import Activity
from sampan.world.items import item


def read_values(data: bytes, *, name: str) -> Mapping[str, Money]:
    """Documented unit values by item, from CSV with item, value and currency. Raises InputError by line."""
    rows = csvfile.rows(data, name=name)
    _, columns = next(rows, (1, []))
    if {"item", "value", "currency"} - set(columns):
        raise InputError(
            "A list of unit values has the columns item, value, currency.", file=name, line=1,
            way_out="Name them in the first line.",
        )  # fmt: skip
    found: dict[str, Money] = {}
    for line, cells in rows:
        row = dict(zip(columns, cells, strict=False))
        try:
            found[item(row.get("item", "")).code] = Money.read(row.get("value", ""), row.get("currency", ""))
        except InputError as fault:
            raise InputError(fault.what, way_out=fault.way_out, file=name, line=line) from None
    return found


def as_iati(
    session: Session,
    publishing: Publishing,
    *,
    as_of: date | None = None,
    known_on: datetime | None = None,
) -> bytes:
    """The whole desk as one IATI file. Raises InputError, and publishes nothing, if a rule does not hold."""
    context = Context(session, publishing, as_of or session.today(), known_on)
    reporter = context.organisation(session.home)
    return iati.write(_activities(context), reporter=reporter, generated=session.clock.now())


def _activities(context: Context) -> list[Activity]:
    """Contributions in the order of pledges, then consignments, then teams."""
    return [*gifts(context), *consignments(context), *deployments(context)]

"""What does the page of the world show? One result for the page, its JSON and its CSV."""

from __future__ import annotations

from dataclasses import replace

from sampan.desks.control.situation import ORDERS, SituationReport
from sampan.web.asked import Asked, NotFound
from sampan.web.standing import Standing
from sampan.world.places import REGIONS, places


def world(standing: Standing, asked: Asked) -> SituationReport | None:
    """The situation of every country and territory, most new cases first unless asked otherwise."""
    order, region = asked.get("sort", "new"), asked.get("region")
    if order not in ORDERS or region not in (None, *map(str, range(1, len(REGIONS) + 1))):
        raise NotFound
    if standing.report is None:
        return None
    wanted = REGIONS[int(region) - 1] if region else None
    rows = [row for row in standing.report.rows if row.place in places() and wanted in (None, row.region)]
    rows.sort(key=lambda row: (ORDERS[order](row), row.name))
    return replace(standing.report, rows=tuple(rows))

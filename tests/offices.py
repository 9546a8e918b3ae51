"""A node on the real figures of 26 March 2020, with a forecast, to ask needs and plans of."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from sampan.core.time import StandingClock
from sampan.desks.assistance.capacity import load as load_capacity
from sampan.desks.control import forecast, reports
from sampan.desks.control.situation import assessed
from sampan.formats import jhu
from sampan.node import Node


def office(folder: Path, shared: Path, home: str) -> Node:
    """The node of ``home`` on 26 March 2020: figures, capacities and a forecast of eight weeks."""
    now = datetime(2020, 3, 26, 12, tzinfo=UTC)
    node = Node.create(folder, home=home, clock=StandingClock(now))
    files = {path.name: path.read_bytes() for path in sorted((shared / "data" / "jhu").glob("*.csv"))}
    reports.load(node.session, {n: jhu.until(data, now.date(), name=n) for n, data in files.items()})
    countries = shared / "facts" / "countries.csv"
    load_capacity(node.session, countries.name, countries.read_bytes())
    state = assessed(node.session)
    forecast.publish(node.session, state, forecast.make(state))
    return node

"""What does the control desk offer?"""

from __future__ import annotations

from sampan.access.offer import Act, Desk, View
from sampan.desks.control import ages, asked, reports

DESK = Desk(
    "control",
    acts=(
        Act("load_figures", reports.load, "load"),
        Act("load_ages", ages.load, "load"),
        Act("vouch", asked.vouch, "load"),
        Act("publish_forecast", asked.publish_forecast, "forecast"),
    ),
    views=(
        View("situation", asked.situation, "public"),
        View("forecast", asked.forecast, "public"),
        View("beds", asked.beds, "public"),
        View("odd_days", asked.odd_days, "public"),
    ),
)

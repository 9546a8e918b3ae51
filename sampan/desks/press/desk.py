"""What does the press desk offer?"""

from __future__ import annotations

from sampan.access.offer import Desk, View
from sampan.desks.press import asked

DESK = Desk(
    "press",
    acts=(),
    views=(
        View("brief", asked.brief, "public"),
        View("evidence", asked.evidence, "public"),
    ),
)

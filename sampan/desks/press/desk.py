"""What does the press desk offer?"""

from __future__ import annotations

from sampan.access.offer import Act, Desk, View
from sampan.desks.press import asked, drafts, releasing, standing

DESK = Desk(
    "press",
    acts=(
        Act("draft_brief", drafts.draft, "release"),
        Act("edit_brief", drafts.edit, "release"),
        Act("review_brief", releasing.review, "review"),
        Act("release_brief", releasing.release, "release"),
        Act("correct_brief", drafts.correct, "release"),
    ),
    views=(
        View("brief", asked.brief, "public"),
        View("evidence", asked.evidence, "public"),
        View("brief_standing", standing.standing),
        View("briefs", standing.standings),
        View("brief_changed", standing.changed),
    ),
)

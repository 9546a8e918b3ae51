"""Which office answers for a topic in a country, and how is it reached?"""

from __future__ import annotations

import re

from sampan.access.session import Session
from sampan.core.errors import InputError
from sampan.desks.science.done import Done
from sampan.records.science_exchange import FocalPoint
from sampan.world.places import find

_REACH = re.compile(r"(?:[^@\s<>]+@[^@\s<>]+\.[a-z]{2,}|https?://\S+\.\S+|\+?[0-9 ()/-]{6,30})", re.I)
OFFICES = frozenset(
    {
        *(
            "admin",
            "contact",
            "data",
            "desk",
            "duty",
            "enquiries",
            "epi",
            "epidemiology",
            "focal",
            "genomics",
        ),
        *(
            "help",
            "hotline",
            "ihr",
            "info",
            "lab",
            "laboratory",
            "nfp",
            "office",
            "press",
            "registry",
            "science",
        ),
        *("secretariat", "sequencing", "service", "support", "surveillance", "team", "virology"),
    }
)
"""Words with which the address of an office begins, and that of a person does not."""


def record_focal_point(
    session: Session, country: str, topic: str, *, office: str, role: str, reach: str, ended: bool = False
) -> Done:
    """Records which office answers for a topic in a country. ``reach`` is the office's: mail, page or telephone.

    No person stands here. Raises InputError for an address that looks like a person's, or is none.
    """
    code = find(country).code
    for name, text in (("topic", topic), ("office", office), ("role", role)):
        if not text.strip():
            raise InputError("This is missing.", field=name, way_out="Give it.")
    if not _REACH.fullmatch(reach.strip()):
        raise InputError(
            f'"{reach[:40]}" reaches nobody.',
            field="reach",
            way_out="Give a mail address, a page or a telephone.",
        )
    _require_office(reach)
    said = FocalPoint(
        country=code,
        topic=topic.strip().casefold(),
        office=office.strip(),
        role=role.strip(),
        reach=reach.strip(),
        ended=ended,
    )
    (entry,) = session.write("curate", [said])
    return Done(f"{code}/{said.topic}", (entry.id,), f"{code}, {said.topic}: {said.office}")


def _require_office(reach: str) -> None:
    """Raises InputError for a mail address that is more likely a person's than an office's."""
    name, at, _ = reach.partition("@")
    if at and not {part for part in re.split(r"[^a-z]+", name.casefold()) if part} & OFFICES:
        raise InputError(
            "This looks like the address of a person.",
            field="reach",
            way_out="Give the office's own, as genomics@example.org, its page, or its telephone.",
        )


def focal_points(session: Session, country: str | None = None, topic: str | None = None) -> list[FocalPoint]:
    """The focal points as they stand: of one country or of all, on one topic or on any."""
    code = find(country).code if country else None
    newest = {(each.country, each.topic): each for each in session.said(FocalPoint)}
    return [
        each
        for _, each in sorted(newest.items())
        if not each.ended and code in (None, each.country) and (not topic or each.topic == topic.casefold())
    ]

"""What could be written into a field? The parties, funds, depots and numbers that there are."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from sampan.access.session import Session
from sampan.desks.assistance import batches, depots, lists
from sampan.languages.speech import Speech
from sampan.web.desk.accounts import depot as depot_name
from sampan.world.appeals import appeals
from sampan.world.items import items
from sampan.world.organisations import organisations
from sampan.world.places import places

Suggested = Iterable[tuple[str, str]]
"""What to write, and what it stands for."""

MOST = 400


def suggestions(word: str, session: Session, speech: Speech) -> list[tuple[str, str]]:
    """What could stand in a field called ``word``; nothing where anything could."""
    known = _KNOWN.get(word)
    if session.person.party not in (None, session.home) and known not in (_parties, _items):
        return []  # whoever speaks for another country is not told what there is here
    return list(known(session, speech))[:MOST] if known else []


def _parties(session: Session, speech: Speech) -> Suggested:
    own = {one.code: one.name for one in lists.parties(session.ledger)}
    for code in [*organisations(), *(code for code, place in places().items() if place.parent is None)]:
        yield code, speech.party(code)
    yield from own.items()


def _items(_: Session, speech: Speech) -> Suggested:
    return ((code, speech.item(code)) for code in items())


def _funds(session: Session, _: Speech) -> Suggested:
    return ((fund.code, fund.name) for fund in lists.funds(session.ledger))


def _earmarks(session: Session, speech: Speech) -> Suggested:
    return ((each.code, speech.party(each.donor)) for each in lists.earmarks(session.ledger))


def _appeals(session: Session, speech: Speech) -> Suggested:
    return ((one.number, speech.party(one.requester)) for one in appeals(session.ledger) if one.open)


def _depots(session: Session, speech: Speech) -> Suggested:
    return (
        (depot, depot_name(depot, speech).striptags())
        for depot in sorted({"home", *(lot.depot for lot in depots.on_hand(session.ledger))})
    )


def _batches(session: Session, speech: Speech) -> Suggested:
    rows = batches.batches(session)
    return ((str(row.number), speech.day(row.day)) for row in rows if row.number is not None)


def _plans(session: Session, speech: Speech) -> Suggested:
    waiting = (row for row in batches.batches(session) if row.waiting and row.superseded_by is None)
    return ((row.plan, speech.day(row.day)) for row in waiting)


_KNOWN: Mapping[str, Callable[[Session, Speech], Suggested]] = {
    **dict.fromkeys(("donor", "partner", "recipient", "requester", "country", "place"), _parties),
    **dict.fromkeys(("item", "what"), _items),
    **dict.fromkeys(("appeal", "follows"), _appeals),
    **dict.fromkeys(("depot", "into", "to"), _depots),
    "fund": _funds,
    "earmark": _earmarks,
    "batch": _batches,
    "plan_id": _plans,
}

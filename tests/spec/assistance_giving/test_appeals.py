"""An appeal from intake to met or withdrawn: what is said moves by one table, what is met is counted."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from sampan.access.session import Session
from sampan.core.errors import InputError, Refused
from sampan.core.time import StandingClock
from sampan.desks.assistance import appeals, contributions, deliveries
from sampan.desks.assistance.lines import read_arrival, read_lines
from sampan.records.assistance import AppealLine
from sampan.records.assistance.appeals import MOVES
from sampan.world.appeals import appeals as listed
from sampan.world.appeals import find_appeal

MARCH = date(2020, 3, 1)
LINES = (
    AppealLine(kind="goods", item="mask", quantity=1000, needed_by=date(2020, 4, 1)),
    AppealLine(kind="money", item="USD", quantity=5000_00),
)


@pytest.fixture
def appeal(office: Session) -> str:
    return appeals.record_appeal(
        office, requester="ITA", lines=LINES, glide="ep-2020-000012-ita", day=MARCH
    ).done.number


def test_how_far_it_is_met_is_counted_from_deliveries(office: Session, appeal: str) -> None:
    appeals.move_appeal(office, appeal, "verified", "embassy", day=MARCH)
    assert find_appeal(office.ledger, appeal).met == "not met"
    number = contributions.pledge(
        office,
        donor="CHN-FND",
        recipient="ITA",
        lines=read_lines(["mask=1000", "USD=5000.00"]),
        appeal=appeal,
        day=MARCH,
    ).number
    contributions.commit(office, number, day=MARCH)
    assert find_appeal(office.ledger, appeal).met == "not met"
    deliveries.deliver(office, number, [read_arrival("mask=999")], confirmed="GRN 1", day=date(2020, 3, 10))
    assert find_appeal(office.ledger, appeal).met == "partly met"
    deliveries.deliver(office, number, confirmed="GRN 2", day=date(2020, 3, 12))
    standing = find_appeal(office.ledger, appeal)
    assert (standing.met, standing.glide, standing.contributions) == ("met", "EP-2020-000012-ITA", (number,))
    assert [(line.pledged, line.delivered) for line in standing.lines] == [(1000, 1000), (500_000, 500_000)]
    on = {day: listed(office.ledger, as_of=date(2020, 3, day))[0].met for day in (9, 10, 11, 12)}
    assert on == {9: "not met", 10: "partly met", 11: "partly met", 12: "met"}


def test_a_late_word_changes_todays_figure_and_not_yesterdays(office: Session, appeal: str) -> None:
    clock = office.clock
    assert isinstance(clock, StandingClock)
    yesterday = clock.now()
    clock.at = datetime(2020, 3, 27, 12, tzinfo=UTC)
    appeals.move_appeal(office, appeal, "withdrawn", "note verbale", day=date(2020, 3, 20))
    assert listed(office.ledger, as_of=date(2020, 3, 26))[0].state == "withdrawn"
    assert listed(office.ledger, as_of=date(2020, 3, 26), known_on=yesterday)[0].state == "received"


@pytest.mark.parametrize("state", MOVES)
def test_every_move_that_the_table_does_not_know_is_refused(office: Session, appeal: str, state: str) -> None:
    _bring_to(office, appeal, state)
    size = office.ledger.size
    for target in set(MOVES) - set(MOVES[state]):
        with pytest.raises(Refused):
            appeals.move_appeal(office, appeal, target, "how", day=MARCH)
    assert office.ledger.size == size
    for target in MOVES[state][:1]:
        assert appeals.move_appeal(office, appeal, target, "how", day=MARCH).number == appeal


def _bring_to(office: Session, appeal: str, state: str) -> None:
    path = {"received": [], "verified": ["verified"], "acknowledged": ["verified", "acknowledged"]}
    path |= {"answered": ["verified", "answered"], "withdrawn": ["withdrawn"]}
    for each in path[state]:
        appeals.move_appeal(office, appeal, each, "how", day=MARCH)


@pytest.mark.parametrize(
    ("glide", "says"),
    [
        ("EP-2020-12-ITA", "not written as"),
        ("XX-2020-000012-ITA", "names no hazard"),
        ("EP-2021-000012-ITA", "of a year that cannot be"),
        ("EP-2020-000012-XYZ", "names no country"),
        ("EP2020000012ITA", "not written as"),
    ],
)
def test_a_glide_number_that_cannot_be_is_refused(office: Session, glide: str, says: str) -> None:
    with pytest.raises(InputError, match=says) as fault:
        appeals.record_appeal(office, requester="ITA", lines=LINES, glide=glide, day=MARCH)
    assert fault.value.field == "glide"


def test_the_whole_world_is_001_in_a_glide_number() -> None:
    assert appeals.read_glide(" EP-2020-000012-001 ", MARCH) == "EP-2020-000012-001"


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"lines": ()}, "asks for nothing"),
        ({"lines": LINES[:1] * 2}, "asked for twice"),
        ({"day": date(2020, 4, 2)}, "before the appeal"),
        ({"requester": "Atlantis"}, "no place"),
        ({"follows": "A-0999"}, "no appeal A-0999"),
        ({"number": "A-0001"}, "The number A-0001 is taken"),
    ],
)
def test_what_cannot_be_an_appeal_is_refused(
    office: Session, appeal: str, changes: dict[str, object], says: str
) -> None:
    size = office.ledger.size
    given = {"requester": "SRB", "lines": LINES, "day": MARCH, **changes}
    with pytest.raises(InputError, match=says):
        appeals.record_appeal(office, **given)  # type: ignore[arg-type]
    assert office.ledger.size == size


def test_a_promise_goes_to_whoever_asked(office: Session, appeal: str) -> None:
    appeals.move_appeal(office, appeal, "verified", "embassy", day=MARCH)
    with pytest.raises(InputError, match="came from ITA, not SRB"):
        contributions.pledge(
            office, donor="CHN", recipient="SRB", lines=read_lines(["mask=5"]), appeal=appeal, day=MARCH
        )


def test_an_outsider_takes_in_no_appeal(node: object, office: Session) -> None:
    stranger = node.on_behalf_of("stranger")  # type: ignore[attr-defined]
    with pytest.raises(Refused, match='"stranger" may not contribute'):
        appeals.record_appeal(stranger, requester="ITA", lines=LINES, day=MARCH)

"""Expert teams: enrolled under pseudonyms, matched, sent, counted by the day, and home again."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

import pytest

from sampan.core.errors import InputError, Refused
from sampan.desks.assistance.matching import propose
from sampan.desks.assistance.roster import (
    enrol,
    expert,
    read_roster,
    request,
    seats,
    withdraw,
    write_roster,
)
from sampan.desks.assistance.teams import come_home, report, rows, send
from sampan.node import Node, memory_node
from sampan.world.accounts import balance
from sampan.world.teams import teams

MARCH = "2020-03-01/2020-05-31"
START = date(2020, 3, 27)


@pytest.fixture
def node() -> Iterator[Node]:
    with memory_node() as node:
        enrol(
            node.session,
            [
                expert("E-1", ["epidemiology"], ["en"], [MARCH]),
                expert("E-2", ["epidemiology", "critical care medicine"], ["en", "it"], [MARCH]),
                expert("E-3", ["critical-care"], ["Italian"], [MARCH]),
                expert("E-4", ["critical-care"], ["en"], ["2020-03-01/2020-03-30"]),
            ],
        )
        yield node


def ask(node: Node, *wanted: str, start: date = START, days: int = 10, **more: object) -> str:
    where = str(more.pop("recipient", "Italy"))
    return request(node.session, where, [seats(w) for w in wanted], start=start, days=days, **more).number  # type: ignore[arg-type]


def test_a_team_is_matched_sent_reports_every_day_and_is_home(node: Node) -> None:
    number = ask(node, "epidemiology=1", "critical-care=1", languages=["it"])
    (offered,) = propose(node.session).teams
    assert offered.members == (("E-2", "epidemiology"), ("E-3", "critical-care"))
    (sent,) = send(node.session, [number])
    assert sent.said == "2 people go to ITA, 2020-03-27 to 2020-04-05"
    node.session.clock.set_to(date(2020, 3, 29))  # type: ignore[attr-defined]
    report(node.session, "T-0001", START, outpatients=40)
    report(node.session, "T-0001", START + timedelta(days=1), present=[seats("critical-care=1")])
    (row,) = rows(node.session)
    assert (row.state, row.people, row.person_days, row.unreported_days) == ("deployed", 2, 3, 1)
    held = balance(node.session.ledger, account="deployed:ITA")
    assert {h.commodity.item: h.quantity for h in held} == {"critical-care": 2, "epidemiology": 1}
    assert not sum(h.quantity for h in balance(node.session.ledger, kind="person-days"))
    with pytest.raises(Refused, match="T-0001 has not reported for 2020-03-29") as fault:
        come_home(node.session, "T-0001", date(2020, 3, 29))
    assert "sampan team report T-0001 --on 2020-03-29" in str(fault.value.way_out)
    come_home(node.session, "T-0001", date(2020, 3, 29), unreported="they were travelling")
    assert rows(node.session)[0].state == "returned"


def test_only_worked_days_count_as_assistance(node: Node) -> None:
    ask(node, "epidemiology=1")
    send(node.session)
    assert balance(node.session.ledger, account="deployed:ITA") == []


def test_nobody_is_in_two_places_and_the_reason_says_so(node: Node) -> None:
    ask(node, "epidemiology=2")
    send(node.session)
    second = ask(node, "epidemiology=1", start=START + timedelta(days=3), recipient="Serbia")
    with pytest.raises(Refused, match="Of 2 who have skill and language, none is free"):
        send(node.session, [second])


def test_those_who_return_early_rest_and_are_free_again(node: Node) -> None:
    ask(node, "epidemiology=2", days=40)
    send(node.session)
    ask(node, "epidemiology=2", start=START + timedelta(days=20), recipient="Serbia")
    assert not propose(node.session).teams[0].members
    node.session.clock.set_to(date(2020, 3, 30))  # type: ignore[attr-defined]
    come_home(node.session, "T-0001", date(2020, 3, 30), unreported="called home")
    assert len(propose(node.session).teams[0].members) == 2
    assert not propose(node.session, rest_days=30).teams[0].members


@pytest.mark.parametrize(
    ("wanted", "language", "why"),
    [
        ("virology=1", "en", "Nobody on the roster has this skill."),
        ("epidemiology=1", "fr", "Of 2 who have the skill, none speaks fr."),
        ("epidemiology=3", "en", "Only 2 are free then, and the team needs 3."),
    ],
)
def test_an_unfilled_seat_says_why(node: Node, wanted: str, language: str, why: str) -> None:
    ask(node, wanted, languages=[language])
    (offered,) = propose(node.session).teams
    assert [gap.why for gap in offered.gaps] == [why]
    assert offered.why_not


def test_who_is_of_more_use_elsewhere_is_named_as_the_reason(node: Node) -> None:
    ask(node, "epidemiology=2", recipient="Iran")
    ask(node, "epidemiology=2", priority=5)
    iran, italy = propose(node.session).teams
    assert len(italy.members) == 2
    assert iran.gaps[0].why == "Of 2 who are free then, 2 are of more use in another team."


@pytest.mark.parametrize("name", ["Dr Li Wei", "liwei@example.org", "+86 139 0000", "E-4 Li", "0417", ""])
def test_no_name_enters_the_ledger(node: Node, name: str) -> None:
    size = node.session.ledger.size
    with pytest.raises(InputError, match="pseudonym"):
        enrol(node.session, [expert(name, ["epidemiology"], ["en"], [MARCH])])
    assert node.session.ledger.size == size


def test_the_public_entry_of_a_team_names_nobody(node: Node) -> None:
    ask(node, "epidemiology=1")
    send(node.session)
    public = b"".join(e.bytes for e in node.session.ledger.entries() if e.sharing == "public")
    assert b"epidemiology" in public
    assert b"E-1" not in public
    assert b"E-2" not in public


def test_the_roster_makes_the_round_trip_as_a_sheet(node: Node) -> None:
    sheet = write_roster(node.session)
    assert read_roster(sheet, name="roster.csv") == tuple(teams(node.session.ledger).experts.values())


@pytest.mark.parametrize(
    ("line", "field"),
    [
        ("Li Wei,epidemiology,en,2020-03-01/2020-04-01", "handle"),
        ("E-9,astrology,en,2020-03-01/2020-04-01", "skill"),
        ("E-9,epidemiology,klingonese,", "language"),
        ("E-9,epidemiology,en,2020-04-01/2020-03-01", "available"),
        ("E-9,,en,", "skills"),
        ("E-9", "skills"),
        ('E-9,"' + "x" * 200_000, None),
    ],
)
def test_a_bad_sheet_names_line_and_column_and_nothing_is_written(
    node: Node, line: str, field: str | None
) -> None:
    sheet = f"handle,skills,languages,available\nE-8,epidemiology,en,\n{line}\n".encode()
    size = node.session.ledger.size
    with pytest.raises(InputError) as fault:
        enrol(node.session, read_roster(sheet, name="roster.csv"))
    assert (fault.value.line, fault.value.field) == (3, field)
    assert node.session.ledger.size == size


def test_a_type_1_mobile_team_stays_two_weeks(node: Node) -> None:
    with pytest.raises(Refused, match="14 days"):
        ask(node, "nursing=4", team="EMT type 1 mobile", days=7)


def test_what_a_report_may_not_say(node: Node) -> None:
    ask(node, "epidemiology=2")
    send(node.session)
    with pytest.raises(Refused, match="has not come"):
        report(node.session, "T-0001", START)
    node.session.clock.set_to(date(2020, 4, 20))  # type: ignore[attr-defined]
    report(node.session, "T-0001", START)
    for day, present, why in [
        (START, None, "already"),
        (date(2020, 4, 19), None, "serves from"),
        (START + timedelta(days=1), [seats("epidemiology=3")], "reports 3"),
        (START + timedelta(days=1), [seats("nursing=1")], "0 people in nursing"),
    ]:
        size = node.session.ledger.size
        with pytest.raises(Refused, match=why):
            report(node.session, "T-0001", day, present=present)
        assert node.session.ledger.size == size
    with pytest.raises(Refused, match="T-0001 has reported for days after"):
        report(node.session, "T-0001", START + timedelta(days=5))
        come_home(node.session, "T-0001", START + timedelta(days=2))


def test_only_the_roster_officer_sends(node: Node) -> None:
    ask(node, "epidemiology=1")
    with pytest.raises(Refused, match="may not roster"):
        send(node.on_behalf_of("press"))


def test_an_answered_or_withdrawn_request_is_not_answered_again(node: Node) -> None:
    number = ask(node, "epidemiology=1")
    send(node.session, [number])
    with pytest.raises(Refused, match="answered"):
        send(node.session, [number])
    with pytest.raises(Refused, match="answered"):
        withdraw(node.session, number, "too late")
    other = ask(node, "critical-care=1", recipient="Iran")
    withdraw(node.session, other, "answered by others")
    with pytest.raises(Refused, match="withdrawn"):
        send(node.session, [other])


def test_a_correction_changes_what_is_known_today_and_not_what_was_known_yesterday(node: Node) -> None:
    ask(node, "epidemiology=1")
    send(node.session)
    before = node.session.clock.now()
    node.session.clock.set_to(date(2020, 3, 28))  # type: ignore[attr-defined]
    report(node.session, "T-0001", START)
    assert rows(node.session, as_of=START)[0].person_days == 1
    assert rows(node.session, as_of=START, known_on=before)[0].person_days == 0

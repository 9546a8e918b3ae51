"""What pages show beside a result: what waits, what comes next, and pictures that say what the tables say."""

from __future__ import annotations

import re
from datetime import date

import pytest
from markupsafe import Markup

from sampan.desks.assistance.depots import LotOnHand
from sampan.desks.assistance.needed import Amounts, Needed, NeedRow, Range
from sampan.desks.assistance.teams import TeamRow
from sampan.desks.press import drafts, releasing
from sampan.languages.speech import speech
from sampan.web.desk import bars, cycle, pictures, rota, tables, way, weeks, words
from sampan.web.desk.bars import Bar
from sampan.web.desk.menu import offers
from sampan.web.desk.showing import Cell, shown
from sampan.web.desk.waiting import waiting
from tests.unit.web_desk.conftest import Desk

ENGLISH = speech("en")
DAY = date(2020, 3, 26)


def lot(units: int, expiry: date | None, *, expired: bool = False) -> LotOnHand:
    return LotOnHand("home", "mask", f"L{units}", expiry, None, units, expired)


# The tables that pages are wired by


def test_what_a_table_names_is_there() -> None:
    views = {key for key, placed in offers().items() if not hasattr(placed.offer, "needs")}
    assert set(tables.COLUMNS) | set(tables.NEXTS) | set(tables.ABOUT) | tables.NEWEST_FIRST <= views
    named = {column for of in tables.COLUMNS.values() for columns in of.values() for column in columns}
    assert {column.rpartition(".")[2] for column in named} <= set(words.FIELDS)


def test_every_word_that_waits_has_a_name(desk: Desk) -> None:
    found = {one.word: one for one in waiting(desk.node.session)}
    assert set(found) <= set(words.WAITING)
    assert not found, "nothing waits on an empty node"
    assert "Nothing waits for you." in desk.browser().get("/en/desk").text


# What waits, and what comes next


def batch(desk: Desk) -> None:
    lots = {"lots.0.item": "mask", "lots.0.lot": "L1", "lots.0.expiry": "2020-04-30", "lots.0.units": "9000"}
    assert desk.send("assistance.count_stock", **lots).status_code == 303
    asked = {"lines.0.recipient": "Italy", "lines.0.item": "mask", "lines.0.units": "1000", "reason": "asked"}
    asked |= {"lines.1.recipient": "Serbia", "lines.1.item": "mask", "lines.1.units": "500"}
    assert desk.send("assistance.propose_batch", **asked).status_code == 303


def words_of(desk: Desk, handle: str) -> dict[str, int]:
    return {one.word: one.count for one in waiting(desk.node.on_behalf_of(handle))}


def test_each_person_sees_what_waits_for_them(desk: Desk) -> None:
    batch(desk)
    assert words_of(desk, "officer") == {"own_plans": 1, "stock": 1}, "nobody decides on a plan of their own"
    assert "plan of yours" in desk.browser().get("/en/desk").text.partition("What waits for others")[2]
    assert words_of(desk, "director") == {"plans": 1, "stock": 1}
    page = desk.browser("director").get("/en/desk").text
    assert "plan to decide" in page.partition("What waits for others")[0]


def test_what_is_due_first_stands_first_and_what_is_overdue_says_so(desk: Desk) -> None:
    def asks(who: str, needed_by: str = "", day: str = "") -> None:
        line = {"day": day} | {
            "lines.0.what": "mask",
            "lines.0.quantity": "500",
            "lines.0.needed_by": needed_by,
        }
        assert desk.send("assistance.record_appeal", requester=who, **line).status_code == 303

    asks("Serbia", "2020-04-02")
    asks("Iran")
    batch(desk)
    found = waiting(desk.node.session)
    assert [(one.word, one.due) for one in found if one.due] == [
        ("to_verify", date(2020, 4, 2)),
        ("stock", date(2020, 4, 30)),
    ], "nothing is invented for the plan"
    assert "overdue" not in desk.browser().get("/en/desk").text
    asks("Italy", "2020-03-20", day="2020-03-10")
    home = desk.browser().get("/en/desk").text
    assert re.search(r"the first by <time[^>]*>20 March 2020</time> <b class=\"fails\">overdue</b>", home)
    rows = re.findall(r'scope="row">.*?(A-000\d)', desk.browser().get("/en/desk/assistance/appeals").text)
    assert rows == ["A-0003", "A-0001", "A-0002"]
    old = {"lots.0.item": "mask", "lots.0.lot": "OLD", "lots.0.expiry": "2020-03-01", "lots.0.units": "5"}
    old |= {"lots.1.item": "mask", "lots.1.lot": "L1", "lots.1.expiry": "2020-04-30", "lots.1.units": "9000"}
    assert desk.send("assistance.count_stock", **old).status_code == 303
    for word, lot_number in (("stock", "L1"), ("expired", "OLD")):
        tile = next(one for one in waiting(desk.node.session) if one.word == word)
        found = desk.node.assistance.lots(**{name: date.fromisoformat(day) for name, day in tile.said})
        assert [one.lot for one in found] == [lot_number] * tile.count, "count and list agree"
    assert "L1" in desk.browser().get("/en/desk/assistance/lots?expires_by=2020-05-25").text
    assert "L1" not in desk.browser().get("/en/desk/assistance/lots?expires_by=2020-04-29").text


def test_a_long_list_of_lots_is_read_by_the_page(desk: Desk) -> None:
    lots = {
        f"lots.{at}.{word}": said
        for at in range(101)
        for word, said in (("item", "mask"), ("lot", f"N{at:03}"), ("units", "1"), ("expiry", "2021-05-31"))
    }
    assert desk.send("assistance.count_stock", **lots).status_code == 303
    first = desk.browser().get("/en/desk/assistance/lots").text
    assert "N099" in first
    assert "N100" not in first
    assert "N100" in desk.browser().get("/en/desk/assistance/lots?from=100").text
    assert "N000" not in desk.browser().get("/en/desk/assistance/stock").text


def test_the_round_says_which_step_comes_next(desk: Desk) -> None:
    def behind() -> list[str]:
        return [one.word for one in cycle.steps(desk.node.session) if one.behind]

    assert set(words.ROUND) == set(cycle.STEPS)
    assert behind() == ["figures"]
    for path in ("/en/desk", "/en/desk/control/situation"):
        page = desk.browser().get(path).text
        assert re.search(r'Next: <a href="/en/desk/control/load_figures">', page), (
            "the way out is a page, too"
        )
    batch(desk)
    assert behind() == ["figures", "batch", "receipt", "brief"], "each comes after all before it"
    assert cycle.steps(desk.node.on_behalf_of("italy")) == ()


def test_what_is_under_way_waits_for_who_may_sign_for_it_and_a_later_batch_asks_for_a_brief(
    desk: Desk,
) -> None:
    batch(desk)
    desk.send("assistance.approve", by="director")
    for number in ("1-ITA", "1-SRB"):
        desk.node.assistance.pack(number)
        way_there = {"mode": "air", "carrier": "A", "origin": "PVG", "destination": "FCO"}
        desk.node.assistance.hand_over(number, waybill=f"W-{number}", **way_there)
    found = {(one.word, one.count, one.act) for one in waiting(desk.node.session)}
    assert ("receipts", 2, None) in found, "the officer speaks for home, and signs for neither"
    found = {(one.word, one.count, one.act) for one in waiting(desk.node.on_behalf_of("italy"))}
    assert ("receipts", 1, "receive") in found
    page = desk.browser("officer").get("/en/desk").text
    assert "consignments under way" in page.partition("What waits for others")[2]
    desk.send("assistance.receive_all", by="italy", number="1-ITA")
    press, director = desk.node.on_behalf_of("press"), desk.node.on_behalf_of("director")
    drafts.draft(press, DAY)
    releasing.review(director, DAY, revision=1, approve=True)
    releasing.release(press, DAY)
    assert not cycle.steps(desk.node.session)[-1].behind
    assert "to_correct" not in words_of(desk, "press")
    more = {"lines.0.recipient": "Italy", "lines.0.item": "mask", "lines.0.units": "7", "reason": "asked"}
    assert desk.send("assistance.propose_batch", **more).status_code == 303
    desk.send("assistance.approve", by="director")
    assert cycle.steps(desk.node.session)[-1].behind, "batch 2 is newer than the brief"
    assert words_of(desk, "press")["to_correct"] == 1
    page = desk.browser("press").get("/en/desk").text
    assert "released brief whose figures have changed" in page.partition("What waits for others")[0]


def test_the_picture_of_a_result_is_drawn_once(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    batch(desk)
    drawn: list[str] = []
    beside = pictures.beside
    monkeypatch.setattr(pictures, "beside", lambda key, *said: drawn.append(key) or beside(key, *said))
    for _ in range(2):
        assert "The coming weeks" in desk.browser().get("/en/desk/assistance/stock?look=mask").text
    assert drawn == ["assistance.stock"]


def test_a_range_is_said_in_one_cell() -> None:
    weeks_ahead = Amounts(None, *(Range(100, 80, 99, 130),) * 4)
    row = NeedRow("ITA", "Italy", "country", "mask", "piece", 5, 0, None, weeks_ahead, (weeks_ahead,))
    found = shown(Needed(DAY, 8, (), (row,), (), (), (), False), tables.laid_out("assistance.need", 0))
    assert found.tables[0].columns == ("recipient", "item", "at_hand", "assured", "need", "net")
    assert found.tables[0].rows[0][-1] == Cell("range", Range(100, 80, 99, 130))


def test_a_part_is_approved_by_ticking_and_nothing_ticked_approves_nothing(desk: Desk) -> None:
    batch(desk)
    plan = desk.node.assistance.batches()[0].plan
    refused = desk.send("assistance.approve", by="director", plan_id=plan, ticked="recipients")
    assert refused.status_code == 422
    assert "Nothing is ticked." in refused.text
    assert desk.node.assistance.batches()[0].number is None
    sent = desk.send(
        "assistance.approve", by="director", plan_id=plan, ticked="recipients", recipients=["ITA"]
    )
    assert sent.status_code == 303, sent.text
    assert [row.number for row in desk.node.assistance.consignments()] == ["1-ITA"]
    assert words_of(desk, "officer")["to_pack"] == 1
    assert words_of(desk, "director")["plans"] == 1, "Serbia's part still waits"
    page = desk.browser().get("/en/desk/assistance/consignments?step=decided").text
    assert "/desk/assistance/pack?number=1-ITA" in page
    assert "1-ITA" not in desk.browser().get("/en/desk/assistance/consignments?step=packed").text
    desk.send("assistance.pack", number="1-ITA")
    assert "to_pack" not in words_of(desk, "officer"), "what is packed does not wait to be packed"
    assert (
        "/desk/assistance/pack?"
        not in desk.browser().get("/en/desk/assistance/consignments?step=decided").text
    )


def test_more_than_was_sent_is_said_beside_its_line(desk: Desk) -> None:
    batch(desk)
    desk.send("assistance.approve", by="director")
    desk.send("assistance.pack", number="1-ITA")
    carrier = {"mode": "air", "carrier": "A", "waybill": "W", "origin": "PVG", "destination": "FCO"}
    desk.send("assistance.hand_over", number="1-ITA", **carrier)
    line = {"found.0.item": "mask", "found.0.lot": "L1", "found.0.good": "900", "found.0.missing": "101"}
    answer = desk.send("assistance.receive", by="italy", number="1-ITA", **line)
    assert answer.status_code == 422
    assert 'id="found.0.good-wrong"' in answer.text
    assert "1,001" in answer.text


def test_a_lot_that_expires_soon_leads_to_somebody_who_needs_it() -> None:
    held = (lot(5, date(2020, 4, 20)), lot(7, date(2022, 1, 1)), lot(3, date(2020, 3, 1), expired=True))
    next_of = tables.laid_out("assistance.lots", 0, DAY).nexts
    assert next_of is not None
    assert [[one.key for one in next_of(row)] for row in held] == [
        ["assistance.propose_batch"],
        [],
        ["assistance.expire"],
    ]


# Pictures


def test_stock_of_the_weeks_goes_as_it_expires_and_as_it_is_promised() -> None:
    held = (lot(5, date(2020, 4, 3)), lot(7, None), lot(100, date(2020, 3, 1), expired=True))
    found = weeks.weeks(held, DAY, promised=2)
    assert [(week.left, week.promised, week.expiring) for week in found[:3]] == [
        (10, 2, 0),
        (10, 2, 5),
        (5, 2, 0),
    ]
    drawn = weeks.picture(found, 4, ENGLISH)
    assert 'class="mark"' in drawn.svg
    assert 'fill="url(#crossed)"' in drawn.svg


def test_bars_are_as_long_as_what_they_stand_for_and_names_are_text() -> None:
    drawn = bars.picture([Bar("<b>", ((("whole", 1.0), ("hatched", 3.0)),), "4", top=8.0)])
    wide = [float(found) for found in re.findall(r"h([\d.]+)v", drawn.svg)]
    assert wide[1] == pytest.approx(3 * wide[0])
    assert sum(wide) == pytest.approx((bars.RIGHT - bars.LEFT) / 2)
    assert isinstance(drawn.svg, Markup)
    assert "<b>" not in drawn.svg
    assert bars.picture([]).height > 0


def test_a_long_name_is_broken_and_never_cut() -> None:
    for name in (
        "what was promised first, then least expected harm",
        "先兑现承诺，然后使预期损害最小，最后保证公平",
    ):
        drawn = bars.picture(
            [Bar(name, ((("whole", 1.0),),), "", 1.0), Bar("b", ((("whole", 1.0),),), "", 1.0)]
        )
        said = re.findall(r"<text [^>]*>([^<]*)<", drawn.svg)
        assert "".join(said[:-3]).replace(" ", "") == name.replace(" ", "")
        assert drawn.height > 2 * bars.ROW + 6, "the next bar begins below it"


def test_a_bar_of_nothing_and_of_too_much_stays_in_the_picture() -> None:
    drawn = bars.picture([Bar("a", ((("whole", 0.0),),), "", 0.0), Bar("b", ((("whole", 9.0),),), "", 3.0)])
    assert re.findall(r"h([\d.]+)v", drawn.svg) == [str(float(bars.RIGHT - bars.LEFT))]


def test_teams_stand_from_their_first_day_to_their_last() -> None:
    def team(number: str, start: date, last: date) -> TeamRow:
        return TeamRow(number, "ITA", "expert group", "deployed", 3, start, last, 0, 0, None, None)

    drawn = rota.picture([team("T-1", DAY, date(2020, 4, 8)), team("T-2", DAY, DAY)], DAY, ENGLISH)
    long, short = (
        float(found) for found in re.findall(r'class="part whole" d="M[\d. ]+h([\d.]+)v', drawn.svg)
    )
    assert long == pytest.approx(14 * short, rel=0.01)
    assert rota.picture([], DAY, ENGLISH).svg == ""


def test_the_way_of_a_consignment_says_which_step_is_late(desk: Desk) -> None:
    batch(desk)
    desk.send("assistance.approve", by="director")
    ledger = desk.node.session.ledger
    found = way.steps(ledger, "1-ITA", date(2020, 3, 28))
    assert [(step.step, step.late) for step in found if step.day] == [("decided", False)]
    assert [step.step for step in found if step.late] == []
    late = way.steps(ledger, "1-ITA", date(2020, 4, 5))
    assert [(step.step, step.days) for step in late if step.late] == [("packed", 10)]
    assert "late" in way.picture(late, ENGLISH)


def test_somebody_of_another_country_is_told_of_no_depots_and_no_inner_steps(desk: Desk) -> None:
    batch(desk)
    desk.send("assistance.approve", by="director")
    desk.send("assistance.pack", number="1-ITA")
    path = "/en/desk/assistance/consignment?number=1-ITA"
    assert "<bdi>director</bdi>" in desk.browser("officer").get(path).text
    ours, theirs = (
        desk.browser(who).get(path).text.count("/desk/exchange/entry") for who in ("officer", "italy")
    )
    assert theirs < ours
    assert "known-depot" not in desk.browser("italy").get("/en/desk/assistance/settle?number=1-ITA").text
    assert "known-depot" in desk.browser("officer").get("/en/desk/assistance/settle?number=1-ITA").text

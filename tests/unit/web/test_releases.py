"""What was released is what everybody reads; a correction stands beside what it corrects."""

from __future__ import annotations

import re
from datetime import date

import pytest
from starlette.testclient import TestClient

from sampan.core.languages import LANGUAGES
from sampan.desks.press import drafts, releasing
from sampan.desks.press.released import releases
from sampan.desks.press.words import Words
from sampan.node import Node, memory_node
from sampan.web.app import site
from sampan.web.tiles import GRID
from sampan.world.places import places
from tests.books import batch
from tests.dispatch import at_work

DAY = date(2020, 3, 26)
HERE = f"/briefs/{DAY}"


@pytest.fixture
def node() -> Node:
    """An office that has given and been given."""
    return at_work(memory_node())


def reader(node: Node) -> TestClient:
    """Somebody who reads the site."""
    return TestClient(site(node), follow_redirects=False)


def release(node: Node, words: Words | None = None) -> None:
    """Releases the brief of the day, with these words."""
    press = node.on_behalf_of("press")
    drafts.draft(press, DAY)
    if words:
        drafts.edit(press, DAY, words, revision=1)
    _agree_and_release(node)


def correct(node: Node, reason: str) -> None:
    """Records a batch late, and corrects the brief."""
    node.session.clock.set_to(DAY, 18)
    batch(node, {"FRA": {"mask": 7_000}}, day=DAY)
    drafts.correct(node.on_behalf_of("press"), DAY, reason=reason)
    _agree_and_release(node)


def _agree_and_release(node: Node) -> None:
    press = node.on_behalf_of("press")
    revision = drafts.newest(press, DAY).number
    releasing.review(node.on_behalf_of("director"), DAY, revision=revision, approve=True)
    releasing.release(press, DAY)


def test_before_a_release_the_page_says_that_there_is_none(node: Node) -> None:
    page = reader(node).get("/en/brief").text
    assert "Draft figures, not released." in page
    assert reader(node).get("/en/brief.json").json()["state"] == "not released"


def test_a_draft_is_seen_by_nobody_outside(node: Node) -> None:
    drafts.draft(node.on_behalf_of("press"), DAY)
    drafts.edit(
        node.on_behalf_of("press"), DAY, Words(headline=dict.fromkeys(LANGUAGES, "SECRET")), revision=1
    )
    client = reader(node)
    for path in ("/en/brief", "/en/briefs", "/en/brief.json", "/en/brief.md", "/en/feed.atom"):
        assert "SECRET" not in client.get(path).text
    draft = drafts.newest(node.session, DAY)
    assert client.get(f"/en/ledger/entries/{draft.entry}").status_code == 404


def test_what_was_released_stays_while_the_ledger_grows(node: Node) -> None:
    release(node, Words(headline=dict.fromkeys(LANGUAGES, "One voice")))
    client = reader(node)
    forms = [f"/{each}{HERE}{form}" for each in LANGUAGES for form in (".md", ".json", ".csv", ".pdf")]
    before = {path: client.get(path).content for path in forms}
    node.session.clock.set_to(DAY, 18)
    batch(node, {"FRA": {"mask": 7_000}}, day=DAY)
    after = reader(node)
    assert {path: after.get(path).content for path in forms} == before
    assert b"2 countries" in before[f"/en{HERE}.md"]
    page = after.get(f"/en{HERE}").text
    assert "One voice" in page
    assert "Released on" in page
    for language in LANGUAGES:
        assert 'data value="2"' in after.get(f"/{language}{HERE}").text


def test_every_figure_of_a_release_leads_to_the_list_of_then(node: Node) -> None:
    release(node)
    node.session.clock.set_to(DAY, 18)
    batch(node, {"FRA": {"mask": 7_000}}, day=DAY)
    client = reader(node)
    page = client.get(f"/en{HERE}").text
    linked = re.findall(
        r'<a href="(/en/briefs/[^"?]+/figures/[^"?]+)\?version=1"><data value="([\d.]+)">', page
    )
    names = {path.rsplit("/", 1)[1] for path, _ in linked}
    assert {"countries", "teams", "experts", "paid-USD", "received-mask", "helped-us-countries"} <= names
    for path, value in linked:
        behind = client.get(f"{path}.json?version=1").json()
        count = behind["count"] / 100 if behind["currency"] else behind["count"]
        assert count == float(value), path
        assert all(line["entries"] for line in behind["lines"]), path
        assert client.get(f"{path}?version=1").status_code == 200
    assert client.get(f"/en{HERE}/figures/countries.json").json()["count"] == 3
    assert client.get(f"/en{HERE}/figures/countries?version=2").status_code == 404


def test_a_correction_names_old_new_reason_and_entries(node: Node) -> None:
    release(node)
    correct(node, "A batch was <b>late</b>.")
    client = reader(node)
    page = client.get(f"/en{HERE}").text
    assert "A batch was &lt;b&gt;late&lt;/b&gt;." in page
    assert re.search(
        r'Countries for which assistance has been decided</th><td class="n"><data value="2">2</data></td>'
        r'<td class="n"><data value="3">',
        page,
    )
    old = client.get(f"/en{HERE}/versions/1").text
    assert "This version has been corrected." in old
    assert "2 countries" in old
    assert "3 countries" in client.get(f"/en{HERE}/versions/2.md").text
    assert client.get(f"/en{HERE}/versions/3").status_code == 404
    said = client.get(f"/en{HERE}.json").json()
    assert said["state"] == "corrected"
    assert said["release"]["changes"][0]["old"] == 2
    listed = client.get("/en/briefs.json").json()
    assert listed[0]["state"] == "corrected"
    assert listed[0]["versions"] == 2
    assert "(corrected)" in client.get("/en/feed.atom").text


def test_the_release_has_a_proof_of_its_own(node: Node) -> None:
    release(node)
    entry = releases(node.session.ledger)[DAY][0].entry
    said = reader(node).get(f"/en/ledger/entries/{entry}.json").json()
    assert said["holds"]
    assert said["kind"] == "press.release"


def test_newer_figures_are_named_beside_the_newest_release(node: Node) -> None:
    release(node)
    node.session.clock.set_to(date(2020, 3, 28))
    batch(node, {"FRA": {"mask": 7_000}}, day=date(2020, 3, 28))
    page = reader(node).get("/en/brief").text
    assert "Released on" in page
    assert "The ledger has figures of" in page
    assert "/en/briefs/2020-03-28" in page


def test_a_country_shows_what_went_each_way(node: Node) -> None:
    client = reader(node)
    said = client.get("/en/countries/ITA.json").json()
    assert said["underway"]["in_transit"] == {"mask": 40_000, "ventilator": 30}
    assert [gift["donor"] for gift in said["received"]] == ["ITA-CRI"]
    assert said["teams"][0]["people"] == 1
    assert {(line["kind"], line["received"]) for line in said["balance"]} >= {("goods", 5_000)}
    page = client.get("/fr/countries/ITA").text
    assert "Italian Red Cross" in page
    assert "groupe d’experts" in page
    money = client.get("/en/organisations/WHO").text
    assert "USD\u00a020,000,000" in money


def test_an_appeal_is_seen_only_by_its_number_in_an_answer(node: Node) -> None:
    from sampan.desks.assistance.appeals import record_appeal
    from sampan.records.assistance.appeals import AppealLine

    line = AppealLine(kind="goods", item="mask", quantity=123_457)
    record_appeal(node.session, requester="ITA", lines=[line], note="In confidence")
    client = reader(node)
    for form in ("", ".json", ".csv"):
        text = client.get(f"/en/countries/ITA{form}").text
        assert "123457" not in text
        assert "123,457" not in text
        assert "In confidence" not in text


def test_a_consignment_is_followed_by_what_is_public(node: Node) -> None:
    client = reader(node)
    said = client.get("/en/consignments/1-ITA.json").json()
    assert [step["step"] for step in said["steps"]] == ["decided", "handed to carrier"]
    assert said["steps"][1]["place"] == "PVG → FCO"
    for language in LANGUAGES:
        assert client.get(f"/{language}/consignments/1-ITA").status_code == 200
    for strange in ("1-FRA", "9-ITA", "x", "1-ITA'--"):
        assert client.get(f"/en/consignments/{strange}").status_code == 404


def test_a_batch_flows_from_its_donors(node: Node) -> None:
    from sampan.desks.assistance import packing
    from tests.books import hand_over

    batch(node, {"SRB": {"mask": 20_000}}, day=DAY)
    packing.pack(node.session, "2-SRB", day=DAY)
    hand_over(node.session, "2-SRB", day=DAY)
    flows = {each["item"]: each["streams"] for each in reader(node).get("/en/batches/2.json").json()["flows"]}
    sources = {stream["source"]: stream["units"] for stream in flows["mask"]}
    assert sum(sources.values()) == 20_000
    assert sources["ITA-CRI"] == 5_000
    assert "Italian Red Cross" in reader(node).get("/en/batches/2").text


def test_every_place_where_people_live_has_one_tile() -> None:
    on_map = [code for code in GRID.split() if code != "..."]
    assert len(on_map) == len(set(on_map))
    lines = [line.split() for line in GRID.strip().split("\n")]
    assert len({len(line) for line in lines}) == 1
    assert set(places()) - set(on_map) == {"ATA", "BVT", "HMD", "ATF", "SGS", "UMI", "IOT"}
    assert set(on_map) <= set(places())


def test_a_pdf_whose_letters_are_not_here_says_so(node: Node, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sampan.desks.press.pdf.installed", lambda: frozenset({"DejaVu Sans"}))
    release(node)
    kept = {(page.language, page.form) for page in releases(node.session.ledger)[DAY][0].record.pages}
    assert ("zh", "pdf") not in kept
    assert ("fr", "pdf") in kept
    answer = reader(node).get("/zh/brief.pdf")
    assert answer.status_code == 501
    assert "未安装该语言的字体" in answer.text
    assert reader(node).get("/fr/brief.pdf").content.startswith(b"%PDF-")

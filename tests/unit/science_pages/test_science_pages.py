"""The pages about genomes: what they answer, to whom, in every form, and what they say of a wrong question."""

from __future__ import annotations

import csv
import gzip
import io
import re
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from sampan.core.languages import LANGUAGES
from sampan.core.time import StandingClock
from sampan.desks.science import library
from sampan.desks.science.terms import shown
from sampan.languages.speech import speech
from sampan.node import Node
from sampan.records.science import Terms
from sampan.web.app import site
from sampan.web.guard import Guard
from sampan.web.science.genes import genes
from sampan.web.science.listing import GENOME_PAGES
from sampan.web.science.pictures import bars, lines
from sampan.web.science.primers import Watch
from sampan.web.science.views import whole_months
from tests.genomes_shown import CHANGE, HIDDEN, LAYOUT, MUTATION, PRIMERS, put, some
from tests.signed import QUICK, signed_in
from tests.small_virus import BEGIN, END

GENOMES = some(200)
HIDE = 40
OPENS = date(2020, 7, 1)
PEOPLE = '[people]\nofficer = ["officer"]\nitaly = ["receiver:ITA"]\n'


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Node]:
    """Of 200 genomes, 40 are home's alone."""
    folder = tmp_path_factory.mktemp("pages") / "office"
    Node.create(folder, home="CHN").close()
    put(folder, GENOMES, [HIDDEN] * HIDE + [shown(Terms())] * (200 - HIDE))
    with Node.open(folder) as node:
        yield node


@pytest.fixture(scope="module")
def app(office: Node) -> Guard:
    return site(office, public_url="https://aid.example.org", cost=QUICK)


@pytest.fixture(scope="module")
def client(app: Guard) -> TestClient:
    return TestClient(app, follow_redirects=False)


@pytest.fixture(scope="module")
def officer(app: Guard, office: Node) -> TestClient:
    return signed_in(app, office, "officer")


@pytest.mark.parametrize("page", GENOME_PAGES, ids=lambda page: page.path or "/")
def test_every_page_is_small_and_speaks_six_languages(client: TestClient, page: object) -> None:
    said = set()
    for language in LANGUAGES:
        answer = client.get(f"/{language}/science{page.path}")  # type: ignore[attr-defined]
        assert answer.status_code == 200
        assert len(gzip.compress(answer.content)) < 100_000
        assert "style=" not in answer.text
        said.add(answer.text)
    assert len(said) == 6


def test_a_stranger_counts_what_is_open_and_staff_all(client: TestClient, officer: TestClient) -> None:
    assert client.get("/en/science/search.json").json()["genomes"] == 200 - HIDE
    assert officer.get("/en/desk/genomes/search.json").json()["genomes"] == 200
    assert client.get("/en/desk/genomes/search").status_code == 401
    assert client.get("/en/desk/genomes/search.json").status_code == 401


def test_all_parts_of_the_form_narrow_the_answer(client: TestClient) -> None:
    whole = "/en/science/search.csv?from=0"
    rows = list(csv.DictReader(io.StringIO(client.get(whole).content.decode("utf-8-sig"))))
    assert len(rows) == 50
    asked = f"{whole}&q={MUTATION}&place=CHN&since=2020-02&until=2020-04&lineage=B.1*"
    some_ = list(csv.DictReader(io.StringIO(client.get(asked).content.decode("utf-8-sig"))))
    assert 0 < len(some_) < len(rows)
    for row in some_:
        assert row["place"].startswith("CN-")
        assert "2020-02" <= row["date"][:7] <= "2020-04"


def test_pages_of_a_long_list_hold_every_genome_once(client: TestClient) -> None:
    found: list[str] = []
    for begin in range(0, 200, 50):
        found += [
            row["accession"] for row in client.get(f"/en/science/search.json?from={begin}").json()["rows"]
        ]
    assert len(found) == len(set(found)) == 200 - HIDE
    assert 'rel="next"' in client.get("/en/science/search").text
    assert 'rel="next"' not in client.get("/en/science/search?from=150").text


@pytest.mark.parametrize(
    ("asked", "says"),
    [
        ("q=25+%26+foo", "<code>25 &amp; <mark>f</mark>oo</code>"),
        ("q=(25", "<code>(25<mark>␣</mark></code>"),
        ("q=S:9999", "S ends at codon 300; there is no 9999"),
        ("lineage=B.1.1.8", "There is no lineage"),
        ("place=Atlantis", "wrong-place"),
        ("since=soon", "wrong-since"),
        ("since=2020-99&lineage=Q", "wrong-lineage"),
        ('place="%26+25', "wrong-place"),
    ],
)
def test_a_wrong_question_is_told_beside_its_field(client: TestClient, asked: str, says: str) -> None:
    answer = client.get(f"/en/science/search?{asked}")
    assert answer.status_code == 200
    assert says in answer.text
    assert 'id="answer"' not in answer.text
    for form in ("json", "csv"):
        assert client.get(f"/en/science/search.{form}?{asked}").status_code == 422


def test_nothing_from_an_address_becomes_markup(client: TestClient) -> None:
    for page in GENOME_PAGES:
        for name in ("q", "lineage", "place", "mutation", "since", "from", "least", "threshold"):
            text = client.get(f"/en/science{page.path}?{name}=%22%3E%3Cscript%3Ealert(1)").text
            assert "<script>alert" not in text


def test_a_mutation_leads_to_its_course_with_what_is_covered(client: TestClient) -> None:
    top = client.get("/en/science/mutations.json?least=0.2").json()["rows"]
    assert MUTATION in [row["mutation"] for row in top]
    page = client.get("/en/science/mutations?least=0.2").text
    assert f"/en/science/course?mutation={MUTATION}" in page
    top_courses = client.get("/en/science/course.json").json()["courses"]
    assert CHANGE in [each["mutation"] for each in top_courses]
    assert client.get("/en/science/course").text.count('class="mark s') >= 2  # in the picture and in its key
    (course,) = client.get(f"/en/science/course.json?mutation={MUTATION}").json()["courses"]
    whole = next(row for row in top if row["mutation"] == MUTATION)
    assert sum(row["count"] for row in course["rows"]) == whole["count"]
    assert sum(row["covered"] for row in course["rows"]) == whole["covered"]
    assert "is not one mutation" in client.get("/en/science/course?mutation=25+%26+30").text


def test_the_map_places_the_gene_and_every_stem(client: TestClient) -> None:
    assert [(each.name, each.begin + 1, each.end) for each in genes(LAYOUT)] == [("S", BEGIN, END)]
    said = client.get("/en/science/map.json").json()
    by_name = {stem["mutation"]: stem for stem in said["stems"]}
    assert by_name[MUTATION]["begin"] + 1 == int(MUTATION[1:-1])
    assert all(0 <= stem["begin"] < stem["end"] <= said["length"] for stem in said["stems"])
    assert {stem["what"] for stem in said["stems"]} >= {"substitution", "deletion"}
    page = client.get("/en/science/map").text
    assert page.count('class="stem"') >= len([s for s in said["stems"] if s["what"] != "deletion"])


def test_lineages_of_a_month_add_up(client: TestClient) -> None:
    said = client.get("/en/science/lineages.json").json()
    assert sum(map(sum, said["counts"])) == said["genomes"] == 200 - HIDE


def test_primers_that_no_longer_fit_are_flagged_by_a_word(client: TestClient, officer: TestClient) -> None:
    said = client.get("/en/science/primers.json").json()
    bent = next(each for each in said["oligos"] if each["oligo"] == "bent")
    assert bent["share"] > 0.5
    assert "look at it" in client.get("/en/science/primers").text
    page = officer.get("/en/desk/genomes/primers").text
    token = page.partition('name="csrf" value="')[2].partition('"')[0]
    sent = {"csrf": token}
    own = officer.post(
        "/en/desk/genomes/primers",
        data=sent,
        files={"file": ("mine.tsv", PRIMERS.replace("bent", "<b>mine</b>"))},
    )
    assert own.status_code == 200
    assert "&lt;b&gt;mine" in own.text
    wrong = officer.post(
        "/en/desk/genomes/primers", data=sent, files={"file": ("mine.tsv", PRIMERS.replace("391", "700"))}
    )
    assert wrong.status_code == 422
    assert "It fits at 391" in wrong.text
    assert officer.post("/en/desk/genomes/primers", files={"file": ("a.tsv", PRIMERS)}).status_code == 419


def test_a_share_of_few_genomes_does_not_shout() -> None:
    watch = Watch(threshold=0.05)
    assert [watch.sign(*each) for each in ((1.0, 1), (0.0, 4), (0.5, 5), (0.01, 90))] == [
        "few",
        "few",
        "look",
        "fits",
    ]


def test_what_fits_is_folded_and_the_rest_is_open(client: TestClient) -> None:
    page = client.get("/en/science/primers?threshold=0.25").text
    rows = client.get("/en/science/primers.json?threshold=0.25").json()["rows"]
    small = sum(row["share"] < 0.25 for row in rows)
    open_, _, folded = page.partition('<details class="rest">')
    assert small and f">{small} line" in folded
    assert "look at it" in open_ and "look at it" not in folded


def test_a_long_count_says_how_many_more_there_are(office: Node, monkeypatch: pytest.MonkeyPatch) -> None:
    client = TestClient(site(office))
    places = client.get("/en/science.json").json()["places"]
    monkeypatch.setattr("sampan.web.science.beside.SHOWN_FIRST", 1)
    page = client.get("/en/science").text
    assert f"and {len(places) - 1} more" in page
    for code, count in places:
        assert count and (code == "unknown" or f"place={code}" in page)


def test_a_form_shows_days_of_these_genomes(client: TestClient) -> None:
    page = client.get("/en/science/search").text
    days = [
        row["date"] for row in client.get("/en/science/search.json").json()["rows"] if len(row["date"]) == 10
    ]
    shown_ = re.search(r'id="until"[^>]*placeholder="([^"]*)"', page)
    assert shown_ and shown_[1] >= max(days)
    assert f'placeholder="{shown_[1][:7]}"' in page


@pytest.mark.parametrize(("highest", "top"), [(3, 4), (46, 60), (21, 40), (101, 120), (61, 80), (7000, 8000)])
def test_the_highest_bar_nearly_fills_the_picture(highest: int, top: int) -> None:
    drawn = str(bars([("2031-01", highest)], speech("en")))
    assert f">{speech('en').number(top)}</text>" in drawn


def test_an_answer_goes_with_the_index_and_with_the_day(tmp_path: Path) -> None:
    """Neither leaves an entry in the ledger."""
    folder = tmp_path / "office"
    clock = StandingClock(datetime(2020, 6, 30, 12, tzinfo=UTC))
    Node.create(folder, home="CHN", clock=clock).close()
    put(folder, GENOMES[:10], [shown(Terms(kind="embargo", until=OPENS))] * 5 + [shown(Terms())] * 5)
    with Node.open(folder, clock=clock) as node:
        client = TestClient(site(node))
        total = lambda: client.get("/en/science/search.json").json()["genomes"]  # noqa: E731
        assert total() == 5
        library.show(library.folder_of(folder), {"g9.1": HIDDEN})
        assert total() == 4
        clock.at = datetime(2020, 7, 1, 0, 1, tzinfo=UTC)
        assert total() == 9


def test_months_without_genomes_are_there_and_odd_dates_are_not() -> None:
    assert whole_months(["2019-11", "unknown", "2020-02", "2020"]) == [
        "2019-11",
        "2019-12",
        "2020-01",
        "2020-02",
    ]
    assert whole_months(["unknown", "2020"]) == []
    assert len(whole_months(["0001-01", "2020-02"])) == 60
    assert bars([("unknown", 3)], speech("en")) is None
    drawn = str(lines([("a", {"2020-01": 0.5, "2020-03": 1.0})], speech("en")))
    line = drawn.partition('class="line s0" d="')[2].partition('"')[0]
    assert line.count("M") == 2, "a month of which nothing is known parts the line"
    assert "L" not in line

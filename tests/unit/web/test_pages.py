"""Every page in every language and form: there, small, whole, and readable without scripts."""

from __future__ import annotations

import csv
import html
import io
import json
import re
from collections import Counter
from html.parser import HTMLParser
from xml.etree import ElementTree

import pytest
from starlette.testclient import TestClient

from sampan.core.languages import LANGUAGES, direction
from sampan.languages.speech import speech
from sampan.node import memory_node
from sampan.web.app import site
from sampan.web.pages import PAGES
from sampan.web.standing import Reading
from tests.sites import ADDRESS, Site

VOID = {"meta", "link", "br", "img", "input", "hr", "path", "rect"}


class Read(HTMLParser):
    """What a page is made of; fails where a tag is not closed in its place."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: Counter[str] = Counter()
        self.attributes: list[tuple[str, dict[str, str | None]]] = []
        self.feed(text)
        assert not self.open, self.open

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags[f"{tag} in a picture" if "svg" in self.open else tag] += 1
        self.attributes.append((tag, dict(attrs)))
        assert len(dict(attrs)) == len(attrs), (tag, attrs)
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags[tag] += 1
        self.attributes.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        if tag not in VOID:
            assert self.open, f"</{tag}> closes nothing"
            assert self.open.pop() == tag, f"</{tag}> closes something else"

    @property
    def links(self) -> list[str]:
        """Where it leads within the site."""
        hrefs = [at.get("href") or "" for tag, at in self.attributes if tag in ("a", "link")]
        return [href.partition("#")[0] for href in hrefs if href.startswith("/")]


def test_every_page_is_there_in_every_language(visited: Site) -> None:
    for path in visited.everywhere():
        answer = visited.client.get(path, headers={"Accept-Encoding": "gzip"})
        assert answer.status_code == 200, path
        assert int(answer.headers["content-length"]) < 30_000, path
        language = path.split("/")[1]
        assert f'<html lang="{language}" dir="{direction(language)}">' in answer.text
        assert "None" not in re.sub(r"<[^>]*>", "", answer.text), path
        assert "nan" not in re.sub(r"<[^>]*>", "", answer.text).lower().split(), path


def test_every_page_is_whole_html_that_the_policy_lets_a_browser_show(visited: Site) -> None:
    for path in visited.everywhere():
        read = Read(visited.client.get(path).text)
        assert read.tags["h1"] == read.tags["main"] == read.tags["title"] == 1, path
        ids = [at["id"] for _, at in read.attributes if "id" in at]
        assert len(ids) == len(set(ids)), path
        for tag, at in read.attributes:
            assert not any(name == "style" or name.startswith("on") for name in at), (path, tag, at)
            assert tag != "style", path
            assert tag != "script" or at.get("src", "").startswith("/static/"), path
            assert tag != "th" or at.get("scope"), path


def test_an_exercise_says_so_on_every_page(visited: Site) -> None:
    said = {
        "ar": "تمرين",
        "zh": "演练",
        "en": "EXERCISE",
        "fr": "EXERCICE",
        "ru": "УЧЕНИЯ",
        "es": "EJERCICIO",
    }
    for path in [*visited.everywhere(), *(f"/{each}/nowhere" for each in LANGUAGES)]:
        language = path.split("/")[1]
        assert visited.client.get(path).text.count(said[language]) >= 3, path


@pytest.mark.parametrize("page", ["brief", "world", "countries/{code}"])
def test_figures_of_an_exercise_are_called_its_own(visited: Site, page: str) -> None:
    for language in LANGUAGES:
        told = speech(language).figures("jhu", exercise=True)
        text = html.unescape(visited.client.get(f"/{language}/{page.format_map(visited.parts)}").text)
        assert told in text, (language, page)
        assert not re.search(r">\s*jhu\s*<", text), (language, page)


def test_a_page_that_says_sorry_says_exercise_however_long_nobody_asked(visited: Site) -> None:
    reading = Reading(visited.ran.node)
    assert reading.fresh() is None
    assert reading.exercise


def test_every_page_names_itself_in_every_language(visited: Site) -> None:
    for path in visited.paths():
        text = visited.client.get(f"/fr{path}").text
        for language in LANGUAGES:
            assert f'hreflang="{language}" href="{ADDRESS}/{language}{path}"' in text


def test_what_a_page_leads_to_is_there(visited: Site) -> None:
    leads = {href for path in visited.paths() for href in Read(visited.client.get(f"/en{path}").text).links}
    kinds: Counter[str] = Counter()
    for href in sorted(leads):
        kind = re.sub(r"[0-9a-f]{8}-[-0-9a-f]{27}|[A-Z]{3}\b|\d+", "*", href)
        kinds[kind] += 1
        if kinds[kind] <= 4:
            assert visited.client.get(href).status_code == 200, href
    assert len(kinds) > 25


@pytest.mark.full
def test_everything_that_can_be_reached_is_there(visited: Site) -> None:
    """A stranger who follows every link of the English site finds no page that is missing or fails."""
    seen, waiting = set(), ["/en/brief"]
    while waiting:
        href = waiting.pop()
        if href in seen:
            continue
        seen.add(href)
        answer = visited.client.get(href)
        assert answer.status_code == 200, href
        if answer.headers["content-type"].startswith("text/html"):
            waiting += [each for each in Read(answer.text).links if each.startswith("/en/")]
    assert len(seen) > 400


def test_json_is_the_same_result_in_every_language(visited: Site) -> None:
    for path in visited.paths("json"):
        said = {visited.client.get(f"/{language}{path}").content for language in LANGUAGES}
        assert len(said) == 1, path
        json.loads(said.pop(), parse_constant=pytest.fail)


def test_csv_has_the_same_figures_in_every_language(visited: Site) -> None:
    for path in visited.paths("csv"):
        sheets = []
        for language in LANGUAGES:
            answer = visited.client.get(f"/{language}{path}")
            assert answer.headers["content-type"] == "text/csv; charset=utf-8"
            rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))
            assert rows or path == "/science/works/W-0001.csv", path  # of no genome that is open
            sheets.append([{key: row[key] for key in row if "name" not in key} for row in rows])
        assert all(sheet == sheets[0] for sheet in sheets), path


def test_the_brief_is_the_same_page_in_a_file_and_on_the_site(visited: Site) -> None:
    from sampan.desks.press.render import render

    written = render(visited.ran.replay.brief, "md", "ru")
    day = visited.parts["day"]
    served = visited.client.get(f"/ru/briefs/{day}.md").text
    checkpoint = re.compile(r"```.*?```", re.S)  # of the day on which it is drawn up
    assert checkpoint.sub("", served) == checkpoint.sub("", written)
    whole = render(visited.ran.replay.brief, "html", "ar")
    for line in (text for text in re.findall(r"<h[12]>.*?</h[12]>", whole)):
        assert line in visited.client.get(f"/ar/briefs/{day}").text


def test_the_feed_lists_briefs_and_batches(visited: Site) -> None:
    for language in LANGUAGES:
        answer = visited.client.get(f"/{language}/feed.atom")
        assert answer.headers["content-type"].startswith("application/atom+xml")
        atom = "{http://www.w3.org/2005/Atom}"
        root = ElementTree.fromstring(answer.content)
        entries = root.findall(f"{atom}entry")
        assert len(entries) == 5, "a brief that was released, and four batches"
        for entry in entries:
            href = entry.find(f"{atom}link").attrib["href"]
            assert href.startswith(f"{ADDRESS}/{language}/")
            assert visited.client.get(href.removeprefix(ADDRESS)).status_code == 200


def test_a_page_is_shared_without_telling_anybody(visited: Site) -> None:
    text = visited.client.get("/en/batches/2").text
    assert f"{ADDRESS}/en/batches/2" in text
    assert 'href="mailto:?subject=' in text
    assert '<svg viewBox="0 0' in text
    outside = re.findall(r'(?:src|href)="(https?://[^"]+)"', text)
    assert all(each.startswith(ADDRESS) for each in outside)


def test_a_new_node_has_pages_too() -> None:
    client = TestClient(site(memory_node()), follow_redirects=False)
    for page in PAGES:
        if "{" not in page.path:
            for language in LANGUAGES:
                answer = client.get(f"/{language}{page.path}")
                assert answer.status_code == 200, page.path
                Read(answer.text)
            for form in page.forms:
                assert client.get(f"/en{page.path}.{form}").status_code == 200
    assert client.get("/en/countries/ITA").status_code == 200
    assert client.get("/en/feed.atom").status_code == 200


def test_the_world_is_sorted_and_chosen_by_link(visited: Site) -> None:
    def names(query: str, language: str = "en") -> list[str]:
        text = visited.client.get(f"/{language}/world?{query}").text
        return re.findall(r'<tr><th scope="row"><a href="[^"]*/countries/([A-Z]{3})"', text)

    everybody = names("")
    assert len(everybody) > 100
    assert sorted(everybody) == sorted(names("sort=name")) == sorted(names("sort=r"))
    assert names("sort=new") == everybody != names("sort=r")
    parts = [names(f"region={number}") for number in range(1, 6)]
    assert sum(len(part) for part in parts) == len(everybody)
    assert "ITA" in parts[1]
    assert names("sort=name", "zh") != names("sort=name", "en")
    for query in ("sort=evil", "region=6", "region=Asia", "sort=new&region=-1"):
        assert visited.client.get(f"/en/world?{query}").status_code == 404, query

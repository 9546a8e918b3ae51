"""The same figures in all six languages; and behind each, the list, the entries and their proofs."""

from __future__ import annotations

import base64
import re
from hashlib import sha256
from html import unescape

import pytest
from babel.numbers import parse_decimal

from sampan.core.languages import LANGUAGES
from sampan.core.money import Money
from sampan.ledger.checkpoint import open_checkpoint
from sampan.ledger.merkle import verify_inclusion
from sampan.ledger.signing import VerifierKey
from tests.sites import Site

SAID = re.compile(r'(?:<a href="/[a-z]{2}([^"]*)">)?<data value="([^"]*)">(.*?)</data>', re.S)
DIGITS = re.compile(r"[+-]?(?:\d[\d.,\u00a0\u202f]*)?\d")


def shown(page: str) -> list[tuple[str, float, str]]:
    """Where each figure leads, its value, and its text. A sentence may say its figures in another order."""
    found = [(link, float(value), unescape(text)) for link, value, text in SAID.findall(page)]
    return sorted(found, key=lambda figure: figure[:2])


def read_back(text: str, language: str) -> float | None:
    """The number that a reader of the language reads; None where it is a word, as the Arabic dual."""
    found = DIGITS.search(text.replace("\u200e", ""))
    if not found:
        return None
    sign = -1 if found.group().startswith("-") else 1
    number = sign * float(parse_decimal(found.group().lstrip("+-"), locale=language, strict=True))
    return number / 100 if "%" in text else number


def test_every_figure_is_the_same_in_all_languages(visited: Site) -> None:
    checked = 0
    for path in visited.paths():
        pages = {each: shown(visited.client.get(f"/{each}{path}").text) for each in LANGUAGES}
        values = {each: [figure[:2] for figure in page] for each, page in pages.items()}
        for language, page in pages.items():
            assert values[language] == values["en"], (path, language)
            for _, value, text in page:
                number = read_back(text, language)
                if number is None:
                    assert language == "ar" and value in (1, 2), (path, text)
                else:
                    assert number == pytest.approx(value), (path, language, text)
                checked += 1
    assert checked > 10_000


def test_days_are_the_same_in_all_languages(visited: Site) -> None:
    for path in visited.paths():
        days = [
            sorted(re.findall(r'<time datetime="([^"]*)"', visited.client.get(f"/{each}{path}").text))
            for each in LANGUAGES
        ]
        assert all(each == days[0] for each in days), path


def test_the_list_behind_every_figure_of_the_brief_gives_that_figure(visited: Site) -> None:
    page = visited.client.get(f"/en/briefs/{visited.parts['day']}").text
    linked = re.findall(r'<a href="(/en/briefs/[^"]+/figures/[^"]+)"><data value="(\d+)">', page)
    names = {href.rsplit("/", 1)[1] for href, _ in linked}
    assert {"countries", "organisations", "batches", "confirmed", "region-1", "item-mask", "cases"} <= names
    for href, value in linked:
        behind = visited.client.get(f"{href}.json").json()
        told = int(value) if behind["currency"] is None else Money.read(value, behind["currency"]).minor
        assert behind["count"] == told, href
        if behind["name"] in ("countries", "organisations", "batches", "reporting", "rising", "falling"):
            assert len(behind["lines"]) == int(value)
        else:
            assert sum(sum(line["amounts"].values()) for line in behind["lines"]) >= int(value)
        assert all(line["entries"] for line in behind["lines"]), href


def test_a_long_list_behind_a_figure_is_shown_part_by_part(visited: Site) -> None:
    path = f"/en/briefs/{visited.ran.replay.brief.day}/figures/confirmed"
    said = visited.client.get(f"{path}.json").json()["lines"]
    assert 100 < len(said) < 200
    first, rest = visited.client.get(path).text, visited.client.get(f"{path}?from=100").text
    shown = [re.findall(r'<a href="/en/consignments/([^"]+)">', page) for page in (first, rest)]
    assert [number for part in shown for number in part] == [line["code"] for line in said]
    assert f'href="{path}?from=100" rel="next"' in first
    assert f'href="{path}?from=0" rel="prev"' in rest
    for wrong in ("50", "-100", "x", "0100", "٣٠٠"):
        assert visited.client.get(f"{path}?from={wrong}").status_code == 404


def test_a_stranger_can_follow_a_figure_to_proofs_that_hold(visited: Site) -> None:
    behind = visited.client.get(f"/en/briefs/{visited.parts['day']}/figures/item-ventilator.json").json()
    entries = {id for line in behind["lines"] for id in line["entries"]}
    assert entries
    for id in sorted(entries)[:10]:
        said = visited.client.get(f"/en/ledger/entries/{id}.json").json()
        head = open_checkpoint(said["checkpoint"], VerifierKey.parse(said["key"]))
        leaf = sha256(b"\0" + said["data"].encode()).digest()
        proof = [bytes.fromhex(each) for each in said["proof"]]
        assert said["holds"]
        assert leaf.hex() == said["leaf_hash"]
        assert verify_inclusion(leaf, said["index"], head.size, proof, head.root)
        assert not verify_inclusion(sha256(b"\0" + b"x").digest(), said["index"], head.size, proof, head.root)
        assert "✓" in visited.client.get(f"/ru/ledger/entries/{id}").text


def test_the_checkpoint_is_served_as_verifiers_fetch_it(visited: Site) -> None:
    ledger = visited.ran.node.session.ledger
    note = visited.client.get("/checkpoint").text
    assert open_checkpoint(note, ledger.verifier).size == ledger.size
    said = visited.client.get("/en/ledger.json").json()
    assert base64.b64decode(said["root"]) == ledger.root


def test_of_internal_entries_nothing_is_said(visited: Site) -> None:
    internal = [entry for entry in visited.ran.node.session.ledger.entries() if entry.sharing == "internal"]
    assert internal
    unknown = visited.client.get("/en/ledger/entries/00000000-0000-7000-8000-000000000000")
    for entry in internal[:5]:
        for form in ("", ".json"):
            answer = visited.client.get(f"/en/ledger/entries/{entry.id}{form}")
            assert answer.status_code == 404
            assert answer.content == unknown.content
    assert unknown.status_code == 404


def test_an_earlier_brief_counts_what_had_been_decided_by_then(visited: Site) -> None:
    days = visited.client.get("/en/briefs.json").json()
    assert len(days) == 4
    counts = [each["countries"] for each in days]
    assert counts == sorted(counts, reverse=True)
    for each in days:
        said = visited.client.get(f"/en/briefs/{each['day']}.json").json()
        assert said["countries"]["count"] == each["countries"]
        assert said["organisations"]["count"] == each["organisations"]
        assert len(said["batches"]) == each["batches"]
        assert said["outbreak"]["last_day"] == each["day"]


def test_a_batch_adds_up(visited: Site) -> None:
    brief = visited.client.get(f"/en/briefs/{visited.parts['day']}.json").json()
    total: dict[str, int] = {}
    for line in visited.client.get("/en/batches.json").json():
        batch = visited.client.get(f"/en/batches/{line['number']}.json").json()
        assert len(batch["shipments"]) == line["consignments"]
        for item, units in batch["units"].items():
            assert units == sum(one["units"].get(item, 0) for one in batch["shipments"])
            total[item] = total.get(item, 0) + units
    assert total == {item["item"]: item["units"] for item in brief["items"]}

"""What leaves for archives and callers is as their specifications have it, at the odd places too."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import date

import pytest

from sampan.formats import insdc
from sampan.formats.genome_records import GenomeOut
from sampan.formats.mutations import changes

OUT = replace(
    GenomeOut(**{each.name: "" for each in fields(GenomeOut)}),  # type: ignore[arg-type]
    name="CHNQT_00001232.1",
    strain="one",
    letters=b"ACGT",
    first=date(2020, 3, 26),
    last=date(2020, 3, 26),
    submitted=date(2020, 4, 1),
    analysis={},
    aligned=None,
)


@pytest.mark.parametrize(
    ("row", "told"),
    [
        ({"substitutions": ["A5G"], "insertions": ["5:ARC"]}, [(5, "A", "GANC")]),
        ({"substitutions": ["T1G"], "insertions": ["0:AA"]}, [(1, "T", "AAG")]),
        ({"substitutions": ["A5G"], "insertions": ["2:C"]}, [(2, "T", "TC"), (5, "A", "G")]),
        ({"substitutions": ["A5G"], "deletions": ["2-3"]}, [(1, "TTT", "T"), (5, "A", "G")]),
    ],
)
def test_a_letter_that_is_another_one_is_kept_where_something_is_inserted_behind_it(row, told) -> None:
    said = {"substitutions": [], "deletions": [], "insertions": []} | row
    assert sorted(changes(said, "TTTTACGT")) == told


@pytest.mark.parametrize(
    ("code", "name", "said"),
    [
        ("USA", "United States", "USA"),
        ("CIV", "Côte d’Ivoire", "Cote d'Ivoire"),
        ("TTO", "Trinidad & Tobago", "Trinidad and Tobago"),
        ("LCA", "St. Lucia", "Saint Lucia"),
        ("HKG", "Hong Kong SAR China", "Hong Kong"),
        ("VCT", "St. Vincent & Grenadines", "Saint Vincent and the Grenadines"),
        ("CCK", "Cocos (Keeling) Islands", "Cocos Islands"),
        ("HMD", "Heard & McDonald Islands", "Heard Island and McDonald Islands"),
        ("SGS", "South Georgia & South Sandwich Islands", "South Georgia and the South Sandwich Islands"),
        ("ATF", "French Southern Territories", "French Southern and Antarctic Lands"),
        ("ALA", "Åland Islands", "Finland: Aland Islands"),
        ("IOT", "British Indian Ocean Territory", "Indian Ocean: British Indian Ocean Territory"),
        ("ITA", "Italy", "Italy"),
    ],
)
def test_countries_are_called_as_insdc_calls_them(code: str, name: str, said: str) -> None:
    files = insdc.write([replace(OUT, country=code, country_name=name)], organism="X", readings={})
    assert f"[geo-loc-name={said}]".encode() in files["genomes.fsa"]
    assert f"\t{said}\t".encode() in files["source.src"]


def test_a_slip_of_the_ribosome_and_a_protein_without_a_start_are_said() -> None:
    letters = b"ATGAAACCCAAAGGGTAACC"
    row = {"insertions": [], "alignment_start": 1, "alignment_end": 20, "reference": "r"}
    one = replace(OUT, letters=letters, analysis=row, aligned=letters.decode())
    readings = {"r": [insdc.Reading("AB", ((0, 9), (8, 18)), False), insdc.Reading("B", ((6, 18),), False)]}
    lines = insdc.write([one], organism="X", readings=readings)["features.tbl"].decode().splitlines()
    assert lines == [
        ">Feature CHNQT_00001232.1",
        "1\t9\tCDS",
        "9\t18",
        "\t\t\tgene\tAB",
        "\t\t\tproduct\tAB",
        "\t\t\texception\tribosomal slippage",
        "<7\t18\tCDS",
        "\t\t\tgene\tB",
        "\t\t\tproduct\tB",
    ]

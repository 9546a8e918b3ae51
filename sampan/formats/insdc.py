"""How are genomes handed to INSDC: FASTA with source modifiers, a source table, and a feature table?

The feature table has the positions of each genome itself, not of the reference (NCBI, "Feature table format"): a CDS
whose begin or end was not read is partial; one with a frame shift or an early stop is told as a ``misc_feature``.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

from sampan.formats.genome_records import GenomeOut, fasta, tsv

COLUMNS = (
    "Sequence_ID", "Organism", "Isolate", "Collection_date", "geo_loc_name", "Host", "Isolation_source", "Note",
)  # fmt: skip
_TURN = bytes.maketrans(b"ACGTRYSWKMBDHVN", b"TGCAYRSWMKVHDBN")


@dataclass(frozen=True)
class Reading:
    """A protein on the reference: its parts from 0, half open, in the order of reading."""

    name: str
    parts: tuple[tuple[int, int], ...]
    reverse: bool


def write(
    genomes: Sequence[GenomeOut],
    *,
    organism: str,
    readings: Mapping[str, Sequence[Reading]],
    project: str = "",
) -> dict[str, bytes]:
    """genomes.fsa, source.src and, of analysed genomes, features.tbl. ``readings`` are proteins by reference."""
    turned = [_turned(genome) for genome in genomes]
    files = {
        "genomes.fsa": fasta(
            (f"{genome.name} {_modifiers(genome, organism)}", letters)
            for genome, letters in zip(genomes, turned, strict=True)
        ),
        "source.src": tsv(
            (*COLUMNS, "BioProject") if project else COLUMNS,
            ((*_source(each, organism), project) if project else _source(each, organism) for each in genomes),
        ),
    }
    lines = [
        line
        for genome, letters in zip(genomes, turned, strict=True)
        for line in _features(genome, letters, readings.get(str(genome.analysis.get("reference")), ()))
    ]
    return files | ({"features.tbl": ("\n".join(lines) + "\n").encode()} if lines else {})


def _turned(genome: GenomeOut) -> bytes:
    """The letters as the reference reads."""
    if genome.analysis.get("reverse_complement"):
        return genome.letters.translate(_TURN)[::-1]
    return genome.letters


_NAMES = {
    "USA": "USA",
    "HKG": "Hong Kong",
    "MAC": "Macau",
    "COD": "Democratic Republic of the Congo",
    "COG": "Republic of the Congo",
    "MMR": "Myanmar",
    "VNM": "Viet Nam",
    "TUR": "Turkey",
    "PSE": "State of Palestine",
    "FSM": "Micronesia, Federated States of",
    "FLK": "Falkland Islands (Islas Malvinas)",
    "VIR": "Virgin Islands",
    "SJM": "Svalbard",
    "ATF": "French Southern and Antarctic Lands",
    "CCK": "Cocos Islands",
    "HMD": "Heard Island and McDonald Islands",
    "SGS": "South Georgia and the South Sandwich Islands",
    "VCT": "Saint Vincent and the Grenadines",
}
"""What INSDC calls places otherwise than CLDR. Source: INSDC, "geo_loc_name qualifier vocabulary", revised 8 July 2024
(insdc.org/submitting-standards/geo_loc_name-qualifier-vocabulary, and its mirror at DDBJ of 25 July 2024); every
country and territory of ISO 3166-1 was held against it on 23 November 2026."""
_AROUND = {
    "ALA": "Finland",
    "BES": "Netherlands",
    "IOT": "Indian Ocean",
    "UMI": "USA",
}
"""Under which name of the same list a place is told that has none there: its own follows as the region. The Holy See
has none either; it is a state, and is told by its own name."""


def _country(genome: GenomeOut) -> str:
    """The country as INSDC writes it: ASCII, and spelt out."""
    name = _NAMES.get(genome.country, genome.country_name).replace("St. ", "Saint ").replace(" & ", " and ")
    plain = unicodedata.normalize("NFKD", name.replace("\u2019", "'"))
    return "".join(sign for sign in plain if not unicodedata.combining(sign))


def _place(genome: GenomeOut) -> str:
    """``Name: region, locality``, as far as it is known."""
    country, around = _country(genome), _AROUND.get(genome.country)
    within = [name for name in (country if around else "", genome.division) if name]
    return f"{around or country}: {', '.join(within)}" if within else country


def _modifiers(genome: GenomeOut, organism: str) -> str:
    said = {
        "organism": organism,
        "isolate": genome.strain,
        "collection-date": genome.day or "missing",
        "geo-loc-name": _place(genome),
        "host": genome.host,
    }
    plain = {
        name: value.replace("[", "(").replace("]", ")").replace("=", "-") for name, value in said.items()
    }
    return " ".join(f"[{name}={value}]" for name, value in plain.items() if value)


def _source(genome: GenomeOut, organism: str) -> tuple[object, ...]:
    note = f"sample {genome.sample}" if genome.sample else ""
    return (
        genome.name,
        organism,
        genome.strain,
        genome.day or "missing",
        _place(genome),
        genome.host,
        "",
        note,
    )


def positions(row: Mapping[str, Any], letters: bytes, aligned: str) -> list[int] | None:
    """For each position of the reference the position in the genome, from 0, or -1 where there is none.

    None if the genome cannot be found in its own letters, as where letters were read as N.
    """
    inserted: dict[int, int] = {}
    for word in row["insertions"]:
        place, _, text = word.partition(":")
        inserted[int(place)] = len(text)
    begin, end = row["alignment_start"] - 1, row["alignment_end"]
    found, at = [-1] * len(aligned), 0
    for site in range(begin, end):
        if aligned[site] != "-":
            found[site] = at
            at += 1
        if site + 1 < end:  # what is inserted beyond the last letter hangs over
            at += inserted.get(site + 1, 0)
    lead = next(
        (offset for offset in range(len(letters) - at + 1) if _fits(found, aligned, letters, offset)), None
    )
    return None if lead is None else [place + lead if place >= 0 else -1 for place in found]


def _fits(found: list[int], aligned: str, letters: bytes, offset: int) -> bool:
    """Whether the aligned letters are those of the genome, if it begins at ``offset``."""
    text = letters.decode("ascii", "replace")
    return all(
        place < 0 or text[place + offset] == aligned[site] or aligned[site] == "N"
        for site, place in enumerate(found)
    )


def _features(genome: GenomeOut, letters: bytes, readings: Sequence[Reading]) -> Iterator[str]:
    places = positions(genome.analysis, letters, genome.aligned) if genome.aligned and readings else None
    if places is None:
        return
    yield f">Feature {genome.name}"
    broken = _broken(genome.analysis)
    for reading in readings:
        spans = [span for part in reading.parts if (span := _span(part, places))]
        if not spans:
            continue
        yield from _feature(reading, _opened(spans, letters, reading), broken.get(reading.name))


def _broken(row: Mapping[str, Any]) -> dict[str, str]:
    """Proteins that are not read through, and why."""
    shifts = {word.partition(":")[0]: "frame shift" for word in row.get("frame_shifts") or ()}
    stops = {
        word.partition(":")[0]: "early stop"
        for word in row.get("aa_substitutions") or ()
        if word.endswith("*")
    }
    return {**stops, **shifts}


@dataclass(frozen=True)
class _Span:
    """A part of a protein in the genome's own positions, from 1, both included, and whether its ends were read."""

    begin: int
    end: int
    whole_begin: bool
    whole_end: bool
    skipped: int
    """Letters of the reference before the first that was read."""


def _span(part: tuple[int, int], places: Sequence[int]) -> _Span | None:
    begin, end = part
    read = [site for site in range(begin, end) if places[site] >= 0]
    if not read:
        return None
    first, last = read[0], read[-1]
    return _Span(places[first] + 1, places[last] + 1, first == begin, last == end - 1, first - begin)


_STARTS = frozenset({b"ATG", b"CTG", b"TTG"})
"""Of the standard code (NCBI translation table 1)."""


def _opened(spans: list[_Span], letters: bytes, reading: Reading) -> list[_Span]:
    """The same, partial at its begin if it does not begin with a start: as one that another protein slips into."""
    first = spans[0]
    codon = letters[first.begin - 1 : first.begin + 2]
    if reading.reverse:
        codon = letters[first.end - 3 : first.end].translate(_TURN)[::-1]
    whole = first.whole_end if reading.reverse else first.whole_begin
    if not whole or codon in _STARTS or b"N" in codon:
        return spans
    changed = {"whole_end": False} if reading.reverse else {"whole_begin": False}
    return [replace(first, **changed), *spans[1:]]


def _feature(reading: Reading, spans: Sequence[_Span], broken: str | None) -> Iterator[str]:
    """Lines of a feature: each span, then what is said of it."""
    kind = "misc_feature" if broken else "CDS"
    for number, span in enumerate(spans):
        low = f"{'' if span.whole_begin else '<'}{span.begin}"
        high = f"{'' if span.whole_end else '>'}{span.end}"
        if reading.reverse:
            low, high = (
                f"{'' if span.whole_end else '<'}{span.end}",
                f"{'' if span.whole_begin else '>'}{span.begin}",
            )
        yield f"{low}\t{high}" + (f"\t{kind}" if number == 0 else "")
    if broken:
        yield f"\t\t\tnote\tnonfunctional {reading.name} due to {broken}"
        return
    yield f"\t\t\tgene\t{reading.name}"
    yield f"\t\t\tproduct\t{reading.name}"
    if any(after[0] < before[1] for before, after in pairwise(reading.parts)) and not reading.reverse:
        yield "\t\t\texception\tribosomal slippage"
    first = spans[0]
    if not reading.reverse and first.skipped % 3:
        yield f"\t\t\tcodon_start\t{3 - first.skipped % 3 + 1}"

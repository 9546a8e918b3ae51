"""How are the mutations of genomes written for others: VCF 4.3 by site, TSV by genome and mutation?

In the VCF a genome is a sample with one copy: 0 as the reference, n the n-th other letter, ``.`` not read. A deletion
and an insertion stand at the base before them, as VCF has it; what begins at the first base stands at the one after.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sampan.formats.genome_records import GenomeOut, tsv

_SPAN = re.compile(r"(\d+)(?:-(\d+))?")
_STRANGE = re.compile("[^ACGTN]")
"""Letters that an alternative may not have (VCF 4.3, section 1.6.1)."""


def write(genomes: Sequence[GenomeOut], references: Mapping[str, str]) -> dict[str, bytes]:
    """mutations.tsv of all, and a VCF for each reference: ``references`` are their letters, by title."""
    files = {"mutations.tsv": tsv(("accession", "kind", "mutation"), _long(genomes))}
    for title, letters in references.items():
        some = [each for each in genomes if each.analysis.get("reference") == title]
        name = re.sub(r"[^\w.@-]+", "_", title)
        files[f"{name}.vcf"] = _vcf(some, letters, title)
    return files


_KINDS = (
    ("substitution", "substitutions"),
    ("deletion", "deletions"),
    ("insertion", "insertions"),
    ("amino acid", "aa_substitutions"),
    ("amino acid deletion", "aa_deletions"),
    ("amino acid insertion", "aa_insertions"),
    ("frame shift", "frame_shifts"),
)


def _long(genomes: Sequence[GenomeOut]) -> Iterator[tuple[str, str, str]]:
    for genome in genomes:
        for kind, column in _KINDS:
            for word in genome.analysis.get(column) or ():
                yield genome.name, kind, word


def changes(row: Mapping[str, Any], letters: str) -> Iterator[tuple[int, str, str]]:
    """Position from 1, reference and alternative of each change of an analysed genome, as VCF anchors them.

    What is inserted behind, or before, a letter that is another one is told with it, in one change.
    """
    other = {int(word[1:-1]): word[-1] for word in row["substitutions"]}
    for word in row["deletions"]:
        found = _SPAN.fullmatch(word)
        assert found, word
        begin, end = int(found[1]), int(found[2] or found[1])
        if begin > 1:
            yield begin - 1, letters[begin - 2 : end], letters[begin - 2]
        else:
            yield 1, letters[: end + 1], letters[end]
    for word in row["insertions"]:
        place, _, text = word.partition(":")
        at = max(int(place), 1)
        base = other.pop(at, letters[at - 1])
        text = _STRANGE.sub("N", text)
        yield at, letters[at - 1], base + text if int(place) > 0 else text + base
    for at, letter in other.items():
        yield at, letters[at - 1], letter


def _vcf(genomes: Sequence[GenomeOut], letters: str, title: str) -> bytes:
    sites: dict[tuple[int, str], list[str]] = {}
    own: list[dict[tuple[int, str], str]] = []
    for genome in genomes:
        mine = {(at, ref): alt for at, ref, alt in changes(genome.analysis, letters)}
        own.append(mine)
        for site, alt in mine.items():
            if alt not in sites.setdefault(site, []):
                sites[site].append(alt)
    head = [
        "##fileformat=VCFv4.3",
        "##source=Sampan",
        f"##reference={title}",
        f"##contig=<ID={title},length={len(letters)}>",
        '##INFO=<ID=AC,Number=A,Type=Integer,Description="Genomes with the allele">',
        '##INFO=<ID=AN,Number=1,Type=Integer,Description="Genomes in which the site was read">',
        '##FORMAT=<ID=GT,Number=1,Type=String,Description="Genotype, one copy">',
        "\t".join(
            [
                "#CHROM",
                "POS",
                "ID",
                "REF",
                "ALT",
                "QUAL",
                "FILTER",
                "INFO",
                "FORMAT",
                *(g.name for g in genomes),
            ]
        ),
    ]
    unread = [_unread(genome.analysis) for genome in genomes]
    lines = [_line(title, site, alts, own, unread) for site, alts in sorted(sites.items())]
    return ("\n".join([*head, *lines]) + "\n").encode()


def _line(
    title: str,
    site: tuple[int, str],
    alts: list[str],
    own: list[dict[tuple[int, str], str]],
    unread: list[Any],
) -> str:
    at, ref = site
    calls = [
        str(alts.index(mine[site]) + 1) if site in mine else "." if _within(at, gone) else "0"
        for mine, gone in zip(own, unread, strict=True)
    ]
    counts = ",".join(str(calls.count(str(number + 1))) for number in range(len(alts)))
    info = f"AC={counts};AN={len(calls) - calls.count('.')}"
    return "\t".join([title, str(at), ".", ref, ",".join(alts), ".", "PASS", info, "GT", *calls])


def _unread(row: Mapping[str, Any]) -> list[tuple[int, int]]:
    """Stretches that were not read, or left open, from 1, both ends included."""
    runs = [(run["begin"], run["end"]) for run in row["missing"]]
    loose = [(int(word[2:]), int(word[2:])) for word in row["non_acgtn"]]
    deleted = []
    for word in row["deletions"]:
        found = _SPAN.fullmatch(word)
        assert found, word
        deleted.append((int(found[1]), int(found[2] or found[1])))
    return [(1, row["alignment_start"] - 1), *runs, *loose, *deleted, (row["alignment_end"] + 1, 1 << 40)]


def _within(at: int, runs: list[tuple[int, int]]) -> bool:
    return any(begin <= at <= end for begin, end in runs)

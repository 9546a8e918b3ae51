"""What would laboratories hand in during an exercise: a virus that there is not, and its genomes week by week?

The virus, who caught it from whom, its lineages and how well it was read are drawn from the exercise's seed
(``engines/outbreak``). Here they become the files that a desk is handed: a folder of a reference, as an operator
installs it, and uploads of FASTA with a table. Every name begins with EXERCISE.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from pathlib import Path

import numpy as np

from sampan.engines.outbreak.ancestry import Sampling, Tree, ancestry, sample
from sampan.engines.outbreak.epidemic import Truth
from sampan.engines.outbreak.evolution import (
    Clock,
    DesignatedLineage,
    Mutation,
    designate,
    evolve,
    lineage_of,
    mutated,
)
from sampan.engines.outbreak.reporting import Reported
from sampan.engines.outbreak.scenario import Scenario
from sampan.engines.outbreak.sequencing import Fate, Sequencing, fates, sequenced
from sampan.engines.outbreak.travel import gravity
from sampan.engines.outbreak.virus import Virus, invent
from sampan.world.places import place

VIRUS = "exercise-virus"
VERSION = "1"
COVERED = 0.95
"""Share of letters that are read of a genome of high coverage. Source: Pango, I.1c."""

PARTNER_FIRST = 0.2
"""Share of countries that share with partners first and with all a while later. Chosen."""
HELD_BACK = timedelta(weeks=3)
"""At least; they open on a Monday."""

MISSING, MISSING_BIAS = 0.10, 0.01
QC = {
    "mixedSites": {"enabled": True, "mixedSitesThreshold": 10},
    "privateMutations": {"enabled": True, "cutoff": 24, "typical": 8},
    "snpClusters": {"enabled": True, "windowSize": 100, "clusterCutOff": 6, "scoreWeight": 50},
    "frameShifts": {"enabled": True},
    "stopCodons": {"enabled": True},
}
"""Rules as Nextclade's data set for SARS-CoV-2 has them; there, too, a tenth of the genome missing is bad."""


@dataclass(frozen=True)
class FictionalGenome:
    """A genome as it is handed in, and what is true of it. ``restricted`` is the last day for partners alone."""

    strain: str
    place: str
    country: str
    taken: date
    ready: date
    fate: Fate
    restricted: date | None
    text: str
    lineage: str
    mutations: tuple[Mutation, ...]

    @property
    def covered(self) -> bool:
        """Whether it is of high coverage."""
        return sum(letter in "ACGT" for letter in self.text) >= COVERED * len(self.text)


@dataclass(frozen=True)
class FictionalGenomes:
    """The virus of an exercise, the tree of its samples, its lineages, and the genomes by the day they are ready."""

    virus: Virus
    tree: Tree
    lineages: tuple[DesignatedLineage, ...]
    genomes: tuple[FictionalGenome, ...]
    first_day: date

    def ready(self, after: date, until: date) -> tuple[FictionalGenome, ...]:
        """Those that became ready after a day, up to another."""
        return tuple(one for one in self.genomes if after < one.ready <= until)

    @cached_property
    def reference(self) -> dict[str, bytes]:
        """The files of the reference, with every lineage and the day on which it was designated."""
        above = {one.name: one.parent for one in self.lineages}
        rows = [
            f"{name}\t{parent}\t{self.designated(one)}\t{','.join(each.name for each in mutations)}"
            for one in self.lineages
            for name, parent, mutations in (
                *((one.parent, above[one.parent], fork) for fork in one.way),
                (one.name, one.parent, one.mutations),
            )
        ]
        genes = [
            f"{VIRUS}\tEXERCISE\tCDS\t{gene.begin + 1}\t{gene.end}\t.\t+\t0\tID={gene.name};Name={gene.name}"
            for gene in self.virus.genes
        ]
        return {
            "reference.fasta": f">EXERCISE {VIRUS}\n{self.virus.text}\n".encode(),
            "genome_annotation.gff3": _lines("##gff-version 3", *genes),
            "lineages.tsv": _lines("lineage\tparent\tdesignation_date\tmutations", *rows),
            "pathogen.json": json.dumps(self._settings(), indent=1).encode(),
        }

    def designated(self, lineage: DesignatedLineage) -> date:
        """The day on which there were genomes enough for a lineage."""
        return self.first_day + timedelta(lineage.complete)

    def write_reference(self, folder: Path) -> Path:
        """Writes the reference as a folder that may be installed."""
        folder.mkdir(parents=True, exist_ok=True)
        for name, data in self.reference.items():
            (folder / name).write_bytes(data)
        return folder

    def _settings(self) -> dict[str, object]:
        letters = len(self.virus.letters)
        missing = {
            "enabled": True,
            "missingDataThreshold": round(MISSING * letters),
            "scoreBias": round(MISSING_BIAS * letters),
        }
        return {
            "attributes": {"name": VIRUS},
            "version": {"tag": VERSION},
            "qc": {"missingData": missing, **QC},
        }


def upload(genomes: Sequence[FictionalGenome], name: str) -> dict[str, bytes]:
    """The files with which genomes are handed in."""
    rows = [
        "\t".join((
            one.strain, one.taken.isoformat(), one.country, one.place if one.place != one.country else "",
            "Homo sapiens", one.strain.rpartition("/")[0].rpartition("/")[2], f"EXERCISE laboratory {one.country}",
            "EXERCISE sequencing centre", "restricted" if one.restricted else "",
            one.restricted.isoformat() if one.restricted else "",
        ))
        for one in genomes
    ]  # fmt: skip
    header = "strain date country division host sample_id originating_lab submitting_lab terms until"
    return {
        f"EXERCISE_{name}.fasta": "".join(f">{one.strain}\n{one.text}\n" for one in genomes).encode(),
        f"EXERCISE_{name}.tsv": _lines(header.replace(" ", "\t"), *rows),
    }


def make(
    truth: Truth,
    reported: Reported,
    places: Sequence[str],
    *,
    home: str,
    first_day: date,
    scenario: Scenario,
    seed: int,
    sampling: Sampling | None = None,
    clock: Clock | None = None,
    sequencing: Sequencing | None = None,
) -> FictionalGenomes:
    """The virus and genomes of an outbreak. The same arguments give the same bytes.

    places: codes of the places of the truth. home: the country with which it began.
    """
    sampling, clock, sequencing = sampling or Sampling(), clock or Clock(), sequencing or Sequencing()
    rng = np.random.default_rng([seed, 1])  # beside the stream that made the outbreak
    virus = invent(rng)
    samples = sample(truth, reported, scenario=scenario, sampling=sampling, rng=rng)
    countries = [place(code).parent or code for code in places]
    at_home = np.array([country == home for country in countries])
    tree = ancestry(
        truth,
        samples,
        kernel=gravity(truth.population, at_home, scenario, None),
        origin=int(np.argmax(truth.imported[0])),
        scenario=scenario,
        sampling=sampling,
        rng=rng,
    )
    nodes, tips = evolve(tree, virus, clock=clock, taken=samples.taken.tolist(), rng=rng)
    became = fates(len(tips), sequencing=sequencing, rng=rng)
    texts = [
        sequenced(mutated(virus, own), fate, sequencing=sequencing, rng=rng)
        for own, fate in zip(tips, became, strict=True)
    ]
    covered = [sum(letter in "ACGT" for letter in text) >= COVERED * len(text) for text in texts]
    lineages = designate(
        tree,
        nodes,
        good=np.array(covered) & np.array([fate == "sound" for fate in became]),
        ready=samples.ready.tolist(),
        countries=dict(enumerate(countries)),
        clock=clock,
    )
    reserved = {code for code in sorted(set(countries)) if rng.random() < PARTNER_FIRST and code != home}
    names = lineage_of(tree, lineages)
    genomes = []
    for number, at in enumerate(np.argsort(samples.ready, kind="stable").tolist(), 1):
        code = places[samples.place[at]]
        country = countries[samples.place[at]]
        taken, ready = (first_day + timedelta(int(days[at])) for days in (samples.taken, samples.ready))
        genomes.append(
            FictionalGenome(
                f"EXERCISE/{country}/EX-{number:04d}/{taken.year}",
                code,
                country,
                taken,
                ready,
                became[at],
                _monday(ready + HELD_BACK) if country in reserved else None,
                texts[at],
                names[at],
                tips[at],
            )
        )
    return FictionalGenomes(virus, tree, lineages, tuple(genomes), first_day)


def _monday(day: date) -> date:
    """The first Monday from a day on."""
    return day + timedelta(-day.weekday() % 7)


def _lines(*lines: str) -> bytes:
    return ("\n".join(lines) + "\n").encode()

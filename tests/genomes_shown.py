"""A node with a few hundred made-up genomes to search, on a made-up virus whose protein lies on its genome."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product
from pathlib import Path

from sampan.access.session import Session
from sampan.desks.science import library
from sampan.desks.science.terms import Shown, shown
from sampan.desks.science.watching import watch_primers
from sampan.engines.genome_search.layout import Layout
from sampan.node import Node
from sampan.records.science import Terms
from tests.genome_rows import PARENTS, Genome, analysis, made_up, metadata
from tests.small_virus import BEGIN, END, REFERENCE, changed, other

CODONS = ["".join(each) for each in product("TCAG", repeat=3)]
LETTERS = "FFLLSSSSYY**CC*WLLLLPPPPHHQQRRRRIIIMTTTTNNKKSSRRVVVVAAAADDEEGGGG"
PROTEIN = "".join(LETTERS[CODONS.index(REFERENCE[at : at + 3])] for at in range(BEGIN - 1, END, 3))
LAYOUT = Layout(REFERENCE, (("S", PROTEIN),))
SITE = 400
CODON = 100
CHANGE = f"S:{PROTEIN[CODON - 1]}{CODON}W"
MUTATION = f"{REFERENCE[SITE - 1]}{SITE}{other(SITE)}"
BENT = changed({25: other(25)})[18:40]
"""A primer that the reference itself does not fit."""
PRIMERS = f"name\tsequence\tstart\tstrand\nN1-F\t{REFERENCE[390:412]}\t391\t+\nbent\t{BENT}\t19\t+\n"
HIDDEN = shown(Terms(kind="national"))


def some(n: int, *, seed: int = 3) -> list[Genome]:
    """Genomes of which every other has MUTATION, if it can be read there."""
    found = made_up(n, layout=LAYOUT, seed=seed)
    for genome in found[::2]:
        known = not any(a <= SITE <= b for a, b in (*genome.missing, *genome.deletions))
        if genome.aligned and known and SITE not in genome.ambiguous:
            genome.substitutions[SITE] = other(SITE)
        if genome.aligned and not any(a <= CODON <= b for _, a, b in genome.unknown):
            genome.amino["S", CODON] = "W"
    return found


def put(
    node: Path, genomes: Sequence[Genome], shows: Sequence[Shown], *, session: Session | None = None
) -> None:
    """Lets the node in this folder have these genomes, and watch two primers; ``session`` is its, if it is open."""
    index = library.folder_of(node)
    library.set_reference(index, LAYOUT, parents={child: [parent] for child, parent in PARENTS.items()})
    if genomes:
        library.add(index, analysis(genomes, LAYOUT), metadata(genomes), shows)
    if session:
        watch_primers(session, PRIMERS.encode())
        return
    with Node.open(node) as opened:
        watch_primers(opened.session, PRIMERS.encode())

"""Hands in genomes, approves and releases them in a process that dies at its N-th write: run by the test beside it."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import sampan.core.files as files
from sampan.desks.science.collection import collection
from sampan.desks.science.releases import approve, release
from sampan.desks.science.submission import submit
from sampan.ledger.ledger import Ledger
from sampan.node import Node
from tests.small_virus import changed, fasta, other

GENOMES = {f"g{i}": changed({20 + i: other(20 + i)}) for i in range(4)}
ROWS = "strain\tdate\tcountry\n" + "".join(
    f"{name}\t2020-01-0{i + 1}\tChina\n" for i, name in enumerate(GENOMES)
)
FILES = {"g.fasta": fasta(GENOMES), "t.tsv": ROWS.encode()}


def main(folder: Path, dies_at: int) -> None:
    """All of it, or as far as it comes."""
    left = [dies_at]

    def count(_: object = None) -> None:
        left[0] -= 1
        if left[0] == 0:
            os._exit(9)

    import sampan.formats.genome_blocks as blocks
    import sampan.ledger.blobs as blobs

    whole, append = files.write_whole, Ledger.append

    def write_whole(path, data, **more):
        count()
        path.parent.mkdir(parents=True, exist_ok=True)
        path.with_name(f".{path.name}.half").write_bytes(data[: len(data) // 2])
        count()
        path.with_name(f".{path.name}.half").unlink()
        whole(path, data, **more)

    def appended(self, *given, **named):
        count()
        done = append(self, *given, **named)
        count()
        return done

    blobs.write_whole = blocks.write_whole = write_whole
    Ledger.append = appended
    with Node.open(folder) as node:
        if not collection(node.session).submissions:
            submit(node.session, FILES)
        states = {one.state for one in collection(node.session).held.values()}
        if "processed" in states:
            approve(node.on_behalf_of("director"), "G-0001")
            states = {"approved"}
        if "approved" in states:
            release(node.session, "G-0001")
    sys.exit(0)


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))

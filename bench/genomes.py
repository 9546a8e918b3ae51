"""How many genomes a second, from a packed FASTA file to Arrow columns, and against what?

``python -m bench genomes --size tiny|small|ordinary|full``. The real genomes of ``open-2022-2023`` are written often
enough to a zstd file, names made different, and analysed with amino acids, quality and every lineage of 2025-06. Then
mappy (minimap2, preset asm5, with cs), which only aligns, reads the same letters in the same process. CPU time of one
process, the best of three, since whoever else uses the machine takes its caches; kernels are compiled before, and
``full`` says how long that takes on a machine that has none.
"""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

SHARED = Path(os.environ.get("SAMPAN_SHARED", Path(__file__).parents[2] / "shared")) / "data" / "sequences"
TIMES = {"tiny": 1, "small": 8, "ordinary": 40, "full": 200}
"""How often the 127 genomes are written."""
REPEATS = 3

Row = dict[str, Any]


def genomes() -> list[tuple[str, bytes]]:
    """Names and letters of the set."""
    from sampan.formats.fasta import read_fasta

    return [
        (name, part.data[begin:end])
        for part in read_fasta(SHARED / "open-2022-2023" / "sequences.fasta.xz")
        for name, begin, end in zip(part.names, part.begins, part.ends, strict=True)
    ]


def packed(path: Path, some: list[tuple[str, bytes]], times: int) -> Path:
    """The set so many times over in one zstd file."""
    import zstandard

    with path.open("wb") as file, zstandard.ZstdCompressor(level=3).stream_writer(file) as out:
        for again in range(times):
            for name, letters in some:
                out.write(b">%s/%d\n%s\n" % (name.encode(), again, letters))
    return path


def analysed(path: Path, out: Path, reference: Any) -> tuple[int, float]:
    """Genomes, and CPU seconds from the file to the file."""
    from sampan.engines.genome.columns import SCHEMA
    from sampan.engines.genome.many import analyse_many
    from sampan.formats.fasta import read_fasta
    from sampan.formats.genome_tables import writer

    begun, count = time.process_time(), 0
    with writer(out, SCHEMA) as write:
        for batch in analyse_many(read_fasta(path), reference):
            write(batch)
            count += batch.num_rows
    return count, time.process_time() - begun


def aligned_by_mappy(some: list[tuple[str, bytes]]) -> float:
    """CPU seconds in which mappy aligns the genomes."""
    import mappy

    opponent = mappy.Aligner(str(SHARED / "reference" / "reference.fasta"), preset="asm5", n_threads=1)
    texts = [letters.decode().replace("\n", "") for _, letters in some]
    begun = time.process_time()
    for text in texts:
        list(opponent.map(text, cs=True))
    return time.process_time() - begun


def compiled_anew() -> float:
    """CPU seconds until the first genome is analysed where no kernel is compiled yet."""
    with tempfile.TemporaryDirectory() as folder:
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        command = "from sampan.world.genome_references import load_reference as l; from pathlib import Path; import sys"
        command += "; l(Path(sys.argv[1]), lineages=Path(sys.argv[2]), designated_until='2019-12-31')"
        folders = [str(SHARED / "reference"), str(SHARED / "lineage-reference")]
        subprocess.run(
            [sys.executable, "-c", command, *folders],
            check=True,
            env={**os.environ, "NUMBA_CACHE_DIR": folder},
        )
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def run(size: str) -> list[Row]:
    """Rates, and the ratio to mappy."""
    if not SHARED.is_dir():
        sys.stderr.write(f"{SHARED} is not here: nothing is measured\n")
        return []
    from sampan.world.genome_references import load_reference

    some = genomes()
    reference = load_reference(SHARED / "reference", lineages=SHARED / "lineage-reference")
    with tempfile.TemporaryDirectory() as folder:
        path = packed(Path(folder) / "genomes.fasta.zst", some, TIMES[size])
        analysed(packed(Path(folder) / "warm.fasta.zst", some, 1), Path(folder) / "warm.arrow", reference)
        count, seconds = min(
            analysed(path, Path(folder) / "analysis.arrow", reference) for _ in range(REPEATS)
        )
        written = (Path(folder) / "analysis.arrow").stat().st_size
    theirs = min(aligned_by_mappy(some) for _ in range(REPEATS)) / len(some)
    problem = f"{count:,} genomes of 2022-2023, {len(reference.nodes):,} nodes"
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    rows = [
        {"problem": problem, "phase": "zst to Arrow", "value": count / seconds, "unit": "genomes/CPU s",
         "bar": "≥ 2,500"},
        {"problem": problem, "phase": "mappy, align only", "value": 1 / theirs, "unit": "genomes/CPU s"},
        {"problem": problem, "phase": "ratio", "value": theirs * count / seconds, "unit": "times", "bar": "≥ 10"},
        {"problem": problem, "phase": "resident", "value": peak, "unit": "MB", "bar": "< 1,000"},
        {"problem": problem, "phase": "Arrow", "value": written / count, "unit": "bytes/genome"},
    ]  # fmt: skip
    if size == "full":
        rows.append(
            {"problem": "no kernel is compiled", "phase": "first", "value": compiled_anew(), "unit": "CPU s"}
        )
    return rows

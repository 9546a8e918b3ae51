"""Commands ``genomes …``: analyse sequences without a node, install references."""

from __future__ import annotations

import contextlib
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sampan.cli.options import Json
from sampan.cli.say import as_json, err, said, table
from sampan.core.errors import InputError

if TYPE_CHECKING:
    import pyarrow as pa

    from sampan.engines.genome.reference import GenomeReference
    from sampan.formats.fasta import Portion

_PIPE = Path("-")

genomes_app = typer.Typer(
    no_args_is_help=True, help="Analyse, submit, search and exchange genomes; install references."
)
reference_app = typer.Typer(no_args_is_help=True, help="The viruses that genomes are analysed against.")
genomes_app.add_typer(reference_app, name="reference")


class Form(StrEnum):
    """How an analysis is written."""

    parquet = "parquet"
    arrow = "arrow"
    tsv = "tsv"


Store = Annotated[
    Path | None,
    typer.Option(
        "--store", envvar="SAMPAN_REFERENCES", help="Where references are installed.", show_default="yours"
    ),
]
Lineages = Annotated[
    Path | None,
    typer.Option(help="Folder with lineages.tsv or tree.json.", show_default="the reference's own"),
]
Until = Annotated[
    str | None,
    typer.Option("--until", metavar="DATE", help="Leave out lineages designated later.", show_default="all"),
]


@genomes_app.command()
def analyse(
    files: Annotated[
        list[Path],
        typer.Argument(help="FASTA, as it is or packed with gzip, xz or zstd; - is the standard input."),
    ],
    out: Annotated[Path, typer.Option("--out", file_okay=False, help="Folder to write into.")],
    reference: Annotated[
        str | None,
        typer.Option(
            help="A folder, or name or name@version of an installed reference.", show_default="the only one"
        ),
    ] = None,
    lineages: Lineages = None,
    until: Until = None,
    form: Annotated[list[Form] | None, typer.Option("--format", show_default="parquet and tsv")] = None,
    aligned: Annotated[bool, typer.Option("--aligned", help="Also write aligned.fasta.")] = False,
    proteins: Annotated[
        bool, typer.Option("--translations", help="Also write a FASTA for each CDS.")
    ] = False,
    jobs: Annotated[int, typer.Option(min=1, help="Processes on this machine.")] = 1,
    scheduler: Annotated[
        str | None,
        typer.Option(metavar="ADDRESS", help="Dask scheduler, whose workers do it.", show_default="none"),
    ] = None,
    longest: Annotated[
        int, typer.Option(min=1, help="Letters beyond which a record is skipped.")
    ] = 5_000_000,
    store: Store = None,
    json: Json = False,
) -> None:
    """Say where genomes differ from a reference, what that changes, what they are nearest to, how good they are.

    Needs no node. A record that cannot be analysed has a status that says why; the others are analysed all the same.

    Example: sampan genomes analyse sequences.fasta.zst --out results --jobs 4
    """
    portions = _portions(files, longest)
    known = _reference(reference, lineages, until, store)
    begun = time.perf_counter()
    with _working(scheduler, jobs, known) as work, _Bar(files) as bar:
        counted = _counted(portions, bar)
        batches = (_tally(batch, bar) for batch in work(counted))
        written = _write(batches, out, known, form or [Form.parquet, Form.tsv], aligned, proteins)
    seconds = time.perf_counter() - begun
    result = {
        "reference": known.title,
        "genomes": sum(bar.status.values()),
        "status": dict(sorted(bar.status.items())),
        "qc": dict(sorted(bar.grade.items())),
        "seconds": round(seconds, 2),
        "genomes_per_second": round(sum(bar.status.values()) / max(seconds, 1e-9), 1),
        "files": [str(path) for path in written],
    }
    if json:
        as_json(result)
        return
    table(["status", "sequences"], [[name, count] for name, count in bar.status.most_common()])
    if bar.grade:
        table(["quality", "sequences"], [[name, count] for name, count in bar.grade.most_common()])
    said(f"{result['genomes']:,} sequences in {seconds:.1f} s ({result['genomes_per_second']:,} a second).")
    for path in written:
        said(f"Wrote {path}.")


def _reference(
    told: str | None, lineages: Path | None, until: str | None, store: Path | None
) -> GenomeReference:
    from sampan.engines.genome.analyse import states_of
    from sampan.world.genome_references import find_reference, load_reference

    folder = find_reference(told, store)
    with err.status("reading the reference (compiling the kernels, once on this machine: half a minute)"):
        known = load_reference(folder, lineages=lineages, designated_until=_day(until))
        states_of("", known)  # compiles what workers would each compile, had nobody before
        return known


def _day(text: str | None) -> str | None:
    from datetime import date

    if text is None:
        return None
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError:
        raise InputError(f'"{text}" is no date.', field="--until", way_out="Write 2023-02-28.") from None


def _portions(files: list[Path], longest: int) -> Iterator[Portion]:
    from sampan.formats.fasta import read_fasta

    for file in files:
        if file != _PIPE and not file.exists():
            raise InputError("There is no such file.", file=file, way_out="Check the name.")
    return (
        portion
        for file in files
        for portion in read_fasta(
            sys.stdin.buffer if file == _PIPE else file,
            name="standard input" if file == _PIPE else str(file),
            longest=longest,
        )
    )


@contextlib.contextmanager
def _working(
    scheduler: str | None, jobs: int, reference: GenomeReference
) -> Iterator[Callable[[Iterable[Portion]], Iterator[pa.RecordBatch]]]:
    """Who does the work: this process, several, or a cluster."""
    from sampan.engines.genome.many import analyse_many, analyse_on

    if scheduler is None:
        yield lambda portions: analyse_many(portions, reference, jobs=jobs)
        return
    try:
        from distributed import Client
    except ImportError:
        raise InputError(
            "Dask is not installed.",
            field="--scheduler",
            way_out="pip install 'sampan[cluster]', or leave it out.",
        ) from None
    try:
        connect: Any = Client
        client = connect(scheduler, timeout="20s")
    except (OSError, TimeoutError, ValueError) as fault:
        raise InputError(
            f"No scheduler answers at {scheduler} ({type(fault).__name__}).",
            field="--scheduler",
            way_out="Check the address, or leave it out to work here.",
        ) from None
    with client:
        yield lambda portions: analyse_on(portions, reference, client=client)


class _Bar:
    """Shows how far the files are read and how many genomes a second are done."""

    def __init__(self, files: list[Path]) -> None:
        # a pipe does not tell where it ends
        self.total = sum(file.stat().st_size for file in files if file.is_file()) or None
        self.done = self.read = self.last = 0
        self.status: Counter[str] = Counter()
        self.grade: Counter[str] = Counter()
        self._begun = time.perf_counter()
        self._progress: Any = None
        self._task: Any = None

    def __enter__(self) -> _Bar:
        if err.is_terminal:
            from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

            columns = (BarColumn(28), TextColumn("{task.description}"), TimeRemainingColumn())
            self._progress = Progress(*columns, console=err, transient=True)
            self._task = self._progress.add_task("", total=self.total)
            self._progress.start()
        return self

    def __exit__(self, *_: object) -> None:
        if self._progress:
            self._progress.stop()

    def at(self, read: int) -> None:
        """So many bytes of the present file are read; fewer than before means the next file."""
        self.read += read - self.last if read >= self.last else read
        self.last = read

    def add(self, batch: pa.RecordBatch) -> None:
        """One more batch is analysed."""
        self.status.update(batch["status"].to_pylist())
        self.grade.update(grade for grade in batch["qc_status"].to_pylist() if grade)
        self.done += batch.num_rows
        if self._progress:
            rate = self.done / max(time.perf_counter() - self._begun, 1e-9)
            text = f"{self.done:,} genomes, {rate:,.0f} a second"
            self._progress.update(self._task, completed=self.read, description=text)


def _counted(portions: Iterable[Portion], bar: _Bar) -> Iterator[Portion]:
    for portion in portions:
        bar.at(portion.read)
        yield portion


def _tally(batch: pa.RecordBatch, bar: _Bar) -> pa.RecordBatch:
    bar.add(batch)
    return batch


def _write(
    batches: Iterable[pa.RecordBatch],
    out: Path,
    reference: GenomeReference,
    forms: list[Form],
    aligned: bool,
    proteins: bool,
) -> list[Path]:
    """Writes every table and FASTA that was asked for, in one pass; returns what was written."""
    from sampan.engines.genome.columns import SCHEMA
    from sampan.engines.genome.summed import summed
    from sampan.formats.genome_tables import whole, writer

    tables = [out / f"analysis.{form}" for form in dict.fromkeys(forms)]
    fastas = {"": out / "aligned.fasta"} if aligned else {}
    if proteins:
        fastas |= {cds.name: out / "translations" / f"{_file(cds.name)}.fasta" for cds in reference.cdses}
    with contextlib.ExitStack() as stack:
        writers = [(path, stack.enter_context(writer(path, SCHEMA))) for path in tables]
        open_fastas = {cds: stack.enter_context(whole(path)) for cds, path in fastas.items()}
        for batch in batches:
            for path, write in writers:
                write(summed(batch, reference) if path.suffix == ".tsv" else batch)
            if open_fastas:
                _write_fastas(batch, reference, open_fastas, proteins)
    return [*tables, *fastas.values()]


def _file(name: str) -> str:
    return "".join(sign if sign.isalnum() or sign in "-_." else "_" for sign in name)


def _write_fastas(
    batch: pa.RecordBatch, reference: GenomeReference, files: dict[str, Any], proteins: bool
) -> None:
    from sampan.engines.genome.rebuild import aligned as rebuilt
    from sampan.engines.genome.rebuild import proteins as translated

    for row in batch.to_pylist():
        if row["status"] != "aligned":
            continue
        texts = translated(row, reference) if proteins else {}
        if "" in files:
            texts[""] = rebuilt(row, reference)
        for cds, text in texts.items():
            files[cds].write(f">{row['name']}\n{text}\n".encode())


@reference_app.command("add")
def reference_add(
    folder: Annotated[Path, typer.Argument(help="A folder with reference.fasta, or a dataset of Nextclade.")],
    lineages: Lineages = None,
    until: Until = None,
    name: Annotated[
        str | None, typer.Option(help="What to call it.", show_default="as it calls itself")
    ] = None,
    store: Store = None,
    json: Json = False,
) -> None:
    """Install a reference: check it, and keep a copy of its files that never changes.

    Example: sampan genomes reference add ~/datasets/sars-cov-2
    """
    from sampan.world.genome_references import examined, install

    home, read = install(folder, lineages=lineages, designated_until=_day(until), name=name, store=store)
    remarks = examined(home)["remarks"]
    if json:
        title = f"{home.parent.name}@{home.name}"
        as_json({"reference": title, "folder": str(home), "sha256": read.digest, "remarks": remarks})
        return
    said(
        f"Installed {home.parent.name}@{home.name}: {len(read.sequence):,} letters, {len(read.proteins)} CDS, "
        f"{len(read.lineages):,} lineages, in {home}."
    )
    for remark in remarks:
        said(f"Look at this: {remark}")


@reference_app.command("list")
def reference_list(store: Store = None, json: Json = False) -> None:
    """List the references that are installed.

    Example: sampan genomes reference list --json
    """
    from sampan.world.genome_references import installed

    found = [
        {"name": path.parent.name, "version": path.name, "folder": str(path)} for path in installed(store)
    ]
    if json:
        as_json(found)
        return
    if not found:
        said("No reference is installed. Install one with sampan genomes reference add FOLDER.")
        return
    table(["name", "version", "folder"], [list(one.values()) for one in found])


@reference_app.command("check")
def reference_check(
    folder: Annotated[str, typer.Argument(help="A folder, or an installed reference.")],
    lineages: Lineages = None,
    store: Store = None,
    json: Json = False,
) -> None:
    """Read a reference and say what it holds, what it lacks, and what looks odd in it.

    Example: sampan genomes reference check sars-cov-2@2025-06-01
    """
    from sampan.world.genome_references import examined, find_reference

    result = examined(find_reference(folder, store), lineages=lineages)
    if json:
        as_json(result)
        return
    table(["CDS", "codons", "strand", "parts"], [list(one.values()) for one in result["cds"]])
    said(f"{result['reference']}: {result['letters']:,} letters, {result['lineages']:,} lineages.")
    for remark in result["remarks"]:
        said(f"Look at this: {remark}")


def register(app: typer.Typer) -> None:
    """Adds the commands to the command line."""
    from sampan.cli import genome_search, genomes_desk  # noqa: F401 -- their commands join the group

    app.add_typer(genomes_app, name="genomes")

"""Commands ``genomes submit|status|approve|release|withdraw|terms|export|reanalyse|duplicates``: from hand to hand."""

from __future__ import annotations

import sys
import time
from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sampan.cli.appeals import day_of
from sampan.cli.genomes import genomes_app
from sampan.cli.options import HERE, OFFICER, As, Json, NodeFolder, Virus, opened
from sampan.cli.say import Counting, as_json, said, table
from sampan.core.errors import InputError

if TYPE_CHECKING:
    from sampan.desks.science.findings import Finding

MOST_SAID = 50


class TermsName(StrEnum):
    """Terms, from loose to tight."""

    open = "open"
    restricted = "restricted"
    embargo = "embargo"
    national = "national"


class FormName(StrEnum):
    """What an export is for."""

    nextstrain = "nextstrain"
    insdc = "insdc"
    mutations = "mutations"
    citations = "citations"


class AudienceName(StrEnum):
    """For whom."""

    public = "public"
    partner = "partner"
    staff = "staff"


Terms = Annotated[TermsName, typer.Option(help="Who may see them, once released.")]
Until = Annotated[
    datetime | None,
    typer.Option(
        "--until", metavar="DATE", formats=["%Y-%m-%d"], help="From when on they are open, of terms that end."
    ),
]
Number = Annotated[str, typer.Argument(metavar="NUMBER", help="Of the submission, as G-0001.")]
Accessions = Annotated[list[str], typer.Argument(metavar="ACCESSION…", help="With or without a version.")]
Reference = Annotated[
    str | None,
    typer.Option(help="An installed reference: name or name@version.", show_default="the only one"),
]


@genomes_app.command()
def submit(
    files: Annotated[
        list[Path], typer.Argument(help="FASTA and one table (TSV, CSV, XLSX), plain or as gzip, xz, zstd.")
    ],
    terms: Terms = TermsName.open,
    until: Until = None,
    licence: Annotated[str, typer.Option(help="SPDX identifier.")] = "",
    group: Annotated[str, typer.Option(help="Who submits: a group, no person.")] = "",
    focal_point: Annotated[str, typer.Option(help="Which desk answers.")] = "",
    attribution: Annotated[str, typer.Option(help="How to credit.")] = "",
    permit: Annotated[str, typer.Option(help="Of a permit or contract.")] = "",
    reference: Reference = None,
    good_only: Annotated[
        bool, typer.Option("--good-only", help="Take the good records of a mixed upload.")
    ] = False,
    check: Annotated[bool, typer.Option("--check", help="Take nothing; say what would be wrong.")] = False,
    folder: NodeFolder = HERE,
    person: As = OFFICER,
    json: Json = False,
) -> None:
    """Hand in genomes, new and revised, with a table about them. All are taken, or none.

    The table has the columns strain, date and country, and more if you have them; a row with an accession of this
    node revises that genome.

    Example: sampan genomes submit genomes.fasta.zst about.tsv --terms restricted --until 2021-03-01
    """
    from sampan.core.files import read_bytes
    from sampan.desks.science.findings import Blocked
    from sampan.desks.science.submission import require_size
    from sampan.desks.science.submission import submit as act

    require_size({path.name: path.stat().st_size for path in files if path.is_file()})
    uploaded = {path.name: read_bytes(path) for path in files}
    if len(uploaded) < len(files):
        raise InputError("Two of these files have one name.", field="FILES", way_out="Rename one.")
    begun = time.perf_counter()
    with opened(folder, person) as node, Counting("reading, checking and analysing") as counting:
        try:
            done = act(
                node.session,
                uploaded,
                terms=terms.value,
                until=day_of(until),
                licence=licence,
                group=group,
                focal_point=focal_point,
                attribution=attribution,
                permit=permit,
                reference=reference,
                good_only=good_only,
                check=check,
                progress=counting,
            )
        except Blocked as fault:
            _say_findings(fault.findings)
            raise
    seconds = time.perf_counter() - begun
    if json:
        as_json(done)
    else:
        table(
            ["strain", "accession", "state", "lineage", "quality"],
            [[r.strain, r.accession, r.status, r.lineage, r.quality] for r in done.rows[:MOST_SAID]],
        )
        _say_more(len(done.rows))
        _say_findings(done.findings)
        what = f"{done.number}: " if done.number else "Only checked: " if check else ""
        said(
            f"{what}{done.new} new, {done.revised} revised, {done.blocked} kept out, {done.warnings} warnings; "
            f"{f'analysed on {done.reference}' if done.reference else 'not analysed'}; "
            f"{seconds:.1f} s, {len(done.rows) / seconds:,.1f} genomes a second."
        )
    if check and any(each.severity == "error" for each in done.findings):
        sys.exit(2)


def _say_findings(findings: Sequence[Finding]) -> None:
    for each in findings[:MOST_SAID]:
        said(str(each))
    _say_more(len(findings))


def _say_more(count: int) -> None:
    """Says that a list is longer than what was shown of it."""
    if count > MOST_SAID:
        said(f"… {MOST_SAID} of {count:,} are shown; --json has more.")


@genomes_app.command()
def original(
    number: Number,
    out: Annotated[Path, typer.Option("--out", file_okay=False, help="Folder to write into.")],
    folder: NodeFolder = HERE,
    person: As = OFFICER,
    json: Json = False,
) -> None:
    """Write the files of a submission as they were handed in, byte for byte.

    Example: sampan genomes original G-0001 --out originals
    """
    from sampan.core.files import write_whole
    from sampan.desks.science.standing import original as view
    from sampan.desks.science.standing import submission_report

    with opened(folder, person) as node:
        names = submission_report(node.session, number).submission.files
        files = {name: view(node.session, number, name) for name in names}
    for name, data in files.items():
        write_whole(out / Path(name).name, data)
        if not json:
            said(f"Wrote {out / Path(name).name}.")
    if json:
        as_json({"files": list(files)})


@genomes_app.command()
def report(number: Number, folder: NodeFolder = HERE, person: As = OFFICER, json: Json = False) -> None:
    """Show what was found in a submission when it was handed in: errors, warnings, where, and the way out.

    Example: sampan genomes report G-0001
    """
    from sampan.desks.science.standing import submission_report

    with opened(folder, person) as node:
        found = submission_report(node.session, number)
    if json:
        as_json(found)
        return
    _say_findings(found.findings)
    if not found.findings:
        said("Nothing wrong or odd was found.")


@genomes_app.command()
def status(
    number: Annotated[str | None, typer.Argument(metavar="[NUMBER]", show_default="all")] = None,
    folder: NodeFolder = HERE,
    person: As = OFFICER,
    json: Json = False,
) -> None:
    """Show how submissions stand, or the genomes of one.

    Examples: sampan genomes status; sampan genomes status G-0001
    """
    from sampan.desks.science import standing

    with opened(folder, person) as node:
        if number:
            genomes = standing.genomes(node.session, number)
        else:
            found = standing.status(node.session)
    if json:
        as_json(genomes if number else found)
    elif number:
        table(
            ["accession", "strain", "state", "terms", "until", "date", "place", "lineage", "quality"],
            [
                [g.accession, g.strain, g.state, g.kind, g.until, g.day, g.place, g.lineage, g.quality]
                for g in genomes
            ],
        )
    else:
        table(
            [
                "number",
                "state",
                "by",
                "on",
                "genomes",
                "processed",
                "approved",
                "released",
                "withdrawn",
                "reference",
            ],
            [
                [
                    s.number,
                    s.state,
                    s.by,
                    s.day,
                    s.genomes,
                    s.processed,
                    s.approved,
                    s.released,
                    s.withdrawn,
                    s.reference,
                ]
                for s in found
            ],
        )
        if behind := [s.number for s in found if s.renewed]:
            said(
                f"A newer engine or reference is here than the one that analysed {', '.join(behind)}: "
                "sampan genomes reanalyse tells what it changes."
            )


@genomes_app.command()
def approve(
    number: Number,
    without: Annotated[
        list[str] | None, typer.Option(metavar="ACCESSION", help="Leave it out; repeat it.")
    ] = None,
    note: Annotated[str, typer.Option(help="In a few words.")] = "",
    folder: NodeFolder = HERE,
    person: As = "director",
    json: Json = False,
) -> None:
    """Find the genomes of a submission fit to be released. Whoever handed them in cannot.

    Example: sampan genomes approve G-0001 --as director
    """
    from sampan.desks.science.releases import approve as act

    with opened(folder, person) as node:
        _report(act(node.session, number, without=without or (), note=note), json)


@genomes_app.command()
def release(number: Number, folder: NodeFolder = HERE, person: As = OFFICER, json: Json = False) -> None:
    """Release the approved genomes of a submission to those whom their terms allow.

    Example: sampan genomes release G-0001
    """
    from sampan.desks.science.releases import release as act

    with opened(folder, person) as node:
        _report(act(node.session, number), json)


@genomes_app.command()
def withdraw(
    accessions: Accessions,
    reason: Annotated[str, typer.Option(help="Why.")],
    folder: NodeFolder = HERE,
    person: As = OFFICER,
    json: Json = False,
) -> None:
    """Take genomes back: nobody finds them any more, and what was kept of them stays.

    Example: sampan genomes withdraw CHNQT_00001232 --reason "wrong sample"
    """
    from sampan.desks.science.releases import withdraw as act

    with opened(folder, person) as node:
        _report(act(node.session, accessions, reason=reason), json)


@genomes_app.command("terms")
def set_terms(
    to: Annotated[TermsName, typer.Argument(help="The new terms.")],
    accessions: Accessions,
    until: Until = None,
    why: Annotated[str, typer.Option(help="In a few words.")] = "",
    folder: NodeFolder = HERE,
    person: As = OFFICER,
    json: Json = False,
) -> None:
    """Set the terms of genomes anew. Loosening is free; what others see already is never closed to them.

    Example: sampan genomes terms open CHNQT_00001232
    """
    from sampan.desks.science.releases import set_terms as act

    with opened(folder, person) as node:
        _report(act(node.session, accessions, to.value, until=day_of(until), why=why), json)


@genomes_app.command()
def export(
    form: Annotated[FormName, typer.Argument(help="What for.")],
    out: Annotated[Path, typer.Option("--out", file_okay=False, help="Folder to write into.")],
    query: Annotated[str, typer.Option("--query", help='A question, as "S:501Y & place=Italy".')] = "",
    where: Annotated[
        list[str] | None, typer.Option("--where", metavar="COLUMN=VALUE", help="Of the metadata.")
    ] = None,
    accession: Annotated[list[str] | None, typer.Option("--accession", help="One genome; repeat it.")] = None,
    number: Annotated[
        str, typer.Option("--set", metavar="NUMBER", help="The genomes of a set, as S-0001.")
    ] = "",
    audience: Annotated[
        AudienceName, typer.Option("--for", help="Who will read them.")
    ] = AudienceName.public,
    leave_out: Annotated[
        bool, typer.Option("--leave-out", help="Leave out what the terms forbid, and list it.")
    ] = False,
    organism: Annotated[str, typer.Option(help="For INSDC: the name in NCBI's taxonomy.")] = "",
    project: Annotated[str, typer.Option(help="For INSDC: your own BioProject.")] = "",
    virus: Virus = None,
    folder: NodeFolder = HERE,
    person: As = OFFICER,
    json: Json = False,
) -> None:
    """Write genomes as others read them. What the terms forbid is refused by name; a receipt is kept.

    Example: sampan genomes export nextstrain --query "date>=2020-03" --out build
    """
    from sampan.core.files import write_whole
    from sampan.desks.science.done import several
    from sampan.desks.science.exports import export as view

    with opened(folder, person) as node:
        done = view(
            node.session,
            form.value,
            query=query,
            where=where or (),
            accessions=accession or (),
            number=number,
            audience=audience.value,
            leave_out=leave_out,
            organism=organism,
            project=project,
            virus=virus,
        )
    for name, data in done.files.items():
        write_whole(out / name, data)
    if json:
        as_json(
            {
                "files": sorted(done.files),
                "count": done.count,
                "left_out": done.left_out,
                "receipt": done.receipt,
            }
        )
        return
    for name in sorted(done.files):
        said(f"Wrote {out / name}.")
    said(f"{several(done.count)}, {len(done.left_out)} left out; receipt {done.receipt}.")


@genomes_app.command()
def reanalyse(
    reference: Reference = None,
    number: Annotated[str | None, typer.Option("--submission", help="One alone.", show_default="all")] = None,
    folder: NodeFolder = HERE,
    person: As = OFFICER,
    json: Json = False,
) -> None:
    """Analyse genomes anew on another reference or engine, and list what changed.

    Example: sampan genomes reanalyse --reference sars-cov-2@2025-06-01
    """
    from sampan.desks.science.reanalysis import reanalyse as act

    with opened(folder, person) as node:
        done = act(node.session, reference=reference, number=number)
    if json:
        as_json(done)
        return
    table(
        ["accession", "what", "before", "after"],
        [[row.accession, row.column, row.before, row.after] for row in done.rows[:MOST_SAID]],
    )
    said(
        f"{done.genomes} genomes of {', '.join(done.submissions)} on {done.reference}: {done.changes} changes, "
        f"another lineage for {done.lineages}."
    )


@genomes_app.command()
def duplicates(folder: NodeFolder = HERE, person: As = OFFICER, json: Json = False) -> None:
    """List genomes that share their letters, their accession elsewhere or their sample.

    Example: sampan genomes duplicates
    """
    from sampan.desks.science.duplicates import duplicates as view

    with opened(folder, person) as node:
        found = view(node.session)
    if json:
        as_json(found)
        return
    table(["by", "what", "genomes"], [[each.by, each.shared[:24], list(each.names)] for each in found])
    if not found:
        said("No genome is there twice.")


@genomes_app.command()
def receipts(folder: NodeFolder = HERE, person: As = OFFICER, json: Json = False) -> None:
    """List who took which genomes, when, and for whom.

    Example: sampan genomes receipts
    """
    from sampan.desks.science.exports import receipts as view

    with opened(folder, person) as node:
        found = view(node.session)
    if json:
        as_json(found)
        return
    table(
        ["on", "by", "form", "for", "question", "set", "genomes", "left out"],
        [[r.day, r.by, r.form, r.audience, r.query, r.number, r.count, r.refused] for r in found],
    )


def _report(done: object, json: bool) -> None:
    """Says what an act wrote."""
    if json:
        as_json(done)
    else:
        said(f"{getattr(done, 'said', '')}.")

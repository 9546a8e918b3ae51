"""Commands ``science …``: sets, works, focal points, projects, alerts."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from sampan.cli.appeals import day_of
from sampan.cli.options import HERE, OFFICER, As, Json, NodeFolder, Virus, one_of, opened
from sampan.cli.say import as_json, said, table
from sampan.core.errors import InputError

science_app = typer.Typer(no_args_is_help=True, help="Sets, works, focal points, joint projects, alerts.")

Title = Annotated[str, typer.Argument(help="What it is called.")]
OnDay = Annotated[datetime | None, typer.Option(metavar="DATE", formats=["%Y-%m-%d"], help="A day.")]
Again = Annotated[
    str | None, typer.Option("--number", help="A later edition of this one.", show_default="a new one")
]


def register(app: typer.Typer) -> None:
    """Adds the commands to the command line."""
    app.add_typer(science_app, name="science")


@science_app.command("set")
def record_set(
    title: Title,
    focal: Annotated[list[str], typer.Option("--genome", help="A genome that the work is about; repeat it.")],
    creators: Annotated[list[str], typer.Option("--creator", help="A group or institution; repeat it.")],
    background: Annotated[
        list[str] | None, typer.Option(help="One that it is set against; repeat it.")
    ] = None,
    description: Annotated[str, typer.Option(help="In a few sentences.")] = "",
    licence: Annotated[str, typer.Option(help="SPDX identifier.")] = "",
    doi: Annotated[str, typer.Option(help="As 10.1234/abc.")] = "",
    number: Again = None,
    folder: NodeFolder = HERE,
    person: As = OFFICER,
    json: Json = False,
) -> None:
    """Record a set of genomes that can be cited.

    Example: sampan science set "First cluster" --genome CHNQT_00001232 --creator "Institute of Virology"
    """
    from sampan.desks.science.sets import record_set as act

    with opened(folder, person) as node:
        done = act(
            node.session,
            title,
            focal,
            creators=creators,
            background=background or (),
            description=description,
            licence=licence,
            doi=doi,
            number=number,
        )
    _report(done, json)


@science_app.command("sets")
def list_sets(folder: NodeFolder = HERE, person: As = OFFICER, json: Json = False) -> None:
    """List the sets.

    Example: sampan science sets
    """
    from sampan.desks.science.sets import list_sets as view

    with opened(folder, person) as node:
        _show(view(node.session), json, "number edition title year focal background visible doi")


@science_app.command("datacite")
def datacite(
    number: Annotated[str, typer.Argument(help="Of the set.")],
    folder: NodeFolder = HERE,
    person: As = OFFICER,
) -> None:
    """Print the description of a set as DataCite takes it.

    Example: sampan science datacite S-0001 > set.json
    """
    from sampan.desks.science.sets import datacite as view

    with opened(folder, person) as node:
        typer.echo(view(node.session, number).decode(), nl=False)


@science_app.command("register")
def record_work(
    title: Title,
    what: Annotated[str, typer.Option(help="dataset, preprint, article, protocol or software.")],
    licence: Annotated[str, typer.Option(help="SPDX identifier.")],
    doi: Annotated[str, typer.Option(help="As 10.1234/abc.")] = "",
    address: Annotated[str, typer.Option(help="Where it is, if it has no DOI.")] = "",
    holder: Annotated[str, typer.Option(help="Which office or institution has it.")] = "",
    linked: Annotated[list[str] | None, typer.Option("--linked", help="Accession or set; repeat it.")] = None,
    topics: Annotated[list[str] | None, typer.Option("--topic", help="Repeat it.")] = None,
    edition: Annotated[str, typer.Option(help="Of the work.")] = "1",
    number: Again = None,
    folder: NodeFolder = HERE,
    person: As = OFFICER,
    json: Json = False,
) -> None:
    """Record a dataset, preprint, article, protocol or program that is worth finding.

    Example: sampan science register "Primers, version 3" --what protocol --licence CC-BY-4.0 --doi 10.1234/abc
    """
    from typing import get_args

    from sampan.desks.science.works import record_work as act
    from sampan.records.science_exchange import WorkKind

    with opened(folder, person) as node:
        done = act(
            node.session,
            title,
            one_of(what, get_args(WorkKind), "--what"),
            licence=licence,
            doi=doi,
            address=address,
            holder=holder,
            linked=linked or (),
            topics=topics or (),
            edition=edition,
            number=number,
        )
    _report(done, json)


@science_app.command("works")
def works(folder: NodeFolder = HERE, person: As = OFFICER, json: Json = False) -> None:
    """List datasets, preprints, articles, protocols and programs.

    Example: sampan science works
    """
    from sampan.desks.science.works import works as view

    with opened(folder, person) as node:
        _show(view(node.session), json, "number edition what title licence doi address linked")


@science_app.command("focal")
def record_focal_point(
    country: Annotated[str, typer.Argument(help="Its name or code.")],
    topic: Annotated[str, typer.Argument(help="As sequencing, vaccines, diagnostics.")],
    office: Annotated[str, typer.Option(help="Which office answers; no person.")],
    role: Annotated[str, typer.Option(help="In what role.")],
    reach: Annotated[str, typer.Option(help="The office's mail address, page or telephone.")],
    ended: Annotated[bool, typer.Option("--ended", help="It answers no more.")] = False,
    folder: NodeFolder = HERE,
    person: As = OFFICER,
    json: Json = False,
) -> None:
    """Record which office answers for a topic in a country.

    Example: sampan science focal Italy sequencing --office "National lab" --role "focal point" --reach lab@example.org
    """
    from sampan.desks.science.focal_points import record_focal_point as act

    with opened(folder, person) as node:
        done = act(node.session, country, topic, office=office, role=role, reach=reach, ended=ended)
    _report(done, json)


@science_app.command("focal-points")
def focal_points(
    country: Annotated[str | None, typer.Option(help="Of one.", show_default="all")] = None,
    topic: Annotated[str | None, typer.Option(help="On one.", show_default="all")] = None,
    folder: NodeFolder = HERE,
    person: As = OFFICER,
    json: Json = False,
) -> None:
    """List the focal points.

    Example: sampan science focal-points --topic sequencing
    """
    from sampan.desks.science.focal_points import focal_points as view

    with opened(folder, person) as node:
        _show(view(node.session, country, topic), json, "country topic office role reach")


@science_app.command("project")
def record_project(
    title: Title,
    what: Annotated[str, typer.Option(help="vaccine, medicine, diagnostics, sequencing or other.")],
    partners: Annotated[list[str], typer.Option("--partner", help="A country or organisation; repeat it.")],
    agreement: Annotated[str, typer.Option(help="Its reference.")] = "",
    service: Annotated[
        bool, typer.Option("--service", help="A technical service, not joint research.")
    ] = False,
    begins: OnDay = None,
    ends: OnDay = None,
    milestones: Annotated[
        list[str] | None, typer.Option("--milestone", metavar="NAME=DATE", help="Repeat it.")
    ] = None,
    linked_sets: Annotated[list[str] | None, typer.Option("--set", help="A set; repeat it.")] = None,
    linked_works: Annotated[list[str] | None, typer.Option("--work", help="A work; repeat it.")] = None,
    number: Again = None,
    folder: NodeFolder = HERE,
    person: As = OFFICER,
    json: Json = False,
) -> None:
    """Record a joint project, or a technical service.

    Example: sampan science project "Vaccine" --what vaccine --partner Italy --milestone "phase 1=2020-06-01"
    """
    from typing import get_args

    from sampan.desks.science.projects import record_project as act
    from sampan.records.science_exchange import Milestone, ProjectKind

    parted = [text.rpartition("=") if "=" in text else (text, "", "") for text in milestones or ()]
    with opened(folder, person) as node:
        done = act(
            node.session,
            title,
            one_of(what, get_args(ProjectKind), "--what"),
            partners,
            agreement=agreement,
            service=service,
            begins=day_of(begins),
            ends=day_of(ends),
            milestones=[Milestone(name=name, due=_due(due)) for name, _, due in parted],
            linked_sets=linked_sets or (),
            linked_works=linked_works or (),
            number=number,
        )
    _report(done, json)


@science_app.command("projects")
def projects(folder: NodeFolder = HERE, person: As = OFFICER, json: Json = False) -> None:
    """List joint projects and services, with how far they are.

    Example: sampan science projects
    """
    from sampan.desks.science.projects import projects as view

    with opened(folder, person) as node:
        found = view(node.session)
    if json:
        as_json(found)
        return
    table(
        ["number", "what", "title", "partners", "state", "milestones"],
        [
            [p.number, p.what, p.title, p.partners, p.state, [f"{m.name}: {m.state}" for m in p.milestones]]
            for p in found
        ],
    )


@science_app.command("progress")
def progress(
    number: Annotated[str, typer.Argument(help="Of the project.")],
    step: Annotated[str, typer.Argument(help="reached, missed or ended.")],
    milestone: Annotated[str, typer.Option(help="Which.")] = "",
    note: Annotated[str, typer.Option(help="In a few words.")] = "",
    folder: NodeFolder = HERE,
    person: As = OFFICER,
    json: Json = False,
) -> None:
    """Record that a milestone was reached or missed, or that a project ended.

    Example: sampan science progress P-0001 reached --milestone "phase 1"
    """
    from sampan.desks.science.projects import move_project

    with opened(folder, person) as node:
        chosen = one_of(step, ("reached", "missed", "ended"), "step")
        _report(move_project(node.session, number, chosen, milestone=milestone, note=note), json)


@science_app.command("primers")
def watch_primers(
    file: Annotated[
        Path | None,
        typer.Argument(help="A table: name, sequence, start, strand.", show_default="show what is watched"),
    ] = None,
    virus: Virus = None,
    folder: NodeFolder = HERE,
    person: As = OFFICER,
    json: Json = False,
) -> None:
    """Set which primers and probes are watched from now on, or show them. A table with a header alone ends the watch.

    Example: sampan science primers primers.tsv
    """
    from sampan.core.files import read_bytes
    from sampan.desks.science import watching

    with opened(folder, person) as node:
        if file is None:
            _show(watching.watched_primers(node.session, virus), json, "virus oligo letters position strand")
        else:
            data = read_bytes(file)
            _report(watching.watch_primers(node.session, data, name=file.name, virus=virus), json)


@science_app.command("watch")
def watch(
    least: Annotated[int, typer.Option(min=1, help="Genomes for an alert.")] = 20,
    false_share: Annotated[float, typer.Option(help="Share of false alarms about growth.")] = 0.05,
    mismatch: Annotated[float, typer.Option(help="Share of mismatches for an alert.")] = 0.1,
    warn_days: Annotated[int, typer.Option(help="Before terms end.")] = 14,
    after_days: Annotated[int, typer.Option(help="After which an alert goes up.")] = 3,
    virus: Annotated[str | None, typer.Option(help="One alone.", show_default="all")] = None,
    folder: NodeFolder = HERE,
    person: As = OFFICER,
    json: Json = False,
) -> None:
    """Look for what grows, watched primers that no longer fit and what is about to end; escalate what nobody took.

    Example: sampan science watch
    """
    from sampan.desks.science.alerts import raise_alerts

    with opened(folder, person) as node:
        done = raise_alerts(
            node.session,
            virus=virus,
            least=least,
            false_share=false_share,
            mismatch=mismatch,
            warn_days=warn_days,
            after_days=after_days,
        )
    _report(done, json)


@science_app.command("alerts")
def alerts(
    all_: Annotated[bool, typer.Option("--all", help="Closed ones too.")] = False,
    folder: NodeFolder = HERE,
    person: As = OFFICER,
    json: Json = False,
) -> None:
    """Show what waits, what is overdue first.

    Example: sampan science alerts
    """
    from sampan.desks.science.alerts import alerts as view

    with opened(folder, person) as node:
        _show(view(node.session, open_only=not all_), json, "number state day about place says by")


@science_app.command("digest")
def digest(folder: NodeFolder = HERE, person: As = OFFICER, json: Json = False) -> None:
    """Show all that waits in one piece: each primer, lineage and mutation with its places, what is overdue first.

    Example: sampan science digest
    """
    from sampan.desks.science.alerts import digest as view

    with opened(folder, person) as node:
        found = view(node.session)
    if json:
        as_json(found)
        return
    for each in found.subjects:
        whole = f" ({each.count:,} of {each.covered:,}, {each.share:.0%})" if each.share is not None else ""
        table(
            ["alert", "state", "place", "count", "covered", "share", "first seen"],
            [
                [
                    one.number,
                    one.state,
                    one.place or None,
                    one.count,
                    one.covered,
                    None if one.share is None else f"{one.share:.0%}",
                    one.day,
                ]
                for one in each.alerts
            ],
            title=f"{each.about}: {each.subject}{whole}, first seen {each.first_seen}",
        )
    said(
        f"{found.overdue:,} overdue, {found.open:,} open, {found.acknowledged:,} in hand."
        if found.subjects
        else "Nothing waits."
    )


@science_app.command("alert")
def move_alert(
    number: Annotated[str, typer.Argument(help="Of the alert.")],
    step: Annotated[str, typer.Argument(help="acknowledged, escalated or closed.")],
    to: Annotated[str, typer.Option(help="A role or an office.")] = "",
    note: Annotated[str, typer.Option(help="In a few words.")] = "",
    folder: NodeFolder = HERE,
    person: As = OFFICER,
    json: Json = False,
) -> None:
    """Take an alert in hand, pass it up, or close it.

    Example: sampan science alert A-0001 acknowledged --note "primers ordered"
    """
    from typing import get_args

    from sampan.desks.science.alerts import move_alert as act
    from sampan.records.science_exchange import AlertStepKind

    with opened(folder, person) as node:
        _report(
            act(node.session, number, one_of(step, get_args(AlertStepKind), "step"), to=to, note=note), json
        )


def _due(text: str) -> date | None:
    """The day of a milestone. Raises InputError if it is none."""
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise InputError(
            f'"{text[:20]}" is no day.', field="--milestone", way_out="Write NAME=2020-06-01."
        ) from None


def _show(rows: list[Any], json: bool, names: str) -> None:
    """A list, as a table or as JSON."""
    if json:
        as_json(rows)
        return
    table(names.split(), [[getattr(row, name) for name in names.split()] for row in rows])
    if not rows:
        said("There is none yet.")


def _report(done: Any, json: bool) -> None:
    """Says what an act wrote."""
    if json:
        as_json(done)
    else:
        said(f"{done.said}.")

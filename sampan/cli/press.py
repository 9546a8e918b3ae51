"""Commands ``brief …``: what we tell the public, from the ledger's figures to what is released."""

from __future__ import annotations

import sys
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sampan.cli.options import HERE, OFFICER, As, Json, NodeFolder, opened
from sampan.cli.say import as_json, said, table

if TYPE_CHECKING:
    from sampan.desks.press.drafts import Overtaken, Written
    from sampan.records.press import Change

PRESS = "press"

brief_app = typer.Typer(
    help="Tell the public what was done for whom, and how the epidemic stands.", rich_markup_mode="markdown"
)


def register(app: typer.Typer) -> None:
    """Adds the commands to the command line."""
    app.add_typer(brief_app, name="brief")


Day = Annotated[
    datetime, typer.Argument(metavar="DAY", formats=["%Y-%m-%d"], help="The day that the brief speaks of.")
]
ByPress = Annotated[str, typer.Option("--as", envvar="SAMPAN_USER", metavar="HANDLE", help="Who is asking.")]
In = Annotated[str, typer.Option("--language", help="ar, zh, en, fr, ru or es.")]


@brief_app.callback(invoke_without_command=True)
def brief(
    context: typer.Context,
    folder: NodeFolder = HERE,
    person: As = OFFICER,
    day: Annotated[
        datetime | None, typer.Option("--as-of", formats=["%Y-%m-%d"], help="The day that it speaks of.")
    ] = None,
    known_by: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="As we knew it at the end of this day.")
    ] = None,
    language: Annotated[str, typer.Option(help="ar, zh, en, fr, ru or es.")] = "en",
    out: Annotated[Path | None, typer.Option(help="Write it: FILE.html, FILE.md or FILE.pdf.")] = None,
    json: Json = False,
) -> None:
    """Tell the public what was done for whom, and how the epidemic stands.

    By itself it shows the figures of the ledger as they are; the commands make a brief that is released.

    Examples: sampan brief; sampan brief --as-of 2020-03-26 --language fr --out brief.html
    """
    if context.invoked_subcommand is not None:
        return
    from sampan.cli.control import end_of_day
    from sampan.core.errors import InputError
    from sampan.core.files import write_whole
    from sampan.core.languages import parse_language
    from sampan.desks.press import asked, render
    from sampan.desks.press.sections import document

    if out is not None and out.suffix not in (".html", ".md", ".pdf"):
        raise InputError(
            f"A brief cannot be written as {out.suffix or 'that'}.", way_out="Use .html, .md or .pdf."
        )
    spoken = parse_language(language)
    with opened(folder, person) as node:
        wanted = day.date() if day else node.session.today()
        written = asked.brief(node.session, day=wanted, known_on=end_of_day(known_by))
    if written.outbreak:
        _say_age(written.outbreak.last_day, wanted)
    if json:
        as_json(written)
    elif out is None:
        sys.stdout.write(render.render(written, "md", spoken))
    if out is not None:
        made = document(written, spoken)
        pages = {
            ".html": lambda: render.page(made, written.home).encode(),
            ".md": lambda: render.text(made).encode(),
            ".pdf": lambda: render.paper(made),
        }
        write_whole(out, pages[out.suffix]())
        said(f"Wrote {out}.")


def _say_age(last_day: date, day: date) -> None:
    """Warns of figures that are older than a week on the day that the brief speaks of."""
    age = (day - last_day).days
    if age > 7:
        said(f"The figures end on {last_day}, {age} days before the day of this brief: load newer ones.")


@brief_app.command()
def draft(
    day: Day,
    out: Annotated[Path | None, typer.Option(help="Write the words to FILE.toml, to be edited.")] = None,
    folder: NodeFolder = HERE,
    person: ByPress = PRESS,
    json: Json = False,
) -> None:
    """Begin the brief of a day, with the figures as they are known now.

    Example: sampan brief draft 2020-03-26 --out words.toml
    """
    from sampan.desks.press import drafts

    with opened(folder, person) as node:
        _report(drafts.draft(node.session, day.date()), json)
        if out:
            _write_words(node.session, day.date(), out)


@brief_app.command()
def edit(
    day: Day,
    file: Annotated[
        Path | None, typer.Argument(metavar="FILE.toml", help="The words, edited.", show_default=False)
    ] = None,
    out: Annotated[Path | None, typer.Option(help="Write the words as they stand to FILE.toml.")] = None,
    folder: NodeFolder = HERE,
    person: ByPress = PRESS,
    json: Json = False,
) -> None:
    """Take the words out to be edited, or hand edited ones in as a new revision.

    If somebody has edited them meanwhile nothing is written, and both versions are shown.

    Examples: sampan brief edit 2020-03-26 --out words.toml; sampan brief edit 2020-03-26 words.toml
    """
    from sampan.core.errors import InputError
    from sampan.core.files import read_bytes
    from sampan.desks.press import drafts, words_file

    if (file is None) == (out is None):
        raise InputError("Nothing to do.", way_out="Give a FILE.toml to hand in, or --out FILE.toml.")
    with opened(folder, person) as node:
        if out is not None:
            _write_words(node.session, day.date(), out)
        elif file is not None:
            words, revision = words_file.read(read_bytes(file), name=str(file))
            try:
                _report(drafts.edit(node.session, day.date(), words, revision=revision), json)
            except drafts.Overtaken as fault:
                _show_both(fault)
                raise


@brief_app.command()
def show(
    day: Day,
    language: In = "en",
    folder: NodeFolder = HERE,
    person: As = OFFICER,
    json: Json = False,
) -> None:
    """Show the draft as it would be released, how it stands, and what keeps it from being released.

    Example: sampan brief show 2020-03-26 --language ru
    """
    from sampan.core.languages import parse_language
    from sampan.desks.press import drafts, render
    from sampan.desks.press.standing import standing

    spoken = parse_language(language)
    with opened(folder, person) as node:
        stands = standing(node.session, day.date())
        last = drafts.newest(node.session, day.date())
        words, known = drafts.words_of(node.session, last), drafts.known(node.session, last)
    if json:
        as_json(stands)
        return
    sys.stdout.write(render.render(known, "md", spoken, words))
    by = f", reviewed by {stands.reviewed_by}" if stands.reviewed_by else ""
    said(f"Revision {stands.revision} by {stands.by}{by}: {stands.state}. {stands.note}".strip())
    for fault in stands.missing:
        said(fault)
    _offer(day.date(), stands.changed)


@brief_app.command()
def review(
    day: Day,
    revision: Annotated[int, typer.Option(help="The revision that you have read.")],
    agree: Annotated[bool, typer.Option("--agree/--send-back", help="What you say of it.")],
    note: Annotated[str, typer.Option(help="Why.")] = "",
    folder: NodeFolder = HERE,
    person: ByPress = PRESS,
    json: Json = False,
) -> None:
    """Agree to a draft that somebody else wrote, or send it back.

    Example: sampan brief review 2020-03-26 --revision 2 --agree --as director
    """
    from sampan.desks.press import releasing

    with opened(folder, person) as node:
        done = releasing.review(node.session, day.date(), revision=revision, approve=agree, note=note)
        _report(done, json)


@brief_app.command()
def release(day: Day, folder: NodeFolder = HERE, person: ByPress = PRESS, json: Json = False) -> None:
    """Release the brief in six languages, once a second person has agreed to it.

    Example: sampan brief release 2020-03-26
    """
    from sampan.desks.press import releasing

    with opened(folder, person) as node:
        _report(releasing.release(node.session, day.date()), json)


@brief_app.command()
def correct(
    day: Day,
    reason: Annotated[
        str, typer.Option(help="Why it is corrected: readers see it.", show_default="only show what changed")
    ] = "",
    folder: NodeFolder = HERE,
    person: ByPress = PRESS,
    json: Json = False,
) -> None:
    """Show which released figures are known otherwise now; with a reason, begin a correction.

    Example: sampan brief correct 2020-03-26 --reason "Italy confirmed after the brief."
    """
    from sampan.desks.press import drafts
    from sampan.desks.press.standing import changed

    with opened(folder, person) as node:
        found = changed(node.session, day.date())
        if reason:
            _report(drafts.correct(node.session, day.date(), reason=reason), json)
    if json and not reason:
        as_json(found)
        return
    table(
        ["figure", "released", "known now", "entries"],
        [[each.figure, each.old, each.new, list(each.entries)] for each in found],
    )
    if not found:
        said("Every released figure is known as it was released.")


@brief_app.command("list")
def list_(folder: NodeFolder = HERE, person: As = OFFICER, json: Json = False) -> None:
    """List the briefs with how each stands, and those that want a correction.

    Example: sampan brief list
    """
    from sampan.desks.press.standing import standings

    with opened(folder, person) as node:
        found = standings(node.session)
    if json:
        as_json(found)
        return
    table(
        ["day", "state", "revision", "by", "reviewed by", "versions", "figures changed since"],
        [
            [each.day, each.state, each.revision, each.by, each.reviewed_by, each.versions, len(each.changed)]
            for each in found
        ],
    )
    if not found:
        said("No brief has been begun: sampan brief draft DAY")


@brief_app.command()
def pdf(
    day: Day,
    language: In = "en",
    out: Annotated[Path | None, typer.Option(help="FILE.pdf", show_default="brief-DAY-LANGUAGE.pdf")] = None,
    folder: NodeFolder = HERE,
    person: As = OFFICER,
) -> None:
    """Write a brief as PDF: as it was released, or else with the figures of the ledger.

    Example: sampan brief pdf 2020-03-26 --language ar
    """
    from sampan.core.files import write_whole
    from sampan.core.languages import parse_language
    from sampan.desks.press import asked, render
    from sampan.desks.press.released import kept_page, releases, said_in
    from sampan.desks.press.sections import document

    spoken = parse_language(language)
    with opened(folder, person) as node:
        versions = releases(node.session.ledger).get(day.date())
        if versions:
            made = kept_page(node.session, versions[-1], spoken, "pdf") or render.paper(
                said_in(node.session, versions[-1], spoken)
            )
        else:
            made = render.paper(document(asked.brief(node.session, day=day.date()), spoken))
    path = out or Path(f"brief-{day.date()}-{spoken}.pdf")
    write_whole(path, made)
    said(f"Wrote {path}.")
    if not versions:
        said("These are the figures of the ledger: no brief of this day has been released.")


def _report(done: Written, json: bool) -> None:
    if json:
        as_json(done)
    else:
        said(f"{done.said}: entry {done.entry}")


def _write_words(session: object, day: date, out: Path) -> None:
    from sampan.access.session import Session
    from sampan.core.files import write_whole
    from sampan.desks.press import drafts, words_file
    from sampan.desks.press.sections import SECTIONS

    assert isinstance(session, Session)
    last = drafts.newest(session, day)
    words = drafts.words_of(session, last)
    write_whole(out, words_file.write(words, revision=last.number, sections=SECTIONS))
    said(f"Wrote {out}: edit it, then: sampan brief edit {day} {out}")


def _show_both(fault: Overtaken) -> None:
    """The two versions as a difference, so that nothing anybody wrote is lost."""
    from difflib import unified_diff

    from sampan.desks.press import words_file
    from sampan.desks.press.sections import SECTIONS

    theirs, yours = (
        words_file.write(words, revision=fault.revision.number, sections=SECTIONS).decode().splitlines()
        for words in (fault.theirs, fault.yours)
    )
    sys.stdout.write("\n".join(unified_diff(theirs, yours, "theirs", "yours", n=1, lineterm="")) + "\n")


def _offer(day: date, changed: tuple[Change, ...]) -> None:
    if changed:
        names = ", ".join(each.figure for each in changed[:8])
        said(f"Known otherwise since it was released: {names}. See: sampan brief correct {day}")

"""How does a brief look on a page, and in a file that prints as it reads?"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from importlib import resources
from typing import Protocol, cast

from markupsafe import Markup, escape

from sampan.core.languages import direction
from sampan.desks.press.document import (
    Block,
    Column,
    Document,
    Names,
    Paragraph,
    Part,
    Run,
    Runs,
    Table,
    Tiles,
    Verbatim,
    plain_text,
)


class Links(Protocol):
    """Where a page leads from a brief; a brief in a file leads nowhere."""

    def figure(self, day: str, name: str) -> str:
        """To the list behind a figure."""

    def party(self, code: str) -> str:
        """To a country or an organisation."""

    def batch(self, number: int | str) -> str:
        """To a batch."""

    def entry(self, id: str) -> str:
        """To an entry of the ledger."""


def page(said: Document, warning: str, home: str) -> str:
    """The brief as a whole page with its style in it; ``warning`` is the sentence that goes with an exercise."""
    told = f"{said.exercise} – " if said.exercise else ""
    banner = (
        Markup('<p class="exercise" role="note">{0} – {0} – {0}<br>{1}</p>\n').format(said.exercise, warning)
        if said.exercise
        else ""
    )
    return Markup(
        '<!doctype html>\n<html lang="{}" dir="{}">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        "<title>{}{} – {}</title>\n<style>\n{}</style>\n</head>\n<body>\n{}<main>\n{}</main>\n</body>\n</html>\n"
    ).format(
        said.language,
        direction(said.language),
        told,
        plain_text(said.title),
        home,
        Markup(_style()),
        banner,
        body(said, None),
    )


def body(said: Document, links: Links | None) -> Markup:
    """The brief as what stands in a page's main element; figures and names lead where ``links`` says."""
    writing = _Writing(said.day.isoformat(), links)
    head = Markup('<header>\n<h1>{}</h1>\n<p class="quiet">{}</p>\n</header>\n').format(
        writing.runs(said.title), said.subtitle
    )
    return head + parts(said, links)


def parts(said: Document, links: Links | None) -> Markup:
    """The brief less its title, for a page that has one of its own."""
    writing = _Writing(said.day.isoformat(), links)
    return Markup("").join(writing.part(part) for part in said.parts)


@cache
def _style() -> str:
    return resources.files("sampan.desks.press").joinpath("templates", "sampan.css").read_text("utf-8")


class _Writing:
    """Writes the blocks of one brief."""

    def __init__(self, day: str, links: Links | None) -> None:
        self._day, self._links = day, links

    def part(self, part: Part) -> Markup:
        heading = Markup("<h2>{}</h2>\n").format(self.runs(part.heading)) if part.heading else ""
        blocks = Markup("").join(self.block(block) for block in part.blocks)
        return Markup("<section>\n{}{}</section>\n").format(heading, blocks)

    def block(self, block: Block) -> Markup:
        writer = cast(Callable[[Block], Markup], getattr(self, block.block))
        return writer(block)

    def paragraph(self, said: Paragraph) -> Markup:
        if said.tone == "lead":
            return Markup('<p class="lead"><strong>{}</strong></p>\n').format(self.runs(said.runs))
        tone = Markup(' class="quiet"') if said.tone else ""
        return Markup("<p{}>{}</p>\n").format(tone, self.runs(said.runs))

    def tiles(self, said: Tiles) -> Markup:
        each = (Markup("<li><b>{}</b>{}</li>\n").format(self.run(run), label) for run, label in said.tiles)
        return Markup('<ul class="tiles">\n{}</ul>\n').format(Markup("").join(each))

    def table(self, said: Table) -> Markup:
        heads = (
            Markup('<th scope="col"{}>{}</th>').format(_class("n" if column.kind == "n" else ""), column.text)
            for column in said.columns
        )
        rows = [self._row(said.columns, row) for row in said.rows]
        if not rows:
            rows = [Markup('<tr><td colspan="{}">{}</td></tr>\n').format(len(said.columns), said.empty)]
        return Markup(
            '<div class="scroll" tabindex="0" role="region" aria-label="{0}"><table>\n<caption>{0}</caption>\n'
            "<thead><tr>{1}</tr></thead>\n<tbody>\n{2}</tbody></table></div>\n"
        ).format(said.caption, Markup("").join(heads), Markup("").join(rows))

    def _row(self, columns: tuple[Column, ...], row: tuple[Runs, ...]) -> Markup:
        first = Markup('<th scope="row"{}>{}</th>').format(
            _class("n" if columns[0].kind == "n" else ""), self.runs(row[0])
        )
        rest = (
            Markup("<td{}>{}</td>").format(_class(column.kind), self.runs(cell))
            for column, cell in zip(columns[1:], row[1:], strict=True)
        )
        return Markup("<tr>{}{}</tr>\n").format(first, Markup("").join(rest))

    def names(self, said: Names) -> Markup:
        return Markup("<details{}><summary>{}</summary><p>{}</p></details>\n").format(
            Markup(" open") if said.open else "", self.runs(said.head), self.runs(said.names)
        )

    def verbatim(self, said: Verbatim) -> Markup:
        return Markup('<pre tabindex="0" role="region" aria-label="{}">{}</pre>\n').format(
            said.label, said.text
        )

    def runs(self, runs: Runs) -> Markup:
        return Markup("").join(self.run(run) for run in runs)

    def run(self, run: Run) -> Markup:
        text = escape(run.text)
        if run.value is not None:
            text = Markup('<data value="{}">{}</data>').format(_value(run.value), text)
        elif run.day is not None:
            text = Markup('<time datetime="{}">{}</time>').format(run.day.isoformat(), text)
        if run.tone in ("code", "foreign"):
            text = Markup("<code>{}</code>" if run.tone == "code" else "<bdi>{}</bdi>").format(text)
        elif run.tone:
            text = Markup('<span class="{}">{}</span>').format(run.tone, text)
        if run.to and self._links:
            text = Markup('<a href="{}">{}</a>').format(self._address(*run.to), text)
        return text

    def _address(self, kind: str, name: str) -> str:
        assert self._links is not None
        if kind == "figure":
            return self._links.figure(self._day, name)
        leads = {"party": self._links.party, "batch": self._links.batch, "entry": self._links.entry}
        return leads[kind](name)


def _class(kind: str) -> Markup | str:
    return Markup(' class="{}"').format(kind) if kind else ""


def _value(value: float) -> str:
    """A whole number without a point."""
    return str(int(value)) if value == int(value) else repr(value)

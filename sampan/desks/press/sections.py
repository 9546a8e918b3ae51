"""Which sections has a brief, in which order, and what stands in each?"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from sampan.core.languages import Language
from sampan.desks.control.situation import PlaceSituation
from sampan.desks.press.beyond_goods import MoneyTotal
from sampan.desks.press.brief import Brief, HardHit, Outbreak
from sampan.desks.press.counted import Counted, ItemTotal
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
)
from sampan.desks.press.registered import REGISTERED, telling
from sampan.desks.press.sentences import Sentences
from sampan.desks.press.teller import Teller
from sampan.desks.press.words import NO_WORDS, Words, said_in

SECTIONS = (
    "opening",
    "assistance",
    "received",
    "situation",
    *(each.section for each in REGISTERED),
    "closing",
    "lists",
)
"""Every section by name, in the order in which they stand unless an officer orders them otherwise. The source
of the figures always comes last, and cannot be moved."""


def document(brief: Brief, language: Language, words: Words = NO_WORDS) -> Document:
    """The brief in one language: the figures in their sentences, and the officer's own words among them."""
    teller = Teller(language)
    writing = _Writing(brief, teller, Sentences(brief, teller))
    told = {name: _part(writing, words, name) for name in ordered(words.order)}
    gettext = teller.gettext
    title = said_in(words.headline, brief, teller)[:1]
    return Document(
        language=language,
        day=brief.day,
        title=title[0] if title else _title(brief, teller),
        subtitle=gettext("%(home)s: cooperation with the world in the epidemic")
        % {"home": teller.speech.party(brief.home)},
        exercise=gettext("EXERCISE") if brief.exercise else "",
        parts=(*(part for part in told.values() if part), _source(writing)),
    )


def _title(brief: Brief, teller: Teller) -> Runs:
    """Which day the brief is of; and where the figures of the epidemic are of an earlier one, of which they are."""
    if brief.outbreak is None or brief.outbreak.last_day == brief.day:
        return teller.sentence(teller.gettext("Brief of %(day)s"), day=teller.day(brief.day))
    said = teller.gettext("Brief of %(day)s, with the situation as of %(reported)s")
    return teller.sentence(said, day=teller.day(brief.day), reported=teller.day(brief.outbreak.last_day))


def ordered(order: Sequence[str]) -> tuple[str, ...]:
    """Every section: those that ``order`` names first, the others where they stand by themselves."""
    return tuple(dict.fromkeys((*(name for name in order if name in SECTIONS), *SECTIONS)))


@dataclass(frozen=True)
class _Writing:
    """The brief that is being written, and who says it."""

    brief: Brief
    teller: Teller
    said: Sentences


def _part(writing: _Writing, words: Words, name: str) -> Part | None:
    """One section with the officer's paragraphs at its head; None if there is nothing to say in it."""
    brief, teller = writing.brief, writing.teller
    own = tuple(Paragraph(runs) for runs in said_in(words.sections.get(name, {}), brief, teller))
    if name in _WRITERS:
        heading, blocks = _WRITERS[name](writing)
    elif name in brief.more:
        desk = telling(name)
        counts = {told.name: told.count for told in brief.more[name]}
        heading, blocks = (Run(desk.heading(teller)),), desk.says(counts, teller)
    else:
        heading, blocks = (), ()
    return Part(name, heading, (*own, *blocks)) if own or blocks else None


_Written = tuple[Runs, tuple[Block, ...]]


def _assistance(writing: _Writing) -> _Written:
    brief, teller, said = writing.brief, writing.teller, writing.said
    gettext = teller.gettext
    tiles = tuple(
        (teller.number(each.count, f"region-{number}"), teller.speech.term(each.what, "region"))
        for number, each in enumerate(brief.regions, 1)
    )
    blocks: list[Block] = [
        Paragraph(said.decided(), "lead"),
        Paragraph(said.confirmed(), "quiet"),
        Tiles((gettext("Region"), gettext("Countries")), tiles),
        Table(
            gettext("What was decided to be sent"),
            _heads(gettext("Item"), gettext("Units"), gettext("Recipients")),
            tuple(_item(teller, each, "item") for each in brief.items),
            gettext("Nothing has been decided yet."),
        ),
    ]
    if brief.delivered:
        columns = _heads(gettext("Item"), gettext("Units"), gettext("Recipients"))
        rows = tuple(_item(teller, each, "delivered") for each in brief.delivered)
        blocks.append(Table(gettext("What recipients have signed for"), columns, rows))
    blocks += _batches(writing)
    if brief.teams:
        blocks.append(Paragraph(said.teams(brief.teams)))
    if brief.paid:
        columns = _heads(gettext("Currency"), gettext("Amount"), gettext("Recipients"))
        blocks.append(Table(gettext("Money paid"), columns, _money(teller, brief.paid, "paid")))
    return (Run(gettext("Assistance")),), tuple(blocks)


def _batches(writing: _Writing) -> list[Block]:
    teller = writing.teller
    gettext = teller.gettext
    rows = tuple(
        (
            (replace(teller.number(each.number), to=("batch", str(each.number))),),
            (teller.day(each.day),),
            (teller.number(each.recipients),),
            (teller.number(each.first_time),),
        )
        for each in writing.brief.batches
    )
    columns = (
        Column(gettext("Batch"), "n"),
        Column(gettext("Decided on")),
        Column(gettext("Recipients"), "n"),
        Column(gettext("For the first time"), "n"),
    )
    return [Table(gettext("Batch by batch"), columns, rows, gettext("No batch has been approved yet."))]


def _received(writing: _Writing) -> _Written:
    """What we were given, and our thanks."""
    got, teller, said = writing.brief.received, writing.teller, writing.said
    if got is None:
        return (), ()
    gettext = teller.gettext
    blocks: list[Block] = [Paragraph(said.helped_us(got), "lead"), Paragraph(said.thanks())]
    if got.items:
        columns = _heads(gettext("Item"), gettext("Units"), gettext("From how many"))
        rows = tuple(_item(teller, each, "received") for each in got.items)
        blocks.append(Table(gettext("Goods that have reached us"), columns, rows))
    if got.money:
        columns = _heads(gettext("Currency"), gettext("Amount"), gettext("From how many"))
        blocks.append(
            Table(gettext("Money that has reached us"), columns, _money(teller, got.money, "received"))
        )
    blocks += [_names(teller, gettext("Countries that helped us"), got.countries)]
    if got.organisations.count:
        blocks += [_names(teller, gettext("Organisations that helped us"), got.organisations)]
    return (Run(gettext("Help that we received")),), tuple(blocks)


def _situation(writing: _Writing) -> _Written:
    outbreak, teller, said = writing.brief.outbreak, writing.teller, writing.said
    if outbreak is None:
        return (), ()
    gettext = teller.gettext
    blocks: list[Block] = [Paragraph(said.abroad(outbreak))]
    if outbreak.home and outbreak.home.new_cases is not None:
        blocks.append(Paragraph(said.at_home(outbreak.home, outbreak)))
    blocks.append(Paragraph(said.caveat(), "quiet"))
    blocks += _abroad(outbreak, teller)
    heading = teller.sentence(gettext("Situation on %(day)s"), day=teller.day(outbreak.last_day))
    return heading, tuple(blocks)


def _abroad(outbreak: Outbreak, teller: Teller) -> list[Block]:
    """By number and by population, each named for what it shows."""
    gettext = teller.gettext
    tail = (Column(gettext("Reproduction number"), "interval"), Column(gettext("Phase")))
    new = Column(gettext("New in 7 days"), "n")
    country = Column(gettext("Country"))
    many = (country, new, Column(gettext("Change"), "n"), *tail)
    hard = (country, Column(gettext("For each 100,000 residents"), "n"), new, *tail)
    blocks: list[Block] = [
        Table(
            gettext("Most new cases abroad, by number"),
            many,
            tuple(_by_number(each, teller) for each in outbreak.most_new_cases),
        )
    ]
    if outbreak.hardest_hit:
        rows = tuple(_by_population(each, teller) for each in outbreak.hardest_hit)
        blocks.append(Table(gettext("Hardest hit abroad: most new cases for their population"), hard, rows))
    return blocks


def _by_number(row: PlaceSituation, teller: Teller) -> tuple[Runs, ...]:
    return (
        (teller.party(row.place),),
        (teller.number(row.new_cases),),
        (teller.change(row.change),),
        teller.interval(row),
        (Run(teller.speech.term(row.phase, "phase")),),
    )


def _by_population(hit: HardHit, teller: Teller) -> tuple[Runs, ...]:
    place, new, _, interval, phase = _by_number(hit.row, teller)
    return place, (teller.rate(hit.per_100_000),), new, interval, phase


def _lists(writing: _Writing) -> _Written:
    brief, teller = writing.brief, writing.teller
    gettext = teller.gettext
    regions = tuple(
        _names(teller, teller.speech.term(each.what, "region"), each, open_=bool(each.count))
        for each in brief.regions
    )
    blocks = (*regions, _names(teller, gettext("Organisations"), brief.organisations))
    return (Run(gettext("The lists behind the figures")),), blocks


def _nothing(writing: _Writing) -> _Written:  # noqa: ARG001
    """A section of the officer's words alone."""
    return (), ()


_WRITERS: dict[str, Callable[[_Writing], _Written]] = {
    "opening": _nothing,
    "assistance": _assistance,
    "received": _received,
    "situation": _situation,
    "closing": _nothing,
    "lists": _lists,
}


def _source(writing: _Writing) -> Part:
    """Where every figure comes from, and how to check it."""
    brief, teller = writing.brief, writing.teller
    gettext = teller.gettext
    runs = [
        *teller.sentence(
            gettext("Every figure is counted from the signed ledger of this node as of %(day)s."),
            day=teller.day(brief.day),
        ),
        Run(" "),
        Run(
            gettext(
                "On this site each figure leads to the list behind it, to the entries, and to the proof that "
                "each entry is in the ledger. In the office:"
            )
        ),
        Run(" "),
        Run("sampan ledger verify", tone="code"),
    ]
    blocks: list[Block] = [Paragraph(tuple(runs))]
    if brief.outbreak:
        entry = brief.outbreak.entry
        blocks.append(
            Paragraph(
                (
                    Run(gettext("Reported figures:")),
                    Run(" "),
                    _whose(teller, brief.outbreak.source, exercise=brief.exercise),
                    Run(" · "),
                    Run(entry, to=("entry", entry), tone="code"),
                )
            )
        )
    blocks.append(Verbatim(gettext("Checkpoint"), brief.checkpoint))
    return Part("source", (Run(gettext("Where this comes from")),), tuple(blocks))


def _whose(teller: Teller, source: str, *, exercise: bool) -> Run:
    """Whose the reported figures are: the code of a source, or words that say that they are an exercise's."""
    return Run(teller.speech.figures(source, exercise=exercise), tone="" if exercise else "foreign")


def _heads(first: str, *rest: str) -> tuple[Column, ...]:
    return (Column(first), *(Column(each, "n") for each in rest))


def _item(teller: Teller, each: ItemTotal, figure: str) -> tuple[Runs, ...]:
    unit = Run(teller.speech.beside("", teller.speech.term(each.unit, "unit")), tone="quiet")
    units = teller.number(each.units, f"{figure}-{each.item}")
    return (Run(teller.speech.item(each.item)), unit), (units,), (teller.number(each.recipients),)


def _money(teller: Teller, totals: Sequence[MoneyTotal], figure: str) -> tuple[tuple[Runs, ...], ...]:
    return tuple(
        (
            (Run(teller.speech.currency(each.currency)),),
            (teller.money(each.minor, each.currency, f"{figure}-{each.currency}"),),
            (teller.number(each.parties),),
        )
        for each in totals
    )


def _names(teller: Teller, head: str, listed: Counted, *, open_: bool = True) -> Names:
    begin, end = teller.speech.brackets
    return Names(
        (Run(f"{head}{begin}"), teller.number(listed.count), Run(end)), teller.parties(listed.codes), open_
    )

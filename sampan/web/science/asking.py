"""What does somebody ask of the genomes who fills in the form: a question, a lineage, a place, a span of days?

The parts become one question of the search's own grammar. Each part is read by itself first, so that what is wrong
is told beside its own field, and of the question with the place in it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from sampan.core.errors import InputError
from sampan.desks.science.search import Look
from sampan.web.asked import Asked

FIELDS = ("virus", "q", "lineage", "place", "since", "until")
"""The words of the form, as they stand in an address."""


@dataclass(frozen=True)
class Wrong:
    """What is wrong with one field: what, the way out, and of a question the 0-based place of the first wrong sign."""

    field: str
    what: str
    way_out: str
    position: int | None = None

    def fault(self) -> InputError:
        """The same, for programs."""
        return InputError(self.what, field=self.field, way_out=self.way_out)


@dataclass(frozen=True)
class Asking:
    """What was asked, word by word, and what was wrong with it. ``query`` is all of it in one question."""

    words: Mapping[str, str]
    query: str = ""
    wrong: tuple[Wrong, ...] = ()
    more: Mapping[str, str] = field(default_factory=dict)
    """What else the page was asked, beside the genomes."""

    @property
    def at(self) -> Mapping[str, Wrong]:
        """What is wrong, by field."""
        return {each.field: each for each in self.wrong}

    def other(self, **words: object) -> dict[str, str]:
        """The same with other words; one that is None or empty is left out."""
        said = {**self.words, **self.more, **{name: "" if w is None else str(w) for name, w in words.items()}}
        return {name: word for name, word in said.items() if word}


def asking(look: Look, asked: Asked, *, more: tuple[str, ...] = ()) -> Asking:
    """The question that an address asks of these genomes."""
    words = {name: asked.get(name, "").strip() for name in FIELDS}
    rest = {name: asked[name] for name in more if asked.get(name)}
    parts, wrong = [], []
    for name, text in _parts(words):
        try:
            look.grammar.read(text)
            parts.append(text)
        except InputError as fault:
            wrong.append(_wrong(name, fault))
    found = Asking(words, "", tuple(wrong), rest)
    return found if wrong else replace(found, query=" & ".join(f"({part})" for part in parts))


def _parts(words: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Each field that says something, as a question."""
    if words["q"]:
        yield "q", words["q"]
    for name in ("lineage", "place"):
        if words[name]:
            yield name, f'{name}="{words[name].replace(chr(34), " ")}"'
    if words["since"]:
        yield "since", f'date>="{words["since"].replace(chr(34), " ")}"'
    if words["until"]:
        yield "until", f'date<="{words["until"].replace(chr(34), " ")}"'


def _wrong(name: str, fault: InputError) -> Wrong:
    """A fault beside its field. The grammar counts the place of a fault from 1, and names it in a part of its own."""
    position = fault.facts.get("position") if name == "q" else None
    what = fault.what if name == "q" else fault.what.partition(" Look at character ")[0]
    return Wrong(name, what, fault.way_out, position - 1 if isinstance(position, int) else None)

"""The second engine: DuckDB over plain Parquet rows, one row a mutation, and the same questions in SQL.

A question is a tree of tuples. ``text`` writes it for Sampan's grammar, ``Rows.sql`` for DuckDB; neither reads
what the other wrote.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
from hypothesis import strategies as st

from sampan.engines.genome_search.layout import Layout
from tests.genome_rows import CODES, PARENTS, Genome

Tree = tuple[Any, ...]


def _written(sign: str, parts: Sequence[Tree]) -> str:
    return "(" + sign.join(text(part) for part in parts) + ")"


def text(tree: Tree) -> str:
    """The question as a person writes it."""
    kind, *said = tree
    match kind:
        case "letter":
            track, position, symbol = said
            return f"{track + ':' if track else ''}{position}{symbol}"
        case "changed":
            return text(("letter", *said, ""))
        case "deleted":
            return f"{said[0]}-{said[1]}"
        case "inserted":
            track, position, pattern = said
            return f"ins_{track + ':' if track else ''}{position}:{pattern}"
        case "date":
            return f"date={said[0]}..{said[1]}"
        case "place":
            return f"place={said[0]}"
        case "lineage":
            return f"lineage={said[0]}{'*' if said[1] else ''}"
        case "not":
            return f"!{text(said[0])}"
        case "all":
            return _written(" & ", said[0])
        case "any":
            return _written(" | ", said[0])
        case "of":
            least, exactly, parts = said
            return f"[{'exactly-' if exactly else ''}{least}-of: {', '.join(map(text, parts))}]"
        case "maybe" | "exact":
            return f"{kind.upper()}({text(said[0])})"
    raise AssertionError(kind)


def family(name: str) -> frozenset[str]:
    """A lineage and all that descend from it."""
    found = {name}
    while more := {child for child, parent in PARENTS.items() if parent in found} - found:
        found |= more
    return frozenset(found)


class Rows:
    """The genomes as tables."""

    def __init__(self, genomes: Sequence[Genome], layout: Layout, folder: Path) -> None:
        self.layout = layout
        self.db = duckdb.connect()
        self.db.execute("SET threads = 1")
        for name, (columns, rows) in _tables(genomes).items():
            file = folder / f"{name}.parquet"
            values = list(zip(*rows, strict=True)) or [()] * len(columns)
            pq.write_table(
                pa.table(
                    {
                        c.split()[0]: pa.array(v, _TYPES[c.split()[1]])
                        for c, v in zip(columns, values, strict=True)
                    }
                ),
                file,
            )
            self.db.execute(f"CREATE VIEW {name} AS SELECT * FROM read_parquet('{file}')")
        tracks = [(name, p) for name, t in layout.tracks.items() for p in range(1, len(t.letters) + 1)]
        self.db.execute("CREATE TABLE site (track TEXT, pos INT)")
        self.db.executemany("INSERT INTO site VALUES (?, ?)", tracks)
        self.db.execute(
            """CREATE TABLE unread AS SELECT DISTINCT id, track, pos FROM (
                 SELECT id, track, pos FROM genome, site WHERE NOT aligned
                    OR (track = '' AND (pos < start OR pos > stop))
                 UNION ALL SELECT id, track, pos FROM miss, site WHERE track = '' AND pos BETWEEN a AND b
                 UNION ALL SELECT id, s.track, pos FROM aamiss m, site s
                    WHERE s.track = m.track AND pos BETWEEN a AND b
                 UNION ALL SELECT id, '', pos FROM amb)"""
        )

    def covered(self, fits: str) -> dict[tuple[str, int], int]:
        """Of how many of the fitting genomes each site was read."""
        found = self.fetch(
            f"""SELECT track, pos, (SELECT count(*) FROM ({fits})) - count(u.id) FROM site
                LEFT JOIN (SELECT * FROM unread WHERE id IN ({fits})) u USING (track, pos) GROUP BY ALL"""
        )
        return {(track, pos): n for track, pos, n in found}

    def fetch(self, sql: str) -> list[tuple[Any, ...]]:
        return self.db.execute(sql).fetchall()

    def where(self, tree: Tree, *, rank: int, day: date) -> str:
        """What is seen and fits, as a condition on a genome."""
        return f"rank <> 255 AND (rank <= {rank} OR opens <= DATE '{day}') AND ({self.sql(tree, 'called')})"

    def sql(self, tree: Tree, way: str) -> str:
        kind, *said = tree
        flipped = {"called": "called", "may": "must", "must": "may"}[way]
        match kind:
            case "not":
                return f"NOT ({self.sql(said[0], flipped)})"
            case "maybe":
                return self.sql(said[0], "may")
            case "exact":
                return self.sql(said[0], "must")
            case "all":
                return " AND ".join(f"({self.sql(part, way)})" for part in said[0])
            case "any":
                return " OR ".join(f"({self.sql(part, way)})" for part in said[0])
            case "of":
                least, exactly, parts = said
                many = f"({_sum([self.sql(part, way) for part in parts])}) >= {least}"
                if not exactly:
                    return many
                return f"{many} AND ({_sum([self.sql(part, flipped) for part in parts])}) <= {least}"
            case "date":
                first, last = (f"DATE '{each}'" for each in said)
                if way == "may":
                    return f"(first IS NULL OR (first <= {last} AND last >= {first}))"
                return f"coalesce(first >= {first} AND last <= {last}, false)"
            case "place":
                fits = f"(region = '{said[0]}' OR country = '{said[0]}' OR area = '{said[0]}')"
                return f"({fits} OR region = '')" if way == "may" else fits
            case "lineage":
                names = ", ".join(f"'{each}'" for each in (family(said[0]) if said[1] else {said[0]}))
                call, other = f"call IN ({names})", f"other IN ({names})"
                return {
                    "called": call,
                    "may": f"({call} OR {other} OR call = '')",
                    "must": f"({call} AND (other = '' OR {other}))",
                }[way]
        return self._letters(tree, way)

    def _letters(self, tree: Tree, way: str) -> str:
        kind, *said = tree
        may = way == "may"
        match kind:
            case "deleted":
                first, last = said
                whole = _has("del", f"a <= {first} AND b >= {last}")
                if not may:
                    return whole
                each = " AND ".join(
                    f"({_has('del', f'a <= {p} AND b >= {p}')} OR {self.missing('', p)})"
                    for p in range(first, last + 1)
                )
                return f"({whole} OR ({each}))"
            case "inserted":
                track, position, pattern = said
                like = pattern.replace("?", "%")
                has = _has("ins", f"track = '{track}' AND pos = {position} AND letters LIKE '{like}'")
                return f"({has} OR {self.missing(track, position)})" if may else has
            case "changed":
                track, position = said
                has = self.differs(track, position)
                return f"({has} OR {self.unknown(track, position)})" if may else has
        track, position, symbol = said
        reference = self.layout.tracks[track].letters[position - 1]
        here = f"track = '{track}' AND pos = {position}"
        if symbol == ("X" if track else "N"):
            return self.missing(track, position)
        if not track and symbol in CODES:
            return _has("amb", f"pos = {position} AND code = '{symbol}'")
        if symbol in (".", reference):
            if not may:
                return f"NOT ({self.differs(track, position)}) AND NOT ({self.unknown(track, position)})"
            ruled_out = [code for code, bases in CODES.items() if reference not in bases]
            out = _has("amb", f"pos = {position} AND code IN {tuple(ruled_out)}") if not track else "false"
            return f"NOT ({self.differs(track, position)}) AND NOT ({out})"
        has = _has("sub", f"{here} AND letter = '{symbol}'")
        if not track and symbol == "-":
            has = _has("del", f"a <= {position} AND b >= {position}")
        if not may:
            return has
        open_to = tuple(code for code, bases in CODES.items() if symbol in bases)
        could = _has("amb", f"pos = {position} AND code IN {open_to}") if open_to and not track else "false"
        return f"({has} OR {could} OR {self.missing(track, position)})"

    def differs(self, track: str, position: int) -> str:
        has = _has("sub", f"track = '{track}' AND pos = {position}")
        return has if track else f"({has} OR {_has('del', f'a <= {position} AND b >= {position}')})"

    def missing(self, track: str, position: int) -> str:
        if track:
            inside = _has("aamiss", f"track = '{track}' AND a <= {position} AND b >= {position}")
            return f"(NOT aligned OR {inside})"
        inside = _has("miss", f"a <= {position} AND b >= {position}")
        return f"(NOT aligned OR {position} < start OR {position} > stop OR {inside})"

    def unknown(self, track: str, position: int) -> str:
        missing = self.missing(track, position)
        return missing if track else f"({missing} OR {_has('amb', f'pos = {position}')})"


def _has(table: str, condition: str) -> str:
    return f"id IN (SELECT id FROM {table} WHERE {condition})"


def _sum(parts: Sequence[str]) -> str:
    return " + ".join(f"CAST(({part}) AS INT)" for part in parts)


_TYPES = {
    "int": pa.int32(), "day": pa.date32(), "text": pa.string(), "flag": pa.bool_(),
}  # fmt: skip


def _tables(genomes: Sequence[Genome]) -> dict[str, tuple[list[str], list[tuple[Any, ...]]]]:
    on = [(i, g) for i, g in enumerate(genomes) if g.aligned]
    every = []
    for i, g in enumerate(genomes):
        region, country, area = (*g.place.split("|"), "", "")[:3]
        call, _, other = g.lineage.partition(";")
        every.append(
            (
                i,
                g.first,
                g.last,
                region,
                country,
                area,
                call,
                other,
                g.rank,
                g.opens,
                g.aligned,
                g.start,
                g.end,
            )
        )
    subs = [(i, "", p, b) for i, g in on for p, b in g.substitutions.items()]
    amino = [(i, t, c, a) for i, g in on for (t, c), a in g.amino.items()]
    ins = [(i, "", p, t) for i, g in on for p, t in g.insertions.items()]
    aains = [(i, t, c, x) for i, g in on for (t, c), x in g.amino_insertions.items()]
    return {
        "genome": (
            ["id int", "first day", "last day", "region text", "country text", "area text", "call text",
             "other text", "rank int", "opens day", "aligned flag", "start int", "stop int"],
            every,
        ),
        "sub": (["id int", "track text", "pos int", "letter text"], subs + amino),
        "del": (["id int", "a int", "b int"], [(i, a, b) for i, g in on for a, b in g.deletions]),
        "ins": (["id int", "track text", "pos int", "letters text"], ins + aains),
        "miss": (["id int", "a int", "b int"], [(i, a, b) for i, g in on for a, b in g.missing]),
        "amb": (["id int", "pos int", "code text"], [(i, p, c) for i, g in on for p, c in g.ambiguous.items()]),
        "aamiss": (
            ["id int", "track text", "a int", "b int"], [(i, t, a, b) for i, g in on for t, a, b in g.unknown]
        ),
    }  # fmt: skip


def questions(layout: Layout) -> st.SearchStrategy[Tree]:
    """Any question, of any depth that a person might write."""
    length = len(layout.genome)
    spot = st.one_of(st.integers(18, 32), st.integers(55, 70), st.integers(1, length))
    sites = st.one_of(
        st.tuples(st.just(""), spot),
        *(
            st.tuples(st.just(name), st.one_of(st.integers(1, 6), st.integers(1, len(letters))))
            for name, letters in layout.peptides
        ),
    )
    days = st.dates(date(2019, 12, 25), date(2020, 6, 30))
    leaf = st.one_of(
        sites.flatmap(
            lambda at: st.tuples(
                st.just("letter"), st.just(at[0]), st.just(at[1]),
                st.sampled_from("ADEKNY*-.X" if at[0] else "ACGT-.NRYKM"),
            )
        ),
        sites.map(lambda at: ("changed", *at)),
        st.tuples(spot, st.integers(0, 6)).map(lambda r: ("deleted", r[0], min(r[0] + r[1], length))),
        sites.flatmap(
            lambda at: st.tuples(
                st.just("inserted"), st.just(at[0]), st.just(at[1]),
                st.text("EPK?" if at[0] else "ACGT?", min_size=1, max_size=4),
            )
        ),
        st.tuples(days, st.integers(0, 90)).map(lambda d: ("date", d[0], d[0] + timedelta(d[1]))),
        st.sampled_from(["Asia", "Europe", "CHN", "ITA", "CN-HB", "JPN", "Africa"]).map(lambda p: ("place", p)),
        st.tuples(st.just("lineage"), st.sampled_from(sorted({"B", *PARENTS})), st.booleans()),
    )  # fmt: skip

    def combined(parts: st.SearchStrategy[Tree]) -> st.SearchStrategy[Tree]:
        several = st.lists(parts, min_size=1, max_size=4)
        return st.one_of(
            parts.map(lambda part: ("not", part)),
            several.map(lambda each: ("all", each)),
            several.map(lambda each: ("any", each)),
            st.lists(parts, min_size=2, max_size=5).flatmap(
                lambda each: st.tuples(st.just("of"), st.integers(1, len(each)), st.booleans(), st.just(each))
            ),
            parts.map(lambda part: ("maybe", part)),
            parts.map(lambda part: ("exact", part)),
        )

    return st.recursive(leaf, combined, max_leaves=8)

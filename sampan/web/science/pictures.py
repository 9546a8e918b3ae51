"""How are counts, shares and a genome drawn, so that they also print, and read without colours?

Inline SVG without scripts and without styles of its own. A line has its own marker and dashes, a band its own
pattern, beside its colour. Time and the genome run from left to right in every language.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from babel.numbers import format_percent
from markupsafe import Markup, escape

from sampan.languages.speech import Speech
from sampan.web.science.views import Count, GenomeMap, Shares, Stem, whole_months

WIDTH, HEIGHT = 720, 300
LEFT, RIGHT, TOP, BOTTOM = 70, 12, 14, 34

MARKS = (
    "m-4-4h8v8h-8z",
    "m0-5 5 9h-10z",
    "m0-5.500 5.500 5.500-5.500 5.500-5.500-5.500z",
    "m-5-4h10l-5 9z",
    "m-4 0a4 4 0 1 0 8 0a4 4 0 1 0-8 0z",
    "m-1.500-5h3v3.500h3.500v3h-3.500v3.500h-3v-3.500h-3.500v-3h3.500z",
)
"""The marker of each line, around its point."""

HATCHES = (
    "",
    "M0 8L8 0",
    "M0 4H8",
    "M0 0L8 8",
    "M4 0V8",
    "M0 4H8M4 0V8",
    "M0 0L8 8M0 8L8 0",
    "M4 3v2",
)
"""The pattern of each band, in a square of eight; the first is plain."""

Line = tuple[str, Mapping[str, float]]
"""What a line is called, and its share in each month of which it is known."""


def share(spoken: Speech, value: float) -> str:
    """A share in per cent with one digit after the point, so that a rare thing is not none."""
    pattern = spoken.locale.percent_formats[None].pattern.replace("#,##0", "#,##0.0")
    return format_percent(value, pattern, locale=spoken.locale)


@dataclass(frozen=True)
class _Months:
    """Where a month and a part of the height lie on the picture."""

    months: Sequence[str]

    @property
    def step(self) -> float:
        return (WIDTH - LEFT - RIGHT) / len(self.months)

    def x(self, month: str) -> float:
        return round(LEFT + self.months.index(month) * self.step, 1)

    def middle(self, month: str) -> float:
        return round(self.x(month) + self.step / 2, 1)

    def axis(self) -> Iterator[str]:
        base = HEIGHT - BOTTOM
        yield f'<path class="axis" d="M{LEFT} {base}H{WIDTH - RIGHT}"/>'
        every = -(-len(self.months) // 6)
        for month in self.months[::every]:
            x = self.middle(month)
            yield f'<path class="axis" d="M{x} {base}v5"/>'
            yield f'<text class="tick" x="{x}" y="{base + 22}" text-anchor="middle">{month}</text>'


def _y(part: float) -> float:
    return round(HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * min(max(part, 0.0), 1.0), 1)


def _grid(top: float, say: Callable[[float], str]) -> Iterator[str]:
    for step in range(5):
        y = _y(step / 4)
        yield f'<path class="grid" d="M{LEFT} {y}H{WIDTH - RIGHT}"/>'
        if top * step / 4 == int(top * step / 4) or top <= 1:
            yield f'<text class="tick" x="{LEFT - 8}" y="{y + 4}" text-anchor="end">{say(top * step / 4)}</text>'


def bars(rows: Sequence[Count], spoken: Speech) -> Markup | None:
    """How many each month. None if no month is known."""
    counts = dict(rows)
    months = whole_months(counts)
    if not months:
        return None
    frame, top = _Months(months), _room(max(counts.get(month, 0) for month in months))
    width = round(frame.step * 0.8, 1)
    base = HEIGHT - BOTTOM
    drawn = "".join(
        f"M{frame.x(month)} {base}V{_y(counts[month] / top)}h{width}V{base}z"
        for month in months
        if month in counts
    )
    body = f'<path class="reported" d="{drawn}"/>'
    return Markup("".join([*_grid(top, lambda value: spoken.number(int(value))), body, *frame.axis()]))


def _room(count: int) -> int:
    """The next number of which a quarter is whole and easily said, and not much above the highest bar."""
    power = 1
    while True:
        for step in (4, 8, 12, 16, 20, 40, 60):
            if step * power >= count:
                return step * power
        power *= 10


def _round_up(count: float) -> int:
    """The next 4, 8, 20 or 40 times a power of ten, so that four steps are whole."""
    power = 1
    while True:
        for step in (4, 8, 20):
            if step * power >= count:
                return step * power
        power *= 10


def lines(series: Sequence[Line], spoken: Speech, *, threshold: float | None = None) -> Markup | None:
    """Shares by month. A month of which nothing is known parts a line. None if no month is known."""
    months = whole_months(month for _, points in series for month in points)
    if not months:
        return None
    frame = _Months(months)
    drawn = [*_grid(1.0, spoken.percent)]
    if threshold is not None:
        drawn.append(f'<path class="threshold" d="M{LEFT} {_y(threshold)}H{WIDTH - RIGHT}"/>')
    for number, (_, points) in enumerate(series):
        path, marks, before = "", "", False
        for month in months:
            if month in points:
                at = f"{frame.middle(month)} {_y(points[month])}"
                path += ("L" if before else "M") + at
                marks += f"M{at}{MARKS[number % len(MARKS)]}"
            before = month in points
        drawn.append(f'<path class="line s{number}" d="{path}"/><path class="mark s{number}" d="{marks}"/>')
    return Markup("".join([*drawn, *frame.axis()]))


def line_sign(number: int) -> Markup:
    """A line as the key shows it."""
    return Markup(
        f'<svg viewBox="0 0 36 14" aria-hidden="true"><path class="line s{number}" d="M0 7H36"/>'
        f'<path class="mark s{number}" d="M18 7{MARKS[number % len(MARKS)]}"/></svg>'
    )


def patterns() -> Markup:
    """The patterns of bands, once for each page that has some."""
    made = (
        f'<pattern id="p{i}" width="8" height="8" patternUnits="userSpaceOnUse"><path class="b{i}" d="M0 0h8v8H0z"/>'
        + (f'<path class="hatch" d="{hatch}"/>' if hatch else "")
        + "</pattern>"
        for i, hatch in enumerate(HATCHES)
    )
    return Markup(f"<defs>{''.join(made)}</defs>")


def band_sign(number: int) -> Markup:
    """A band as the key shows it."""
    shape = f'<path class="edge" fill="url(#p{number})" d="M1 1h26v14h-26z"/>'
    return Markup(f'<svg viewBox="0 0 28 16" aria-hidden="true">{shape}</svg>')


def bands(shares: Shares, spoken: Speech) -> Markup | None:
    """Lineages by month, one upon the other, as shares of the month's genomes. None if no month is known."""
    rows = dict(zip(shares.months, shares.counts, strict=True))
    months = whole_months(rows)
    if not months:
        return None
    frame = _Months(months)
    drawn = [str(patterns()), *_grid(1.0, spoken.percent)]
    for band in range(len(shares.lineages) + 1):
        path = ""
        for month in months:
            if row := rows.get(month):
                total = sum(row)
                low, high = sum(row[:band]) / total, sum(row[: band + 1]) / total
                if high > low:
                    path += f"M{frame.x(month)} {_y(low)}V{_y(high)}h{frame.step:.1f}V{_y(low)}z"
        number = band if band < len(shares.lineages) else len(HATCHES) - 1
        drawn.append(f'<path class="edge" fill="url(#p{number})" d="{path}"/>')
    return Markup("".join([*drawn, *frame.axis()]))


# The genome

LONG = 1000
_LEFT, _RIGHT = 60, 20
_STEMS, _LANE, _BAND = 190, 24, 44
_LABEL = 7.5
"""About as wide is a letter of a gene's name."""


@dataclass(frozen=True)
class Drawn:
    """A picture and its height."""

    svg: Markup
    height: int


def genome(it: GenomeMap, spoken: Speech, to: Callable[[Stem], str]) -> Drawn:
    """Stems for mutations, bars for deletions, the genes below, and the known share of the genomes at the bottom."""

    def x(site: float) -> float:
        return round(_LEFT + (LONG - _LEFT - _RIGHT) * site / max(it.length, 1), 1)

    lanes = max((gene.lane for gene in it.genes), default=-1) + 1
    base = TOP + _STEMS
    genes_at = base + 30
    band_at = genes_at + lanes * _LANE + 14
    parts = [str(patterns()), *_shares(base, spoken)]
    for stem in sorted(it.stems, key=lambda one: one.what != "deletion"):
        parts.append(_stem(stem, x, base, spoken, to(stem)))
    parts += _positions(it.length, x, base, spoken)
    parts += _genes(it, x, genes_at)
    parts += _known(it.covered, band_at, spoken)
    return Drawn(Markup("".join(parts)), band_at + _BAND + 12)


def _shares(base: int, spoken: Speech) -> Iterator[str]:
    for step in range(5):
        y = base - _STEMS * step / 4
        yield f'<path class="grid" d="M{_LEFT} {y}H{LONG - _RIGHT}"/>'
        yield f'<text class="tick" x="{_LEFT - 8}" y="{y + 4}" text-anchor="end">{spoken.percent(step / 4)}</text>'


def _stem(stem: Stem, x: Callable[[float], float], base: int, spoken: Speech, href: str) -> str:
    top = round(base - _STEMS * stem.share, 1)
    at = x(stem.begin + 0.5)
    if stem.what == "deletion":
        width = max(x(stem.end) - x(stem.begin), 4)
        shape = f'<path class="edge" fill="url(#p1)" d="M{x(stem.begin)} {base}V{top}h{width:.1f}V{base}z"/>'
    else:
        head = "m-4 0a4 4 0 1 0 8 0a4 4 0 1 0-8 0z" if stem.what == "substitution" else "m-5-4h10l-5 9z"
        shape = f'<path class="stem" d="M{at} {base}V{top}"/><path class="head {stem.what}" d="M{at} {top}{head}"/>'
    said = escape(f"{stem.mutation} {share(spoken, stem.share)}")
    return f'<a href="{escape(href)}" aria-label="{said}"><title>{said}</title>{shape}</a>'


def _positions(length: int, x: Callable[[float], float], base: int, spoken: Speech) -> Iterator[str]:
    yield f'<path class="axis" d="M{_LEFT} {base}H{LONG - _RIGHT}"/>'
    step = max(_round_up(length / 2) // 4, 1)
    for site in range(0, length + 1, step):
        yield f'<path class="axis" d="M{x(site)} {base}v5"/>'
        yield f'<text class="tick" x="{x(site)}" y="{base + 20}" text-anchor="middle">{spoken.number(site)}</text>'


def _genes(it: GenomeMap, x: Callable[[float], float], top: int) -> Iterator[str]:
    for gene in it.genes:
        left, right, y = x(gene.begin), x(gene.end), top + gene.lane * _LANE
        shape = f"M{left} {y}H{right}V{y + _LANE - 4}H{left}z"
        yield f'<path class="gene" d="{shape}"><title>{escape(gene.name)}</title></path>'
        if len(gene.name) * _LABEL < right - left:
            middle = round((left + right) / 2, 1)
            yield f'<text class="label" x="{middle}" y="{y + 15}" text-anchor="middle">{escape(gene.name)}</text>'


def _known(covered: Sequence[float], top: int, spoken: Speech) -> Iterator[str]:
    base = top + _BAND
    if covered:
        step = (LONG - _LEFT - _RIGHT) / len(covered)
        points = "".join(
            f"V{round(base - _BAND * value, 1)}H{round(_LEFT + step * (i + 1), 1)}"
            for i, value in enumerate(covered)
        )
        yield f'<path class="known" d="M{_LEFT} {base}{points}V{base}z"/>'
    for value, y in ((1.0, top), (0.0, base)):
        yield f'<path class="grid" d="M{_LEFT} {y}H{LONG - _RIGHT}"/>'
        yield f'<text class="tick" x="{_LEFT - 8}" y="{y + 4}" text-anchor="end">{spoken.percent(value)}</text>'

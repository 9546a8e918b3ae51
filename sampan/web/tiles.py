"""How is the whole world shown at once, so that a small island state is seen as well as a large country?

A tile for every country and territory, all of one size, about where its neighbours would look for it (decision
0008). How many of its people fall ill is told by shade and by the length of a bar, which way it goes by the
shape of a sign, and the same figures stand in the table beside it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from markupsafe import Markup

from sampan.desks.control.situation import PlaceSituation, SituationReport
from sampan.languages.speech import Speech
from sampan.web.links import Links
from sampan.world.places import places

GRID = """
... ... ... ... ... ... GRL ... ... ... NOR SWE SJM EST FIN ... ... ... ... ... ... ... ... ... ... ... ... ...
... ... ... ... ... ... ISL FRO GBR NLD DNK CZE ALA LTU LVA ... ... ... ... RUS ... ... ... ... ... ... ... ...
CAN ... ... ... ... ... IRL IMN BEL LUX DEU AUT SVK POL BLR UKR ... ... ... ... ... ... ... ... ... ... ... ...
... ... ... ... ... SPM ... GGY JEY CHE LIE SVN HUN SRB ROU MDA GEO ... KAZ ... ... MNG ... ... ... ... ... ...
... ... ... ... ... ... ... PRT FRA MCO SMR HRV BIH XKX BGR TUR ARM AZE UZB KGZ ... ... PRK ... ... ... ... ...
USA ... ... BMU ... ... ... GIB ESP AND VAT ITA MNE MKD CYP LBN SYR IRN TKM TJK CHN ... KOR JPN ... ... ... ...
MEX BHS TCA VGB AIA MAF ... ESH MAR DZA TUN MLT ALB GRC ISR PSE IRQ KWT AFG PAK BTN HKG ... ... ... ... ... ...
CYM CUB DOM VIR SXM ATG ... MRT ... ... ... LBY ... ... EGY JOR SAU BHR QAT NPL BGD MAC TWN ... ... ... ... ...
BLZ JAM HTI BLM KNA GLP CPV SEN MLI ... NER ... ... ... ... ... ... ARE OMN IND MMR LAO ... MNP ... ... ... ...
GTM HND PRI MSR DMA MTQ LCA GMB GIN BFA ... ... TCD ... SDN ... ERI YEM ... ... THA VNM PHL GUM ... ... ... ...
SLV NIC ABW BES VCT BRB GNB SLE CIV BEN NGA ... ... ... SSD ETH DJI SOM ... ... KHM ... ... ... MHL ... ... ...
CRI PAN CUW VEN GRD TTO GUF LBR GHA TGO GNQ CMR CAF COD UGA KEN ... ... MDV LKA SGP BRN PLW FSM KIR ... ... ...
... ECU COL ... GUY SUR ... ... ... STP GAB COG ... BDI RWA TZA ... SYC ... ... ... MYS IDN PNG NRU TUV TKL ...
... ... PER ... ... BRA ... ... ... ... ... ... AGO ... ZMB MWI COM MYT ... ... CCK CXR TLS SLB VUT WLF ASM ...
... ... ... BOL ... ... ... ... SHN ... ... ... ... BWA ZWE MOZ MDG REU MUS ... ... ... ... ... FJI WSM NIU PYF
... ... CHL ... ... PRY ... ... ... ... ... NAM ... ZAF SWZ ... ... ... ... ... ... ... AUS ... NCL TON COK PCN
... ... ... ARG ... URY ... ... ... ... ... ... ... ... LSO ... ... ... ... ... ... ... ... ... NFK NZL ... ...
... ... ... ... ... FLK ... ... ... ... ... ... ... ... ... ... ... ... ... ... ... ... ... ... ... ... ... ...
"""
"""Our own arrangement: every code stands near its neighbours; dots are sea, or land where nobody lives."""

SIDE, STEP = 28, 30
"""Of a tile, and from one to the next: WCAG 2.2 asks for 24 pixels to point at."""

BOUNDS = (5.0, 25.0, 100.0)
"""New cases of seven days for every 100,000 residents that part the classes; none at all is class 0."""

_SIGNS = {
    "rising": "m4 21 4-7 4 7z",
    "falling": "m4 14 4 7 4-7z",
    "uncertain": "m4 17.5 4-3.5 4 3.5-4 3.5z",
}
"""Beginning at the upper left corner of a tile."""


@dataclass(frozen=True)
class WorldMap:
    """The picture, and its size."""

    svg: Markup
    width: int
    height: int


def world(report: SituationReport, speech: Speech, links: Links) -> WorldMap:
    """The situation of every place on its tile; a place that was not reported is an outline."""
    rows = {row.place: row for row in report.rows}
    tiles = Markup("").join(
        _tile(code, column * STEP, line * STEP, rows.get(code), speech, links) for code, column, line in _at()
    )
    lines = GRID.strip().split("\n")
    return WorldMap(tiles, len(lines[0].split()) * STEP, len(lines) * STEP)


def _at() -> Iterator[tuple[str, int, int]]:
    """Every place with its column and line."""
    for line, codes in enumerate(GRID.strip().split("\n")):
        for column, code in enumerate(codes.split()):
            if code != "...":
                yield code, column, line


def _tile(  # noqa: PLR0917 what one tile is made of
    code: str, x: int, y: int, row: PlaceSituation | None, speech: Speech, links: Links
) -> Markup:
    level = class_of(row)
    sign = _SIGNS.get(row.phase) if row else None
    return Markup('<a href="{}" class="t{}"><title>{}</title>{}{}{}<text x="{}" y="{}">{}</text></a>').format(
        links.party(code),
        "n" if level is None else level,
        _said(code, row, speech),
        Markup(f'<path class="tile" d="M{x} {y}h{SIDE}v{SIDE}h-{SIDE}z"/>'),
        Markup(f'<path class="gauge" d="M{x} {y + SIDE - 4}h{7 * level}v4h-{7 * level}z"/>') if level else "",
        Markup(f'<path class="sign" d="M{x} {y}{sign}"/>') if sign else "",
        x + SIDE // 2,
        y + 11,
        code,
    )


def class_of(row: PlaceSituation | None) -> int | None:
    """0 for no new cases, then 1 to 4 by new cases for the population; None for what is not known."""
    rate = per_100_000(row)
    if rate is None:
        return None
    return 0 if not rate else 1 + sum(rate >= bound for bound in BOUNDS)


def per_100_000(row: PlaceSituation | None) -> float | None:
    """New cases of seven days for every 100,000 residents; None if either is not known."""
    residents = places()[row.place].population if row else None
    if row is None or row.new_cases is None or not residents:
        return None
    return max(0.0, row.new_cases / residents * 100_000)


def _said(code: str, row: PlaceSituation | None, speech: Speech) -> str:
    gettext, name = speech.translations.gettext, speech.party(code)
    rate = per_100_000(row)
    if row is None or rate is None:
        return gettext("%(place)s: not reported") % {"place": name}
    return gettext("%(place)s: new in 7 days %(new)s, for each 100,000 residents %(rate)s, %(phase)s") % {
        "place": name,
        "new": speech.number(row.new_cases or 0),
        "rate": speech.rate(rate),
        "phase": speech.term(row.phase, "phase"),
    }

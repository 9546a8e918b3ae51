"""Which places are there, what are they called, and which single facts are known of them?

Countries are those of ISO 3166-1 and Kosovo (XKX); first-level areas are those of ISO 3166-2. Names
come from CLDR, codes from pycountry, populations from pypopulation, the rest from tables/places.toml.
"""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import Any

from sampan.core.errors import InputError
from sampan.core.languages import LANGUAGES, Language
from sampan.world import tables

REGIONS = ("Asia", "Europe", "Africa", "Americas", "South Pacific")
"""The five regions in which the request counts the countries assisted, in its order."""

WHO_REGIONS = ("AFRO", "AMRO", "EMRO", "EURO", "SEARO", "WPRO")

INCOME_GROUPS = ("low", "lower middle", "upper middle", "high")


@dataclass(frozen=True)
class Place:
    """A country or a first-level area. None means that the fact is not known, or that there is none."""

    code: str
    """ISO 3166-1 alpha-3 (``ITA``; ``XKX`` for Kosovo), or ISO 3166-2 of a first-level area (``CN-HB``)."""
    alpha2: str
    """ISO 3166-1 alpha-2 of the country; of an area, that of its country."""
    who_region: str | None
    region: str | None
    """One of REGIONS."""
    income_group: str | None
    """One of INCOME_GROUPS: World Bank, fiscal year 2020; of an area, that of its country."""
    population: int | None
    """Residents in 2019, by the World Bank. None for areas: load a file of them."""
    parent: str | None = None
    """The country of a first-level area."""
    territory_of: str | None = None
    """The country under which some sources file this place, which has a country code of its own."""

    def name(self, language: Language = "en") -> str:
        """What it is called: countries by CLDR; Chinese provinces by table; other areas as in ISO 3166-2."""
        if self.parent is None:
            return str(_territories(language)[self.alpha2])
        return _area_names(self.code).get(language) or _area_names(self.code)["en"]


@cache
def places() -> Mapping[str, Place]:
    """Every country of ISO 3166-1, and Kosovo, by alpha-3 code."""
    import pycountry
    import pypopulation

    facts = {kind: _by_code(kind) for kind in ("who_region", "region", "income_group", "territories")}
    codes = {country.alpha_3: country.alpha_2 for country in pycountry.countries} | {"XKX": "XK"}
    return MappingProxyType(
        {
            code: Place(
                code,
                codes[code],
                facts["who_region"].get(code),
                facts["region"].get(code),
                facts["income_group"].get(code),
                pypopulation.get_population_a3(code),
                territory_of=facts["territories"].get(code),
            )
            for code in sorted(codes)
        }
    )


@cache
def subdivisions(country: str) -> Mapping[str, Place]:
    """The first-level areas of a country by ISO 3166-2 code, without those that have a country code too."""
    import pycountry

    home = places()[country]
    apart = {f"{home.alpha2}-{each.alpha2}" for each in places().values() if each.territory_of == country}
    found = pycountry.subdivisions.get(country_code=home.alpha2) or []  # type: ignore[no-untyped-call]
    return MappingProxyType(
        {
            area.code: Place(
                area.code, home.alpha2, home.who_region, home.region, home.income_group, None, parent=country
            )
            for area in sorted(found, key=lambda each: each.code)
            if area.parent_code is None and area.code not in apart
        }
    )


def place(code: str) -> Place:
    """The place with exactly this code. Raises InputError if there is none: use ``find`` for what people type."""
    if code in places():
        return places()[code]
    country = alpha2_codes().get(code.partition("-")[0])
    if country and code in subdivisions(country):
        return subdivisions(country)[code]
    raise InputError(
        f'There is no place with the code "{code}".', way_out="Write a code of ISO 3166, as ITA or CN-HB."
    )


def is_place(code: str) -> bool:
    """Whether there is a place with exactly this code."""
    try:
        place(code)
    except InputError:
        return False
    return True


def find(text: str) -> Place:
    """The place that a person means by a code or a name, in any of the six languages.

    Raises InputError with the nearest names if there is none.
    """
    code = text.strip().upper()
    if code in places():
        return places()[code]
    country = alpha2_codes().get(code.partition("-")[0])
    if country and code == places()[country].alpha2:
        return places()[country]
    if country and code in subdivisions(country):
        return subdivisions(country)[code]
    folded = fold(text)
    for names in (english_names(), _foreign_names(), area_names("CHN")):
        if folded in names:
            return place(names[folded])
    raise InputError(f'There is no place "{text}".', way_out=suggest(text), near=nearest(text))


def nearest(text: str, *, among: Mapping[str, str] | None = None) -> list[str]:
    """The codes of up to three places whose names are nearest to ``text``, nearest first."""
    names = english_names() if among is None else among
    near = difflib.get_close_matches(fold(text), names, n=6, cutoff=0.65)
    return list(dict.fromkeys(names[each] for each in near))[:3]


def suggest(text: str, *, among: Mapping[str, str] | None = None) -> str:
    """``Did you mean Italy (ITA)?``, or where codes are to be found."""
    found = [f"{place(code).name()} ({code})" for code in nearest(text, among=among)]
    return f"Did you mean {' or '.join(found)}?" if found else "Write its English name or its ISO 3166 code."


def fold(text: str) -> str:
    """``text`` without case, accents, footnote marks and punctuation, for comparing names."""
    bare = re.sub(r"\[[0-9a-z]\]", "", unicodedata.normalize("NFKD", text).casefold())
    letters = "".join(each for each in bare if not unicodedata.combining(each))
    return re.sub(r"[\W_]+", " ", letters).strip()


@cache
def english_names() -> Mapping[str, str]:
    """Folded name to code: CLDR's and ISO 3166's English names of countries, and sources' spellings."""
    import pycountry

    names = {fold(each.name()): code for code, each in places().items()}
    for country in pycountry.countries:
        for kind in ("name", "common_name", "official_name"):
            if written := getattr(country, kind, None):
                names.setdefault(fold(written), country.alpha_3)
    for code, written in tables.toml("spellings")["names"].items():
        names |= {fold(each): code for each in written}
    return MappingProxyType(names)


@cache
def area_names(country: str) -> Mapping[str, str]:
    """Folded name to ISO 3166-2 code of the first-level areas of ``country``, in every language known."""
    spelt = tables.toml("spellings")["provinces"]
    return MappingProxyType(
        {
            fold(name): code
            for code in subdivisions(country)
            for name in [*_area_names(code).values(), *spelt.get(code, [])]
        }
    )


@cache
def _foreign_names() -> Mapping[str, str]:
    return MappingProxyType(
        {fold(each.name(language)): code for language in LANGUAGES for code, each in places().items()}
    )


@cache
def _area_names(code: str) -> Mapping[str, str]:
    """Names of a first-level area by language; at least "en"."""
    import pycountry

    if code in _chinese_provinces():
        return _chinese_provinces()[code]
    return {"en": pycountry.subdivisions.get(code=code).name}  # type: ignore[no-untyped-call]


@cache
def _chinese_provinces() -> Mapping[str, Mapping[str, str]]:
    return {row.pop("code"): row for row in tables.rows("provinces_china")}


@cache
def _territories(language: Language) -> Any:
    from babel import Locale

    return Locale.parse(language).territories


@cache
def alpha2_codes() -> Mapping[str, str]:
    """The alpha-3 code of each alpha-2 code."""
    return {each.alpha2: code for code, each in places().items()}


def _by_code(kind: str) -> dict[str, str]:
    """A table of groups turned round: the group of each code."""
    groups: Iterable[tuple[str, str]] = tables.toml("places")[kind].items()
    return {code: group for group, codes in groups for code in codes.split()}

"""Which place does a source mean by a label, and which labels are no place at all?"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, lru_cache

from sampan.formats.table import Label
from sampan.world import tables
from sampan.world.places import alpha2_codes, area_names, english_names, fold, places, subdivisions, suggest


@dataclass(frozen=True)
class Meaning:
    """What a label stands for.

    ``code``: the place, if it is one. ``counted_in``: the country whose total its people belong to, if
    the label is a part of one. ``why``: in words, where there is no place; empty otherwise.
    ``known``: False if Sampan does not know the label, so that someone should look at it.
    """

    code: str | None = None
    counted_in: str | None = None
    why: str = ""
    known: bool = True


def resolve_label(label: Label) -> Meaning:
    """What ``label`` means in the spelling of JHU, WHO, OWID or ECDC, or by the code that it carries.

    A ship that a source files under a country is people whom that country took home and counts; a ship
    that stands alone belongs to none.
    """
    return _resolved(label.country, label.province, label.code)


@lru_cache(maxsize=4096)
def _resolved(country_name: str, province: str | None, code: str | None) -> Meaning:
    """The line of a label does not matter to its meaning, and the same labels come every day."""
    label = Label(country_name, province, code)
    spellings = tables.toml("spellings")
    if fold(label.text) in _sums():
        return Meaning(why="a sum or a part of places")
    if why := _word(label.text, spellings["nobody"]):
        return Meaning(why=why)
    country = _country(label)
    adrift = _word(label.text, spellings["adrift"])
    if adrift:
        return Meaning(counted_in=country if label.province else None, why=adrift)
    if country is None:
        return Meaning(why=f'There is no place "{label.country}". {suggest(label.country)}', known=False)
    if label.province is None or fold(label.province) == fold(label.country):
        return Meaning(country)
    return _province(label.province, country)


def _word(text: str, reasons: dict[str, str]) -> str:
    """The reason whose words stand in ``text``; empty if none does."""
    words = f" {fold(text)} "
    return next((why for word, why in reasons.items() if f" {word} " in words), "")


def _country(label: Label) -> str | None:
    code = (label.code or "").upper()
    if code in places():
        return code
    return (
        alpha2_codes().get(code)
        or tables.toml("spellings")["codes"].get(code)
        or english_names().get(fold(label.country))
    )


def _province(province: str, country: str) -> Meaning:
    """The area of a country; before that, a territory of it that has a country code of its own.

    So the United States' Georgia is not the country, and China's Macau is not a province.
    """
    own = english_names().get(fold(province))
    if own and places()[own].territory_of == country:
        return Meaning(own)
    if province.upper() in subdivisions(country):
        return Meaning(province.upper(), counted_in=country)
    names = area_names(country)
    if fold(province) in names:
        return Meaning(names[fold(province)], counted_in=country)
    why = f'{places()[country].name()} has no area "{province}". {suggest(province, among=names)}'
    return Meaning(counted_in=country, why=why, known=False)


@cache
def _sums() -> frozenset[str]:
    return frozenset(fold(each) for each in tables.toml("spellings")["sums"]["labels"])

"""How many beds, staff and laboratories does each place have, and how do we know?

An office loads a CSV file with a column ``place`` (ISO 3166 code) and any of ``population``,
``doctors``, ``nurses``, ``laboratory_staff``, ``beds`` (or ``beds_per_1000``), ``icu_share`` (or
``icu_per_cent``) and PCR machines by kind; other headings are in tables/capacity.toml. What is not
loaded is assumed at the average of the place's income group, and says so. An unknown stays NaN.
"""

from __future__ import annotations

import difflib
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sampan.core.errors import InputError
from sampan.engines.needs.capacity import laboratory_capacity
from sampan.formats.csvfile import check_width, first_row, rows
from sampan.world import tables
from sampan.world.places import Place, is_place, place

Array = NDArray[np.float64]

PLATFORMS = (
    "roche_6800",
    "roche_8800",
    "abbott_m2000",
    "hologic_panther",
    "hologic_panther_fusion",
    "genexpert",
    "manual",
)
"""Kinds of PCR machine; GeneXpert is counted in modules."""

UNITS: Mapping[str, str] = {
    "population": "residents",
    "doctors": "people",
    "nurses": "people",
    "laboratory_staff": "people",
    "beds": "hospital beds of every kind",
    "icu_share": "share of beds in intensive care, 0 to 1",
    **dict.fromkeys(PLATFORMS, "machines"),
}

LOADED = "loaded"
PACKAGE = "pypopulation: World Bank, 2019"
UNKNOWN = "not known"


@dataclass(frozen=True)
class Figure:
    """One reference figure of a place: NaN if it is not known. ``basis`` says where it comes from."""

    value: float
    unit: str
    basis: str

    @property
    def assumed(self) -> bool:
        return self.basis.startswith("assumed")


@dataclass(frozen=True)
class Loaded:
    """The figures of a file by place and name; ``aside`` are codes in it that are no place."""

    figures: Mapping[str, Mapping[str, float]]
    aside: tuple[str, ...] = ()

    @property
    def count(self) -> int:
        return sum(len(each) for each in self.figures.values())


def load(data: bytes, *, name: str) -> Loaded:
    """Reads a capacity file. An empty cell is a figure not known.

    Raises InputError for a column that is not known or given twice, no column of places or of
    figures, a place given twice, and a cell that is no number, negative, or a share above 1.
    """
    header = first_row(data, name=name)
    columns = _columns(header, name=name)
    found: dict[str, dict[str, float]] = {}
    lines: dict[str, int] = {}
    for line, cells in rows(data, name=name):
        if line == 1:
            continue
        check_width(cells, width=len(header), line=line, name=name, data=data)
        code = cells[columns["place"]].strip().upper()
        if code in lines:
            raise InputError(
                f"{code} is already on line {lines[code]}.", file=name, line=line, way_out="Remove one."
            )
        lines[code] = line
        found[code] = _row(cells, columns, header=header, line=line, name=name)
    known = {code: figures for code, figures in found.items() if is_place(code)}
    if not known:
        raise InputError(
            "No row names a place.",
            file=name,
            field=header[columns["place"]],
            way_out="Write codes of ISO 3166, as ITA or CN-HB.",
        )
    return Loaded(known, tuple(code for code in found if code not in known))


class Capacities:
    """Reference figures of any place, from files (later ones first), packages and averages."""

    def __init__(self, *loaded: Loaded) -> None:
        self._loaded: dict[str, dict[str, float]] = {}
        for each in loaded:
            for code, figures in each.figures.items():
                self._loaded.setdefault(code, {}).update(figures)

    def of(self, code: str) -> Mapping[str, Figure]:
        """Every figure of a place by name, the unknown ones included. Raises InputError for no place."""
        here = place(code)
        return {name: Figure(*self._figure(here, name)) for name in UNITS}

    def capacity_arrays(self, codes: Sequence[str]) -> dict[str, tuple[Array, NDArray[np.bool_]]]:
        """Each figure of all ``codes``: values of shape ``(places,)``, NaN unknown, and which are assumed."""
        figures = [self.of(code) for code in codes]
        return {
            name: (
                np.array([each[name].value for each in figures], dtype=np.float64),
                np.array([each[name].assumed for each in figures], dtype=bool),
            )
            for name in UNITS
        }

    def arrays(self, codes: Sequence[str]) -> dict[str, Array]:
        """The fields of the needs engine's Capacity for ``codes``, NaN where nothing is known.

        Machines become tests a week; at a place for which some kind of machine is loaded, kinds that
        are not are none.
        """
        known = {name: values for name, (values, _) in self.capacity_arrays(codes).items()}
        machines = np.array([known[name] for name in PLATFORMS])
        listed = ~np.isnan(machines).all(axis=0)
        machines = np.where(listed, np.nan_to_num(machines), np.nan)
        staff = {name: known[name] for name in ("beds", "icu_share", "doctors", "nurses", "laboratory_staff")}
        return staff | laboratory_capacity(dict(zip(PLATFORMS, machines, strict=True)))

    def assumed(self, codes: Sequence[str]) -> tuple[str, ...]:
        """Those of ``codes`` for which some figure is assumed."""
        return tuple(code for code in codes if any(each.assumed for each in self.of(code).values()))

    def _figure(self, here: Place, name: str) -> tuple[float, str, str]:
        loaded = self._loaded.get(here.code, {})
        population, origin = self._population(here)
        if name == "population":
            return population, UNITS[name], origin
        if name in loaded:
            return loaded[name], UNITS[name], LOADED
        if name == "beds" and "beds_per_1000" in loaded:
            return loaded["beds_per_1000"] * population / 1000, UNITS[name], LOADED
        rate, basis = self._rate(here, name)
        value = rate if name == "icu_share" else rate * population
        return (value, UNITS[name], basis) if not math.isnan(value) else (math.nan, UNITS[name], UNKNOWN)

    def _population(self, here: Place) -> tuple[float, str]:
        loaded = self._loaded.get(here.code, {})
        if "population" in loaded:
            return loaded["population"], LOADED
        return (float(here.population), PACKAGE) if here.population is not None else (math.nan, UNKNOWN)

    def _rate(self, here: Place, name: str) -> tuple[float, str]:
        """Per resident (a share: as it is), from the country that the place is part of, or its income group."""
        if here.parent is not None:
            value, _, basis = self._figure(place(here.parent), name)
            people, _ = self._population(place(here.parent))
            if basis == LOADED and people > 0 and name not in PLATFORMS:
                return (
                    value if name == "icu_share" else value / people,
                    f"assumed: as in {here.parent}, per head",
                )
        averages = tables.toml("capacity")["averages"].get(name, {})
        if here.income_group not in averages:
            return math.nan, UNKNOWN
        rate = averages[here.income_group]
        return rate if name == "icu_share" else rate / 1000, "assumed: income group average"


def _columns(header: Sequence[str], *, name: str) -> dict[str, int]:
    headings = dict(tables.toml("capacity")["headings"])
    not_read = headings.pop("not_read")
    means = {each: figure for figure, written in headings.items() for each in written}
    columns: dict[str, int] = {}
    for column, text in enumerate(header):
        written = text.strip().casefold()
        figure = means.get(written)
        if figure is None and written not in not_read:
            near = difflib.get_close_matches(written, means, n=1)
            way_out = f'Is it "{near[0]}"?' if near else f"Known are {', '.join(headings)}."
            raise InputError("The column is not known.", file=name, line=1, field=text, way_out=way_out)
        if figure in columns:
            raise InputError(
                "The column is given twice.", file=name, line=1, field=text, way_out="Remove one."
            )
        if figure is not None:
            columns[figure] = column
    if "place" not in columns or len(columns) == 1:
        what = "places" if "place" not in columns else "figures"
        raise InputError(
            f"There is no column of {what}.", file=name, line=1, way_out=f"Known are {', '.join(headings)}."
        )
    return columns


def _row(
    cells: Sequence[str], columns: Mapping[str, int], *, header: Sequence[str], line: int, name: str
) -> dict[str, float]:
    figures: dict[str, float] = {}
    for figure, column in columns.items():
        written = cells[column].strip()
        if figure == "place" or written.casefold() in ("", "na", "n/a"):
            continue
        value = _number(written, file=name, line=line, field=header[column])
        share = value / 100 if figure == "icu_per_cent" else value
        if figure in ("icu_share", "icu_per_cent") and share > 1:
            raise InputError(
                f"{written} is more than all beds.",
                file=name,
                line=line,
                field=header[column],
                way_out="A share is 0 to 1; head a column of per cents icu_per_cent.",
            )
        figures["icu_share" if figure == "icu_per_cent" else figure] = share
    return figures


def _number(written: str, *, file: str, line: int, field: str) -> float:
    try:
        value = float(written)
    except ValueError:
        value = math.nan
    if not 0 <= value < math.inf or "_" in written:
        raise InputError(
            f'"{written[:40]}" is not a number of at least 0.',
            file=file,
            line=line,
            field=field,
            way_out="Write digits only, with a point for decimals, or leave the cell empty.",
        )
    return value

"""What must be known about a disease before its numbers can be read?

How long from one case to the next, from infection to the report, from the report to a death, and how
much care a case needs. Each figure carries its source; nothing in the engines is about one disease only.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
from scipy.special import gammainc

from sampan.core.errors import InputError

Array = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Disease:
    """Natural history and care of one disease. All distributions are per day, index = days elapsed.

    generation_interval: pmf of days from one infection to those it causes; ``[0] == 0``.
    infection_to_report: pmf of days from infection to the case being reported.
    report_to_death: pmf of days from the report of a case to the report of its death.
    fatality_ratio: deaths per reported case, used only until a place's own ratio is known.
    severe_share, critical_share: share of reported cases that need a ward bed, an intensive care bed.
    ward_days, intensive_care_days: mean length of stay, days.
    sources: where each figure comes from, by field name.
    Raises InputError where a distribution is not one.
    """

    name: str
    generation_interval: Array
    infection_to_report: Array
    report_to_death: Array
    fatality_ratio: float
    severe_share: float
    critical_share: float
    ward_days: float
    intensive_care_days: float
    sources: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for name in ("generation_interval", "infection_to_report", "report_to_death"):
            object.__setattr__(self, name, _checked_pmf(name, getattr(self, name)))
        if self.generation_interval[0] != 0.0:
            raise InputError(
                f"The generation interval of {self.name} puts {self.generation_interval[0]:.3g} on day 0.",
                way_out="Nobody infects before being infected: move that mass to day 1 or later.",
                field="generation_interval",
            )
        for name in ("fatality_ratio", "severe_share", "critical_share"):
            if not 0.0 <= getattr(self, name) <= 1.0:
                raise InputError(
                    f"{name} of {self.name} is {getattr(self, name)}; it is a share.",
                    way_out="Give a number between 0 and 1.",
                    field=name,
                )
        for name in ("ward_days", "intensive_care_days"):
            if not getattr(self, name) > 0.0:
                raise InputError(
                    f"{name} of {self.name} is {getattr(self, name)}.",
                    way_out="Give a mean stay in days above 0.",
                    field=name,
                )

    @property
    def mean_generation(self) -> float:
        """Mean generation interval, days."""
        return float(self.generation_interval @ np.arange(len(self.generation_interval)))


def discretised_gamma(mean: float, sd: float, length: int | None = None, *, shift: int = 0) -> Array:
    """Gamma distribution of whole days, by the formula of Cori et al. 2013, web appendix 11.

    ``P(k) = k F(k) + (k-2) F(k-2) - 2(k-1) F(k-1) + mean (2 F'(k-1) - F'(k-2) - F'(k))`` with F the gamma
    distribution function and F' that of shape + 1: a time spread evenly over its day on both sides.
    mean, sd: days, of the whole distribution. shift=1 keeps day 0 empty, as a generation interval needs.
    length: number of days kept; by default until 99.9 % are in. The rest is scaled up to sum to one.
    """
    if not (mean > shift and sd > 0.0) or (length is not None and length < shift + 2):
        raise InputError(
            f"No gamma distribution of days has mean {mean}, sd {sd}, shift {shift} and length {length}.",
            way_out=f"Give a mean above {shift}, an sd above 0 and a length of at least {shift + 2} days.",
        )
    rest = mean - shift
    shape, scale = (rest / sd) ** 2, sd**2 / rest
    days = (
        1.0 - shift + np.arange(length if length is not None else int(mean + 12.0 * sd) + 3, dtype=np.float64)
    )

    def below(x: Array, more: float) -> Array:
        return np.asarray(gammainc(shape + more, np.maximum(x, 0.0) / scale), dtype=np.float64)

    pmf = days * below(days, 0.0) + (days - 2) * below(days - 2, 0.0) - 2 * (days - 1) * below(days - 1, 0.0)
    pmf += rest * (2 * below(days - 1, 1.0) - below(days - 2, 1.0) - below(days, 1.0))
    pmf = np.where(days < 1, 0.0, np.maximum(pmf, 0.0))
    if length is None:
        pmf = pmf[: int(np.searchsorted(np.cumsum(pmf), 0.999 * pmf.sum())) + 1]
    return np.asarray(pmf / pmf.sum(), dtype=np.float64)


def _checked_pmf(name: str, pmf: npt.ArrayLike) -> Array:
    values = np.array(pmf, dtype=np.float64)
    bad = values.ndim != 1 or len(values) == 0 or not np.isfinite(values).all() or bool((values < 0).any())
    if bad or abs(values.sum() - 1.0) > 1e-6:
        total = "it is not a list of numbers ≥ 0" if bad else f"it sums to {values.sum():.6g}"
        raise InputError(
            f"{name} is not a distribution over days: {total}.",
            way_out="Give one probability per day from day 0, summing to 1.",
            field=name,
        )
    values.setflags(write=False)
    return values


def _severity_sources(text: str) -> dict[str, str]:
    return dict.fromkeys(("severe_share", "critical_share", "ward_days", "intensive_care_days"), text)


def _covid_2020() -> Disease:
    incubation, onset_to_report = discretised_gamma(5.5, 2.4), discretised_gamma(4.6, 3.4)
    return Disease(
        name="COVID-19 (2020, wild type)",
        generation_interval=discretised_gamma(4.7, 2.9, shift=1),
        infection_to_report=np.convolve(incubation, onset_to_report),
        report_to_death=discretised_gamma(13.2, 8.5),
        fatality_ratio=0.02,
        severe_share=0.15,
        critical_share=0.05,
        ward_days=7.0,
        intensive_care_days=14.0,
        sources={
            "generation_interval": "serial interval, mean 4.7, sd 2.9 days: Nishiura, Linton, Akhmetzhanov, "
            "Int J Infect Dis 2020;93:284–286",
            "infection_to_report": "incubation, mean 5.5, sd 2.4 days: Lauer et al., Ann Intern Med "
            "2020;172:577–582; onset to first medical visit, mean 4.6 days: Li et al., N Engl J Med "
            "2020;382:1199–1207 (its sd, 3.4 days, is an assumption)",
            "report_to_death": "onset to death, mean 17.8 days, cv 0.45: Verity et al., Lancet Infect Dis "
            "2020;20:669–677, less 4.6 days from onset to report",
            "fatality_ratio": "assumption: order of magnitude of reported deaths per reported case, 2020",
            **_severity_sources(
                "WHO COVID-19 Essential Supplies Forecasting Tool: 15 % severe, 5 % critical, stays of 1 "
                "and 2 weeks"
            ),
        },
    )


def _ebola_2014() -> Disease:
    incubation, onset_to_hospital = discretised_gamma(11.4, 8.1), discretised_gamma(5.0, 4.7)
    source = "WHO Ebola Response Team, N Engl J Med 2014;371:1481–1495"
    return Disease(
        name="Ebola virus disease (West Africa, 2014)",
        generation_interval=discretised_gamma(15.3, 9.3, shift=1),
        infection_to_report=np.convolve(incubation, onset_to_hospital),
        report_to_death=discretised_gamma(4.2, 6.4),
        fatality_ratio=0.708,
        severe_share=1.0,
        critical_share=0.0,
        ward_days=6.4,
        intensive_care_days=7.0,
        sources={
            "generation_interval": f"serial interval, mean 15.3, sd 9.3 days: {source}",
            "infection_to_report": f"incubation, mean 11.4 days, and onset to hospital, mean 5.0, sd 4.7 "
            f"days: {source} (sd of incubation, 8.1 days, is an assumption)",
            "report_to_death": f"hospital to death, mean 4.2, sd 6.4 days: {source}",
            "fatality_ratio": f"70.8 %: {source}",
            "severe_share": "assumption: every reported case is isolated in a treatment unit",
            "critical_share": "assumption: no intensive care",
            "ward_days": "assumption: between the stay of those who died and of those discharged",
            "intensive_care_days": "not used (no intensive care)",
        },
    )


DISEASES: Mapping[str, Disease] = {"covid-19": _covid_2020(), "ebola": _ebola_2014()}

"""What can an expert do, and what does WHO ask of a medical team?"""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from sampan.core.errors import InputError
from sampan.records.assistance.teams import TeamType

SKILLS: Mapping[str, str] = MappingProxyType(
    {
        "border-health": "border and port health",
        "case-management": "clinical case management",
        "critical-care": "critical care medicine",
        "critical-care-nursing": "critical care nursing",
        "epidemiology": "epidemiology",
        "infection-control": "infection prevention and control",
        "interpreting": "interpreting",
        "laboratory": "laboratory diagnostics",
        "logistics": "logistics",
        "mental-health": "mental health",
        "nursing": "nursing",
        "paediatrics": "paediatrics",
        "public-health": "public health",
        "radiology": "radiology",
        "respiratory-medicine": "respiratory medicine",
        "risk-communication": "risk communication",
        "team-lead": "team leadership",
        "traditional-medicine": "traditional medicine",
        "virology": "virology",
        "water-sanitation": "water, sanitation and hygiene",
    }
)
"""Skills by code."""


@dataclass(frozen=True)
class Standard:
    """The least that an emergency medical team of a type offers."""

    outpatients_per_day: int | None
    days: int | None


STANDARDS: Mapping[TeamType, Standard] = MappingProxyType(
    {
        "expert group": Standard(None, None),
        "EMT type 1 mobile": Standard(50, 14),
        "EMT type 1 fixed": Standard(100, None),
        "EMT type 2": Standard(None, None),
        "EMT type 3": Standard(None, None),
        "EMT specialised care": Standard(None, None),
    }
)
"""WHO, Classification and minimum standards for emergency medical teams (2021). The rates of type 1 were checked
on pages that quote WHO; what types 2 and 3 must offer was not read at its source, so it is not here."""


def skill(text: str) -> str:
    """The code of the skill that a person wrote. Raises InputError with the nearest if there is none."""
    wanted = "-".join(text.casefold().split())
    by_name = {"-".join(name.split()): code for code, name in SKILLS.items()}
    if wanted in SKILLS:
        return wanted
    if wanted in by_name:
        return by_name[wanted]
    near = difflib.get_close_matches(wanted, [*SKILLS, *by_name], n=1)
    way_out = f"Did you mean {by_name.get(near[0], near[0])}?" if near else f"Known are {', '.join(SKILLS)}."
    raise InputError(f'There is no skill "{text}".', way_out=way_out, field="skill")


def language(text: str) -> str:
    """The ISO 639-1 code of a language written as a code or in English. Raises InputError if it is none."""
    import pycountry

    wanted = text.strip()
    found = pycountry.languages.get(alpha_2=wanted.casefold()) or pycountry.languages.get(name=wanted.title())
    if found is None or not hasattr(found, "alpha_2"):
        raise InputError(
            f'There is no language "{text}".', way_out="Write its ISO 639-1 code: ar, zh, en, fr, ru, es, it…",
            field="language",
        )  # fmt: skip
    code: str = found.alpha_2
    return code

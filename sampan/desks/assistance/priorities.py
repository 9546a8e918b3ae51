"""Who comes first, by which numbers, and who asked for help? An appeal stands beside the weight, and raises nothing."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sampan.core.errors import InputError
from sampan.desks.assistance.assumptions import Assumptions
from sampan.desks.assistance.needs import NeedEstimate, prioritised
from sampan.engines.priority import Priority
from sampan.ledger.ledger import Ledger
from sampan.world.appeals import appeals


@dataclass(frozen=True)
class PriorityRow:
    """One recipient. ``hard_hit`` (H) and ``weak_system`` (V) are from 0 to 1, ``weight`` is what a unit unmet
    there weighs beside one in a place unhurt and strong. ``patients`` are those expected to need a bed in the
    worst week. ``assumed`` names what stands on an assumption, ``appealed`` (item, units) what was asked for.
    """

    recipient: str
    name: str
    kind: str
    grounds: tuple[str, ...]
    patients: int
    """People expected to need a bed in the worst week."""
    hard_hit: float
    """Burden (H), from 0 to 1."""
    weak_system: float
    """Weakness of the health system (V), from 0 to 1."""
    weight: float
    """What a unit unmet there weighs beside one in a place unhurt and strong, whose weight is 1."""
    assumed: tuple[str, ...]
    appealed: tuple[tuple[str, int], ...]
    """What was asked for: item, and how many base units."""


def priorities(ledger: Ledger, estimate: NeedEstimate, assumptions: Assumptions) -> tuple[PriorityRow, ...]:
    """Every recipient of the estimate, those that weigh most first.

    A recipient that answers for several places has the mean of theirs, weighted by their patients.
    """
    patients = _patients(estimate)
    found = _priority(estimate, assumptions, harm=[1.0])
    asked = appealed(ledger)
    rows = []
    for one, grounds, share in zip(estimate.recipients, estimate.grounds, estimate.grouping, strict=True):
        by = (share > 0) * (patients + 1e-9)
        by = by / by.sum()
        assumed = tuple(what for what, where in found.assumed.items() if (by[where] > 0).any())
        rows.append(
            PriorityRow(
                one.code,
                one.name,
                one.kind,
                grounds,
                round(float(share @ patients)),
                float(by @ found.hard_hit),
                float(by @ found.weak_system),
                float(by @ found.weights[:, 0]),
                assumed,
                tuple(asked.get(one.code, {}).items()),
            )
        )
    return tuple(sorted(rows, key=lambda row: (-row.weight, row.recipient)))


def weights(estimate: NeedEstimate, assumptions: Assumptions) -> np.ndarray:
    """(recipients, items): harm per unit unmet, by the published formula of ``engines/priority``.

    A recipient that answers for several places has the mean of theirs, weighted by their need. Raises
    InputError for an item whose harm is not said.
    """
    if missing := [item for item in estimate.items if item not in assumptions.harm]:
        raise InputError(
            f"[harm] does not say what a unit of {', '.join(missing)} unmet weighs.",
            field="harm",
            way_out=f"Add it to the assumptions: {missing[0]} = 1.",
        )
    found = _priority(estimate, assumptions, harm=[assumptions.harm[item] for item in estimate.items])
    need = estimate.by_place.need.sum(axis=1).mean(axis=0) + 1e-12
    total = estimate.grouping @ need
    return np.asarray(estimate.grouping @ (need * found.weights) / total)


def appealed(ledger: Ledger) -> dict[str, dict[str, int]]:
    """Units that open appeals still ask for, by requester and item."""
    found: dict[str, dict[str, int]] = {}
    for appeal in appeals(ledger):
        for line in appeal.lines if appeal.open else ():
            if line.kind == "goods":
                mine = found.setdefault(appeal.requester, {})
                mine[line.item] = mine.get(line.item, 0) + max(0, line.quantity - line.delivered)
    return found


def _priority(estimate: NeedEstimate, assumptions: Assumptions, *, harm: list[float]) -> Priority:
    return prioritised(
        estimate.places,
        estimate.by_place.capacity,
        patients=_patients(estimate),
        harm=harm,
        formula=assumptions.priority,
    )


def _patients(estimate: NeedEstimate) -> np.ndarray:
    """(places,): patients expected to need a bed in the worst week."""
    made = estimate.by_place
    beds = made.series("severe_bed") + made.series("critical_bed")
    return np.asarray(beds.mean(axis=0).max(axis=0))

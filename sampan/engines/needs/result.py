"""What does a needs forecast say, and from which steps did it come?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from sampan.core.errors import InputError
from sampan.engines.needs.capacity import Capacity
from sampan.engines.needs.drivers import Caps, Drivers, drivers, people
from sampan.engines.needs.parameters import FloatArray, Parameters


@dataclass(frozen=True)
class Needs:
    """Amounts in the item's unit, shape (samples, weeks, places, items), never negative, never NaN.

    need: what cases call for if every patient had a bed, a health worker and a test. absorbable: the part
    that beds, staff and laboratories can use. net_of_need, net_of_absorbable: the same less stock in hand
    and assured inbound (equal to them where neither was given). Reusable items are the pieces to issue.
    uncapped: name of a capacity → (places,) True where it is unknown, so that nothing is capped by it
    ("laboratories": the laboratories' own needs are left out; "platform_mix": all PCR is taken as manual;
    "history": patients already in beds are left out).

    The rest is for explaining: ``series("critical_bed")`` gives any intermediate step.
    """

    items: tuple[str, ...]
    need: FloatArray
    absorbable: FloatArray
    net_of_need: FloatArray
    net_of_absorbable: FloatArray
    uncapped: Mapping[str, NDArray[np.bool_]]
    cases: FloatArray = field(repr=False)
    past: FloatArray = field(repr=False)
    limits: Caps = field(repr=False)
    capacity: Capacity = field(repr=False)
    parameters: Parameters = field(repr=False)
    supply: FloatArray | None = field(repr=False)

    @cached_property
    def needed(self) -> Drivers:
        """Every step with nothing capped, (places, weeks, samples); made again when asked for, then kept."""
        return self._steps(None)

    @cached_property
    def absorbed(self) -> Drivers:
        """Every step as beds, staff and laboratories allow, (places, weeks, samples)."""
        return self._steps(self.limits)

    def _steps(self, limits: Caps | None) -> Drivers:
        ill = people(self.cases, self.parameters)
        there, table = self.capacity, self.parameters
        return drivers(ill, self.cases, self.past, capacity=there, parameters=table, limits=limits)

    def series(self, driver: str, *, capped: bool = False) -> FloatArray:
        """An intermediate step, shape (samples, weeks, places): patients, beds, staff, tests, oxygen.

        ``driver`` is a key of :data:`sampan.engines.needs.drivers.UNITS`. capped: as beds, staff and
        laboratories allow. Raises InputError for an unknown name.
        """
        made = self.absorbed if capped else self.needed
        if driver not in made:
            raise InputError(f'There is no step "{driver}".', way_out=f"Use {', '.join(made)}.", field=driver)
        return np.broadcast_to(made[driver], self.cases.shape).transpose(2, 1, 0)

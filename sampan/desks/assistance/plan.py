"""Who gets what, when, with home safe first, and why? The plan as people read it, and as it is kept."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sampan.access.session import Session
from sampan.records.assistance import Plan as PlanRecord


@dataclass(frozen=True)
class Line:
    """What leaves for one recipient of one item in one week (1 = now), and why it is as much as it is.

    ``next_pack`` and ``last_pack`` are the harm that one pack more would avoid, and that the last one
    given avoids; ``price`` is what a pack avoids elsewhere; ``chance_short`` is the probability that
    need in the week of arrival is still greater. ``grounds`` are those on which the policy assists.
    """

    recipient: str
    name: str
    region: str
    item: str
    week: int
    """Number of the week, from 1, which is the present one."""
    units: int
    cartons: int
    next_pack: float
    """Harm that one pack more would avoid, in weighted units of unmet need."""
    last_pack: float
    """Harm that the last pack given avoids, in weighted units of unmet need."""
    price: float
    """Harm that a pack avoids elsewhere, in weighted units of unmet need."""
    chance_short: float
    """Probability, from 0 to 1, that need in the week of arrival is still greater."""
    binding: tuple[str, ...]
    grounds: tuple[str, ...] = ()


@dataclass(frozen=True)
class Transfer:
    """What moves within home in one week: from the national depots, or from one province's store, to another.

    ``depot`` is ``home`` or the code of the province that lends. The reasons are as in a line.
    """

    depot: str
    depot_name: str
    recipient: str
    name: str
    item: str
    week: int
    """Number of the week, from 1, which is the present one."""
    units: int
    cartons: int
    next_pack: float
    """Harm that one pack more would avoid, in weighted units of unmet need."""
    last_pack: float
    """Harm that the last pack given avoids, in weighted units of unmet need."""
    price: float
    """Harm that a pack avoids elsewhere, in weighted units of unmet need."""
    chance_short: float
    """Probability, from 0 to 1, that need in the week of arrival is still greater."""
    binding: tuple[str, ...]


@dataclass(frozen=True)
class HomeLine:
    """What home keeps of one item.

    ``need`` is home's own need of the calibrated weeks, at the probability that the policy asks for;
    ``produced`` what home may count on to be made in them; ``reserve`` the most that must be left in any
    week for it; ``at_hand`` the depot this week; ``exportable`` what a later week's production adds; ``left``
    what the plan leaves there now. ``covered`` says whether the reserve is met in every week; where it cannot
    be, nothing is sent. None is what the Sampan that made the plan did not write down.
    """

    item: str
    need: int | None
    produced: int | None
    reserve: int
    at_hand: int
    exportable: int | None
    left: int
    covered: bool


@dataclass(frozen=True)
class Coverage:
    """The expected share of a recipient's need for one item that is met before and after the plan, over all weeks."""

    recipient: str
    name: str
    item: str
    before: float
    """Expected share of the need that is met without the plan, from 0 to 1."""
    after: float
    """Expected share of the need that is met with the plan, from 0 to 1."""


@dataclass(frozen=True)
class Decision:
    """A proposed plan as people read it.

    ``conflicts`` says in words which limits could not all hold, and by how much they were eased; a plan with
    any is marked as relaxed wherever it is shown. ``transfers`` move within home, where provinces were asked
    for; ``reserve`` says how home's reserve was reckoned.
    """

    day: date
    policy: str
    lines: tuple[Line, ...]
    home: tuple[HomeLine, ...]
    coverage: tuple[Coverage, ...]
    conflicts: tuple[str, ...]
    objective: float
    """Harm that is left under the plan, in weighted units of unmet need."""
    lower_bound: float
    """Harm that no plan can do better than, in weighted units of unmet need."""
    nothing_sent: float
    """Harm if nothing were sent, in weighted units of unmet need."""
    assumptions: tuple[str, ...]
    transfers: tuple[Transfer, ...] = ()
    reserve: str = "quantile"

    @property
    def on_assumed_stock(self) -> tuple[str, ...]:
        """The items that leave now of which nobody had counted what there is."""
        return tuple(sorted({line.item for line in self.leaving if f"{line.item} stock" in self.assumptions}))

    @property
    def gap(self) -> float:
        """The most by which a better plan could beat this one, as a share of the harm that is left."""
        return 0.0 if self.objective == 0 else (self.objective - self.lower_bound) / self.objective

    @property
    def leaving(self) -> tuple[Line, ...]:
        """The lines of this week: what the batch will hold."""
        return tuple(line for line in self.lines if line.week == 1)


def record(
    session: Session, decision: Decision, *, weeks: int, exercise: bool, refs: Sequence[str] = ()
) -> str:
    """Records a decision, however it came about, for a second person to approve; returns its entry's id."""
    tables = ("lines", "home", "coverage", "transfers")
    parts = {name: [vars(line) for line in getattr(decision, name)] for name in tables}
    said = vars(decision) | parts
    table = json.dumps(said, default=str, sort_keys=True, allow_nan=False).encode()
    plan = PlanRecord(
        day=decision.day,
        weeks=weeks,
        policy=decision.policy,
        recipients=len({line.recipient for line in decision.leaving}),
        lines=len(decision.lines),
        objective=decision.objective,
        lower_bound=decision.lower_bound,
        table=session.keep(f"plan-{decision.day}.json", table),
        exercise=exercise,
    )
    (entry,) = session.write("plan", [plan], effective=decision.day, refs=refs)
    return entry.id


_NOT_SAID: dict[str, Any] = dict.fromkeys(("need", "produced", "exportable"))
"""Of home, by plans of older versions."""


def read_plan(session: Session, record: PlanRecord) -> Decision:
    """The plan that a record cites."""
    said = json.loads(session.blobs.get(record.table.digest))
    said["lines"] = tuple(
        Line(**{**line, "binding": tuple(line["binding"]), "grounds": tuple(line.get("grounds", ()))})
        for line in said["lines"]
    )
    said["home"] = tuple(HomeLine(**{**_NOT_SAID, **line}) for line in said["home"])
    said["coverage"] = tuple(Coverage(**line) for line in said["coverage"])
    said["transfers"] = tuple(
        Transfer(**{**line, "binding": tuple(line["binding"])}) for line in said.get("transfers", ())
    )
    said["conflicts"] = tuple(said["conflicts"])
    said["day"] = date.fromisoformat(said["day"])
    said["assumptions"] = tuple(said["assumptions"])
    return Decision(**said)

"""Who gets what, when, from which depot, with home safe first, and why.

``allocate(Problem(...))`` returns a ``Plan``. HiGHS is imported only when something is solved.
"""

from sampan.engines.allocate.compare import Outcome, compare
from sampan.engines.allocate.plan import Conflict, Limit, Plan, Prices, Reason
from sampan.engines.allocate.policy import EVEN, POLICIES
from sampan.engines.allocate.problem import Charter, Earmark, Lot, Problem
from sampan.engines.allocate.reserve import home_reserve
from sampan.engines.allocate.session import Session, allocate

__all__ = [
    "EVEN",
    "POLICIES",
    "Charter",
    "Conflict",
    "Earmark",
    "Limit",
    "Lot",
    "Outcome",
    "Plan",
    "Prices",
    "Problem",
    "Reason",
    "Session",
    "allocate",
    "compare",
    "home_reserve",
]

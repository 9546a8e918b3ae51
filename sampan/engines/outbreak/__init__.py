"""A whole fictional outbreak: the truth, what is reported of it, and how near an estimate came.

truth = simulate(population, origin, scenario=Scenario(), rng=np.random.default_rng(7), home=home)
told = report(truth, scenario=Scenario(), rng=np.random.default_rng(8))
marks = compare(truth, told, days=[55, 62], r=..., weekly=...)
"""

from sampan.engines.outbreak.compare import Comparison, compare
from sampan.engines.outbreak.epidemic import Truth, simulate
from sampan.engines.outbreak.reporting import Event, Habits, Reported, report
from sampan.engines.outbreak.scenario import Scenario

__all__ = ["Comparison", "Event", "Habits", "Reported", "Scenario", "Truth", "compare", "report", "simulate"]

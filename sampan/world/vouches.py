"""For which figures has somebody vouched, although they look anomalous?"""

from __future__ import annotations

from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from sampan.ledger.ledger import Ledger
from sampan.records.control import Vouch
from sampan.world.reports import Reports


def vouched(ledger: Ledger, reports: Reports, *, known_on: datetime | None = None) -> NDArray[np.bool_]:
    """(days, places): True where the last word that we had by ``known_on`` is that the figure is right."""
    trust = np.zeros(reports.cases.shape, dtype=bool)
    for entry in ledger.entries(kind=Vouch.kind, known_on=known_on):
        said = Vouch.read(entry.body)
        day = (said.day - reports.days[0]).days
        if said.place in reports.places and 0 <= day < len(reports.days):
            trust[day, reports.column(said.place)] = said.holds
    return trust

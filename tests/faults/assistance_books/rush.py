"""Several processes take the same goods at once, and one of them is killed: run as a program, so that it may fork.

python -m tests.faults.assistance_books.rush PLACE UNITS WRITERS
"""

from __future__ import annotations

import os
import signal
import sys
import time
from pathlib import Path

from sampan.access.people import Person
from sampan.access.session import Session
from sampan.core.errors import Refused
from sampan.core.time import StandingClock
from sampan.ledger.blobs import Blobs
from sampan.ledger.ledger import Ledger
from sampan.node import read_models
from sampan.records.assistance import LotLine, Packing, Production
from sampan.world.accounts import balance
from tests.ledgers import KEY, NOON, ORIGIN

OFFICER = Person("officer", ("officer",))


def session(ledger: Ledger) -> Session:
    return Session(ledger, Blobs("memory://rush"), StandingClock(NOON), "CHN", OFFICER)


def take(place: str, name: str) -> None:
    """Packs one unit at a time until there is none."""
    with Ledger.open(place, key=KEY, clock=StandingClock(NOON), read_models=read_models()) as ledger:
        one = LotLine(item="ventilator", lot="V", units=1)
        while True:
            try:
                session(ledger).write(
                    "consign", [Packing(consignment=f"1-{name}", depot="home", lines=(one,))]
                )
            except Refused:
                return


def rush(place: str, units: int, writers: int) -> str:
    """Lets ``writers`` take ``units``; what is gone from the depot is packed, every unit once."""
    with Ledger.create(place, origin=ORIGIN, key=KEY, read_models=read_models()) as ledger:
        lot = LotLine(item="ventilator", lot="V", units=units)
        session(ledger).write("stock", [Production(depot="home", lines=(lot,), source="Works 1")])
    children = []
    for number in range(writers):
        child = os.fork()
        if not child:
            take(place, f"W{number}")
            os._exit(0)
        children.append(child)
    time.sleep(0.7)
    os.kill(children[0], signal.SIGKILL)
    for child in children:
        os.waitpid(child, 0)
    with Ledger.open(place, key=KEY, read_models=read_models()) as ledger:
        left = {one.account: one.quantity for one in balance(ledger)}
        assert left.pop("production") == -units
        assert all(quantity > 0 for quantity in left.values()), left
        assert "depot:home" not in left, left
        assert sum(left.values()) == units, left
        ledger.rebuild()
        again = {one.account: one.quantity for one in balance(ledger)}
        assert again == {**left, "production": -units}
        assert ledger.verify().ok
    return f"{len(left)} took {units}"


if __name__ == "__main__":
    where = sys.argv[1]
    print(rush(where if "://" in where else f"sqlite:///{Path(where)}", int(sys.argv[2]), int(sys.argv[3])))

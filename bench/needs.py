"""How fast are the needs, and in how much memory? Seeded cases, CPU seconds of this process.

``python -m bench.needs [--size tiny|small|ordinary|full] [--json]``. Two problems: what the demo asks
(five items, all places at once) and the reference (every item of the tables, a few places at a time).
"""

from __future__ import annotations

import argparse
import json
import time
import tracemalloc
from typing import Any

import numpy as np

from sampan.engines.needs import THE_FIVE, Capacity, each_block, explain, laboratory_capacity, needs
from sampan.engines.needs.parameters import load

Row = dict[str, Any]

#: size → (samples, weeks, places) of the demo's problem and of the reference
SIZES = {
    "tiny": ((5, 3, 6), (5, 3, 6)),
    "small": ((100, 8, 60), (100, 12, 50)),
    "ordinary": ((100, 8, 300), (1000, 12, 250)),
    "full": ((100, 8, 300), (1000, 12, 250)),
}


def instance(samples: int, weeks: int, places: int, *, items: int, seed: int = 4) -> Row:
    """Arguments of :func:`needs`: an uneven outbreak, capacities known for two places in three, some stock."""
    rng = np.random.default_rng(seed)
    size = rng.lognormal(6, 2, places)
    people = rng.lognormal(16, 1.5, places)
    unknown = np.where(rng.random(places) < 1 / 3, np.nan, 1.0)
    machines = {"manual": people // 2e6, "genexpert": people // 2e5, "abbott_m2000": people // 1e7}
    return {
        "new_cases": rng.lognormal(0, 0.5, (samples, weeks, places)) * size,
        "recent_cases": rng.lognormal(0, 0.5, (3, places)) * size,
        "capacity": Capacity(
            people * 3e-3 * unknown,
            icu_share=0.03,
            doctors=people * 1e-3 * unknown,
            nurses=people * 2e-3,
            **laboratory_capacity(machines),
        ),
        "stock": rng.uniform(0, 100, (places, items)),
        "inbound": rng.uniform(0, 10, (weeks, places, items)),
    }


def run(size: str) -> list[Row]:
    """One row per problem and phase, each beside its bar (given for the ordinary size only)."""
    demo, reference = SIZES[size]
    everything = tuple(load().items)

    def row(shape: tuple[int, ...], items: int, phase: str, value: float, unit_and_bar: str) -> Row:
        problem = f"needs, {shape[0]} samples × {shape[1]} weeks × {shape[2]} places × {items} items"
        unit, bar = unit_and_bar.split(" ≤ ")
        bar = bar if size in ("ordinary", "full") else ""
        return {"problem": problem, "phase": phase, "value": value, "unit": unit, "bar": bar}

    five, many = instance(*demo, items=len(THE_FIVE)), instance(*reference, items=len(everything))
    made = needs(**five)
    rows = [
        row(demo, len(THE_FIVE), "need and net", cpu(lambda: needs(**five)), "CPU s ≤ 0.15"),
        row(demo, len(THE_FIVE), "explain a cell", cpu(lambda: explain(made, 0, 1, "mask")), "CPU s ≤ 0.05"),
        row(reference, len(everything), "need and net", cpu(lambda: sweep(many, everything)), "CPU s ≤ 5"),
    ]
    without = many | {"stock": None, "inbound": None}
    rows.append(row(reference, len(everything), "need", cpu(lambda: sweep(without, everything)), "CPU s ≤ 5"))
    rows.append(row(reference, len(everything), "peak beyond cases", peak(many, everything), "MB ≤ 300"))
    return rows


def sweep(problem: Row, items: tuple[str, ...]) -> None:
    """Goes through all places, as a caller would who keeps only a summary of each."""
    for _ in each_block(**problem, items=items):
        pass


def cpu(work: Any) -> float:
    start = time.process_time()
    work()
    return time.process_time() - start


def peak(problem: Row, items: tuple[str, ...]) -> float:
    """Most memory in use at once beyond the problem itself, in MB."""
    tracemalloc.start()
    try:
        sweep(problem, items)
        return tracemalloc.get_traced_memory()[1] / 1e6
    finally:
        tracemalloc.stop()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--size", choices=SIZES, default="ordinary")
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args()
    rows = run(asked.size)
    if asked.json:
        print(json.dumps(rows, indent=2))
        return
    for row in rows:
        print(
            f"{row['problem']:<62} {row['phase']:<18} {row['value']:>8.3g} {row['unit']:<6} bar {row['bar']}"
        )


if __name__ == "__main__":
    main()

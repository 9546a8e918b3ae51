"""How fast does the ledger take in, give back, check and prove, and does its memory stay flat?

``python -m bench.ledger [--size tiny|small|ordinary|full] [--json]``. One problem for each store: SQLite in
a temporary folder, and the empty PostgreSQL database that ``SAMPAN_BENCH_DATABASE`` names, if it does.
Single appends are timed by the clock, for they wait for the disk; the rest in CPU seconds of this process.
Peak memory is that of a fresh process that appends, reads, verifies and exports.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sampan.ledger.entry import Draft
from sampan.ledger.ledger import Ledger
from sampan.ledger.signing import SigningKey

Row = dict[str, Any]

KEY = SigningKey.from_seed("bench.example/log", bytes(32))
BATCH = 1_000

#: size → (entries in batches, single appends, a short and a long log whose memory is compared)
SIZES = {
    "tiny": (600, 10, (300, 900)),
    "small": (5_000, 100, (2_000, 10_000)),
    "ordinary": (20_000, 500, (5_000, 20_000)),
    "full": (200_000, 2_000, (20_000, 200_000)),
}


def drafts(count: int) -> Iterator[Draft]:
    """Lines of a plan, as assistance writes them: 450 bytes each, every second one public."""
    day = datetime(2020, 3, 26, tzinfo=UTC)
    for number in range(count):
        body = {
            "place": "KEN",
            "item": "mask",
            "units": 40_000 + number,
            "reason": "Hard hit in two weeks; stocks for three days at home.",
            "value_of_next_pack": 0.125,
            "capacity": {"beds": 1_400, "intensive_care": None, "source": "assumed"},
        }
        yield Draft("plan.line", body, "aid officer", day, "public" if number % 2 else "internal")


def run(size: str) -> list[Row]:
    """One row per problem and phase, each beside its bar."""
    entries, singles, logs = SIZES[size]
    with tempfile.TemporaryDirectory() as folder:
        rows = measure(Path(folder) / "ledger", f"ledger, SQLite, {entries:,} entries", entries, singles)
    if address := os.environ.get("SAMPAN_BENCH_DATABASE"):
        rows += measure(address, f"ledger, PostgreSQL, {entries:,} entries", entries, singles)
    short, long = (peak(count) for count in logs)
    problem = f"ledger, SQLite, {logs[0]:,} and {logs[1]:,} entries"
    return [*rows, row(problem, "peak memory, long/short", long / short, "times", "1.1")]


def measure(place: str | Path, problem: str, entries: int, singles: int) -> list[Row]:
    """The phases of one problem on one store."""
    with Ledger.create(place, origin=KEY.name, key=KEY) as ledger, tempfile.TemporaryDirectory() as folder:
        work: dict[str, tuple[Callable[[], None], Callable[[], float], int, str]] = {
            f"append, {BATCH:,} at a time": (
                lambda: fill(ledger, entries),
                time.process_time,
                entries,
                "5000",
            ),
            "append, one at a time": (lambda: drip(ledger, singles), time.perf_counter, singles, "200"),
            "read": (lambda: read(ledger), time.process_time, entries + singles, ""),
            "verify": (lambda: verify(ledger), time.process_time, entries + singles, "20000"),
            "export": (lambda: ledger.export(Path(folder)), time.process_time, entries + singles, ""),
            "prove inclusion": (lambda: prove(ledger), time.process_time, 200, ""),
        }
        rows = []
        for phase, (task, clock, count, bar) in work.items():
            start = clock()
            task()
            unit = "/s" if clock is time.perf_counter else "/CPU s"
            rows.append(row(problem, phase, count / (clock() - start), unit, bar))
        return rows


def row(problem: str, phase: str, value: float, unit: str, bar: str) -> Row:
    return {"problem": problem, "phase": phase, "value": value, "unit": unit, "bar": bar}


def fill(ledger: Ledger, entries: int) -> None:
    for start in range(0, entries, BATCH):
        ledger.append(drafts(min(BATCH, entries - start)))


def drip(ledger: Ledger, singles: int) -> None:
    for draft in drafts(singles):
        ledger.append([draft])


def read(ledger: Ledger) -> None:
    assert sum(1 for _ in ledger.entries()) == ledger.size


def verify(ledger: Ledger) -> None:
    assert ledger.verify().ok


def prove(ledger: Ledger) -> None:
    for number in range(200):
        ledger.inclusion(number * 7919 % ledger.size)


def peak(entries: int) -> float:
    """Most resident memory, in MiB, of a fresh process that does everything with so many entries."""
    program = [sys.executable, "-m", "bench.ledger", "--peak", str(entries)]
    done = subprocess.run(program, check=True, capture_output=True, cwd=Path(__file__).parents[1])
    return float(done.stdout)


def everything(entries: int) -> float:
    import resource

    with tempfile.TemporaryDirectory() as folder:
        measure(Path(folder) / "ledger", "", entries, 1)
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--size", choices=SIZES, default="ordinary")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--peak", type=int, metavar="ENTRIES", help="print the peak memory in MiB, no more")
    asked = parser.parse_args()
    if asked.peak:
        print(everything(asked.peak))
        return
    rows = run(asked.size)
    if asked.json:
        print(json.dumps(rows, indent=2))
        return
    for line in rows:
        print(
            f"{line['problem']:<46} {line['phase']:<24} {line['value']:>10,.4g} {line['unit']:<6} {line['bar']}"
        )


if __name__ == "__main__":
    main()

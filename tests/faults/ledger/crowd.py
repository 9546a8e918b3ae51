"""Writers that are killed or that crowd: run as a program, so that it may fork before anything is open.

    python -m tests.faults.ledger.crowd kill  PLACE SECONDS SEED
    python -m tests.faults.ledger.crowd crowd PLACE WRITERS BATCHES

Every entry says which batch of how many it belongs to; at the end the log is read and judged.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path
from random import Random

from sampan.ledger.entry import Entry
from sampan.ledger.ledger import Ledger
from tests.ledgers import KEY, draft


def write(place: str | Path, name: str, batches: int | None, say: Callable[[Entry], None]) -> None:
    """Appends batches of 1 to 40 entries, and says after each which entry was the last."""
    random = Random(name)
    number = 0
    with Ledger.open(place, key=KEY) as ledger:
        while batches is None or number < batches:
            size = random.choice([1, 1, 2, 5, 40])
            body = {"batch": f"{name}.{number}", "of": size}
            say(ledger.append([draft(body={**body, "part": part}) for part in range(size)])[-1])
            number += 1


def forked(work: Callable[[], None]) -> int:
    """The process that does ``work``."""
    child = os.fork()
    if child:
        return child
    status = 1
    try:
        work()
        status = 0
    finally:
        os._exit(status)


def kill(place: str | Path, seconds: float, seed: int) -> str:
    """Starts a writer and kills it, again and again; nothing that it was told is kept may be lost."""
    random, rounds, end = Random(seed), 0, time.monotonic() + seconds
    told = 0
    while time.monotonic() < end:
        reader, writer = os.pipe()

        def say(last: Entry, pipe: int = writer) -> None:
            os.write(pipe, json.dumps([last.index, last.id]).encode() + b"\n")

        child = forked(lambda name=f"{seed}.{rounds}", say=say: write(place, name, None, say))  # type: ignore[misc]
        os.close(writer)
        time.sleep(random.uniform(0.01, 0.15))
        os.kill(child, signal.SIGKILL)
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == -signal.SIGKILL, "the writer failed"
        with os.fdopen(reader) as pipe:
            acknowledged = [json.loads(line) for line in pipe]
        with Ledger.open(place, key=KEY) as ledger:
            for index, id in acknowledged:
                assert ledger.at(index).id == id, f"entry {index} was acknowledged and is lost"
            last = next(ledger.entries(newest_first=True, limit=1), None)
            assert ledger.size == (last.index + 1 if last else 0)
        told, rounds = told + len(acknowledged), rounds + 1
    return f"{rounds} writers killed after {told} acknowledged batches; {judge(place)} entries are whole"


def crowd(place: str | Path, writers: int, batches: int) -> str:
    """Lets writers append at once."""
    children = [
        forked(lambda name=str(number): write(place, name, batches, lambda last: None))  # type: ignore[misc]
        for number in range(writers)
    ]
    for child in children:
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0, "a writer failed"
    entries = judge(place)
    with Ledger.open(place, key=KEY) as ledger:
        made = [entry.body["batch"] for entry in ledger.entries() if entry.body["part"] == 0]
    for number in range(writers):
        mine = [batch for batch in made if batch.split(".")[0] == str(number)]
        assert mine == [f"{number}.{place}" for place in range(batches)], "a batch is missing or out of order"
    return f"{writers} writers made {entries} entries"


def judge(place: str | Path) -> int:
    """The log is one gapless sequence of whole batches, and every byte is accounted for."""
    with Ledger.open(place, key=KEY) as ledger:
        found = ledger.verify()
        assert found.ok, found.fault
        expected = 0
        left: list[tuple[str, int]] = []
        for entry in ledger.entries():
            assert entry.index == expected, f"entry {expected} is missing"
            expected += 1
            if not left:
                left = [(entry.body["batch"], part) for part in range(entry.body["of"])]
            assert (entry.body["batch"], entry.body["part"]) == left.pop(0), "a batch is torn"
        assert not left, "the last batch is torn"
        assert expected == ledger.size
        return expected


def main(mode: str, place: str, first: str, second: str) -> None:
    where = place if "://" in place else Path(place)
    print(kill(where, float(first), int(second)) if mode == "kill" else crowd(where, int(first), int(second)))


if __name__ == "__main__":
    main(*sys.argv[1:])

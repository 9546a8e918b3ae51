"""Runs a whole replay, for tests that look at what it left behind."""

from __future__ import annotations

import contextlib
import pickle
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from pathlib import Path

import pytest

from sampan.core.time import StandingClock
from sampan.desks.assistance import assumptions
from sampan.desks.control.exercise import SEED, Exercise, make
from sampan.formats import jhu
from sampan.injects import BEFORE, Injects, genomes_of
from sampan.node import Node
from sampan.replay import Replay, decision_days, replay
from tests.once import own_copy


@dataclass(frozen=True)
class Ran:
    """A replay, the node that it left behind, and the files that it read."""

    node: Node
    replay: Replay
    files: dict[str, bytes]
    exercise: Exercise | None = None


def run(folder: Path, files: dict[str, bytes], *, last_weeks_off: int = 0, **kept: Exercise) -> Ran:
    table = jhu.read(*files.values())
    days = decision_days(table.days[0], table.days[-1] - timedelta(weeks=last_weeks_off))
    clock = StandingClock(datetime.combine(days[0] - BEFORE, time(12), UTC))
    node = Node.create(folder, home="CHN", clock=clock, exercise=bool(kept))
    given = assumptions.default()
    around = None
    if exercise := kept.get("exercise"):
        genomes = genomes_of(exercise, home="CHN", seed=SEED)
        around = Injects(node.session, clock, assumptions=given, first=days[0], seed=SEED, genomes=genomes)
    silent = lambda name, detail: contextlib.nullcontext()  # noqa: E731
    done = replay(node, files, days, clock=clock, assumptions=given, step=silent, injects=around)
    return Ran(node, done, files, **kept)


def real_files(shared: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted((shared / "data" / "jhu").glob("*.csv"))}


def of_march(factory: pytest.TempPathFactory, shared: Path) -> Ran:
    """The replay of March 2020."""
    return opened(
        own_copy(factory, "real", lambda: kept(run(factory.mktemp("made") / "node", real_files(shared))))
    )


def of_the_demo(factory: pytest.TempPathFactory) -> Ran:
    """The replay of the exercise that the demo runs on."""

    def played() -> Path:
        made = make(home="CHN")
        return kept(run(factory.mktemp("made") / "node", made.files, last_weeks_off=1, exercise=made))

    return opened(own_copy(factory, "exercise", played))


def kept(ran: Ran) -> Path:
    """The folder around the node, which is closed, with the rest beside it."""
    ran.node.close()
    folder = ran.node.folder.parent
    rest = (ran.node.session.clock, ran.replay, ran.files, ran.exercise)
    (folder / "rest.pickle").write_bytes(pickle.dumps(rest))
    return folder


def opened(folder: Path) -> Ran:
    """What was ``kept``."""
    clock, *rest = pickle.loads((folder / "rest.pickle").read_bytes())
    return Ran(Node.open(folder / "node", clock=clock), *rest)

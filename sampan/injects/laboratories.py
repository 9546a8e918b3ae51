"""What do the laboratories and the science desk do between two decisions of an exercise?

Each week the laboratories hand in what they have read. Somebody else finds it fit, but for what quality control
turned away; it is released, looked over for what grows, and described in sets and works. The lineages are those that
were designated by the day, so that a newer list of them comes once and everything is analysed anew.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from functools import partial
from pathlib import Path

from sampan.access.people import somebody
from sampan.access.session import Session
from sampan.desks.control.exercise import Exercise
from sampan.desks.science import (
    alerts,
    focal_points,
    projects,
    reanalysis,
    releases,
    sets,
    standing,
    submission,
    watching,
    works,
)
from sampan.desks.science.done import Done
from sampan.desks.science.exercise import VIRUS, FictionalGenomes, make, upload
from sampan.desks.science.findings import Blocked
from sampan.desks.science.references import own_folder
from sampan.engines.genome.kernels import sparing
from sampan.engines.outbreak.virus import spelt
from sampan.records.science_exchange import Milestone, WorkKind
from sampan.world.genome_references import install

On = Callable[..., None]
"""Puts something on the calendar: the day, what is done, and with what."""

WEEKS = 5
"""Uploads, a week apart."""
NEW_LIST = 22
"""Days after the opening on which the newer list of lineages comes."""
LICENCE = "CC-BY-4.0"
CENTRE = "EXERCISE sequencing centre"
ADDRESS = "https://example.org/exercise"
DESK = "genomics desk"
PRIMER = 22
"""Letters of a primer."""


def genomes_of(exercise: Exercise, *, home: str, seed: int) -> FictionalGenomes:
    """The virus of an exercise and its genomes, from the seed that made the outbreak."""
    return make(
        exercise.truth,
        exercise.reported,
        exercise.places,
        home=home,
        first_day=exercise.first_day,
        scenario=exercise.scenario,
        seed=seed,
    )


class Laboratories:
    """Plays the laboratories, and the science desk of the office. The same genomes play the same."""

    def __init__(self, office: Session, genomes: FictionalGenomes, *, opening: date, on: On) -> None:
        """``opening`` is the day from which genomes are handed in; ``on`` is the calendar of the exercise."""
        self.office, self.genomes, self.on = office, genomes, on
        self.handed_in = date.min
        on(opening, self._open)
        for week in range(WEEKS):
            on(opening + timedelta(1 + 7 * week), self._hand_in)
        on(opening + timedelta(NEW_LIST), self._designate)
        on(opening + timedelta(7 * WEEKS), self._look_over)

    def _in(self, days: int, inject: Callable[..., object], *given: object) -> None:
        self.on(self.office.today() + timedelta(days), inject, *given)

    def _open(self) -> None:
        """The reference is installed, and it is said who answers for what and how genomes are read."""
        self._install()
        focal_points.record_focal_point(
            self.office,
            self.office.home,
            "genomes",
            office=CENTRE,
            role=DESK,
            reach="genomics@example.org",
        )
        self._publish("Reading the exercise virus with amplicons of 400 letters", "protocol", ["sequencing"])

    def _publish(
        self, title: str, kind: WorkKind, topics: Sequence[str], *, linked: Sequence[str] = ()
    ) -> Done:
        """Records a work of the centre, of today."""
        return works.record_work(
            self.office,
            title,
            kind,
            licence=LICENCE,
            address=f"{ADDRESS}/{kind}",
            holder=CENTRE,
            day=self.office.today(),
            linked=linked,
            topics=topics,
        )

    def _install(self) -> None:
        """Installs the reference with the lineages that are designated by today, as an operator would."""
        with tempfile.TemporaryDirectory() as made:
            folder = self.genomes.write_reference(Path(made) / VIRUS)
            install(folder, designated_until=self.office.today().isoformat(), store=own_folder(self.office))

    def _hand_in(self) -> None:
        """What became ready since the last time is handed in; what does not align is kept out at once."""
        today = self.office.today()
        ready = self.genomes.ready(self.handed_in, today)
        self.handed_in = today
        if not ready:
            return
        try:
            done = self._submit(upload(ready, f"genomes_{today}"))
        except Blocked:
            return  # not one aligns
        bad = [row.accession for row in done.rows if row.quality == "bad"]
        if len(bad) < done.new:
            self._in(1, self._approve, done.number, bad)

    def _submit(self, files: dict[str, bytes]) -> submission.Submitted:
        with sparing():
            return submission.submit(
                self.office,
                files,
                licence=LICENCE,
                group=CENTRE,
                focal_point=DESK,
                reference=VIRUS,
                good_only=True,
            )

    def _approve(self, number: str, without: list[str]) -> None:
        """Somebody else finds genomes fit, but for those of bad quality."""
        second = self.office.on_behalf_of(somebody("director", ["approver"]))
        releases.approve(second, number, without=without, note="Quality control (exercise)")
        self._in(1, self._release, number, without)

    def _release(self, number: str, bad: list[str]) -> None:
        releases.release(self.office, number)
        if bad:
            releases.withdraw(self.office, bad, reason="Bad quality; the sample is read anew (exercise)")
        if not sets.sets(self.office):
            self._in(1, self._describe, number)
        self._in(1, self._look_over)

    def _look_over(self) -> None:
        """What grows, fits no more or ends is raised; somebody has it in hand a day later."""
        alerts.raise_alerts(self.office, least=10)
        for each in alerts.alerts(self.office):
            if each.state == "open":
                self._in(
                    1, partial(alerts.move_alert, self.office, each.number, "acknowledged", note="EXERCISE")
                )

    def _describe(self, number: str) -> None:
        """The first genomes become a set with a data set and a project that rest on it, and primers are watched."""
        released = standing.genomes(self.office, number, "released")
        opened = [one.accession for one in released if one.kind == "open"]
        if not opened:
            return  # the next release is looked at again
        made = sets.record_set(
            self.office,
            "Genomes of the first weeks of the exercise",
            opened,
            creators=[CENTRE],
            publisher=CENTRE,
            description="EXERCISE: a virus that there is not.",
            licence=LICENCE,
        )
        work = self._publish(
            "Genomes of the first weeks, aligned", "dataset", ["genomes"], linked=[made.number]
        )
        projects.record_project(
            self.office,
            "A candidate vaccine against the exercise virus",
            "vaccine",
            ["WHO"],
            agreement="Letter of intent (exercise)",
            begins=self.office.today(),
            milestones=[Milestone(name="Candidate chosen", due=self.office.today() + timedelta(weeks=4))],
            linked_sets=[made.number],
            linked_works=[work.number],
        )
        watching.watch_primers(self.office, self._primers(), virus=VIRUS)

    def _primers(self) -> bytes:
        """Two primers of a test on the last gene, and one that lies where a lineage has changed."""
        last = self.genomes.virus.genes[-1]
        begins = {"EXN-F": last.begin + 90, "EXN-R": last.begin + 180}
        if marked := [each for one in self.genomes.lineages[1:2] for each in one.mutations]:
            begins["EXS-F"] = marked[-1].at - PRIMER + 4
        rows = [self._primer(name, begin) for name, begin in begins.items()]
        return "\n".join(["name\tsequence\tstart\tstrand", *rows, ""]).encode()

    def _primer(self, name: str, begin: int) -> str:
        """A row of the table: the primer that begins there, or as near as the ends of the virus allow."""
        begin = min(max(begin, 0), len(self.genomes.virus.letters) - PRIMER)
        letters = self.genomes.virus.letters[begin : begin + PRIMER]
        if not name.endswith("R"):
            return f"{name}\t{spelt(letters)}\t{begin + 1}\t+"
        return f"{name}\t{spelt(3 - letters[::-1])}\t{begin + 1}\t-"

    def _designate(self) -> None:
        """A newer list of lineages is installed, everything analysed anew, and what was learnt written down."""
        self._install()
        if not standing.status(self.office):
            return
        with sparing():
            reanalysis.reanalyse(self.office, reference=VIRUS)
        self._publish(
            "How the lineages of the exercise virus reached other countries",
            "preprint",
            ["genomes", "lineages"],
            linked=list(sets.sets(self.office)),
        )

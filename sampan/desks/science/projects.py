"""What do we work on together, or do for each other: vaccine, medicine, diagnostics; with whom, by when, how far?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from sampan.access.session import Session
from sampan.core.errors import InputError
from sampan.desks.science.done import Done
from sampan.desks.science.sets import sets
from sampan.desks.science.works import works
from sampan.records.record import Record
from sampan.records.science_exchange import Milestone, Project, ProjectKind, ProjectStep
from sampan.world.parties import find_party


@dataclass(frozen=True)
class MilestoneState:
    """A milestone: due when, and whether it was reached, missed or is overdue."""

    name: str
    due: date | None
    """Day by which it is due (ISO 8601); null if none was agreed."""
    state: Literal["to come", "overdue", "reached", "missed"]


@dataclass(frozen=True)
class ProjectState:
    """A project or a service as it stands."""

    number: str
    what: ProjectKind
    title: str
    partners: tuple[str, ...]
    agreement: str
    service: bool
    begins: date | None
    ends: date | None
    state: Literal["to come", "under way", "ended"]
    milestones: tuple[MilestoneState, ...]
    sets: tuple[str, ...]
    works: tuple[str, ...]
    note: str


def record_project(
    session: Session,
    title: str,
    what: ProjectKind,
    partners: Sequence[str],
    *,
    agreement: str = "",
    service: bool = False,
    begins: date | None = None,
    ends: date | None = None,
    milestones: Sequence[Milestone] = (),
    linked_sets: Sequence[str] = (),
    linked_works: Sequence[str] = (),
    note: str = "",
    number: str | None = None,
) -> Done:
    """Records a joint project, or a technical service (``service``); or anew what is said of ``number``.

    Raises InputError for a partner, set or work that is not known, milestones of one name, or an end before the begin.
    """
    if not title.strip() or not partners:
        raise InputError("A project has a title and partners.", field="title", way_out="Give both.")
    if begins and ends and ends < begins:
        raise InputError(f"{ends} lies before {begins}.", field="ends", way_out="Swap them.")
    names = [each.name for each in milestones]
    if len(set(names)) < len(names):
        raise InputError("Two milestones have one name.", field="milestones", way_out="Name them apart.")

    def draft() -> list[Record]:
        _require_linked(session, linked_sets, linked_works)
        known = {each.number for each in projects(session)}
        if number and number not in known:
            raise InputError(
                f'There is no project "{number}".',
                field="number",
                way_out="Leave the number out for a new one.",
            )
        return [
            Project(
                number=number or f"P-{len(known) + 1:04d}",
                what=what,
                title=title.strip(),
                partners=tuple(find_party(session.ledger, each).code for each in partners),
                agreement=agreement,
                service=service,
                begins=begins,
                ends=ends,
                milestones=tuple(milestones),
                sets=tuple(linked_sets),
                works=tuple(linked_works),
                note=note,
            )
        ]

    (entry,) = session.decide("curate", draft)
    return Done(
        str(entry.body["number"]),
        (entry.id,),
        f"{entry.body['number']}: {what} with {', '.join(entry.body['partners'])}",
    )


def _require_linked(session: Session, linked_sets: Sequence[str], linked_works: Sequence[str]) -> None:
    for name, there, asked in (
        ("linked_sets", set(sets(session)), linked_sets),
        ("linked_works", {each.number for each in works(session)}, linked_works),
    ):
        for each in asked:
            if each not in there:
                raise InputError(
                    f'There is no "{each}".',
                    field=name,
                    way_out=f"There are {', '.join(sorted(there))}." if there else "Record it first.",
                )


def move_project(
    session: Session,
    number: str,
    step: Literal["reached", "missed", "ended"],
    *,
    milestone: str = "",
    note: str = "",
) -> Done:
    """Records that a milestone was reached or missed, or that the project ended.

    Raises InputError for a project or milestone that is not there.
    """

    def draft() -> list[Record]:
        state = next((each for each in projects(session) if each.number == number), None)
        if state is None:
            raise InputError(
                f'There is no project "{number}".',
                field="number",
                way_out="sampan science projects lists them.",
            )
        names = [each.name for each in state.milestones]
        if step != "ended" and milestone not in names:
            raise InputError(
                f'"{milestone}" is no milestone of {number}.',
                field="milestone",
                way_out=f"It has {', '.join(names)}." if names else "It has no milestones.",
            )
        return [ProjectStep(number=number, step=step, milestone=milestone, note=note)]

    (entry,) = session.decide("curate", draft)
    return Done(number, (entry.id,), f"{number}: {milestone} {step}".replace("  ", " "))


def projects(session: Session, what: ProjectKind | None = None) -> list[ProjectState]:
    """Every project and service as it stands today."""
    newest = {each.number: each for each in session.said(Project)}
    steps: dict[str, dict[str, str]] = {}
    for step in session.said(ProjectStep):
        steps.setdefault(step.number, {})[step.milestone if step.step != "ended" else ""] = step.step
    return [
        _state(said, steps.get(said.number, {}), session.today())
        for said in newest.values()
        if what in (None, said.what)
    ]


def _state(said: Project, steps: dict[str, str], today: date) -> ProjectState:
    ended = "" in steps or (said.ends is not None and said.ends < today)
    begun = said.begins is None or said.begins <= today
    return ProjectState(
        said.number,
        said.what,
        said.title,
        said.partners,
        said.agreement,
        said.service,
        said.begins,
        said.ends,
        "ended" if ended else "under way" if begun else "to come",
        tuple(_milestone(each, steps.get(each.name), today) for each in said.milestones),
        said.sets,
        said.works,
        said.note,
    )


def _milestone(said: Milestone, step: str | None, today: date) -> MilestoneState:
    if step in ("reached", "missed"):
        return MilestoneState(said.name, said.due, step)  # type: ignore[arg-type]
    overdue = said.due is not None and said.due < today
    return MilestoneState(said.name, said.due, "overdue" if overdue else "to come")

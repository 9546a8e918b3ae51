"""Under which terms is a sequence shared, and who may see it on a day?

Terms travel with every sequence, every export and to every node. What is decided here needs no disk, no
network and no clock: a record opens by itself on the day that was promised, loosening is free, and nothing
is taken back that others could see already.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Literal, Self

from sampan.core.errors import InputError, Refused

TermsKind = Literal["open", "restricted", "embargo", "national"]
Reader = Literal["public", "partner", "staff"]

KINDS: tuple[TermsKind, ...] = ("open", "restricted", "embargo", "national")
"""From loose to tight: free to all; for partners until a day; for home alone until a day; for home alone."""

READERS: tuple[Reader, ...] = ("public", "partner", "staff")
"""From the widest circle to the narrowest: anybody, another node, the people of this node."""

AUDIENCE: Mapping[TermsKind, Reader] = {
    "open": "public",
    "restricted": "partner",
    "embargo": "staff",
    "national": "staff",
}
"""The widest circle that sees a released record of each kind. Whoever is in a narrower one sees it too."""

DATED: frozenset[TermsKind] = frozenset({"restricted", "embargo"})
"""The kinds that end on a day and are open from then on."""


@dataclass(frozen=True, kw_only=True)
class TermsStep:
    """One step in the history of terms: on this day, this person set them so, because."""

    day: date
    who: str
    kind: TermsKind
    until: date | None = None
    why: str = ""


@dataclass(frozen=True, kw_only=True)
class Terms:
    """The terms of one sequence. ``until`` is the day from which it is open, for the kinds that end.

    ``licence`` is an SPDX identifier or an address; ``group`` submits and ``focal_point`` answers (a desk or
    a handle, never a person's name); ``attribution`` is how to credit; ``permit`` refers to a permit, or a
    contract on access and benefit sharing.
    """

    kind: TermsKind = "open"
    until: date | None = None
    licence: str = ""
    group: str = ""
    focal_point: str = ""
    attribution: str = ""
    permit: str = ""
    history: tuple[TermsStep, ...] = ()

    def __post_init__(self) -> None:
        if self.kind in DATED and self.until is None:
            raise InputError(
                f'Terms "{self.kind}" have no day on which they end.',
                field="until",
                way_out='Name the day, as 2021-03-01, or choose "national", which has none.',
            )
        if self.kind not in DATED and self.until is not None:
            raise InputError(
                f'Terms "{self.kind}" do not end on a day.',
                field="until",
                way_out="Leave the day out, or choose restricted or embargo.",
            )

    @classmethod
    def first(
        cls,
        kind: TermsKind,
        *,
        day: date,
        who: str,
        until: date | None = None,
        why: str = "",
        licence: str = "",
        group: str = "",
        focal_point: str = "",
        attribution: str = "",
        permit: str = "",
    ) -> Self:
        """The terms under which a sequence is submitted on ``day``: the beginning of their history."""
        step = TermsStep(day=day, who=who, kind=kind, until=until, why=why)
        return cls(
            kind=kind,
            until=until,
            licence=licence,
            group=group,
            focal_point=focal_point,
            attribution=attribution,
            permit=permit,
            history=(step,),
        )

    @property
    def promised(self) -> date | None:
        """The earliest day on which it was ever promised to be open; None if none ever was."""
        return min((day for day in (self.until, *(s.until for s in self.history)) if day), default=None)

    def kind_on(self, day: date) -> TermsKind:
        """The kind in force on ``day``: open from the promised day on, without anybody's doing."""
        return "open" if self.until is not None and day >= self.until else self.kind

    def seen_by(self, reader: Reader, day: date, *, released: bool = True) -> bool:
        """Whether ``reader`` may see the record on ``day``. What is not released is home's alone."""
        audience = AUDIENCE[self.kind_on(day)] if released else "staff"
        return READERS.index(reader) >= READERS.index(audience)

    def changed(
        self,
        kind: TermsKind,
        *,
        day: date,
        who: str,
        until: date | None = None,
        why: str = "",
        released: bool,
    ) -> Self:
        """The terms after ``who`` sets them to ``kind`` on ``day``, with the step in their history.

        Raises Refused if that would close what others can see already, or open it later than was promised;
        InputError if ``until`` does not fit ``kind``.
        """
        step = TermsStep(day=day, who=who, kind=kind, until=until, why=why)
        after = replace(self, kind=kind, until=until, history=(*self.history, step))
        if released:
            _require_no_tighter(self.kind_on(day), after.kind_on(day))
        _require_no_later(self.promised, after)
        return after


def _require_no_tighter(now: TermsKind, then: TermsKind) -> None:
    """Raises Refused if somebody who sees the record now would not any more."""
    if READERS.index(AUDIENCE[then]) > READERS.index(AUDIENCE[now]):
        seen = {"public": "the public", "partner": "partners"}[AUDIENCE[now]]
        raise Refused(
            f'This record is "{now}": {seen} can see it already, so it cannot become "{then}".',
            way_out="Withdraw it if it must not be used; those who have it are told.",
            now=now,
            then=then,
        )


def _require_no_later(promised: date | None, after: Terms) -> None:
    """Raises Refused if the record would be open later than it was first promised to be."""
    if promised is None or after.kind == "open":
        return
    if after.until is None or after.until > promised:
        then = f"until {after.until}" if after.until else "for good"
        raise Refused(
            f"This record was promised to be open on {promised}; it cannot stay closed {then}.",
            way_out=f"Choose {promised} or an earlier day.",
            promised=promised,
        )

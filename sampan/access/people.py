"""Who works here, and what may each of them do?

Persons are known by a handle ("officer", "director"), never by personal data. A role allows acts;
``require`` is asked where the act happens, so that no face can forget it, and the same question
decides whether a button is shown.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, cast, get_args

from sampan.core.errors import InputError, Refused

Role = Literal["viewer", "officer", "approver", "receiver", "press", "administrator"]
Act = Literal[
    "load",
    "forecast",
    "plan",
    "stock",
    "consign",
    "receive",
    "contribute",
    "fund",
    "roster",
    "submit",
    "curate",
    "approve",
    "review",
    "release",
    "administer",
]

_DESK: frozenset[Act] = frozenset(
    {
        "load",
        "forecast",
        "plan",
        "stock",
        "consign",
        "receive",
        "contribute",
        "fund",
        "roster",
        "submit",
        "curate",
    }
)

ALLOWS: Mapping[Role, frozenset[Act]] = {
    "viewer": frozenset(),
    "officer": _DESK,
    "approver": frozenset({"approve", "review"}),
    "receiver": frozenset({"receive"}),
    "press": frozenset({"review", "release"}),
    "administrator": frozenset({"administer"}),
}
"""The acts that each role allows. Everybody who can open the node may read."""


@dataclass(frozen=True)
class Person:
    """Somebody who works at this node, or signs for a recipient (``party``) that has no node of its own."""

    handle: str
    roles: tuple[Role, ...]
    party: str | None = None
    """The country or organisation that the person speaks for; None for home."""
    only: frozenset[Act] | None = None
    """The acts to which an API token is confined; None for all that the roles allow."""

    def may(self, act: Act) -> bool:
        """Whether one of the person's roles allows ``act``."""
        within = self.only is None or act in self.only
        return within and any(act in ALLOWS[role] for role in self.roles)

    @property
    def acts(self) -> tuple[Act, ...]:
        """Every act that the person may do."""
        return tuple(act for act in get_args(Act) if self.may(act))


def somebody(handle: str, said: Sequence[str]) -> Person:
    """Somebody with the roles that the settings name; ``receiver:ITA`` says for whom they sign."""
    parted = [role.partition(":") for role in said]
    party = next((party for _, _, party in parted if party), None)
    return Person(handle, tuple(cast(Role, role) for role, _, _ in parted), party)


def go_together(roles: Collection[str]) -> bool:
    """Whether one person may have all of ``roles``: who signs for another party does nothing else here."""
    return len(set(roles)) == 1 or not any(":" in role for role in roles)


def require_roles(
    said: Sequence[str], *, whose: str, file: Path | None = None, field: str = ""
) -> tuple[str, ...]:
    """Roles as a person may have them. ``whose`` they are, and where it was ``said``, is for the fault.

    Raises InputError for an unknown role, for a party behind a role that has none, and for roles that do not go
    together.
    """
    for role in said:
        name, colon, party = role.partition(":")
        require_known([name], get_args(Role), file=file, field=field)
        if colon and (name != "receiver" or not re.fullmatch(r"[A-Z][A-Z0-9-]*", party)):
            raise InputError(
                f'"{role}" does not say who signs for whom.',
                file=file,
                field=field,
                way_out="Write receiver:ITA for somebody who signs for Italy; no other role has a colon.",
            )
    if not go_together(said):
        raise InputError(
            f'"{whose}" cannot sign for another party and have another role.',
            file=file,
            field=field,
            way_out="Give each a handle of its own: one person may have two.",
        )
    return tuple(said)


def require_known(
    said: Collection[str], known: Collection[str], *, file: Path | None = None, field: str = ""
) -> None:
    """Lets all of ``said`` be ``known``. Raises InputError with the nearest that is."""
    for each in said:
        if each not in known:
            near = difflib.get_close_matches(each, known, n=1, cutoff=0.5)
            raise InputError(
                f'"{each}" is not known here.',
                file=file,
                field=field or each,
                way_out=f"Write {near[0]}." if near else f"Use one of {', '.join(known)}.",
            )


def require(person: Person, act: Act) -> None:
    """Lets ``person`` go on with ``act``, or raises Refused naming the roles that could."""
    if person.may(act):
        return
    roles = " or ".join(sorted(role for role, acts in ALLOWS.items() if act in acts))
    raise Refused(
        f'"{person.handle}" may not {act}.',
        way_out=f"Ask somebody with the role {roles}.",
        person=person.handle,
        act=act,
    )

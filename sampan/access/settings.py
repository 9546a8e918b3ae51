"""What does ``sampan.toml`` say of a node: its home, the name of its log, its people and who vouches for them?

Whatever is not understood is an error that shows how it is written: a role that was passed over in silence would
leave somebody without it, or with more than was meant.
"""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

from sampan.access.oidc import Organisation
from sampan.access.people import Person, require_known, require_roles, somebody
from sampan.core.errors import InputError, NodeError, Refused

FORMAT = 1
"""Layout of the folder. A node with a higher number was made by a newer Sampan."""

KEYS: Mapping[str, type] = {
    "format": int,
    "home": str,
    "origin": str,
    "exercise": bool,
    "people": dict,
    "oidc": dict,
}
"""What the file may say, and of which type."""

PEOPLE: Mapping[str, tuple[str, ...]] = {
    "officer": ("officer",),
    "director": ("approver",),
    "press": ("press",),
    "administrator": ("administrator",),
}
"""The people of a new node: enough for the four-eyes rule. The office writes its own into sampan.toml."""


@dataclass(frozen=True)
class Settings:
    """What sampan.toml says."""

    home: str
    origin: str
    people: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: dict(PEOPLE))
    """Roles by handle. ``receiver:ITA`` is somebody who signs for Italy, which has no node of its own."""
    exercise: bool = False
    oidc: Organisation | None = None
    """The provider by which the people of an organisation may sign in."""

    def person(self, handle: str) -> Person:
        """The person called ``handle``. Raises Refused if nobody here is."""
        if handle not in self.people:
            raise Refused(
                f'Nobody called "{handle}" works at this node.',
                way_out=f"Use one of {', '.join(self.people)}, or add the name to [people] in sampan.toml.",
            )
        return somebody(handle, self.people[handle])

    def known(self, handle: str) -> Person | None:
        """The person called ``handle``; None if nobody here is."""
        return somebody(handle, self.people[handle]) if handle in self.people else None

    def toml(self) -> bytes:
        """The settings as the text of sampan.toml."""
        people = "\n".join(_line(name, roles) for name, roles in self.people.items())
        return (
            f"# A Sampan node. Handles, not names: nothing personal belongs here.\n"
            f'format = {FORMAT}\nhome = "{self.home}"\norigin = "{self.origin}"\n'
            f"exercise = {str(self.exercise).lower()}\n\n[people]\n{people}\n"
        ).encode()

    @classmethod
    def read(cls, folder: Path) -> Self:
        """The settings of the node in ``folder``. Raises NodeError if it is no node, or a newer one."""
        file = folder / "sampan.toml"
        try:
            said = tomllib.loads(file.read_text("utf-8"))
        except (FileNotFoundError, NotADirectoryError):
            raise NodeError(
                f"{folder} is not a node.", way_out=f'Make one with: sampan init --node "{folder}" --home CHN'
            ) from None
        except OSError as fault:
            raise NodeError(
                f"{file} cannot be read ({fault.strerror}).", way_out="Ask its owner for access, or mend it."
            ) from fault
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as fault:
            raise InputError(f"This is not TOML: {fault}.", file=file, way_out="Mend the line.") from None
        return cls._checked(said, file)

    @classmethod
    def _checked(cls, said: Mapping[str, Any], file: Path) -> Self:
        """Raises InputError for what is missing, unknown, or not what it should be."""
        if isinstance(said.get("format"), int) and said["format"] > FORMAT:
            raise NodeError(
                f"{file.parent} was made by a newer Sampan (format {said['format']}; this one reads {FORMAT}).",
                way_out="Upgrade Sampan, then try again.",
            )
        require_known(said, KEYS, file=file)
        for name in ("home", "origin"):
            if name not in said:
                raise InputError("This setting is missing.", file=file, field=name, way_out="Write it.")
        for name, value in said.items():
            if type(value) is not KEYS[name]:
                way_out = f"Write it as in: {_EXAMPLES[name]}"
                raise InputError("This setting is not of its kind.", file=file, field=name, way_out=way_out)
        return cls(
            said["home"],
            said["origin"],
            {handle: _roles(handle, roles, file) for handle, roles in said.get("people", {}).items()}
            or dict(PEOPLE),
            said.get("exercise", False),
            Organisation.read(said["oidc"], file) if "oidc" in said else None,
        )


_EXAMPLES = {
    "format": f"format = {FORMAT}",
    "home": 'home = "CHN"',
    "origin": 'origin = "sampan/chn/…"',
    "exercise": "exercise = true",
    "people": 'people.anna = ["officer"]',
    "oidc": 'oidc.issuer = "https://…"',
}


def _roles(handle: str, said: Any, file: Path) -> tuple[str, ...]:
    """The roles of one person, of whom the file says ``said``."""
    if not isinstance(said, list) or not said or not all(isinstance(role, str) for role in said):
        inside = said.get("roles", said.get("role")) if isinstance(said, dict) else said
        meant = [inside] if isinstance(inside, str) else inside
        sound = isinstance(meant, list) and meant and all(isinstance(role, str) for role in meant)
        raise InputError(
            f'The roles of "{handle}" are not a list of words.',
            file=file,
            field=f"people.{handle}",
            way_out=f"Write a line below [people]: {_line(handle, meant if sound else ['officer'])}",
        )
    return require_roles(said, whose=handle, file=file, field=f"people.{handle}")


def _line(handle: str, roles: Any) -> str:
    """A person as a line of the file."""
    key = handle if re.fullmatch(r"[A-Za-z0-9_-]+", handle) else json.dumps(handle, ensure_ascii=False)
    return f"{key} = {json.dumps(list(roles))}"

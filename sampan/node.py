"""What is a node on disk, and how is it made and opened?

A node is a folder::

    sampan.toml      home, name of the log, people and their roles
    ledger.sqlite    the ledger (or a PostgreSQL database named by SAMPAN_DATABASE_URL)
    keys/ledger.pem  the signing key, readable by its owner alone
    blobs/           everything too big for an entry, by SHA-256
"""

from __future__ import annotations

import json
import os
import shutil
import tempfile
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self, get_args

from sampan.access.people import Person, Role
from sampan.access.session import Session
from sampan.core.errors import InputError, NodeError, Refused
from sampan.core.files import disk_faults, write_whole
from sampan.core.ids import uuid7
from sampan.core.time import Clock, SystemClock

FORMAT = 1
"""Layout of the folder. A node with a higher number was made by a newer Sampan."""

PEOPLE: Mapping[str, tuple[Role, ...]] = {
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
    people: Mapping[str, tuple[Role, ...]] = field(default_factory=lambda: dict(PEOPLE))
    exercise: bool = False

    def person(self, handle: str) -> Person:
        """The person called ``handle``. Raises Refused if nobody here is."""
        if handle not in self.people:
            raise Refused(
                f'Nobody called "{handle}" works at this node.',
                way_out=f"Use one of {', '.join(self.people)}, or add the name to [people] in sampan.toml.",
            )
        return Person(handle, tuple(self.people[handle]))

    def toml(self) -> bytes:
        """The settings as the text of sampan.toml."""
        people = "\n".join(f"{name} = {json.dumps(list(roles))}" for name, roles in self.people.items())
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
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as fault:
            raise InputError(f"This is not TOML: {fault}.", file=file, way_out="Mend the line.") from None
        return cls._checked(said, file)

    @classmethod
    def _checked(cls, said: Mapping[str, Any], file: Path) -> Self:
        if said.get("format", 0) > FORMAT:
            raise NodeError(
                f"{file.parent} was made by a newer Sampan (format {said['format']}; this one reads {FORMAT}).",
                way_out="Upgrade Sampan, then try again.",
            )
        for name in ("home", "origin"):
            if not isinstance(said.get(name), str):
                raise InputError("This setting is missing.", file=file, field=name, way_out="Write it.")
        people = {name: tuple(roles) for name, roles in said.get("people", {}).items()}
        for name, roles in people.items():
            if unknown := set(roles) - set(get_args(Role)):
                raise InputError(
                    f'"{min(unknown)}" is not a role.',
                    file=file,
                    field=name,
                    way_out=f"Use {', '.join(get_args(Role))}.",
                )
        return cls(said["home"], said["origin"], people or dict(PEOPLE), bool(said.get("exercise", False)))


class Node:
    """An open node. Use as a context manager, or call ``close``."""

    def __init__(self, folder: Path, settings: Settings, session: Session) -> None:
        self.folder = folder
        self.settings = settings
        self.session = session

    @classmethod
    def create(cls, folder: Path, *, home: str, clock: Clock | None = None, exercise: bool = False) -> Self:
        """Makes a new node in ``folder`` and opens it.

        The folder is prepared beside its place and moved there when it is whole. Raises InputError if
        ``home`` is no place or something is in the way, NodeError if the disk cannot take it.
        """
        from sampan.ledger.ledger import Ledger
        from sampan.ledger.signing import SigningKey
        from sampan.world.places import find

        if folder.exists() and any(folder.iterdir()):
            raise InputError(f"{folder} is not empty.", way_out="Name a folder that does not exist yet.")
        clock = clock or SystemClock()
        code = find(home).code
        origin = f"sampan/{code.lower()}/{uuid7(clock.now())[-12:]}"
        settings = Settings(code, origin, exercise=exercise)
        with disk_faults(folder):
            folder.parent.mkdir(parents=True, exist_ok=True)
            making = Path(tempfile.mkdtemp(prefix=f".{folder.name}.", dir=folder.parent))
            try:
                key = SigningKey.generate(origin)
                key.save(making / "keys" / "ledger.pem")
                Ledger.create(_database(making), origin=origin, key=key, clock=clock).close()
                write_whole(making / "sampan.toml", settings.toml())
                making.chmod(0o755)
                if folder.exists():
                    folder.rmdir()
                making.replace(folder)
            except BaseException:
                shutil.rmtree(making, ignore_errors=True)
                raise
        return cls.open(folder, clock=clock)

    @classmethod
    def open(cls, folder: Path, *, person: str = "officer", clock: Clock | None = None) -> Self:
        """Opens the node in ``folder`` for ``person``.

        Raises NodeError if the folder is no node or a newer one, Refused if the person is unknown.
        """
        from sampan.ledger.blobs import Blobs
        from sampan.ledger.ledger import Ledger
        from sampan.ledger.signing import SigningKey

        settings = Settings.read(folder)
        somebody = settings.person(person)
        clock = clock or SystemClock()
        key = SigningKey.load(folder / "keys" / "ledger.pem")
        ledger = Ledger.open(_database(folder), key=key, clock=clock)
        session = Session(ledger, Blobs(folder / "blobs"), clock, settings.home, somebody)
        return cls(folder, settings, session)

    def on_behalf_of(self, handle: str) -> Session:
        """The session of another person of this node."""
        return self.session.on_behalf_of(self.settings.person(handle))

    def close(self) -> None:
        """Lets go of the ledger."""
        self.session.ledger.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def _database(folder: Path) -> str:
    """Where the ledger lives: the database that the operator named, or a file in the folder."""
    return os.environ.get("SAMPAN_DATABASE_URL") or f"sqlite:///{folder / 'ledger.sqlite'}"

"""What is a node on disk, and how is it made and opened?

A node is a folder::

    sampan.toml      home, name of the log, people and their roles
    ledger.sqlite    the ledger (or a PostgreSQL database named by SAMPAN_DATABASE_URL)
    keys/ledger.pem  the signing key, readable by its owner alone
    blobs/           everything too big for an entry, by SHA-256
    genomes/         an index of them for searching, which the ledger and the blobs can make again; references/ in it
                     are those of this node alone, as an exercise has them
"""

from __future__ import annotations

import contextlib
import importlib
import os
import shutil
import tempfile
import weakref
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Self

from sampan.access.session import Session
from sampan.access.settings import PEOPLE, Settings
from sampan.core.errors import InputError, NodeError
from sampan.core.files import disk_faults, write_whole
from sampan.core.ids import uuid7
from sampan.core.time import Clock, StandingClock, SystemClock
from sampan.ledger.ledger import PATIENCE

if TYPE_CHECKING:
    from sampan.access.offer import Counter, Desk
    from sampan.ledger.read_model import ReadModel
    from sampan.ledger.signing import SigningKey

DESKS = {
    "control": "sampan.desks.control.desk",
    "assistance": "sampan.desks.assistance.desk",
    "press": "sampan.desks.press.desk",
    "science": "sampan.desks.science.desk",
    "exchange": "sampan.exchange.desk",
}
"""Where each desk lists what it offers. A desk is loaded when it is first asked for."""


@cache
def desk(name: str) -> Desk:
    """The desk of this name. Raises InputError with those there are."""
    if name not in DESKS:
        raise InputError(f'There is no desk "{name}".', way_out=f"Ask {', '.join(DESKS)}.", field="desk")
    found: Desk = importlib.import_module(DESKS[name]).DESK
    return found


class Node:
    """An open node. Use as a context manager, or call ``close``.

    Its desks are attributes: ``node.assistance.pledge(…)`` asks on behalf of whoever opened it.
    """

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

        _require_free(folder)
        clock = clock or SystemClock()
        code = find(home).code
        origin = f"sampan/{code.lower()}/{uuid7(clock.now())[-12:]}"
        settings = Settings(code, origin, exercise=exercise)
        with _folder_faults(folder):
            folder.parent.mkdir(parents=True, exist_ok=True)
            making = Path(tempfile.mkdtemp(prefix=f".{folder.name}.", dir=folder.parent))
            try:
                key = SigningKey.generate(origin)
                key.save(making / "keys" / "ledger.pem")
                Ledger.create(
                    _database(making), origin=origin, key=key, clock=clock, read_models=read_models()
                ).close()
                write_whole(making / "sampan.toml", settings.toml())
                (making / "blobs").mkdir()
                making.chmod(0o755)
                if folder.exists():
                    folder.rmdir()
                making.replace(folder)
            except BaseException:
                shutil.rmtree(making, ignore_errors=True)
                raise
        return cls.open(folder, clock=clock)

    @classmethod
    def open(
        cls,
        folder: Path,
        *,
        person: str = "officer",
        clock: Clock | None = None,
        patience: float = PATIENCE,
    ) -> Self:
        """Opens the node in ``folder`` for ``person``, who waits for its database ``patience`` seconds at most.

        Raises NodeError if the folder is no node or a newer one, lacks its ledger or its key, or has another
        node's; Refused if the person is unknown.
        """
        from sampan.ledger.blobs import Blobs
        from sampan.ledger.ledger import Ledger

        settings = Settings.read(folder)
        somebody = settings.person(person)
        clock = clock or SystemClock()
        key = _key(folder / "keys" / "ledger.pem", settings.origin)
        ledger = Ledger.open(
            _database(folder),
            key=key,
            clock=clock,
            read_models=read_models(),
            patience=patience,
        )
        blobs, genomes = Blobs(folder / "blobs"), folder / "genomes"
        session = Session(ledger, blobs, clock, settings.home, somebody, settings.exercise, genomes)
        return cls(folder, settings, session)

    def __getattr__(self, name: str) -> Counter:
        if name not in DESKS:
            raise AttributeError(f"A node has no {name}: its desks are {', '.join(DESKS)}.")
        return self.desk(name)

    def __dir__(self) -> list[str]:
        return sorted({*super().__dir__(), *DESKS})

    def desk(self, name: str, *, session: Session | None = None) -> Counter:
        """A desk, asked on behalf of whoever opened the node, or of the person of ``session``."""
        from sampan.access.offer import Counter

        asks = session or self.session
        return Counter(desk(name), lambda offer, given: offer.call(asks, **given))

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


MEMORY_PEOPLE: Mapping[str, tuple[str, ...]] = {
    **PEOPLE,
    "deputy": ("approver",),
    "italy": ("receiver:ITA",),
    "serbia": ("receiver:SRB",),
    "stranger": ("viewer",),
}


def memory_node(
    *,
    home: str = "CHN",
    at: datetime = datetime(2020, 3, 26, 12, tzinfo=UTC),
    people: Mapping[str, tuple[str, ...]] = MEMORY_PEOPLE,
) -> Node:
    """A node that lives as long as this process, with a standing clock: for tests and examples."""
    from sampan.ledger.blobs import Blobs
    from sampan.ledger.ledger import Ledger
    from sampan.ledger.signing import SigningKey

    clock = StandingClock(at)
    settings = Settings(home, f"sampan/{home.lower()}/memory", people)
    key = SigningKey.generate(settings.origin)
    ledger = Ledger.create(
        "sqlite://", origin=settings.origin, key=key, clock=clock, read_models=read_models()
    )
    name = uuid7(at)
    genomes = Path(tempfile.gettempdir()) / f"sampan-{name}"  # the one thing that has to lie somewhere
    session = Session(
        ledger, Blobs(f"memory://{name}"), clock, home, settings.person("officer"), genomes=genomes
    )
    node = Node(Path(), settings, session)
    weakref.finalize(ledger, shutil.rmtree, genomes, ignore_errors=True)  # sessions outlive their node
    return node


def read_models() -> tuple[ReadModel, ...]:
    """The tables that every node folds from its log."""
    from sampan.world.account_tables import Accounts
    from sampan.world.consignment_tables import Consignments
    from sampan.world.contribution_tables import Contributions

    return (Accounts(), Consignments(), Contributions())


def _require_free(folder: Path) -> None:
    """Raises InputError if there is something at ``folder`` already."""
    with _folder_faults(folder):
        if (folder.exists() or folder.is_symlink()) and not folder.is_dir():
            raise InputError(f"{folder} is not a folder.", way_out="Name a folder that does not exist yet.")
        if folder.exists() and any(folder.iterdir()):
            raise InputError(f"{folder} is not empty.", way_out="Name a folder that does not exist yet.")


@contextlib.contextmanager
def _folder_faults(folder: Path) -> Iterator[None]:
    """Turns whatever keeps a folder from being made into a NodeError that says so."""
    try:
        with disk_faults(folder):
            yield
    except (OSError, ValueError) as fault:
        why = fault.strerror if isinstance(fault, OSError) else "not a name"
        raise NodeError(
            f"There can be no folder {folder} ({why}).", way_out="Name a folder that you may make."
        ) from fault


def _key(file: Path, origin: str) -> SigningKey:
    """The key of the node ``origin``. A node without it is at fault, not whoever asks something of the node."""
    from sampan.ledger.signing import SigningKey

    try:
        key = SigningKey.load(file)
    except InputError as fault:
        raise NodeError(
            f"The key of this node, {file}, cannot be used: {fault.what[:1].lower()}{fault.what[1:]}",
            way_out="Put it back from a backup of this node.",
        ) from fault
    if key.name != origin:
        raise NodeError(
            f"The key {file} is that of {key.name}, but the sampan.toml beside it is that of {origin}.",
            way_out="Put back, from its backup, whichever of the two is another node's.",
        )
    return key


def _database(folder: Path) -> str | Path:
    """Where the ledger lives: the database that the operator named, or a file in the folder."""
    return os.environ.get("SAMPAN_DATABASE_URL") or folder / "ledger.sqlite"

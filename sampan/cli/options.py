"""Which options mean the same in every command?"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from sampan.desks.assistance.assumptions import Assumptions
    from sampan.node import Node

NodeFolder = Annotated[
    Path, typer.Option("--node", envvar="SAMPAN_NODE", help="Folder of the node.", show_default="this folder")
]
As = Annotated[str, typer.Option("--as", envvar="SAMPAN_USER", metavar="HANDLE", help="Who is asking.")]
Virus = Annotated[
    str | None, typer.Option("--virus", help="Which, if there are several.", show_default="the only one")
]
Json = Annotated[bool, typer.Option("--json", help="Results as JSON.")]

AssumptionsFile = Annotated[
    Path | None,
    typer.Option(
        "--assumptions",
        help="Your own copy of the assumptions (sampan assumptions prints it).",
        show_default="those that ship",
    ),
]

HERE = Path()
OFFICER = "officer"


def assumptions_of(file: Path | None) -> Assumptions:
    """The assumptions in ``file``, or those that ship where none is named."""
    from sampan.core.files import read_bytes
    from sampan.desks.assistance.assumptions import default, read

    return read(read_bytes(file), name=str(file)) if file else default()


def one_of(text: str, choices: tuple[str, ...], field: str) -> Any:
    """One of the choices. Raises InputError naming them if it is none."""
    from sampan.core.errors import InputError

    if text not in choices:
        raise InputError(f'"{text[:40]}" is none of them.', field=field, way_out=f"Use {', '.join(choices)}.")
    return text


@contextlib.contextmanager
def opened(folder: Path, person: str = OFFICER) -> Iterator[Node]:
    """The node in ``folder``, open for ``person`` while the block runs."""
    from sampan.node import Node

    with Node.open(folder, person=person) as node:
        yield node

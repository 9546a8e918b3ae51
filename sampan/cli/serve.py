"""Command ``serve``: the public site of a node."""

from __future__ import annotations

import os
import socket
from pathlib import Path
from typing import Annotated

import typer

from sampan.cli.options import HERE, NodeFolder, opened
from sampan.cli.say import said
from sampan.core.errors import InputError

Host = Annotated[str, typer.Option(help="Address to listen on; 0.0.0.0 for every one.")]
Port = Annotated[int, typer.Option(min=0, max=65535, help="Port to listen on.")]

SITE = "sampan.web.app:create"
"""Named as text: the commands do not rest on the site, they only start it."""


def register(app: typer.Typer) -> None:
    """Adds the command to the command line."""
    app.command()(serve)


def serve(
    folder: NodeFolder = HERE,
    host: Host = "127.0.0.1",
    port: Port = 8000,
    workers: Annotated[int, typer.Option(min=1, help="Processes that answer.")] = 1,
    public_url: Annotated[
        str | None,
        typer.Option(
            envvar="SAMPAN_PUBLIC_URL", help="Address that readers see, as https://aid.example.org."
        ),
    ] = None,
) -> None:
    """Show the node's public pages in six languages: briefs, world, countries, batches, ledger.

    Stops on Ctrl-C or SIGTERM, after the requests under way have been answered.

    Examples: sampan serve; sampan serve --host 0.0.0.0 --workers 2 --public-url https://aid.example.org
    """
    with opened(folder):
        pass
    if public_url is not None and not public_url.startswith(("http://", "https://")):
        raise InputError(f'"{public_url}" is not an address.', way_out="Begin it with https://")
    start(folder, host=host, port=port, workers=workers, public_url=public_url)


def start(
    folder: Path,
    *,
    host: str = "127.0.0.1",
    port: int = 8000,
    workers: int = 1,
    public_url: str | None = None,
) -> None:
    """Serves the node in ``folder`` until told to stop. Raises InputError if the port is taken."""
    import uvicorn

    _try(host, port)
    address = public_url or f"http://{'127.0.0.1' if host == '0.0.0.0' else host}:{port}"
    os.environ["SAMPAN_NODE"] = str(folder)
    os.environ["SAMPAN_PUBLIC_URL"] = address
    said(f"Serving {folder} at {address}/ (stop with Ctrl-C)")
    uvicorn.run(
        SITE,
        factory=True,
        host=host,
        port=port,
        workers=workers,
        log_level="warning",
        access_log=False,  # who read what is nobody's business
        server_header=False,
        proxy_headers=False,
        timeout_graceful_shutdown=10,
    )


def _try(host: str, port: int) -> None:
    """Raises InputError if nobody can listen there."""
    try:
        family, _, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family) as trial:
            trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            trial.bind(address)
    except OSError as fault:
        raise InputError(
            f"Cannot listen on {host} port {port}: {fault.strerror}.", way_out="Name another with --port."
        ) from None

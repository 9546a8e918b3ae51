"""Command ``serve``: the public site of a node."""

from __future__ import annotations

import contextlib
import os
import socket
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sampan.cli.options import HERE, NodeFolder, opened
from sampan.cli.say import said
from sampan.core.errors import InputError

if TYPE_CHECKING:
    from uvicorn import Config

Host = Annotated[str, typer.Option(help="Address to listen on; 0.0.0.0 for every one.")]
Port = Annotated[int, typer.Option(min=0, max=65535, help="Port to listen on.")]

SITE = "sampan.web.app:create"
PROTOCOL = "sampan.web.wire:Careful"
LINES = {"json": "sampan.web.watch.JsonLines", "text": "sampan.web.watch.TextLines"}
"""Named as text: the commands do not rest on the site, they only start it."""

CONNECTIONS = 1_000
"""Of each worker; whoever comes then is asked to come back."""

PATIENCE = 60
"""Seconds in which a worker must answer its parent: it may be starting on a busy machine, or solving a plan."""


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
    trusted_proxy: Annotated[
        list[str] | None,
        typer.Option(
            metavar="ADDRESS",
            help="Address or network of a proxy whose X-Forwarded-For is believed; repeat for more.",
        ),
    ] = None,
    log_format: Annotated[
        str | None, typer.Option(help="Log every request, without who asked: json or text.")
    ] = None,
) -> None:
    """Show the node's public pages in six languages: briefs, world, countries, batches, ledger.

    Stops on Ctrl-C or SIGTERM, after the requests under way have been answered.

    Examples: sampan serve; sampan serve --host 0.0.0.0 --workers 2 --public-url https://aid.example.org;
    sampan serve --public-url https://aid.example.org --trusted-proxy 127.0.0.1 --log-format json
    """
    with opened(folder):
        pass
    if public_url is not None and not public_url.startswith(("http://", "https://")):
        raise InputError(f'"{public_url}" is not an address.', way_out="Begin it with https://")
    if log_format not in (None, *LINES):
        raise InputError(f'"{log_format}" is no format of a log.', way_out=f"Use {' or '.join(LINES)}.")
    for proxy in trusted_proxy or ():
        _require_network(proxy)
    start(
        folder,
        host=host,
        port=port,
        workers=workers,
        public_url=public_url,
        trusted=trusted_proxy or (),
        log_format=log_format,
    )


def start(
    folder: Path,
    *,
    host: str = "127.0.0.1",
    port: int = 8000,
    workers: int = 1,
    public_url: str | None = None,
    trusted: Sequence[str] = (),
    log_format: str | None = None,
) -> None:
    """Serves the node in ``folder`` until told to stop. Raises InputError if nobody can listen there."""
    from uvicorn import Config, Server

    with _listening(host, port) as listening:
        address = public_url or f"http://{'127.0.0.1' if host == '0.0.0.0' else host}:{port}"
        os.environ["SAMPAN_NODE"] = str(folder)
        os.environ["SAMPAN_PUBLIC_URL"] = address
        os.environ["SAMPAN_WORKERS"] = str(workers)
        said(f"Serving {folder} at {address}/ (stop with Ctrl-C)")
        config = Config(
            SITE,
            factory=True,
            workers=workers,
            http=PROTOCOL,
            loop="asyncio",  # uvloop lets in one reader a turn: the 64th waits until others had 63 answers
            ws="none",
            log_config=_log_config(log_format),
            access_log=False,  # who read what is nobody's business
            server_header=False,
            proxy_headers=bool(trusted),
            forwarded_allow_ips=list(trusted),
            limit_concurrency=CONNECTIONS,
            timeout_graceful_shutdown=10,
            timeout_worker_healthcheck=PATIENCE,
        )
        with _figures_of(workers), contextlib.suppress(KeyboardInterrupt):
            if workers == 1:
                Server(config).run([listening])
            else:
                _together(config, listening)


def _together(config: Config, listening: socket.socket) -> None:
    """Serves by several processes, in place of any that ends."""
    from uvicorn.supervisors import Multiprocess

    class Workers(Multiprocess):
        def terminate_all(self) -> None:
            listening.close()  # else whoever comes now would wait for nobody until the last request is answered
            super().terminate_all()

    Workers(config, [listening]).run()


@contextlib.contextmanager
def _figures_of(workers: int) -> Iterator[None]:
    """A folder in which several workers count together, while the block runs."""
    if workers == 1:
        yield
        return
    with tempfile.TemporaryDirectory(prefix="sampan-figures-") as folder:
        os.environ["PROMETHEUS_MULTIPROC_DIR"] = folder
        try:
            yield
        finally:
            del os.environ["PROMETHEUS_MULTIPROC_DIR"]


def _log_config(format: str | None) -> dict[str, Any]:
    """To stderr: faults always, and every request where a format is named."""
    level = "WARNING" if format is None else "INFO"
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"lines": {"()": LINES[format or "text"]}},
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "lines"}},
        "loggers": {
            name: {"handlers": ["stderr"], "level": level, "propagate": False}
            for name in ("sampan", "uvicorn")
        },
    }


def _require_network(said: str) -> None:
    """Lets ``said`` be the address of a machine or a network. Raises InputError if it is neither."""
    from ipaddress import ip_network

    try:
        ip_network(said)
    except ValueError:
        raise InputError(
            f'"{said}" is no address of a proxy.', way_out="Write it as 127.0.0.1 or 10.0.0.0/8."
        ) from None


def _listening(host: str, port: int) -> socket.socket:
    """Where requests come in. Raises InputError if nobody can listen there."""
    try:
        family, _, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        made = socket.create_server(address[:2], family=family, backlog=2048)
        made.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)  # for all that come in: else an answer's
        return made  # second piece waits 40 ms until the first is acknowledged
    except OSError as fault:
        raise InputError(
            f"Cannot listen on {host} port {port}: {fault.strerror}.", way_out="Name another with --port."
        ) from None

"""``sampan``: which commands are there, and what happens when one fails?"""

from __future__ import annotations

import sys
import traceback
from typing import Annotated

import typer

from sampan import __version__
from sampan.cli import (
    assistance,
    consignments,
    control,
    demo,
    evaluate,
    exchange,
    figures,
    giving,
    ledger,
    node,
    press,
    serve,
    stock,
    teams,
)
from sampan.core.errors import SampanError

app = typer.Typer(
    name="sampan",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode="markdown",
    pretty_exceptions_enable=False,
    help="Cooperate with the others during an epidemic: situation, need, allocation, batch, public figure.",
    epilog="Start with: **sampan demo**",
)

for desk in (
    *(demo, node, control, evaluate, assistance, stock, consignments, giving, teams, figures),
    *(exchange, press, serve, ledger),
):
    desk.register(app)


def _version(asked: bool) -> None:
    if asked:
        typer.echo(f"sampan {__version__}")
        raise typer.Exit


@app.callback()
def main(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Say the version.")
    ] = False,
) -> None:
    """Everything else is a command."""


def run() -> None:
    """Runs the command line. A foreseen fault is one line on stderr and the exit code of its family."""
    try:
        app()
    except SampanError as fault:
        sys.stderr.write(f"sampan: {fault}\n")
        sys.exit(fault.exit_code)
    except KeyboardInterrupt:
        sys.stderr.write("sampan: stopped; what had been recorded is kept.\n")
        sys.exit(130)
    except BrokenPipeError:
        sys.stderr.close()
        sys.exit(0)
    except Exception:
        traceback.print_exc()
        sys.stderr.write(
            "sampan: this is a fault in Sampan, not in your input. Please report the lines above.\n"
        )
        sys.exit(70)

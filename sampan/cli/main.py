"""``sampan``: which command is meant, and what happens when one fails?"""

from __future__ import annotations

import importlib
import io
import signal
import sys
from difflib import get_close_matches
from typing import Annotated, Any

import typer
from typer.core import TyperCommand, TyperGroup

from sampan import __version__
from sampan.cli.catalogue import CATALOGUE, COMMANDS
from sampan.core.errors import InputError, Refused, SampanError


class Commands(TyperGroup):
    """Lists the commands from the catalogue, and imports only the one that is called."""

    def list_commands(self, ctx: Any) -> list[str]:  # noqa: ARG002
        """Every command, in the order of the catalogue."""
        return list(COMMANDS)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:  # noqa: ARG002
        """Enough of a command to be listed in the help."""
        for part, listed in CATALOGUE.items():
            if cmd_name in listed:
                return TyperCommand(cmd_name, help=listed[cmd_name].says, rich_help_panel=part)
        return None

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """The command itself, once it is called. Raises InputError with the nearest if there is none."""
        name = args[0] if args else ""
        if name in COMMANDS:
            return name, command(name), args[1:]
        if name.startswith("-"):
            return super().resolve_command(ctx, args)
        near = get_close_matches(name, COMMANDS, n=1)
        way_out = f"Did you mean {near[0]}?" if near else "sampan --help lists those there are."
        raise InputError(f'There is no command "{name}".', way_out=way_out)


def command(name: str) -> Any:
    """The command ``name``, from the module that registers it."""
    part = typer.Typer(rich_markup_mode="markdown")
    importlib.import_module(f"sampan.cli.{COMMANDS[name].module}").register(part)
    return typer.main.get_group(part).commands[name]


app = typer.Typer(
    name="sampan",
    cls=Commands,
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode="markdown",
    pretty_exceptions_enable=False,
    help="Cooperate with the others during an epidemic: situation, need, allocation, batch, public figure.",
    epilog="Start with: **sampan demo**",
)


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


def _unnamed() -> set[str]:
    """The arguments of the command that was called which people write without a name, and do not know by one."""
    called: Any = None
    for word in sys.argv[1:]:
        known = getattr(called, "commands", {})
        called = known.get(word, called) if called else command(word) if word in COMMANDS else None
    return {each.name for each in called.params if each.param_type_name == "argument"} if called else set()


def run() -> None:
    """Runs the command line. A foreseen fault is one line on stderr and the exit code of its family."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # as Ctrl-C: what was begun is tidied up
    try:
        app()
    except SampanError as fault:
        if isinstance(fault, InputError) and fault.line is None and fault.field in _unnamed():
            fault.field = None
        another = (
            " Name who acts with --as." if isinstance(fault, Refused) and "person" in fault.facts else ""
        )
        sys.stderr.write(f"sampan: {fault}{another}\n")
        sys.exit(fault.exit_code)
    except KeyboardInterrupt:
        sys.stderr.write("sampan: stopped; what had been recorded is kept.\n")
        sys.exit(130)
    except Exception:
        import traceback

        traceback.print_exc()
        sys.stderr.write(
            "sampan: this is a fault in Sampan, not in your input. Please report the lines above.\n"
        )
        sys.exit(70)

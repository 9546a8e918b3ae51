"""The list of commands says what the modules register, every help has an example, and start-up is light."""

import importlib
import subprocess
import sys
from typing import Any

import pytest
import typer

from sampan.cli.catalogue import COMMANDS
from sampan.cli.main import command


def registered(module: str) -> dict[str, Any]:
    app = typer.Typer()
    importlib.import_module(f"sampan.cli.{module}").register(app)
    return dict(typer.main.get_group(app).commands)


def test_every_command_that_a_module_registers_is_listed() -> None:
    for module in {one.module for one in COMMANDS.values()}:
        listed = {name for name, one in COMMANDS.items() if one.module == module}
        assert set(registered(module)) == listed, module


@pytest.mark.parametrize("name", list(COMMANDS))
def test_the_list_says_what_the_command_says_of_itself(name: str) -> None:
    assert (command(name).help or "").strip().split("\n")[0] == COMMANDS[name].says


def leaves(name: str, found: Any) -> list[tuple[str, Any]]:
    inside = getattr(found, "commands", None)
    if not inside:
        return [(name, found)]
    return [leaf for part, one in inside.items() for leaf in leaves(f"{name} {part}", one)]


@pytest.mark.parametrize("name", list(COMMANDS))
def test_every_help_has_an_example(name: str) -> None:
    for leaf, found in leaves(name, command(name)):
        assert "Example" in (found.help or ""), f"sampan {leaf} --help"


def test_help_imports_none_of_the_heavy_libraries() -> None:
    script = (
        "import sys\n"
        "from sampan.cli.main import app\n"
        "try: app(['--help'])\n"
        "except SystemExit: pass\n"
        "heavy = {'numpy', 'scipy', 'polars', 'sqlalchemy', 'highspy', 'pydantic', 'babel', 'fastapi', 'matplotlib'}\n"
        "print(*sorted(heavy & set(sys.modules)), file=sys.stderr)\n"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stderr.strip() == ""
    assert "situation" in done.stdout

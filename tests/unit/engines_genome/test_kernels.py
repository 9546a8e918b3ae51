"""Compiled kernels lie where only we can write, whatever the installation allows."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import sampan
from sampan.engines.genome.kernels import cache_folder


def test_the_folder_that_is_asked_for_is_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NUMBA_CACHE_DIR", str(tmp_path))
    assert cache_folder().is_relative_to(tmp_path)


def test_a_folder_that_cannot_be_made_gives_way_to_a_temporary_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "file"
    file.write_text("")
    monkeypatch.setenv("NUMBA_CACHE_DIR", str(file))
    monkeypatch.setenv("XDG_CACHE_HOME", str(file))
    folder = cache_folder()
    assert folder.is_dir() and not folder.is_relative_to(tmp_path / "file")
    assert folder.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("ends", ["by itself", "by SIGTERM"])
def test_a_temporary_one_goes_with_the_program(ends: str) -> None:
    program = (
        "import signal, sys; import sampan.cli.main as cli;"
        "import sampan.engines.genome.kernels as kernels; print(kernels.numba.config.CACHE_DIR, flush=True);"
        "cli.app = lambda: sys.argv[1:] == ['by SIGTERM'] and signal.raise_signal(signal.SIGTERM); cli.run()"
    )
    told = {**os.environ, "NUMBA_CACHE_DIR": "", "XDG_CACHE_HOME": "/dev/null"}
    command = [sys.executable, "-c", program, ends]
    done = subprocess.run(command, env=told, capture_output=True, text=True, check=False)
    assert done.returncode == (130 if ends == "by SIGTERM" else 0), done.stderr
    assert "sampan-kernels-" in done.stdout
    assert not Path(done.stdout.strip()).exists()


def test_a_folder_that_others_may_write_is_not_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NUMBA_CACHE_DIR", str(tmp_path))
    folder = cache_folder()
    folder.chmod(0o777)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "other"))
    assert cache_folder().is_relative_to(tmp_path / "other")


def test_the_command_line_starts_without_numba_and_arrow() -> None:
    look = "import sys, sampan.cli.main, sampan.cli.genomes, sampan.world.genome_references as r; "
    look += "sys.exit(bool({'numba', 'pyarrow', 'numpy'} & set(sys.modules)))"
    assert subprocess.run([sys.executable, "-c", look], check=False).returncode == 0


def test_what_another_copy_of_the_same_sources_compiled_is_not_taken_for_ours(tmp_path: Path) -> None:
    """Numba would compile it anew, for it goes by place and time of a file; so must whoever asks beforehand."""
    shutil.copytree(
        Path(sampan.__file__).parent, tmp_path / "sampan", ignore=shutil.ignore_patterns("locale")
    )
    look = "from sampan.engines.genome.kernels import cache_folder; print(cache_folder())"
    found = subprocess.run(
        [sys.executable, "-c", look], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    assert Path(found.stdout.strip()) != cache_folder()

"""A file is written whole or not at all."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from sampan.core.errors import InputError, NodeError
from sampan.core.files import read_bytes, write_whole


def test_writes_and_replaces(tmp_path: Path) -> None:
    file = tmp_path / "deep" / "er" / "a.txt"
    write_whole(file, b"one")
    write_whole(file, b"two")
    assert file.read_bytes() == b"two"
    assert list(file.parent.iterdir()) == [file]


def test_a_secret_is_its_owners_from_the_first_byte(tmp_path: Path) -> None:
    write_whole(tmp_path / "key", b"secret", mode=0o600)
    assert (tmp_path / "key").stat().st_mode & 0o777 == 0o600


def test_a_disk_that_fills_up_leaves_the_old_file_and_no_litter(tmp_path: Path) -> None:
    """A child process may write 4096 bytes at most, as on a disk with that much room."""
    file = tmp_path / "a"
    write_whole(file, b"old")
    script = (
        "import resource, signal, errno, sys; from pathlib import Path\n"
        "from sampan.core.files import write_whole\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))\n"
        "try: write_whole(Path(sys.argv[1]), b'x' * 100_000)\n"
        "except OSError as fault: sys.exit(fault.errno)\n"
    )
    left = subprocess.run([sys.executable, "-c", script, str(file)], check=False).returncode
    assert left != 0
    assert file.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [file]


@pytest.mark.skipif(not Path("/proc").is_dir(), reason="needs a folder that nobody, not even root, may write")
def test_a_folder_that_cannot_be_written_is_a_fault_of_the_node() -> None:
    with pytest.raises((NodeError, FileNotFoundError)) as fault:
        write_whole(Path("/proc/1/a"), b"x")
    if isinstance(fault.value, NodeError):
        assert "Choose a folder" in str(fault.value)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_read_only_folder_says_so(tmp_path: Path) -> None:
    tmp_path.chmod(0o555)
    with pytest.raises(NodeError, match="does not allow writing"):
        write_whole(tmp_path / "a", b"x")


def test_reading_what_is_not_there_names_the_file(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no such file"):
        read_bytes(tmp_path / "nothing")
    with pytest.raises(InputError, match="a folder"):
        read_bytes(tmp_path)


def test_what_is_no_file_is_said_to_be_none_and_never_waited_for(tmp_path: Path) -> None:
    (tmp_path / "loop").symlink_to("loop")
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "file").write_text("x")
    for name, says in (
        ("loop", "leads back to itself"),
        ("pipe", "a pipe or a device"),
        ("file/in/a/file", "no such file"),
        ("x" * 300, "cannot be read"),
        ("nul\0", "not the name"),
    ):
        with pytest.raises(InputError, match=says):
            read_bytes(tmp_path / name)
    for device in ("/dev/zero", "/dev/null"):
        with pytest.raises(InputError, match="a pipe or a device"):
            read_bytes(Path(device))


def test_a_link_to_a_file_is_read(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    (tmp_path / "link").symlink_to("file")
    assert read_bytes(tmp_path / "link") == b"x"
    assert read_bytes(tmp_path / "file", most=0) == b""

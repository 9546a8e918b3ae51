"""The site as an operator starts and stops it."""

from __future__ import annotations

import os
import selectors
import signal
import socket
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path
from urllib.request import urlopen

import pytest

from sampan.cli.serve import _listening
from sampan.core.errors import InputError
from sampan.node import Node


def sampan(*words: str) -> subprocess.Popen[str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("SAMPAN_")}
    command = [sys.executable, "-c", "from sampan.cli.main import run; run()", *words]
    return subprocess.Popen(command, stderr=subprocess.PIPE, text=True, env=kept)


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


@pytest.mark.parametrize("workers", ["1", "2"])
def test_it_serves_until_it_is_told_to_stop(tmp_path: Path, workers: str) -> None:
    Node.create(tmp_path / "node", home="FRA").close()
    port = free_port()
    serving = sampan("serve", "--node", str(tmp_path / "node"), "--port", str(port), "--workers", workers)
    try:
        assert serving.stderr.readline().startswith("Serving")
        for _ in range(200):
            try:
                with urlopen(f"http://127.0.0.1:{port}/fr/ledger", timeout=5) as answer:
                    assert answer.status == 200
                    assert f"http://127.0.0.1:{port}/zh/ledger" in answer.read().decode()
                    break
            except OSError:
                time.sleep(0.2)
        else:
            pytest.fail("nobody answers")
    finally:
        serving.send_signal(signal.SIGTERM)
        _, rest = serving.communicate(timeout=30)
    assert serving.returncode in (0, -signal.SIGTERM)
    assert "Traceback" not in rest


def test_what_stands_in_the_way_is_said_before_anything_starts(tmp_path: Path) -> None:
    Node.create(tmp_path / "node", home="FRA").close()
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        refused = sampan("serve", "--node", str(tmp_path / "node"), "--port", port)
        _, said = refused.communicate(timeout=60)
    assert refused.returncode == 2
    assert f"Cannot listen on 127.0.0.1 port {port}" in said
    assert "--port" in said
    nowhere = sampan("serve", "--node", str(tmp_path / "nothing"))
    _, said = nowhere.communicate(timeout=60)
    assert nowhere.returncode == 5
    assert "is not a node" in said


def test_of_two_that_start_at_once_one_has_the_port() -> None:
    """Before either answers, which takes seconds on a busy machine."""
    with _listening("127.0.0.1", 0) as first, pytest.raises(InputError, match="Cannot listen"):
        _listening("127.0.0.1", first.getsockname()[1])


def test_the_end_of_an_answer_does_not_wait_for_its_beginning_to_be_acknowledged() -> None:
    with _listening("127.0.0.1", 0) as door, socket.create_connection(door.getsockname()):
        reader, _ = door.accept()
        with reader:
            assert reader.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)


def test_readers_who_come_together_are_let_in_together(tmp_path: Path) -> None:
    """Else the last of them waits until those before have been answered many times over."""
    Node.create(tmp_path / "node", home="FRA").close()
    port = free_port()
    serving = sampan("serve", "--node", str(tmp_path / "node"), "--port", str(port))
    try:
        for _ in range(200):
            try:
                urlopen(f"http://127.0.0.1:{port}/healthz", timeout=5).close()
                break
            except OSError:
                time.sleep(0.2)
        answers = _answers_until_everybody_had_one(serving.pid, port, readers=64)
    finally:
        serving.send_signal(signal.SIGTERM)
        serving.communicate(timeout=30)
    assert len(answers) == 64
    assert max(answers.values()) <= 8, answers


def _answers_until_everybody_had_one(process: int, port: int, *, readers: int) -> Counter[int]:
    """How many answers each reader had when the last had the first; they ask again whenever they are answered."""
    question = b"GET /healthz HTTP/1.1\r\nHost: here\r\n\r\n"
    answers: Counter[int] = Counter()
    os.kill(process, signal.SIGSTOP)  # so that all stand before the door when it opens
    with selectors.DefaultSelector() as waiting:
        for _ in range(readers):
            reader = socket.create_connection(("127.0.0.1", port))
            reader.sendall(question)
            waiting.register(reader, selectors.EVENT_READ)
        os.kill(process, signal.SIGCONT)
        while len(answers) < readers:
            for key, _ in waiting.select(timeout=30):
                answers[key.fd] += key.fileobj.recv(65536).count(b"HTTP/1.1 200")
                key.fileobj.sendall(question)
        for key in list(waiting.get_map().values()):
            key.fileobj.close()
    return answers

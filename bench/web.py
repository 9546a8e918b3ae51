"""How many readers does the site bear, by itself and behind the front that docs/operator.md describes?

``python -m bench web --size tiny|small|ordinary|full``. The node is that of ``sampan demo``; readers are 64 connections
of ``wrk`` on two threads, with compression, on this machine: they share its cores with the site. The front is nginx
with the configuration in the document, without TLS. Without wrk there is nothing to measure, without nginx no front.
"""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.request import urlopen

Row = dict[str, Any]

DOCUMENT = Path(__file__).parents[1] / "docs" / "operator.md"

#: size → seconds for each page
SECONDS = {"tiny": 1, "small": 3, "ordinary": 10, "full": 30}
PAGES = {"brief": "/en/brief", "world": "/ar/world", "list": "/zh/batches", "as data": "/fr/brief.json"}
BARS = {"site": ("≥ 1,000", "≤ 150"), "front": ("≥ 5,000", "")}


def run(size: str) -> list[Row]:
    """Rows for each page and way: requests answered each second, and the time within which 99 % were; of the site, also
    the CPU time of an answer, which does not depend on who else uses the machine.
    """
    if not shutil.which("wrk"):
        sys.stderr.write("bench web: there is no wrk here.\n")
        return []
    rows: list[Row] = []
    with tempfile.TemporaryDirectory() as folder, _site(Path(folder)) as (port, process):
        ways = {"site": port}
        with contextlib.ExitStack() as running:
            if shutil.which("nginx"):
                ways["front"] = running.enter_context(_front(Path(folder), port))
            for way, at in ways.items():
                for name, path in PAGES.items():
                    used = _cpu(process)
                    found, answered = _measured(way, name, f"http://127.0.0.1:{at}{path}", SECONDS[size])
                    rows += found
                    if way == "site":
                        each = 1000 * (_cpu(process) - used) / answered
                        rows.append(
                            {
                                **found[0],
                                "phase": "site, CPU of one",
                                "value": each,
                                "unit": "ms",
                                "bar": "≤ 1",
                            }
                        )
    return rows


def _measured(way: str, name: str, address: str, seconds: int) -> tuple[list[Row], int]:
    """The rows, and how many requests were answered."""
    with urlopen(address) as answer:  # made once, as it is for the first reader
        assert answer.status == 200
    said = subprocess.run(
        ["wrk", "-t2", "-c64", f"-d{seconds}s", "--latency", "-H", "Accept-Encoding: gzip", address],
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    if "Non-2xx" in said:
        raise RuntimeError(said)
    value, unit = re.search(r"99%\s+([\d.]+)(us|ms|s)", said).groups()  # type: ignore[union-attr]
    slow = float(value) * {"us": 0.001, "ms": 1.0, "s": 1000.0}[unit]
    each = float(re.search(r"Requests/sec:\s+([\d.]+)", said)[1])  # type: ignore[index]
    answered = int(re.search(r"(\d+) requests in", said)[1])  # type: ignore[index]
    problem = f"web, {name}, 64 connections"
    rows = [
        {
            "problem": problem,
            "phase": f"{way}, answered",
            "value": each,
            "unit": "per second",
            "bar": BARS[way][0],
        },
        {
            "problem": problem,
            "phase": f"{way}, 99 % within",
            "value": slow,
            "unit": "ms",
            "bar": BARS[way][1],
        },
    ]
    return rows, answered


@contextlib.contextmanager
def _site(folder: Path) -> Iterator[tuple[int, int]]:
    """The port on which the site of a demo node answers, with one worker, and the number of its process."""
    command = [sys.executable, "-c", "from sampan.cli.main import run; run()"]
    node = folder / "demo"
    subprocess.run([*command, "demo", "--dir", str(node)], check=True, capture_output=True)
    port = _free_port()
    serve = ["serve", "--node", str(node), "--port", str(port)]
    with _running([*command, *serve], port) as process:
        yield port, process


@contextlib.contextmanager
def _front(folder: Path, behind: int) -> Iterator[int]:
    """The port on which nginx answers, as the document has it."""
    port = _free_port()
    (folder / "cache").mkdir()
    os.chmod(folder, 0o755)  # noqa: PTH101
    file = folder / "nginx.conf"
    file.write_text(configuration(DOCUMENT.read_text("utf-8"), folder, port, behind))
    with _running(["nginx", "-c", str(file), "-e", str(folder / "error.log")], port):
        yield port


def configuration(document: str, folder: Path, port: int, behind: int) -> str:
    """The configuration of the document, for this machine: another port, another cache, and no TLS."""
    said = re.search(r"```nginx\n(.*?)```", document, re.DOTALL)[1]  # type: ignore[index]
    said = re.sub(r"\n *ssl_.*", "", said)
    for old, new in {
        "listen 443 ssl http2": f"listen 127.0.0.1:{port}",
        "127.0.0.1:8000": f"127.0.0.1:{behind}",
        "/var/cache/nginx/sampan": str(folder / "cache"),
    }.items():
        if old not in said:
            raise ValueError(f"docs/operator.md no longer says {old}")
        said = said.replace(old, new)
    user = "user root;\n" if os.geteuid() == 0 else ""
    temporary = "".join(
        f"{kind}_temp_path {folder / kind};\n"
        for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    return (
        f"{user}daemon off;\nworker_processes 2;\npid {folder / 'pid'};\nevents {{ worker_connections 1024; }}\n"
        f"http {{\n{temporary}{said}}}\n"
    )


@contextlib.contextmanager
def _running(command: list[str], port: int) -> Iterator[int]:
    """The number of a process that answers on ``port`` while the block runs."""
    started = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        for _ in range(300):
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
                break
            if started.poll() is not None:
                raise RuntimeError(f"{command[0]} did not start")
            time.sleep(0.1)
        yield started.pid
    finally:
        started.send_signal(signal.SIGTERM)
        started.wait(30)


def _cpu(process: int) -> float:
    """Seconds of CPU that a process has used."""
    fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])

"""The front that is measured is the front that is documented."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from bench.web import DOCUMENT, configuration


def test_the_documented_front_keeps_nothing_of_anybody_signed_in(tmp_path: Path) -> None:
    said = configuration(DOCUMENT.read_text("utf-8"), tmp_path, 8123, 8124)
    assert "listen 127.0.0.1:8123" in said
    assert "server 127.0.0.1:8124" in said
    assert "proxy_no_cache $signed_in $http_authorization" in said
    assert "proxy_cache_bypass $signed_in $http_authorization" in said
    assert "location = /metrics { return 404; }" in said
    assert "ssl_certificate" not in said


def test_nginx_understands_it(tmp_path: Path) -> None:
    if not shutil.which("nginx"):
        pytest.skip("there is no nginx here")
    (tmp_path / "cache").mkdir()
    file = tmp_path / "nginx.conf"
    file.write_text(configuration(DOCUMENT.read_text("utf-8"), tmp_path, 8123, 8124))
    asked = subprocess.run(
        ["nginx", "-t", "-c", str(file), "-e", str(tmp_path / "error.log")],
        capture_output=True,
        text=True,
        check=False,
    )
    assert asked.returncode == 0, asked.stderr

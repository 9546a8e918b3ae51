"""The benchmark of the ledger runs, so that it does not rot."""

from __future__ import annotations

from bench import ledger


def test_every_phase_is_measured() -> None:
    rows = ledger.run("tiny")
    assert len(rows) == 7
    assert all(row["value"] > 0 for row in rows)

"""What is wrong, or odd, in what was handed in: where exactly, and what is the way out?"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Literal

from sampan.core.errors import InputError

Severity = Literal["error", "warning"]

MOST_SHOWN = 2_000
"""Findings that are handed back at once; all of them count."""
MOST_TOLD = 100
"""Of those, how many stand in the answer to a program."""


@dataclass(frozen=True)
class Finding:
    """One thing. An error keeps its record out; a warning does not. ``line`` is None of a sequence."""

    severity: Severity
    what: str
    way_out: str
    file: str
    line: int | None = None
    """Line of the table, from 1; null of a sequence."""
    field: str = ""
    record: str = ""

    def __str__(self) -> str:
        at = [self.file, f"line {self.line}" if self.line else "", self.field, self.record]
        return (
            f"{self.severity}: {', '.join(part for part in at if part)}: {self.what} {self.way_out}".strip()
        )


class Notes:
    """Gathers findings, and knows which records must not pass."""

    def __init__(self) -> None:
        self.found: list[Finding] = []
        self.bad: set[str] = set()
        self.errors = 0
        self.warnings = 0

    def error(
        self,
        what: str,
        way_out: str,
        *,
        file: str,
        line: int | None = None,
        field: str = "",
        record: str = "",
    ) -> None:
        """Something for which a record is kept out."""
        self.errors += 1
        self.bad.add(record)
        self._add(Finding("error", what, way_out, file, line, field, record))

    def warning(
        self,
        what: str,
        way_out: str,
        *,
        file: str,
        line: int | None = None,
        field: str = "",
        record: str = "",
    ) -> None:
        """Something odd that keeps nothing out."""
        self.warnings += 1
        self._add(Finding("warning", what, way_out, file, line, field, record))

    def _add(self, finding: Finding) -> None:
        if len(self.found) < MOST_SHOWN:
            self.found.append(finding)

    def all(self) -> tuple[Finding, ...]:
        """What was found, errors first."""
        return tuple(sorted(self.found, key=lambda each: (each.severity, each.file, each.line or 0)))


def written(findings: Sequence[Finding]) -> bytes:
    """Findings as they are kept beside the ledger."""
    return json.dumps([asdict(each) for each in findings], ensure_ascii=False).encode()


def read_findings(data: bytes) -> tuple[Finding, ...]:
    """Findings as they were kept."""
    return tuple(Finding(**each) for each in json.loads(data))


class Blocked(InputError):
    """What was handed in has faults, and nothing of it was kept. ``findings`` says all of them."""

    def __init__(self, findings: Sequence[Finding], errors: int) -> None:
        first = next(_errors(findings))
        others = f" Faults besides: {errors - 1}." if errors > 1 else ""
        super().__init__(
            first.what,
            way_out=f"{first.way_out}{others} Nothing was kept: mend them, or take the good records alone with "
            "--good-only (in a form or a program: good_only).",
            file=first.file,
            line=first.line,
            field=first.field or None,
            errors=errors,
            record=first.record,
            findings=[str(each) for each in findings[:MOST_TOLD]],
        )
        self.findings = tuple(findings)


def _errors(findings: Sequence[Finding]) -> Iterator[Finding]:
    return (each for each in findings if each.severity == "error")

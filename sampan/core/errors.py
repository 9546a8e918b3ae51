"""Whose fault is it, and what is the way out?

One family per kind of fault, each with its own exit code and HTTP status. A message says what is
wrong in the reader's words; ``way_out`` says what to do next; ``facts`` carries the numbers so that
code can act on them.
"""

from __future__ import annotations

from pathlib import Path


def clause(said: str) -> str:
    """``said``, which is part of what a fault says and a text of its own: so marked it reaches the translators."""
    return said


class SampanError(Exception):
    """A fault that Sampan foresaw. ``str(error)`` is one line fit for an officer at three in the morning."""

    exit_code = 1
    http_status = 500

    def __init__(self, what: str, *, way_out: str = "", **facts: object) -> None:
        super().__init__(what)
        self.what = what
        self.way_out = way_out
        self.facts = facts

    def __str__(self) -> str:
        return f"{self.what} {self.way_out}".strip()


class InputError(SampanError):
    """Something given to Sampan is wrong: a file, an argument, a form. Nothing was changed."""

    exit_code = 2
    http_status = 422

    def __init__(
        self,
        what: str,
        *,
        way_out: str = "",
        file: str | Path | None = None,
        line: int | None = None,
        field: str | None = None,
        **facts: object,
    ) -> None:
        super().__init__(what, way_out=way_out, **facts)
        self.file = str(file) if file is not None else None
        self.line = line
        self.field = field

    @property
    def where(self) -> str:
        """``cases.csv, line 12, column "1/22/20"``, as far as it is known; of an argument, its name alone."""
        if self.file is None and self.line is None:
            return self.field or ""
        parts = [
            self.file,
            f"line {self.line}" if self.line is not None else None,
            f'column "{self.field}"' if self.field is not None else None,
        ]
        return ", ".join(part for part in parts if part)

    def __str__(self) -> str:
        said = super().__str__()
        return f"{self.where}: {said}" if self.where else said


class Refused(SampanError):
    """The person asking may not do this, or the rules of the desk forbid it. Nothing was changed."""

    exit_code = 3
    http_status = 403


class NotSignedIn(Refused):
    """Nobody is signed in, or the session or token does not hold. Nothing was changed."""

    http_status = 401


class PeerError(SampanError):
    """Another node, or a public source, sent something that does not hold."""

    exit_code = 4
    http_status = 502


class NodeError(SampanError):
    """This node, its ledger or its disk cannot do what was asked. Nothing was half-written."""

    exit_code = 5
    http_status = 503


class MovedOn(NodeError):
    """Somebody else wrote first. Nothing was written: read what is new, then decide again."""


class Stale(SampanError):
    """The ledger has grown since the size on which somebody decided. Nothing was written: look again."""

    http_status = 412

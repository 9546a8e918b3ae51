"""How does a command talk to the person at the keyboard?

Conversation goes to stderr: what is being done, how far it is, what was written. Results go to
stdout, as a table for people or as JSON for machines, with the same fields.
"""

from __future__ import annotations

import contextlib
import json
import sys
import time
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from rich.console import Console
from rich.table import Table

from sampan.core.plain import plain

err = Console(stderr=True, highlight=False, soft_wrap=True)


def said(text: str) -> None:
    """One line of conversation."""
    err.print(text, markup=False)


class Steps:
    """Names the steps of a long command as they begin, with a bar where one can be seen, and times each."""

    def __init__(self, total: int) -> None:
        self.total = total
        self.seconds: dict[str, float] = {}
        self._bar: Any = None
        self._task: Any = None

    def __enter__(self) -> Steps:
        if err.is_terminal:
            from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

            columns = (TextColumn("{task.description:<34}"), BarColumn(28), TimeElapsedColumn())
            self._bar = Progress(*columns, console=err, transient=True)
            self._task = self._bar.add_task("", total=self.total)
            self._bar.start()
        return self

    def __exit__(self, *_: object) -> None:
        if self._bar:
            self._bar.stop()

    @contextlib.contextmanager
    def step(self, name: str, detail: str = "") -> Iterator[None]:
        """The step ``name`` while its block runs; ``detail`` says which of several."""
        if self._bar:
            self._bar.update(self._task, description=f"{name} {detail}".strip())
        begun = time.perf_counter()
        try:
            yield
        finally:
            self.seconds[name] = self.seconds.get(name, 0.0) + time.perf_counter() - begun
            if self._bar:
                self._bar.advance(self._task)

    def note(self, text: str) -> None:
        """Says how far the step under way has come, where a bar can be seen."""
        if self._bar:
            self._bar.update(self._task, description=text)

    def gap(self, objective: float, bound: float) -> None:
        """Says how far a plan is, at most, from the best there is."""
        self.note(f"plan, gap {(objective - bound) / max(abs(objective), 1e-300):.1e}")

    def where_the_time_went(self) -> str:
        """``load 0.2 s, situation 0.9 s, …``, the slowest first."""
        slowest = sorted(self.seconds.items(), key=lambda step: -step[1])
        return ", ".join(f"{name} {seconds:.1f} s" for name, seconds in slowest if seconds >= 0.05)


class Counting:
    """A bar for long work that counts: call it with how many are done, of how many."""

    def __init__(self, what: str) -> None:
        self.what = what
        self._bar: Any = None
        self._task: Any = None

    def __enter__(self) -> Counting:
        if err.is_terminal:
            from rich.progress import Progress

            self._bar = Progress(console=err, transient=True)
            self._task = self._bar.add_task(self.what)
            self._bar.start()
        return self

    def __exit__(self, *_: object) -> None:
        if self._bar:
            self._bar.stop()

    def __call__(self, done: int, total: int) -> None:
        if self._bar:
            self._bar.update(self._task, completed=done, total=total)


def as_json(result: object) -> None:
    """``result`` on stdout as JSON: dates as ISO 8601, absent as null, never NaN."""
    unicode = (sys.stdout.encoding or "utf-8").lower().startswith("utf")
    json.dump(plain(result), sys.stdout, ensure_ascii=not unicode, indent=2, allow_nan=False)
    sys.stdout.write("\n")


def table(columns: Sequence[str], rows: Iterable[Sequence[object]], *, title: str = "") -> None:
    """A table on stdout; numbers to the right, absent values as a dash."""
    cells = [[_cell(value) for value in row] for row in rows]
    out = Console(width=None if sys.stdout.isatty() else 200, highlight=False)
    if title:
        out.print(title, style="bold", markup=False, soft_wrap=True)
    drawn = Table(box=None, pad_edge=False, header_style="bold")
    for index, name in enumerate(columns):
        numeric = bool(cells) and all(_is_number(row[index]) for row in cells)
        drawn.add_column(name, justify="right" if numeric else "left", no_wrap=numeric, overflow="fold")
    for row in cells:
        drawn.add_row(*row)
    out.print(drawn)


def _cell(value: object) -> str:
    from rich.markup import escape

    if value is None:
        return "–"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int):
        return f"{value:,}"
    if isinstance(value, float):
        return f"{value:.2f}"
    if isinstance(value, tuple | list):
        return escape(", ".join(str(part) for part in value))
    return escape(str(value))


def _is_number(text: str) -> bool:
    return text == "–" or text.lstrip("+-").replace(",", "").replace(".", "").replace("%", "").isdigit()

"""How is a long list handed on, when only a page of it will be looked at?"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TypeVar, overload

T_co = TypeVar("T_co", covariant=True)


class Rows(Sequence[T_co]):
    """A list whose rows are made when they are looked at; how many there are is known before.

    ``make(begin, end)`` gives the rows from ``begin`` up to ``end``. It must give the same whenever it is asked,
    whatever is written meanwhile. A part of several rows is a list; going through all of them makes them at once.
    """

    def __init__(self, size: int, make: Callable[[int, int], Sequence[T_co]]) -> None:
        self._size = size
        self._make = make

    def __len__(self) -> int:
        return self._size

    @overload
    def __getitem__(self, which: int) -> T_co: ...
    @overload
    def __getitem__(self, which: slice) -> Sequence[T_co]: ...
    def __getitem__(self, which: int | slice) -> T_co | Sequence[T_co]:
        places = range(self._size)[which]
        if isinstance(places, int):
            return self._make(places, places + 1)[0]
        if not places:
            return []
        first, last = min(places[0], places[-1]), max(places[0], places[-1])
        made = self._make(first, last + 1)
        return [made[place - first] for place in places]

    def __iter__(self) -> Iterator[T_co]:
        return iter(self._make(0, self._size))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sequence) and len(other) == self._size and list(self) == list(other)

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return f"<{self._size} rows>"

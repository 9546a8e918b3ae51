"""What is a record, and how does it travel through the ledger without losing anything?

A record is a small frozen dataclass named as people speak. In an entry it is the ``body``: its fields
as JSON, its ``version``, and every field that this version of Sampan does not know, kept as it came,
so that an older node writes back what a newer one wrote.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any, ClassVar, Literal, Self

from sampan.core.errors import InputError, NodeError
from sampan.records.movement import Movement

Sharing = Literal["public", "internal"]


@dataclass(frozen=True, kw_only=True)
class Record:
    """Base of everything that may be written. A subclass names its ``kind`` and its ``version``."""

    kind: ClassVar[str]
    version: ClassVar[int] = 1
    sharing: ClassVar[Sharing] = "internal"

    unknown: Mapping[str, Any] = field(default_factory=dict, repr=False)

    def body(self) -> dict[str, Any]:
        """The record as JSON values, with its version and the fields that we did not understand."""
        fields: dict[str, Any] = _adapter(type(self)).dump_python(self, mode="json", exclude={"unknown"})
        return {"version": self.version, **self.unknown, **fields}

    def movements(self) -> tuple[Movement, ...]:
        """What moves between accounts because of this record, all of it at once. Most records move nothing."""
        return ()

    @classmethod
    def read(cls, body: Mapping[str, Any]) -> Self:
        """The record written in ``body``.

        Raises InputError naming the field if the body does not hold what the record needs.
        """
        from pydantic import ValidationError

        known = {f.name for f in dataclasses.fields(cls)} - {"unknown"}
        unknown = {name: value for name, value in body.items() if name not in known}
        if unknown.get("version") == cls.version:
            del unknown["version"]
        mine = {name: value for name, value in body.items() if name in known}
        try:
            read: Self = _adapter(cls).validate_python({**mine, "unknown": unknown})
        except ValidationError as fault:
            first = fault.errors()[0]
            raise InputError(
                f"A {cls.kind} record does not hold: {first['msg']}.",
                field=".".join(str(part) for part in first["loc"]),
                way_out="The entry was written by other software; ask the node that it came from.",
            ) from fault
        return read


_ADAPTERS: dict[object, Any] = {}


def _adapter(cls: type[Any]) -> Any:
    """Reads and writes one record type; kept once built, because building is slow."""
    from pydantic import TypeAdapter

    if cls not in _ADAPTERS:
        _ADAPTERS[cls] = TypeAdapter(cls)
    return _ADAPTERS[cls]


@cache
def kinds() -> Mapping[str, type[Record]]:
    """Every kind of record that this version knows, by name."""
    from sampan.records import (  # noqa: F401
        access,
        assistance,
        control,
        exchange,
        press,
        science_exchange,
        science_genomes,
        world,
    )

    return {cls.kind: cls for cls in _descendants(Record)}


def _descendants(cls: type[Record]) -> list[type[Record]]:
    return [d for sub in cls.__subclasses__() for d in [sub, *_descendants(sub)] if "kind" in vars(d)]


def read_record(kind: str, body: Mapping[str, Any]) -> Record:
    """The record of ``kind`` in ``body``. Raises NodeError for a kind that a newer Sampan wrote."""
    known = kinds()
    if kind not in known:
        raise NodeError(
            f'This Sampan does not know records of kind "{kind}".', way_out="Upgrade Sampan, then try again."
        )
    return known[kind].read(body)

"""What is one line of the node's memory, and which bytes stand for it?"""

from __future__ import annotations

import builtins
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cached_property, lru_cache
from hashlib import sha256
from typing import Any, Literal, get_args

from sampan.core.errors import InputError, SampanError, clause
from sampan.core.ids import SYSTEM_BITS, Bits, uuid7
from sampan.core.time import read_stamp, stamp
from sampan.ledger import merkle
from sampan.ledger.canonical import JSON, canonical, parsed

Sharing = Literal["public", "internal"]

_SHARING = get_args(Sharing)

LARGEST = 65_535
"""Bytes: an entry bundle writes each length in two bytes (C2SP tlog-tiles)."""

_KIND = re.compile(r"[a-z0-9]+(?:[._-][a-z0-9]+)*", re.ASCII)
_KIND_LENGTH = 200
_OWN_FIELDS = ("id", "kind", "effective", "recorded", "actor", "sharing", "body", "refs", "salt")


@dataclass(frozen=True)
class Draft:
    """What somebody wants recorded. ``effective`` is when it is true in the world."""

    kind: str
    body: Mapping[str, JSON]
    actor: str
    effective: datetime
    sharing: Sharing = "internal"
    refs: tuple[str, ...] = ()


@dataclass(frozen=True)
class Entry:
    """A sealed entry: ``index`` is its position in the log, ``unknown`` what a newer node wrote into it."""

    index: int
    id: str
    kind: str
    effective: datetime
    recorded: datetime
    actor: str
    sharing: Sharing
    body: dict[str, Any]
    refs: tuple[str, ...]
    salt: str
    unknown: Mapping[str, Any] = field(default_factory=dict)

    @cached_property
    def bytes(self) -> builtins.bytes:
        """The canonical JSON (RFC 8785) of everything but the index."""
        return canonical(
            {
                **self.unknown,
                "id": self.id,
                "kind": self.kind,
                "effective": _stamp(self.effective),
                "recorded": _stamp(self.recorded),
                "actor": self.actor,
                "sharing": self.sharing,
                "body": self.body,
                "refs": list(self.refs),
                "salt": self.salt,
            }
        )

    @property
    def leaf_data(self) -> builtins.bytes:
        """What the world may see of it: the bytes if public, else a commitment to them."""
        return leaf_data(self.bytes, self.sharing)

    @property
    def leaf_hash(self) -> builtins.bytes:
        """Its leaf in the Merkle tree."""
        return merkle.leaf_hash(self.leaf_data)


def leaf_data(data: bytes, sharing: str) -> bytes:
    """The leaf for an entry with these bytes. The salt among them keeps a commitment from being guessed."""
    return data if sharing == "public" else b'{"internal":"%s"}' % sha256(data).hexdigest().encode()


def seal(draft: Draft, *, index: int, recorded: datetime, bits: Bits = SYSTEM_BITS) -> Entry:
    """The entry that ``draft`` becomes at ``index``. Raises InputError if it cannot be recorded."""
    _check(draft)
    entry = Entry(
        index=index,
        id=uuid7(recorded, bits),
        kind=draft.kind,
        effective=draft.effective,
        recorded=recorded,
        actor=draft.actor,
        sharing=draft.sharing,
        body=dict(draft.body),
        refs=tuple(draft.refs),
        salt=f"{bits.getrandbits(128):032x}",
    )
    if len(entry.bytes) > LARGEST:
        raise InputError(
            f"This {draft.kind} entry takes {len(entry.bytes)} bytes; an entry holds at most {LARGEST}.",
            way_out="Put the large part beside the ledger as a blob and name its digest in the entry.",
            kind=draft.kind,
            size=len(entry.bytes),
        )
    sealed = read_entry(index, entry.bytes)
    sealed.__dict__["bytes"] = entry.bytes  # the same by every test of the format, and slow to make
    return sealed


def _check(draft: Draft) -> None:
    for name, right, what in (
        ("kind", is_kind(draft.kind), clause(f"{draft.kind!r} is not the name of a kind of entry")),
        (
            "body",
            isinstance(draft.body, Mapping),
            clause(f"A {type(draft.body).__name__} has no named fields"),
        ),
        (
            "actor",
            isinstance(draft.actor, str) and draft.actor,
            clause("Nobody is named as the one who acts"),
        ),
        ("effective", _is_moment(draft.effective), clause(f"{draft.effective} is not a moment in UTC")),
        ("sharing", draft.sharing in _SHARING, clause(f"{draft.sharing!r} is neither public nor internal")),
        (
            "refs",
            all(isinstance(ref, str) for ref in draft.refs),
            clause("A reference is not the id of an entry"),
        ),
    ):
        if not right:
            raise InputError(
                f"{what}, so nothing was recorded.", field=name, way_out="Correct it, then try again."
            )


def _is_moment(at: object) -> bool:
    return isinstance(at, datetime) and at.tzinfo is not None and 1000 <= at.year < 9999


def is_kind(text: object) -> bool:
    """Whether ``text`` may name a kind: lower-case words joined by dots, dashes or underlines."""
    return isinstance(text, str) and len(text) <= _KIND_LENGTH and bool(_KIND.fullmatch(text))


def read_entry(index: int, data: bytes) -> Entry:
    """The entry written as ``data``. Raises ValueError, saying what is wrong, if it is none."""
    try:
        fields = parsed(data)
    except (ValueError, AttributeError, RecursionError):
        raise ValueError(clause("its bytes are not JSON")) from None
    try:
        entry = _from_fields(index, fields)
    except (KeyError, TypeError, AttributeError, SampanError) as fault:
        raise ValueError(clause(f"a field is missing or is not what it should be ({fault})")) from None
    if not is_kind(entry.kind) or entry.sharing not in _SHARING:
        raise ValueError(clause("its kind or its sharing is not one that there is"))
    return entry


def _from_fields(index: int, fields: dict[str, Any]) -> Entry:
    for name in ("id", "actor", "salt"):
        if not isinstance(fields[name], str):
            raise TypeError(name)
    if not isinstance(fields["body"], dict) or not isinstance(fields["refs"], list):
        raise TypeError("body or refs")
    return Entry(
        index=index,
        id=fields["id"],
        kind=fields["kind"],
        effective=read_stamp(fields["effective"]),
        recorded=read_stamp(fields["recorded"]),
        actor=fields["actor"],
        sharing=fields["sharing"],
        body=fields["body"],
        refs=tuple(fields["refs"]),
        salt=fields["salt"],
        unknown=_unknown(fields) if len(fields) > len(_OWN_FIELDS) else {},
    )


def _unknown(fields: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in fields.items() if name not in _OWN_FIELDS}


@lru_cache(maxsize=256)
def milliseconds(at: datetime) -> int:
    """Milliseconds since 1970, whole: how the store sorts moments."""
    return (at - _EPOCH) // _MILLISECOND


_stamp = lru_cache(maxsize=256)(stamp)
"""Entries of a batch share their moments; writing each anew took a fifth of the time to verify."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)

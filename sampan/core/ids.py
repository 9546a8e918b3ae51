"""What is a thing called, for ever?"""

from __future__ import annotations

import hashlib
import uuid
from datetime import datetime
from random import SystemRandom
from typing import Protocol


class Bits(Protocol):
    """A source of random bits; the system's own unless a test or an exercise brings a seeded one."""

    def getrandbits(self, k: int, /) -> int: ...


SYSTEM_BITS: Bits = SystemRandom()


def uuid7(at: datetime, bits: Bits = SYSTEM_BITS) -> str:
    """A UUIDv7 (RFC 9562 §5.7) for the moment ``at``: sorts by time to the millisecond."""
    milliseconds = int(at.timestamp() * 1000)
    value = (milliseconds & (1 << 48) - 1) << 80 | 0x7 << 76
    value |= bits.getrandbits(12) << 64 | 0b10 << 62 | bits.getrandbits(62)
    return str(uuid.UUID(int=value))


def digest(data: bytes) -> str:
    """SHA-256 of ``data`` in lower-case hexadecimal: the name of a blob."""
    return hashlib.sha256(data).hexdigest()

"""How long must somebody wait who keeps failing to sign in?

Waits double with each failure and are kept in the database, so that neither a restart nor another worker
forgets them; they have an upper bound, so that nobody is ever locked out for good. Three things are counted:

- a handle from one address: after 5 failures 1, 2, 4 … seconds, at most 15 minutes;
- one address, whatever it tries: after 20 failures the same;
- a handle, from anywhere: after 20 failures at most a minute, so that nobody guesses at one account more than
  a hundred times an hour (OWASP ASVS 2.2.1), and nobody else can keep its owner out for long.

A failure is written down before the password is looked at and taken back if it was right: many guesses sent at
once are counted like any others.
"""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from hashlib import sha256
from ipaddress import IPv4Address, IPv6Address, ip_address

from sqlalchemy import Connection, delete, insert, select, text, update

from sampan.access.schema import throttles

FORGOTTEN = 24 * 3_600_000
"""Milliseconds after which a failure no longer counts."""


@dataclass(frozen=True)
class Rule:
    """After how many failures there are waits, and how long they become (seconds)."""

    free: int
    most: int

    def wait(self, failures: int) -> int:
        """Seconds to wait after so many failures."""
        over = failures - self.free
        return 0 if over < 0 else min(self.most, 2 ** min(over, 30))


PAIR, ADDRESS, ACCOUNT = Rule(5, 900), Rule(20, 900), Rule(20, 60)


class Throttle:
    """Counts failures. ``key`` makes of handles and addresses what nobody can read back."""

    def __init__(self, key: bytes) -> None:
        self._key = key

    def enter(self, connection: Connection, handle: str, address: str, now: int) -> int:
        """Seconds to wait before anything is looked at; 0, and a failure counted, if it may be looked at now."""
        if connection.dialect.name == "postgresql":  # SQLite has one writer at a time anyway
            connection.execute(text("SELECT pg_advisory_xact_lock(5260328)"))
        kept = [(rule, key, self._row(connection, key, now)) for rule, key in self._keys(handle, address)]
        wait = max(until for _, _, (_, until) in kept) - now
        if wait > 0:
            return -(-wait // 1000)
        for rule, key, (failures, _) in kept:
            self._write(connection, key, failures + 1, now, now + 1000 * rule.wait(failures + 1))
        connection.execute(delete(throttles).where(throttles.c.last < now - FORGOTTEN))
        return 0

    def forgive(self, connection: Connection, handle: str, address: str) -> None:
        """Takes the failure back that ``enter`` counted, and what was counted of this handle before.

        What the address did stays: it may have got in with one account while it guesses at others.
        """
        (_, pair), (_, place), (_, account) = self._keys(handle, address)
        connection.execute(delete(throttles).where(throttles.c.key.in_([pair, account])))
        connection.execute(
            update(throttles)
            .where(throttles.c.key == place)
            .values(failures=throttles.c.failures - 1, until=0)
        )

    def _keys(self, handle: str, address: str) -> tuple[tuple[Rule, bytes], ...]:
        place = network(address, whole=True)
        return (
            (PAIR, self._named("pair", handle, place)),
            (ADDRESS, self._named("address", place)),
            (ACCOUNT, self._named("account", handle)),
        )

    def _named(self, *parts: str) -> bytes:
        said = "\0".join(parts).encode("utf-8", "surrogatepass")
        return hmac.new(self._key, said, sha256).digest()

    @staticmethod
    def _row(connection: Connection, key: bytes, now: int) -> tuple[int, int]:
        """Failures, and until when to wait."""
        asked = select(throttles.c.failures, throttles.c.until, throttles.c.last).where(
            throttles.c.key == key
        )
        row = connection.execute(asked).first()
        return (row.failures, row.until) if row and row.last >= now - FORGOTTEN else (0, 0)

    @staticmethod
    def _write(connection: Connection, key: bytes, failures: int, now: int, until: int) -> None:
        said = {"failures": failures, "last": now, "until": until}
        if not connection.execute(update(throttles).where(throttles.c.key == key).values(said)).rowcount:
            connection.execute(insert(throttles).values(key=key, **said))


def network(address: str, *, whole: bool = False) -> str:
    """An address cut short, so that it names a network and nobody: /24 of IPv4, /48 of IPv6.

    ``whole`` keeps what one customer of a provider has: an IPv4 address, or /64 of IPv6.
    """
    try:
        found = ip_address(address.partition("%")[0])
    except ValueError:
        return "unknown"
    if isinstance(found, IPv6Address) and found.ipv4_mapped:
        found = found.ipv4_mapped
    kept = {(4, True): 32, (4, False): 24, (6, True): 64, (6, False): 48}[found.version, whole]
    size = 32 if isinstance(found, IPv4Address) else 128
    cut = int(found) >> (size - kept) << (size - kept)
    return f"{type(found)(cut)}/{kept}"

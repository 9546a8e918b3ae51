"""In which tables do accounts lie? Beside the log in the node's own database, and never in the log.

Whatever is a secret is kept as a digest (of 256 random bits), as an Argon2id hash (of a password) or encrypted
under a key that is not in the database (of a second factor). Times are in ms since 1970.
"""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
)

from sampan.core.errors import NodeError
from sampan.ledger.ledger import Ledger
from sampan.ledger.migrating import migrate, version_of

VERSION = "0001"
"""The newest migration. Tables with a larger one were made by a newer Sampan."""

VERSION_TABLE = "access_version"
MIGRATIONS = Path(__file__).parent / "migrations"

metadata = MetaData()

accounts = Table(
    "access_account",
    metadata,
    Column("handle", String(100), primary_key=True),
    Column("password", Text),
    Column("totp", LargeBinary),
    Column("totp_offered", LargeBinary),
    Column("totp_step", BigInteger, nullable=False, default=0),
    Column("made", BigInteger, nullable=False),
    Column("seen", BigInteger),
    Column("revoked", BigInteger),
)
"""``totp_offered`` has been shown but not yet proven; ``totp_step`` is the last step whose code was used."""

recovery_codes = Table(
    "access_recovery",
    metadata,
    Column("handle", String(100), primary_key=True),
    Column("digest", LargeBinary(32), primary_key=True),
)

invitations = Table(
    "access_invitation",
    metadata,
    Column("digest", LargeBinary(32), primary_key=True),
    Column("handle", String(100), nullable=False),
    Column("until", BigInteger, nullable=False),
)

sessions = Table(
    "access_session",
    metadata,
    Column("digest", LargeBinary(32), primary_key=True),
    Column("id", String(36), nullable=False, unique=True),
    Column("handle", String(100), nullable=False),
    Column("roles", Text),
    Column("waits", Boolean, nullable=False),
    Column("begun", BigInteger, nullable=False),
    Column("seen", BigInteger, nullable=False),
    Index("access_session_by_handle", "handle"),
)
"""``waits`` for the second factor. ``roles`` of somebody whom an organisation vouches for, as JSON."""

tokens = Table(
    "access_token",
    metadata,
    Column("digest", LargeBinary(32), primary_key=True),
    Column("id", String(36), nullable=False, unique=True),
    Column("handle", String(100), nullable=False),
    Column("name", String(100), nullable=False),
    Column("acts", Text, nullable=False),
    Column("made", BigInteger, nullable=False),
    Column("until", BigInteger, nullable=False),
    Column("used", BigInteger),
    UniqueConstraint("handle", "name", name="access_token_names"),
)

throttles = Table(
    "access_throttle",
    metadata,
    Column("key", LargeBinary(32), primary_key=True),
    Column("failures", Integer, nullable=False),
    Column("last", BigInteger, nullable=False),
    Column("until", BigInteger, nullable=False),
    Index("access_throttle_by_last", "last"),
)
"""``key`` is a keyed digest of a handle, an address, or both: neither can be read from it."""

trail = Table(
    "access_trail",
    metadata,
    Column("number", BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=True),
    Column("at", BigInteger, nullable=False),
    Column("event", String(40), nullable=False),
    Column("handle", String(100)),
    Column("network", String(50)),
    Index("access_trail_by_at", "at"),
)
"""``handle`` only of somebody who has an account here; ``network`` is an address cut short."""


def bring_up(ledger: Ledger) -> None:
    """Makes the tables, or brings them to this Sampan's version. Raises NodeError if a newer one made them."""
    with ledger.reading() as connection:
        found = version_of(connection, VERSION_TABLE)
    if found is not None and found > VERSION:
        raise NodeError("The accounts of this node were made by a newer Sampan.", way_out="Upgrade Sampan.")
    if found != VERSION:
        with ledger.writing_beside() as connection:
            migrate(connection, MIGRATIONS, lock=5260327)

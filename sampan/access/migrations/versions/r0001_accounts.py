"""Accounts, sessions, tokens, invitations, waits, and the trail of who was let in."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

_NUMBER = sa.BigInteger().with_variant(sa.Integer, "sqlite")
_HANDLE = sa.String(100)
_DIGEST = sa.LargeBinary(32)


def upgrade() -> None:
    op.create_table(
        "access_account",
        sa.Column("handle", _HANDLE, primary_key=True),
        sa.Column("password", sa.Text),
        sa.Column("totp", sa.LargeBinary),
        sa.Column("totp_offered", sa.LargeBinary),
        sa.Column("totp_step", sa.BigInteger, nullable=False),
        sa.Column("made", sa.BigInteger, nullable=False),
        sa.Column("seen", sa.BigInteger),
        sa.Column("revoked", sa.BigInteger),
    )
    op.create_table(
        "access_recovery",
        sa.Column("handle", _HANDLE, primary_key=True),
        sa.Column("digest", _DIGEST, primary_key=True),
    )
    op.create_table(
        "access_invitation",
        sa.Column("digest", _DIGEST, primary_key=True),
        sa.Column("handle", _HANDLE, nullable=False),
        sa.Column("until", sa.BigInteger, nullable=False),
    )
    op.create_table(
        "access_session",
        sa.Column("digest", _DIGEST, primary_key=True),
        sa.Column("id", sa.String(36), nullable=False, unique=True),
        sa.Column("handle", _HANDLE, nullable=False),
        sa.Column("roles", sa.Text),
        sa.Column("waits", sa.Boolean, nullable=False),
        sa.Column("begun", sa.BigInteger, nullable=False),
        sa.Column("seen", sa.BigInteger, nullable=False),
    )
    op.create_index("access_session_by_handle", "access_session", ["handle"])
    op.create_table(
        "access_token",
        sa.Column("digest", _DIGEST, primary_key=True),
        sa.Column("id", sa.String(36), nullable=False, unique=True),
        sa.Column("handle", _HANDLE, nullable=False),
        sa.Column("name", sa.String(100), nullable=False),
        sa.Column("acts", sa.Text, nullable=False),
        sa.Column("made", sa.BigInteger, nullable=False),
        sa.Column("until", sa.BigInteger, nullable=False),
        sa.Column("used", sa.BigInteger),
        sa.UniqueConstraint("handle", "name", name="access_token_names"),
    )
    op.create_table(
        "access_throttle",
        sa.Column("key", _DIGEST, primary_key=True),
        sa.Column("failures", sa.Integer, nullable=False),
        sa.Column("last", sa.BigInteger, nullable=False),
        sa.Column("until", sa.BigInteger, nullable=False),
    )
    op.create_index("access_throttle_by_last", "access_throttle", ["last"])
    op.create_table(
        "access_trail",
        sa.Column("number", _NUMBER, primary_key=True, autoincrement=True),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.Column("event", sa.String(40), nullable=False),
        sa.Column("handle", _HANDLE),
        sa.Column("network", sa.String(50)),
    )
    op.create_index("access_trail_by_at", "access_trail", ["at"])

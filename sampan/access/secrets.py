"""What do people prove themselves with, and how is it kept so that a thief of the database has nothing?"""

from __future__ import annotations

import re
import secrets
import threading
import unicodedata
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256

from sampan.core.errors import InputError

SHORTEST, LONGEST = 12, 128
"""Signs of a password (OWASP ASVS 2.1.1, 2.1.2)."""

AT_ONCE = 2
"""Passwords hashed at the same time in a process: each takes the memory that its cost says."""

_COMMON = re.compile(
    r"pass(word|wort|phrase)?|contrasena|motdepasse|parol|qwert[yz]?(uiop)?|asdf(ghjkl)?|zxcv(bnm)?|azerty(uiop)?"
    r"|letmein|welcome|admin(istrator)?|login|iloveyou|monkey|dragon|football|baseball|superman|batman|princess"
    r"|sunshine|master|secret|changeme|default|sampan|covid|corona(virus)?|virus|woaini|1q2w3e4r5t6y?|1qaz2wsx"
)
_RUNS = "01234567890abcdefghijklmnopqrstuvwxyzqwertyuiopasdfghjklzxcvbnm"


@dataclass(frozen=True)
class Cost:
    """What one hash costs. The default is the second choice of RFC 9106 §4, for machines short of memory."""

    rounds: int = 3
    memory_kib: int = 65_536
    lanes: int = 4


class Passwords:
    """Hashes passwords with Argon2id and compares them, in the same time whether there is anything to compare."""

    def __init__(self, cost: Cost) -> None:
        from argon2 import PasswordHasher

        self._hasher = PasswordHasher(cost.rounds, cost.memory_kib, cost.lanes)
        self._turn = threading.BoundedSemaphore(AT_ONCE)

    def hashed(self, password: str) -> str:
        """What is kept of a password."""
        with self._turn:
            return self._hasher.hash(_normal(password))

    def fits(self, kept: str | None, password: str) -> bool:
        """Whether this is the password. Where none is kept, as much work is done for nothing."""
        from argon2.exceptions import InvalidHashError, VerificationError

        try:
            with self._turn:
                self._hasher.verify(kept or self._nobodys, _normal(password))
        except (VerificationError, InvalidHashError):
            return False
        return kept is not None

    def outdated(self, kept: str) -> bool:
        """Whether this was hashed at another cost than is asked today."""
        return self._hasher.check_needs_rehash(kept)

    @cached_property
    def _nobodys(self) -> str:
        """The hash of a password that nobody knows."""
        return self._hasher.hash(secrets.token_urlsafe(32))


def require_strong(password: str, handle: str) -> None:
    """Lets somebody choose this password. Raises InputError that says why not.

    Length is what counts; no kinds of signs are asked for. What everybody tries first is turned away.
    """
    said = _normal(password)
    if len(re.sub(r" +", " ", said)) < SHORTEST or len(said) > LONGEST:
        raise InputError(
            "This password is too short or too long.",
            way_out=f"Choose one of {SHORTEST} to {LONGEST} signs; several words are fine.",
            field="password",
            code="length",
        )
    if _guessable(said.casefold(), handle.casefold()):
        raise InputError(
            "This password is among the first that anybody would try.",
            way_out="Choose several words that have nothing to do with each other.",
            field="password",
            code="common",
        )


def _guessable(password: str, handle: str) -> bool:
    """Whether little is left once common words, the handle, digits at the ends and runs are taken out."""
    left = _COMMON.sub("", password)
    left = left.replace(handle, "") if len(handle) > 2 else left
    left = re.sub(r"^[\W\d_]+|[\W\d_]+$", "", left)
    left = re.sub(r"(.+?)\1+", r"\1", left)
    pairs = zip(" " + left, left, strict=False)
    left = "".join(sign for last, sign in pairs if last + sign not in _RUNS and sign + last not in _RUNS)
    return len(set(left)) < 5 or len(left) < 6


def _normal(password: str) -> str:
    """The same signs, however a keyboard composed them."""
    return unicodedata.normalize("NFKC", password)


def new_secret(prefix: str = "") -> str:
    """256 random bits, as text."""
    return prefix + secrets.token_urlsafe(32)


def digest(secret: str) -> bytes:
    """What is kept of a random secret. So many random bits need no slow hash."""
    return sha256(secret.encode("utf-8", "surrogatepass")).digest()


def new_recovery_code() -> str:
    """80 random bits in a form that people can copy: ``K7QD-2XNA-9FMT-J4HB``."""
    signs = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
    return "-".join("".join(secrets.choice(signs) for _ in range(4)) for _ in range(4))


class Sealed:
    """Encrypts what must be read again (AES-256-GCM), bound to whom it belongs."""

    def __init__(self, key: bytes) -> None:
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM

        self._cipher = AESGCM(key)

    def seal(self, text: str, whose: str) -> bytes:
        """``text``, unreadable."""
        nonce = secrets.token_bytes(12)
        return nonce + self._cipher.encrypt(nonce, text.encode(), whose.encode())

    def open(self, data: bytes, whose: str) -> str:
        """The text again. Raises InvalidTag if it was sealed under another key, or for somebody else."""
        return self._cipher.decrypt(data[:12], data[12:], whose.encode()).decode()

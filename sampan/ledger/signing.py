"""Who says so? Ed25519 keys and the notes that they sign (C2SP signed-note)."""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

from sampan.core.errors import InputError, PeerError
from sampan.core.files import read_bytes, write_whole

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

_ED25519 = b"\x01"
_DASH = "— "
_NAME = "Name: "
_MOST_SIGNATURES = 64


@dataclass(frozen=True)
class VerifierKey:
    """The public half of a key, as others hold it. ``str(key)`` is its line: ``name+id+base64``."""

    name: str
    public: bytes

    @cached_property
    def id(self) -> bytes:
        """Four bytes that say which key signed: SHA-256(name ‖ LF ‖ 0x01 ‖ public key)."""
        return sha256(self.name.encode() + b"\n" + _ED25519 + self.public).digest()[:4]

    def __str__(self) -> str:
        return f"{self.name}+{self.id.hex()}+{base64.b64encode(_ED25519 + self.public).decode()}"

    @classmethod
    def parse(cls, line: str) -> VerifierKey:
        """The key written ``name+id+base64``. Raises InputError if it is none, or its id is another's."""
        try:
            name, key_id, encoded = line.strip().split("+", 2)
            material = base64.b64decode(encoded, validate=True)
        except (ValueError, binascii.Error):
            raise _not_a_key(line) from None
        key = cls(check_name(name), material[1:])
        if material[:1] != _ED25519 or len(key.public) != 32 or key.id.hex() != key_id:
            raise _not_a_key(line)
        return key

    def signed(self, text: bytes, signature: bytes) -> bool:
        """Whether this key signed ``text``."""
        from cryptography.exceptions import InvalidSignature
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

        try:
            Ed25519PublicKey.from_public_bytes(self.public).verify(signature, text)
        except (InvalidSignature, ValueError):
            return False
        return True


@dataclass(frozen=True)
class SigningKey:
    """The secret half of a key. It is written to one file, readable by its owner only, and nowhere else."""

    name: str
    _private: Ed25519PrivateKey

    def __repr__(self) -> str:
        return f"SigningKey({self.name!r})"

    @classmethod
    def generate(cls, name: str) -> SigningKey:
        """A new key. By custom its name is the origin of the log that it signs."""
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

        return cls(check_name(name), Ed25519PrivateKey.generate())

    @classmethod
    def from_seed(cls, name: str, seed: bytes) -> SigningKey:
        """The key that the 32 bytes of ``seed`` determine (RFC 8032)."""
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

        return cls(check_name(name), Ed25519PrivateKey.from_private_bytes(seed))

    @classmethod
    def load(cls, path: Path, *, name: str | None = None) -> SigningKey:
        """The key saved at ``path`` (PKCS #8, PEM). Raises InputError if there is none.

        ``name`` is needed only for a key that another program saved, without its name above it.
        """
        from cryptography.exceptions import UnsupportedAlgorithm
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
        from cryptography.hazmat.primitives.serialization import load_pem_private_key

        data = read_bytes(path)
        try:
            private = load_pem_private_key(data, password=None)
        except (ValueError, TypeError, UnsupportedAlgorithm):
            private = None
        if not isinstance(private, Ed25519PrivateKey):
            raise InputError(
                "This is not an Ed25519 signing key.",
                file=path,
                way_out="Put back the key file made with this node, from its backup.",
            )
        said = data.partition(b"\n")[0].decode(errors="replace")
        return cls(check_name(name or said.removeprefix(_NAME)), private)

    def save(self, path: Path) -> None:
        """Writes the key under its name, for its owner's eyes only (mode 0600). Raises NodeError."""
        from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

        pem = self._private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        write_whole(path, f"{_NAME}{self.name}\n".encode() + pem, mode=0o600)

    @cached_property
    def verifier(self) -> VerifierKey:
        """The public half, to hand to others."""
        return VerifierKey(self.name, self._private.public_key().public_bytes_raw())

    def sign(self, text: str) -> str:
        """``text``, which ends in a newline, as a note signed by this key."""
        signature = self.verifier.id + self._private.sign(text.encode())
        return f"{text}\n{_DASH}{self.name} {base64.b64encode(signature).decode()}\n"

    def derive(self, purpose: str) -> bytes:
        """32 bytes that only the holder of this key can know, others for every purpose (HKDF, RFC 5869)."""
        from cryptography.hazmat.primitives.hashes import SHA256
        from cryptography.hazmat.primitives.kdf.hkdf import HKDF

        info = f"sampan {purpose}".encode()
        return HKDF(SHA256(), 32, salt=None, info=info).derive(self._private.private_bytes_raw())


def open_note(note: str, *verifiers: VerifierKey) -> str:
    """The text of ``note``, once one of ``verifiers`` is seen to have signed it.

    Signatures by other keys are passed over. Raises PeerError if the note is malformed, if none of the
    keys signed it, or if a signature under one of their names does not hold.
    """
    text, signatures = _parts(note)
    known = {(key.name, key.id): key for key in verifiers}
    held = False
    for name, key_id, signature in signatures:
        key = known.get((name, key_id))
        if key and not key.signed(text.encode(), signature):
            raise PeerError(f"The signature of {name} does not fit the note.", way_out="Fetch it again.")
        held = held or key is not None
    if not held:
        names = ", ".join(sorted(key.name for key in verifiers))
        raise PeerError(f"The note is not signed by {names}.", way_out="Check the key that you were given.")
    return text


def signers(note: str) -> frozenset[str]:
    """Under which names ``note`` is signed, whether or not that holds. Raises PeerError if it is no note."""
    _, signatures = _parts(note)
    return frozenset(name for name, _, _ in signatures)


def _parts(note: str) -> tuple[str, list[tuple[str, bytes, bytes]]]:
    text, gap, tail = note.rpartition("\n\n")
    lines = tail.split("\n")
    control = any(sign < " " and sign != "\n" for sign in note)
    if not gap or control or lines.pop() or not 0 < len(lines) <= _MOST_SIGNATURES:
        raise PeerError("This is not a signed note.", way_out="Fetch it again.")
    return text + "\n", [_signature(line) for line in lines]


def _signature(line: str) -> tuple[str, bytes, bytes]:
    try:
        name, encoded = line.removeprefix(_DASH).split(" ")
        signature = base64.b64decode(encoded, validate=True)
    except (ValueError, binascii.Error):
        signature = b""
    if not line.startswith(_DASH) or len(signature) <= 4:
        raise PeerError("A signature line of the note is malformed.", way_out="Fetch it again.")
    return name, signature[:4], signature[4:]


def check_name(name: str) -> str:
    """``name``, if a key or a log may bear it. Raises InputError if it is empty or has spaces or a plus."""
    if not name or "+" in name or any(sign.isspace() or sign < " " for sign in name):
        raise InputError(
            f"{name!r} cannot name a key or a log.",
            way_out="Use something like chn.example/log, without spaces and plus signs.",
        )
    return name


def _not_a_key(line: str) -> InputError:
    return InputError(f"{line!r} is not a verifier key.", way_out="It looks like name+1a2b3c4d+base64.")

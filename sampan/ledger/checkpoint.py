"""What did the log hold at that moment? Origin, size and root: the text of a C2SP tlog-checkpoint."""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass

from sampan.core.errors import PeerError
from sampan.ledger.merkle import HASH_SIZE
from sampan.ledger.signing import VerifierKey, open_note


@dataclass(frozen=True)
class Checkpoint:
    """The head of a log; sign ``text`` to publish it."""

    origin: str
    size: int
    root: bytes

    @property
    def text(self) -> str:
        """Three lines: origin, size in decimal, root in base64."""
        return f"{self.origin}\n{self.size}\n{base64.b64encode(self.root).decode()}\n"


def read_checkpoint(text: str) -> Checkpoint:
    """The checkpoint in the text of a note; lines after the third are passed over. Raises PeerError."""
    try:
        origin, size, root = text.split("\n")[:3]
        found = Checkpoint(origin, int(size), base64.b64decode(root, validate=True))
        if origin and str(found.size) == size and len(found.root) == HASH_SIZE:
            return found
    except (ValueError, binascii.Error):
        pass
    raise PeerError("The note is not a checkpoint of a log.", way_out="Fetch it again.")


def open_checkpoint(note: str, *verifiers: VerifierKey) -> Checkpoint:
    """The checkpoint in a note that one of ``verifiers`` signed. Raises PeerError."""
    return read_checkpoint(open_note(note, *verifiers))

"""Notes signed by others: golang.org/x/mod/sumdb/note and the C2SP specifications."""

from __future__ import annotations

import base64

import pytest

from sampan.core.errors import PeerError
from sampan.ledger.checkpoint import Checkpoint, read_checkpoint
from sampan.ledger.signing import SigningKey, VerifierKey, open_note

TEXT = "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n"
PETER = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
PETER_SEED = base64.b64decode("AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz")[1:]
BY_PETER = (
    "— PeterNeumann "
    "x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"
)
ENOCH = "EnochRoot+af0cfe78+ATtqJ7zOtqQtYqOo0CpvDXNlMhV3HeJDpjrASKGLWdop"
BY_ENOCH = (
    "— EnochRoot "
    "rwz+eBzmZa0SO3NbfRGzPCpDckykFXSdeX+MNtCOXm2/5n2tiOHp+vAF1aGrQ5ovTG01oOTGwnWLox33WWd1RvMc+QQ=\n"
)
FOREIGN = "— example.com/foo " + base64.b64encode(b"\0\0\0\1" + bytes(64)).decode() + "\n"

CHECKPOINT = "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n"


def test_we_sign_as_go_does() -> None:
    key = SigningKey.from_seed("PeterNeumann", PETER_SEED)
    assert str(key.verifier) == PETER
    assert key.sign(TEXT) == f"{TEXT}\n{BY_PETER}"


@pytest.mark.parametrize("key", [PETER, ENOCH])
@pytest.mark.parametrize("foreign", ["", FOREIGN])
def test_we_open_what_go_signed(key: str, foreign: str) -> None:
    note = f"{TEXT}\n{foreign}{BY_PETER}{BY_ENOCH}"
    assert open_note(note, VerifierKey.parse(key)) == TEXT


@pytest.mark.parametrize(
    "note",
    [
        TEXT + "\n" + FOREIGN,
        TEXT.replace("problem", "question") + "\n" + BY_PETER,
        TEXT + BY_PETER,
        TEXT + "\n" + BY_PETER.rstrip("\n"),
        TEXT + "\n" + BY_PETER.replace("— ", "- "),
        TEXT + "\n" + BY_PETER.replace("=", ""),
        TEXT + "\n" + BY_PETER + BY_PETER.replace("x08go/Z", "x08go/Y"),
        TEXT + "\t\n\n" + BY_PETER,
        TEXT + "\n",
        "",
    ],
)
def test_we_open_nothing_else(note: str) -> None:
    with pytest.raises(PeerError):
        open_note(note, VerifierKey.parse(PETER))


def test_checkpoint() -> None:
    found = read_checkpoint(CHECKPOINT)
    assert (found.origin, found.size) == ("example.com/behind-the-sofa", 20852163)
    assert found.text == CHECKPOINT
    assert read_checkpoint(CHECKPOINT + "an extension\n") == found


@pytest.mark.parametrize(
    "text",
    [
        CHECKPOINT.replace("2085", "02085"),
        CHECKPOINT.replace("20852163", "many"),
        CHECKPOINT.replace("=", ""),
        CHECKPOINT.replace("CsUY", ""),
        CHECKPOINT.replace("example.com/behind-the-sofa", ""),
        "example.com/behind-the-sofa\n20852163\n",
    ],
)
def test_what_is_no_checkpoint(text: str) -> None:
    with pytest.raises(PeerError):
        read_checkpoint(text)


def test_the_empty_log() -> None:
    empty = Checkpoint("a.example/log", 0, bytes(32))
    assert read_checkpoint(empty.text) == empty

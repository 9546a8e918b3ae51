"""Keys, blobs and exports: what lies beside the log."""

from __future__ import annotations

import json
import stat
from pathlib import Path

import pytest

from sampan.core.errors import InputError, NodeError, PeerError
from sampan.ledger import merkle, tiles
from sampan.ledger.blobs import Blobs
from sampan.ledger.checkpoint import open_checkpoint
from sampan.ledger.entry import read_entry
from sampan.ledger.ledger import Ledger
from sampan.ledger.signing import SigningKey, VerifierKey
from tests.ledgers import KEY, draft, drafts

ABC = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"


def test_a_key_is_saved_for_its_owner_alone(tmp_path: Path) -> None:
    file = tmp_path / "keys" / "ledger.pem"
    KEY.save(file)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert SigningKey.load(file).verifier == KEY.verifier
    assert SigningKey.load(file, name="other").verifier.name == "other"
    assert b"PRIVATE KEY" in file.read_bytes()
    assert "Private" not in repr(KEY)


@pytest.mark.parametrize(
    "content", [b"", b"secret", b"-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"]
)
def test_what_is_no_key(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "ledger.pem"
    with pytest.raises(InputError, match="no such file"):
        SigningKey.load(file)
    file.write_bytes(content)
    with pytest.raises(InputError, match="not an Ed25519"):
        SigningKey.load(file)


@pytest.mark.parametrize("name", ["", "a b", "a+b", "a\nb", "a\u00a0b"])
def test_names_that_a_key_may_not_bear(name: str) -> None:
    with pytest.raises(InputError):
        SigningKey.generate(name)


@pytest.mark.parametrize(
    "line", ["", "a+b", str(KEY.verifier)[:-4], str(KEY.verifier).replace("home", "away")]
)
def test_what_is_no_verifier_key(line: str) -> None:
    assert VerifierKey.parse(str(KEY.verifier)) == KEY.verifier
    with pytest.raises(InputError):
        VerifierKey.parse(line)


@pytest.fixture(params=["folder", "memory"])
def blobs(request: pytest.FixtureRequest, tmp_path: Path) -> Blobs:
    return Blobs(tmp_path / "blobs" if request.param == "folder" else f"memory://{tmp_path.name}")


def test_a_blob_lies_under_its_digest(blobs: Blobs) -> None:
    assert not blobs.has(ABC)
    assert blobs.put(b"abc") == ABC == blobs.put(b"abc")
    assert blobs.has(ABC)
    assert blobs.get(ABC) == b"abc"


def test_a_missing_blob(blobs: Blobs) -> None:
    with pytest.raises(NodeError, match="missing"):
        blobs.get(ABC)


@pytest.mark.parametrize("name", ["", "../../etc/passwd", ABC.upper(), ABC[:-1]])
def test_what_is_no_digest(blobs: Blobs, name: str) -> None:
    for ask in (blobs.get, blobs.has):
        with pytest.raises(InputError):
            ask(name)


def test_an_altered_blob(tmp_path: Path) -> None:
    blobs = Blobs(tmp_path)
    blobs.put(b"abc")
    assert blobs.path(ABC).read_bytes() == b"abc"
    blobs.path(ABC).chmod(0o644)
    blobs.path(ABC).write_bytes(b"abd")
    with pytest.raises(NodeError, match="altered"):
        blobs.get(ABC)
    assert [file.name for file in tmp_path.rglob("*") if file.is_file()] == [ABC]


def read_export(folder: Path) -> list[bytes]:
    """The leaves of an exported log, by somebody who knows only the standards and the public key."""
    head = open_checkpoint((folder / "checkpoint").read_text(), KEY.verifier)
    leaves: list[bytes] = []
    kept: dict[tiles.Place, bytes] = {}
    for level, full, partial in tiles.widths(head.size):
        for number in range(full + bool(partial)):
            width = tiles.width(level, number, head.size)
            kept[level, number] = (folder / tiles.path(level, number, width)).read_bytes()
            if level == 0:
                leaves += tiles.unbundle((folder / tiles.path("entries", number, width)).read_bytes())
    assert merkle.root(head.size, tiles.tree(kept.__getitem__)) == head.root
    assert tiles.extend(0, {}, [merkle.leaf_hash(leaf) for leaf in leaves]) == kept
    return leaves


def test_an_export_can_be_verified_and_hides_what_is_internal(ledger: Ledger, tmp_path: Path) -> None:
    ledger.append([draft(0, body={"text": "a secret"}), draft(1, body={"text": "an announcement"})])
    ledger.append(drafts(598))
    folder = tmp_path / "public"
    ledger.export(folder)
    leaves = read_export(folder)
    assert len(leaves) == 600
    assert read_entry(1, leaves[1]) == ledger.at(1)
    assert list(json.loads(leaves[0])) == ["internal"]
    assert ledger.at(0).leaf_data == leaves[0]
    files = [file for file in folder.rglob("*") if file.is_file()]
    assert not [file for file in files if b"a secret" in file.read_bytes()]


def test_an_export_is_repeated_as_the_log_grows(ledger: Ledger, tmp_path: Path) -> None:
    for size in (0, 3, 256, 300):
        ledger.append(drafts(size - ledger.size))
        ledger.export(tmp_path / "public")
        assert len(read_export(tmp_path / "public")) == size
    full = tmp_path / "public" / "tile" / "0" / "000"
    before = full.stat().st_mtime_ns
    ledger.export(tmp_path / "public")
    assert full.stat().st_mtime_ns == before


def test_an_export_of_a_damaged_log_says_so(ledger: Ledger, tmp_path: Path) -> None:
    ledger.append(drafts(3))
    with ledger._store.writing() as connection:
        connection.exec_driver_sql("DELETE FROM ledger_entry WHERE position = 1")
    with pytest.raises(NodeError, match="damaged"):
        ledger.export(tmp_path / "public")
    assert not (tmp_path / "public" / "checkpoint").exists()


def test_a_note_that_is_not_ours() -> None:
    with pytest.raises(PeerError):
        open_checkpoint(SigningKey.generate("home.example/log").sign("a\n0\n\n"), KEY.verifier)

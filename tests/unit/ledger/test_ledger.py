"""What is appended can be read, on either store; what cannot be recorded leaves the log as it was."""

from __future__ import annotations

import base64
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from sqlalchemy import create_engine, inspect, text

from sampan.core.errors import InputError, MovedOn, NodeError
from sampan.core.time import StandingClock
from sampan.ledger import merkle
from sampan.ledger.checkpoint import open_checkpoint
from sampan.ledger.engine import address
from sampan.ledger.ledger import Ledger
from sampan.ledger.schema import metadata
from sampan.ledger.signing import SigningKey
from tests.ledgers import KEY, NOON, ORIGIN, draft, drafts


def test_an_empty_ledger(ledger: Ledger) -> None:
    assert ledger.size == 0
    assert ledger.root == merkle.EMPTY_ROOT
    assert ledger.origin == ORIGIN
    assert list(ledger.entries()) == []
    assert ledger.append([]) == ()
    assert ledger.verify().ok


def test_what_is_appended_can_be_read(ledger: Ledger) -> None:
    first, second = ledger.append(
        [draft(0, refs=("somewhere",)), draft(1, body={"text": "疫情", "lots": (1, 2), "rate": 0.25})]
    )
    assert (first.index, second.index) == (0, 1)
    assert ledger.get(second.id) == second == ledger.at(1)
    assert second.body == {"text": "疫情", "lots": [1, 2], "rate": 0.25}
    assert first.refs == ("somewhere",)
    assert first.recorded == NOON
    assert list(ledger.entries()) == [first, second]


def test_the_checkpoint_is_signed_and_speaks_of_all(ledger: Ledger) -> None:
    ledger.append(drafts(5))
    found = open_checkpoint(ledger.checkpoint(), KEY.verifier)
    assert (found.origin, found.size, found.root) == (ORIGIN, 5, ledger.root)
    assert base64.b64encode(ledger.root).decode() in ledger.checkpoint()


def test_proofs_hold(ledger: Ledger) -> None:
    ledger.append(drafts(300))
    early = ledger.root
    ledger.append(drafts(300))
    entry = ledger.at(7)
    for size, root in ((300, early), (600, ledger.root)):
        assert merkle.verify_inclusion(entry.leaf_hash, 7, size, ledger.inclusion(7, size), root)
    assert merkle.verify_consistency(300, 600, early, ledger.root, ledger.consistency(300))


@pytest.mark.parametrize(
    "ask", ["at(3)", "get('no such')", "inclusion(3)", "inclusion(0, 4)", "consistency(4)"]
)
def test_what_there_is_not(ledger: Ledger, ask: str) -> None:
    ledger.append(drafts(3))
    with pytest.raises(InputError) as caught:
        eval(f"ledger.{ask}", {"ledger": ledger})
    assert caught.value.way_out


def test_recorded_never_runs_backwards(tmp_path: Path) -> None:
    clock = StandingClock(NOON)
    with Ledger.create(tmp_path / "l", origin=ORIGIN, key=KEY, clock=clock) as ledger:
        ledger.append([draft()])
        clock.at = NOON - timedelta(hours=1)
        (late,) = ledger.append([draft()])
        assert late.recorded == NOON
        assert ledger.verify().ok


def test_moments_are_kept_in_utc_to_the_millisecond(ledger: Ledger) -> None:
    local = datetime(2020, 3, 26, 20, 0, 0, 123_999, tzinfo=timezone(timedelta(hours=8)))
    (entry,) = ledger.append([draft(effective=local)])
    assert entry.effective == datetime(2020, 3, 26, 12, 0, 0, 123_000, tzinfo=UTC)
    assert list(ledger.entries(effective_by=entry.effective)) == [entry]
    assert list(ledger.entries(effective_by=entry.effective - timedelta(milliseconds=1))) == []


@pytest.mark.parametrize(
    "changes",
    [
        {"kind": "Plan"},
        {"kind": "plan."},
        {"kind": ""},
        {"actor": ""},
        {"effective": datetime(2020, 3, 26)},
        {"effective": datetime(9999, 12, 31, tzinfo=timezone(timedelta(hours=-8)))},
        {"body": ["a list"]},
        {"sharing": "secret"},
        {"refs": (1,)},
        {"body": {"cases": float("nan")}},
        {"body": {"cases": {3: 4}}},
        {"body": {"day": NOON}},
        {"body": {"text": "x" * 65_535}},
    ],
)
def test_a_bad_draft_lands_nothing(ledger: Ledger, changes: dict[str, object]) -> None:
    ledger.append(drafts(2))
    before = ledger.checkpoint()
    with pytest.raises(InputError) as caught:
        ledger.append([draft(), draft(**changes), draft()])
    assert caught.value.way_out
    assert ledger.checkpoint() == before
    assert len(list(ledger.entries())) == 2
    assert ledger.verify().ok


def test_the_largest_entry(ledger: Ledger) -> None:
    (entry,) = ledger.append([draft(body={"text": ""}, sharing="public")])
    room = 65_535 - len(entry.bytes)
    (full,) = ledger.append([draft(body={"text": "x" * room}, sharing="public")])
    assert len(full.bytes) == 65_535
    with pytest.raises(InputError, match=r"note\.made.*65536 bytes.*blob"):
        ledger.append([draft(body={"text": "x" * (room + 1)}, sharing="public")])


def test_a_log_that_moved_on_is_not_appended_to(ledger: Ledger) -> None:
    ledger.append(drafts(2), expecting=0)
    with pytest.raises(MovedOn, match="moved on") as caught:
        ledger.append(drafts(1), expecting=0)
    assert caught.value.facts == {"expected": 0, "size": 2}
    assert ledger.size == 2


def test_reading_on_while_appending(ledger: Ledger) -> None:
    ledger.append(drafts(600))
    seen = 0
    for entry in ledger.entries():
        seen += 1
        if entry.index % 200 == 0:
            ledger.append([draft()])
    assert (seen, ledger.size) == (600, 603)


@pytest.mark.parametrize("memory", [False, True])
def test_threads_share_a_ledger(tmp_path: Path, memory: bool) -> None:
    with Ledger.create("sqlite://" if memory else tmp_path / "l", origin=ORIGIN, key=KEY) as ledger:

        def work(_: int) -> int:
            return sum(
                len(ledger.append(drafts(2))) + len(list(ledger.entries(limit=5))) > 0 for _ in range(10)
            )

        with ThreadPoolExecutor(4) as pool:
            assert list(pool.map(work, range(4))) == [10] * 4
        assert (ledger.size, ledger.verify().ok) == (80, True)


def test_verifying_while_somebody_writes(ledger: Ledger) -> None:
    stop = threading.Event()

    def write() -> int:
        while not stop.is_set():
            ledger.append(drafts(7))
        return ledger.size

    with ThreadPoolExecutor(1) as pool:
        written = pool.submit(write)
        try:
            sizes = [ledger.verify().entries for _ in range(25)]
        finally:
            stop.set()
        assert sizes == sorted(sizes)
        assert 0 < sizes[-1] <= written.result()


def test_a_ledger_is_opened_again(place: str | Path) -> None:
    with Ledger.create(place, origin=ORIGIN, key=KEY) as ledger:
        ledger.append(drafts(3))
    with Ledger.open(place, key=KEY) as ledger:
        ledger.append(drafts(3))
        assert (ledger.size, ledger.verify().ok) == (6, True)
    with Ledger.open(place, verifier=KEY.verifier) as reader:
        assert reader.verify().ok
        with pytest.raises(NodeError, match="read only"):
            reader.append(drafts(1))


def test_another_key_neither_appends_nor_verifies(place: str | Path) -> None:
    Ledger.create(place, origin=ORIGIN, key=KEY).close()
    with Ledger.open(place, key=SigningKey.generate(ORIGIN)) as ledger:
        with pytest.raises(NodeError, match="does not fit this key"):
            ledger.append(drafts(1))
        with pytest.raises(
            NodeError, match=rf"for the signature of {ORIGIN} does not fit|not signed by {ORIGIN}\. "
        ):
            ledger.verify()


def test_a_ledger_is_made_once(place: str | Path) -> None:
    with Ledger.create(place, origin=ORIGIN, key=KEY) as ledger:
        ledger.append(drafts(1))
    with pytest.raises(InputError, match="already"):
        Ledger.create(place, origin=ORIGIN, key=KEY)
    with Ledger.open(place, key=KEY) as ledger:
        assert ledger.size == 1


def test_there_is_no_ledger(place: str | Path) -> None:
    with pytest.raises(NodeError, match=r"no ledger.*restore it from a backup"):
        Ledger.open(place, key=KEY)
    assert not isinstance(place, Path) or not place.exists()


def test_a_file_that_is_no_ledger(tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.write_text("minutes of the meeting " * 100)
    with pytest.raises(NodeError, match="is not a ledger"):
        Ledger.open(other, key=KEY)
    other.write_bytes(b"")
    with pytest.raises(NodeError, match=r"no ledger.*restore it from a backup"):
        Ledger.open(other, key=KEY)


def test_a_newer_ledger_is_left_alone(place: str | Path) -> None:
    Ledger.create(place, origin=ORIGIN, key=KEY).close()
    engine = create_engine(address(place))
    with engine.begin() as connection:
        connection.execute(text("UPDATE ledger_version SET version_num = '0002'"))
    engine.dispose()
    with pytest.raises(NodeError, match=r"newer Sampan.*Upgrade"):
        Ledger.open(place, key=KEY)


def test_migrations_make_the_tables_that_the_store_uses(place: str | Path) -> None:
    Ledger.create(place, origin=ORIGIN, key=KEY).close()
    engine = create_engine(address(place))
    made = inspect(engine)
    for table in metadata.tables.values():
        found = {column["name"]: str(column["type"]) for column in made.get_columns(table.name)}
        assert found == {column.name: column.type.compile(engine.dialect) for column in table.columns}
        assert made.get_pk_constraint(table.name)["constrained_columns"] == [
            c.name for c in table.primary_key
        ]
        indexes = {index["name"]: index["column_names"] for index in made.get_indexes(table.name)}
        for index in table.indexes:
            assert indexes[index.name] == [column.name for column in index.columns]
    engine.dispose()


@pytest.mark.parametrize(
    "address_",
    ["oracle://user:secret@host/db", "nonsense", "postgresql://u:secret@nowhere.invalid/db?password=secret"],
)
def test_a_wrong_address_shows_no_password(address_: str) -> None:
    with pytest.raises((InputError, NodeError)) as caught:
        Ledger.open(address_, key=KEY)
    assert "secret" not in f"{caught.value} {caught.value.facts}"


def test_nothing_heavy_is_imported_before_it_is_needed(tmp_path: Path) -> None:
    Ledger.create(tmp_path / "l", origin=ORIGIN, key=KEY).close()
    KEY.save(tmp_path / "key")
    program = """
import sys
from pathlib import Path
from sampan.ledger.ledger import Ledger
from sampan.ledger.signing import SigningKey
from sampan.ledger.blobs import Blobs
assert "sqlalchemy" not in sys.modules
folder = Path(sys.argv[1])
with Ledger.open(folder / "l", key=SigningKey.load(folder / "key")) as ledger:
    assert ledger.verify().ok
assert "alembic" not in sys.modules and "fsspec" not in sys.modules
"""
    subprocess.run([sys.executable, "-c", program, str(tmp_path)], check=True)

"""After any flipped bit, verify names the first bad entry, or says what else is wrong."""

from __future__ import annotations

import contextlib
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random
from typing import Any

import pytest
from sqlalchemy import Connection, Table, delete, insert, select, update

from sampan.core.errors import NodeError, SampanError
from sampan.core.time import StandingClock
from sampan.ledger import schema
from sampan.ledger.ledger import Ledger
from sampan.ledger.verification import Verification
from tests.ledgers import KEY, NOON, ORIGIN, draft, drafts
from tests.postgres import new_database

SIZE = 600
ENTRY, TILE, HEAD = schema.entries, schema.tiles, schema.head


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def shared_ledger(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Ledger]:
    """Two full bundles and a partial one."""
    with contextlib.ExitStack() as stack:
        place: str | Path = tmp_path_factory.mktemp("damage") / "ledger"
        if request.param == "postgresql":
            place = stack.enter_context(new_database(request.getfixturevalue("postgres_server")))
        ledger = stack.enter_context(Ledger.create(place, origin=ORIGIN, key=KEY, clock=StandingClock(NOON)))
        ledger.append(drafts(SIZE))
        yield ledger


@pytest.fixture
def full(shared_ledger: Ledger) -> Iterator[Ledger]:
    """A sound ledger, which the test leaves as it was."""
    before = content(shared_ledger)
    yield shared_ledger
    assert content(shared_ledger) == before, "a test did not put back what it changed"


def test_a_sound_ledger(full: Ledger) -> None:
    assert full.audit() == Verification(SIZE, full.root)


def damaged(ledger: Ledger, table: Table, where: dict[str, int], **changes: Any) -> Verification:
    """What verify says while ``changes`` stand in a row. They may be functions of the old value."""
    row = [table.c[name] == value for name, value in where.items()]
    with ledger._store.writing() as connection:
        old = dict(connection.execute(select(table).where(*row)).one()._mapping)
        new = {name: change(old[name]) if callable(change) else change for name, change in changes.items()}
        connection.execute(update(table).where(*row).values(new))
    try:
        return ledger.audit()
    finally:
        moved = {name: new.get(name, value) for name, value in where.items()}
        with ledger._store.writing() as connection:
            connection.execute(update(table).where(*(table.c[n] == v for n, v in moved.items())).values(old))


def flip(bit: int) -> Callable[[bytes], bytes]:
    def flipped(data: bytes) -> bytes:
        spoilt = bytearray(data)
        spoilt[bit // 8 % len(spoilt)] ^= 1 << bit % 8
        return bytes(spoilt)

    return flipped


@pytest.mark.parametrize("count", [30, pytest.param(600, marks=pytest.mark.full)])
def test_a_flipped_bit_in_an_entry(full: Ledger, count: int) -> None:
    random = Random(count)
    for _ in range(count):
        index = random.randrange(SIZE)
        found = damaged(full, ENTRY, {"position": index}, data=flip(random.randrange(4_000))).fault
        assert found is not None
        assert (found.index, found.id) == (index, full.at(index).id)
        assert f"Entry {index} ({found.id})" in str(found)


@pytest.mark.parametrize("index", [0, 255, 256, 599])
@pytest.mark.parametrize(
    "changes",
    [
        {"id": "01900000-0000-7000-8000-000000000000"},
        {"kind": "note.unmade"},
        {"effective": lambda moment: moment + 1},
        {"recorded": lambda moment: moment - 1},
        {"data": b""},
        {"data": b"{}"},
        {"data": b"[1]"},
        {"data": b'{"body":{}}'},
        {"data": b"\xff\xfe"},
        {"data": lambda data: data + b" "},
        {"data": lambda data: data[:-1] + b',"x":NaN}'},
        {
            "data": lambda data: data.replace(
                b'"body":{', b'"body":{"deep":' + b"[" * 9_000 + b"]" * 9_000 + b","
            )
        },
        {"position": 5_000},
        {"position": -3},
    ],
)
def test_an_altered_row(full: Ledger, index: int, changes: dict[str, Any]) -> None:
    found = damaged(full, ENTRY, {"position": index}, **changes).fault
    assert found is not None
    assert found.index == index


@pytest.mark.parametrize(
    ("tile", "bit", "index"),
    [((0, 0), 256 * 7, 7), ((0, 1), 0, 256), ((0, 2), 256 * 87, 599), ((1, 0), 0, 0), ((1, 0), 256, 256)],
)
def test_a_flipped_bit_in_a_tile(full: Ledger, tile: tuple[int, int], bit: int, index: int) -> None:
    found = damaged(full, TILE, {"level": tile[0], "number": tile[1]}, data=flip(bit)).fault
    assert found is not None
    assert found.index == index


@pytest.mark.parametrize(
    "change",
    [
        lambda data: data[:-1],
        lambda data: data + b"x",
        lambda data: data + bytes(32),
        lambda data: b"",
    ],
)
@pytest.mark.parametrize("tile", [(0, 0), (0, 2), (1, 0)])
def test_a_tile_of_the_wrong_size(
    full: Ledger, tile: tuple[int, int], change: Callable[[bytes], bytes]
) -> None:
    assert not damaged(full, TILE, {"level": tile[0], "number": tile[1]}, data=change).ok


@pytest.mark.parametrize(
    "changes",
    [
        {"size": 599},
        {"size": 601},
        {"size": -1},
        {"checkpoint": ""},
        {"checkpoint": lambda note: note.replace("home", "away", 1)},
        {"checkpoint": lambda note: note.replace("600", "601", 1)},
        {"checkpoint": lambda note: note[:-8] + "AAAA" + note[-4:]},
    ],
)
def test_an_altered_head(full: Ledger, changes: dict[str, Any]) -> None:
    found = damaged(full, HEAD, {"id": 1}, **changes).fault
    assert found is not None
    assert found.index is None or found.index >= 599


def test_a_head_that_is_not_where_it_belongs(full: Ledger) -> None:
    with pytest.raises(NodeError, match="lost its head"):
        damaged(full, HEAD, {"id": 1}, id=17)


def test_verify_does_not_let_a_fault_pass(full: Ledger) -> None:
    row = ENTRY.c.position == 300
    with full._store.writing() as connection:
        old = connection.scalar(select(ENTRY.c.kind).where(row))
        connection.execute(update(ENTRY).where(row).values(kind="note.unmade"))
    with pytest.raises(NodeError, match=r"Entry 300 .*kind.*backup") as caught:
        full.verify()
    with full._store.writing() as connection:
        connection.execute(update(ENTRY).where(row).values(kind=old))
    assert caught.value.facts == {"index": 300, "id": full.at(300).id}


def test_the_first_of_several_is_named(full: Ledger) -> None:
    with full._store.writing() as connection:
        kept = [connection.execute(select(ENTRY).where(ENTRY.c.position == at)).one() for at in (400, 30, 31)]
        connection.execute(delete(ENTRY).where(ENTRY.c.position.in_([400, 30, 31])))
    found = full.audit().fault
    with full._store.writing() as connection:
        connection.execute(insert(ENTRY), [dict(row._mapping) for row in kept])
    assert found is not None
    assert (found.index, found.what) == (30, "is missing")


def test_entries_that_changed_places(full: Ledger) -> None:
    def swap(connection: Connection) -> None:
        for old, new in ((3, -9), (4, 3), (-9, 4)):
            connection.execute(update(ENTRY).where(ENTRY.c.position == old).values(position=new))

    with full._store.writing() as connection:
        swap(connection)
    found = full.audit().fault
    with full._store.writing() as connection:
        swap(connection)
    assert found is not None
    assert found.index == 3


def test_a_log_made_anew_by_somebody_without_the_key(full: Ledger, tmp_path: Path) -> None:
    """Entries, tiles and head that fit each other, but not the key."""
    from sampan.ledger.signing import SigningKey

    with Ledger.create(tmp_path / "forged", origin=ORIGIN, key=SigningKey.generate(ORIGIN)) as forged:
        forged.append(drafts(5))
    with Ledger.open(tmp_path / "forged", verifier=KEY.verifier) as forged:
        found = forged.audit().fault
    assert found is not None
    assert "not signed" in found.what


@pytest.mark.parametrize(
    ("table", "where"), [(TILE, {"level": 0, "number": 2}), (TILE, {"level": 1, "number": 0})]
)
def test_nothing_is_signed_on_top_of_damage(full: Ledger, table: Table, where: dict[str, int]) -> None:
    row = [table.c[name] == value for name, value in where.items()]
    with full._store.writing() as connection:
        old = connection.scalar(select(table.c.data).where(*row))
        connection.execute(update(table).where(*row).values(data=flip(9)(old)))
    place = full._store.url.render_as_string(hide_password=False)
    with Ledger.open(place, key=KEY) as opened, pytest.raises(NodeError, match=r"damaged.*verify"):
        opened.append([draft()])
    with full._store.writing() as connection:
        connection.execute(update(table).where(*row).values(data=old))
    assert full.size == SIZE


def content(ledger: Ledger) -> list[Any]:
    with ledger.reading() as connection:
        return [
            list(connection.execute(select(table).order_by(*table.primary_key)))
            for table in (ENTRY, TILE, HEAD)
        ]


@pytest.mark.parametrize("count", [60, pytest.param(1_000, marks=pytest.mark.full)])
def test_a_flipped_bit_anywhere_in_the_file(tmp_path: Path, count: int) -> None:
    """Either verify (or opening) says so, or the bit was one that nothing is written in."""
    sound, spoilt = tmp_path / "sound", tmp_path / "spoilt"
    with Ledger.create(sound, origin=ORIGIN, key=KEY) as ledger:
        ledger.append(drafts(280))
        before = content(ledger)
    data, random = sound.read_bytes(), Random(count)
    named = 0
    for _ in range(count):
        spoilt.write_bytes(flip(random.randrange(len(data) * 8))(data))
        for suffix in ("-wal", "-shm"):
            Path(f"{spoilt}{suffix}").unlink(missing_ok=True)
        try:
            with Ledger.open(spoilt, key=KEY) as ledger:
                found = ledger.audit()
                if found.ok:
                    assert content(ledger) == before
                else:
                    named += found.fault is not None and found.fault.index is not None
        except SampanError as fault:
            assert fault.way_out
    assert named > count / 4
    shutil.rmtree(tmp_path, ignore_errors=True)

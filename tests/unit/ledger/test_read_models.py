"""A read model is always level with the log, and can be made again from it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from sqlalchemy import Column, Connection, Integer, MetaData, String, Table, func, insert, select

from sampan.core.errors import NodeError, Refused
from sampan.ledger.entry import Entry
from sampan.ledger.ledger import Ledger
from sampan.ledger.schema import read_models
from tests.ledgers import KEY, NOON, ORIGIN, draft, drafts

seen = Table("seen", MetaData(), Column("index", Integer, primary_key=True), Column("kind", String(50)))


@dataclass
class Seen:
    """Notes every entry; fails when told to."""

    version: int = 1
    fails: bool = False
    name: str = "seen"
    tables: list[Table] = field(default_factory=lambda: [seen])

    def apply(self, connection: Connection, entry: Entry) -> None:
        if self.fails:
            raise RuntimeError("the model fails")
        connection.execute(insert(seen).values(index=entry.index, kind=f"{entry.kind} v{self.version}"))


def noted(ledger: Ledger) -> int:
    with ledger.reading() as connection:
        assert connection.scalar(select(func.coalesce(func.max(seen.c.index), -1))) == ledger.size - 1
        return connection.scalar(select(func.count()).select_from(seen)) or 0


def test_it_grows_with_the_log(place: str | Path) -> None:
    with Ledger.create(place, origin=ORIGIN, key=KEY, read_models=[Seen()]) as ledger:
        ledger.append(drafts(3))
        ledger.append(drafts(2))
        assert noted(ledger) == 5


def test_both_are_written_or_neither(place: str | Path) -> None:
    model = Seen()
    with Ledger.create(place, origin=ORIGIN, key=KEY, read_models=[model]) as ledger:
        ledger.append(drafts(3))
        model.fails = True
        with pytest.raises(RuntimeError):
            ledger.append(drafts(2))
        model.fails = False
        assert (ledger.size, noted(ledger), ledger.verify().ok) == (3, 3, True)


def test_it_is_made_when_first_asked_for_and_catches_up(place: str | Path) -> None:
    with Ledger.create(place, origin=ORIGIN, key=KEY) as plain:
        plain.append(drafts(600))
        with Ledger.open(place, key=KEY, read_models=[Seen()]) as ledger:
            assert noted(ledger) == 600
            plain.append(drafts(2))
            ledger.append(drafts(1))
            assert noted(ledger) == 603


def test_it_is_made_again_when_its_version_changed(place: str | Path) -> None:
    with Ledger.create(place, origin=ORIGIN, key=KEY, read_models=[Seen()]) as old:
        old.append(drafts(3))
        with Ledger.open(place, key=KEY, read_models=[Seen(version=2)]) as new, new.reading() as connection:
            assert set(connection.scalars(select(seen.c.kind))) == {"note.made v2"}
        with pytest.raises(NodeError, match="Restart"):
            old.append(drafts(1))
        assert old.size == 3


def test_rebuild(place: str | Path) -> None:
    with Ledger.create(place, origin=ORIGIN, key=KEY, read_models=[Seen()]) as ledger:
        ledger.append(drafts(300))
        with ledger._store.writing() as connection:
            connection.execute(seen.delete().where(seen.c.index == 7))
        told: list[tuple[int, int]] = []
        ledger.rebuild(lambda done, size: told.append((done, size)))
        assert noted(ledger) == 300
        assert told[-1] == (300, 300)


def test_a_model_may_look_at_what_it_holds_already(tmp_path: Path) -> None:
    class Doubles(Seen):
        def apply(self, connection: Connection, entry: Entry) -> None:
            held = connection.scalar(select(func.count()).select_from(seen))
            assert held == entry.index
            super().apply(connection, entry)

    with Ledger.create(tmp_path / "l", origin=ORIGIN, key=KEY, read_models=[Doubles()]) as ledger:
        ledger.append([draft(effective=NOON) for _ in range(10)])
        assert noted(ledger) == 10


def test_a_check_sees_all_of_the_log_and_may_stop_the_batch(place: str | Path) -> None:
    def check(connection: Connection) -> None:
        assert connection.scalar(select(func.count()).select_from(seen)) == 602
        raise Refused("Nothing is left to give.")

    with (
        Ledger.create(place, origin=ORIGIN, key=KEY) as plain,
        Ledger.open(place, key=KEY, read_models=[Seen()]) as ledger,
    ):
        ledger.append(drafts(2))
        plain.append(drafts(600))
        with pytest.raises(Refused):
            ledger.append(drafts(1), check=check)
        ledger.append(drafts(1), check=lambda connection: None)
        assert (ledger.size, noted(ledger)) == (603, 603)


def test_opening_a_level_ledger_waits_for_no_writer(place: str | Path) -> None:
    with Ledger.create(place, origin=ORIGIN, key=KEY, read_models=[Seen()]) as writer:
        writer.append(drafts(3))
        with (
            writer._store.writing(),
            Ledger.open(place, verifier=KEY.verifier, read_models=[Seen()]) as reader,
        ):
            assert noted(reader) == 3


def changed(ledger: Ledger, change: Callable[[Connection], object]) -> NodeError:
    """What is said of the read models after ``change``, until they are made again."""
    with ledger._store.writing() as connection:
        change(connection)
    assert ledger.verify().ok
    with pytest.raises(NodeError) as caught:
        ledger.verify_models()
    ledger.rebuild()
    ledger.verify_models()
    return caught.value


def test_a_sound_model_is_what_the_log_makes_of_it(place: str | Path) -> None:
    with Ledger.create(place, origin=ORIGIN, key=KEY, read_models=[Seen()]) as ledger:
        ledger.verify_models()
        ledger.append(drafts(300))
        ledger.append(drafts(3))
        told: list[tuple[int, int]] = []
        ledger.verify_models(lambda done, size: told.append((done, size)))
        assert told == [(256, 303), (303, 303)]


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (
            lambda c: c.execute(seen.delete().where(seen.c.index % 2 == 1)),
            "seen departs from them at index 1",
        ),
        (lambda c: c.execute(seen.update().where(seen.c.index == 7).values(kind="x")), "at index 7"),
        (lambda c: c.execute(insert(seen).values(index=900, kind="note.made v1")), "at index 900"),
        (lambda c: c.execute(seen.delete()), "at index 0"),
        (seen.drop, "seen cannot be read"),
        (lambda c: c.execute(read_models.update().values(applied=301)), "took in 301 entries of 300"),
    ],
)
def test_a_changed_model_is_named_and_a_rebuild_mends_it(
    place: str | Path, change: Callable[[Connection], object], says: str
) -> None:
    with Ledger.create(place, origin=ORIGIN, key=KEY, read_models=[Seen()]) as ledger:
        ledger.append(drafts(300))
        fault = changed(ledger, change)
        assert says in fault.what
        assert fault.facts["model"] == "seen"
        assert "sampan ledger rebuild" in fault.way_out

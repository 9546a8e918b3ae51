"""Which primers are watched is set by an act, checked against the reference, and said to all."""

from __future__ import annotations

import pytest

from sampan.core.errors import InputError, Refused
from sampan.desks.science.watching import watch_primers, watched_primers
from tests.small_virus import REFERENCE

TABLE = f"name\tsequence\tstart\tstrand\nN1-F\t{REFERENCE[390:412]}\t391\t+\n"


def test_what_is_watched_is_set_before_there_are_genomes_and_replaced_as_a_whole(node) -> None:
    assert watched_primers(node.session) == []
    done = watch_primers(node.session, TABLE.encode())
    assert done.number == "small-virus"
    [one] = watched_primers(node.on_behalf_of("italy"))
    assert (one.oligo, one.letters, one.position, one.strand) == ("N1-F", REFERENCE[390:412], 391, "+")
    entry = node.session.ledger.get(done.entries[0])
    assert (entry.kind, entry.sharing, entry.body["count"]) == ("science.primers", "public", 1)
    watch_primers(node.session, TABLE.replace("N1-F", "N2").encode())
    assert [one.oligo for one in watched_primers(node.session)] == ["N2"]
    watch_primers(node.session, b"name\tsequence\tstart\tstrand\n")
    assert watched_primers(node.session) == []


@pytest.mark.parametrize(
    ("table", "says"),
    [
        (TABLE.replace("391", "700"), "does not lie at 700"),
        (TABLE.replace(REFERENCE[390:412], "NOT AN OLIGO"), "is no oligo"),
        (TABLE.replace("start", "begin"), "This column is missing."),
        ("", "The file is empty."),
        ("\0\1\2", "table|column|text"),
        ("x" * (1 << 20) + "x", "too large"),
    ],
)
def test_a_bad_table_is_said_and_changes_nothing(node, table: str, says: str) -> None:
    watch_primers(node.session, TABLE.encode())
    with pytest.raises(InputError, match=says):
        watch_primers(node.session, table.encode())
    assert [one.oligo for one in watched_primers(node.session)] == ["N1-F"]


def test_who_may_not_curate_sets_nothing_and_without_a_reference_it_is_said(node, bare) -> None:
    with pytest.raises(Refused):
        watch_primers(node.on_behalf_of("viewer"), TABLE.encode())
    with pytest.raises(InputError, match="No reference is installed"):
        watch_primers(bare.session, TABLE.encode())

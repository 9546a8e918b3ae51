"""The bytes that this version writes. They are for ever: no later version may write or read them otherwise."""

from __future__ import annotations

from pathlib import Path
from random import Random

from sampan.core.time import StandingClock
from sampan.ledger.entry import read_entry
from sampan.ledger.ledger import Ledger
from tests.ledgers import KEY, NOON, ORIGIN, draft

PUBLIC = (
    '{"actor":"officer","body":{"none":null,"rate":0.25,"text":"口罩 40 000","units":40000},'
    '"effective":"2020-03-26T12:00:00.000Z","id":"017116b6-a200-7bf4-8cf9-e628e81f9b0c",'
    '"kind":"note.made","recorded":"2020-03-26T12:00:00.000Z","refs":["x"],'
    '"salt":"99cb381b6eb58eea34854702a8d42934","sharing":"public"}'
)
INTERNAL = '{"internal":"6cfac9a1aed303be27a72c0bb8a85bb76a0970912fb03a32367e4ef7c0528192"}'
CHECKPOINT = (
    "home.example/log\n"
    "2\n"
    "O0CCpO9LdSXZluaARs98rJtH/zc76rcBs9f3yb+rFRE=\n"
    "\n"
    "— home.example/log "
    "VjI0MJeCF6G4pbp471i4bMgw7W8TjhGtnRcoVn2OYnzvb+4ZRksCTl/CesVu4moqWqdT6Ia7YQvciiuY1BEAIZzTvwE=\n"
)


def test_the_same_log_has_the_same_bytes_on_every_store(place: str | Path) -> None:
    body = {"text": "口罩 40 000", "units": 40000, "rate": 0.25, "none": None}
    clock, bits = StandingClock(NOON), Random(26)
    with Ledger.create(place, origin=ORIGIN, key=KEY, clock=clock, bits=bits) as ledger:
        public, internal = ledger.append([draft(1, body=body, refs=("x",)), draft(2)])
        assert public.bytes.decode() == public.leaf_data.decode() == PUBLIC
        assert internal.leaf_data.decode() == INTERNAL
        assert ledger.checkpoint() == CHECKPOINT


def test_an_entry_of_this_version_is_read() -> None:
    entry = read_entry(0, PUBLIC.encode())
    assert (entry.kind, entry.actor, entry.recorded, entry.refs) == ("note.made", "officer", NOON, ("x",))
    assert entry.bytes.decode() == PUBLIC

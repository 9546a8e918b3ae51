"""Two nodes and nothing between them but files: what is true goes through, and nothing else does."""

from __future__ import annotations

import gzip
import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sampan.core.errors import InputError, PeerError, Refused, SampanError
from sampan.desks.assistance import packing
from sampan.exchange import rules
from sampan.exchange.arrivals import Counted, notices, receive
from sampan.exchange.bundle import LARGEST_FILE, Bundle, read_bundle, write_bundle
from sampan.exchange.notices import bundle_of, export_notice, export_receipt, take_in
from sampan.exchange.partners import add, partners
from sampan.ledger.checkpoint import Checkpoint
from sampan.ledger.entry import Draft
from sampan.ledger.ledger import Ledger
from sampan.ledger.signing import SigningKey
from sampan.node import Node, memory_node
from sampan.records.access import Refusal
from sampan.records.assistance import Consignment, ConsignmentLine, Handover, LotLine
from sampan.records.record import Record
from sampan.world.accounts import balance
from sampan.world.consignments import track
from tests.books import hand_over
from tests.dispatch import at_sea


@dataclass(frozen=True)
class Pair:
    """China, which has sent 1-ITA, and Italy; each trusts the other's key."""

    china: Node
    italy: Node


@pytest.fixture
def pair() -> Iterator[Pair]:
    with memory_node(home="CHN") as china, memory_node(home="ITA") as italy:
        at_sea(china)
        add(china.on_behalf_of("administrator"), "Italy", str(italy.session.ledger.verifier))
        add(italy.on_behalf_of("administrator"), "China", str(china.session.ledger.verifier))
        yield Pair(china, italy)


def refusals(node: Node) -> list[str]:
    return [Refusal.read(entry.body).what for entry in node.session.ledger.entries(kind=Refusal.kind)]


def not_taken(node: Node, data: bytes, fault: type[SampanError], why: str) -> None:
    """The bundle is refused, the attempt recorded, and nothing else written."""
    before, known = node.session.ledger.size, len(refusals(node))
    with pytest.raises(fault, match=why):
        take_in(node.session, data)
    assert len(refusals(node)) == known + 1
    assert node.session.ledger.size == before + 1


def test_a_notice_goes_and_a_receipt_comes_back_and_the_consignment_is_received(pair: Pair) -> None:
    taken = take_in(pair.italy.session, export_notice(pair.china.session, "1-ITA"))
    assert (taken.what, taken.number) == ("notice", "CHN/1-ITA")
    assert not balance(pair.italy.session.ledger, kind="goods"), "nothing has come before it is signed for"
    receive(pair.italy.session, "CHN/1-ITA")
    held = balance(pair.italy.session.ledger, account="depot:home", item="mask")
    assert {h.commodity.lot: h.quantity for h in held} == {"M1": 30_000, "M2": 10_000}
    assert track(pair.china.session.ledger, "1-ITA").state == "handed to carrier"
    back = take_in(pair.china.session, export_receipt(pair.italy.session, "CHN/1-ITA"))
    assert back.what == "receipt"
    closed = track(pair.china.session.ledger, "1-ITA")
    assert (closed.state, closed.claimed) == ("received", 0)
    for node in (pair.china, pair.italy):
        node.session.ledger.verify()
        sums: dict[object, int] = {}
        for each in balance(node.session.ledger):
            sums[each.commodity] = sums.get(each.commodity, 0) + each.quantity
        assert not any(sums.values())


def test_complaints_1_and_2_damage_opens_a_claim_at_the_sender_at_once(pair: Pair) -> None:
    take_in(pair.italy.session, export_notice(pair.china.session, "1-ITA"))
    counted = [Counted("ventilator", good=27, damaged=2, missing=1, reason="pallet fell")]
    receive(pair.italy.session, "CHN/1-ITA", counted)
    take_in(pair.china.session, export_receipt(pair.italy.session, "CHN/1-ITA"))
    seen = track(pair.china.session.ledger, "1-ITA")
    assert seen.claimed == 3
    assert seen.discrepancy
    assert seen.state == "handed to carrier"


def test_complaint_4_receipts_in_parts_arrive_late_together_and_again(pair: Pair) -> None:
    take_in(pair.italy.session, export_notice(pair.china.session, "1-ITA"))
    receive(pair.italy.session, "CHN/1-ITA", [Counted("mask", good=30_000, lot="M1")])
    first = export_receipt(pair.italy.session, "CHN/1-ITA")
    receive(pair.italy.session, "CHN/1-ITA", [Counted("mask", good=4_000, lot="M2")])
    both = export_receipt(pair.italy.session, "CHN/1-ITA")
    take_in(pair.china.session, first)
    take_in(pair.china.session, both)
    seen = track(pair.china.session.ledger, "1-ITA")
    assert seen.receipts == 2
    assert sum(lot.good for lot in seen.lots) == 34_000
    not_taken(pair.china, first, Refused, "taken in before")
    not_taken(pair.china, both, Refused, "taken in before")
    assert track(pair.china.session.ledger, "1-ITA") == seen


def test_a_notice_is_taken_in_once(pair: Pair) -> None:
    data = export_notice(pair.china.session, "1-ITA")
    take_in(pair.italy.session, data)
    not_taken(pair.italy, data, Refused, "taken in before")
    not_taken(pair.italy, gzip.compress(data), Refused, "taken in before")
    assert len(notices(pair.italy.session.ledger)) == 1


def test_it_may_be_compressed(pair: Pair) -> None:
    data = export_notice(pair.china.session, "1-ITA", packed=True)
    assert len(data) < len(export_notice(pair.china.session, "1-ITA"))
    assert take_in(pair.italy.session, data).number == "CHN/1-ITA"


def change(data: bytes, how: Callable[[dict], object]) -> bytes:
    said = json.loads(data)
    how(said)
    return json.dumps(said, ensure_ascii=False).encode()


def more_masks(said: dict) -> None:
    for item in said["entries"]:
        item["entry"] = item["entry"].replace('"units":30000', '"units":39000')


ALTERED = {
    "more masks": more_masks,
    "another place in the log": lambda said: said["entries"][0].update(index=0),
    "a place beyond the log": lambda said: said["entries"][0].update(index=10**9),
    "no proof": lambda said: said["entries"][0].update(proof=[]),
    "another proof": lambda said: said["entries"][0].update(proof=said["entries"][1]["proof"]),
    "an entry twice": lambda said: said["entries"].append(said["entries"][0]),
    "a longer log": lambda said: said.update(checkpoint=said["checkpoint"].replace("\n", "\n9", 1)),
    "no signature": lambda said: said.update(checkpoint=said["checkpoint"].rpartition("\n\n")[0]),
    "spaces in an entry": lambda said: said["entries"][0].update(entry=" " + said["entries"][0]["entry"]),
    "no entries": lambda said: said.update(entries=[]),
    "entries of another shape": lambda said: said.update(entries={"a": 1}),
    "an entry that is a number": lambda said: said.update(entries=[7]),
    "a proof that is text": lambda said: said["entries"][0].update(proof="ab" * 32),
    "half a surrogate": lambda said: said["entries"][0].update(entry="\ud800"),
    "a negative place": lambda said: said["entries"][0].update(index=-1),
    "a place that is true": lambda said: said["entries"][0].update(index=True),
    "no checkpoint": lambda said: said.pop("checkpoint"),
    "a newer format": lambda said: said.update(sampan_bundle=2),
    "no format": lambda said: said.pop("sampan_bundle"),
    "too many entries": lambda said: said.update(entries=said["entries"] * 1001),
}


@pytest.mark.parametrize("how", ALTERED, ids=lambda how: how.replace(" ", "-"))
def test_what_was_altered_is_refused(pair: Pair, how: str) -> None:
    data = export_notice(pair.china.session, "1-ITA")
    if how == "half a surrogate":
        said = json.loads(data)
        said["entries"][0]["entry"] = "\ud800"
        altered = json.dumps(said).encode()
    else:
        altered = change(data, ALTERED[how])
    not_taken(pair.italy, altered, PeerError, "bundle|note|signature|checkpoint")


@settings(max_examples=150)
@given(st.data())
def test_no_flipped_bit_goes_through_unless_it_says_the_same(data: st.DataObject) -> None:
    good, key = TRUE_NOTICE()
    place = data.draw(st.integers(0, len(good) - 1))
    bad = bytearray(good)
    bad[place] ^= 1 << data.draw(st.integers(0, 7))
    try:
        verified = rules.verify(read_bundle(bytes(bad)), key)
    except PeerError:
        return
    assert verified.entries == rules.verify(read_bundle(good), key).entries


@settings(max_examples=60)
@given(st.data())
def test_whatever_is_cut_short_or_made_up_is_refused_and_never_crashes(data: st.DataObject) -> None:
    good, key = TRUE_NOTICE()
    cut = good[: data.draw(st.integers(0, len(good) - 3))]
    for bad in (cut, gzip.compress(good)[: len(cut) // 4], data.draw(st.binary(max_size=50)), b"[" * 5000):
        with pytest.raises(PeerError):
            rules.verify(read_bundle(bad), key)


_MADE: list[tuple[bytes, object]] = []


def TRUE_NOTICE():
    if not _MADE:
        with memory_node(home="CHN") as china:
            at_sea(china)
            _MADE.append((export_notice(china.session, "1-ITA"), china.session.ledger.verifier))
    return _MADE[0]


def test_a_file_that_is_too_large_is_refused_before_it_is_unpacked(pair: Pair) -> None:
    not_taken(pair.italy, b" " * (LARGEST_FILE + 1), PeerError, "larger than 8 MiB")
    bomb = gzip.compress(b" " * (3 * LARGEST_FILE))
    assert len(bomb) < LARGEST_FILE
    not_taken(pair.italy, bomb, PeerError, "larger than 8 MiB")


def test_an_unknown_node_is_refused(pair: Pair) -> None:
    with memory_node(home="KOR") as korea:
        at_sea(korea)
        not_taken(pair.italy, export_notice(korea.session, "1-ITA"), Refused, "No partner of ours")


def test_another_key_under_the_name_of_a_partner_is_refused(pair: Pair) -> None:
    with memory_node(home="CHN") as forger:
        at_sea(forger)
        assert forger.session.ledger.origin == pair.china.session.ledger.origin
        not_taken(pair.italy, export_notice(forger.session, "1-ITA"), PeerError, "not signed by|signature")


def test_a_new_key_replaces_the_old_one(pair: Pair) -> None:
    data = export_notice(pair.china.session, "1-ITA")
    new = SigningKey.generate(pair.china.session.ledger.origin)
    add(pair.italy.on_behalf_of("administrator"), "China", str(new.verifier))
    assert len(partners(pair.italy.session.ledger)) == 1
    not_taken(pair.italy, data, PeerError, "not signed by")


def test_a_notice_for_somebody_else_is_refused(pair: Pair) -> None:
    packing.pack(pair.china.session, "1-SRB", day=date(2020, 3, 11))
    hand_over(pair.china.session, "1-SRB", day=date(2020, 3, 11))
    not_taken(pair.italy, export_notice(pair.china.session, "1-SRB"), PeerError, "1-SRB is for SRB")


def test_complaint_7_a_part_that_was_split_off_on_the_way_has_its_own_notice(pair: Pair) -> None:
    """The carrier took part of it; the rest does not vanish."""
    part = packing.split(pair.china.session, "1-ITA", {"ventilator": 10}, reason="second aircraft").into
    first = take_in(pair.italy.session, export_notice(pair.china.session, "1-ITA"))
    second = take_in(pair.italy.session, export_notice(pair.china.session, part))
    assert (first.number, second.number) == ("CHN/1-ITA", f"CHN/{part}")
    left = {
        (each.notice.consignment, what.item): units
        for each in notices(pair.italy.session.ledger)
        for what, units in each.left.items()
    }
    assert (left["1-ITA", "ventilator"], left[part, "ventilator"]) == (20, 10)
    receive(pair.italy.session, second.number)
    take_in(pair.china.session, export_receipt(pair.italy.session, second.number))
    assert track(pair.china.session.ledger, part).state == "received"
    assert track(pair.china.session.ledger, "1-ITA").state == "handed to carrier"


PROMISE = Consignment(batch=1, recipient="ITA", lines=(ConsignmentLine(item="mask", units=10),))
LEFT = Handover(
    consignment="1-ITA", leg=1, mode="air", carrier="CA", waybill="1", origin="PVG", destination="FCO",
    lines=(LotLine(item="mask", lot="L", units=10),),
)  # fmt: skip


@pytest.mark.parametrize(
    ("said", "why"),
    [
        (
            [PROMISE, replace(LEFT, lines=(LotLine(item="mask", lot="L", units=11),))],
            "promises 10 mask and carries 11",
        ),
        ([PROMISE, replace(LEFT, lines=(LotLine(item="mask", lot="L", units=-5),))], "cannot move"),
        ([PROMISE, replace(LEFT, lines=())], "has not left"),
        ([LEFT], "promises 0 mask"),
        ([PROMISE], "0 consignments"),
        ([PROMISE, LEFT, replace(LEFT, consignment="2-ITA")], "2 consignments"),
        ([replace(PROMISE, recipient="SRB"), replace(LEFT, consignment="1-SRB")], "1-SRB is for SRB"),
        (
            [
                replace(PROMISE, lines=(ConsignmentLine(item="=cmd()", units=1),)),
                replace(LEFT, lines=(LotLine(item="=cmd()", units=1),)),
            ],
            "no item =cmd",
        ),
    ],
)
def test_a_partner_that_signs_nonsense_is_not_believed(said: list[Record], why: str) -> None:
    signed_nonsense([(record.kind, record.body()) for record in said], re.escape(why))


def test_an_entry_whose_body_is_no_record_is_not_believed() -> None:
    signed_nonsense([(Handover.kind, {"consignment": "1-ITA"})], "does not hold")


def signed_nonsense(bodies: list[tuple[str, dict]], why: str) -> None:
    """A partner whose software writes whatever it likes into a log that is otherwise in order."""
    origin = "sampan/chn/odd"
    at = datetime(2020, 3, 20, tzinfo=UTC)
    drafts = [Draft(kind, body, "officer", at, "public") for kind, body in bodies]
    with (
        Ledger.create("sqlite://", origin=origin, key=SigningKey.generate(origin)) as ledger,
        memory_node(home="ITA") as italy,
    ):
        add(italy.on_behalf_of("administrator"), "China", str(ledger.verifier))
        entries = ledger.append(drafts)
        not_taken(italy, write_bundle(bundle_of(ledger, entries)), PeerError, why)


def test_nothing_is_announced_before_it_has_left(pair: Pair) -> None:
    with pytest.raises(Refused, match="nothing to announce"):
        export_notice(pair.china.session, "1-SRB")
    with pytest.raises(InputError, match="no consignment"):
        export_notice(pair.china.session, "9-ITA")


def test_a_notice_that_leaves_the_promise_out_is_refused(pair: Pair) -> None:
    bundle = read_bundle(export_notice(pair.china.session, "1-ITA"))
    kept = tuple(item for item in bundle.items if b'"assistance.handover"' in item.data)
    not_taken(pair.italy, write_bundle(Bundle(bundle.checkpoint, kept)), PeerError, "promises 0")


def test_entries_that_are_neither_notice_nor_receipt_are_refused(pair: Pair) -> None:
    ledger = pair.china.session.ledger
    batch = list(ledger.entries(kind="assistance.batch"))
    not_taken(pair.italy, write_bundle(bundle_of(ledger, batch)), PeerError, "0 consignments")


def test_a_receipt_by_somebody_who_poses_as_the_recipient_is_refused(pair: Pair) -> None:
    with memory_node(home="ITA") as posing:
        assert posing.session.ledger.origin == pair.italy.session.ledger.origin
        add(posing.on_behalf_of("administrator"), "China", str(pair.china.session.ledger.verifier))
        take_in(posing.session, export_notice(pair.china.session, "1-ITA"))
        receive(posing.session, "CHN/1-ITA")
        data = export_receipt(posing.session, "CHN/1-ITA")
        not_taken(pair.china, data, PeerError, "not signed by|signature")


def test_a_receipt_for_another_node_is_refused(pair: Pair) -> None:
    take_in(pair.italy.session, export_notice(pair.china.session, "1-ITA"))
    receive(pair.italy.session, "CHN/1-ITA")
    data = export_receipt(pair.italy.session, "CHN/1-ITA")
    verified = rules.verify(read_bundle(data), pair.italy.session.ledger.verifier)
    with pytest.raises(PeerError, match="answers sampan/chn/memory, and this log is elsewhere"):
        rules.received(verified, partner="ITA", home_origin="elsewhere")
    with pytest.raises(PeerError, match="is for ITA, not SRB"):
        rules.received(verified, partner="SRB", home_origin=pair.china.session.ledger.origin)


def test_two_histories_of_one_length_are_found_out(pair: Pair) -> None:
    """The same key has signed two logs: a restored backup, or a lie."""
    take_in(pair.italy.session, export_notice(pair.china.session, "1-ITA"))
    with memory_node(home="CHN") as other:
        at_sea(other)
        add(other.on_behalf_of("administrator"), "Italy", str(pair.italy.session.ledger.verifier))
        entries = read_bundle(export_notice(other.session, "1-ITA")).items
        head = Checkpoint(other.session.ledger.origin, other.session.ledger.size, other.session.ledger.root)
    key = pair.china.session.ledger._key
    assert key is not None
    forged = write_bundle(Bundle(key.sign(head.text), entries))
    not_taken(pair.italy, forged, PeerError, "two different logs of")


def test_more_than_was_announced_is_not_signed_for(pair: Pair) -> None:
    take_in(pair.italy.session, export_notice(pair.china.session, "1-ITA"))
    for counted, fault, why in [
        (Counted("ventilator", good=31), Refused, "30 ventilator are left"),
        (Counted("ventilator", good=10, damaged=1), InputError, "nobody says why"),
        (Counted("mask", good=1), InputError, "2 lots"),
        (Counted("mask", good=1, lot="M9"), InputError, "0 lots"),
        (Counted("ventilator"), InputError, "at least one"),
        (Counted("ventilator", good=-1), InputError, "below zero"),
    ]:
        size = pair.italy.session.ledger.size
        with pytest.raises(fault, match=why):
            receive(pair.italy.session, "CHN/1-ITA", [counted])
        assert pair.italy.session.ledger.size == size
    with pytest.raises(InputError, match="no name for a depot"):
        receive(pair.italy.session, "CHN/1-ITA", depot="home:x")
    receive(pair.italy.session, "CHN/1-ITA")
    with pytest.raises(Refused, match="has been signed for"):
        receive(pair.italy.session, "CHN/1-ITA")


def test_goods_that_the_sender_has_had_signed_for_by_hand_are_not_received_again(pair: Pair) -> None:
    from sampan.desks.assistance.receipts import Found
    from sampan.desks.assistance.receipts import receive as by_hand

    take_in(pair.italy.session, export_notice(pair.china.session, "1-ITA"))
    receive(pair.italy.session, "CHN/1-ITA")
    rome = replace(pair.china.session.person, handle="rome", roles=("receiver",), party="ITA")
    by_hand(pair.china.session.on_behalf_of(rome), "1-ITA", [Found("ventilator", good=30)])
    data = export_receipt(pair.italy.session, "CHN/1-ITA")
    not_taken(pair.china, data, PeerError, "still carries 0 ventilator")


def test_a_person_without_the_right_takes_nothing_in(pair: Pair) -> None:
    with pytest.raises(Refused, match="may not receive"):
        take_in(pair.italy.on_behalf_of("press"), export_notice(pair.china.session, "1-ITA"))
    with pytest.raises(Refused, match="may not administer"):
        add(pair.italy.session, "China", str(pair.china.session.ledger.verifier))


@pytest.mark.parametrize("key", ["", "nonsense", "a+b+c", "sampan/chn+00000000+AAAA"])
def test_a_key_that_is_none_is_refused(pair: Pair, key: str) -> None:
    with pytest.raises(InputError, match="verifier key"):
        add(pair.italy.on_behalf_of("administrator"), "China", key)


def test_one_node_is_not_two_partners(pair: Pair) -> None:
    with pytest.raises(InputError, match="is the node of CHN already"):
        add(pair.italy.on_behalf_of("administrator"), "Serbia", str(pair.china.session.ledger.verifier))


def test_a_bundle_makes_the_round_trip(pair: Pair) -> None:
    bundle = read_bundle(export_notice(pair.china.session, "1-ITA"))
    assert read_bundle(write_bundle(bundle)) == bundle
    assert read_bundle(write_bundle(bundle, packed=True)) == bundle

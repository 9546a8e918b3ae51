"""An answer is given once, on either store, and the key of one that was never given is free again."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from hashlib import sha256

import pytest

from sampan.core.errors import MovedOn, NodeError
from sampan.core.problems import Fault
from sampan.core.time import StandingClock
from sampan.ledger.ledger import Ledger
from sampan.web.api.once import KEPT_FOR, Given, Once
from tests.ledgers import NOON, drafts

ANSWER = Given(200, "application/json", b"{}")


def test_an_answer_is_made_once(ledger: Ledger) -> None:
    once, made = Once(ledger, StandingClock(NOON)), []

    def make() -> Given:
        made.append(1)
        return ANSWER

    assert once.answer("officer", "k", b"asked", make) == (ANSWER, False)
    assert once.answer("officer", '"k"', b"asked", make) == (ANSWER, True)
    assert once.answer("director", "k", b"asked", make) == (ANSWER, False)
    assert len(made) == 2
    with pytest.raises(Fault) as fault:
        once.answer("officer", "k", b"something else", make)
    assert fault.value.http_status == 422


@pytest.mark.parametrize("fault", [OSError("the disk"), NodeError("the disk", way_out="Free some space.")])
def test_the_key_of_a_fault_is_free_again(ledger: Ledger, fault: Exception) -> None:
    once = Once(ledger, StandingClock(NOON))

    def fail() -> Given:
        raise fault

    with pytest.raises(type(fault), match="the disk"):
        once.answer("officer", "k", b"asked", fail)
    assert once.answer("officer", "k", b"asked", lambda: ANSWER) == (ANSWER, False)


def test_a_key_is_free_for_other_workers_too_where_others_wrote_first(ledger: Ledger) -> None:
    clock = StandingClock(NOON)

    def fail() -> Given:
        raise MovedOn("Others write without pause.", way_out="Try again.")

    with pytest.raises(MovedOn):
        Once(ledger, clock).answer("officer", "k", b"asked", fail)
    assert Once(ledger, clock).answer("officer", "k", b"asked anew", lambda: ANSWER) == (ANSWER, False)


def test_what_was_written_before_a_fault_is_not_written_again(ledger: Ledger) -> None:
    once = Once(ledger, StandingClock(NOON))

    def write_and_fail() -> Given:
        ledger.append(drafts(1))
        raise OSError("the answer cannot be made")

    with pytest.raises(OSError, match="cannot be made"):
        once.answer("officer", "k", b"asked", write_and_fail)
    with pytest.raises(Fault, match="has been written") as fault:
        once.answer("officer", "k", b"asked", write_and_fail)
    assert (fault.value.http_status, ledger.size) == (409, 1)


def test_a_key_that_was_taken_again_is_left_to_whoever_has_it(ledger: Ledger) -> None:
    """A worker frees a key without hearing that it did, another request takes it, and the worker tries once more."""
    once, later = Once(ledger, StandingClock(NOON)), Once(ledger, StandingClock(NOON + timedelta(seconds=1)))
    freed = (sha256(b"officer\0k").digest(), int(NOON.timestamp() * 1000))

    def slow() -> Given:
        once._cut_off.add(freed)
        once._let_go()
        return ANSWER

    assert later.answer("officer", "k", b"asked", slow) == (ANSWER, False)
    assert later.answer("officer", "k", b"asked", slow) == (ANSWER, True)


def test_whoever_lost_the_key_writes_nothing(ledger: Ledger) -> None:
    """As when a request is held up for so long that its key is free again: another has done it meanwhile."""
    clock = StandingClock(NOON)
    once = Once(ledger, clock)

    def write() -> Given:
        ledger.append(drafts(1))
        return ANSWER

    def held_up() -> Given:
        clock.at += timedelta(milliseconds=KEPT_FOR + 1)
        assert once.answer("officer", "k", b"asked", write) == (ANSWER, False)
        return write()

    with pytest.raises(Fault, match="is under way"):
        once.answer("officer", "k", b"asked", held_up)
    assert ledger.size == 1
    assert once.answer("officer", "k", b"asked", write) == (ANSWER, True)


def test_while_it_is_under_way_nobody_does_it_again(ledger: Ledger) -> None:
    once = Once(ledger, StandingClock(NOON))
    begun, go_on = threading.Event(), threading.Event()

    def slow() -> Given:
        begun.set()
        assert go_on.wait(30)
        return ANSWER

    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(once.answer, "officer", "k", b"asked", slow)
        assert begun.wait(30)
        with pytest.raises(Fault) as fault:
            once.answer("officer", "k", b"asked", slow)
        go_on.set()
        assert first.result() == (ANSWER, False)
    assert fault.value.http_status == 409


def test_an_answer_is_forgotten_after_two_days(ledger: Ledger) -> None:
    clock = StandingClock(NOON)
    once = Once(ledger, clock)
    once.answer("officer", "k", b"asked", lambda: ANSWER)
    clock.at = NOON + timedelta(milliseconds=KEPT_FOR)
    assert once.answer("officer", "k", b"asked", lambda: ANSWER)[1]
    clock.at += timedelta(milliseconds=1)
    assert not once.answer("officer", "k", b"another", lambda: ANSWER)[1]
    assert KEPT_FOR >= 24 * 3_600_000


def test_two_workers_share_what_was_answered(place: object, ledger: Ledger) -> None:
    clock = StandingClock(NOON)
    with Ledger.open(place, key=ledger._key, clock=clock) as other:  # type: ignore[arg-type]
        Once(ledger, clock).answer("officer", "k", b"asked", lambda: ANSWER)
        assert Once(other, clock).answer("officer", "k", b"asked", lambda: ANSWER) == (ANSWER, True)

"""An answer is given once, on either store, and the key of one that was never given is free again."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from sampan.core.problems import Fault
from sampan.core.time import StandingClock
from sampan.ledger.ledger import Ledger
from sampan.web.api.once import KEPT_FOR, Given, Once
from tests.ledgers import NOON

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


def test_the_key_of_a_fault_is_free_again(ledger: Ledger) -> None:
    once = Once(ledger, StandingClock(NOON))

    def fail() -> Given:
        raise OSError("the disk")

    with pytest.raises(OSError, match="the disk"):
        once.answer("officer", "k", b"asked", fail)
    assert once.answer("officer", "k", b"asked", lambda: ANSWER) == (ANSWER, False)


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

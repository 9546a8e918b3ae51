"""However somebody guesses, how often may they? And does anybody ever wait for good?"""

from __future__ import annotations

from collections import defaultdict
from ipaddress import ip_address

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import create_engine

from sampan.access.schema import metadata
from sampan.access.throttle import ACCOUNT, ADDRESS, FORGOTTEN, PAIR, Rule, Throttle, network

NOW = 1_585_224_000_000
HANDLES = ["officer", "director"]
ADDRESSES = ["192.0.2.1", "192.0.2.2", "2001:db8::1", "2001:db8:0:0:ffff::9", "nonsense"]


class Oracle:
    """The same rules in the plainest words: every failure kept, every wait worked out from all of them."""

    def __init__(self) -> None:
        self.kept: dict[tuple, tuple[int, int, int]] = {}

    def keys(self, handle: str, address: str) -> list[tuple[Rule, tuple]]:
        place = {"2001:db8::1": "six", "2001:db8:0:0:ffff::9": "six"}.get(address, address)
        return [(PAIR, (handle, place)), (ADDRESS, (None, place)), (ACCOUNT, (handle, None))]

    def enter(self, handle: str, address: str, now: int) -> int:
        waits = []
        for _, key in self.keys(handle, address):
            _, last, until = self.kept.get(key, (0, 0, 0))
            waits.append(until - now if last >= now - FORGOTTEN else 0)
        if max(waits) > 0:
            return (max(waits) + 999) // 1000
        for rule, key in self.keys(handle, address):
            failures, last, _ = self.kept.get(key, (0, 0, 0))
            failures = failures + 1 if last >= now - FORGOTTEN else 1
            wait = 0 if failures < rule.free else min(rule.most, 2 ** (failures - rule.free))
            self.kept[key] = (failures, now, now + 1000 * wait)
        return 0

    def forgive(self, handle: str, address: str) -> None:
        pair, place, account = (key for _, key in self.keys(handle, address))
        self.kept.pop(pair, None)
        self.kept.pop(account, None)
        failures, last, _ = self.kept[place]
        self.kept[place] = (failures - 1, last, 0)


attempts = st.lists(
    st.tuples(
        st.sampled_from(HANDLES),
        st.sampled_from(ADDRESSES),
        st.sampled_from([0, 1, 999, 1000, 30_000, 900_000, FORGOTTEN, FORGOTTEN + 1]),
        st.booleans(),
    ),
    max_size=60,
)


@settings(max_examples=60)
@given(attempts)
def test_waits_are_those_that_the_rules_say(tried: list[tuple[str, str, int, bool]]) -> None:
    throttle, oracle, now = Throttle(b"key"), Oracle(), NOW
    engine = create_engine("sqlite://")
    with engine.begin() as connection:
        metadata.create_all(connection)
        for handle, address, pause, right in tried:
            now += pause
            wait = throttle.enter(connection, handle, address, now)
            assert wait == oracle.enter(handle, address, now)
            assert wait <= 900
            if wait == 0 and right:
                throttle.forgive(connection, handle, address)
                oracle.forgive(handle, address)
    engine.dispose()


@pytest.mark.parametrize("addresses", [1, 7, 5_000])
def test_nobody_guesses_at_one_account_more_than_a_hundred_times_an_hour(addresses: int) -> None:
    """As fast as it goes, from as many addresses as they like. The owner, from another, waits a minute at most."""
    oracle, now, looked = Oracle(), NOW, []
    number = 0
    while now < NOW + 3 * 3_600_000:
        number += 1
        wait = oracle.enter("officer", f"10.{number % addresses}", now)
        if wait == 0:
            looked.append(now)
        now += max(100, 1000 * wait if addresses == 1 else 1000)
    for begun in looked:
        assert sum(begun <= each < begun + 3_600_000 for each in looked) <= 100
    assert oracle.enter("officer", "the owner's", now) <= 60


def test_nobody_tries_one_password_on_everybody() -> None:
    """One address, a new handle each time: a day of guesses is a few hundred, and knowing one account helps nobody."""
    oracle, now, looked = Oracle(), NOW, 0
    for number in range(10_000):
        wait = oracle.enter(f"handle {number}", "10.0.0.1", now)
        now += 1000 * wait
        looked += wait == 0
        if wait == 0 and oracle.enter("mine", "10.0.0.1", now) == 0:
            oracle.forgive("mine", "10.0.0.1")
        if now > NOW + 24 * 3_600_000:
            break
    assert looked < 200


def test_an_address_waits_whomever_it_tries_and_an_account_from_wherever() -> None:
    """Random attempts seldom go so far: each of the two counts on its own, and a network of IPv6 is one address."""
    throttle, engine = Throttle(b"key"), create_engine("sqlite://")
    with engine.begin() as connection:
        metadata.create_all(connection)
        for number in range(ADDRESS.free):
            assert throttle.enter(connection, f"handle {number}", f"2001:db8::{number + 1:x}", NOW) == 0
        assert throttle.enter(connection, "another", "2001:db8::ffff", NOW) > 0
        for number in range(ACCOUNT.free):
            assert throttle.enter(connection, "officer", f"192.0.2.{number}", NOW) == 0
        assert throttle.enter(connection, "officer", "198.51.100.1", NOW) > 0
        assert throttle.enter(connection, "another", "198.51.100.1", NOW) == 0
    engine.dispose()


@given(st.integers(0, 10_000), st.integers(0, 50), st.integers(1, 10_000))
def test_a_wait_never_shrinks_and_is_bounded(failures: int, free: int, most: int) -> None:
    rule = Rule(free, most)
    assert 0 <= rule.wait(failures) <= rule.wait(failures + 1) <= most
    assert rule.wait(free - 1) == 0


@given(st.ip_addresses())
def test_a_network_is_named_by_less_than_an_address(address) -> None:
    short, longer = network(str(address)), network(str(address), whole=True)
    assert short == network(short.partition("/")[0])
    if address.version == 6 and not address.ipv4_mapped:
        assert short.endswith("/48")
        assert longer.endswith("/64")
    if address.version == 4:
        assert short.endswith("/24")
        assert longer == f"{ip_address(address)}/32"


@given(st.text(max_size=60))
def test_what_is_no_address_is_unknown(text: str) -> None:
    assert network(text) == "unknown" or "/" in network(text)


def test_keys_say_nothing_of_whom_they_are() -> None:
    throttle = Throttle(b"key")
    engine = create_engine("sqlite://")
    seen = defaultdict(int)
    with engine.begin() as connection:
        metadata.create_all(connection)
        throttle.enter(connection, "officer", "192.0.2.1", NOW)
        for row in connection.exec_driver_sql("SELECT * FROM access_throttle"):
            assert b"officer" not in row.key
            assert len(row.key) == 32
            seen[row.key] += 1
    engine.dispose()
    assert len(seen) == 3

"""Who gets in, who does not, and what is left of it: on SQLite and on PostgreSQL."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest
from pyotp import TOTP

from sampan.access.accounts import INVITED_FOR, Accounts, NotLetIn, TooOften
from sampan.access.second_factors import SecondFactors
from sampan.access.secrets import Cost, Passwords
from sampan.access.sign_ins import IDLE, LONGEST, WAITS, SignIns
from sampan.access.tokens import MOST, PREFIX, Tokens
from sampan.core.errors import InputError, NodeError, Refused
from sampan.core.time import StandingClock
from sampan.ledger.ledger import Ledger
from tests.ledgers import KEY, NOON, ORIGIN
from tests.signed import PASSWORD, QUICK
from tests.unit.access_accounts.conftest import Office, known

HERE = "192.0.2.17"


def settled(office: Office, handle: str = "officer") -> Accounts:
    """Accounts in which ``handle`` has a password."""
    office.accounts.accept(office.accounts.invite(handle), PASSWORD)
    return office.accounts


def test_an_invitation_holds_once_and_for_three_days(office: Office) -> None:
    accounts = office.accounts
    secret = accounts.invite("officer")
    assert accounts.invited(secret) == "officer"
    assert accounts.invited(secret) == "officer", "looking does not use it up"
    assert accounts.accept(secret, PASSWORD) == "officer"
    accounts.prove("officer", PASSWORD, HERE)
    assert accounts.invited(secret) is None
    with pytest.raises(NotLetIn):
        accounts.accept(secret, PASSWORD)
    late = accounts.invite("director")
    office.later(seconds=INVITED_FOR / 1000)
    assert accounts.invited(late) is None
    with pytest.raises(NotLetIn):
        accounts.accept(late, PASSWORD)


def test_a_second_invitation_makes_the_first_void(office: Office) -> None:
    first = office.accounts.invite("officer")
    second = office.accounts.invite("officer")
    assert office.accounts.invited(first) is None
    assert office.accounts.invited(second) == "officer"


def test_a_weak_password_leaves_the_invitation(office: Office) -> None:
    secret = office.accounts.invite("officer")
    with pytest.raises(InputError):
        office.accounts.accept(secret, "short")
    assert office.accounts.accept(secret, PASSWORD) == "officer"


def test_nobody_who_does_not_work_here_is_invited(office: Office) -> None:
    for act in (office.accounts.invite, lambda handle: office.accounts.set_password(handle, PASSWORD)):
        with pytest.raises(Refused, match="Nobody called"):
            act("stranger")
    assert office.accounts.all() == ()


def test_wrong_in_every_way_is_said_in_the_same_words(office: Office) -> None:
    accounts = settled(office)
    accounts.invite("director")
    settled(office, "italy").revoke("italy")
    said = set()
    for handle in ("officer", "director", "italy", "stranger", "", "' OR 1=1 --"):
        with pytest.raises(NotLetIn) as fault:
            accounts.prove(handle, "wrong", HERE)
        said.add(str(fault.value))
    assert len(said) == 1
    happened = accounts.happened()
    assert {each.event for each in happened} >= {"wrong password", "revoked account", "no account"}
    assert {each.handle for each in happened} == {"officer", "director", "italy", None}
    assert "' OR" not in repr(happened), "what strangers type is kept nowhere"
    assert all(each.network in (None, "192.0.2.0/24") for each in happened)


def test_who_was_taken_out_of_the_settings_is_out(office: Office) -> None:
    accounts = settled(office)
    session = SignIns(accounts).begin("officer", address=HERE)
    token = Tokens(accounts).make(known("officer"), "import", ["load"])
    accounts.people = lambda handle: None
    with pytest.raises(NotLetIn):
        accounts.prove("officer", PASSWORD, HERE)
    assert SignIns(accounts).who(session) is None
    assert Tokens(accounts).who(token, HERE) is None


def test_a_changed_password_ends_every_session(office: Office) -> None:
    accounts = settled(office)
    session = SignIns(accounts).begin("officer", address=HERE)
    with pytest.raises(NotLetIn):
        accounts.change_password("officer", "wrong", "another lamp in the boat", HERE)
    with pytest.raises(InputError):
        accounts.change_password("officer", PASSWORD, "short", HERE)
    assert SignIns(accounts).who(session)
    accounts.change_password("officer", PASSWORD, "another lamp in the boat", HERE)
    assert SignIns(accounts).who(session) is None
    with pytest.raises(NotLetIn):
        accounts.prove("officer", PASSWORD, HERE)
    accounts.prove("officer", "another lamp in the boat", HERE)


def test_revoked_means_everything_at_once(office: Office) -> None:
    accounts = settled(office)
    session = SignIns(accounts).begin("officer", address=HERE)
    token = Tokens(accounts).make(known("officer"), "import", [])
    pending = accounts.invite("officer")
    accounts.revoke("officer")
    assert SignIns(accounts).who(session) is None
    assert Tokens(accounts).who(token, HERE) is None
    assert accounts.invited(pending) is None
    with pytest.raises(NotLetIn):
        accounts.prove("officer", PASSWORD, HERE)
    with pytest.raises(NotLetIn):
        accounts.vouched("officer")
    assert accounts.of("officer").revoked
    accounts.accept(accounts.invite("officer"), PASSWORD)
    accounts.prove("officer", PASSWORD, HERE)
    with pytest.raises(InputError, match="has no account"):
        accounts.revoke("stranger")


def test_somebody_who_never_signed_in_is_revoked_too(office: Office) -> None:
    """The operator may have made tokens for them, and their organisation may vouch for them at any time."""
    accounts = office.accounts
    token = Tokens(accounts).make(known("officer"), "import", ["load"])
    assert accounts.of("officer") is None
    accounts.revoke("officer")
    assert Tokens(accounts).who(token, HERE) is None
    with pytest.raises(NotLetIn):
        accounts.vouched("officer")


def test_nothing_is_made_for_somebody_who_is_revoked_meanwhile(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While a password is hashed, or a provider asked, an administrator may have been faster."""
    accounts, proven = settled(office), Accounts.prove

    def and_revoked(self: Accounts, *said: str) -> None:
        proven(self, *said)
        self.revoke("officer")

    monkeypatch.setattr(Accounts, "prove", and_revoked)
    with pytest.raises(NotLetIn):
        accounts.change_password("officer", PASSWORD, "another lamp in the boat", HERE)
    assert accounts.of("officer").revoked
    assert not accounts.of("officer").password
    for make in (
        lambda: SignIns(accounts).begin("officer", address=HERE),
        lambda: Tokens(accounts).make(known("officer"), "import", []),
    ):
        with pytest.raises(NotLetIn):
            make()


def test_a_password_is_hashed_again_when_the_cost_has_changed(office: Office) -> None:
    settled(office)
    dearer = Accounts(office.ledger, office.clock, known, cost=Cost(2, 16, 1))
    before = dearer._kept("officer")
    dearer.prove("officer", PASSWORD, HERE)
    after = dearer._kept("officer")
    assert before != after
    assert "m=16,t=2,p=1" in after
    dearer.prove("officer", PASSWORD, HERE)
    assert dearer._kept("officer") == after


# Second factors


def with_factor(office: Office) -> tuple[Accounts, TOTP, tuple[str, ...]]:
    accounts = settled(office)
    totp = TOTP(SecondFactors(accounts).offer("officer"))
    assert not SecondFactors(accounts).on("officer"), "offered is not on"
    codes = SecondFactors(accounts).confirm("officer", totp.at(office.clock.at))
    assert SecondFactors(accounts).on("officer")
    return accounts, totp, codes


def test_a_code_holds_once_and_for_a_minute_and_a_half(office: Office) -> None:
    accounts, totp, _ = with_factor(office)
    for _ in range(2):
        with pytest.raises(NotLetIn):
            SecondFactors(accounts).prove(
                "officer", totp.at(office.clock.at), HERE
            )  # it confirmed the factor
    office.later(seconds=60)
    early, late = totp.at(office.clock.at, counter_offset=-2), totp.at(office.clock.at, counter_offset=2)
    for code in (early, late, "000000x", "", "12345"):
        with pytest.raises(NotLetIn):
            SecondFactors(accounts).prove("officer", code, "198.51.100.1")
    SecondFactors(accounts).prove(
        "officer", f" {totp.at(office.clock.at)[:3]} {totp.at(office.clock.at)[3:]}", HERE
    )
    with pytest.raises(NotLetIn):
        SecondFactors(accounts).prove("officer", totp.at(office.clock.at, counter_offset=-1), HERE)


def test_knowing_the_password_buys_no_more_guesses_at_the_code(office: Office) -> None:
    """A right password takes back what wrong passwords counted, and nothing of what wrong codes did."""
    accounts, _, _ = with_factor(office)
    guesses = 0
    with pytest.raises(TooOften):
        for _ in range(100):
            accounts.prove("officer", PASSWORD, HERE)
            with pytest.raises(NotLetIn):
                SecondFactors(accounts).prove("officer", "000000", HERE)
            guesses += 1
    assert guesses == 5


def test_each_recovery_code_lets_in_once(office: Office) -> None:
    accounts, _, codes = with_factor(office)
    assert len(set(codes)) == 10
    SecondFactors(accounts).prove("officer", codes[0].lower().replace("-", " "), HERE)
    with pytest.raises(NotLetIn):
        SecondFactors(accounts).prove("officer", codes[0], HERE)
    SecondFactors(accounts).prove("officer", codes[1], HERE)
    SecondFactors(accounts).drop("officer")
    with pytest.raises(NotLetIn):
        SecondFactors(accounts).prove("officer", codes[2], HERE)
    assert office.events().count("recovery code") == 2


def test_the_wrong_first_code_turns_nothing_on(office: Office) -> None:
    accounts = settled(office)
    with pytest.raises(InputError):
        SecondFactors(accounts).confirm("officer", "123456")
    SecondFactors(accounts).offer("officer")
    with pytest.raises(InputError):
        SecondFactors(accounts).confirm("officer", "no code")
    assert not SecondFactors(accounts).on("officer")


# Sessions


def test_a_session_ends_when_idle_and_in_any_case(office: Office) -> None:
    sign_ins = SignIns(settled(office))
    idle = sign_ins.begin("officer", address=HERE)
    office.later(milliseconds=IDLE)
    assert sign_ins.who(idle)[0] == known("officer")
    office.later(milliseconds=IDLE + 1)
    assert sign_ins.who(idle) is None
    assert "expired session" in office.events()
    busy = sign_ins.begin("officer", address=HERE)
    for _ in range(int(LONGEST / IDLE)):
        office.later(milliseconds=IDLE)
        assert sign_ins.who(busy)
    office.later(milliseconds=1)
    assert sign_ins.who(busy) is None
    assert sign_ins.of("officer") == ()


def test_a_session_that_waits_for_the_second_factor_is_nobodys(office: Office) -> None:
    sign_ins = SignIns(settled(office))
    waiting = sign_ins.begin("officer", address=HERE, waits=True)
    assert sign_ins.who(waiting) is None
    assert sign_ins.waiting(waiting).handle == "officer"
    assert sign_ins.of("officer") == ()
    office.later(milliseconds=WAITS + 1)
    assert sign_ins.waiting(waiting) is None
    full = sign_ins.begin("officer", address=HERE)
    assert sign_ins.waiting(full) is None


def test_only_its_owner_ends_a_session_by_name(office: Office) -> None:
    sign_ins = SignIns(settled(office))
    secret = sign_ins.begin("officer", address=HERE)
    (shown,) = sign_ins.of("officer")
    assert secret not in repr(shown)
    assert not sign_ins.end(shown.id, "session revoked", handle="director")
    assert sign_ins.who(secret)
    assert sign_ins.end(shown.id, "session revoked", handle="officer")
    assert sign_ins.who(secret) is None
    assert not sign_ins.end(shown.id, "session revoked", handle="officer")
    sign_ins.end_by_secret("nothing")


def test_roles_that_an_organisation_vouches_for_last_as_long_as_the_session(office: Office) -> None:
    def with_roles(*given: str) -> SignIns:
        return SignIns(Accounts(office.ledger, office.clock, known, given=given, cost=QUICK))

    sign_ins = with_roles("viewer", "receiver:ITA")
    secret = sign_ins.begin("oidc-0123456789ab", address=HERE, roles=["receiver:ITA"])
    person, _ = sign_ins.who(secret)
    assert (person.handle, person.roles, person.party) == ("oidc-0123456789ab", ("receiver",), "ITA")
    assert with_roles("viewer").who(secret) is None, "the settings give these roles to no group any more"
    with pytest.raises(Refused, match="not named"):
        Tokens(office.accounts).make(person, "import", [])


# Tokens


def test_a_token_allows_its_acts_of_what_its_owner_may_do(office: Office) -> None:
    tokens = Tokens(settled(office))
    secret = tokens.make(known("officer"), "  weekly   import ", ["load"])
    assert secret.startswith(PREFIX)
    person, token = tokens.who(secret, HERE)
    assert (person.handle, person.acts, token.name) == ("officer", ("load",), "weekly import")
    assert not person.may("plan")
    reads, _ = tokens.who(tokens.make(known("officer"), "reading", []), HERE)
    assert reads.acts == ()
    with pytest.raises(Refused):
        tokens.make(known("officer"), "too much", ["approve"])
    with pytest.raises(Refused):
        tokens.make(reads, "more than its own", ["load"])


def test_a_token_expires_and_is_revoked(office: Office) -> None:
    tokens = Tokens(settled(office))
    secret = tokens.make(known("officer"), "import", ["load"], days=2)
    assert tokens.of("officer")[0].used is None
    office.later(days=1)
    assert tokens.who(secret, HERE)
    assert tokens.of("officer")[0].used == office.clock.at
    office.later(days=1)
    assert tokens.who(secret, HERE) is None
    assert "expired token" in office.events()
    other = tokens.make(known("officer"), "other", [])
    assert not tokens.revoke("director", "other")
    assert tokens.revoke("officer", "other")
    assert tokens.who(other, HERE) is None


@pytest.mark.parametrize("name", ["", "   ", "a" * 101, "a\x00b", "a\u202eb"])
def test_what_is_no_name_of_a_token(office: Office, name: str) -> None:
    with pytest.raises(InputError):
        Tokens(settled(office)).make(known("officer"), name, [])


def test_bounds_of_tokens(office: Office) -> None:
    tokens = Tokens(settled(office))
    for days in (0, -1, 367):
        with pytest.raises(InputError):
            tokens.make(known("officer"), "import", [], days=days)
    for number in range(MOST):
        tokens.make(known("officer"), f"import {number}", [])
    with pytest.raises(InputError):
        tokens.make(known("officer"), "one more", [])
    for stolen in ("", PREFIX, PREFIX + "x" * 43, "x" * 100_000, "\udcff"):
        assert tokens.who(stolen, HERE) is None


# What a thief of the database has


def test_the_tables_hold_no_secret(tmp_path: Path) -> None:
    with Ledger.create(tmp_path / "l.sqlite", origin=ORIGIN, key=KEY, clock=StandingClock(NOON)) as ledger:
        office = Office(ledger, StandingClock(NOON))
        accounts, totp, codes = with_factor(office)
        secrets = [
            PASSWORD,
            totp.secret,
            *codes,
            *(code.replace("-", "") for code in codes),
            SignIns(accounts).begin("officer", address=HERE),
            Tokens(accounts).make(known("officer"), "import", []),
            accounts.invite("director"),
            HERE,
        ]
    with sqlite3.connect(tmp_path / "l.sqlite") as file:
        dump = "\n".join(file.iterdump())
        raw = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    file.close()
    assert "$argon2id$" in dump
    for secret in secrets:
        assert secret not in dump
        assert secret.encode() not in raw


def test_nothing_of_accounts_is_in_the_log(office: Office) -> None:
    settled(office)
    with pytest.raises(NotLetIn):
        office.accounts.prove("officer", "wrong", HERE)
    assert office.ledger.size == 0


def test_the_default_cost_is_that_of_rfc_9106() -> None:
    hashed = Passwords(Cost()).hashed("kettle orange boat lamp")
    assert hashed.startswith("$argon2id$v=19$m=65536,t=3,p=4$")


def test_tables_of_a_newer_sampan_are_left_alone(tmp_path: Path) -> None:
    with Ledger.create(tmp_path / "l.sqlite", origin=ORIGIN, key=KEY) as ledger:
        Accounts(ledger, StandingClock(NOON), known, cost=QUICK)
        with sqlite3.connect(tmp_path / "l.sqlite") as file:
            file.execute("UPDATE access_version SET version_num = '9999'")
        file.close()
        with pytest.raises(NodeError, match="newer Sampan"):
            Accounts(ledger, StandingClock(NOON), known, cost=QUICK)


def test_waits_survive_a_restart(office: Office) -> None:
    settled(office)
    for _ in range(5):
        with pytest.raises(NotLetIn):
            office.accounts.prove("officer", "wrong", HERE)
    with pytest.raises(TooOften):
        office.reopened().prove("officer", PASSWORD, HERE)

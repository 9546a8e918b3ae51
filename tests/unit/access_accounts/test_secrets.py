"""Which passwords are taken, and what is kept of secrets."""

from __future__ import annotations

import pytest
from cryptography.exceptions import InvalidTag

from sampan.access.secrets import LONGEST, SHORTEST, Passwords, Sealed, new_secret, require_strong
from sampan.core.errors import InputError
from tests.ledgers import KEY
from tests.signed import QUICK


@pytest.mark.parametrize(
    "password",
    [
        "kettle orange boat lamp",
        "correct horse battery staple",
        "Tr0ub4dor&3-and-more",
        "пароход лодка чайник",
        "四海之内皆兄弟也何患乎无兄弟",
        "  spaces  at  the  ends  ",
        "𐍈" * 3 + "lantern ferry",
        "x7#kQ!v9Lm2$",
    ],
)
def test_what_is_taken(password: str) -> None:
    require_strong(password, "officer")


@pytest.mark.parametrize(
    ("password", "code"),
    [
        ("", "length"),
        ("elevensigns", "length"),
        ("a b" + " " * 20, "length"),
        ("lantern " * 17, "length"),
        ("password1234", "common"),
        ("PasswordPassword", "common"),
        ("qwertyuiop123", "common"),
        ("123456789012", "common"),
        ("abcdefghijklmnop", "common"),
        ("aaaaaaaaaaaaaaa", "common"),
        ("officer-officer-2020", "common"),
        ("sampan123456", "common"),
        ("Admin!Admin!2026", "common"),
        ("zyxwvutsrqponm", "common"),
        ("abcabcabcabc", "common"),
        ("letmein2026!!", "common"),
    ],
)
def test_what_is_not_and_why(password: str, code: str) -> None:
    with pytest.raises(InputError) as fault:
        require_strong(password, "officer")
    assert fault.value.facts["code"] == code
    assert password not in str(fault.value) or not password


def test_the_bounds_are_in() -> None:
    require_strong("kettle boatx"[:SHORTEST], "officer")
    require_strong(("kettle orange boat lamp ferry " * 10)[:LONGEST], "officer")


def test_a_password_is_compared_whole_and_however_it_was_composed() -> None:
    passwords = Passwords(QUICK)
    kept = passwords.hashed("Ångström lantern ferry")
    assert passwords.fits(kept, "A\u030angström lantern ferry")
    assert not passwords.fits(kept, "Ångström lantern ferr")
    long = "kettle orange boat lamp " * 5
    assert not passwords.fits(passwords.hashed(long), long[:-1])
    assert not passwords.fits(None, "anything")
    assert not passwords.fits("not a hash", "anything")


def test_no_two_secrets_are_alike_and_each_has_256_bits() -> None:
    made = {new_secret() for _ in range(1000)}
    assert len(made) == 1000
    assert all(len(secret) == 43 for secret in made)


def test_what_is_sealed_opens_for_whom_it_was_sealed_and_under_its_key() -> None:
    sealed = Sealed(KEY.derive("second factor"))
    data = sealed.seal("JBSWY3DPEHPK3PXP", "officer")
    assert b"JBSWY" not in data
    assert sealed.open(data, "officer") == "JBSWY3DPEHPK3PXP"
    assert sealed.seal("JBSWY3DPEHPK3PXP", "officer") != data
    for other, whose in ((sealed, "director"), (Sealed(KEY.derive("other")), "officer")):
        with pytest.raises(InvalidTag):
            other.open(data, whose)
    with pytest.raises(InvalidTag):
        sealed.open(data[:-1] + bytes([data[-1] ^ 1]), "officer")

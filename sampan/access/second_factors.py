"""Has somebody the phone beside the password? Codes of the time (RFC 6238), and recovery codes for when it is lost."""

from __future__ import annotations

import hmac
import re

from sqlalchemy import delete, insert, update

from sampan.access.accounts import Accounts
from sampan.access.schema import accounts as account_table
from sampan.access.schema import recovery_codes
from sampan.access.secrets import digest, new_recovery_code
from sampan.access.trail import note
from sampan.core.errors import InputError

RECOVERY_CODES = 10
STEP = 30
"""Seconds that a code lasts; the one before and the one after count too."""

OFFER_LASTS = 10 * 60 * 1000
"""Milliseconds for which a secret that was offered can be confirmed."""


class SecondFactors:
    """The second factors of a node's accounts."""

    def __init__(self, accounts: Accounts) -> None:
        self._accounts = accounts

    def on(self, handle: str) -> bool:
        """Whether ``handle`` needs a code beside the password."""
        return self._accounts.row(handle, "totp") is not None

    def prove(self, handle: str, code: str, address: str) -> None:
        """Lets somebody go on who has the second factor of ``handle``: its present code, or a recovery code.

        Each holds once. What fails is counted apart from passwords, which would else take it back. Raises as
        ``Accounts.prove`` does.
        """
        accounts, counted = self._accounts, _counted(handle)
        accounts.enter(counted, address)
        said = re.sub(r"\s", "", code)
        if not (self._code_fits(handle, said) or self._recovers(handle, said, address)):
            raise accounts.not_let_in("wrong code", handle=handle, address=address)
        with accounts.writing() as connection:
            accounts.throttle.forgive(connection, counted, address)

    def offer(self, handle: str) -> str:
        """A new secret for somebody's second factor, which counts once ``confirm`` saw a code."""
        from pyotp import random_base32

        secret = random_base32()
        said = f"{secret} {self._accounts.now()}"
        self._accounts.change(handle, totp_offered=self._accounts.factors.seal(said, handle))
        return secret

    def offered(self, handle: str) -> str | None:
        """The secret that was offered lately and not yet confirmed. Only whoever it was offered to may see it."""
        sealed = self._accounts.row(handle, "totp_offered")
        secret, _, made = (self._accounts.factors.open(sealed, handle) if sealed else "").partition(" ")
        return secret if made and self._accounts.now() - int(made) < OFFER_LASTS else None

    def confirm(self, handle: str, code: str) -> tuple[str, ...]:
        """Turns the second factor on, once its first code fits, and gives recovery codes to be kept on paper.

        Raises InputError if none was offered or the code does not fit.
        """
        secret = self.offered(handle)
        step = _step_of(secret, re.sub(r"\s", "", code), self._accounts.now()) if secret else None
        if secret is None or step is None:
            raise InputError(
                "This code does not fit.",
                way_out="Check the clock of your phone, then type the code that it shows now.",
                field="code",
                code="code",
            )
        codes = tuple(new_recovery_code() for _ in range(RECOVERY_CODES))
        with self._accounts.writing() as connection:
            kept = self._accounts.factors.seal(secret, handle)
            self._accounts.change(handle, connection, totp=kept, totp_offered=None, totp_step=step)
            connection.execute(delete(recovery_codes).where(recovery_codes.c.handle == handle))
            rows = [{"handle": handle, "digest": digest(_bare(code))} for code in codes]
            connection.execute(insert(recovery_codes), rows)
            note(connection, self._accounts.now(), "second factor on", handle=handle)
        return codes

    def drop(self, handle: str) -> None:
        """Turns the second factor off. Its recovery codes no longer hold."""
        with self._accounts.writing() as connection:
            self._accounts.change(handle, connection, totp=None, totp_offered=None)
            connection.execute(delete(recovery_codes).where(recovery_codes.c.handle == handle))
            note(connection, self._accounts.now(), "second factor off", handle=handle)

    # Within

    def _code_fits(self, handle: str, code: str) -> bool:
        sealed = self._accounts.row(handle, "totp")
        step = (
            _step_of(self._accounts.factors.open(sealed, handle), code, self._accounts.now())
            if sealed
            else None
        )
        if step is None:
            return False
        with self._accounts.writing() as connection:
            later = update(account_table).where(
                account_table.c.handle == handle, account_table.c.totp_step < step
            )
            return bool(connection.execute(later.values(totp_step=step)).rowcount)

    def _recovers(self, handle: str, code: str, address: str) -> bool:
        with self._accounts.writing() as connection:
            mine = (recovery_codes.c.handle == handle, recovery_codes.c.digest == digest(_bare(code)))
            used = bool(connection.execute(delete(recovery_codes).where(*mine)).rowcount)
            if used:
                note(connection, self._accounts.now(), "recovery code", handle=handle, address=address)
        return used


def _counted(handle: str) -> str:
    """The name under which wrong codes are counted: no handle, since it has a sign that none can have."""
    return f"{handle}\0code"


def _bare(code: str) -> str:
    """A recovery code as it counts: people write it with or without dashes, large or small."""
    return re.sub(r"[\s-]", "", code).upper()


def _step_of(secret: str, code: str, now: int) -> int | None:
    """Which step's code this is: the present one's, or a neighbour's; None if of none of them."""
    from pyotp import HOTP

    present = now // 1000 // STEP
    made = {step: HOTP(secret).at(step) for step in (present - 1, present, present + 1)}
    return next(
        (step for step, each in made.items() if hmac.compare_digest(each.encode(), code.encode())), None
    )

"""What may somebody change about their own way in, and an administrator about that of others?"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any, cast

import segno
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import Response

from sampan.access.accounts import Accounts, NotLetIn, TooOften
from sampan.access.people import Act, Person
from sampan.access.settings import Settings
from sampan.access.tokens import DAYS, MOST_DAYS
from sampan.core.errors import InputError, NotSignedIn, Refused, SampanError
from sampan.web.door import Door
from sampan.web.inside import Handler, Inside, Routes, language_of, led_to, printable, said
from sampan.web.links import Links
from sampan.web.signin import SignInPages
from sampan.web.who import Caller, address_of, caller_of, form_of, session_of

LATELY = timedelta(minutes=10)
"""How long after signing in somebody without a password here may change what a password would be asked for."""

Change = Callable[[Request, Person, FormData], Awaitable[Response | None]]


class AccountPages:
    """The pages of somebody's own account, and of the people of the node."""

    def __init__(self, door: Door, inside: Inside, signing: SignInPages, settings: Settings) -> None:
        self._door = door
        self._inside = inside
        self._signing = signing
        self._settings = settings

    def routes(self) -> Routes:
        """Where they are."""
        changes: dict[str, Change] = {
            "password": self._password,
            "second-factor": self._offer,
            "second-factor/code": self._confirm,
            "second-factor/off": self._drop,
            "sessions": self._end_session,
            "tokens": self._make_token,
            "tokens/revoke": self._revoke_token,
        }
        own: Routes = [
            (f"/{{language}}/account/{path}", self._changing(change), ["POST"])
            for path, change in changes.items()
        ]
        return [
            ("/{language}/account", self.account, ["GET"]),
            *own,
            ("/{language}/people", self.people, ["GET"]),
            ("/{language}/people/revoke", self.revoke, ["POST"]),
        ]

    # One's own account

    async def account(self, request: Request) -> Response:
        """All that somebody may change, and where they are signed in."""
        _by_cookie(request)
        return await self._show(request)

    def _changing(self, change: Change) -> Handler:
        """A handler that makes one change and shows the account again, or says beside the field what is wrong."""

        async def handler(request: Request) -> Response:
            form = await form_of(request, files=0)
            person = _by_cookie(request).person
            try:
                answer = await change(request, person, form)
            except (InputError, NotLetIn, TooOften, Refused) as fault:
                return await self._show(request, fault=fault, form=form)
            return answer or led_to(Links(language_of(request)).to("/account"))

        return handler

    async def _show(self, request: Request, *, status: int = 200, **more: Any) -> Response:
        caller = _by_cookie(request)
        handle = caller.person.handle
        accounts: Accounts = self._door.accounts
        fault: SampanError | None = more.get("fault")

        def gathered() -> dict[str, Any]:
            return {
                "account": accounts.of(handle),
                "sessions": self._door.sign_ins.of(handle),
                "tokens": self._door.tokens.of(handle),
                "happened": accounts.happened(handle, limit=15),
            }

        known = await run_in_threadpool(gathered)
        return await self._inside.page(
            request,
            "account.html",
            path="/account",
            status=fault.http_status if fault else status,
            known=True,
            this=caller.id,
            default_days=DAYS,
            most_days=MOST_DAYS,
            **({"fault": None, "form": {}, "codes": (), "made": None, "offered": None} | known | more),
        )

    async def _password(self, request: Request, person: Person, form: FormData) -> Response:
        """Another password. Every session ends, and one begins here."""
        new = said(form, "password")
        if new != said(form, "again"):
            raise InputError("The two are not the same.", field="again", code="again")
        old, address = said(form, "old"), address_of(request)
        await self._door.hashing(self._door.accounts.change_password, person.handle, old, new, address)
        return await self._signing.begin(request, person.handle, "")

    async def _offer(self, request: Request, person: Person, form: FormData) -> Response:
        """Shows a secret in this answer alone: whoever has the session without the password never sees it."""
        await self._prove(request, person, form)
        offered = await run_in_threadpool(self._door.second_factors.offer, person.handle)
        qr = _qr(self._settings.origin, person.handle, offered)
        return await self._show(request, offered=offered, qr=qr)

    async def _confirm(self, request: Request, person: Person, form: FormData) -> Response | None:
        if await run_in_threadpool(self._door.second_factors.offered, person.handle) is None:
            return None  # too late, or the page was loaded again, or the factor turned on elsewhere
        codes = await run_in_threadpool(self._door.second_factors.confirm, person.handle, said(form, "code"))
        return await self._show(request, codes=codes)

    async def _drop(self, request: Request, person: Person, form: FormData) -> None:
        await self._prove(request, person, form)
        await run_in_threadpool(self._door.second_factors.drop, person.handle)

    async def _end_session(self, _: Request, person: Person, form: FormData) -> None:
        def end() -> None:
            self._door.sign_ins.end(said(form, "id"), "session revoked", handle=person.handle)

        await run_in_threadpool(end)

    async def _make_token(self, request: Request, person: Person, form: FormData) -> Response:
        await self._prove(request, person, form)
        days = said(form, "days")
        if not (days.isascii() and days.isdigit() and len(days) < 6):
            raise InputError("This is no number of days.", field="days", code="days")
        acts = cast(list[Act], [act for act in form.getlist("act") if isinstance(act, str)])
        name = said(form, "name")
        made = await run_in_threadpool(lambda: self._door.tokens.make(person, name, acts, days=int(days)))
        return await self._show(request, made=made)

    async def _revoke_token(self, _: Request, person: Person, form: FormData) -> None:
        await run_in_threadpool(self._door.tokens.revoke, person.handle, printable(said(form, "id")))

    async def _prove(self, request: Request, person: Person, form: FormData) -> None:
        """Asks for the password once more, before what a thief of a session would do first.

        Somebody who has none here, because their organisation vouches for them, must have come in lately.
        """
        account = await run_in_threadpool(self._door.accounts.of, person.handle)
        if account is None or not account.password:
            await run_in_threadpool(self._require_lately, request, person)
            return
        old, address = said(form, "old"), address_of(request)
        await self._door.hashing(self._door.accounts.prove, person.handle, old, address)

    def _require_lately(self, request: Request, person: Person) -> None:
        session = next(
            each for each in self._door.sign_ins.of(person.handle) if each.id == _by_cookie(request).id
        )
        if session_of(request).clock.now() - session.begun > LATELY:
            raise InputError("You came in too long ago.", field="old", code="lately")

    # The people of the node

    async def people(self, request: Request) -> Response:
        """Who works here and how they come in."""
        await self._require_administrator(request)
        accounts = await run_in_threadpool(self._door.accounts.all)
        happened = await run_in_threadpool(lambda: self._door.accounts.happened(limit=50))
        return await self._inside.page(
            request,
            "people.html",
            path="/people",
            people=[self._settings.person(handle) for handle in self._settings.people],
            accounts={account.handle: account for account in accounts},
            gone=[account for account in accounts if account.handle not in self._settings.people],
            happened=happened,
        )

    async def revoke(self, request: Request) -> Response:
        """Takes every means to sign in from somebody."""
        form = await form_of(request, files=0)
        await self._require_administrator(request)
        handle = printable(said(form, "handle"))
        await run_in_threadpool(self._door.accounts.revoke, handle)
        return led_to(Links(language_of(request)).to("/people"))

    async def _require_administrator(self, request: Request) -> None:
        _by_cookie(request)
        await run_in_threadpool(session_of(request).require, "administer")


def _by_cookie(request: Request) -> Caller:
    """Whoever is signed in with a browser: a token may not change how its owner comes in. Raises NotSignedIn."""
    caller = caller_of(request)
    if caller is None or caller.by != "cookie":
        raise NotSignedIn("Nobody is signed in.", way_out="Sign in, then try again.")
    return caller


def _qr(origin: str, handle: str, secret: str) -> str:
    """What a phone's program for second factors reads: inline SVG."""
    from pyotp import TOTP

    address = TOTP(secret).provisioning_uri(name=handle, issuer_name=f"Sampan {origin.split('/')[1].upper()}")
    return segno.make(address, error="m", micro=False).svg_inline(omitsize=True, border=2)

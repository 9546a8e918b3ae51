"""How does somebody come in? By a password and a second factor, an invitation, or their organisation; and out again."""

from __future__ import annotations

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import asdict
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from sampan.access.accounts import NotLetIn, TooOften
from sampan.access.oidc import Journey
from sampan.core.errors import InputError, PeerError
from sampan.core.languages import Language
from sampan.web.asked import NotFound
from sampan.web.door import BACK, Door
from sampan.web.inside import Inside, Routes, language_of, led_to, printable, said, within
from sampan.web.links import Links
from sampan.web.negotiate import preferred
from sampan.web.who import Cookies, address_of, form_of

LONGEST_HANDLE = 100
JOURNEY = 10 * 60_000
"""Milliseconds to sign in at a provider."""


class SignInPages:
    """The pages at the door of a site."""

    def __init__(self, door: Door, inside: Inside) -> None:
        self._door = door
        self._inside = inside

    def routes(self) -> Routes:
        """Where they are."""
        return [
            ("/{language}/sign-in", self.sign_in, ["GET", "POST"]),
            ("/{language}/sign-in/code", self.code, ["GET", "POST"]),
            ("/{language}/sign-in/organisation", self.organisation, ["GET"]),
            (BACK, self.back, ["GET"]),
            ("/{language}/sign-out", self.sign_out, ["POST"]),
            ("/{language}/invitation/{secret}", self.invitation, ["GET", "POST"]),
        ]

    async def sign_in(self, request: Request) -> Response:
        """Handle and password."""
        next = request.query_params.get("next", "")
        if request.method != "POST":
            return await self._ask(request, next=next)
        form = await form_of(request, files=0)
        handle, next = printable(said(form, "handle"))[:LONGEST_HANDLE], said(form, "next")
        try:
            await self._door.hashing(
                self._door.accounts.prove, handle, said(form, "password"), address_of(request)
            )
        except (NotLetIn, TooOften) as fault:
            return await self._ask(request, fault, handle=handle, next=next)
        return await self._let_in(request, handle, next)

    async def code(self, request: Request) -> Response:
        """The second factor, from somebody who knew the password a moment ago."""
        waiting = await run_in_threadpool(self._door.sign_ins.waiting, _session(request))
        language = language_of(request)
        if waiting is None:
            return led_to(Links(language).to("/sign-in"))
        path = "/sign-in/code"
        next = request.query_params.get("next", "")
        if request.method != "POST":
            return await self._inside.page(request, "code.html", path=path, fault=None, next=next)
        form = await form_of(request, files=0)
        next = said(form, "next")
        try:
            await run_in_threadpool(
                self._door.second_factors.prove, waiting.handle, said(form, "code"), address_of(request)
            )
        except (NotLetIn, TooOften) as fault:
            answer = await self._inside.page(
                request, "code.html", path=path, status=fault.http_status, fault=fault, next=next
            )
            return _with_wait(answer, fault)
        return await self.begin(request, waiting.handle, next, roles=waiting.roles)

    async def sign_out(self, request: Request) -> Response:
        """Ends the session."""
        await form_of(request, files=0)
        await run_in_threadpool(self._door.sign_ins.end_by_secret, _session(request))
        cookies = _cookies(request)
        gone = {name: cookies.cleared(name) for name in (cookies.session, cookies.form)}
        return led_to(Links(language_of(request)).to("/brief"), gone)

    async def invitation(self, request: Request) -> Response:
        """A password chosen by somebody who was invited. Looking at the page uses nothing up."""
        secret = request.path_params["secret"]
        handle = await run_in_threadpool(self._door.accounts.invited, secret)
        fault: InputError | None = None
        if request.method == "POST" and handle is not None:
            form = await form_of(request, files=0)
            try:
                if said(form, "password") != said(form, "again"):
                    raise InputError("The two are not the same.", field="again", code="again")
                await self._door.hashing(self._door.accounts.accept, secret, said(form, "password"))
                return await self._let_in(request, handle, "")
            except InputError as weak:
                fault = weak
            except NotLetIn:
                handle = None
        status = 404 if handle is None else 422 if fault else 200
        return await self._inside.page(
            request,
            "invitation.html",
            path=f"/invitation/{secret}" if handle else "/sign-in",
            status=status,
            handle=handle,
            fault=fault,
        )

    # By an organisation's provider

    async def organisation(self, request: Request) -> Response:
        """Sends the browser to the provider, with a sealed note of what its answer will be held to."""
        provider, language = self._door.provider, language_of(request)
        if provider is None:
            raise NotFound
        try:
            journey = await run_in_threadpool(provider.journey)
        except PeerError:
            return led_to(Links(language).to("/sign-in", refused="away"))
        carried = {
            "journey": asdict(journey),
            "language": language,
            "next": request.query_params.get("next", ""),
            "until": self._door.accounts.now() + JOURNEY,
        }
        sealed = self._door.accounts.journeys.seal(json.dumps(carried), "journey")
        cookies = _cookies(request)
        line = cookies.written(cookies.journey, urlsafe_b64encode(sealed).decode())
        return led_to(journey.address, {"journey": line})

    async def back(self, request: Request) -> Response:
        """What the provider answers. Holds once, in the browser that began, within ten minutes."""
        provider, carried = self._door.provider, self._carried(request)
        if provider is None:
            raise NotFound
        if carried is None:
            reader = preferred(request.headers.get("accept-language", ""))
            return led_to(Links(reader).to("/sign-in", refused="late"))
        language, address = carried["language"], address_of(request)
        try:
            vouched = await run_in_threadpool(
                provider.arrive, Journey(**carried["journey"]), request.url.query, self._door.accounts.now()
            )
            if vouched.roles is None and self._door.accounts.people(vouched.handle) is None:
                raise PeerError("The settings name nobody of this handle.")
            await run_in_threadpool(self._door.accounts.vouched, vouched.handle)
        except (PeerError, NotLetIn) as fault:
            if isinstance(fault, PeerError):
                await run_in_threadpool(self._door.noted, "provider refused", address)
            answer = led_to(Links(language).to("/sign-in", refused="1"))
        else:
            answer = await self._let_in(
                request, vouched.handle, carried["next"], language=language, roles=vouched.roles
            )
        cookies = _cookies(request)
        answer.headers.append("set-cookie", cookies.cleared(cookies.journey))
        return answer

    def _carried(self, request: Request) -> dict[str, Any] | None:
        """What this browser carried to the provider; None if it carried nothing, or for too long."""
        from cryptography.exceptions import InvalidTag

        try:
            sealed = urlsafe_b64decode(request.cookies.get(_cookies(request).journey, ""))
            carried: dict[str, Any] = json.loads(self._door.accounts.journeys.open(sealed, "journey"))
        except (InvalidTag, ValueError):
            return None
        return carried if carried["until"] > self._door.accounts.now() else None

    async def begin(
        self, request: Request, handle: str, next: str, *, language: Language | None = None, **more: Any
    ) -> Response:
        """A new session in place of any that was there, and on to where they were going."""
        await run_in_threadpool(self._door.sign_ins.end_by_secret, _session(request))
        secret = await run_in_threadpool(
            lambda: self._door.sign_ins.begin(handle, address=address_of(request), **more)
        )
        cookies, language = _cookies(request), language or language_of(request)
        kept = {"session": cookies.written(cookies.session, secret)}
        if more.get("waits"):
            query = {"next": next} if next else {}
            return led_to(Links(language).to("/sign-in/code", **query), kept)
        return led_to(within(next, language), kept | {"form": cookies.cleared(cookies.form)})

    async def _let_in(self, request: Request, handle: str, next: str, **more: Any) -> Response:
        """On to the second factor, or in."""
        waits = await run_in_threadpool(self._door.second_factors.on, handle)
        return await self.begin(request, handle, next, waits=waits, **more)

    async def _ask(
        self, request: Request, fault: NotLetIn | TooOften | None = None, *, handle: str = "", next: str = ""
    ) -> Response:
        answer = await self._inside.page(
            request,
            "sign_in.html",
            path="/sign-in",
            status=fault.http_status if fault else 200,
            fault=fault,
            handle=handle,
            next=next,
            provider=self._door.provider,
            refused=request.query_params.get("refused", ""),
        )
        return _with_wait(answer, fault)


def _with_wait(answer: Response, fault: Exception | None) -> Response:
    if isinstance(fault, TooOften):
        answer.headers["Retry-After"] = str(fault.seconds)
    return answer


def _cookies(request: Request) -> Cookies:
    cookies: Cookies = request.scope["state"]["cookies"]
    return cookies


def _session(request: Request) -> str:
    return request.cookies.get(_cookies(request).session, "")

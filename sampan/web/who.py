"""Who is asking, and did they mean to send this form?

A person is known by the session cookie that signing in gave them, or by an API token in the header
``Authorization: Bearer …``. Nothing else about a request says who sent it.

A browser adds a cookie to whatever another site makes it send. So with a cookie alone nobody is anybody on a
method that changes things: ``person_of`` knows the person only once the form was read by ``form_of``, which
holds its hidden field ``csrf`` to the cookie, or where the header ``X-CSRF-Token`` says the same. A handler
that forgets can therefore do nothing. A token is no cookie and needs none of this.

Public pages ask for nobody: neither their text nor how long it is kept depends on who reads. What did depend
on it is never kept (``Cache-Control: no-store``).
"""

from __future__ import annotations

import hmac
import secrets
from contextlib import suppress
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, Literal, Protocol

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from sampan.access.people import Person
from sampan.access.session import Session
from sampan.access.trail import Event
from sampan.core.errors import NodeError, NotSignedIn, SampanError

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
"""Methods that change nothing (RFC 9110 §9.2.1)."""

CSRF_FIELD = "csrf"
CSRF_HEADER = "X-CSRF-Token"
MOST_FIELDS = 2_000
MOST_FIELD_BYTES = 2**20


class FormExpired(SampanError):
    """A form was not sent from the page that we showed this person, or from one shown too long ago."""

    http_status = 419


@dataclass(frozen=True)
class Caller:
    """Somebody recognised: who they are, by what, and what their forms are held to."""

    person: Person
    by: Literal["cookie", "token"]
    secret: str
    """The secret of the session, of which the token in its forms is made. Shown nowhere."""
    id: str
    """Which session or which API token."""


class Doorkeeper(Protocol):
    """Knows people by what they bring."""

    def by_session(self, secret: str) -> Caller | None:
        """Whose session this is; None if it is none, or over."""

    def by_token(self, secret: str, address: str) -> Caller | None:
        """Whose API token this is; None if it is none, expired or revoked."""

    def session(self, person: Person) -> Session:
        """The node on behalf of ``person``."""

    def noted(self, event: Event, address: str) -> None:
        """Writes down that something was turned away."""


# What a handler asks


def person_of(request: Request) -> Person | None:
    """Who asks; None if nobody is signed in.

    Raises NotSignedIn if a token is brought that does not hold, FormExpired if a cookie comes on a method that
    changes things without the token of its form, and NodeError if the database does not answer.
    """
    caller = caller_of(request)
    return caller.person if caller else None


def require_person(request: Request) -> Person:
    """Who asks. Raises NotSignedIn if nobody is signed in, and what ``person_of`` raises."""
    person = person_of(request)
    if person is None:
        raise NotSignedIn("Nobody is signed in.", way_out="Sign in, then try again.")
    return person


def session_of(request: Request) -> Session:
    """The node on behalf of whoever asks, with which desks act and view. Raises what ``require_person`` does."""
    keeper: Doorkeeper = request.scope["state"]["doorkeeper"]
    return keeper.session(require_person(request))


def looking_on(request: Request) -> Session | None:
    """The node for whoever is signed in, though their form did not hold: to show it to them again, for no act."""
    found = _state(request).get("caller")
    keeper: Doorkeeper = _state(request)["doorkeeper"]
    return keeper.session(found.person) if isinstance(found, Caller) and found.by == "cookie" else None


def csrf_token(request: Request) -> str:
    """What a form on the page that answers this request carries in its hidden field ``csrf``."""
    return _token(_form_secret(request))


async def form_of(request: Request, *, files: int = 1) -> FormData:
    """The form that was sent, once it is known to come from a page of ours.

    Raises FormExpired if it does not, HTTPException 413 if a field is too large, 400 if it cannot be read, and
    NodeError if the database does not answer, so that nobody knows who sent it.
    """
    found = _state(request).get("caller")
    if isinstance(found, SampanError):
        raise found
    try:
        form = await request.form(max_files=files, max_fields=MOST_FIELDS, max_part_size=MOST_FIELD_BYTES)
    except HTTPException as fault:
        raise HTTPException(413 if "exceeded maximum size" in fault.detail else fault.status_code) from None
    said = form.get(CSRF_FIELD)
    if not isinstance(said, str) or not _is_text(form) or not _fits(request, said):
        await form.close()
        raise _expired(request)
    _state(request)["form_checked"] = True
    return form


def caller_of(request: Request) -> Caller | None:
    """Who asks, and by what. As ``person_of``."""
    state = _state(request)
    state["asked_who"] = True
    found: Caller | SampanError | None = state.get("caller")
    if isinstance(found, SampanError):
        raise found
    if found and found.by == "cookie" and request.method not in SAFE and not _meant(request):
        raise _expired(request)
    return found


def address_of(request: Request) -> str:
    """The address that the connection comes from; through a proxy that is trusted, the one that it names."""
    return request.client.host if request.client else ""


def _meant(request: Request) -> bool:
    """Whether a person meant to send this, not a page of somebody else's that they looked at."""
    return bool(_state(request).get("form_checked")) or _fits(request, request.headers.get(CSRF_HEADER, ""))


def _fits(request: Request, said: str) -> bool:
    secret = _held_secret(request)
    same_site = request.headers.get("sec-fetch-site", "same-origin") in ("same-origin", "none")
    return secret is not None and same_site and hmac.compare_digest(said.encode(), _token(secret).encode())


def _is_text(form: FormData) -> bool:
    """Whether a form holds signs that can be written: the charset that a part names may make halves of signs."""
    try:
        for name, said in form.multi_items():
            f"{name}{said if isinstance(said, str) else said.filename}".encode()
    except UnicodeEncodeError:
        return False
    return True


def _expired(request: Request) -> FormExpired:
    _state(request)["turned_away"] = True
    return FormExpired("This form is too old, or was not sent from our page.", way_out="Open the page again.")


def _token(secret: str) -> str:
    return hmac.new(secret.encode(), b"form", sha256).hexdigest()


def _held_secret(request: Request) -> str | None:
    """What the forms of this browser are made of: its session, or, before it signs in, a cookie for that alone."""
    state = _state(request)
    caller = state.get("caller")
    if isinstance(caller, Caller) and caller.by == "cookie":
        return caller.secret
    return request.cookies.get(state["cookies"].form) or None


def _form_secret(request: Request) -> str:
    state = _state(request)
    state["asked_who"] = True
    secret = _held_secret(request) or state.get("form_cookie")
    if secret is None:
        secret = state["form_cookie"] = secrets.token_urlsafe(32)
    return str(secret)


def _state(request: Request) -> dict[str, Any]:
    state: dict[str, Any] = request.scope["state"]
    return state


# What stands before the handlers


@dataclass(frozen=True)
class Cookies:
    """The cookies of a site. Where it is reached by TLS no other host can set them (``__Host-``)."""

    secure: bool

    @property
    def session(self) -> str:
        """The name of the cookie of somebody signed in."""
        return "__Host-sampan" if self.secure else "sampan"

    @property
    def form(self) -> str:
        """The name of the cookie of somebody who is about to sign in."""
        return "__Host-sampan-form" if self.secure else "sampan-form"

    @property
    def journey(self) -> str:
        """The name of the cookie of somebody who is at their organisation's provider."""
        return "__Host-sampan-journey" if self.secure else "sampan-journey"

    def written(self, name: str, value: str) -> str:
        """A Set-Cookie header: for this site, until the browser is closed, out of reach of scripts."""
        return f"{name}={value}; Path=/; HttpOnly; SameSite=Lax" + ("; Secure" if self.secure else "")

    def cleared(self, name: str) -> str:
        """A Set-Cookie header that takes the cookie back."""
        return f"{self.written(name, '')}; Max-Age=0"


class Recognise:
    """Looks up who asks before a handler does, and keeps every cache out of what depended on it."""

    def __init__(self, app: ASGIApp, keeper: Doorkeeper, *, secure: bool) -> None:
        self._app = app
        self._keeper = keeper
        self._cookies = Cookies(secure)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Passes a request on with what is known of its sender."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        state = scope["state"] = {
            **scope.get("state", {}),
            "doorkeeper": self._keeper,
            "cookies": self._cookies,
        }
        state["caller"] = await self._caller(Request(scope))

        async def answered(message: Message) -> None:
            if message["type"] == "http.response.start":
                self._finish(state, MutableHeaders(scope=message))
            await send(message)

        await self._app(scope, receive, answered)
        if state.get("turned_away"):
            with suppress(NodeError):
                await run_in_threadpool(self._keeper.noted, "form expired", address_of(Request(scope)))

    async def _caller(self, request: Request) -> Caller | SampanError | None:
        """Who asks, or the fault to raise for whoever wants to know."""
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        cookie = request.cookies.get(self._cookies.session)
        try:
            if scheme.lower() == "bearer":
                found = await run_in_threadpool(self._keeper.by_token, token.strip(), address_of(request))
                return found or NotSignedIn(
                    "This token does not hold.", way_out="Make a new one: sampan account token create."
                )
            return await run_in_threadpool(self._keeper.by_session, cookie) if cookie else None
        except SampanError as fault:
            return fault

    def _finish(self, state: dict[str, Any], headers: MutableHeaders) -> None:
        if "form_cookie" in state:
            headers.append("set-cookie", self._cookies.written(self._cookies.form, state["form_cookie"]))
        if state.get("asked_who"):
            headers.add_vary_header("Cookie, Authorization")
            if state["caller"] is not None or "form_cookie" in state:
                headers["cache-control"] = "no-store"

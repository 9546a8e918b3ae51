"""Whom does an organisation's own provider vouch for? OpenID Connect Core 1.0, authorization code with PKCE.

``sampan.toml`` says which provider, and who its people are here::

    [oidc]
    name = "Ministry of Health"
    issuer = "https://id.example.org/realms/moh"
    client_id = "sampan"
    claim = "sub"                 # which claim names a person; providers never give a "sub" to somebody else

    [oidc.people]                 # its value, and whose handle of [people] that is
    "248289761001" = "officer"

    [oidc.roles]                  # or: what the claim "groups" may hold, and which roles that gives here
    "sampan-officers" = ["officer"]

The client secret is read from SAMPAN_OIDC_SECRET, or from the file that SAMPAN_OIDC_SECRET_FILE names. Somebody who
comes in by a group alone is known by a pseudonym made of issuer and subject, since nothing personal may reach the log.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from hashlib import sha256
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any, Self
from urllib.parse import urlsplit

from sampan.access.people import go_together, require_known, require_roles
from sampan.core.errors import InputError, PeerError
from sampan.core.files import read_bytes

if TYPE_CHECKING:
    from requests import Response

ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA")
"""By which an ID token may be signed: with a key of the provider's own, never with a shared secret or not at all."""

LEEWAY = 60
"""Seconds by which the provider's clock may differ."""

PATIENCE = 10
"""Seconds to wait for the provider."""

PSEUDONYM = "oidc-"


@dataclass(frozen=True)
class Organisation:
    """What sampan.toml says of a provider."""

    name: str
    issuer: str
    client_id: str
    claim: str = "sub"
    people: Mapping[str, str] = field(default_factory=dict)
    groups: str = "groups"
    roles: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def given(self) -> frozenset[str]:
        """Every role that a group gives here."""
        return frozenset(role for roles in self.roles.values() for role in roles)

    @classmethod
    def read(cls, said: Mapping[str, Any], file: Path) -> Self:
        """The table [oidc]. Raises InputError if something is missing or not what it should be."""
        require_known(said, [each.name for each in fields(cls)], file=file, field="oidc")
        try:
            issuer = str(said["issuer"])
            read = cls(
                name=str(said.get("name", urlsplit(issuer).hostname)),
                issuer=issuer,
                client_id=str(said["client_id"]),
                claim=str(said.get("claim", "sub")),
                people={str(value): str(handle) for value, handle in said.get("people", {}).items()},
                groups=str(said.get("groups", "groups")),
                roles={
                    str(group): require_roles(
                        _words(roles), whose=str(group), file=file, field=f"oidc.roles.{group}"
                    )
                    for group, roles in said.get("roles", {}).items()
                },
            )
        except (KeyError, TypeError, AttributeError, ValueError):
            raise InputError(
                "This provider is not fully described.",
                file=file,
                field="oidc",
                way_out="Write issuer and client_id, and roles as lists; see docs/operator.md.",
            ) from None
        if not _safe(issuer):
            raise InputError(
                "A provider is asked by TLS.",
                file=file,
                field="oidc.issuer",
                way_out="Begin it with https://",
            )
        return read


@dataclass(frozen=True)
class Journey:
    """One sign-in under way: what the browser is sent to, and what its answer will be held to."""

    address: str
    state: str
    nonce: str
    verifier: str


@dataclass(frozen=True)
class Vouched:
    """Somebody for whom the provider vouches: a handle, and roles if the settings do not name it."""

    handle: str
    roles: tuple[str, ...] | None


class Provider:
    """One provider, as a client of it. Asks for its addresses and keys when they are first needed."""

    def __init__(self, organisation: Organisation, *, redirect: str, secret: str | None) -> None:
        self.organisation = organisation
        self._redirect = redirect
        self._secret = secret
        self._turn = Lock()
        self._known: dict[str, Any] = {}
        self._keys: Any = None

    def journey(self) -> Journey:
        """A new sign-in. Raises PeerError if the provider does not answer."""
        verifier, nonce = secrets.token_urlsafe(48), secrets.token_urlsafe(24)
        address, state = self._session().create_authorization_url(
            self._metadata("authorization_endpoint"), nonce=nonce, code_verifier=verifier
        )
        return Journey(address, state, nonce, verifier)

    def arrive(self, journey: Journey, answer: str, now: int) -> Vouched:
        """Whom the provider vouches for. ``answer`` is the query with which the browser came back.

        Raises PeerError if anything about the answer does not hold, or nobody here is meant.
        """
        from authlib.common.errors import AuthlibBaseError
        from joserfc.errors import JoseError
        from requests import RequestException

        try:
            session = self._session(state=journey.state)
            got = session.fetch_token(
                self._metadata("token_endpoint"),
                authorization_response=f"{self._redirect}?{answer}",
                code_verifier=journey.verifier,
                timeout=PATIENCE,
                allow_redirects=False,
            )
            claims = self._claims(got, journey.nonce, now)
        except (AuthlibBaseError, JoseError, RequestException, ValueError, KeyError, TypeError) as fault:
            raise _unwelcome(type(fault).__name__) from fault
        return self._known_here(claims)

    def _known_here(self, claims: Mapping[str, Any]) -> Vouched:
        """Whose handle these claims stand for."""
        here = self.organisation
        value = claims.get(here.claim)
        if isinstance(value, str) and value in here.people:
            return Vouched(here.people[value], None)
        groups = claims.get(here.groups)
        groups = groups if isinstance(groups, list) else []
        roles = sorted(
            {role for group in groups if isinstance(group, str) for role in here.roles.get(group, ())}
        )
        if not roles or not go_together(roles):
            raise _unwelcome("nobody here" if not roles else "roles that do not go together")
        subject = sha256(f"{here.issuer}\0{claims['sub']}".encode()).hexdigest()
        return Vouched(PSEUDONYM + subject[:12], tuple(roles))

    def _claims(self, got: Mapping[str, Any], nonce: str, now: int) -> Mapping[str, Any]:
        """The claims of the ID token, once its signature and every one of them holds (OIDC Core §3.1.3.7)."""
        from authlib.oidc.core import CodeIDToken
        from joserfc import jwt
        from joserfc.errors import JoseError

        token = got["id_token"]
        try:
            read = jwt.decode(token, self._key_set(), algorithms=ALGORITHMS)
        except (JoseError, ValueError):  # perhaps the provider has changed its keys
            read = jwt.decode(token, self._key_set(fresh=True), algorithms=ALGORITHMS)
        client = self.organisation.client_id
        claims: CodeIDToken = CodeIDToken(
            read.claims,
            read.header,
            options={"iss": {"essential": True, "value": self.organisation.issuer}, "aud": {"value": client}},
            params={"nonce": nonce, "client_id": client, "access_token": got.get("access_token")},
        )
        claims.validate(now=now // 1000, leeway=LEEWAY)
        return read.claims

    def _metadata(self, name: str) -> str:
        """One of the provider's addresses (OpenID Connect Discovery 1.0)."""
        with self._turn:
            if not self._known:
                self._known = self._fetch(
                    f"{self.organisation.issuer.rstrip('/')}/.well-known/openid-configuration"
                )
        said = self._known.get(name)
        if (
            self._known.get("issuer") != self.organisation.issuer
            or not isinstance(said, str)
            or not _safe(said)
        ):
            self._known = {}
            raise _unwelcome("discovery")
        return said

    def _key_set(self, *, fresh: bool = False) -> Any:
        from joserfc.jwk import KeySet

        address = self._metadata("jwks_uri")
        with self._turn:
            if self._keys is None or fresh:
                self._keys = KeySet.import_key_set(self._fetch(address))  # type: ignore[arg-type]
            return self._keys

    def _fetch(self, address: str) -> dict[str, Any]:
        import requests

        from sampan.access.answers import bounded

        try:
            with bounded(requests.Session()) as web:
                return _object(web.get(address, timeout=PATIENCE, allow_redirects=False))
        except (requests.RequestException, ValueError) as fault:
            raise _unwelcome(type(fault).__name__) from fault

    def _session(self, state: str | None = None) -> Any:
        from authlib.integrations.requests_client import OAuth2Session

        from sampan.access.answers import bounded

        return bounded(
            OAuth2Session(
                self.organisation.client_id,
                self._secret,
                token_endpoint_auth_method="client_secret_basic" if self._secret else "none",
                scope="openid profile",
                redirect_uri=self._redirect,
                state=state,
                code_challenge_method="S256",
            )
        )


def client_secret() -> str | None:
    """The client secret, from the environment or the file that it names. Raises InputError if there is none."""
    file = os.environ.get("SAMPAN_OIDC_SECRET_FILE")
    if file:
        return read_bytes(Path(file), most=10_000).decode("utf-8", "replace").strip() or None
    return os.environ.get("SAMPAN_OIDC_SECRET") or None


def _object(answer: Response) -> dict[str, Any]:
    """The JSON object that was answered. Raises ValueError if it is none."""
    read = answer.json() if answer.status_code == 200 else None
    if not isinstance(read, dict):
        raise ValueError("no JSON object")
    return read


def _words(said: object) -> list[str]:
    """``said``, if it is a list of words. Raises TypeError: a word alone would be taken letter by letter."""
    if not isinstance(said, list) or not all(isinstance(each, str) for each in said):
        raise TypeError
    return said


def _safe(address: str) -> bool:
    """Whether what is sent there cannot be read on the way: TLS, or not leaving this machine."""
    parts = urlsplit(address)
    return parts.scheme == "https" or (
        parts.scheme == "http" and parts.hostname in ("127.0.0.1", "localhost", "::1")
    )


def _unwelcome(why: str) -> PeerError:
    return PeerError(
        "The organisation's provider vouches for nobody here.",
        way_out="Try again, or use a password.",
        why=why,
    )

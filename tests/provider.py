"""A true OpenID provider on loopback: discovery, authorization with PKCE, tokens signed with keys of its own.

Built on the server side of authlib. It takes whoever is named in ``user`` for signed in, as a browser with a session
there would be; ``claims`` and ``algorithm`` let it misbehave as other providers, or impostors, might.
"""

from __future__ import annotations

import contextlib
import json
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from authlib.oauth2.rfc6749 import AuthorizationServer, ClientMixin, OAuth2Request, grants
from authlib.oauth2.rfc6749.requests import BasicOAuth2Payload
from authlib.oauth2.rfc6750 import BearerTokenGenerator
from authlib.oauth2.rfc7636 import CodeChallenge
from authlib.oidc.core import UserInfo
from authlib.oidc.core.grants import OpenIDCode
from joserfc.jwk import KeySet, RSAKey

CLIENT, SECRET = "sampan", "a secret of the client"


@dataclass
class Code:
    """An authorization code that was given out."""

    code: str
    redirect_uri: str
    scope: str
    nonce: str | None
    user: dict[str, Any]
    code_challenge: str | None
    code_challenge_method: str | None

    def get_redirect_uri(self) -> str:
        return self.redirect_uri

    def get_scope(self) -> str:
        return self.scope

    def get_nonce(self) -> str | None:
        return self.nonce

    def get_auth_time(self) -> int:
        return int(time.time())

    def get_acr(self) -> None:
        return None

    def get_amr(self) -> None:
        return None


class Request(OAuth2Request):
    """A request as it came: what stands in its form, or in its query."""

    def __init__(self, method: str, uri: str, said: dict[str, str], headers: Any) -> None:
        super().__init__(method, uri, headers=headers)
        self.payload = BasicOAuth2Payload(said)

    @property
    def form(self) -> dict[str, str]:
        return self.payload.data

    @property
    def args(self) -> dict[str, str]:
        return self.payload.data


class Client(ClientMixin):
    """The only client: a Sampan node, with its one registered redirect."""

    def __init__(self, provider: Provider) -> None:
        self.provider = provider

    @property
    def id_token_signed_response_alg(self) -> str:
        return self.provider.algorithm

    def get_client_id(self) -> str:
        return CLIENT

    def get_default_redirect_uri(self) -> str:
        return self.provider.redirect

    def get_allowed_scope(self, scope: str) -> str:
        return scope

    def check_redirect_uri(self, redirect_uri: str) -> bool:
        return redirect_uri == self.provider.redirect

    def check_client_secret(self, client_secret: str) -> bool:
        return client_secret == SECRET

    def check_endpoint_auth_method(self, method: str, endpoint: str) -> bool:
        return method == "client_secret_basic"

    def check_response_type(self, response_type: str) -> bool:
        return response_type == "code"

    def check_grant_type(self, grant_type: str) -> bool:
        return grant_type == "authorization_code"


class CodeGrant(grants.AuthorizationCodeGrant):
    """The authorization code flow."""

    TOKEN_ENDPOINT_AUTH_METHODS = ("client_secret_basic",)

    def save_authorization_code(self, code: str, request: OAuth2Request) -> None:
        said = request.payload.data
        self.server.codes[code] = Code(
            code,
            request.payload.redirect_uri,
            request.payload.scope,
            said.get("nonce"),
            request.user,
            said.get("code_challenge"),
            said.get("code_challenge_method"),
        )

    def query_authorization_code(self, code: str, client: Client) -> Code | None:
        return self.server.codes.get(code)

    def delete_authorization_code(self, authorization_code: Code) -> None:
        self.server.codes.pop(authorization_code.code, None)

    def authenticate_user(self, authorization_code: Code) -> dict[str, Any]:
        return authorization_code.user


class IdTokens(OpenIDCode):
    """What the provider signs."""

    def __init__(self, provider: Provider) -> None:
        super().__init__(require_nonce=True)
        self.provider = provider

    def exists_nonce(self, nonce: str, request: OAuth2Request) -> bool:
        return False

    def resolve_client_private_key(self, client: Client) -> Any:
        return self.provider.signing_key()

    def get_client_claims(self, client: Client) -> dict[str, Any]:
        return {"iss": self.provider.issuer, "aud": [CLIENT]}

    def get_encode_header(self, client: Client) -> dict[str, Any]:
        header = {"alg": self.provider.algorithm}
        return header | (
            {"kid": self.provider.keys.keys[0].kid} if self.provider.algorithm == "RS256" else {}
        )

    def generate_user_info(self, user: dict[str, Any], scope: str) -> UserInfo:
        return UserInfo(user | self.provider.claims)


class Provider(AuthorizationServer):
    """The provider. ``redirect`` is the address that is registered for the client."""

    def __init__(self, redirect: str) -> None:
        super().__init__()
        self.redirect = redirect
        self.issuer = ""
        self.user: dict[str, Any] | None = None
        self.claims: dict[str, Any] = {}
        self.algorithm = "RS256"
        self.metadata: dict[str, Any] = {}
        self.codes: dict[str, Code] = {}
        self.new_keys()
        self.register_token_generator("default", BearerTokenGenerator(lambda *_, **__: "an access token"))
        self.register_grant(CodeGrant, [IdTokens(self), CodeChallenge(required=True)])

    def new_keys(self, *, publish: bool = True) -> None:
        """Other keys. Unless they are published, the old ones stay on show."""
        self.keys = KeySet([RSAKey.generate_key(2048, auto_kid=True, parameters={"use": "sig"})])
        if publish:
            self.shown = self.keys

    def signing_key(self) -> Any:
        return self.keys.keys[0]

    def query_client(self, client_id: str) -> Client | None:
        return Client(self) if client_id == CLIENT else None

    def save_token(self, token: Any, request: OAuth2Request) -> None:
        """Nothing is asked for by token."""

    def send_signal(self, name: str, *args: Any, **kwargs: Any) -> None:
        """Nobody listens."""

    def create_oauth2_request(self, request: OAuth2Request) -> OAuth2Request:
        return request

    def handle_response(self, status: int, body: Any, headers: Any) -> tuple[int, bytes, list]:
        return status, json.dumps(body).encode() if isinstance(body, dict) else (body or "").encode(), headers

    def answer(self, method: str, path: str, said: dict[str, str], headers: Any) -> tuple[int, bytes, list]:
        """What a request is answered with."""
        request = Request(method, f"https://provider.example{path}", said, headers)
        route = urlsplit(path).path
        if route == "/.well-known/openid-configuration":
            known = {
                "issuer": self.issuer,
                "authorization_endpoint": f"{self.issuer}/authorize",
                "token_endpoint": f"{self.issuer}/token",
                "jwks_uri": f"{self.issuer}/keys",
            }
            return self.handle_response(200, known | self.metadata, [("Content-Type", "application/json")])
        if route == "/keys":
            return self.handle_response(
                200, self.shown.as_dict(private=False), [("Content-Type", "application/json")]
            )
        if route == "/authorize":
            grant = self.get_authorization_grant(request)
            request.user = self.user
            return self.create_authorization_response(request, self.user, grant)
        if route == "/token" and method == "POST":
            return self.create_token_response(request)
        return self.handle_response(404, "", [])


@contextlib.contextmanager
def running(redirect: str) -> Iterator[Provider]:
    """A provider that answers on loopback while the block runs."""
    provider = Provider(redirect)

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._say("GET", dict(parse_qsl(urlsplit(self.path).query)))

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
            self._say("POST", dict(parse_qsl(body)))

        def _say(self, method: str, said: dict[str, str]) -> None:
            status, body, headers = provider.answer(method, self.path, said, self.headers)
            self.send_response(status)
            for name, value in headers:
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Says nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    provider.issuer = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield provider
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)

"""Commands for whoever runs the node: ``account add | password | list | log | revoke | token …``.

They need no password of their own: whoever may write the node's folder and its database is its master already.
"""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, cast, get_args

import typer

from sampan.access.people import Act
from sampan.cli.options import HERE, Json, NodeFolder, opened
from sampan.cli.say import as_json, said, table
from sampan.core.errors import InputError

if TYPE_CHECKING:
    from sampan.access.accounts import Accounts
    from sampan.node import Node

account_app = typer.Typer(no_args_is_help=True, help="Who may sign in to the site, and by what.")
token_app = typer.Typer(no_args_is_help=True, help="Tokens by which programs act for somebody.")
account_app.add_typer(token_app, name="token")

Handle = Annotated[str, typer.Argument(help="Who: a name under [people] in sampan.toml.")]


def register(app: typer.Typer) -> None:
    """Adds the commands to the command line."""
    app.add_typer(account_app, name="account")


@account_app.command()
def add(
    handle: Handle,
    folder: NodeFolder = HERE,
    public_url: Annotated[
        str, typer.Option(envvar="SAMPAN_PUBLIC_URL", help="Address of the site, for the link.")
    ] = "http://127.0.0.1:8000",
    language: Annotated[str, typer.Option(help="Language of the page that the link opens.")] = "en",
) -> None:
    """Invite somebody: print a link by which they choose their password, once, within three days.

    It goes to them by a way on which nobody else reads. Inviting again makes the earlier link void, and opens
    an account that was revoked.

    Example: sampan account add officer --public-url https://aid.example.org
    """
    from sampan.core.languages import parse_language

    tongue = parse_language(language)
    with _accounts(folder) as (_, accounts):
        secret = accounts.invite(handle)
    print(f"{public_url.rstrip('/')}/{tongue}/invitation/{secret}")
    said(f'Whoever opens this link within three days signs in as "{handle}". It holds once.')


@account_app.command()
def password(handle: Handle, folder: NodeFolder = HERE) -> None:
    """Set somebody's password, typed twice, or read as one line from a pipe; never an argument.

    Ends every session of theirs.

    Example: sampan account password officer
    """
    with _accounts(folder) as (_, accounts):
        accounts.set_password(handle, _typed())
    said(f'"{handle}" has a new password and is signed out everywhere.')


@account_app.command(name="list")
def list_(folder: NodeFolder = HERE, json: Json = False) -> None:
    """List accounts: what each has to sign in with, and when it was last used.

    Example: sampan account list
    """
    with _accounts(folder) as (node, accounts):
        found, people = accounts.all(), node.settings.people
    if json:
        as_json(list(found))
        return
    rows = []
    for one in found:
        state = "revoked" if one.revoked else "invited" if one.invited and not one.password else ""
        state = state if one.handle in people else "not in sampan.toml"
        seen = f"{one.seen:%Y-%m-%d %H:%M}" if one.seen else ""
        factor = "yes" if one.second_factor else ""
        rows.append(
            [one.handle, "yes" if one.password else "", factor, one.sessions, one.tokens, seen, state]
        )
    table(["handle", "password", "second factor", "sessions", "tokens", "last signed in", ""], rows)


@account_app.command()
def log(
    folder: NodeFolder = HERE,
    limit: Annotated[int, typer.Option(min=1, help="How many lines.")] = 50,
    json: Json = False,
) -> None:
    """List who was let in lately and who was not, the newest first. What a known person may not do is in the ledger.

    Example: sampan account log; sampan ledger log --kind access.refusal
    """
    with _accounts(folder) as (_, accounts):
        found = accounts.happened(limit=limit)
    if json:
        as_json(list(found))
        return
    rows = [[f"{one.at:%Y-%m-%d %H:%M:%S}", one.event, one.handle or "", one.network or ""] for one in found]
    table(["when (UTC)", "what", "handle", "network"], rows)


@account_app.command()
def revoke(handle: Handle, folder: NodeFolder = HERE) -> None:
    """Take every means to sign in from somebody: password, second factor, sessions, tokens, at once.

    Example: sampan account revoke officer
    """
    with _accounts(folder) as (_, accounts):
        accounts.revoke(handle)
    said(f'"{handle}" cannot sign in. To let them in again: sampan account add {handle}')


@account_app.command()
def lost(handle: Handle, folder: NodeFolder = HERE) -> None:
    """Turn off the second factor of somebody who lost the phone and the recovery codes.

    Example: sampan account lost officer
    """
    from sampan.access.second_factors import SecondFactors

    with _accounts(folder) as (_, accounts):
        if not SecondFactors(accounts).on(handle):
            raise InputError(f'"{handle}" has no second factor.', way_out="See `sampan account list`.")
        SecondFactors(accounts).drop(handle)
    said(f'"{handle}" signs in with the password alone until they turn on another.')


@token_app.command()
def create(
    handle: Handle,
    name: Annotated[str, typer.Argument(help='What it is for, as in "weekly import".')],
    act: Annotated[
        list[str] | None, typer.Option(help="What it may do; repeat for more. Reading: none.")
    ] = None,
    days: Annotated[int, typer.Option(help="Days until it ends.")] = 90,
    folder: NodeFolder = HERE,
) -> None:
    """Make a token and print it, this once.

    Example: sampan account token create officer "weekly import" --act load --days 30
    """
    from sampan.access.tokens import Tokens

    if unknown := set(act or ()) - set(get_args(Act)):
        raise InputError(f'"{min(unknown)}" is no act.', way_out=f"Use {', '.join(get_args(Act))}.")
    with _accounts(folder) as (node, accounts):
        person = node.settings.person(handle)
        made = Tokens(accounts).make(person, name, cast(list[Act], act or []), days=days)
    print(made)
    said(f"Programs send it as: Authorization: Bearer … It ends in {days} days.")


@token_app.command(name="list")
def tokens(handle: Handle, folder: NodeFolder = HERE, json: Json = False) -> None:
    """List somebody's tokens: what each may do, until when, and when it was last used.

    Example: sampan account token list officer
    """
    from sampan.access.tokens import Tokens

    with _accounts(folder) as (_, accounts):
        found = Tokens(accounts).of(handle)
    if json:
        as_json(list(found))
        return
    rows = [
        [
            one.name,
            ", ".join(one.acts) or "read",
            f"{one.until:%Y-%m-%d}",
            f"{one.used:%Y-%m-%d}" if one.used else "",
        ]
        for one in found
    ]
    table(["name", "may", "until", "last used"], rows)


@token_app.command(name="revoke")
def end_token(
    handle: Handle,
    name: Annotated[str, typer.Argument(help="Its name.")],
    folder: NodeFolder = HERE,
) -> None:
    """End a token at once.

    Example: sampan account token revoke officer "weekly import"
    """
    from sampan.access.tokens import Tokens

    with _accounts(folder) as (_, accounts):
        if not Tokens(accounts).revoke(handle, name):
            raise InputError(
                f'"{handle}" has no token "{name}".', way_out=f"See `sampan account token list {handle}`."
            )
    said(f'The token "{name}" no longer holds.')


@contextlib.contextmanager
def _accounts(folder: Path) -> Iterator[tuple[Node, Accounts]]:
    """The node and its accounts, open while the block runs."""
    from sampan.access.accounts import Accounts

    with opened(folder, _anybody(folder)) as node:
        yield node, Accounts(node.session.ledger, node.session.clock, node.settings.known)


def _anybody(folder: Path) -> str:
    """Somebody who works here: the node is opened by its operator, on nobody's behalf."""
    from sampan.access.settings import Settings

    return next(iter(Settings.read(folder).people))


def _typed() -> str:
    """A password from the keyboard, twice and unseen, or the first line of a pipe."""
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\r\n")
    from getpass import getpass

    first = getpass("New password: ")
    if getpass("The same once more: ") != first:
        raise InputError("The two are not the same.", way_out="Type them again.")
    return first

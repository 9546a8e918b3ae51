"""Commands of the ledger: ``ledger verify | log | show | export | rebuild``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from sampan.cli.options import HERE, Json, NodeFolder, opened
from sampan.cli.say import Counting, as_json, said, table

ledger_app = typer.Typer(no_args_is_help=True, help="Read, check and export the signed ledger.")


def register(app: typer.Typer) -> None:
    """Adds the commands to the command line."""
    app.add_typer(ledger_app, name="ledger")


@ledger_app.command()
def verify(folder: NodeFolder = HERE, json: Json = False) -> None:
    """Derive the whole ledger again from its bytes, with every signature, table and file that rests on it.

    Example: sampan ledger verify --node office
    """
    from sampan.world.cited import require_cited

    with opened(folder) as node:
        ledger, blobs = node.session.ledger, node.session.blobs
        with Counting("entries") as counting:
            verified = ledger.verify(progress=counting)
        with Counting("read models") as counting:
            ledger.verify_models(progress=counting)
        with Counting("files") as counting:
            files = require_cited(ledger, blobs, progress=counting)
    if json:
        as_json({"entries": verified.entries, "root": verified.root.hex(), "files": files, "ok": True})
        return
    said(
        f"All {verified.entries:,} entries hold. Root {verified.root.hex()}."
        f" So do the read models, and all {files:,} files that entries cite."
    )


@ledger_app.command()
def log(
    folder: NodeFolder = HERE,
    kind: Annotated[str | None, typer.Option(help='A kind, or a desk with a dot, as in "control.".')] = None,
    limit: Annotated[int, typer.Option(min=0, help="Entries to show, the newest first; 0 for all.")] = 20,
    json: Json = False,
) -> None:
    """List entries, the newest first.

    Example: sampan ledger log --kind assistance.batch
    """
    with opened(folder) as node:
        entries = list(node.session.ledger.entries(kind=kind, newest_first=True, limit=limit or None))
    if json:
        as_json([_plain(entry) for entry in entries])
        return
    table(
        ["#", "recorded", "kind", "by", "effective", "sharing", "id"],
        [
            [e.index, f"{e.recorded:%Y-%m-%d %H:%M}", e.kind, e.actor, e.effective.date(), e.sharing, e.id]
            for e in entries
        ],
    )
    if not entries:
        said("The ledger is empty: load figures with sampan load.")


@ledger_app.command()
def show(
    entry_id: Annotated[str, typer.Argument(metavar="ENTRY", help="Its id, or its number in the log.")],
    folder: NodeFolder = HERE,
) -> None:
    """Show one entry as JSON, what it cites, and the proof that it is in the ledger.

    Example: sampan ledger show 0
    """
    with opened(folder) as node:
        ledger = node.session.ledger
        entry = ledger.at(int(entry_id)) if entry_id.isdigit() else ledger.get(entry_id)
        proof = [step.hex() for step in ledger.inclusion(entry.index)]
        checkpoint = ledger.checkpoint()
    shown = {
        **_plain(entry),
        "leaf_hash": entry.leaf_hash.hex(),
        "inclusion": proof,
        "checkpoint": checkpoint,
    }
    as_json(shown)


@ledger_app.command()
def export(
    out: Annotated[Path, typer.Argument(metavar="FOLDER", help="Where to write it.")],
    folder: NodeFolder = HERE,
) -> None:
    """Write checkpoint, tiles and entries so that anybody can verify them (C2SP tlog-tiles).

    Internal entries take part as salted hashes only.

    Example: sampan ledger export public-log
    """
    with opened(folder) as node, Counting("entries") as counting:
        node.session.ledger.export(out, progress=counting)
    said(f"Wrote {out / 'checkpoint'}, and the tiles beside it.")


@ledger_app.command()
def rebuild(folder: NodeFolder = HERE) -> None:
    """Make the read models again from the entries.

    Example: sampan ledger rebuild
    """
    with opened(folder) as node, Counting("entries") as counting:
        node.session.ledger.rebuild(progress=counting)
    said("The read models are made again from the entries.")


def _plain(entry: object) -> dict[str, object]:
    names = ("index", "id", "kind", "effective", "recorded", "actor", "sharing", "refs", "body")
    return {name: getattr(entry, name) for name in names}

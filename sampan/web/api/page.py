"""How does a person read what the API offers? As one plain page, made of its description."""

from __future__ import annotations

import json
from functools import cache
from typing import Any

from markupsafe import Markup

from sampan.core.problems import KINDS
from sampan.web.api.description import ABOUT, described
from sampan.web.assets import ASSETS

_HEAD = Markup(
    '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>The API of this node – Sampan</title>'
    '<meta name="viewport" content="width=device-width, initial-scale=1">'
    '<link rel="stylesheet" href="{}"></head><body><main id="main"><h1>The API of this node</h1>{}'
    '<p><a href="/api/v1/openapi.json">OpenAPI 3.1</a></p>{}<h2 id="problems">What may go wrong</h2>{}'
    "</main></body></html>"
)
_PROBLEM = Markup('<h3 id="problem-{}">{}</h3><p>{}</p>')
_OFFER = Markup('<section id="{}"><h3><code>{} {}</code></h3><p>{}</p><p>{}</p>{}</section>')
_ROW = Markup("<tr><th scope=row><code>{}</code></th><td>{}</td><td><code>{}</code></td></tr>")
_TABLE = Markup(
    "<table><thead><tr><th scope=col>argument</th><th scope=col>must be said</th>"
    "<th scope=col>what it is</th></tr></thead><tbody>{}</tbody></table>"
)


@cache
def html() -> bytes:
    """The page."""
    it = described()
    about = Markup("").join(
        Markup("<p>{}</p>").format(part) for part in ABOUT.replace("* ", "\n").split("\n\n")
    )
    offers = Markup("").join(
        Markup("<h2>{}</h2>").format(tag["name"]) + _offers(it, tag["name"]) for tag in it["tags"]
    )
    faults = Markup("").join(
        _PROBLEM.format(kind, title, (type_.__doc__ or "").split("\n")[0])
        for kind, (type_, title) in KINDS.items()
    )
    return str(_HEAD.format(ASSETS["style"].path, about, offers, faults)).encode()


def _offers(it: dict[str, Any], tag: str) -> Markup:
    return Markup("").join(
        _offer(it, path, method, said)
        for path, methods in it["paths"].items()
        for method, said in methods.items()
        if tag in said["tags"]
    )


def _offer(it: dict[str, Any], path: str, method: str, said: dict[str, Any]) -> Markup:
    if method == "get":
        rows = [(p["name"], p["required"], p["schema"]) for p in said["parameters"] if p["in"] == "query"]
        sample = Markup("")
    else:
        body = said["requestBody"]["content"]["application/json"]
        form = it["components"]["schemas"][body["schema"]["$ref"].rpartition("/")[2]]
        rows = [(n, n in form.get("required", ()), s) for n, s in form.get("properties", {}).items()]
        shown = json.dumps(body["example"], ensure_ascii=False, indent=2)
        sample = Markup("<pre><code>{}</code></pre>").format(shown)
    listed = Markup("").join(
        _ROW.format(name, "yes" if must else "", _kind(schema)) for name, must, schema in rows
    )
    open_to = "Anybody may read it." if {} in said["security"] else "A token is needed."
    return _OFFER.format(
        said["operationId"],
        method.upper(),
        path,
        said["summary"],
        open_to,
        (_TABLE.format(listed) if rows else Markup("")) + sample,
    )


def _kind(schema: dict[str, Any]) -> str:
    """A type in few words."""
    if "$ref" in schema:
        return str(schema["$ref"].rpartition("/")[2].removesuffix("-Input"))
    if "enum" in schema:
        return " | ".join(json.dumps(each) for each in schema["enum"])
    if "anyOf" in schema:
        return " | ".join(_kind(each) for each in schema["anyOf"])
    if schema.get("type") == "array":
        return f"list of {_kind(schema.get('items', {}))}"
    return str(schema.get("format") or schema.get("type") or "anything")

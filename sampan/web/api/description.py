"""What is there to ask, in the words of OpenAPI 3.1? Made of what the desks list, and of nothing else."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from typing import Any, Literal

from pydantic import TypeAdapter
from pydantic.json_schema import GenerateJsonSchema
from pydantic_core import core_schema

import sampan
from sampan.access import arguments
from sampan.access.offer import Act, Offer, View
from sampan.core.problems import MEDIA, Fault, told
from sampan.node import DESKS, desk
from sampan.web.api import paging
from sampan.web.api.examples import SOUGHT, example
from sampan.web.api.meanings import beside, meaning, meaning_in

Schema = dict[str, Any]

ABOUT = """Every view and act of this node's desks. A view is got, an act is posted as JSON.

Results are those of the command line with `--json`: days are ISO 8601, quantities are whole numbers in base
units, money is in minor units with its ISO 4217 code, files are base64. What is not known is null.

* **Who asks**: public views need nobody. For the rest send `Authorization: Bearer TOKEN`; `sampan` makes tokens.
* **Lists** come in pages: ask for `limit` rows, and follow the `Link` header with `rel="next"`.
* **Once only**: an act with an `Idempotency-Key` is done once, however often it is sent; its answer is kept two days.
* **As seen**: every view has an `ETag`. Send it back as `If-None-Match`, and be told 304 where nothing has changed;
  or, with an act, as `If-Match`: the act is then done only if nobody has written since.
* **Rate**: `RateLimit` says how many requests are left; 429 says when to come back.
* **Errors** have one shape (RFC 9457), with `way_out`: what to do next.
"""

RESPONSES = {
    400: "The request cannot be read.",
    401: "Nobody is signed in, or the token does not hold.",
    403: "The person may not do this, or the rules of the desk forbid it. Nothing was changed.",
    404: "No desk offers this.",
    405: "A view is got, an act is posted.",
    409: "A request with the same key is under way; or a list has changed since its first page.",
    412: "The ledger has grown since the size in If-Match. Nothing was written.",
    413: "The body is too large.",
    414: "The query is too long.",
    415: "The body is not JSON.",
    422: "Something given is wrong: `field` says where. Nothing was changed.",
    429: "Too many requests.",
    500: "The node made a mistake.",
    502: "Another node sent what does not hold.",
    503: "The node cannot do it now; or others keep writing first. Nothing was half-written.",
}


@cache
def as_json() -> bytes:
    """The description as it is served."""
    return json.dumps(described(), ensure_ascii=False).encode()


@cache
def described() -> Schema:
    """The description."""
    offers = {(name, offer.name): offer for name in DESKS for offer in desk(name).offers.values()}
    schemas, definitions = _schemas(offers)
    paths = {
        f"/api/v1/{where}/{name}": _path(where, offer, schemas) for (where, name), offer in offers.items()
    }
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Sampan",
            "version": sampan.__version__,
            "description": ABOUT,
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": "/", "description": "This node."}],
        "tags": [{"name": name, "description": f"The desk {name}."} for name in DESKS],
        "paths": paths,
        "components": {
            "schemas": {**definitions, "Problem": _problem()},
            "securitySchemes": {
                "token": {"type": "http", "scheme": "bearer", "description": "An API token."}
            },
            "responses": {f"problem{status}": _told(status, said) for status, said in RESPONSES.items()},
        },
    }


def _schemas(offers: Mapping[tuple[str, str], Offer]) -> tuple[Mapping[Any, Schema], Schema]:
    """What each act takes and each offer gives, and the types that these are made of."""
    asked: list[tuple[Any, Literal["validation", "serialization"], TypeAdapter[Any]]] = [
        (("takes", *key), "validation", TypeAdapter(arguments.model(offer)))
        for key, offer in offers.items()
        if isinstance(offer, Act)
    ]
    asked += [
        (("gives", *key), "serialization", arguments.result(offer))
        for key, offer in offers.items()
        if not getattr(offer, "media", None)
    ]
    found, defined = TypeAdapter.json_schemas(
        asked, ref_template=f"{_REF}{{model}}", schema_generator=_Explaining
    )
    of_each = {key: _explained(_renamed(schema)) for (key, _), schema in found.items()}
    return of_each, {
        _name(name): _explained(_renamed(schema)) for name, schema in defined.get("$defs", {}).items()
    }


class _Explaining(GenerateJsonSchema):
    """Says of each field what stands beside it where its type is defined."""

    def dataclass_schema(self, schema: core_schema.DataclassSchema) -> Schema:
        said = super().dataclass_schema(schema)
        for field, meant in beside(schema["cls"]).items():
            if field in said.get("properties", {}):
                said["properties"][field].setdefault("description", meant)
        return said


_REF = "#/components/schemas/"


def _name(model: str) -> str:
    """A type's name, with its module where several have it: AssistanceFiguresRow."""
    *module, name = model.split("__")
    return "".join(part.title().replace("_", "") for part in module[2:]) + name


def _renamed(schema: Any) -> Any:
    """The same, referring to types by those names."""
    if isinstance(schema, dict):
        return {
            key: _REF + _name(said.removeprefix(_REF)) if key == "$ref" else _renamed(said)
            for key, said in schema.items()
        }
    return [_renamed(each) for each in schema] if isinstance(schema, list) else schema


def _explained(schema: Schema) -> Schema:
    """The same, with the meaning of every other field that has one."""
    for field, said in schema.get("properties", {}).items():
        if "description" not in said and (meant := meaning_in(field, counted=_counts(said))):
            said["description"] = meant
    return schema


def _counts(schema: Any) -> bool:
    """Whether a field holds numbers, one or many."""
    if schema.get("type") in ("integer", "number"):
        return True
    inner = (
        *(*schema.get("anyOf", ()), *schema.get("prefixItems", ())),
        *(schema.get("items", {}), schema.get("additionalProperties", {})),
    )
    return any(isinstance(each, dict) and each and _counts(each) for each in inner)


def _path(where: str, offer: Offer, schemas: Mapping[Any, Schema]) -> Schema:
    said: Schema = {
        "operationId": f"{where}_{offer.name}",
        "tags": [where],
        "summary": offer.help,
        "description": offer.doc,
    }
    if isinstance(offer, Act):
        return {"post": {**said, **_act(where, offer, schemas)}}
    assert isinstance(offer, View)
    return {"get": {**said, **_view(where, offer, schemas)}}


def _act(where: str, act: Act, schemas: Mapping[Any, Schema]) -> Schema:
    body = {"schema": schemas["takes", where, act.name], "example": example(act)}
    return {
        "security": [{"token": []}],
        "x-sampan-needs": act.needs,
        "parameters": [
            _header("Idempotency-Key", "The act is done once, however often it is sent under this key."),
            _header(
                "If-Match", "The ETag of what was seen: the act is done only if nobody has written since."
            ),
        ],
        "requestBody": {"required": True, "content": {"application/json": body}},
        "responses": _responses(
            {"application/json": {"schema": schemas["gives", where, act.name]}},
            (400, 401, 403, 409, 412, 413, 415, 422, 429, 502, 503),
            headers=("Idempotency-Replayed", "RateLimit"),
        ),
    }


def _view(where: str, view: View, schemas: Mapping[Any, Schema]) -> Schema:
    takes = arguments.model(view).model_json_schema()
    parameters = [
        {
            "name": name,
            "in": "query",
            "required": name in takes.get("required", ()),
            "schema": _bare(schema),
            "style": "form",
            "explode": True,
            **({"description": meant} if (meant := meaning(name)) else {}),
            **({"example": SOUGHT[name]} if name in SOUGHT else {}),
        }
        for name, schema in takes.get("properties", {}).items()
    ]
    if view.paged:
        parameters += [
            _query(
                "limit", {"type": "integer", "minimum": 1, "maximum": paging.MOST, "default": paging.USUAL}
            ),
            _query("cursor", {"type": "string"}),
        ]
    parameters.append(_header("If-None-Match", "The ETag of what you have: 304 if it is still so."))
    content: Schema = (
        {view.media: {"schema": {"type": "string", "contentMediaType": view.media}}}
        if view.media
        else {"application/json": {"schema": schemas["gives", where, view.name]}}
    )
    closed = () if view.readers == "public" else (403,)
    answers = _responses(
        content,
        (400, 401, *closed, 404, 409, 414, 422, 429, 503),
        headers=(
            "ETag",
            *(("Link",) if "limit" in {each["name"] for each in parameters} else ()),
            "RateLimit",
        ),
    )
    answers["304"] = {"description": "It is as you have it."}
    return {
        "security": [{}, {"token": []}] if view.readers == "public" else [{"token": []}],
        "parameters": parameters,
        "responses": answers,
    }


def _bare(schema: Schema) -> Schema:
    """The schema of a text in a query: leaving it out is how null is said."""
    kinds = [kind for kind in schema.get("anyOf", ()) if kind != {"type": "null"}]
    rest = {name: value for name, value in schema.items() if name not in ("anyOf", "title", "default")}
    if schema.get("default") is not None and schema["default"] != []:
        rest["default"] = schema["default"]
    if not kinds:
        return rest
    return {**rest, **(kinds[0] if len(kinds) == 1 else {"anyOf": kinds})}


def _responses(content: Schema, faults: tuple[int, ...], *, headers: tuple[str, ...]) -> Schema:
    sent = {name: _HEADERS[name] for name in headers}
    said: Schema = {"200": {"description": "As asked.", "content": content, "headers": sent}}
    return said | {str(status): {"$ref": f"#/components/responses/problem{status}"} for status in faults}


_HEADERS = {
    "ETag": {"schema": {"type": "string"}, "description": "Size of the ledger, and a digest of the content."},
    "Link": {"schema": {"type": "string"}, "description": "The next page of a list."},
    "Idempotency-Replayed": {"schema": {"const": "true"}, "description": "The answer was given before."},
    "RateLimit": {"schema": {"type": "string"}, "description": "Requests left, and seconds until all are."},
}


def _told(status: int, said: str) -> Schema:
    shown = told(Fault(status, said, way_out="What to do next."), "/api/v1/…")
    return {
        "description": said,
        "content": {MEDIA: {"schema": {"$ref": "#/components/schemas/Problem"}, "example": shown}},
    }


def _problem() -> Schema:
    text, perhaps = {"type": "string"}, {"type": ["string", "null"]}
    return {
        "type": "object",
        "description": "What went wrong, and the way out (RFC 9457).",
        "required": ["type", "title", "status", "detail", "instance", "way_out"],
        "properties": {
            "type": text,
            "title": text,
            "status": {"type": "integer", "description": "Status of HTTP, as 422."},
            "detail": text,
            "instance": text,
            "way_out": {**text, "description": "What to do next."},
            "field": {**perhaps, "description": "Which argument, or which column of a file."},
            "file": perhaps,
            "line": {"type": ["integer", "null"], "description": "Line of the file, from 1."},
            "facts": {"type": "object", "description": "The numbers, so that a program can act on them."},
        },
    }


def _header(name: str, said: str) -> Schema:
    return {
        "name": name,
        "in": "header",
        "required": False,
        "schema": {"type": "string"},
        "description": said,
    }


def _query(name: str, schema: Schema) -> Schema:
    return {"name": name, "in": "query", "required": False, "schema": schema, "description": meaning(name)}

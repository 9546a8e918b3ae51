"""How is what somebody outside says read into what an offer asks for, and written for another node to read?

The signature of an offer becomes a model once; JSON, a query and a form are read by it. Whatever comes from
outside is held to what this node can keep: whole numbers that every reader of JSON keeps exactly, moments with
a time zone, days of living memory, text without control characters.
"""

from __future__ import annotations

import dataclasses
import inspect
import math
import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from functools import cache
from typing import TYPE_CHECKING, Any, get_args, get_origin

from sampan.access.offer import Offer
from sampan.core.errors import InputError
from sampan.core.texts import require_text

if TYPE_CHECKING:
    from pydantic import BaseModel, TypeAdapter, ValidationError

LARGEST = 2**53 - 1
"""The largest whole number that every reader of JSON keeps exactly (RFC 8259 §6)."""

FIRST_DAY, LAST_DAY = date(1900, 1, 1), date(2199, 12, 31)
MOST_TEXT = 20_000
"""Characters in one text; files come as bytes, and are held to the size of the request."""


@cache
def model(offer: Offer) -> type[BaseModel]:
    """What ``offer`` asks for, as a model: its JSON schema describes a form, the API and a client."""
    from pydantic import ConfigDict, Field, create_model

    config = ConfigDict(
        extra="forbid",
        allow_inf_nan=False,
        str_max_length=MOST_TEXT,
        val_json_bytes="base64",
        ser_json_bytes="base64",
    )
    fields: dict[str, Any] = {}
    for name, parameter in offer.signature.parameters.items():
        required = parameter.default is inspect.Parameter.empty
        fields[name] = (parameter.annotation, Field(... if required else parameter.default))
    name = "".join(part.title() for part in offer.name.split("_"))
    return create_model(f"{name}Form", __config__=config, __doc__=offer.help, **fields)


@cache
def result(offer: Offer) -> TypeAdapter[Any]:
    """What ``offer`` gives back, as its type."""
    from pydantic import ConfigDict, TypeAdapter

    try:
        return TypeAdapter(offer.result, config=ConfigDict(val_json_bytes="base64"))
    except Exception:  # a type that brings its own configuration takes none
        return TypeAdapter(offer.result)


def from_json(offer: Offer, data: bytes) -> dict[str, Any]:
    """The arguments in a JSON object. Raises InputError naming the field that does not hold."""
    from pydantic import ValidationError

    try:
        read = model(offer).model_validate_json(data or b"{}", strict=True)
    except ValidationError as fault:
        raise _unfit(fault) from None
    return _given(read)


def from_texts(offer: Offer, said: Sequence[tuple[str, str]]) -> dict[str, Any]:
    """The arguments in a query or a form: several of one name are a list. Raises InputError naming the field."""
    from pydantic import ValidationError

    texts: dict[str, Any] = {}
    for name, text in said:
        if _is_list(offer, name):
            texts.setdefault(name, []).append(text)
        elif name in texts:
            raise InputError("This is said twice.", field=name, way_out="Say it once.")
        else:
            texts[name] = text
    try:
        read = model(offer).model_validate(texts)
    except ValidationError as fault:
        raise _unfit(fault) from None
    return _given(read)


def from_values(offer: Offer, values: Mapping[str, Any]) -> dict[str, Any]:
    """The arguments in a form, each as far as its field could be read. Raises InputError naming the field."""
    from pydantic import ValidationError

    try:
        read = model(offer).model_validate(dict(values))
    except ValidationError as fault:
        raise _unfit(fault) from None
    return _given(read)


def to_json(offer: Offer, given: Mapping[str, Any]) -> bytes:
    """The same, written. Raises InputError naming the argument that does not hold."""
    from pydantic import ValidationError

    try:
        return model(offer).model_validate(given).model_dump_json(exclude_unset=True).encode()
    except ValidationError as fault:
        raise _unfit(fault) from None


def to_texts(offer: Offer, given: Mapping[str, Any]) -> list[tuple[str, str]]:
    """The same as the pairs of a query."""
    import json

    said: dict[str, Any] = json.loads(to_json(offer, given))
    return [
        (name, each if isinstance(each, str) else json.dumps(each))
        for name, value in said.items()
        if value is not None
        for each in (value if isinstance(value, list) else [value])
    ]


def _is_list(offer: Offer, name: str) -> bool:
    parameter = offer.signature.parameters.get(name)
    if parameter is None:
        return False
    kinds = (parameter.annotation, *get_args(parameter.annotation))
    return any(inspect.isclass(get_origin(kind)) and issubclass(get_origin(kind), Sequence) for kind in kinds)


def _given(read: BaseModel) -> dict[str, Any]:
    given = {name: getattr(read, name) for name in read.model_fields_set}
    for name, value in given.items():
        require_fit(value, name)
    return given


def require_fit(value: Any, field: str) -> None:
    """Lets ``value`` be one that this node can keep, at any depth. Raises InputError naming the field."""
    if dataclasses.is_dataclass(value):
        value = {each.name: getattr(value, each.name) for each in dataclasses.fields(value)}
    if isinstance(value, Mapping):
        for name, part in value.items():
            require_fit(name, field)
            require_fit(part, f"{field}.{name}")
    elif isinstance(value, list | tuple | set | frozenset):
        for place, part in enumerate(value):
            require_fit(part, f"{field}.{place}")
    elif isinstance(value, str):
        require_text(value, field)
    elif why := _why_unfit(value):
        raise InputError(why[0], way_out=why[1], field=field)


def _why_unfit(value: Any) -> tuple[str, str] | None:
    """What is wrong with a single value, and the way out; None if nothing is."""
    match value:
        case int() if abs(value) > LARGEST:
            return f"{str(value)[:20]}… is too large a number.", f"Write one up to {LARGEST}."
        case float() if not math.isfinite(value):
            return "This is no number.", "Write a finite one."
        case datetime() if value.tzinfo is None:
            return f"There is no time zone in {value}.", "End it with Z for UTC."
        case date() if not FIRST_DAY <= _day(value) <= LAST_DAY:
            return f"{value} is out of time.", f"Name a day from {FIRST_DAY} to {LAST_DAY}."
    return None


def _day(value: date) -> date:
    return value.date() if isinstance(value, datetime) else value


def _unfit(fault: ValidationError) -> InputError:
    """The first thing that does not hold, in words of ours: they can be translated, the library's cannot."""
    first = fault.errors(include_url=False)[0]
    field = ".".join(str(part) for part in first["loc"]) or None
    what, way_out = _in_words(first["type"], first.get("ctx", {}), first["msg"])
    return InputError(what, way_out=way_out, field=field)


_KINDS = {
    "date_from_datetime": "date",
    "date_from_datetime_inexact": "date",
    "datetime_object_invalid": "datetime",
    "decimal": "float",
    "enum": "literal_error",
    "finite_number": "float",
    "int_from_float": "int",
    "datetime_from": "datetime",
    "json_type": "json_invalid",
    "mapping": "list",
    "sequence_str": "list",
    "timezone_aware": "datetime",
    "tuple": "list",
}
"""Kinds of fault that are said as another is."""


def _in_words(kind: str, context: Mapping[str, Any], message: str) -> tuple[str, str]:  # noqa: PLR0911, one a kind
    """What does not hold, and the way out."""
    plain = kind.removesuffix("_type").removesuffix("_parsing").removesuffix("_from_date")
    plain = plain.removesuffix("_parsing").removesuffix("_size")
    match _KINDS.get(kind, _KINDS.get(plain, plain)):
        case "missing":
            return "This is missing.", "Give it."
        case "extra_forbidden" | "unexpected_keyword_argument":
            return "Nothing of this name is asked for.", "Leave it out, or check its spelling."
        case "json_invalid":
            return f"This is not JSON: {message.removeprefix('Invalid JSON: ')}.", "Mend it."
        case "int":
            return "This is no whole number.", "Write it in figures, as 2500."
        case "float":
            return "This is no number.", "Write it in figures, as 2.5."
        case "date":
            return "This is no day.", "Write year, month and day, as 2020-03-26."
        case "datetime":
            return "This is no moment.", "Write day and time in UTC, as 2020-03-26T12:00:00Z."
        case "bool":
            return "This is neither yes nor no.", "Write yes or no."
        case "literal_error":
            known = ", ".join(re.findall("'([^']*)'", str(context.get("expected", ""))))
            return "This cannot be chosen.", f"Choose one of {known}."
        case "string":
            return "This is no text.", "Write words."
        case "string_too_long":
            return "This text is too long.", f"Keep it to {context.get('max_length')} characters."
        case "list" | "dict" | "model" | "dataclass":
            return "This is not of the form that is asked for.", "Look at the form again."
    return f"{message}.", "Correct it."

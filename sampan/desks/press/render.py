"""How does a brief look on paper and on a screen?"""

from __future__ import annotations

from functools import cache
from typing import Literal

import jinja2
from babel.dates import format_date
from babel.numbers import format_decimal, format_percent

from sampan.desks.press.brief import Brief

Form = Literal["html", "md"]


def render(brief: Brief, form: Form) -> str:
    """The brief as a whole HTML page, which prints as it reads, or as Markdown."""
    return _templates().get_template(f"brief.{form}").render(brief=brief)


@cache
def _templates() -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("sampan.desks.press"),
        autoescape=jinja2.select_autoescape(["html"]),
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters["number"] = lambda value: format_decimal(value, locale="en")
    environment.filters["percent"] = lambda value: format_percent(value, "+0 %;-0 %", locale="en")
    environment.filters["date"] = lambda value: format_date(value, "d MMMM y", locale="en")
    environment.filters["r"] = lambda value: format_decimal(value, "0.0", locale="en")
    return environment

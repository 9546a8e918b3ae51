"""How does a template speak? Jinja2 with our filters and the catalogue of one language."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import jinja2

from sampan.core.languages import Language, direction
from sampan.languages import workings
from sampan.languages.shown import Shown
from sampan.languages.speech import Speech, speech


def environment(loader: jinja2.BaseLoader, language: Language) -> jinja2.Environment:
    """Templates that speak ``language``. In HTML every figure carries its value for machines."""
    spoken = speech(language)
    made = jinja2.Environment(
        loader=loader,
        extensions=["jinja2.ext.i18n"],
        autoescape=jinja2.select_autoescape(["html", "xml"]),
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    made.install_gettext_translations(spoken.translations, newstyle=True)  # type: ignore[attr-defined]
    made.policies["ext.i18n.trimmed"] = True
    made.filters |= {
        "number": _shown(spoken, Shown.number),
        "change": _shown(spoken, Shown.change),
        "rate": _shown(spoken, Shown.rate),
        "amount": _shown(spoken, Shown.amount),
        "date": _shown(spoken, Shown.day),
        "plain_number": spoken.number,
        "percent": spoken.percent,
        "plain_date": spoken.day,
        "term": spoken.term,
        "counted": spoken.counted,
        "party": spoken.party,
        "item": spoken.item,
        "thing": spoken.thing,
        "named": spoken.named,
        "currency": spoken.currency,
        "parties": spoken.parties,
        "working": lambda code: workings.named(code, spoken),
        "unit": lambda unit, count: workings.unit(unit, count, spoken),
        "figures": lambda source, exercise: spoken.figures(source, exercise=exercise),
        "disease": lambda name, exercise: spoken.disease(name, exercise=exercise),
        "source": lambda said, of: workings.source(said, of, spoken),
    }
    made.globals |= {
        "language": language,
        "direction": direction(language),
        "comma": spoken.comma,
        "brackets": spoken.brackets,
        "blank": "" if language == "zh" else " ",
        "colon": spoken.colon,
    }
    return made


def _shown(spoken: Speech, say: Callable[..., str]) -> Callable[..., str]:
    """A filter that says a value with markup in HTML and without it in other texts."""
    faces = {markup: Shown(spoken, markup) for markup in (True, False)}

    @jinja2.pass_eval_context
    def shown(context: jinja2.nodes.EvalContext, value: Any, *more: Any) -> str:
        return say(faces[bool(context.autoescape)], value, *more)

    return shown

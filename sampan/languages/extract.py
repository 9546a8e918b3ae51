"""Which messages are there to translate? ``python -m sampan.languages.extract`` brings the catalogues up to date.

New messages arrive empty; those that are gone are dropped. The tests fail until every message is translated.
"""

from __future__ import annotations

import io
import re
from datetime import UTC, datetime
from importlib import resources
from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import write_po

from sampan.core.files import write_whole
from sampan.languages import fault_texts
from sampan.languages.catalogue import TRANSLATED, faults_file, pages_file, read

METHODS = [
    ("languages/terms.py", "python"),
    ("languages/choices.py", "python"),
    ("languages/speech.py", "python"),
    ("web/desk/accounts.py", "python"),
    ("web/desk/words.py", "python"),
    ("web/desk/science_words.py", "python"),
    ("**/templates/*.html", "jinja2"),
    ("**/templates/*.md", "jinja2"),
    ("**/templates/*.xml", "jinja2"),
    ("desks/press/*.py", "python"),
    ("web/tiles.py", "python"),
    ("web/flow.py", "python"),
    ("languages/reasons.py", "python"),
    ("languages/workings.py", "python"),
]
OPTIONS: dict[str, dict[str, Any]] = {
    "**/templates/*": {
        "trimmed": "true",
        "newstyle_gettext": "true",
        "trim_blocks": "true",
        "lstrip_blocks": "true",
    }
}


DATED = datetime(2020, 3, 26, tzinfo=UTC)
"""Said to be the date of every catalogue, so that a file changes only when a message does."""

SPACES = {
    "fr": (
        (" ([;!?])", "\u202f\\1"),
        (" (:|»|%%)", "\u00a0\\1"),
        ("« ", "«\u00a0"),
    ),
    "ru": ((" ([–—])", "\u00a0\\1"),),
}
"""Spaces at which no line may break: before French marks and within its quotes, before a Russian dash."""


def messages() -> Catalog:
    """Every message of pages and briefs."""
    found = Catalog(creation_date=DATED, charset="utf-8")
    root = Path(str(resources.files("sampan")))
    for name, _, message, comments, context in extract_from_dir(root, METHODS, OPTIONS):
        found.add(message, locations=[(name, 0)], auto_comments=comments, context=context)
    return found


def faults() -> Catalog:
    """Every text of a fault."""
    found = Catalog(creation_date=DATED, charset="utf-8")
    for text in sorted(fault_texts.messages()):
        found.add(text)
    return found


def update() -> None:
    """Rewrites every catalogue with the messages of today."""
    for file_of, source in ((pages_file, messages()), (faults_file, faults())):
        for language in TRANSLATED:
            known = read(file_of(language), language)
            known.update(source, no_fuzzy_matching=True)
            write(known, file_of(language))


def write(known: Catalog, file: Path) -> None:
    """Writes a catalogue so that only its messages can differ from what was there."""
    known.project, known.version, known.msgid_bugs_address = "Sampan", "0.1", "none"
    known.last_translator, known.language_team, known.revision_date = "none", "none", DATED
    known.fuzzy = False
    for message in known:
        if message.id and message.string:
            said = [message.string] if isinstance(message.string, str) else message.string
            kept = tuple(spaced(each, known) for each in said)
            message.string = kept if message.pluralizable else kept[0]
    written = io.BytesIO()
    write_po(written, known, width=110, include_lineno=False, ignore_obsolete=True, sort_output=True)
    write_whole(file, written.getvalue())


def spaced(text: str, known: Catalog) -> str:
    """``text`` with the spaces of its language, which nobody sees and so nobody should have to type."""
    for plain, kept in SPACES.get(str(known.locale), ()):
        text = re.sub(plain, kept, text)
    return text


if __name__ == "__main__":
    update()

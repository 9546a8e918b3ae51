"""Where does a page lead, within the site and out of it?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import quote, urlencode

import segno

from sampan.core.languages import LANGUAGES, Language
from sampan.world.organisations import organisations


@dataclass(frozen=True)
class Links:
    """Addresses of the site in one language, as paths from its root."""

    language: Language

    def to(self, path: str, **query: str) -> str:
        """A page by its path, as ``/world``."""
        return f"/{self.language}{path}" + (f"?{urlencode(query)}" if query else "")

    def figure(self, day: str, name: str) -> str:
        """The list behind a figure of a brief."""
        return self.to(f"/briefs/{day}/figures/{quote(name, safe='')}")

    def party(self, code: str) -> str:
        """A country or an organisation."""
        kind = "organisations" if code in organisations() else "countries"
        return self.to(f"/{kind}/{quote(code, safe='')}")

    def batch(self, number: int | str) -> str:
        """A batch."""
        return self.to(f"/batches/{number}")

    def consignment(self, number: str) -> str:
        """A consignment."""
        return self.to(f"/consignments/{quote(number, safe='')}")

    def entry(self, id: str) -> str:
        """An entry of the ledger."""
        return self.to(f"/ledger/entries/{quote(id, safe='')}")


@dataclass(frozen=True)
class OfRelease(Links):
    """Addresses as a released brief leads to them: to its figures as they were known then."""

    version: int

    def figure(self, day: str, name: str) -> str:
        """The list behind a figure of this version."""
        return self.to(f"/briefs/{day}/figures/{quote(name, safe='')}", version=str(self.version))


@dataclass(frozen=True)
class Here:
    """The page that is being shown: its path after the language, its query, and the site's public address."""

    site: str
    language: Language
    path: str
    query: Mapping[str, str] | Sequence[tuple[str, str]]
    forms: Sequence[str]

    @property
    def address(self) -> str:
        """The whole address, to share."""
        return self.site + self.in_language(self.language)

    def in_language(self, language: Language) -> str:
        """The same page in another language."""
        return self._asked(Links(language).to(self.path))

    @property
    def alternates(self) -> dict[Language, str]:
        """The same page in every language."""
        return {language: self.in_language(language) for language in LANGUAGES}

    def form(self, form: str) -> str:
        """The same result in another form: ``json``, ``csv``, ``md``."""
        return self._asked(Links(self.language).to(f"{self.path}.{form}"))

    def _asked(self, path: str) -> str:
        return path + (f"?{urlencode(self.query)}" if self.query else "")

    def letter(self, subject: str) -> str:
        """An e-mail about this page, for the reader's own program to send."""
        return f"mailto:?subject={quote(subject)}&body={quote(self.address)}"

    def qr(self) -> str:
        """The address as a QR code: inline SVG."""
        return segno.make(self.address, error="m", micro=False).svg_inline(omitsize=True, border=2)

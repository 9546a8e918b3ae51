"""Is this a DOI, a licence, an address, as it is written?"""

from __future__ import annotations

import difflib
import re

from sampan.core.errors import InputError

_DOI = re.compile(r"(?:https?://(?:dx\.)?doi\.org/|doi:\s*)?(10\.[0-9]{4,9}/[!-~]+)", re.I)
_ADDRESS = re.compile(r"https?://[^\s<>\"]+\.[^\s<>\"]+")

LICENCES = (
    "CC0-1.0", "CC-BY-4.0", "CC-BY-3.0", "CC-BY-SA-4.0", "CC-BY-NC-4.0", "CC-BY-NC-SA-4.0", "CC-BY-ND-4.0",
    "CC-BY-NC-ND-4.0", "CC-BY-3.0-IGO", "CC-BY-NC-SA-3.0-IGO", "ODbL-1.0", "ODC-By-1.0", "PDDL-1.0", "OGL-UK-3.0",
    "MIT", "Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "GPL-2.0-only", "GPL-3.0-only", "GPL-3.0-or-later",
    "LGPL-3.0-only", "AGPL-3.0-only", "MPL-2.0", "MulanPSL-2.0",
)  # fmt: skip
"""SPDX identifiers under which data, texts, protocols and programs of science are mostly shared (SPDX list 3.24)."""


def require_doi(text: str) -> str:
    """The DOI in ``text`` in lower case, whether it is bare or an address. Raises InputError if there is none.

    Source: DOI Handbook, section 2.2; the sign after the slash is any that prints.
    """
    found = _DOI.fullmatch(text.strip())
    if found is None or found[1].endswith((".", ",", ";")):
        raise InputError(f'"{text[:60]}" is no DOI.', field="doi", way_out="Write it as 10.1234/abc.")
    return found[1].lower()


def require_licence(text: str) -> str:
    """The SPDX identifier that ``text`` is, in its own case; or a reference of one's own, as ``LicenseRef-x``.

    Raises InputError with the nearest if it is none.
    """
    wanted = text.strip()
    if re.fullmatch(r"LicenseRef-[A-Za-z0-9.-]{1,60}", wanted):
        return wanted
    for each in LICENCES:
        if each.casefold() == wanted.casefold():
            return each
    near = difflib.get_close_matches(wanted.upper(), LICENCES, n=2, cutoff=0.4)
    raise InputError(
        f'"{text[:60]}" is no licence of the SPDX list that is known here.',
        field="licence",
        way_out=f"Did you mean {' or '.join(near)}?"
        if near
        else "Write CC-BY-4.0, or LicenseRef-… for one of your own.",
    )


def require_address(text: str) -> str:
    """An address on the web. Raises InputError if it is none."""
    if not _ADDRESS.fullmatch(text.strip()):
        raise InputError(
            f'"{text[:60]}" is no address.', field="address", way_out="Write it as https://example.org/x."
        )
    return text.strip()

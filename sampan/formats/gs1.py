"""What does the label on a carton say? GS1 element strings, as printed ``(01)…(10)…(17)…`` or as scanned."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sampan.core.errors import InputError


@dataclass(frozen=True)
class Label:
    """What a label may say: AI 01 or 02 (GTIN), 10 (lot), 17 (expiry), 37 or 30 (count), 21, 00 (SSCC)."""

    gtin: str
    lot: str | None
    expiry: date | None
    count: int | None
    serial: str | None
    sscc: str | None


def read_label(text: str) -> Label:
    """The label ``text``; brackets around the application identifiers are optional.

    GTIN and SSCC must have their right check digit. Raises InputError for anything that is no GS1 label, has no
    GTIN, or gives an expiry without a lot.
    """
    from biip import ParseError
    from biip.gs1_messages import GS1Message

    written = text.strip().removeprefix("]C1").removeprefix("]d2").removeprefix("]Q3")
    try:
        parse = GS1Message.parse_hri if written.startswith("(") else GS1Message.parse
        said = parse(written)
        values = {each.ai.ai: each for each in said.element_strings}
    except ParseError:
        raise InputError(
            f'"{text}" is no GS1 label.',
            way_out="Scan it again, or type it as (01)GTIN(10)lot(17)YYMMDD.",
        ) from None
    gtin = values.get("01") or values.get("02")
    if gtin is None:
        raise InputError(
            f'The label "{text}" names no product.', way_out="Scan the label that has (01), the GTIN."
        )
    for each in said.element_strings:
        if each.gtin_error or each.sscc_error or each.gln_error:
            raise InputError(f'The label "{text}" was misread.', way_out="Scan it again: a digit is wrong.")
    count = values.get("37") or values.get("30")
    lot, expiry = values.get("10"), values.get("17")
    if expiry is not None and lot is None:
        raise InputError(
            f'The label "{text}" has an expiry but no lot.', way_out="Type the lot as well: (10)."
        )
    return Label(
        gtin.value.zfill(14),
        lot.value if lot else None,
        expiry.date if expiry else None,
        int(count.value) if count else None,
        values["21"].value if "21" in values else None,
        values["00"].value if "00" in values else None,
    )

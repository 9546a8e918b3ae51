"""A workbook whose XML would unfold to gigabytes is refused, and costs nothing."""

from __future__ import annotations

import io
import zipfile
from time import process_time

import pytest
from openpyxl import Workbook

from sampan.core.errors import InputError
from sampan.formats.genome_metadata import read_metadata

LAUGHS = '<!DOCTYPE x [<!ENTITY a "AAAAAAAAAA">' + "".join(
    f'<!ENTITY {new} "{f"&{old};" * 10}">' for old, new in zip("abcdefghi", "bcdefghij", strict=True)
)
ROW = '<sheetData><row r="9"><c r="A9" t="inlineStr"><is><t>&{};</t></is></c></row>'


@pytest.mark.parametrize(
    ("entities", "named"), [(LAUGHS, "j"), ('<!DOCTYPE x [<!ENTITY f SYSTEM "file:///etc/passwd">', "f")]
)
def test_entities_of_xml_are_not_unfolded(entities: str, named: str) -> None:
    book, plain, hostile = Workbook(), io.BytesIO(), io.BytesIO()
    book.active.append(["strain", "date", "country"])
    book.save(plain)
    with zipfile.ZipFile(plain) as parts, zipfile.ZipFile(hostile, "w", zipfile.ZIP_DEFLATED) as made:
        for name in parts.namelist():
            text = parts.read(name).decode()
            if name == "xl/worksheets/sheet1.xml":
                text = entities + "]>" + text[text.index("<worksheet") :]
                text = text.replace("<sheetData>", ROW.format(named))
            made.writestr(name, text)
    begun = process_time()
    try:
        rows = repr([*read_metadata(hostile.getvalue(), name="about.xlsx").rows])
    except InputError:
        rows = ""
    assert "AAAA" not in rows
    assert "root:" not in rows
    assert process_time() - begun < 2

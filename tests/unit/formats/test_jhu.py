from __future__ import annotations

from datetime import date

import pytest

from sampan.core.errors import InputError
from sampan.formats import jhu

FILE = b'Province/State,Country/Region,Lat,Long,1/22/20,1/23/20\r\n,"Korea, South",36.0,128.0,1,2\r\n'


def test_until_keeps_every_byte_of_the_columns_that_stay() -> None:
    assert jhu.until(FILE, date(2020, 1, 23)) == FILE
    assert jhu.until(FILE, date(2020, 1, 22)) == FILE.replace(b",1/23/20", b"").replace(b",2\r", b"\r")


def test_until_a_day_before_the_file_is_refused() -> None:
    with pytest.raises(InputError, match=r"2020-01-21.*begins with 1/22/20"):
        jhu.until(FILE, date(2020, 1, 21))

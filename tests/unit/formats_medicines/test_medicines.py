"""The list of medicines: WHO's own file read in place, and what is said of a damaged one."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from sampan.core.errors import InputError
from sampan.formats.medicines import read_medicines

HEADER = (
    "drug,concentration,drug_form,price_usd,form_per_mild_course,perc_mild_treated,form_per_mod_course,"
    "perc_mod_treated,form_per_sev_course,perc_sev_treated,form_per_crit_course,perc_crit_treated\n"
)
LINE = "Oral salts,sachet,sachet(s),0.5,10,0.1,,,0,0,2,1\n"


def test_whos_list_reads_whole(shared: Path) -> None:
    path = shared / "facts" / "esft" / "pharmaceuticals.csv"
    read = read_medicines(path.read_bytes(), name=path.name)
    assert len(read) == 145
    steroid = next(
        row for row in read if row["name"] == "Dexamethasone phosphate, 4mg/ml, 1ml, amp., Ampoule"
    )
    assert steroid["course"] == {"mild": 0, "moderate": 0, "severe": 6, "critical": 15}
    assert steroid["treated"]["critical"] == 1
    assert steroid["price_usd"] == 0.35


def test_a_blank_is_unknown_not_nought() -> None:
    (row,) = read_medicines((HEADER + LINE).encode(), name="m.csv")
    assert np.isnan(row["course"]["moderate"])
    assert row["course"]["severe"] == 0


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (HEADER, "no medicine"),
        (HEADER + LINE + LINE, r"line 3: .*listed twice"),
        (HEADER + LINE.replace("0.1", "1.1"), r'line 2, column "perc_mild_treated".*from 0 to 1'),
        (HEADER + LINE.replace("10,", "ten,"), r'column "form_per_mild_course"'),
        (HEADER + LINE.replace("10,", "-10,"), r'column "form_per_mild_course"'),
        (HEADER + LINE.replace("Oral salts", " "), "no name"),
        (HEADER + "Oral salts,sachet\n", "2 cells"),
        (HEADER.replace("drug_form", "form") + LINE, 'column "drug_form" is missing'),
        ("", "empty"),
    ],
)
def test_a_damaged_file_is_refused_with_the_place(text: str, said: str) -> None:
    with pytest.raises(InputError, match=said):
        read_medicines(text.encode(), name="m.csv")

"""Stock lists as CSV: by column and by label; each fault with its line."""

from __future__ import annotations

from datetime import date

import pytest

from sampan.core.errors import InputError
from sampan.desks.assistance.stock_lists import lot_line, read_lots
from sampan.records.assistance import LotLine


def by_label(label: str, count: int | None) -> LotLine:
    return lot_line("ventilator", count or 1, lot=label)


def read(text: str) -> list[tuple[str, int, str | None, str]]:
    found = read_lots(text.encode(), name="stock.csv", resolve=by_label)
    return [(line.item, line.units, line.lot, reason) for line, reason in found]


def test_lots_units_and_reasons() -> None:
    assert read("item,quantity,unit,lot,reason\nmask,3,carton,A,\nmask,500,masks,B,recount\n") == [
        ("mask", 6000, "A", ""),
        ("mask", 500, "B", "recount"),
    ]


def test_lines_of_one_lot_add_up_and_lots_stay_apart() -> None:
    text = "item,quantity,lot,expiry\nmask,1,A,2022-01-01\nmask,2,A,2022-01-01\nmask,4,A,2022-02-01\n"
    found = read_lots(text.encode(), name="stock.csv", resolve=by_label)
    assert [(line.units, line.expiry) for line, _ in found] == [(3, date(2022, 1, 1)), (4, date(2022, 2, 1))]


def test_a_line_may_be_a_label() -> None:
    assert read("label,quantity\nS1,2\nS2,\n") == [("ventilator", 2, "S1", ""), ("ventilator", 1, "S2", "")]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("item,quantity\nmask,1.5\n", "stock.csv, line 2: 1.5 mask cannot be counted"),
        ("item,quantity\nmusk,1\n", "line 2: There is no item"),
        ("item,quantity,unit\nmask,1,litre\n", 'line 2, column "unit": mask is not counted in "litre"'),
        ("item,quantity,expiry\nmask,1,2022-01-01\n", 'line 2, column "lot": mask has an expiry but no lot'),
        ("item,quantity,lot,expiry\nmask,1,A,soon\n", 'line 2: "soon" is not a day'),
        ("item,quantity\nmask,-1\n", "line 2: -1 mask is too few"),
        ("item,quantity\nmask\n", "line 2: The row has 1 cells where the header has 2"),
        ("item,number\nmask,1\n", 'There is no column "number"'),
        ("item\nmask\n", "A column is missing"),
        ("item,quantity\n", "holds no stock"),
        ("", "The file is empty"),
    ],
)
def test_a_fault_names_its_line(text: str, says: str) -> None:
    with pytest.raises(InputError) as fault:
        read(text)
    assert says in str(fault.value)
    assert fault.value.way_out

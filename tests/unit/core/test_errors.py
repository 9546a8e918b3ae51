"""An error says where, what, and the way out, in one line."""

import pytest

from sampan.core.errors import InputError, NodeError, PeerError, Refused, SampanError


def test_the_line_names_file_line_and_column_before_what_is_wrong() -> None:
    fault = InputError("Not a count.", file="a.csv", line=3, field="1/2/20", way_out="Write a number.")
    assert str(fault) == 'a.csv, line 3, column "1/2/20": Not a count. Write a number.'


def test_what_is_not_known_is_left_out() -> None:
    assert str(InputError("No.", line=3)) == "line 3: No."
    assert str(SampanError("No.")) == "No."
    assert str(InputError("No.", field="policy")) == "policy: No."


def test_the_numbers_are_attributes() -> None:
    assert Refused("Too many.", held=40, asked=60).facts == {"held": 40, "asked": 60}


@pytest.mark.parametrize(
    ("family", "code", "status"),
    [(InputError, 2, 422), (Refused, 3, 403), (PeerError, 4, 502), (NodeError, 5, 503)],
)
def test_each_family_has_its_own_exit_code_and_status(
    family: type[SampanError], code: int, status: int
) -> None:
    assert (family.exit_code, family.http_status) == (code, status)

"""Terms of a sequence: it opens by itself, loosening is free, and nothing is taken back that others could see."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sampan.core.errors import InputError, Refused
from sampan.core.plain import plain
from sampan.records.science import DATED, KINDS, READERS, Reader, Terms, TermsKind

MARCH, JUNE, JULY = date(2021, 3, 1), date(2021, 6, 1), date(2021, 7, 1)


@pytest.mark.parametrize(
    ("kind", "until", "released", "day", "seers"),
    [
        # who sees a released record
        ("open", None, True, MARCH, ("public", "partner", "staff")),
        ("restricted", JUNE, True, MARCH, ("partner", "staff")),
        ("embargo", JUNE, True, MARCH, ("staff",)),
        ("national", None, True, MARCH, ("staff",)),
        # release by date is automatic, on the very day
        ("restricted", JUNE, True, JUNE - timedelta(1), ("partner", "staff")),
        ("restricted", JUNE, True, JUNE, ("public", "partner", "staff")),
        ("embargo", JUNE, True, JUNE - timedelta(1), ("staff",)),
        ("embargo", JUNE, True, JUNE, ("public", "partner", "staff")),
        ("national", None, True, date(2099, 1, 1), ("staff",)),
        # what is not released is home's alone, whatever its terms
        ("open", None, False, MARCH, ("staff",)),
        ("restricted", JUNE, False, JULY, ("staff",)),
    ],
)
def test_who_sees_what(
    kind: TermsKind, until: date | None, released: bool, day: date, seers: tuple[Reader, ...]
) -> None:
    terms = Terms.first(kind, until=until, day=date(2021, 1, 1), who="lab")
    assert tuple(r for r in READERS if terms.seen_by(r, day, released=released)) == seers


@pytest.mark.parametrize(
    ("was", "until", "becomes", "new_until", "released", "allowed"),
    [
        # loosening is free
        ("national", None, "embargo", JUNE, True, True),
        ("national", None, "restricted", JUNE, True, True),
        ("national", None, "open", None, True, True),
        ("embargo", JUNE, "restricted", JUNE, True, True),
        ("embargo", JUNE, "open", None, True, True),
        ("restricted", JUNE, "open", None, True, True),
        ("restricted", JUNE, "restricted", MARCH, True, True),
        # tightening is refused once others can see it
        ("open", None, "restricted", JUNE, True, False),
        ("open", None, "embargo", JUNE, True, False),
        ("open", None, "national", None, True, False),
        ("restricted", JUNE, "embargo", JUNE, True, False),
        # ... and is still possible before that
        ("open", None, "embargo", JUNE, False, True),
        ("restricted", JUNE, "embargo", JUNE, False, True),
        # never later than first promised, released or not
        ("embargo", JUNE, "embargo", JULY, True, False),
        ("embargo", JUNE, "embargo", JULY, False, False),
        ("restricted", JUNE, "restricted", JULY, True, False),
        ("embargo", JUNE, "restricted", JULY, True, False),
        ("embargo", JUNE, "national", None, False, False),
    ],
)
def test_which_changes_are_allowed(
    was: TermsKind,
    until: date | None,
    becomes: TermsKind,
    new_until: date | None,
    released: bool,
    allowed: bool,
) -> None:
    terms = Terms.first(was, until=until, day=date(2021, 1, 1), who="lab")
    change = {"day": date(2021, 2, 1), "who": "desk", "until": new_until, "why": "asked"}
    if allowed:
        after = terms.changed(becomes, released=released, **change)  # type: ignore[arg-type]
        assert (after.kind, after.until) == (becomes, new_until)
        assert [step.who for step in after.history] == ["lab", "desk"]
        assert after.history[-1].why == "asked"
        return
    with pytest.raises(Refused) as refusal:
        terms.changed(becomes, released=released, **change)  # type: ignore[arg-type]
    assert refusal.value.way_out


def test_the_first_promise_binds_even_after_it_was_brought_forward_and_back() -> None:
    terms = Terms.first("embargo", until=JULY, day=date(2021, 1, 1), who="lab")
    earlier = terms.changed("embargo", until=MARCH, day=date(2021, 2, 1), who="desk", released=True)
    with pytest.raises(Refused, match="2021-03-01"):
        earlier.changed("embargo", until=JUNE, day=date(2021, 2, 2), who="desk", released=True)


def test_an_opened_record_is_public_and_stays_so() -> None:
    terms = Terms.first("embargo", until=MARCH, day=date(2021, 1, 1), who="lab")
    with pytest.raises(Refused, match="public can see it"):
        terms.changed("national", day=JUNE, who="desk", released=True)
    assert terms.changed("open", day=JUNE, who="desk", released=True).kind == "open"


@pytest.mark.parametrize(
    ("kind", "until"), [("open", JUNE), ("national", JUNE), ("embargo", None), ("restricted", None)]
)
def test_a_day_belongs_to_the_kinds_that_end(kind: TermsKind, until: date | None) -> None:
    with pytest.raises(InputError) as fault:
        Terms(kind=kind, until=until)
    assert fault.value.field == "until"
    assert fault.value.way_out


def test_terms_are_plain_values() -> None:
    terms = Terms.first("restricted", until=JUNE, day=MARCH, who="lab", licence="CC-BY-4.0", permit="ABS-7")
    assert plain(terms)["history"] == [
        {"day": "2021-03-01", "who": "lab", "kind": "restricted", "until": "2021-06-01", "why": ""}
    ]


_days = st.dates(date(2021, 1, 1), date(2021, 12, 31))
_settings = st.sampled_from(KINDS).flatmap(
    lambda kind: st.tuples(st.just(kind), _days if kind in DATED else st.none())
)


@given(_settings, st.lists(st.tuples(_days, _settings), max_size=6), st.sampled_from(READERS))
def test_who_saw_a_released_record_once_sees_it_for_ever(
    begin: tuple[TermsKind, date | None],
    changes: list[tuple[date, tuple[TermsKind, date | None]]],
    reader: Reader,
) -> None:
    """Whatever anybody tries, in any order: on no later day is a reader shut out, or a promise broken."""
    terms = Terms.first(begin[0], until=begin[1], day=date(2021, 1, 1), who="lab")
    seen, promise = False, begin[1]
    for day, (kind, until) in sorted(changes, key=lambda each: each[0]):
        seen = seen or terms.seen_by(reader, day)
        try:
            terms = terms.changed(kind, until=until, day=day, who="desk", released=True)
        except Refused:
            continue
        finally:
            assert terms.seen_by(reader, day) or not seen
        promise = min((each for each in (promise, until) if each), default=None)
    assert promise is None or terms.seen_by(reader, promise)

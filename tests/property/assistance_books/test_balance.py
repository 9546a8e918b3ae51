"""Whatever people try, in whatever order, and wherever the power fails: the books balance."""

from __future__ import annotations

from collections import Counter
from random import Random

import pytest

from tests.property.assistance_books.desk import Desk

SEQUENCES_PER_DESK = 25
STEPS = 12


def run(seed: int, sequences: int) -> Counter[str]:
    """Random sequences on a few desks; asserts after every step that nothing is out of balance."""
    ended: Counter[str] = Counter()
    random = Random(seed)
    done = 0
    while done < sequences:
        desk = Desk(random)
        for _ in range(min(SEQUENCES_PER_DESK, sequences - done)):
            for _ in range(STEPS):
                before = desk.books()
                how = desk.attempt()
                ended[how] += 1
                assert list(desk.violations()) == []
                if how != "done":
                    assert desk.books() == before, "what was refused or cut off changed nothing"
            done += 1
        books = desk.books()
        assert desk.replayed() == books
        desk.ledger.rebuild()
        assert desk.books() == books
        assert list(desk.violations()) == []
        assert desk.ledger.verify().ok
        desk.ledger.close()
    return ended


def test_the_books_balance() -> None:
    ended = run(seed=20200326, sequences=150)
    assert min(ended[how] for how in ("done", "refused", "cut")) > 20, ended


@pytest.mark.full
def test_the_books_balance_over_ten_thousand_sequences() -> None:
    ended = run(seed=1, sequences=10_000)
    assert sum(ended.values()) == 10_000 * STEPS

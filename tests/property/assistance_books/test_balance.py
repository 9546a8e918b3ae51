"""Whatever people try, in whatever order, and wherever the power fails: the books balance."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from random import Random

import pytest

from sampan.world.assisted import sent
from tests.property.assistance_books.desk import FIRST, Books, Desk, unbalanced
from tests.property.assistance_books.slow import slow_sent

SEQUENCES_PER_DESK = 25
STEPS = 10


def run(seed: int, sequences: int) -> Counter[str]:
    """Random sequences on a few desks; asserts after every step that nothing is out of balance."""
    ended: Counter[str] = Counter()
    random = Random(seed)
    for first in range(0, sequences, SEQUENCES_PER_DESK):
        desk = Desk(random)
        books: Books = {}
        for _ in range(min(SEQUENCES_PER_DESK, sequences - first)):
            for _ in range(STEPS):
                how = desk.attempt()
                ended[how] += 1
                now = desk.books()
                assert how == "done" or now == books, "what was refused or cut off changed nothing"
                assert list(unbalanced(now)) == []
                books = now
            assert list(unbalanced(desk.kept())) == []
        assert desk.replayed() == desk.kept() == books
        desk.ledger.rebuild()
        assert desk.kept() == desk.books() == books
        assert desk.ledger.verify().ok
        for day in (None, *(FIRST + timedelta(days=days) for days in (0, 5, 10, 20))):
            assert sent(desk.ledger, as_of=day) == slow_sent(desk.ledger, day, None)
        desk.ledger.close()
    return ended


def test_the_books_balance() -> None:
    ended = run(seed=20200326, sequences=150)
    assert min(ended[how] for how in ("done", "refused", "cut")) > 20, ended


@pytest.mark.full
@pytest.mark.parametrize("seed", range(10))
def test_the_books_balance_over_ten_thousand_sequences(seed: int) -> None:
    ended = run(seed=seed, sequences=1_000)
    assert sum(ended.values()) == 1_000 * STEPS

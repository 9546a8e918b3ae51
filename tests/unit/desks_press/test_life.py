"""A brief is drafted, edited, agreed to by a second person, released, and corrected with its old figures kept."""

from __future__ import annotations

import pytest

from sampan.access.session import Session
from sampan.core.errors import InputError, Refused
from sampan.core.languages import LANGUAGES
from sampan.desks.press import drafts, released, releasing, standing
from sampan.desks.press.words import NO_WORDS, Words
from sampan.node import Node
from sampan.records.press import BriefRelease, BriefReview
from tests.books import batch
from tests.unit.desks_press.conftest import DAY, everywhere


def out(press: Session, second: Session, words: Words = NO_WORDS) -> released.Release:
    """Drafts, edits, agrees to and releases the brief."""
    drafts.draft(press, DAY)
    drafts.edit(press, DAY, words, revision=1)
    releasing.review(second, DAY, revision=2, approve=True)
    releasing.release(press, DAY)
    return released.releases(press.ledger)[DAY][-1]


def test_from_draft_to_release(press: Session, second: Session, words: Words) -> None:
    drafts.draft(press, DAY)
    assert standing.standing(press, DAY).state == "draft"
    drafts.edit(press, DAY, words, revision=1)
    releasing.review(second, DAY, revision=2, approve=False, note="Name the teams.")
    assert standing.standing(press, DAY).state == "sent back"
    assert standing.standing(press, DAY).note == "Name the teams."
    drafts.edit(press, DAY, words, revision=2)
    releasing.review(second, DAY, revision=3, approve=True)
    assert standing.standing(press, DAY).state == "agreed"
    releasing.release(press, DAY)
    assert standing.standing(press, DAY).state == "released"
    release = released.releases(press.ledger)[DAY][0]
    for language in LANGUAGES:
        said = released.said_in(press, release, language)
        assert said.language == language
        text = released.kept_page(press, release, language, "md").decode()
        assert "COVID-19" in text
        assert "22" in text
    assert "# Together since 5 March 2020" in released.kept_page(press, release, "en", "md").decode()


def test_nobody_agrees_to_their_own_words(press: Session) -> None:
    drafts.draft(press, DAY)
    with pytest.raises(Refused, match="cannot review it"):
        releasing.review(press, DAY, revision=1, approve=True)
    draft = drafts.newest(press, DAY)
    with pytest.raises(Refused, match="cannot review it"):
        press.write("review", [BriefReview(draft=draft.entry, approved=True)])


def test_the_lock_behind_the_door_holds_a_release_without_a_second_person(
    press: Session, second: Session
) -> None:
    release = out(press, second)
    drafts.correct(press, DAY, reason="x")
    unseen = drafts.newest(press, DAY)
    said = release.record
    body = {**said.body(), "draft": unseen.entry}
    with pytest.raises(Refused, match="No second person has agreed"):
        press.write("release", [BriefRelease.read(body)])


def test_without_a_second_persons_word_nothing_goes_out(press: Session, second: Session) -> None:
    drafts.draft(press, DAY)
    with pytest.raises(Refused, match="No second person"):
        releasing.release(press, DAY)
    releasing.review(second, DAY, revision=1, approve=True)
    drafts.edit(press, DAY, NO_WORDS, revision=1)
    with pytest.raises(Refused, match="No second person"):
        releasing.release(press, DAY)


@pytest.mark.parametrize("handle", ["officer", "stranger", "administrator"])
def test_others_can_do_none_of_it(node: Node, handle: str) -> None:
    somebody = node.on_behalf_of(handle)
    drafts.draft(node.on_behalf_of("press"), DAY)
    for attempt in (
        lambda: drafts.draft(somebody, DAY),
        lambda: drafts.edit(somebody, DAY, NO_WORDS, revision=1),
        lambda: releasing.review(somebody, DAY, revision=1, approve=True),
        lambda: releasing.release(somebody, DAY),
        lambda: drafts.correct(somebody, DAY, reason="x"),
    ):
        with pytest.raises(Refused, match="may not"):
            attempt()


def test_a_director_may_be_the_second_person(node: Node, press: Session) -> None:
    drafts.draft(press, DAY)
    director = node.on_behalf_of("director")
    releasing.review(director, DAY, revision=1, approve=True)
    with pytest.raises(Refused, match="may not release"):
        releasing.release(director, DAY)
    releasing.release(press, DAY)


def test_two_people_edit_one_draft_and_both_texts_are_there(
    press: Session, second: Session, words: Words
) -> None:
    drafts.draft(press, DAY)
    drafts.edit(press, DAY, words, revision=1)
    size = press.ledger.size
    mine = Words(headline=everywhere("Mine"))
    with pytest.raises(drafts.Overtaken, match='"press" has written revision 2') as caught:
        drafts.edit(second, DAY, mine, revision=1)
    assert caught.value.theirs == words
    assert caught.value.yours == mine
    assert press.ledger.size == size


def test_a_review_of_what_was_overtaken_is_refused(press: Session, second: Session) -> None:
    drafts.draft(press, DAY)
    drafts.edit(press, DAY, NO_WORDS, revision=1)
    with pytest.raises(Refused, match="Revision 2 of this brief has come since"):
        releasing.review(second, DAY, revision=1, approve=True)


def test_a_draft_is_begun_once(press: Session) -> None:
    drafts.draft(press, DAY)
    with pytest.raises(Refused, match="has begun"):
        drafts.draft(press, DAY)


def test_a_correction_says_what_was_and_what_is(
    node: Node, press: Session, second: Session, words: Words
) -> None:
    first = out(press, second, words)
    assert standing.changed(press, DAY) == ()
    node.session.clock.set_to(DAY, 18)
    batch(node, {"FRA": {"mask": 7_000}}, day=DAY)
    offered = {change.figure: change for change in standing.changed(press, DAY)}
    assert (offered["countries"].old, offered["countries"].new) == (2, 3)
    assert offered["item-mask"].new - offered["item-mask"].old == 7_000
    assert offered["countries"].entries
    drafts.correct(press, DAY, reason="A batch was recorded late.")
    assert standing.standing(press, DAY).state == "correcting"
    releasing.review(second, DAY, revision=3, approve=True)
    releasing.release(press, DAY)
    assert standing.standing(press, DAY).state == "corrected"
    old, new = released.releases(press.ledger)[DAY]
    assert old.digest == first.digest != new.digest
    assert new.corrects == old.entry
    assert new.reason == "A batch was recorded late."
    assert {change.figure: change.new for change in new.changes}["countries"] == 3
    assert released.figures_of(press, old)["countries"]["count"] == 2
    assert released.figures_of(press, new)["countries"]["count"] == 3
    assert "3 countries" in released.kept_page(press, new, "en", "md").decode()
    assert "2 countries" in released.kept_page(press, old, "en", "md").decode()


def test_the_figures_are_those_that_the_second_person_saw(
    node: Node, press: Session, second: Session
) -> None:
    """A batch decided between the draft and the release is not in what goes out; it is offered as a correction."""
    drafts.draft(press, DAY)
    releasing.review(second, DAY, revision=1, approve=True)
    node.session.clock.set_to(DAY, 18)
    batch(node, {"FRA": {"mask": 7_000}}, day=DAY)
    releasing.release(press, DAY)
    release = released.releases(press.ledger)[DAY][0]
    assert released.figures_of(press, release)["countries"]["count"] == 2
    assert "countries" in {change.figure for change in standing.changed(press, DAY)}


def test_what_was_never_released_cannot_be_corrected(press: Session) -> None:
    drafts.draft(press, DAY)
    with pytest.raises(Refused, match="has been released"):
        drafts.correct(press, DAY, reason="x")
    with pytest.raises(InputError, match="says why"):
        drafts.correct(press, DAY, reason=" ")


def test_a_release_is_not_released_twice(press: Session, second: Session) -> None:
    out(press, second)
    with pytest.raises(Refused, match="is out already"):
        releasing.release(press, DAY)

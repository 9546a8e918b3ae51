"""A node is made whole or not at all, and opened only if it is one."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from sampan.access.settings import Settings
from sampan.core.errors import InputError, NodeError, Refused
from sampan.core.time import StandingClock
from sampan.node import Node

CLOCK = StandingClock(datetime(2020, 3, 5, 12, tzinfo=UTC))


def test_a_made_node_opens_again_with_the_same_key(tmp_path: Path) -> None:
    folder = tmp_path / "an office"
    with Node.create(folder, home="China", clock=CLOCK) as made:
        vkey = made.session.ledger.verifier
    assert (folder / "blobs").is_dir(), "a backup copies it from the first day on"
    with Node.open(folder, clock=CLOCK) as opened:
        assert opened.session.home == "CHN"
        assert opened.session.ledger.verifier == vkey
        assert opened.session.ledger.verify().entries == 0


def test_the_key_is_its_owners_alone(tmp_path: Path) -> None:
    Node.create(tmp_path / "n", home="CHN", clock=CLOCK).close()
    assert (tmp_path / "n" / "keys" / "ledger.pem").stat().st_mode & 0o077 == 0


def test_a_home_that_is_no_place_leaves_nothing_behind(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="China"):
        Node.create(tmp_path / "n", home="Chinna", clock=CLOCK)
    assert list(tmp_path.iterdir()) == []


def test_a_folder_in_use_is_left_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "mine").write_text("x")
    with pytest.raises(InputError, match="not empty"):
        Node.create(tmp_path, home="CHN", clock=CLOCK)
    assert [path.name for path in tmp_path.iterdir()] == ["mine"]


@pytest.mark.parametrize("file", [None, "a file, not a folder"])
def test_what_is_no_node_says_how_to_make_one(tmp_path: Path, file: str | None) -> None:
    where = tmp_path / "x"
    if file:
        where.write_text(file)
    with pytest.raises(NodeError, match="sampan init"):
        Node.open(where)


MADE = 'format = 1\nhome = "CHN"\norigin = "x"\n'


@pytest.mark.parametrize(
    ("toml", "says"),
    [
        ("format = 1", "home"),
        (f'{MADE}[people]\na = ["king"]', "king"),
        (f'{MADE}[people]\na = ["oficer"]', "Write officer"),
        (f'{MADE}[people]\nanna = "press"', r'anna = \["press"\]'),
        (f"{MADE}[people]\nanna = []", r'anna = \["officer"\]'),
        (f'{MADE}[people.anna]\nroles = ["press", "officer"]', r'anna = \["press", "officer"\]'),
        (f'{MADE}[people."anna b"]\nname = "x"', r'"anna b" = \["officer"\]'),
        (f'{MADE}[people]\na = ["officer", "receiver:ITA"]', "cannot sign for another party"),
        (f'{MADE}[people]\na = ["receiver:FRA", "receiver:ITA"]', "cannot sign for another party"),
        (f'{MADE}[people]\na = ["officer:ITA"]', "receiver:ITA"),
        (f'{MADE}[people]\na = ["receiver:"]', "receiver:ITA"),
        (f'{MADE}people = ["anna"]', r'people.anna = \["officer"\]'),
        (f'{MADE}exercise = "no"', "exercise = true"),
        (f'{MADE}[poeple]\na = ["press"]', '"poeple" is not known here. Write people'),
        (f'{MADE}[oidc]\nisuer = "https://a"\nclient_id = "x"', "Write issuer"),
        ("format = ", "TOML"),
        ('format = 2\nhome = "CHN"\norigin = "x"', "newer"),
    ],
)
def test_settings_that_do_not_hold_are_named(tmp_path: Path, toml: str, says: str) -> None:
    (tmp_path / "sampan.toml").write_text(toml)
    with pytest.raises((InputError, NodeError), match=says):
        Settings.read(tmp_path)


def test_settings_read_back_what_they_wrote(tmp_path: Path) -> None:
    settings = Settings(
        "ITA", "sampan/ita/1", {"anna": ("officer", "press"), "à deux": ("receiver:ITA",)}, exercise=True
    )
    (tmp_path / "sampan.toml").write_bytes(settings.toml())
    assert Settings.read(tmp_path) == settings


def test_strangers_do_not_get_in(tmp_path: Path) -> None:
    Node.create(tmp_path / "n", home="CHN", clock=CLOCK).close()
    with pytest.raises(Refused, match="officer"):
        Node.open(tmp_path / "n", person="stranger")


@pytest.mark.parametrize(
    ("broken", "says"),
    [
        (None, "no such file"),
        (b"", "not an Ed25519"),
        (b"-----BEGIN PRIVATE KEY-----\nx\n-----END PRIVATE KEY-----\n", "not an Ed25519"),
    ],
)
def test_a_node_without_its_key_says_so(tmp_path: Path, broken: bytes | None, says: str) -> None:
    Node.create(tmp_path / "n", home="CHN", clock=CLOCK).close()
    file = tmp_path / "n" / "keys" / "ledger.pem"
    file.unlink()
    if broken is not None:
        file.write_bytes(broken)
    with pytest.raises(NodeError, match=rf"{says}.*\. Put it back from a backup") as caught:
        Node.open(tmp_path / "n", clock=CLOCK)
    assert str(file) in caught.value.what
    assert ".." not in caught.value.what


@pytest.mark.parametrize("part", ["keys/ledger.pem", "sampan.toml", "ledger.sqlite"])
def test_a_part_of_another_node_is_named_and_nothing_is_called_damaged(tmp_path: Path, part: str) -> None:
    own, other = tmp_path / "own", tmp_path / "other"
    for folder in (own, other):
        Node.create(folder, home="CHN", clock=CLOCK).close()
    origins = [Settings.read(folder).origin for folder in (own, other)]
    (own / part).write_bytes((other / part).read_bytes())
    before = (own / "ledger.sqlite").read_bytes()
    with pytest.raises(NodeError, match=part.rpartition("/")[2]) as caught:
        Node.open(own, clock=CLOCK)
    said = str(caught.value)
    assert all(origin in said for origin in origins)
    assert not [word for word in ("damaged", "verify", "last backup") if word in said]
    assert (own / "ledger.sqlite").read_bytes() == before, "nothing is written into what is not ours"


def test_a_node_that_lost_its_ledger_is_not_told_to_start_anew(tmp_path: Path) -> None:
    Node.create(tmp_path / "n", home="CHN", clock=CLOCK).close()
    (tmp_path / "n" / "ledger.sqlite").unlink()
    with pytest.raises(NodeError, match="restore it from a backup") as caught:
        Node.open(tmp_path / "n", clock=CLOCK)
    assert "init" not in str(caught.value)


@pytest.mark.parametrize(
    "name", ["file", "file/n", "loop", "loop/n", "/proc/n", "/proc/1/n", "/dev/null", "n\0"]
)
def test_where_no_folder_can_be_none_is_made(tmp_path: Path, name: str) -> None:
    (tmp_path / "file").write_text("mine")
    (tmp_path / "loop").symlink_to("loop")
    with pytest.raises((InputError, NodeError)) as caught:
        Node.create(tmp_path / name, home="CHN", clock=CLOCK)
    assert caught.value.way_out
    assert sorted(path.name for path in tmp_path.iterdir()) == ["file", "loop"]
    assert (tmp_path / "file").read_text() == "mine"

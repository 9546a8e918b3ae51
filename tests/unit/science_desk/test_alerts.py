"""What grows, what no longer fits and what is about to end is raised once, taken in hand, or goes up."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pytest
from typer.testing import CliRunner

from sampan.cli.science import science_app
from sampan.core.errors import InputError, Refused
from sampan.core.time import StandingClock
from sampan.desks.science.alerts import alerts, digest, growing, move_alert, raise_alerts
from sampan.desks.science.collection import collection
from sampan.desks.science.releases import approve, release, withdraw
from sampan.desks.science.submission import submit
from sampan.desks.science.watching import watch_primers
from tests.small_virus import REFERENCE, changed, fasta, other
from tests.unit.science_desk.conftest import NOON

SITE = 400


def later(session, days: int):
    return replace(session, clock=StandingClock(NOON + timedelta(days=days)))


def course(shares: list[float], *, seed: int, per_week: int = 25) -> dict[str, bytes]:
    """Genomes of China, week by week up to the day, of which a share has the change that makes A.1.1 of A.1."""
    g = np.random.default_rng(seed)
    genomes, rows = {}, ["strain\tdate\tcountry"]
    for week, share in enumerate(shares):
        last = NOON.date() - timedelta(7 * (len(shares) - 1 - week))
        for i in range(per_week):
            name = f"w{week}-{i}"
            sites = {150: other(150)} | ({SITE: other(SITE)} if g.random() < share else {})
            genomes[name] = changed(sites | {1100 + int(g.integers(300)): "N"})
            rows.append(f"{name}\t{last - timedelta(int(g.integers(7)))}\tChina")
    return {"g.fasta": fasta(genomes), "t.tsv": "\n".join(rows).encode()}


def released(node, files, **terms) -> None:
    done = submit(node.session, files, **terms)
    approve(node.on_behalf_of("director"), done.number)
    release(node.session, done.number)


def test_what_grows_is_raised_once(node) -> None:
    released(node, course([0.02, 0.05, 0.1, 0.2, 0.35, 0.5, 0.7, 0.85], seed=1))
    raise_alerts(node.session)
    found = {each.subject: each for each in alerts(node.session)}
    assert "lineage A.1.1" in found
    alert = found["lineage A.1.1"]
    assert (alert.place, alert.about, alert.state) == ("CHN", "growth", "open")
    assert 0 < alert.low < alert.high
    assert alert.share > 0.7
    assert "lineage A.1" not in found  # it gives way
    assert raise_alerts(node.session).entries == ()
    assert any(subject.startswith("S:") for subject in found)


def test_what_does_not_grow_is_not_raised(node) -> None:
    released(node, course([0.3] * 8, seed=2))
    raise_alerts(node.session)
    assert alerts(node.session) == []
    assert growing(node.session)


def test_a_few_genomes_raise_nothing(node) -> None:
    released(node, course([0.0, 0.3, 0.6, 1.0], seed=3, per_week=4))
    raise_alerts(node.session)
    assert alerts(node.session) == []


def test_primers_that_no_longer_fit(node) -> None:
    released(node, course([0.5] * 5, seed=4))
    begin = SITE - 10
    table = f"name,sequence,start,strand\nN1,{REFERENCE[begin - 1 : begin + 19]},{begin},+\nN2,{REFERENCE[1:21]},2,+\n"
    watch_primers(node.session, table.encode(), name="primers.csv")
    raise_alerts(node.session, least=5)
    [alert] = [each for each in alerts(node.session) if each.about == "primer"]
    assert (alert.subject, alert.place) == ("N1", "CHN")
    assert 0.2 < alert.share < 0.9
    [said] = [each for each in digest(node.session).subjects if each.about == "primer"]
    assert (said.subject, said.places, said.first_seen) == ("N1", ("CHN",), NOON.date())
    assert (said.count, said.covered) == (alert.count, alert.covered)
    assert said.share == pytest.approx(alert.share)
    done = CliRunner().invoke(science_app, ["digest", "--node", str(node.session.genomes.parent)])
    title, head, row = done.stdout.splitlines()[:3]
    assert title.startswith(f"primer: N1 ({alert.count} of {alert.covered}, ")
    assert head.split() == ["alert", "state", "place", "count", "covered", "share", "first", "seen"]
    assert row.split()[2:5] == ["CHN", str(alert.count), str(alert.covered)]


def test_terms_that_end_soon(node) -> None:
    released(node, course([0.0], seed=5, per_week=3), terms="restricted", until=date(2020, 6, 10))
    raise_alerts(node.session)
    [alert] = alerts(node.session)
    assert (alert.about, alert.count) == ("terms", 3)
    assert "2020-06-10" in alert.says


def test_the_public_log_is_told_of_what_opened_by_itself_once(node) -> None:
    def told(session) -> list[tuple[str, int]]:
        return [(e.body["step"], e.body["count"]) for e in session.ledger.entries(kind="science.open")]

    released(node, course([0.0], seed=5, per_week=3), terms="restricted", until=date(2020, 9, 1))
    raise_alerts(node.session)
    assert told(node.session) == []
    for day in (100, 101):
        raise_alerts(later(node.session, day))
        assert told(node.session) == [("opened", 3)]


def test_the_public_log_never_counts_out_what_it_has_not_counted_in(node) -> None:
    released(node, course([0.0], seed=5, per_week=3), terms="restricted", until=date(2020, 9, 1))
    curator = later(node.session, 100)
    first = min(one.name for one in collection(curator).held.values())
    withdraw(curator, [first], reason="the tube was mixed up")
    raise_alerts(later(node.session, 101))
    told = [(e.body["step"], e.body["count"]) for e in curator.ledger.entries(kind="science.open")]
    assert told == [("opened", 3), ("withdrawn", 1)]


def test_an_alert_is_taken_in_hand_or_goes_up(node) -> None:
    released(node, course([0.0], seed=5, per_week=3), terms="restricted", until=date(2020, 6, 10))
    raise_alerts(node.session)
    assert alerts(node.session)[0].state == "open"
    assert alerts(later(node.session, 4))[0].state == "overdue"
    assert digest(later(node.session, 4)).overdue == 1
    raise_alerts(later(node.session, 4))
    assert alerts(node.session)[0].state == "escalated"
    move_alert(node.session, "A-0001", "acknowledged", note="told the lab")
    told = digest(node.session)
    assert (told.open, told.overdue, told.acknowledged) == (0, 0, 1)
    (subject,) = told.subjects
    assert (subject.about, subject.count, subject.share, subject.places) == ("terms", 3, None, ())
    assert [(each.number, each.state) for each in subject.alerts] == [("A-0001", "acknowledged")]
    move_alert(node.session, "A-0001", "closed")
    assert alerts(node.session, open_only=True) == []
    with pytest.raises(InputError):
        move_alert(node.session, "A-0001", "acknowledged")
    raise_alerts(node.session)
    assert [each.number for each in alerts(node.session)] == ["A-0001", "A-0002"]


def test_whom_alerts_are_for(node) -> None:
    with pytest.raises(Refused):
        alerts(node.on_behalf_of("italy"))
    with pytest.raises(Refused):
        raise_alerts(node.on_behalf_of("viewer"))


@pytest.mark.parametrize("wrong", [{"least": 0}, {"false_share": 1.0}, {"mismatch": 0.0}, {"warn_days": -1}])
def test_parameters_that_make_no_sense(node, wrong) -> None:
    with pytest.raises(InputError):
        raise_alerts(node.session, **wrong)

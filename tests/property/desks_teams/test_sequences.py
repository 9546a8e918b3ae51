"""Whatever is asked of teams and bundles, in whatever order, with power cuts: person-days and goods balance."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable
from datetime import date, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from random import Random

from sampan.access.session import Session
from sampan.access.settings import Settings
from sampan.core.errors import SampanError
from sampan.core.time import StandingClock
from sampan.desks.assistance import packing
from sampan.desks.assistance.matching import REST_DAYS
from sampan.desks.assistance.roster import enrol, expert, request, seats, withdraw
from sampan.desks.assistance.teams import come_home, report, send
from sampan.exchange.arrivals import Counted, notices, receive
from sampan.exchange.notices import export_notice, export_receipt, take_in
from sampan.exchange.partners import add
from sampan.ledger.blobs import Blobs
from sampan.ledger.ledger import Ledger
from sampan.ledger.signing import SigningKey
from sampan.node import MEMORY_PEOPLE, Node, read_models
from sampan.world.accounts import balance
from sampan.world.consignments import numbers, track
from sampan.world.teams import teams
from tests.books import batch, hand_over, stock
from tests.property.assistance_books.desk import Fuse, PowerCut

FIRST = date(2020, 3, 1)
SKILLS = ("epidemiology", "nursing")


def node_with_fuse(home: str) -> tuple[Node, Fuse]:
    fuse, clock = Fuse(), StandingClock(datetime.fromisoformat("2020-04-26T12:00:00+00:00"))
    origin = f"sampan/{home.lower()}/fuse"
    key = SigningKey.from_seed(origin, home.encode().ljust(32, b"."))
    ledger = Ledger.create(
        "sqlite://", origin=origin, key=key, clock=clock, read_models=[*read_models(), fuse]
    )
    settings = Settings(home, origin, MEMORY_PEOPLE)
    session = Session(ledger, Blobs(f"memory://{home}{id(fuse)}"), clock, home, settings.person("officer"))
    return Node(Path(), settings, session), fuse


class Office:
    """China and Italy, and everything that people there may try with teams and files."""

    def __init__(self, random: Random) -> None:
        self.random = random
        (self.china, self.fuse), (self.italy, self.fuse_there) = map(node_with_fuse, ("CHN", "ITA"))
        add(self.china.on_behalf_of("administrator"), "ITA", str(self.italy.session.ledger.verifier))
        add(self.italy.on_behalf_of("administrator"), "CHN", str(self.china.session.ledger.verifier))
        self.files: list[bytes] = []
        self.batches = 0

    def attempt(self) -> str:
        act = self.random.choice(self._acts())
        blown = self.random.choice((self.fuse, self.fuse_there))
        blown.blows = self.random.random() < 0.2
        try:
            act()
        except PowerCut:
            return "cut"
        except SampanError:
            return "refused"
        finally:
            blown.blows = False
        return "done"

    def _acts(self) -> list[Callable[[], object]]:
        desk = [
            self._enrol,
            self._request,
            self._send,
            self._report,
            self._report,
            self._return,
            self._withdraw,
        ]
        return [*desk, self._dispatch, self._notice, self._receipt, self._import, self._import, self._sign]

    def _who(self) -> Session:
        return self.china.session if self.random.random() < 0.9 else self.china.on_behalf_of("press")

    def _day(self) -> date:
        return FIRST + timedelta(days=self.random.choice((0, 3, 5, 6, 7, 8, 20, 40)))

    def _number(self, letter: str) -> str:
        return f"{letter}-{self.random.randint(1, 6):04d}"

    def _enrol(self) -> None:
        first = self._day()
        span = f"{first}/{first + timedelta(days=60)}"
        handle = f"E-{self.random.randint(1, 8)}"
        enrol(self._who(), [expert(handle, [self.random.choice(SKILLS)], ["en"], [span])], day=FIRST)

    def _request(self) -> None:
        wanted = [seats(f"{self.random.choice(SKILLS)}={self.random.choice(('0', '1', '2/1', '9'))}")]
        start = self._day()
        request(self._who(), self.random.choice(("ITA", "SRB")), wanted, start=start, days=6, day=FIRST)

    def _send(self) -> None:
        send(self._who(), self.random.choice(((), (self._number("R"),))), day=FIRST)

    def _report(self) -> None:
        present = self.random.choice((None, [seats(f"{self.random.choice(SKILLS)}=1")]))
        report(self._who(), self._number("T"), self._day(), present=present)

    def _return(self) -> None:
        why = self.random.choice(("", "no line from the field"))
        come_home(self._who(), self._number("T"), self._day(), unreported=why)

    def _withdraw(self) -> None:
        withdraw(self._who(), self._number("R"), "no need")

    def _dispatch(self) -> None:
        self.batches += 1
        stock(self.china.session, "mask", 100, f"L{self.batches}", day=FIRST)
        number = batch(self.china, {"ITA": {"mask": 100}}, day=FIRST).consignments[0]
        packing.pack(self.china.session, number, day=FIRST)
        hand_over(self.china.session, number, day=FIRST)

    def _notice(self) -> None:
        known = numbers(self.china.session.ledger) or ("9-ITA",)
        self.files.append(export_notice(self.china.session, self.random.choice(known)))

    def _receipt(self) -> None:
        known = [each.notice.number for each in notices(self.italy.session.ledger)] or ["CHN/9-ITA"]
        self.files.append(export_receipt(self.italy.session, self.random.choice(known)))

    def _import(self) -> None:
        file = self.random.choice(self.files or [b"{}"])
        if self.random.random() < 0.2:
            file = file.replace(b'"units":100', b'"units":900', 1)[: self.random.choice((None, 400))]
        take_in(self.random.choice((self.china, self.italy)).session, file)

    def _sign(self) -> None:
        known = [each.notice.number for each in notices(self.italy.session.ledger)] or ["CHN/9-ITA"]
        good, missing = self.random.choice(((100, 0), (50, 0), (40, 10), (0, 0), (500, 0)))
        counted = [Counted("mask", good=good, missing=missing, reason="lost")]
        receive(self.italy.session, self.random.choice(known), self.random.choice((None, counted)))

    def state(self) -> list[object]:
        return [balance(node.session.ledger) for node in (self.china, self.italy)]


def everything_holds(office: Office) -> None:
    for node in (office.china, office.italy):
        sums: dict[object, int] = defaultdict(int)
        for held in balance(node.session.ledger):
            sums[held.commodity] += held.quantity
        assert not any(sums.values())
    known = teams(office.china.session.ledger)
    worked = sum(team.person_days for team in known.deployments.values())
    there = balance(office.china.session.ledger, account="deployed:", kind="person-days")
    assert worked == sum(held.quantity for held in there)
    serving: dict[str, list[tuple[date, date]]] = defaultdict(list)
    for team in known.deployments.values():
        assert len({report.day for report in team.reports}) == len(team.reports)
        for handle, _ in team.members:
            serving[handle].append((team.deployment.start, team.last))
    for spans in serving.values():
        for (_, end), (start, _) in pairwise(sorted(spans)):
            assert (start - end).days > REST_DAYS, "nobody is in two places, or without rest"


def what_came_is_what_was_signed(office: Office) -> None:
    """Neither side ever books more than left, and the sender never more than the recipient signed for."""
    there = sum(h.quantity for h in balance(office.italy.session.ledger, account="depot:home"))
    here = sum(h.quantity for h in balance(office.china.session.ledger, account="received:ITA"))
    left = [
        n
        for n in numbers(office.china.session.ledger)
        if track(office.china.session.ledger, n).state != "packed"
    ]
    assert here <= there <= 100 * len(left)


def test_teams_and_bundles_balance_whatever_is_tried() -> None:
    ended: Counter[str] = Counter()
    random = Random(20200326)
    for _ in range(3):
        office = Office(random)
        before = office.state()
        for _ in range(100):
            how = office.attempt()
            ended[how] += 1
            now = office.state()
            assert how == "done" or now == before, "what was refused or cut off moved nothing"
            before = now
        everything_holds(office)
        what_came_is_what_was_signed(office)
        for node in (office.china, office.italy):
            node.session.ledger.rebuild()
            assert node.session.ledger.verify().ok
        assert office.state() == before
    assert min(ended[how] for how in ("done", "refused", "cut")) >= 10, ended

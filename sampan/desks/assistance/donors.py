"""Which donors and other parties take part, and which earmarks do they set?"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import date
from functools import partial
from typing import get_args

from sampan.access.session import Session
from sampan.core.errors import InputError
from sampan.desks.assistance.done import Done
from sampan.desks.assistance.lines import read_what
from sampan.records.assistance.contributions import DonorKind, Earmark, Level, Party
from sampan.records.record import Record
from sampan.world.contributions import position_of
from sampan.world.earmarks import fault_in
from sampan.world.organisations import organisations
from sampan.world.parties import party, recorded
from sampan.world.places import REGIONS, places, subdivisions

DONOR_KINDS: tuple[str, ...] = get_args(DonorKind)

_CODE = re.compile(r"[A-Z0-9][A-Z0-9._-]{2,39}")
_EARMARK = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,39}")
_PSEUDONYM = re.compile(r"Individuals( .*)?|Donor [0-9A-Za-z-]+")


def record_party(
    session: Session, code: str, *, name: str, donor_kind: str, country: str, day: date | None = None
) -> Done:
    """Records a donor or another party that is no country and no known organisation.

    Said again under the same code, it corrects what was said. Raises InputError for a code that is taken,
    a kind that there is not, or a person's name.
    """
    entry = session.decide(
        "contribute",
        lambda: [new_party(session, code=code, name=name, donor_kind=donor_kind, country=country)],
        effective=day,
    )[0]
    return Done(code, (entry.id,), f"{name} ({code}) is recorded, {donor_kind} of {country}")


def new_party(session: Session, *, code: str, name: str, donor_kind: str, country: str) -> Party:
    """The party as it may be recorded. Raises InputError as ``record_party`` says."""
    _check_party(code, name, donor_kind, country)
    before = recorded(session.ledger).get(code)
    if before is not None and (before.name, before.donor_kind, before.partner) == (name, donor_kind, country):
        raise InputError(f"{code} is recorded so already.", way_out="Nothing needs doing.", field="code")
    return Party(code=code, name=name, donor_kind=donor_kind, country=country)  # type: ignore[arg-type]


def _check_party(code: str, name: str, donor_kind: str, country: str) -> None:
    if not _CODE.fullmatch(code):
        raise InputError(
            f'"{code}" is no code for a party.',
            way_out="Use capitals, digits, dots and dashes.",
            field="code",
        )
    area = "-" in code and any(
        code in subdivisions(each) for each in places() if code[:2] == places()[each].alpha2
    )
    if code in places() or code in organisations() or area:
        raise InputError(
            f"{code} is a place or an organisation.", way_out="It needs no recording.", field="code"
        )
    if donor_kind not in DONOR_KINDS:
        raise InputError(
            f'"{donor_kind}" is no kind of donor.',
            way_out=f"Use {', '.join(DONOR_KINDS)}.",
            field="donor_kind",
        )
    if country not in places() and country not in organisations():
        raise InputError(
            f'There is no country "{country}".', way_out="Write its code, as ITA.", field="country"
        )
    if donor_kind == "individual" and not _PSEUDONYM.fullmatch(name):
        raise InputError(
            "No person is named in the ledger.",
            way_out='Call them "Individuals of …" together, or one of them "Donor 17".',
            field="name",
        )
    if not name.strip():
        raise InputError("This party has no name.", way_out="Write it.", field="name")


def record_earmark(
    session: Session,
    code: str,
    *,
    donor: str,
    level: str,
    recipients: Sequence[str] = (),
    items: Sequence[str] = (),
    purpose: str = "",
    day: date | None = None,
) -> Done:
    """Records what a donor allows its gifts to be used for. A code is never said anew.

    Raises InputError for a recipient or an item that there is not, or a level that the rest contradicts.
    """

    def draft() -> list[Record]:
        return [
            new_earmark(
                session, code, donor=donor, level=level, recipients=recipients, items=items, purpose=purpose
            )
        ]

    entry = session.decide("contribute", draft, effective=day)[0]
    return Done(code, (entry.id,), f"Earmark {code} of {donor}: {sentence(Earmark.read(entry.body))}")


def new_earmark(
    session: Session,
    code: str,
    *,
    donor: str,
    level: str,
    recipients: Sequence[str],
    items: Sequence[str],
    purpose: str,
) -> Earmark:
    """The earmark as it may be recorded. Raises InputError as ``record_earmark`` says."""
    if level not in get_args(Level):
        raise InputError(
            f'"{level}" is no level of earmarking.',
            way_out=f"Use {', '.join(get_args(Level))}.",
            field="level",
        )
    if not _EARMARK.fullmatch(code):
        raise InputError(
            f'"{code}" is no code for an earmark.', way_out="Use letters, digits, dots, dashes.", field="code"
        )
    if position_of(session.ledger, Earmark.kind, code) is not None:
        raise InputError(f"There is an earmark {code} already.", way_out="Use another code.", field="code")
    said = Earmark(
        code=code,
        donor=_of("donor", lambda: party(session.ledger, donor).code),
        level=level,  # type: ignore[arg-type]
        recipients=tuple(_of("recipients", partial(_recipient, session, each)) for each in recipients),
        items=tuple(_of("items", partial(_item, each)) for each in items),
        purpose=purpose.strip(),
    )
    if fault := fault_in(said):
        raise InputError(fault, way_out="Change the level, or what it is tied to.", field="level")
    return said


def _recipient(session: Session, code: str) -> str:
    return code if code in REGIONS else party(session.ledger, code).code


def _item(text: str) -> str:
    return read_what(text)[1]


def _of(field: str, read: Callable[[], str]) -> str:
    """What ``read`` finds; its fault is that of ``field``."""
    try:
        return read()
    except InputError as fault:
        raise InputError(fault.what, way_out=fault.way_out, field=field) from None


def sentence(earmark: Earmark) -> str:
    """``tightly earmarked, for ITA, of mask, to "hospitals in Lombardy"``."""
    whom = f", for {', '.join(earmark.recipients)}" if earmark.recipients else ""
    what = f", of {', '.join(earmark.items)}" if earmark.items else ""
    why = f', to "{earmark.purpose}"' if earmark.purpose else ""
    level = earmark.level if earmark.level.endswith("earmarked") else f"{earmark.level} earmarked"
    return f"{level}{whom}{what}{why}"

"""Commands ``fund …``: money set aside, its budget, its statement of account."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import typer

from sampan.cli.appeals import On, day_of, report
from sampan.cli.control import Day, KnownBy, end_of_day
from sampan.cli.options import HERE, OFFICER, As, Json, NodeFolder, opened
from sampan.cli.say import as_json, said, table

fund_app = typer.Typer(no_args_is_help=True, help="Money set aside: budgets, exchange, statements.")

Code = Annotated[str | None, typer.Argument(metavar="FUND", show_default="the only one")]
Since = Annotated[datetime, typer.Option("--from", formats=["%Y-%m-%d"], help="First day.")]
Until = Annotated[datetime, typer.Option("--until", formats=["%Y-%m-%d"], help="Last day.")]


@fund_app.command("open")
def open_(
    code: Annotated[str, typer.Argument(metavar="FUND", help="Small letters, digits and dashes.")],
    name: Annotated[str, typer.Argument(help="What it is called.")],
    currency: Annotated[str, typer.Option(help="ISO 4217: the currency of its statement.")],
    folder: NodeFolder = HERE,
    person: As = OFFICER,
    on: On = None,
    json: Json = False,
) -> None:
    """Open a fund. Money comes into it as contributions to home are paid.

    Example: sampan fund open relief "Relief fund" --currency USD
    """
    from sampan.desks.assistance.funds import open_fund

    with opened(folder, person) as node:
        report(open_fund(node.session, code, name=name, currency=currency, day=day_of(on)), json)


@fund_app.command()
def budget(
    fund: Annotated[str, typer.Argument(metavar="FUND")],
    lines: Annotated[
        list[str],
        typer.Argument(metavar="[EARMARK:]CUR=AMOUNT…", help="USD=5000000, or WHO-20:USD=20000000."),
    ],
    first_day: Since,
    last_day: Until,
    folder: NodeFolder = HERE,
    person: As = OFFICER,
    json: Json = False,
) -> None:
    """Say how much may be committed between two days, of free money and under each earmark.

    Example: sampan fund budget relief USD=5000000 WHO-20:USD=20000000 --from 2020-01-01 --until 2020-12-31
    """
    from sampan.desks.assistance.funds import set_budget
    from sampan.desks.assistance.lines import read_money
    from sampan.records.assistance.funds import BudgetLine

    parts = [line.rpartition(":") for line in lines]
    read = [BudgetLine(earmark=earmark or None, amount=read_money(money)) for earmark, _, money in parts]
    with opened(folder, person) as node:
        done = set_budget(node.session, fund, read, first_day=first_day.date(), last_day=last_day.date())
    report(done, json)


@fund_app.command()
def exchange(
    fund: Annotated[str, typer.Argument(metavar="FUND")],
    sold: Annotated[str, typer.Argument(metavar="CUR=AMOUNT", help="What is sold: EUR=1000.00.")],
    rate: Annotated[str | None, typer.Option(help='"EUR/USD 1.0843 ECB 2020-03-26"')] = None,
    earmark: Annotated[
        str | None, typer.Option(help="The earmark of the money.", show_default="none")
    ] = None,
    folder: NodeFolder = HERE,
    person: As = OFFICER,
    on: On = None,
    json: Json = False,
) -> None:
    """Change money of a fund into another currency; the rate, its day and its source are kept.

    Example: sampan fund exchange relief EUR=1000.00 --rate "EUR/USD 1.0843 ECB 2020-03-26"
    """
    from sampan.core.money import read_rate
    from sampan.desks.assistance.funds import exchange as act
    from sampan.desks.assistance.lines import read_money

    money = read_money(sold)
    with opened(folder, person) as node:
        day = day_of(on)
        used = read_rate(rate, day=day or node.session.today()) if rate else None
        report(act(node.session, fund, money, rate=used, earmark=earmark, day=day), json)


@fund_app.command()
def statement(
    fund: Code = None,
    folder: NodeFolder = HERE,
    first_day: Annotated[
        datetime | None, typer.Option("--from", formats=["%Y-%m-%d"], help="First day.", show_default="all")
    ] = None,
    day: Day = None,
    known_by: KnownBy = None,
    rates: Annotated[list[str] | None, typer.Option("--rate", help='"EUR/USD 1.0843 ECB 2020-03-26"')] = None,
    json: Json = False,
) -> None:
    """Show the statement of account of a fund, by currency and earmark, line by line.

    Example: sampan fund statement relief --from 2020-03-01 --rate "EUR/USD 1.0843 ECB 2020-03-26"
    """
    from sampan.core.money import Money, read_rate
    from sampan.desks.assistance.statements import account_of

    with opened(folder) as node:
        until = day_of(day) or node.session.today()
        used = [read_rate(rate, day=until) for rate in rates or []]
        account = account_of(
            node.session,
            fund,
            first_day=day_of(first_day),
            last_day=until,
            known_on=end_of_day(known_by),
            rates=used,
        )
    if json:
        as_json(account)
        return
    columns = ("opening", "received", "exchanged", "committed", "closing", "disbursed", "outstanding")
    table(
        ["money", "earmark", *columns, "budget"],
        [
            [
                p.currency,
                p.earmark or "free",
                *(str(Money(getattr(p, name), p.currency).amount) for name in columns),
                None if p.budget is None else str(Money(p.budget, p.currency).amount),
            ]
            for p in account.positions
        ],
        title=f"{account.name} ({account.fund}) up to {account.last_day}"
        + ("" if account.total is None else f": {account.total} at hand"),
    )
    table(
        ["day", "with", "money", "earmark", "change", "balance"],
        [
            [
                line.day,
                line.other,
                line.commodity.item,
                line.commodity.earmark or "free",
                str(Money(line.change, line.commodity.item).amount),
                str(Money(line.balance, line.commodity.item).amount),
            ]
            for line in account.lines
        ],
    )
    if account.total is None:
        said(
            f'Several currencies, no sum without a rate: --rate "EUR/{account.currency} 1.0843 ECB 2020-03-26".'
        )
    for rate in account.rates:
        said(f"At {rate.base}/{rate.quote} {rate.rate} of {rate.day} ({rate.source}).")


@fund_app.command("list")
def list_(folder: NodeFolder = HERE, json: Json = False) -> None:
    """List the funds.

    Example: sampan fund list
    """
    from sampan.desks.assistance.funds import funds

    with opened(folder) as node:
        found = list(funds(node.session.ledger).values())
    if json:
        as_json([{"code": fund.code, "name": fund.name, "currency": fund.currency} for fund in found])
        return
    table(["fund", "name", "currency"], [[fund.code, fund.name, fund.currency] for fund in found])
    if not found:
        said("No fund: sampan fund open")

"""Commands that score the estimates: ``evaluate forecast`` and ``evaluate rt``. No node is needed."""

from __future__ import annotations

import io
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sampan.cli.options import Json
from sampan.cli.say import Steps, as_json, said, table

if TYPE_CHECKING:
    from sampan.engines.evaluate import Evaluation

evaluate_app = typer.Typer(
    no_args_is_help=True, help="Score forecasts and R, on past figures or simulated ones."
)


def register(app: typer.Typer) -> None:
    """Adds the commands to the command line."""
    app.add_typer(evaluate_app, name="evaluate")


@evaluate_app.command()
def forecast(
    data: Annotated[list[str], typer.Option(help="File or folder of reported figures; may be repeated.")],
    origins: Annotated[str, typer.Option(metavar="FROM:TO", help="Days from FROM to TO, a week apart.")],
    target: Annotated[str, typer.Option(help="cases or deaths.")] = "cases",
    weeks: Annotated[int, typer.Option(min=1, max=8, help="Weeks ahead.")] = 4,
    out: Annotated[Path | None, typer.Option(help="Write every forecast: FILE.parquet.")] = None,
    disease: Annotated[str, typer.Option(help="Whose delays to use.")] = "covid-19",
    json: Json = False,
) -> None:
    """Forecast from past days, each with the figures known by then, and score against what was then reported.

    Scores are the weighted interval score (WIS), also of log(1 + cases), relative to the baseline of the
    forecast hubs, and the coverage of the intervals by size class and horizon.

    Example: sampan evaluate forecast --data WHO.csv --origins 2020-06-01:2020-09-01 --out scores.parquet
    """
    from sampan.cli.sources import gather
    from sampan.core.errors import InputError
    from sampan.core.files import write_whole
    from sampan.engines.disease import DISEASES
    from sampan.engines.evaluate import evaluate
    from sampan.formats.read import read_any
    from sampan.world.reports import interpret

    days = _origins(origins)
    if out is not None and out.suffix != ".parquet":
        raise InputError(f"Forecasts cannot be written as {out.name}.", way_out="Use .parquet.")
    if disease not in DISEASES:
        raise InputError(f'"{disease}" is not a disease here.', way_out=f"Use one of {', '.join(DISEASES)}.")
    with Steps(total=2) as steps:
        with steps.step("read"):
            reports = interpret(read_any(gather("figures", data)))
        with steps.step("forecast and score", f"{len(days)} origins"):
            found = evaluate(
                reports.cases,
                reports.places,
                reports.days,
                days,
                disease=DISEASES[disease],
                target=target,
                deaths=reports.deaths,
                weeks=weeks,
            )
    if out is not None:
        write_whole(out, _parquet(found))
        said(f"Wrote {len(found.forecasts['value']):,} rows to {out}.")
    if json:
        as_json(found.summary)
        return
    _show(found, target, weeks)
    said(f"{sum(steps.seconds.values()):.1f} s: {steps.where_the_time_went()}")


def _origins(text: str) -> list[date]:
    """The days of ``FROM:TO``, a week apart. Raises InputError if they are no days, or none."""
    from sampan.core.errors import InputError
    from sampan.core.time import read_day

    first, colon, last = text.partition(":")
    begin, end = read_day(first), read_day(last if colon else first)
    if end < begin:
        raise InputError(f"{text} ends before it begins.", way_out="Write FROM:TO, as 2020-06-01:2020-09-01.")
    return [begin + timedelta(weeks=week) for week in range((end - begin).days // 7 + 1)]


def _parquet(found: Evaluation) -> bytes:
    import polars as pl

    written = io.BytesIO()
    pl.DataFrame(dict(found.forecasts)).write_parquet(written, compression="zstd")
    return written.getvalue()


def _show(found: Evaluation, target: str, weeks: int) -> None:
    from sampan.engines.evaluate import SIZE_BORDERS

    s = found.summary
    rows: list[tuple[str, Any]] = [
        ("weeks scored", int(s["count"])),
        ("relative WIS (1 is the baseline)", _two(s, "relative_wis")),
        ("relative WIS of log(1 + count)", _two(s, "relative_log_wis")),
        ("relative WIS, geometric mean over places", _two(s, "relative_wis_geometric")),
        *(
            (f"relative WIS, {week} weeks ahead", _two(s, f"relative_wis_{week}"))
            for week in range(1, weeks + 1)
        ),
        ("coverage of the 50 % interval", _two(s, "coverage50")),
        ("coverage of the 95 % interval", _two(s, "coverage95")),
        ("the baseline's", _two(s, "baseline_coverage95")),
        *(
            (f"coverage of the 95 % interval, {words}", _two(s, f"coverage95_size_{index}"))
            for index, words in enumerate(_sizes(SIZE_BORDERS))
        ),
    ]
    table([target, ""], [row for row in rows if row[1] is not None])


def _two(summary: Any, name: str) -> str | None:
    return f"{summary[name]:.2f}" if name in summary else None


def _sizes(borders: Any) -> list[str]:
    """The size classes in words, from their borders in people a week."""
    edges = [int(border) for border in borders]
    first, last = f"under {edges[0]:,} a week", f"{edges[-1]:,} a week and more"
    return [first, *(f"{a:,} to {b:,} a week" for a, b in pairwise(edges)), last]


@evaluate_app.command()
def rt(
    series: Annotated[int, typer.Option(min=10, max=2000, help="Simulated series in each scenario.")] = 200,
    seed: Annotated[int, typer.Option(help="Another number, other series.")] = 2020,
    json: Json = False,
) -> None:
    """Recover R from simulated reports whose truth is known, in six scenarios from clean to messy.

    Example: sampan evaluate rt --series 50
    """
    from sampan.engines.evaluate import evaluate_rt
    from sampan.engines.scenarios import SCENARIOS

    scores = []
    with Steps(total=len(SCENARIOS)) as steps:
        for name in SCENARIOS:
            with steps.step(f"scenario {name}"):
                scores += evaluate_rt(series=series, seed=seed, names=[name])
    if json:
        as_json(scores)
        return
    table(
        [
            "scenario",
            "lag, days",
            "95 % interval holds",
            "error of log R",
            "width",
            "not finite",
            "estimates",
        ],
        [
            [
                s.scenario,
                s.lag,
                f"{s.coverage95:.3f}",
                f"{s.error:.3f}",
                f"{s.width:.2f}",
                s.non_finite,
                s.count,
            ]
            for s in scores
        ],
    )
    said(f"{sum(steps.seconds.values()):.1f} s")

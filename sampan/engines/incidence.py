"""What was really reported each day, and which days must not be read at face value?

Reports come silent, in bulk, corrected and redefined. Each kind is recognised by its own rule, kept
beside the raw figure, and marked, so that an officer can see it and overrule it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from sampan.core.errors import InputError

Array = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]

SILENT_MEAN = 10.0  # a day without any report is silence, not zero, where this many a day are usual
LONGEST_SILENCE = 14  # days; a longer run of zeros is believed
SPIKE_RATIO = 2.5  # a report this many times the level expected ...
SPIKE_Z = 3.5  # ... and this many of the place's own standard deviations above it is an anomaly
AFTER_SPIKE = 0.6  # both thresholds (in log) on the report after one: a bulk often takes more than a day
SPIKE_MEAN = 20.0  # below this many a day nothing is called a spike
RESTART = 100.0  # people in one report after a long silence: a feed that starts again, not an outbreak
NEW_DEFINITION = 4.0  # a lasting jump by this factor from RESTART or more a day is a change of counting
NEW_LEVEL_AFTER = 4  # reports in a row at the odd level, after which it is the level


@dataclass(frozen=True, eq=False)
class Incidence:
    """Daily new reports of many places; every array is (days, places).

    raw: people per day as reported; NaN where absent; negative where a total fell.
    used: people per report day after corrections are traced back and anomalies brought to the expected
        level; 0 on silent days, whose people are in the next report; never NaN, never negative.
    covers: how many days the report of this day stands for: 0 silent or absent, 1 ordinary, 3 a Monday.
    silent: no report although reports were due. corrected: changed because a later total fell.
    anomaly: a spike, a bulk or a change of definition.
    opening: the first figure of a place, or of a feed that starts again after a long gap; it stands for an
        unknown number of days before it.
    rebase: factor that brings a day to the present way of counting; 1 unless a definition has changed since.
    """

    raw: Array
    used: Array
    covers: npt.NDArray[np.int64]
    silent: Mask
    corrected: Mask
    anomaly: Mask
    opening: Mask
    rebase: Array

    @property
    def readable(self) -> Mask:
        """Reports that may inform an estimate of transmission, (days, places)."""
        return (self.covers > 0) & ~self.anomaly & ~self.opening & ~(self.raw < 0)

    @property
    def daily(self) -> Array:
        """People per day, each report spread evenly over the days it covers, (days, places)."""
        return _spread(self.used, self.covers)

    @property
    def comparable(self) -> Array:
        """``used`` as the present way of counting would have had it, people per report day, (days, places)."""
        return self.used * self.rebase


def from_cumulative(cumulative: npt.ArrayLike, *, trust: npt.ArrayLike | None = None) -> Incidence:
    """Incidence from running totals.

    cumulative: people reported so far, (days, places) or (days,); NaN where no figure was published.
    trust: (days, places) of True where the user vouches for a figure that would be called anomalous.
    A total that was not published is silence, and its people are in the next one. The first total of a
    place stands for all days up to it and is marked as opening if it is above 0 and not on the first day
    of an otherwise zero series. Raises InputError for an empty or a negative table.
    """
    totals = _table(cumulative)
    if bool((totals < 0).any()):
        raise InputError("A running total is below zero.", way_out="Check the column; totals start at 0.")
    known = np.where(np.isnan(totals), -np.inf, totals)
    row = np.where(np.isnan(totals), -1, np.arange(len(totals))[:, None])
    last = np.maximum.accumulate(row, axis=0)
    before = np.vstack([np.full((1, totals.shape[1]), -1), last[:-1]])
    previous = np.where(before < 0, 0.0, np.take_along_axis(known, np.maximum(before, 0), axis=0))
    raw = np.where(np.isnan(totals), np.nan, totals - previous)
    opening = (row >= 0) & (before < 0) & (totals > 0)
    return _clean(raw, opening, trust)


def from_daily(daily: npt.ArrayLike, *, trust: npt.ArrayLike | None = None) -> Incidence:
    """Incidence from counts per day, (days, places) or (days,); NaN where absent, negatives are corrections.

    Counts of absent days are taken to be in the next report. trust: as in ``from_cumulative``.
    """
    raw = _table(daily)
    return _clean(raw, np.zeros(raw.shape, dtype=np.bool_), trust)


def _table(values: npt.ArrayLike) -> Array:
    table = np.array(values, dtype=np.float64)
    table = table[:, None] if table.ndim == 1 else table
    if table.ndim != 2 or 0 in table.shape:
        raise InputError(
            f"Counts come as a table of days by places; this one has shape {table.shape}.",
            way_out="Give at least one day and one place.",
        )
    if bool(np.isinf(table).any()):
        raise InputError("A count is infinite.", way_out="Leave a missing figure empty (NaN).")
    return table


def _clean(raw: Array, opening: Mask, trust: npt.ArrayLike | None) -> Incidence:
    """Recipe: trace corrections back, find silent days, gather what they held back, find anomalies."""
    counted, corrected = _trace_back(np.nan_to_num(raw, nan=0.0))
    silent, restart = _silent_days(counted, raw, opening)
    opening = opening | restart
    covers = _days_covered(silent | np.isnan(raw) | (raw < 0))
    expected, anomaly, rebase = _anomalies(counted, covers, opening)
    if trust is not None:
        anomaly &= ~np.broadcast_to(np.asarray(trust, dtype=np.bool_).reshape(len(raw), -1), raw.shape)
    used = np.where(anomaly, np.minimum(counted, expected * covers), counted)
    return Incidence(raw, used, covers, silent, corrected, anomaly, opening, rebase)


def _trace_back(counts: Array) -> tuple[Array, Mask]:
    """Take each negative day from the days before it in proportion to their counts."""
    out, corrected = counts.copy(), np.zeros(counts.shape, dtype=np.bool_)
    for day, place in np.argwhere(counts < 0):
        past, owed = out[:day, place], -out[day, place]
        held = past.sum()
        corrected[:day, place] |= past > 0
        corrected[day, place] = True
        out[:day, place] = past * (1.0 - min(owed / held, 1.0)) if held > 0 else past
        out[day, place] = 0.0
    return out, corrected


def _silent_days(counts: Array, raw: Array, opening: Mask) -> tuple[Mask, Mask]:
    """Days at zero where the weeks beside them average SILENT_MEAN a day, and reports that end a long gap.

    A run of zeros beyond LONGEST_SILENCE is believed, unless the report that ends it holds RESTART people.
    """
    zero = (counts == 0) & ~(raw < 0)
    silent = np.isnan(raw) | (zero & (_usual(np.where(opening, 0.0, counts)) >= SILENT_MEAN))
    run = _run_lengths(zero)
    ended = np.vstack([np.zeros((1, zero.shape[1]), dtype=np.int64), run[:-1]])
    restart = ~zero & (ended > LONGEST_SILENCE) & (counts >= RESTART)
    gap = _carry_back(restart, zero)
    return (silent & ~(zero & (_carry_back_max(run, zero) > LONGEST_SILENCE))) | gap, restart


def _usual(counts: Array) -> Array:
    """People per day usual around each day: the larger mean of the week before and the week after."""
    days = len(counts)
    total = np.vstack([np.zeros((1, counts.shape[1])), np.cumsum(counts, axis=0)])
    day = np.arange(days)
    start, end = np.maximum(day - 7, 0), np.minimum(day + 8, days)
    before = (total[day] - total[start]) / np.maximum(day - start, 1)[:, None]
    after = (total[end] - total[day + 1]) / np.maximum(end - day - 1, 1)[:, None]
    grown = np.minimum(np.maximum(before, after), 4.0 * before)
    return np.asarray(np.where((end - day > 4)[:, None], grown, before), dtype=np.float64)


def _run_lengths(zero: Mask) -> npt.NDArray[np.int64]:
    """How many days in a row have been at zero by each day."""
    run, count = np.zeros(zero.shape, dtype=np.int64), np.zeros(zero.shape[1], dtype=np.int64)
    for day in range(len(zero)):
        count = np.where(zero[day], count + 1, 0)
        run[day] = count
    return run


def _carry_back_max(run: npt.NDArray[np.int64], zero: Mask) -> npt.NDArray[np.int64]:
    """Length of the whole run that each zero day is in."""
    out = run.copy()
    for day in range(len(zero) - 2, -1, -1):
        out[day] = np.where(zero[day] & zero[day + 1], out[day + 1], out[day])
    return out


def _carry_back(restart: Mask, zero: Mask) -> Mask:
    """Zero days of a run that a restart ends."""
    out = np.zeros(zero.shape, dtype=np.bool_)
    for day in range(len(zero) - 2, -1, -1):
        out[day] = zero[day] & (restart[day + 1] | out[day + 1])
    return out


def _days_covered(empty: Mask) -> npt.NDArray[np.int64]:
    covers = np.zeros(empty.shape, dtype=np.int64)
    waiting = np.zeros(empty.shape[1], dtype=np.int64)
    for day in range(len(empty)):
        covers[day] = np.where(empty[day], 0, np.minimum(waiting + 1, LONGEST_SILENCE + 1))
        waiting = np.where(empty[day], waiting + 1, 0)
    return covers


def _spread(counts: Array, covers: npt.NDArray[np.int64]) -> Array:
    out = np.where(covers > 0, counts / np.maximum(covers, 1), 0.0)
    rate = np.zeros(counts.shape[1])
    left = np.zeros(counts.shape[1], dtype=np.int64)
    for day in range(len(counts) - 1, -1, -1):
        fresh = covers[day] > 0
        rate, left = np.where(fresh, out[day], rate), np.where(fresh, covers[day], left)
        out[day] = np.where(left > 0, rate, 0.0)
        left = np.maximum(left - 1, 0)
    return out


def _anomalies(counts: Array, covers: npt.NDArray[np.int64], opening: Mask) -> tuple[Array, Mask, Array]:
    """Walk forward; compare each report with the median of the last seven sound ones, carried by its trend.

    Only earlier days are used, so a flag set on the day stays as it was, but for a level that persists:
    after NEW_LEVEL_AFTER reports there it is believed, and its flags but the first are lifted. If it is
    NEW_DEFINITION times the old one and steady, which no epidemic of that size is, the counting has changed.
    Returns the level expected (people per day), the flags, and the factors of ``Incidence.rebase``.
    """
    rates = counts / np.maximum(covers, 1)
    days, places = counts.shape
    recent = np.full((14, places), np.nan)
    spread = np.full(places, 0.15)
    odd_run = np.zeros(places, dtype=np.int64)
    expected, anomaly = np.zeros(counts.shape), np.zeros(counts.shape, dtype=np.bool_)
    rebase = np.ones(counts.shape)
    for day in range(days):
        rate = rates[day]
        level = _carried_level(recent, covers[day])
        expected[day] = np.where(np.isnan(level), rate, level)
        report = (covers[day] > 0) & ~opening[day]
        offset = np.log((rate + 0.5) / (expected[day] + 0.5))
        doubt = np.where(odd_run > 0, AFTER_SPIKE, 1.0)
        odd = report & (expected[day] >= SPIKE_MEAN) & (offset > doubt * np.log(SPIKE_RATIO))
        odd &= offset > doubt * SPIKE_Z * np.sqrt(spread + 1.0 / (expected[day] + 1.0))
        odd_run = np.where(odd, odd_run + 1, np.where(report, 0, odd_run))
        anomaly[day] = odd
        for place in np.flatnonzero(odd_run >= NEW_LEVEL_AFTER):
            run = np.flatnonzero(anomaly[: day + 1, place])[-NEW_LEVEL_AFTER:]
            old, new = expected[run[0], place], float(np.median(rates[run, place]))
            anomaly[run[1:], place] = False
            expected[run, place], recent[:, place] = rates[run, place], new
            steady = rates[run, place].max() <= 1.5 * rates[run, place].min()
            if steady and new >= NEW_DEFINITION * old and old >= RESTART:
                rebase[: run[0], place] *= new / old
        odd_run = np.where(odd_run >= NEW_LEVEL_AFTER, 0, odd_run)
        sound = report & ~odd
        spread = np.where(sound, 0.9 * spread + 0.1 * np.clip(offset**2, 0.0025, 0.25), spread)
        _remember(recent, rate, np.where(sound, np.minimum(covers[day], 7), 0))
    return expected, anomaly, rebase


def _carried_level(recent: Array, covers: npt.NDArray[np.int64]) -> Array:
    """Median of the last seven days times the growth since the seven before, at most ×3 in four days."""
    late, early = np.sort(recent[7:], axis=0)[3], np.sort(recent[:7], axis=0)[3]
    weekly = np.where(np.isnan(early), 1.0, (late + 1.0) / (early + 1.0))
    growth = np.clip(weekly, 1.0, 6.8) ** ((3.5 + 0.5 * np.minimum(covers, 7)) / 7.0)
    return np.asarray(late * growth, dtype=np.float64)


def _remember(recent: Array, rate: Array, times: npt.NDArray[np.int64]) -> None:
    """Push each place's rate as often as the days that it covers."""
    for already in range(int(times.max())):
        more = times > already
        recent[:, more] = np.vstack([recent[1:, more], rate[None, more]])

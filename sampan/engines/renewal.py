"""What epidemic of infections explains the reports?

Infections are a smooth curve whose growth rate wanders; reports follow them through the delay, the weekday,
right truncation and a dispersion of their own. All places are fitted together (Gauss–Newton, then Laplace),
for several degrees of smoothness that are weighed by their evidence. Equations: docs/methods.md.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.special import gammaln, ndtr, xlogy

from sampan.engines import band, curve
from sampan.engines.curve import KNOTS, Frame
from sampan.engines.disease import Disease
from sampan.engines.incidence import Incidence

Array = npt.NDArray[np.float64]
Whole = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]

SMOOTHNESS = (0.025, 0.045, 0.08, 0.15)  # scale of the change of growth (per day) over one week
MIDDLE = SMOOTHNESS[1]  # at which dispersion and weekday are learned
TURN_DF = 3.0  # degrees of freedom of changes of growth: mostly calm, sometimes a turn
PERSISTENCE = 0.8  # share of the growth rate expected to be left a week later
GROWTH_SD = 0.2  # per day; prior of the growth rate at the start
RIDGE_SD = 10.0  # prior sd of log infections around the place's mean: keeps a silent curve finite
DISPERSIONS = (1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0, 128.0, 512.0, 4096.0)  # size k of the NB, per day
HUBER = 2.5  # a report further out than this many sd counts less
CHANCE = 0.15  # share of one generation's Poisson variance that stays in log R (chains of infection are few)
NUISANCE = 1.08  # variance added for what is held fixed: dispersion, weekday pattern, delay
WIDEST_LOG_R = 1.0  # sd; without any report R lies in 0.14–7.1 times its centre, as a new disease's would
WIDEST_LOG_LEVEL = 1.5  # sd of log infections where nothing is reported
WEEKDAY_SD = 0.4  # largest prior sd of a log weekday effect
WEEKDAY_MEMORY = 5.0  # weeks over which the weekday pattern is remembered
WEEKDAY_FREEDOM = 6.0


@dataclass(frozen=True, eq=False)
class RenewalFit:
    """Posterior by day: (mean, sd), each (days, places), of log R, growth per day, log infections per day.

    p_growing: P(R > 1), (days, places). dispersion: k of one day's report, (places,). weights: posterior of
    SMOOTHNESS, (places, degrees). weekday: effect on reports, mean about 1, (days, places).
    """

    log_r: tuple[Array, Array]
    growth: tuple[Array, Array]
    log_infections: tuple[Array, Array]
    p_growing: Array
    dispersion: Array
    weights: Array
    weekday: Array


@dataclass(frozen=True, eq=False)
class _Reports:
    """The report that covers each day, (places, padded days), 0 or False where none does.

    people: in that report; days: that it covers; first, last: its days; read: whether the likelihood uses
    it; share: part of the day's people that had been reported by now.
    """

    people: Array
    days: Whole
    first: Whole
    last: Whole
    read: Mask
    share: Array


@dataclass(frozen=True, eq=False)
class _Mode:
    """Most likely curves at one smoothness: coefficients, Cholesky band of the curvature, mean reports per day,
    and log evidence per place."""

    theta: Array
    factor: Array
    mean: Array
    evidence: Array


def fit(
    incidence: Incidence,
    *,
    disease: Disease,
    reported_share: Array | None = None,
    region: npt.ArrayLike | None = None,
) -> RenewalFit:
    """Fit all places.

    reported_share: (days,) or (days, places), part of each day's people already reported (right truncation);
    1 by default. region: (places,) labels; dispersion and smoothness are shrunk to those of their region; by
    default all places are one region.
    """
    places = incidence.raw.shape[1]
    frame = curve.frame(len(incidence.raw), disease=disease)
    reports = _reports(incidence, frame, reported_share)
    group = np.unique(np.zeros(places) if region is None else np.asarray(region), return_inverse=True)[1]
    centre = np.log(np.maximum(incidence.comparable.mean(axis=0), 0.02))
    theta = np.repeat(centre[:, None], frame.coefficients, axis=1)
    weekday, dispersion = np.ones(reports.share.shape), np.full(places, 8.0)
    for steps in (6, 3):
        known = {"weekday": weekday, "dispersion": dispersion, "centre": centre}
        mode = _climb(frame, reports, theta, smoothness=MIDDLE, steps=steps, **known)
        theta = mode.theta
        weekday = _weekday(reports, mode.mean, dispersion, weekday)
        dispersion = _dispersion(reports, mode, dispersion, group, _freedom(frame, mode, MIDDLE))
    known = {"weekday": weekday, "dispersion": dispersion, "centre": centre}
    modes = [_climb(frame, reports, theta, smoothness=s, steps=2, **known) for s in SMOOTHNESS]
    weights = _weigh(np.stack([mode.evidence for mode in modes], axis=1), group)
    return _posterior(frame, modes, weights, dispersion, weekday)


def _reports(incidence: Incidence, frame: Frame, reported_share: Array | None) -> _Reports:
    days, places = incidence.raw.shape
    pad = ((7 * (frame.weeks - frame.lead) - days, 0), (0, 0))
    covers, people, readable = (
        np.pad(x, pad) for x in (incidence.covers, incidence.comparable, incidence.readable.astype(np.int64))
    )
    last = np.zeros(covers.shape, dtype=np.int64)
    left, holder = np.zeros(places, dtype=np.int64), np.zeros(places, dtype=np.int64)
    for day in range(len(covers) - 1, -1, -1):
        fresh = covers[day] > 0
        holder, left = np.where(fresh, day, holder), np.where(fresh, covers[day], left)
        last[day] = np.where(left > 0, holder, -1)
        left = np.maximum(left - 1, 0)
    covered, last = last >= 0, np.maximum(last, 0)
    spans, people, readable = (np.take_along_axis(x, last, axis=0) for x in (covers, people, readable))
    first = np.maximum(last + 1 - spans, 0)
    share = (
        np.ones((days, places)) if reported_share is None else np.asarray(reported_share).reshape(days, -1)
    )
    share = np.pad(np.broadcast_to(share, (days, places)), pad, constant_values=1.0)
    begun = np.cumsum(np.where(covered, people, 0.0), axis=0) > 0  # nobody can say when the first one came
    read = covered & (readable > 0) & begun
    columns = (np.where(read, people, 0.0), np.maximum(spans, 1), first, last, read, share)
    return _Reports(*(np.ascontiguousarray(x.T) for x in columns))


# --- the mode at one smoothness -------------------------------------------------------------------------


def _climb(
    frame: Frame,
    reports: _Reports,
    theta: Array,
    *,
    weekday: Array,
    dispersion: Array,
    smoothness: float,
    centre: Array,
    steps: int,
) -> _Mode:
    """Gauss–Newton ascent of all places together; a step moves no coefficient by more than 2."""
    for step in range(steps + 1):
        sums, tangent = curve.add_up(frame, frame.delay, theta)
        mean = sums.reshape(len(theta), -1) * reports.share * weekday
        ratio, weight, likelihood = _residual(reports, mean, dispersion)
        hessian, pull, log_prior = _prior(frame, theta, smoothness, centre)
        pull += _add_information(frame, hessian, tangent, mean * weight, ratio)
        factor = band.factorise(hessian)
        if step < steps:
            move = band.solve(factor, pull)
            biggest = np.abs(move).max(axis=1, keepdims=True)
            theta = theta + move * np.minimum(1.0, 2.0 / np.maximum(biggest, 1e-12))
    evidence = likelihood + log_prior - 0.5 * band.log_determinant(factor)
    return _Mode(theta, factor, mean, evidence)


def _stencil() -> tuple[float, float, float]:
    keep = PERSISTENCE ** (1.0 / KNOTS)
    return keep, -1.0 - keep, 1.0


def _prior(frame: Frame, theta: Array, smoothness: float, centre: Array) -> tuple[Array, Array, Array]:
    """Band of the prior's curvature, its pull on the coefficients, and the log prior of their wandering.

    A change of growth, growth less PERSISTENCE of the growth before, is Student's t: its precision is
    (ν + 1) / (ν + (change / scale)²) of the normal one.
    """
    gap, stencil, size = 7.0 / KNOTS, _stencil(), frame.coefficients
    scale = gap * smoothness / np.sqrt(KNOTS)
    change = np.asarray(stencil) @ np.stack([theta[:, i : size - 2 + i] for i in range(3)], axis=1) / scale
    calm = (TURN_DF + 1.0) / (TURN_DF + change**2) / scale**2
    start, ridge = 1.0 / (gap * GROWTH_SD) ** 2, 1.0 / RIDGE_SD**2 / size
    hessian = np.zeros((len(theta), max(frame.delay.splines, frame.generation.splines), size))
    hessian[:, 0] += ridge
    hessian[:, 0, :2] += start
    hessian[:, 1, 0] -= start
    pull = -ridge * (theta - centre[:, None])
    pull[:, 0] -= start * (theta[:, 0] - theta[:, 1])
    pull[:, 1] -= start * (theta[:, 1] - theta[:, 0])
    for row, right in enumerate(stencil):
        pull[:, row : size - 2 + row] -= right * calm * change * scale
        for column, left in enumerate(stencil[: row + 1]):
            hessian[:, row - column, column : size - 2 + column] += left * right * calm
    wander = -0.5 * (TURN_DF + 1.0) * np.log1p(change**2 / TURN_DF).sum(axis=1)
    return hessian, pull, np.asarray(wander - change.shape[1] * np.log(scale), dtype=np.float64)


def _by_report(reports: _Reports, mean: Array) -> Array:
    """Mean of the whole report that covers each day."""
    total = np.concatenate([np.zeros((len(mean), 1)), np.cumsum(mean, axis=1)], axis=1)
    ends = np.take_along_axis(total, reports.last + 1, axis=1)
    whole = np.maximum(ends - np.take_along_axis(total, reports.first, axis=1), 1e-9)
    return np.asarray(whole, dtype=np.float64)


def _residual(reports: _Reports, mean: Array, dispersion: Array) -> tuple[Array, Array, Array]:
    """Per day: report over its mean less 1, weight (0 where unread); per place: log likelihood.

    The days of a report share its residual in proportion to their means. Deviance beyond HUBER² counts as
    its logarithm, so that one odd report cannot move the curve far.
    """
    whole, seen = _by_report(reports, mean), reports.people
    k = dispersion[:, None] * reports.days
    deviance = 2.0 * (xlogy(seen, seen / whole) - (seen + k) * np.log((seen + k) / (whole + k)))
    robust = np.minimum(1.0, HUBER**2 / np.maximum(deviance, 1e-9))
    weight = np.where(reports.read, robust / (1.0 + whole / k), 0.0)
    loss = np.where(deviance < HUBER**2, deviance, HUBER**2 * (1.0 - np.log(robust)))
    return seen / whole - 1.0, weight, -0.5 * np.where(reports.read, loss / reports.days, 0.0).sum(axis=1)


def _add_information(frame: Frame, hessian: Array, tangent: Array, weight: Array, ratio: Array) -> Array:
    """Add Jᵀ W J to the band in place and return the pull Jᵀ W (report / mean - 1), (places, coefficients)."""
    places, blocks, _, width = tangent.shape
    scaled = tangent * weight.reshape(places, blocks, 7, 1)
    pulls = np.matmul(ratio.reshape(places, blocks, 1, 7), scaled)[:, :, 0]
    squares = np.matmul(np.ascontiguousarray(scaled.transpose(0, 1, 3, 2)), tangent)
    pull, skip = np.zeros((places, frame.coefficients)), KNOTS * (frame.lead - frame.delay.back)
    for column in range(width):
        at = slice(skip + column, skip + column + KNOTS * (blocks - 1) + 1, KNOTS)
        pull[:, at] += pulls[:, :, column]
        for row in range(column, width):
            hessian[:, row - column, at] += squares[:, :, row, column]
    return pull


# --- what else shapes the reports -----------------------------------------------------------------------


def _weekday(reports: _Reports, mean: Array, dispersion: Array, now: Array) -> Array:
    """Weekday pattern of single-day reports, remembered over WEEKDAY_MEMORY weeks, shrunk by its evidence."""
    _, weight, _ = _residual(reports, mean, dispersion)
    weight = np.where(reports.days == 1, weight, 0.0)
    seen, due = ((weight * x).reshape(len(mean), -1, 7) for x in (reports.people, mean / now))
    spread = _log_ratio(seen.sum(axis=1), due.sum(axis=1)) ** 2 - 1.0 / (due.sum(axis=1) + 1.0)
    variance = np.clip(spread.mean(axis=1), 1e-4, WEEKDAY_SD**2)[:, None, None]
    week = np.arange(seen.shape[1])
    memory = np.exp(-np.abs(week[:, None] - week[None, :]) / WEEKDAY_MEMORY)
    seen, due = np.matmul(memory, seen), np.matmul(memory, due)
    effect = np.exp(_log_ratio(seen, due) * due / (due + 1.0 / variance))
    return np.asarray((effect / effect.mean(axis=2, keepdims=True)).reshape(mean.shape), dtype=np.float64)


def _log_ratio(seen: Array, due: Array) -> Array:
    return np.asarray(np.log((seen + 0.5) / (due + 0.5)), dtype=np.float64)


def _freedom(frame: Frame, mode: _Mode, smoothness: float) -> Array:
    """Effective number of parameters: coefficients less trace(H⁻¹ Q), plus those of the weekday pattern."""
    prior, _, _ = _prior(frame, mode.theta, smoothness, np.zeros(len(mode.theta)))
    covariance = band.inverse_blocks(mode.factor)
    trace = np.zeros(len(mode.theta))
    for offset, times in enumerate((1.0, 2.0, 2.0)):
        trace += times * (covariance[:, :, offset, 0].T * prior[:, offset]).sum(axis=1)
    return np.asarray(frame.coefficients - trace + WEEKDAY_FREEDOM, dtype=np.float64)


def _dispersion(
    reports: _Reports, mode: _Mode, dispersion: Array, group: npt.NDArray[np.intp], freedom: Array
) -> Array:
    """Size k per day by adjusted profile likelihood (Cox and Reid 1987), shrunk to the region.

    The reports of several days have k times their days: a sum of independent days.
    """
    whole, people, days = _by_report(reports, mode.mean), reports.people, reports.days
    k = np.asarray(dispersion[:, None] * days, dtype=np.float64)
    robust = np.minimum(1.0, HUBER**2 * (whole + whole**2 / k) / np.maximum((people - whole) ** 2, 1e-9))
    counted = np.where(reports.read, robust / days, 0.0)
    evidence = np.empty((len(whole), len(DISPERSIONS)))
    for column, size in enumerate(DISPERSIONS):
        k = np.asarray(size * days, dtype=np.float64)
        term = (
            gammaln(people + k) - gammaln(k) + people * np.log(whole / (whole + k)) - k * np.log1p(whole / k)
        )
        information = (counted * whole / (1.0 + whole / k)).sum(axis=1)
        evidence[:, column] = (counted * term).sum(axis=1) - 0.5 * freedom * np.log(information + 1e-9)
    return np.asarray(np.exp(_weigh(evidence, group) @ np.log(DISPERSIONS)), dtype=np.float64)


def _weigh(evidence: Array, group: npt.NDArray[np.intp]) -> Array:
    """Posterior of each column per place; its prior is the region's mean posterior (empirical Bayes)."""
    columns = evidence.shape[1]
    prior = np.full((int(group.max()) + 1, columns), 1.0 / columns)
    for _ in range(4):
        score = evidence + np.log(prior[group])
        posterior = np.exp(score - score.max(axis=1, keepdims=True))
        posterior /= posterior.sum(axis=1, keepdims=True)
        total = np.full(prior.shape, 1.0 / columns)
        np.add.at(total, group, posterior)
        prior = total / total.sum(axis=1, keepdims=True)
    return np.asarray(posterior, dtype=np.float64)


# --- posterior ------------------------------------------------------------------------------------------


def _posterior(
    frame: Frame, modes: list[_Mode], weights: Array, dispersion: Array, weekday: Array
) -> RenewalFit:
    """Mix the Gaussian posteriors of all degrees of smoothness: mean and variance of the mixture."""
    shape = (len(weekday), weekday.shape[1])
    means, squares, growing = np.zeros((3, *shape)), np.zeros((3, *shape)), np.zeros(shape)
    for mode, weight in zip(modes, weights.T, strict=True):
        for quantity, (mean, sd) in enumerate(_gaussian(frame, mode)):
            means[quantity] += weight[:, None] * mean
            squares[quantity] += weight[:, None] * (mean**2 + sd**2)
            if quantity == 0:
                growing += weight[:, None] * ndtr(mean / sd)
    sds = np.sqrt(np.maximum(squares - means**2, 1e-12))
    log_r, growth, log_infections = (
        (_by_day(frame, mean), _by_day(frame, sd)) for mean, sd in zip(means, sds, strict=True)
    )
    by_day = _by_day(frame, growing), dispersion, weights, _by_day(frame, weekday)
    return RenewalFit(log_r, growth, log_infections, *by_day)


def _by_day(frame: Frame, values: Array) -> Array:
    return np.ascontiguousarray(values[:, -frame.days :].T)


def _gaussian(frame: Frame, mode: _Mode) -> list[tuple[Array, Array]]:
    """Mean and sd by padded day, (places, days), of log R, growth and log infections at one smoothness."""
    past, places = frame.generation, len(mode.theta)
    width, alive = past.splines, KNOTS + 3
    level, growth = (curve.values(mode.theta, shape)[:, frame.lead :] for shape in (frame.basis, frame.slope))
    pressure, before = curve.add_up(frame, past, mode.theta)
    starts = KNOTS * (np.arange(level.shape[1]) + frame.lead - past.back)
    covariance = band.inverse_blocks(mode.factor)[starts].transpose(1, 0, 2, 3)[:, :, :width, :width]
    covariance = np.ascontiguousarray(covariance)
    late = np.ascontiguousarray(covariance[:, :, -alive:, -alive:])
    before[..., -alive:] -= frame.basis  # minus the derivative of log R; its sign does not matter
    chance = CHANCE * np.exp(-np.maximum(level, -30.0)) / frame.generation_days
    parts = (
        (level - np.log(pressure), before, covariance, chance, WIDEST_LOG_R),
        (growth, frame.slope, late, chance / frame.generation_days**2, WIDEST_LOG_R / frame.generation_days),
        (level, frame.basis, late, 0.0, WIDEST_LOG_LEVEL),
    )
    out = []
    for mean, row, spread, more, widest in parts:
        variance = NUISANCE * ((row @ spread) * row).sum(axis=3) + more
        out.append((mean.reshape(places, -1), np.minimum(np.sqrt(variance), widest).reshape(places, -1)))
    return out

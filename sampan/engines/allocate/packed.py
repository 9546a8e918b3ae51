"""The same question counted in whole packs, with every limit present and every class of stock named.

Recipients on one lane that the donors treat alike form a *group*; stock that carries the same earmark and
the same last week forms a *class*. Shipments are decided per group and class, never per recipient.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from sampan.engines.allocate.problem import Bools, Charter, Floats, Ints, Problem


@dataclass(frozen=True)
class Packed:
    """A problem in packs. ``Kc`` classes of stock (class 0 is free and keeps), ``G`` groups.

    value: (R, I) harm per pack unmet.  floor: (T, R, I).  cap: (T, R, I), inf = none.  floor_total: (R, I).
    supply: (Kc, T, Dp, I) whole packs becoming available.  last: (Kc,) last week of arrival.
    expires: (Kc,) the date on the lot, -1 for none.  earmark: (Kc,) index or -1.  eligible: (Kc, G, I).
    group: (R,).  group_lane: (G,).  group_home: (G,) own depot of the group's members, -1 abroad.
    keep: (T, I) and depot_keep: (T, Dp, I) packs of free stock to be left; ``short_reserve`` and
    ``short_depot_reserve`` the units by which stock falls short of them even if nothing is sent.
    m3, kg: (I,) per pack.  freight_m3, freight_kg: (T, Dp, L).  minimum: (I,) packs.  charters: flights for hire.
    """

    kind: tuple[str, ...]
    value: Floats
    floor: Floats
    floor_total: Floats
    cap: Floats
    supply: Floats
    last: Ints
    expires: Ints
    earmark: Ints
    eligible: Bools
    group: Ints
    group_lane: Ints
    group_home: Ints
    lead: Ints
    keep: Floats
    depot_keep: Floats
    short_reserve: Floats
    short_depot_reserve: Floats
    m3: Floats
    kg: Floats
    freight_m3: Floats
    freight_kg: Floats
    minimum: Floats
    charters: tuple[Charter, ...]

    def by_group(self, each: Floats | Ints) -> Floats:
        """(T, G, I) sums over the members of each group of what is given per recipient (T, R, I)."""
        total = np.zeros((len(self.group_lane), *np.delete(each.shape, 1)))
        np.add.at(total, self.group, np.moveaxis(np.asarray(each, float), 1, 0))
        return np.moveaxis(total, 0, 1)

    @property
    def horizon(self) -> int:
        return int(self.floor.shape[0])


def packed(p: Problem) -> Packed:
    """Count a problem in packs: supply down, floors up, caps down, the reserve so that units suffice."""
    _, T, R, I = p.shape
    pack = np.asarray(p.pack, float)
    classes, units = _classes(p)
    whole = np.floor(units.cumsum(1) / pack + 1e-9)
    supply = np.diff(whole, axis=1, prepend=0.0)
    eligible_r = _eligible(p, [earmark for earmark, _ in classes])
    own = np.full(R, -1) if p.own_depot is None else np.asarray(p.own_depot, np.int64)
    group, first = _groups(np.stack([np.asarray(p.lane, np.int64), own], axis=1), eligible_r)
    last = np.array([T - 1 if until is None else min(until, T - 1) for _, until in classes], np.int64)
    free = np.array([earmark is None for earmark, _ in classes])
    counts = free[:, None] & (np.arange(T) <= last[:, None])
    keep, short = _keep(whole, units, counts, _or_none(p.reserve, (T, I)), pack)
    depot_keep, short_depot = _depot_keep(
        whole, units, counts, _or_none(p.depot_reserve, (T, p.n_depots, I)), pack
    )
    shape = (T, p.n_depots, p.n_lanes)
    return Packed(
        kind=tuple(p.kind),
        value=np.asarray(p.weight, float) * pack,
        floor=np.ceil(_or_none(p.floor, (T, R, I)) / pack - 1e-9),
        floor_total=np.ceil(_or_none(p.floor_total, (R, I)) / pack - 1e-9),
        cap=np.floor(_or_none(p.absorb, (T, R, I), np.inf) / pack + 1e-9),
        supply=supply,
        last=last,
        expires=np.array([-1 if until is None else until for _, until in classes], np.int64),
        earmark=np.array([-1 if earmark is None else earmark for earmark, _ in classes], np.int64),
        eligible=eligible_r[:, first, :],
        group=group,
        group_lane=np.asarray(p.lane, np.int64)[first],
        group_home=own[first],
        lead=np.asarray(p.lead_weeks, np.int64),
        keep=keep,
        depot_keep=depot_keep,
        short_reserve=short,
        short_depot_reserve=short_depot,
        m3=_or_none(p.volume_m3, (I,)) * pack,
        kg=_or_none(p.mass_kg, (I,)) * pack,
        freight_m3=_or_none(p.freight_m3, shape, np.inf),
        freight_kg=_or_none(p.freight_kg, shape, np.inf),
        minimum=np.ceil(_or_none(p.minimum_consignment, (I,)) / pack - 1e-9),
        charters=p.charters,
    )


def _or_none(limit: Floats | None, shape: tuple[int, ...], fill: float = 0.0) -> Floats:
    """The limit, or ``fill`` everywhere if there is none."""
    return np.full(shape, fill) if limit is None else np.asarray(limit, float)


def with_charters(q: Packed, hired: tuple[int, ...]) -> Packed:
    """The freight there is once these flights are hired."""
    m3, kg = q.freight_m3.copy(), q.freight_kg.copy()
    for n in hired:
        c = q.charters[n]
        m3[c.week, c.depot, c.lane] += c.m3
        kg[c.week, c.depot, c.lane] += c.kg
    return replace(q, freight_m3=m3, freight_kg=kg)


def _classes(p: Problem) -> tuple[list[tuple[int | None, int | None]], Floats]:
    """(earmark, last week) of each class, free and lasting first; and its units (Kc, T, Dp, I)."""
    tags = {(lot.earmark, lot.expires) for lot in p.lots} - {(None, None)}
    classes: list[tuple[int | None, int | None]] = [(None, None)]
    classes += sorted(tags, key=lambda tag: (tag[0] is not None, tag[0] or 0, tag[1] is None, tag[1] or 0))
    units = np.zeros((len(classes), *np.shape(p.supply)))
    units[0] = p.supply
    for lot in p.lots:
        units[classes.index((lot.earmark, lot.expires)), lot.week, lot.depot, lot.item] += lot.units
    return classes, units


def _eligible(p: Problem, earmarks: list[int | None]) -> Bools:
    """(Kc, R, I): may this class of stock go to that recipient as that item?"""
    _, _, R, I = p.shape
    eligible = np.ones((len(earmarks), R, I), bool)
    for k, e in enumerate(earmarks):
        if e is None:
            continue
        if p.earmarks[e].recipients:
            eligible[k] &= np.isin(np.arange(R), p.earmarks[e].recipients)[:, None]
        if p.earmarks[e].items:
            eligible[k] &= np.isin(np.arange(I), p.earmarks[e].items)
    return eligible


def _groups(place: Ints, eligible: Bools) -> tuple[Ints, Ints]:
    """Group of each recipient (R,), and one member of each group (G,), in order of lane.

    place: (R, 2) lane and own depot.
    """
    signature = np.concatenate([place, eligible.transpose(1, 0, 2).reshape(len(place), -1)], axis=1)
    _, first, group = np.unique(signature, axis=0, return_index=True, return_inverse=True)
    return group.reshape(-1).astype(np.int64), first.astype(np.int64)


def _keep(
    whole: Floats, units: Floats, counts: Bools, reserve: Floats, pack: Floats
) -> tuple[Floats, Floats]:
    """Packs of stock to be left each week (T, I), and units lacking if nothing is sent.

    counts: (Kc, T), where a class is free and in date, and so counts towards the reserve.
    """
    packs = np.einsum("kt,ktdi->ti", counts, whole)
    loose = np.einsum("kt,ktdi->ti", counts, units.cumsum(1))
    sendable = np.floor((loose - reserve) / pack + 1e-9)
    return np.where(reserve > 0, packs - np.clip(sendable, 0, packs), 0.0), np.maximum(reserve - loose, 0.0)


def _depot_keep(
    whole: Floats, units: Floats, counts: Bools, reserve: Floats, pack: Floats
) -> tuple[Floats, Floats]:
    """The same for each depot alone, (T, Dp, I) both."""
    each = [
        _keep(whole[:, :, [d]], units[:, :, [d]], counts, reserve[:, d], pack) for d in range(whole.shape[2])
    ]
    keep, short = zip(*each, strict=True)
    return np.stack(keep, axis=1), np.stack(short, axis=1)

"""How does one item of a batch flow from those who gave it to those who get it?

Bands as wide as what flows, from left to right in every language; the largest recipients by name, the others
together. The same figures stand in the table beside it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from markupsafe import Markup

from sampan.languages.speech import Speech
from sampan.web.batches import Flow

BARS, GAP, LEAST = 300, 4, 18
"""Height of all bars together, room between two, and the least room of one, so that its name can be read."""

LEFT, RIGHT = 250, 560
LONGEST = 30
"""Characters of a name; the whole of it stands in the table."""
NAMED = 14
"""Recipients that are shown by name."""

OTHERS = "*"
OURS = ""


@dataclass(frozen=True)
class _Node:
    """A source or a recipient: where its bar begins, and how high it is."""

    top: float
    height: float


@dataclass(frozen=True)
class Picture:
    """The inside of a drawing, and how high it is; all are 820 wide."""

    svg: Markup
    height: int


def picture(flow: Flow, speech: Speech, home: str) -> Picture:
    """The bands of a flow with the names at both ends."""
    streams = _gathered(flow)
    left, right = _stacked(streams, 0), _stacked(streams, 1)
    parts = [_band(pair, units, streams, left, right) for pair, units in streams.items()]
    gettext = speech.translations.gettext
    recorded = {stream.source: stream.source_name for stream in flow.streams}
    for node, at in left.items():
        own = gettext("%(home)s: own stock") % {"home": speech.party(home)}
        said = own if node == OURS else speech.named(node, recorded[node])
        parts.append(_label(at, LEFT - 14, _short(said), "end", LEFT - 6))
    for node, at in right.items():
        said = gettext("others") if node == OTHERS else speech.party(node)
        units = sum(count for (_, to), count in streams.items() if to == node)
        parts.append(_label(at, RIGHT + 14, f"{_short(said)} · {speech.number(units)}", "start", RIGHT))
    ends = (at.top + max(at.height, LEAST) for at in (*left.values(), *right.values()))
    return Picture(Markup("").join(parts), round(max(ends)) + GAP)


def _gathered(flow: Flow) -> dict[tuple[str, str], int]:
    """Units by source and recipient; small recipients under OTHERS, which comes last."""
    by_recipient: Counter[str] = Counter()
    for stream in flow.streams:
        by_recipient[stream.recipient] += stream.units
    many = len(by_recipient) > NAMED + 1
    named = {code for code, _ in by_recipient.most_common(NAMED)} if many else set(by_recipient)
    found: Counter[tuple[str, str]] = Counter()
    for stream in flow.streams:
        found[stream.source or OURS, stream.recipient if stream.recipient in named else OTHERS] += (
            stream.units
        )
    return dict(sorted(found.items(), key=lambda pair: (pair[0][1] == OTHERS, -pair[1], pair[0])))


def _stacked(streams: Mapping[tuple[str, str], int], side: int) -> dict[str, _Node]:
    """The bars of one side from top to bottom, as high as what flows through each."""
    nodes = dict.fromkeys(pair[side] for pair in streams)
    total = sum(streams.values())
    found, top = {}, 0.0
    for node in nodes:
        units = sum(count for pair, count in streams.items() if pair[side] == node)
        height = max(1.0, BARS * units / total)
        found[node] = _Node(round(top, 1), round(height, 1))
        top += max(height, LEAST) + GAP
    return found


def _band(
    pair: tuple[str, str],
    units: int,
    streams: Mapping[tuple[str, str], int],
    left: Mapping[str, _Node],
    right: Mapping[str, _Node],
) -> Markup:
    """One band: as high at each end as its part of the bar there, below those before it."""
    y, high = _part(pair, units, streams, left[pair[0]], 0)
    z, low = _part(pair, units, streams, right[pair[1]], 1)
    middle = (LEFT + RIGHT) // 2
    kind = "ours" if pair[0] == OURS else "theirs"
    return Markup(
        f'<path class="band {kind}" d="M{LEFT} {y}C{middle} {y} {middle} {z} {RIGHT} {z}v{low}'
        f'C{middle} {round(z + low, 1)} {middle} {round(y + high, 1)} {LEFT} {round(y + high, 1)}z"/>'
    )


def _part(
    pair: tuple[str, str], units: int, streams: Mapping[tuple[str, str], int], node: _Node, side: int
) -> tuple[float, float]:
    """Where the band of ``pair`` begins on a bar, and how much of the bar it takes."""
    mine = [(each, count) for each, count in streams.items() if each[side] == pair[side]]
    whole = sum(count for _, count in mine)
    before = 0
    for each, count in mine:
        if each == pair:
            break
        before += count
    return round(node.top + node.height * before / whole, 1), round(node.height * units / whole, 1)


def _label(node: _Node, x: int, text: str, anchor: str, bar: int) -> Markup:
    y = round(node.top + max(node.height / 2, LEAST / 3) + 4, 1)
    return Markup(
        '<path class="node" d="M{} {}h6v{}h-6z"/><text class="tick" x="{}" y="{}" text-anchor="{}">{}</text>'
    ).format(bar, node.top, node.height, x, y, anchor, text)


def _short(name: str) -> str:
    return name if len(name) <= LONGEST else f"{name[: LONGEST - 1]}…"

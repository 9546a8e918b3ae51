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
from sampan.web.names import LINE, label, lines

BARS, GAP, LEAST = 300, 4, 18
"""Height of all bars together, room between two, and the least room of one, so that its name can be read."""

LEFT, RIGHT = 250, 560
LETTERS = 30
"""Letters of a line beside a bar."""
NAMED = 14
"""Recipients that are shown by name."""

OTHERS = "*"
OURS = ""


@dataclass(frozen=True)
class _Node:
    """A source or a recipient: where its bar begins, how high it is, and its name in lines."""

    top: float
    height: float
    name: list[str]

    @property
    def end(self) -> float:
        """Where the next may begin."""
        return self.top + max(self.height, LEAST + LINE * (len(self.name) - 1))


@dataclass(frozen=True)
class Picture:
    """The inside of a drawing, and how high it is; all are 820 wide."""

    svg: Markup
    height: int


def picture(flow: Flow, speech: Speech, home: str) -> Picture:
    """The bands of a flow with the names at both ends."""
    streams = _gathered(flow)
    left, right = (
        _stacked(streams, 0, _givers(flow, speech, home)),
        _stacked(streams, 1, _takers(streams, speech)),
    )
    parts = [_band(pair, units, streams, left, right) for pair, units in streams.items()]
    parts += [_label(at, LEFT - 14, "end", LEFT - 6) for at in left.values()]
    parts += [_label(at, RIGHT + 14, "start", RIGHT) for at in right.values()]
    return Picture(
        Markup("").join(parts), round(max(at.end for at in (*left.values(), *right.values()))) + GAP
    )


def _givers(flow: Flow, speech: Speech, home: str) -> dict[str, list[str]]:
    """The name of each source, in lines."""
    own = speech.translations.gettext("%(home)s: own stock") % {"home": speech.party(home)}
    said = {each.source or OURS: each.source_name for each in flow.streams}
    return {
        node: lines(own if node == OURS else speech.named(node, name), LETTERS) for node, name in said.items()
    }


def _takers(streams: Mapping[tuple[str, str], int], speech: Speech) -> dict[str, list[str]]:
    """The name of each recipient and what it gets, in lines."""
    units: Counter[str] = Counter()
    for (_, node), count in streams.items():
        units[node] += count
    others = speech.translations.gettext("others")
    return {
        node: lines(f"{others if node == OTHERS else speech.party(node)} · {speech.number(count)}", LETTERS)
        for node, count in units.items()
    }


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


def _stacked(
    streams: Mapping[tuple[str, str], int], side: int, names: Mapping[str, list[str]]
) -> dict[str, _Node]:
    """The bars of one side from top to bottom, as high as what flows through each."""
    nodes = dict.fromkeys(pair[side] for pair in streams)
    total = sum(streams.values())
    found, top = {}, 0.0
    for node in nodes:
        units = sum(count for pair, count in streams.items() if pair[side] == node)
        height = max(1.0, BARS * units / total)
        found[node] = _Node(round(top, 1), round(height, 1), names[node])
        top = found[node].end + GAP
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


def _label(node: _Node, x: int, anchor: str, bar: int) -> Markup:
    y = node.top + max(node.height / 2, LEAST / 3 + LINE * (len(node.name) - 1) / 2) + 4
    bar_of = Markup('<path class="node" d="M{} {}h6v{}h-6z"/>').format(bar, node.top, node.height)
    return bar_of + label(x, y, node.name, anchor)

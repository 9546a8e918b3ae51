"""What does a laboratory read of a genome: gaps, letters in doubt, and now and then nothing that is worth keeping?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from sampan.engines.outbreak.virus import BASES, Letters, spelt

Fate = Literal["sound", "thin", "mixed", "foreign"]
"""What became of a sample: read as it should be; little of it left; another sample in it; something else altogether."""

MIXED = {"AC": "M", "AG": "R", "AT": "W", "CG": "S", "CT": "Y", "GT": "K"}
"""Two bases as one letter (IUPAC)."""


@dataclass(frozen=True, kw_only=True)
class Sequencing:
    """How well it is read. The amplicons are those of ARTIC's protocol (Quick 2017, Nat Protoc 12:1261); the shares
    are chosen, so that quality control has something to turn away."""

    amplicon: int = 400
    step: int = 360
    """Letters of an amplicon, and from one to the next: where one is missing, its neighbours read the ends."""
    ends: int = 25
    """Letters at either end that are never read: there lie the primers."""
    dropout: float = 0.008
    """Chance that an amplicon is missing from a sound genome."""
    doubtful: float = 0.15
    """Letters in doubt in a sound genome, on the average."""
    thin: float = 0.05
    thin_dropout: float = 0.45
    """Share of samples with little virus, and the same chance in those."""
    mixed: float = 0.03
    mixed_letters: int = 18
    """Share of samples into which another got, and the letters in doubt there."""
    foreign: float = 0.015
    """Share of samples mistaken for others: what is read is of no virus."""


def fates(samples: int, *, sequencing: Sequencing, rng: np.random.Generator) -> tuple[Fate, ...]:
    """What becomes of each sample."""
    names: tuple[Fate, ...] = ("foreign", "mixed", "thin", "sound")
    reached = np.cumsum([sequencing.foreign, sequencing.mixed, sequencing.thin])
    return tuple(names[at] for at in np.searchsorted(reached, rng.random(samples), side="right").tolist())


def sequenced(letters: Letters, fate: Fate, *, sequencing: Sequencing, rng: np.random.Generator) -> str:
    """The genome as it is handed in, with N where nothing was read."""
    if fate == "foreign":
        return spelt(rng.integers(0, 4, len(letters)).astype(np.uint8))
    text = np.array(list(spelt(letters)))
    doubtful = sequencing.mixed_letters if fate == "mixed" else int(rng.poisson(sequencing.doubtful))
    for at in rng.choice(len(text), doubtful, replace=False).tolist():
        other = int(letters[at]) ^ int(rng.integers(1, 4))
        text[at] = MIXED["".join(sorted(BASES[int(letters[at])] + BASES[other]))]
    read = np.zeros(len(text), bool)
    dropout = sequencing.thin_dropout if fate == "thin" else sequencing.dropout
    for begin in range(0, len(text), sequencing.step):
        if rng.random() >= dropout:
            read[begin : begin + sequencing.amplicon] = True
    read[: sequencing.ends] = read[len(text) - sequencing.ends :] = False
    return "".join(np.where(read, text, "N"))

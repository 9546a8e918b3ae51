"""What does an epidemic need, in goods, week by week? The WHO essential-supplies logic on arrays."""

from sampan.engines.needs.model import (
    THE_FIVE,
    Capacity,
    Needs,
    each_block,
    explain,
    laboratory_capacity,
    needs,
    net_of,
)

__all__ = [
    "THE_FIVE",
    "Capacity",
    "Needs",
    "each_block",
    "explain",
    "laboratory_capacity",
    "needs",
    "net_of",
]

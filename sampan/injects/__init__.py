"""What happens around the office between two decisions of an exercise? Others play it, through the same acts."""

from sampan.injects.around import BEFORE, Injects
from sampan.injects.laboratories import genomes_of

__all__ = ["BEFORE", "Injects", "genomes_of"]

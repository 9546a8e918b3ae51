"""Everything that the desk gave and was given, for the International Aid Transparency Initiative."""

from sampan.desks.assistance.iati.context import Publishing
from sampan.desks.assistance.iati.publish import as_iati, read_values

__all__ = ["Publishing", "as_iati", "read_values"]

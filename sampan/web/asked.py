"""What does an address ask for?"""

from __future__ import annotations

from collections.abc import Mapping

Asked = Mapping[str, str]
"""What the address says: the parts of its path and those of its query that the page knows."""


class NotFound(Exception):
    """There is no such page."""

"""What the assistance desk may write: one file per topic."""

from __future__ import annotations

from sampan.records.assistance.plans import (
    Approval,
    Batch,
    Consignment,
    ConsignmentLine,
    Need,
    Plan,
    Supply,
)

__all__ = ["Approval", "Batch", "Consignment", "ConsignmentLine", "Need", "Plan", "Supply"]

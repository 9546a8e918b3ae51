"""What the assistance desk may write: one file per topic."""

from __future__ import annotations

from sampan.records.assistance.appeals import Appeal, AppealLine, AppealStep
from sampan.records.assistance.contributions import (
    Cancellation,
    Commitment,
    Contribution,
    Delivery,
    Earmark,
    Line,
    Party,
    Step,
    Thanks,
    Use,
)
from sampan.records.assistance.funds import Budget, BudgetLine, Exchange, Fund
from sampan.records.assistance.plans import (
    Approval,
    Batch,
    Consignment,
    ConsignmentLine,
    Need,
    Plan,
    Supply,
)

__all__ = [
    "Appeal",
    "AppealLine",
    "AppealStep",
    "Approval",
    "Batch",
    "Budget",
    "BudgetLine",
    "Cancellation",
    "Commitment",
    "Consignment",
    "ConsignmentLine",
    "Contribution",
    "Delivery",
    "Earmark",
    "Exchange",
    "Fund",
    "Line",
    "Need",
    "Party",
    "Plan",
    "Step",
    "Supply",
    "Thanks",
    "Use",
]

"""How are flows of aid written as OCHA's Financial Tracking Service speaks of them?

The columns are the fields of a flow in its public API (https://api.hpc.tools/docs/v1/): status, flow type,
new money, parent flow, original amount, currency and rate, earmarking by the Grand Bargain's categories.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from dataclasses import astuple, dataclass, fields
from datetime import date
from decimal import Decimal
from typing import Literal

from sampan.formats.spreadsheet import inert


@dataclass(frozen=True)
class Flow:
    """One flow. ``amountUSD`` is None where nobody has documented a value or a rate: absent is not zero."""

    id: str
    status: Literal["pledge", "commitment", "paid"]
    flowType: Literal["standard", "parked", "pass through"]  # noqa: N815 these are FTS's own names
    contributionType: Literal["financial", "in kind"]  # noqa: N815
    newMoney: bool  # noqa: N815
    parentFlowId: str | None  # noqa: N815
    sourceOrganization: str  # noqa: N815
    sourceOrganizationType: str  # noqa: N815
    sourceLocation: str  # noqa: N815
    destinationOrganization: str  # noqa: N815
    destinationLocation: str  # noqa: N815
    destinationUsageYear: int  # noqa: N815
    amountUSD: Decimal | None  # noqa: N815
    originalAmount: Decimal | None  # noqa: N815
    originalCurrency: str | None  # noqa: N815
    exchangeRate: Decimal | None  # noqa: N815
    decisionDate: date  # noqa: N815
    firstReportedDate: date  # noqa: N815
    earmarkingType: str  # noqa: N815
    earmark: str | None
    description: str


def write(flows: Iterable[Flow]) -> bytes:
    """The flows as CSV: UTF-8, one line each, an empty cell for what is not known."""
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow([field.name for field in fields(Flow)])
    for flow in flows:
        writer.writerow(["" if cell is None else inert(_cell(cell)) for cell in astuple(flow)])
    return text.getvalue().encode()


def _cell(value: object) -> object:
    return str(value).lower() if isinstance(value, bool) else value

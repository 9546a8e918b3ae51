"""HiGHS, the solver underneath: quiet, on one thread, the same answer every time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from sampan.core.errors import SampanError
from sampan.engines.allocate.problem import Bools, Floats, Ints

LOWER, BASIC, UPPER = 0, 1, 2  # HiGHS's own numbers
DUAL, PRIMAL = 1, 4  # the same, of its simplex strategies
MOST_NODES = 2_000  # of a branch-and-bound: a count, not a clock, so that runs repeat


@dataclass(frozen=True)
class Model:
    """Minimise cost·v with row_lower ≤ A v ≤ row_upper, lower (or 0) ≤ v ≤ upper; A by entries."""

    cost: Floats
    upper: Floats
    row_lower: Floats
    row_upper: Floats
    row: Ints
    column: Ints
    entry: Floats
    integer: Bools | None = None
    lower: Floats | None = None


@dataclass(frozen=True)
class Answer:
    """value: (n,).  dual: (m,), zeros for an integer programme.  objective; bound: proven."""

    value: Floats
    dual: Floats
    objective: float
    bound: float


def quiet_highs() -> Any:
    """A HiGHS that prints nothing, uses one thread and repeats itself."""
    import highspy

    highs: Any = highspy.Highs()  # type: ignore[no-untyped-call]
    for option, value in (
        ("output_flag", False),
        ("threads", 1),
        ("presolve", "off"),  # these programmes are tight already: presolve doubles the time
        ("random_seed", 0),
        ("primal_feasibility_tolerance", 1e-9),
        ("dual_feasibility_tolerance", 1e-9),
        ("mip_max_nodes", MOST_NODES),
    ):
        highs.setOptionValue(option, value)
    return highs


def pass_columns(highs: Any, m: Model) -> None:
    """Hand a model over, column by column."""
    n = len(m.cost)
    by_column = np.lexsort((m.row, m.column))
    start = np.concatenate([[0], np.cumsum(np.bincount(m.column, minlength=n))])
    lower = np.zeros(n) if m.lower is None else m.lower
    integer = np.zeros(n, np.int32) if m.integer is None else m.integer.astype(np.int32)
    highs.passModel(
        n, len(m.row_lower), len(m.row), 1, 1, 0.0, m.cost, lower, m.upper, m.row_lower, m.row_upper,
        start.astype(np.int32), m.row[by_column].astype(np.int32), m.entry[by_column], integer,
    )  # fmt: skip


def get_basis(highs: Any, m: Model) -> tuple[Ints, Ints]:
    """Status of every column and row of ``m`` as just solved: ``LOWER``, ``BASIC`` or ``UPPER``.

    Read from the values, because HiGHS's own list holds one Python object per column.
    """
    found = highs.getSolution()
    _, basic = highs.getBasicVariables()
    lower = np.zeros(len(m.cost)) if m.lower is None else m.lower
    columns = _nearest(np.array(found.col_value), lower, m.upper)
    rows = _nearest(np.array(found.row_value), m.row_lower, m.row_upper)
    columns[basic[basic >= 0]] = BASIC
    rows[-1 - basic[basic < 0]] = BASIC
    return columns, rows


def _nearest(value: Floats, lower: Floats, upper: Floats) -> Ints:
    return np.where(np.abs(upper - value) < np.abs(value - lower), UPPER, LOWER)


def set_basis(highs: Any, columns: Ints, rows: Ints) -> None:
    """Start the next solve from here."""
    import highspy

    status = np.array([highspy.HighsBasisStatus(k) for k in range(3)], object)
    basis = highspy.HighsBasis()
    basis.col_status, basis.row_status = status[columns].tolist(), status[rows].tolist()
    basis.valid = True
    highs.setBasis(basis)


def run(highs: Any) -> Answer | None:
    """Solve what is loaded; None if no point meets every row."""
    import highspy

    highs.run()
    status = highs.getModelStatus()
    codes = highspy.HighsModelStatus
    if status in (codes.kInfeasible, codes.kUnboundedOrInfeasible):
        return None
    info, found = highs.getInfo(), highs.getSolution()
    whole_enough = status == codes.kSolutionLimit or info.primal_solution_status == 2
    if status not in (codes.kOptimal, codes.kModelEmpty) and not whole_enough:
        raise SampanError(f"HiGHS stopped: {highs.modelStatusToString(status)}.")
    mip = info.mip_node_count >= 0
    return Answer(
        np.array(found.col_value),
        np.zeros(0) if mip else np.array(found.row_dual),
        float(info.objective_function_value),
        float(info.mip_dual_bound if mip else info.objective_function_value),
    )


def solve_model(m: Model, *, interior: bool = False) -> Answer | None:
    """Solve one model from scratch; ``interior``: by an interior point and then the nearest vertex."""
    highs = quiet_highs()
    highs.setOptionValue("presolve", "choose" if m.integer is not None or interior else "off")
    highs.setOptionValue("solver", "ipm" if interior else "choose")
    pass_columns(highs, m)
    return run(highs)

"""How are many small banded systems solved at once?

A symmetric positive definite matrix per place, as its lower band: ``band[p, d, j]`` is element (j + d, j).
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy.linalg.lapack import dpbtrf, dpbtrs

Array = npt.NDArray[np.float64]


def factorise(band: Array) -> Array:
    """Cholesky factors, same layout, (places, width, size). The caller owes positive definiteness."""
    out = np.empty_like(band)
    for place, matrix in enumerate(band):
        out[place], info = dpbtrf(matrix, lower=1)
        assert info == 0, f"matrix of place {place} is not positive definite"
    return out


def solve(factor: Array, right: Array) -> Array:
    """x of (L Lᵀ) x = right, (places, size)."""
    return np.stack([dpbtrs(matrix, side, lower=1)[0] for matrix, side in zip(factor, right, strict=True)])


def log_determinant(factor: Array) -> Array:
    """log |L Lᵀ|, (places,)."""
    return np.asarray(2.0 * np.log(factor[:, 0]).sum(axis=1), dtype=np.float64)


def inverse_blocks(factor: Array) -> Array:
    """Diagonal blocks of the inverse, (size, places, width, width): block j holds j … j + width - 1.

    Backward recursion of Takahashi, Fagan and Chin 1973; entries past the end are zero.
    """
    places, width, size = factor.shape
    out = np.zeros((size, places, width, width))
    later = np.zeros((places, width - 1, width - 1))
    for j in range(size - 1, -1, -1):
        pivot = factor[:, 0, j]
        column = factor[:, 1:, j] / pivot[:, None]
        column[:, size - 1 - j :] = 0.0
        cross = -np.matmul(later, column[:, :, None])[:, :, 0]
        block = out[j]
        block[:, 0, 0] = 1.0 / pivot**2 - (column * cross).sum(axis=1)
        block[:, 1:, 0] = block[:, 0, 1:] = cross
        block[:, 1:, 1:] = later
        later = block[:, :-1, :-1]
    return out

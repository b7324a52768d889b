"""Symbols that would lie on one another, moved apart so that none hides another."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

ROUNDS = 400
STEP = 0.51  # of what is missing, each of the two moves this much: a little more than half


def spread(points: Sequence[tuple[float, float]], room: tuple[float, float]) -> Floats:
    """Where to draw symbols: shape (n, 2), each at least `room` (across, up) from the others.

    Points and room are in the same units (degrees). The same points always move the same way, and
    those that have room stay where they are; two of one place part upwards and downwards.
    """
    at = np.asarray(points, dtype=float).reshape(-1, 2) / np.asarray(room)
    for _ in range(ROUNDS):
        apart = at[:, None, :] - at[None, :, :]
        far = np.hypot(apart[..., 0], apart[..., 1])
        np.fill_diagonal(far, np.inf)
        close = far < 1 - 1e-9
        if not close.any():
            break
        same = close & (far < 1e-9)
        order = np.sign(np.arange(len(at))[:, None] - np.arange(len(at))[None, :])
        apart[same] = np.column_stack([np.zeros(same.sum()), order[same]])
        length = np.where(close & ~same, far, 1)
        push = np.where(close, 1 - np.where(close & ~same, far, 0), 0) * STEP / length
        at = at + (apart * push[..., None]).sum(axis=1)
    return np.asarray(at * np.asarray(room))

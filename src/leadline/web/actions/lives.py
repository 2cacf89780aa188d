"""What happened with each contact, one thing after the other."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from leadline.engine.touches import Touches

Moment = tuple[int, int]
"""An instant, and the code of the kind of what happened."""


def lives_of(touches: Touches, only: npt.NDArray[np.bool_] | None = None) -> dict[Any, list[Moment]]:
    """The touches of each contact that count in order of time, and within an instant in that of their kinds.

    `only` are the touches that are looked at, without it all; whoever has none of them is left out.
    """
    rows = np.flatnonzero(touches.counting() if only is None else touches.counting() & only)
    if not len(rows):
        return {}
    who, at, kind = touches.contact.codes[rows], touches.happened_at[rows], touches.kind[rows]
    order = np.lexsort((kind, at, who))
    moments = list(zip(at[order].tolist(), kind[order].tolist(), strict=True))
    starts = np.flatnonzero(np.diff(who[order], prepend=-1))
    ends = [*starts[1:].tolist(), len(moments)]
    codes = who[order[starts]].tolist()
    return {
        touches.contact.labels[code]: moments[start:end]
        for code, start, end in zip(codes, starts.tolist(), ends, strict=True)
    }

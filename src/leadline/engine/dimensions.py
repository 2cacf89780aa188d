"""Dimensions by which a report can be told apart: a value for each contact, or the period of an instant."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, get_args

import numpy as np
import numpy.typing as npt

from leadline.engine.clocks import shown
from leadline.engine.errors import LeadlineError, nearest
from leadline.engine.instants import DAY
from leadline.engine.touches import Column

if TYPE_CHECKING:
    from collections.abc import Sized

    from leadline.engine.survival import Integers

NOT_KNOWN = "not known"
"""The label of those of whom the dimension isn't known."""

Period = Literal["week", "month", "quarter", "year"]
Part = tuple[str, npt.NDArray[np.intp]]
"""A value of a dimension, and the places that have it."""

_MONTHS_IN = {"month": 1, "quarter": 3, "year": 12}
_MONDAY = 3  # 1970-01-01 was a Thursday


class BadDimension(LeadlineError):
    """A dimension that doesn't fit the history, or a period that there is none of."""

    code, exit_code = "bad-dimension", 3


def check_dimension(given: Sized | None, subjects: int) -> None:
    """Raises BadDimension unless what is given (None: nothing) has a value for each of so many subjects."""
    if given is not None and len(given) != subjects:
        raise BadDimension(
            "A value for each subject is needed, in the order of the history's subjects",
            found=f"{len(given):,} values",
            allowed=f"{subjects:,}, missing ones included",
        )


def parts(by: Column) -> list[Part]:
    """The places of each value of a column that occurs, the most frequent first, those not known last."""
    split = _split(by.codes)
    order = sorted(split, key=lambda code: (code < 0, -len(split[code]), _label(by, code)))
    return [(_label(by, code), split[code]) for code in order]


def periods(instants: Integers, period: Period) -> list[Part]:
    """The places of the instants of each calendar period (`clocks`) that has any, in order of time.

    Periods are written 2026, 2026-Q1, 2026-03 and 2026-W09 (ISO weeks, from Monday). Raises BadDimension.
    """
    if period not in get_args(Period):
        allowed = get_args(Period)
        raise BadDimension(
            "A period was asked for",
            found=f"“{period}”",
            allowed=", ".join(allowed),
            suggestion=nearest(period, allowed),
        )
    instants = shown(instants)
    if period == "week":
        split = _split((instants // DAY + _MONDAY) // 7)
    else:
        split = _split(
            instants.astype("datetime64[us]").astype("datetime64[M]").astype(np.int64) // _MONTHS_IN[period]
        )
    return [(_written(code, period), split[code]) for code in sorted(split)]


def _split(codes: npt.NDArray[Any]) -> dict[int, npt.NDArray[np.intp]]:
    """The places of each code that occurs."""
    order = np.argsort(codes, kind="stable")
    inorder = codes[order]
    first = np.flatnonzero(np.concatenate([[True], inorder[1:] != inorder[:-1]])[: len(codes)])
    return dict(zip(inorder[first].tolist(), np.split(order, first[1:]), strict=False))


def _label(by: Column, code: int) -> str:
    return NOT_KNOWN if code < 0 else str(by.labels[code])


def _written(code: int, period: Period) -> str:
    if period == "week":
        monday = np.datetime64(code * 7 - _MONDAY, "D").item()
        return f"{monday:%G-W%V}"
    year, month = divmod(code * _MONTHS_IN[period], 12)
    within = {"month": f"-{month + 1:02}", "quarter": f"-Q{month // 3 + 1}", "year": ""}
    return f"{1970 + year}{within[period]}"

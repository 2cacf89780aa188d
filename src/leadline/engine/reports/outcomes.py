"""Outcomes: of what was closed, how much was won, by any dimension; for exports that hold no dates.

`won / (won + lost)` with Wilson's interval (`estimates` has the formula). What is still open counts for
neither. Without dates nothing can be said about time: how long it took, how many of the open will close.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from leadline.engine import charts
from leadline.engine.dimensions import check_dimension, parts
from leadline.engine.estimates import USUAL, Caution, Estimate, TooFewConversions, share
from leadline.engine.wording import counted, number_words, percent, share_words, why_unsaid

if TYPE_CHECKING:
    import altair as alt
    import numpy.typing as npt

    from leadline.engine.touches import Column

_MOST_GROUPS = 12


@dataclass(frozen=True)
class Outcome:
    """How those with a value of a dimension ended: won, lost or not yet; the share won of what was closed."""

    name: str
    won: int
    lost: int
    open: int
    share: Estimate | TooFewConversions

    def fields(self) -> dict[str, Any]:
        """The outcome as flat data."""
        counts = {"group": self.name, "won": self.won, "lost": self.lost, "open": self.open}
        return counts | self.share.fields("share_won")


@dataclass(frozen=True)
class Outcomes:
    """How everything ended: all together, and by one dimension where one was asked for."""

    unit: str
    total: Outcome
    groups: tuple[Outcome, ...]

    def rows(self) -> list[dict[str, Any]]:
        """A dict for each group, or one for all."""
        return [outcome.fields() for outcome in self.groups or (self.total,)]

    def sentences(self) -> list[str]:
        """The share won of all that was closed, then of each group."""
        total = self.total
        if not total.won + total.lost:
            return ["Nothing was closed, so there is no share to tell."]
        closed = counted(total.won + total.lost, self.unit)
        won = f"{number_words(total.won)} {'was' if total.won == 1 else 'were'} won"
        decided = f"Of {closed} that {'was' if total.won + total.lost == 1 else 'were'} decided"
        said = [f"{decided}, {won}: {_said(total, self.unit)}."]
        said += [f"{total.open:,} {'is' if total.open == 1 else 'are'} open."] if total.open else []
        return said + [f"{group.name}: {_said(group, self.unit)}." for group in self.groups[:_MOST_GROUPS]]

    def chart(self) -> alt.Chart:
        """The share won of each group, with its interval."""
        rows = [_dot(outcome) for outcome in self.groups or (self.total,)]
        return charts.ranges(
            rows, "Share won of what was decided", " ".join(self.sentences()[:2]), unit="share"
        )


def outcomes(
    outcome: Column, *, by: Column | None = None, caution: Caution = USUAL, unit: str = "deal"
) -> Outcomes:
    """How everything ended, from a column of “won”, “lost” and “open”; a missing value counts as open.

    `by` has a value for each row of `outcome`. Raises BadDimension when it hasn't.
    """
    check_dimension(by, len(outcome))
    groups = [_outcome(name, outcome.take(at), caution) for name, at in (parts(by) if by is not None else [])]
    return Outcomes(unit, _outcome("all", outcome, caution), tuple(groups))


def _outcome(name: str, some: Column, caution: Caution) -> Outcome:
    won, lost = _count(some, "won"), _count(some, "lost")
    return Outcome(name, won, lost, len(some) - won - lost, share(won, won + lost, caution))


def _count(some: Column, label: str) -> int:
    codes: npt.NDArray[np.int32] = np.array(
        [code for code, one in enumerate(some.labels) if one == label], np.int32
    )
    return int(np.isin(some.codes, codes).sum())


def _said(outcome: Outcome, unit: str) -> str:
    if isinstance(outcome.share, Estimate):
        return share_words(outcome.share)
    return why_unsaid(outcome.share, unit)


def _dot(outcome: Outcome) -> dict[str, Any]:
    closed = outcome.won + outcome.lost
    if isinstance(outcome.share, Estimate):
        limits = {"value": outcome.share.value, "low": outcome.share.low, "high": outcome.share.high}
        return {"name": outcome.name, **limits, "label": f"{percent(outcome.share.value)} of {closed:,}"}
    return {
        "name": outcome.name,
        "value": None,
        "low": None,
        "high": None,
        "label": f"{closed:,}: too few to say",
    }

"""Growth: how many new people, new clients and how much income, against the time before.

    change = (a / t) / (b / s)

a in the last year of length t, b in the year before, of which s is on record: whole years, so that the
season falls out. Where less than eleven months of that year are on record, the later half of the last year
(or of the log) is compared with the half before, season and all.

The interval is that of `ratio_of_sums`: one client who pays often is one subject. With a = 0 it is 0 to z²/b,
from Wilson's share of a in a + b. Counts that come in bursts vary more than a Poisson's: the variance is
multiplied by φ = max(1, X²/(m−1)), X² that of the table of both times by their m months (of income: that
of the payments), in which a season that repeats leaves no trace (P. McCullagh and J. A. Nelder, Generalized
Linear Models (1989), section 4.5).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from leadline.engine.estimates import Caution, Quantity, TooFewConversions, normal_quantile
from leadline.engine.horizon.pace import income_of
from leadline.engine.horizon.ranges import Said, ratio_of_sums
from leadline.engine.instants import DAY, MONTH, WEEK, YEAR
from leadline.engine.money import money_words
from leadline.engine.wording import counted, number_words, percent

if TYPE_CHECKING:
    from leadline.engine.cycle.cycles import Cycles

_WHOLE = 335 * DAY
_SHORTEST = 28 * DAY
_ABOUT = 0.15
"""By how much of a month a time may differ from whole months to be called so."""
_SAME = "as much"


@dataclass(frozen=True)
class Times:
    """Two times that are compared, each from just after one instant up to and with the next."""

    begin: int
    middle: int
    end: int
    whole_years: bool
    since: int

    @property
    def young(self) -> bool:
        """Whether the log begins less than a year before the earlier time: older clients are missing."""
        return self.begin - self.since < YEAR

    @property
    def names(self) -> tuple[str, str]:
        """How the two times are called in a sentence."""
        if self.whole_years:
            return "in the last year", "in the year before"
        span = self.end - self.middle
        months = round(span / MONTH)
        if not months or abs(span / MONTH - months) > _ABOUT:
            weeks = counted(max(round(span / WEEK), 1), "week")
            return f"in the last {weeks}", f"in the {weeks} before"
        if months == 1:
            return "in the last month", "in the month before"
        return f"in the last {months} months", f"in the {months} before"


@dataclass(frozen=True)
class Change:
    """What came in the later time and in the earlier one; `ratio` of the paces, 1 for no change.

    `money` is the currency where the numbers are minor units of it.
    """

    what: str
    later: int
    earlier: int
    ratio: Said
    times: Times
    money: str | None = None

    def fields(self) -> dict[str, Any]:
        """The change as flat data."""
        row = {"what": self.what, "later": self.later, "earlier": self.earlier}
        row |= {"whole_years": self.times.whole_years}
        return row | self.ratio.fields("ratio")

    def sentence(self) -> str:
        """How much came, against the time before, and whether that is a change."""
        later, earlier = self.times.names
        said = f"{self.what}: {self._much(self.later)} {later}, {self._much(self.earlier)} {earlier}"
        if isinstance(self.ratio, TooFewConversions):
            return f"{said}; too few to say whether that is a change."
        if not self.later:
            return f"{said}."
        limits = _limits(self.ratio.low, self.ratio.high)
        if self.ratio.low < 1 < self.ratio.high:
            return f"{said}: no clear change (between {limits})."
        return f"{said}: {_more(self.ratio.value)} (between {limits})."

    def _much(self, number: int) -> str:
        return number_words(number) if self.money is None else money_words(number, self.money)


def growth(cycles: Cycles, caution: Caution) -> tuple[Change, ...]:
    """The change of new people, new clients and, where money is on record, income."""
    times = _times(cycles.since, cycles.as_of)
    if times is None:
        return ()
    counted = [("New people", cycles.reached_at), ("New clients", cycles.client_at)]
    changes = [_count(what, at, times, caution) for what, at in counted]
    if cycles.currency is not None:
        changes.append(_income(cycles, times, caution))
    return tuple(changes)


def _times(since: int, as_of: int) -> Times | None:
    """The last year and the one before, or two halves; None for a log of less than eight weeks."""
    if as_of - YEAR - since >= _WHOLE:
        return Times(max(since - 1, as_of - 2 * YEAR), as_of - YEAR, as_of, whole_years=True, since=since)
    half = min(as_of - since + 2, YEAR) // 2
    if half < _SHORTEST:
        return None
    return Times(as_of - 2 * half, as_of - half, as_of, whole_years=False, since=since)


def _count(what: str, at: Any, times: Times, caution: Caution) -> Change:
    at = at[(at > times.begin) & (at <= times.end)]
    later = at > times.middle
    spread = _spread(at, later, times)
    return Change(what, *_compared(later, ~later, len(at), times, spread, caution), times)


def _income(cycles: Cycles, times: Times, caution: Caution) -> Change:
    later, earlier = (
        income_of(cycles, begin, end)
        for begin, end in ((times.middle, times.end), (times.begin, times.middle))
    )
    clients = int(np.count_nonzero(later + earlier))
    at = cycles.purchases.bought_at
    at = at[(at > times.begin) & (at <= times.end)]
    found = _compared(later, earlier, clients, times, _spread(at, at > times.middle, times), caution)
    return Change("Income", *found, times, cycles.currency)


def _compared(
    later: Any, earlier: Any, subjects: int, times: Times, spread: float, caution: Caution
) -> tuple[int, int, Said]:
    """Both sums, and the ratio of the paces: said of at least twice as many as are needed of one time."""
    a, b = int(later.sum()), int(earlier.sum())
    if subjects < max(2 * caution.needed, 1) or not b:
        return a, b, TooFewConversions(subjects if b else 0, 2 * caution.needed)
    pace = (times.middle - times.begin) / (times.end - times.middle)
    if not a:
        return a, b, Quantity(0, 0, normal_quantile(caution.level) ** 2 * spread / subjects).times(pace)
    ratio = ratio_of_sums(later.astype(np.float64), earlier.astype(np.float64), caution, spread=spread)
    return a, b, ratio.times(pace)


def _spread(at: Any, later: Any, times: Times) -> float:
    """φ: how much more counts vary from month to month than those of a Poisson process."""
    months = max(round((times.end - times.middle) / MONTH), 1)
    if months < 2 or not len(at):
        return 1.0
    back = np.where(later, times.end - at, times.middle - at)
    month = np.minimum(back * months // (times.end - times.middle), months - 1)
    table = np.bincount(later * months + month, minlength=2 * months).reshape(2, months)
    expected = table.sum(axis=1, keepdims=True) * table.sum(axis=0) / table.sum()
    gaps = np.divide((table - expected) ** 2, expected, out=np.zeros(table.shape), where=expected > 0)
    return max(1.0, float(gaps.sum()) / (months - 1))


def _limits(low: float, high: float) -> str:
    """The limits of a change: “3 and 27 % more”, “11 % less and 123 % more”, “no change and 12 % more”."""
    words = [_more(limit) for limit in (low, high)]
    if (low < 1) == (high < 1) and _SAME not in words:
        words[0] = words[0].removesuffix(" more").removesuffix(" less").removesuffix(" %")
    return " and ".join("no change" if word == _SAME else word for word in words)


def _more(ratio: float) -> str:
    if abs(ratio - 1) < 0.005:
        return _SAME
    return f"{percent(ratio - 1)} more" if ratio > 1 else f"{percent(1 - ratio)} less"

"""Replacement: if all clients left today, how long until the income is back.

Futures are drawn in which today's clients buy nothing any more (`futures`): what comes is owed to
those who are on the way and to those who will arrive. The income counts as replaced on the first day on
which the payments of the three months before it, all of them after today, are as much as the average income
of the last year brings in such a time. Where three months hold fewer than ten payments on average, one lucky
payment would do; there the time is six or twelve months, of which the day ends the third.

Nothing is said where the futures would clearly have lost against a plain forecast on the business's own past
(`outlook.try_past`); and where the middle 90 % of them are so wide apart that their middle means nothing,
only that.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from leadline.engine.estimates import Caution, Duration, TooEarly, TooFewConversions
from leadline.engine.futures import Futures
from leadline.engine.horizon.pace import income_of
from leadline.engine.horizon.ranges import year_of
from leadline.engine.instants import DAY, MONTH, YEAR
from leadline.engine.money import money_words
from leadline.engine.outlook import Tried, too_little, try_past
from leadline.engine.wording import percent, time_words

if TYPE_CHECKING:
    from leadline.engine.cycle.cycles import Cycles
    from leadline.engine.process import Process

YEARS = (2, 5)
"""How far ahead is looked: further where in one of twenty futures the income isn't back by then."""
_WINDOWS = (3, 6, 12)
_PAYMENTS = 10
_LEVEL = 0.9
_WIDE, _OFTEN = 12, 0.25  # times the lower limit; the share of futures in which it isn't back
_ROUNDING = 1e-9
_LOOK = 13  # weeks, after which those futures end in which the income is back


@dataclass(frozen=True, eq=False)
class Replacement:
    """The time until an income of `monthly` minor units of `currency` is back, over many futures.

    `days`: one number a future, in order; infinite where it isn't back within so many `years`. `time` holds
    the median and the limits of the middle 90 %, None where so many futures don't get there. `window` is in
    months.
    """

    monthly: float
    currency: str
    window: int
    years: int
    days: Any
    time: Duration

    @property
    def never(self) -> float:
        """The share of futures in which it isn't back within `years`."""
        return float(np.mean(np.isinf(self.days)))

    @property
    def wide(self) -> bool:
        """Whether the futures are too far apart for their middle to mean anything."""
        low, high = self.time.low, self.time.high
        if low is None or high is None:
            return low is not None and self.never > _OFTEN
        return high > _WIDE * low

    def fields(self) -> dict[str, Any]:
        """The replacement as flat data, times in days."""
        limits = {"days": self.time.value, "days_low": self.time.low, "days_high": self.time.high}
        row: dict[str, Any] = {key: None if limit is None else limit / DAY for key, limit in limits.items()}
        return row | {
            "never": self.never,
            "years": self.years,
            "monthly": self.monthly,
            "window_months": self.window,
        }

    def sentence(self) -> str:
        """How long it takes, or that it isn't to be expected."""
        income = f"today's income (about {money_words(rounded(self.monthly), self.currency)} a month)"
        start = f"If all clients left today, {income} would be back"
        if self.time.value is None:
            return f"{start} within {self.years} years in only {percent(1 - self.never)} of possible futures."
        said = f"{start} after {time_words(self.time.value)}"
        if self.time.low is None:
            return said + "."
        if self.wide:
            least, years = time_words(self.time.low), f"more than {self.years} years"
            far = years if self.time.high is None else time_words(self.time.high)
            return (
                f"If all clients left today, nobody can say when {income} would be back: anything between "
                f"{least} and {far} is possible."
            )
        if self.time.high is None:
            early = f"in one of 20 within {time_words(self.time.low)}"
            late = f"in {percent(self.never)} of them not in {self.years} years"
            return f"{said} in half of possible futures ({early}, {late})."
        low, high = time_words(self.time.low), time_words(self.time.high)
        return f"{said}" + (f" (nine times of ten between {low} and {high})." if low != high else ".")


def replacement(
    cycles: Cycles, process: Process, caution: Caution, seed: int, draws: int
) -> Replacement | TooFewConversions | TooEarly | Tried | None:
    """The time until the income is replaced; None where there is none, else why nothing can be foreseen.

    Too early where less is on record than a forecast takes.
    How it was tried on its past, where that says that it can't be relied on.
    """
    begin, months = year_of(cycles.since, cycles.as_of)
    income = float(income_of(cycles, begin, cycles.as_of).sum())
    if income <= 0:
        return None
    if (unsaid := too_little(process, caution)) is not None:
        return unsaid
    payments = np.count_nonzero(cycles.purchases.bought_at > begin) / months
    window = next((w for w in _WINDOWS if payments * w >= _PAYMENTS), _WINDOWS[-1])
    with ThreadPoolExecutor(max_workers=1) as pool:  # drawing holds no interpreter lock
        trial = pool.submit(try_past, process, seed)
        found = _wait(process, income / months, window, seed, draws)
    if trial.result().worse:
        return trial.result()
    years, days = found
    return Replacement(income / months, cycles.currency or "", window, years, days, _middle(days))


def _wait(process: Process, monthly: float, window: int, seed: int, draws: int) -> tuple[int, Any]:
    """How many years were looked ahead, and the day by which the income is back in each future, in order.

    A future ends where it is back; the others go on, for longer where they are too many.
    """
    ends = [round(years * YEAR / DAY + (window - _WINDOWS[0]) * MONTH / DAY) for years in YEARS]
    rng = np.random.default_rng(seed)
    futures = Futures(process, -(-ends[-1] // 7) + _LOOK, draws, rng, clients_leave=True)
    days, going = np.full(draws, np.inf), np.arange(draws)
    income = np.zeros((draws, 0), dtype=np.int64)
    for end in ends:
        while len(going) and income.shape[1] < end:
            income = np.concatenate([income, *(futures.step()[2] for _ in range(_LOOK))], axis=1)
            days[going] = _days_back(income[:, :end], monthly, window)
            still = np.isinf(days[going])
            going, income = going[still], income[still]
            futures.keep(still)
        if _middle(np.sort(days)).high is not None:
            break
    return YEARS[ends.index(end)], np.sort(days)


def replaced_after(income: Any, monthly: float, window: int) -> Any:
    """For each row of daily income the day by which it is as much as before, sorted; infinite for none."""
    return np.sort(_days_back(income, monthly, window))


def _days_back(income: Any, monthly: float, window: int) -> Any:
    width, least = (round(months * MONTH / DAY) for months in (window, _WINDOWS[0]))
    wanted = monthly * width * DAY / MONTH * (1 - _ROUNDING)
    total = np.cumsum(income, axis=1)
    total[:, width:] -= total[:, :-width].copy()
    back = total >= wanted
    full = np.where(back.any(axis=1), back.argmax(axis=1) + 1.0, np.inf)
    return np.minimum(full, np.maximum(full - (width - least), least))


def rounded(minor: float) -> int:
    """An amount to three digits, which is as much as an average deserves."""
    step: int = 10 ** max(len(str(int(minor))) - 3, 0)
    return round(minor / step) * step


def _middle(days: Any) -> Duration:
    """The median, and the limits of the middle 90 %."""
    shares = (0.5, (1 - _LEVEL) / 2, (1 + _LEVEL) / 2)
    places = [days[min(int(np.ceil(share * len(days))), len(days)) - 1] for share in shares]
    return Duration(*(None if np.isinf(place) else int(place) * DAY for place in places))

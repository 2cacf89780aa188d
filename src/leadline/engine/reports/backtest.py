"""Back-test: how good the forecast would have been on one's own past, beside two that anybody can make.

At each of some past days (the *cuts*, a month apart, the latest so long ago that all its months are over)
only the touches that had happened by then are taken, history is derived anew, the months after it are
foreseen, and that is compared with what came. Told are the mean absolute error of new clients and of income
over those months together, and how often what came lay in the interval (of each month, and of all together).
The months of one cut overlap those of the next, so that a strange month counts several times. Two plain
forecasts are held to the same:

* *same as last period*: as much as in as many months before the cut;
* *open deals × win rate*: the open deals are the people in the funnel's last open stage; the win rate is the
  share that became a client of all who were in it before and are no longer; the deals are decided at a steady
  pace, in the mean time that these were in it (a month at least), and others take their place. Income: as
  many clients times the mean first purchase, and as much from those who are clients already as in the period
  before.

Cuts at which there was too little to foresee anything are left out and counted.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from leadline.engine import charts
from leadline.engine.clocks import to_local
from leadline.engine.estimates import USUAL, Caution, TooEarly
from leadline.engine.history import derive, last_instant
from leadline.engine.instants import DAY, MONTH, NEVER
from leadline.engine.money import money_words
from leadline.engine.outlook import (
    Range,
    central,
    count_past,
    foresee,
    month_ends,
    narrowest,
    rounded,
    too_little,
)
from leadline.engine.process import Process, client_instants, estimate_process
from leadline.engine.wording import counted, numbered, percent

if TYPE_CHECKING:
    from collections.abc import Callable

    import altair as alt

    from leadline.engine.funnel import Funnel
    from leadline.engine.history import History
    from leadline.engine.instants import Moment
    from leadline.engine.outlook import Integers
    from leadline.engine.touches import Touches

PLAIN = {"last": "the same as in the {period} before", "deals": "open deals times win rate"}
"""The plain forecasts, and how they are called."""


_COARSE = 99.95
"""From so many clients on a tenth of one is not told."""


@dataclass(frozen=True)
class Trial:
    """What was foreseen at one cut for one thing (new clients or income) over all its months, and what came.

    `inside` says of each month whether what came lay in that month's interval.
    """

    cut: int
    of: str
    foreseen: Range
    came: int
    last: float
    deals: float
    inside: tuple[bool, ...]

    @property
    def held(self) -> bool:
        """Whether what came lay in the interval of all the months together."""
        return self.foreseen.low <= self.came <= self.foreseen.high


@dataclass(frozen=True)
class Score:
    """How good a forecast of one thing was: mean absolute errors, and the share inside the intervals."""

    of: str
    trials: int
    came: float
    error: float
    last_error: float
    deals_error: float
    held: float
    months_held: float


@dataclass(frozen=True)
class Backtest:
    """The trials of the cuts at which something could be foreseen, or too short a past as data."""

    months: int
    level: float
    currency: str | None
    trials: tuple[Trial, ...]
    left_out: int
    unsaid: TooEarly | None

    def scores(self) -> list[Score]:
        """A score for new clients, and one for income where there is money on record."""
        found = []
        for of in ("clients", "income"):
            some = [trial for trial in self.trials if trial.of == of]
            if some:
                found.append(_score(of, some))
        return found

    def rows(self) -> list[dict[str, Any]]:
        """A dict for each trial; where there is none, one with the reason."""
        if self.unsaid is not None:
            return [{"cut": None, "unsaid": self.unsaid.reason}]
        return [_row(trial, self.currency) for trial in self.trials]

    def sentences(self) -> list[str]:
        """How far off the forecast was, beside the plain ones, and how often its intervals held."""
        if self.unsaid is not None:
            return ["The past is too short to try the forecast on it: there was too little on record."]
        said = [self._errors(score) for score in self.scores()]
        said += [self._held(score) for score in self.scores()]
        if self.left_out:
            said.append(
                f"{counted(self.left_out, 'earlier day')} had too little on record, and were left out."
            )
        return said

    def chart(self) -> alt.Chart:
        """The mean error of the new clients: the forecast's and those of the plain ones."""
        title, description = "How far off the forecasts of new clients were", " ".join(self.sentences()[:2])
        if self.unsaid is not None:
            return charts.note(title, description)
        score = self.scores()[0]
        named = [
            ("this forecast", score.error, False),
            (PLAIN["last"].format(period=self._period), score.last_error, True),
            (PLAIN["deals"], score.deals_error, True),
        ]
        rows = [
            {"name": name, "count": error, "label": f"{error:.1f} clients", "muted": muted}
            for name, error, muted in named
        ]
        return charts.bars(rows, title, description)

    @property
    def _period(self) -> str:
        return "month" if self.months == 1 else f"{self.months} months"

    def _errors(self, score: Score) -> str:
        off, last, deals, came = (
            self._amount(score.of, one)
            for one in (score.error, score.last_error, score.deals_error, score.came)
        )
        came = f"{numbered(came, 'new client')} came" if score.of == "clients" else f"{came} came in"
        period = "a month" if self.months == 1 else self._period
        said = f"In {period} {came} on average, and the forecast would have been {off} off. "
        said += f"Guessing {PLAIN['last'].format(period=self._period)} would have been {last} off, "
        said += f"and {PLAIN['deals']} {deals} off."
        better = score.error > min(score.last_error, score.deals_error)
        return said + " So a plain guess would have done better here." * better

    def _held(self, score: Score) -> str:
        what = "new clients" if score.of == "clients" else "income"
        said = f"The range given for {what} was right for {percent(score.months_held)} of single months"
        if self.months > 1:
            said += f", and {percent(score.held)} of the times for {self._period} together"
        return f"{said}; it is meant to be right for {percent(self.level)}."

    def _amount(self, of: str, number: float) -> str:
        if of == "clients":
            return f"{number:,.0f}" if number >= _COARSE else f"{number:.1f}".removesuffix(".0")
        return money_words(rounded(round(number)), self.currency or "")


def backtest(
    touches: Touches,
    funnel: Funnel,
    *,
    as_of: Moment | None = None,
    cuts: int = 6,
    months: int = 3,
    draws: int = 400,
    seed: int = 1,
    caution: Caution = USUAL,
    progress: Callable[[int, int], None] | None = None,
) -> Backtest:
    """How good the forecast would have been at `cuts` past days, for so many months after each.

    `progress` is told how many of the days are done, and of how many. What is recorded late counts from when
    it happened, so that the forecast of that day may have known a little less.
    """
    until = last_instant(touches, as_of)
    whole = estimate_process(derive(touches, funnel, until), touches)
    ends = month_ends(until, -(months + cuts - 1))[::-1]
    trials: list[Trial] = []
    left_out = 0
    for cut in range(cuts):
        some = ends[cut : cut + months + 1]
        found = _try(touches, funnel, some, whole, caution=caution, draws=draws, seed=seed)
        left_out += not found
        trials += found
        if progress is not None:
            progress(cut + 1, cuts)
    return Backtest(
        months=months,
        level=caution.level,
        currency=whole.currency,
        trials=tuple(trials),
        left_out=left_out,
        unsaid=None if trials else TooEarly(0, 1),
    )


def _try(
    touches: Touches,
    funnel: Funnel,
    ends: list[int],
    whole: Process,
    *,
    caution: Caution,
    draws: int,
    seed: int,
) -> list[Trial]:
    """The trials of one cut; none where there was too little to foresee anything."""
    cut, months = ends[0], len(ends) - 1
    known = touches.take(np.flatnonzero(touches.happened_at <= cut))
    history = derive(known, funnel, cut)
    process = estimate_process(history, known)
    if too_little(process, caution) is not None:
        return []
    outlook = foresee(process, -(-(ends[-1] - cut) // DAY), draws, seed)
    came = count_past(whole, ends)
    before = count_past(process, [month_ends(cut, -months)[-1], cut])
    deals = _open_deals(history, (ends[-1] - cut) / MONTH)
    value = process.first_value or 0.0
    again = max(int(before[1].sum()) - int(before[0].sum()) * value, 0.0)
    plain = {"clients": (before[0].sum(), deals), "income": (before[1].sum(), deals * value + again)}
    columns = {"clients": outlook.clients} | ({} if process.currency is None else {"income": outlook.income})
    return [
        _trial(cut, of, outlook.periods(column, ends), came[of == "income"], plain[of], caution.level)
        for of, column in columns.items()
    ]


def _trial(
    cut: int, of: str, drawn: Integers, came: Integers, plain: tuple[float, float], level: float
) -> Trial:
    interval = narrowest if of == "clients" else central
    monthly = [interval(drawn[:, month], level) for month in range(len(came))]
    return Trial(
        cut=cut,
        of=of,
        foreseen=interval(drawn.sum(axis=1), level),
        came=int(came.sum()),
        last=float(plain[0]),
        deals=float(plain[1]),
        inside=tuple(one.low <= int(real) <= one.high for one, real in zip(monthly, came, strict=True)),
    )


def _open_deals(history: History, months: float) -> float:
    """Open deals × win rate: the clients to be expected in so many months, decided at a steady pace."""
    numbers = [n for n, stage in enumerate(history.funnel.stages, 1) if stage.role == "open"]
    if not numbers:
        return 0.0
    visits = history.by_stage()
    rows = np.flatnonzero(visits.stage == numbers[-1])
    client_at = client_instants(history)
    rows = rows[visits.entered_at[rows] < client_at[visits.contact[rows]]]
    there = visits.left_at[rows] == NEVER
    decided = np.unique(visits.contact[rows[~there]])
    decided = np.setdiff1d(decided, visits.contact[rows[there]])
    won = decided[client_at[decided] < NEVER]
    if not len(won):
        return 0.0
    past = rows[~there & np.isin(visits.contact[rows], decided)]
    stayed = np.minimum(visits.left_at[past], client_at[visits.contact[past]]) - visits.entered_at[past]
    took = float(stayed.sum()) / len(decided) / MONTH
    return int(there.sum()) * len(won) / len(decided) * months / max(took, 1.0)


def _score(of: str, some: list[Trial]) -> Score:
    came = np.array([trial.came for trial in some], dtype=np.float64)

    def off(figures: list[float]) -> float:
        return float(np.abs(np.array(figures) - came).mean())

    return Score(
        of=of,
        trials=len(some),
        came=float(came.mean()),
        error=off([trial.foreseen.value for trial in some]),
        last_error=off([trial.last for trial in some]),
        deals_error=off([trial.deals for trial in some]),
        held=float(np.mean([trial.held for trial in some])),
        months_held=float(np.mean([inside for trial in some for inside in trial.inside])),
    )


def _row(trial: Trial, currency: str | None) -> dict[str, Any]:
    limits = trial.foreseen
    return {
        "cut": to_local(trial.cut).date().isoformat(),
        "of": trial.of,
        "foreseen": limits.value,
        "low": limits.low,
        "high": limits.high,
        "came": trial.came,
        "inside": trial.held,
        "months_inside": sum(trial.inside),
        "same_as_last": trial.last,
        "open_deals": trial.deals,
        "currency": currency if trial.of == "income" else None,
        "unsaid": None,
    }

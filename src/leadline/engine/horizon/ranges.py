"""Numbers that aren't shares, with the interval that holds them, and how they are said."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from leadline.engine.estimates import Quantity, TooFewConversions, normal_quantile
from leadline.engine.instants import MONTH, YEAR
from leadline.engine.wording import quantity_words

if TYPE_CHECKING:
    from leadline.engine.estimates import Caution

_MONTHS, _COUNTABLE = 12, 3
_ENDLESS = 50  # log of a stretch that leaves nothing known


Said = Quantity | TooFewConversions
"""A number with its interval, or too few to say."""


def around(value: float, error: float, level: float) -> Quantity:
    """The interval of a positive number whose logarithm has this standard error."""
    stretch = math.exp(min(normal_quantile(level) * error, _ENDLESS))
    return Quantity(value, value / stretch, value * stretch)


def log_error(number: Quantity, level: float) -> float:
    """The standard error of a number's logarithm, from its interval; 0 where the number is exact."""
    if number.value <= 0:
        return 0.0
    return math.log(number.high / number.value) / normal_quantile(level)


def count_per(count: int, months: float, level: float) -> Quantity:
    """So many in so many months, as a number a month, by the score interval of a Poisson mean.

    c + z²/2 ± z √(c + z²/4), the values μ with (c − μ)² <= z² μ: C. R. Rao's score test turned round.
    """
    z = normal_quantile(level)
    reach = z * math.sqrt(count + z * z / 4)
    middle = count + z * z / 2
    return Quantity(count, max(middle - reach, 0.0) if count else 0.0, middle + reach).times(1 / months)


def ratio_of_sums(over: Any, under: Any, caution: Caution, *, spread: float = 1.0) -> Quantity:
    """Σ over / Σ under, with an entry for each independent subject in both; neither sum may be 0.

    Subjects come as a Poisson process with what each brings, so that to first order Var log = spread · Σ
    (overᵢ/Σ over − underᵢ/Σ under)²: linearisation, W. G. Cochran, Sampling Techniques (1977), section 6.4.
    """
    total, base = float(np.sum(over)), float(np.sum(under))
    pull = np.asarray(over) / total - np.asarray(under) / base
    return around(total / base, math.sqrt(spread * float(pull @ pull)), caution.level)


def year_of(since: int, as_of: int) -> tuple[int, float]:
    """The instant after which the last year (or all of a younger log) lies, and its months, at least 1."""
    begin = max(since - 1, as_of - YEAR)
    return begin, max((as_of - begin) / MONTH, 1.0)


def period_words(months: float) -> str:
    """The last year, or the part of it that is on record: “the last year”, “the last 4 months”."""
    whole = round(months)
    if whole >= _MONTHS:
        return "the last year"
    return f"the last {whole} months" if whole > 1 else "the last month"


def range_words(number: Quantity, *, whole: bool = False) -> str:
    """A number and its interval: “3.4 (between 2.1 and 5)”; `whole`, from 3 on: “9 (between 5 and 17)”."""
    limits = (number.value, number.low, number.high)
    rounded = (float(round(one)) if whole and one >= _COUNTABLE else one for one in limits)
    value, low, high = (quantity_words(one) for one in rounded)
    return value if low == high else f"{value} (between {low} and {high})"

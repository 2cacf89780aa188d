"""Shares with an interval, times with an interval, or the reason why none is said."""

from __future__ import annotations

import math
from dataclasses import dataclass
from statistics import NormalDist

LEVEL = 0.95
"""How sure an interval is, unless another level is asked for."""

NEEDED = 10
"""How many must stand behind a figure, unless another number is asked for."""

Fields = dict[str, float | str | None]


@dataclass(frozen=True)
class Caution:
    """How sure an interval is, and how many must stand behind a figure: the one rule of all reports.

    A share or a time is said where at least `needed` began, and a share "within so many days" where at least
    `needed` began so long ago. Below that the counts are given and the figure is not.
    """

    level: float = LEVEL
    needed: int = NEEDED


USUAL = Caution()
"""The caution of a report, unless another is asked for."""


@dataclass(frozen=True)
class Estimate:
    """A share between 0 and 1, and the interval that holds it: 0 <= low <= value <= high <= 1."""

    value: float
    low: float
    high: float

    def fields(self, name: str) -> Fields:
        """The estimate as flat data: `name`, `name_low`, `name_high`, and no reason for silence."""
        return _fields(name, self.value, self.low, self.high, None)


@dataclass(frozen=True)
class Quantity:
    """A number that is no share (clients, money, days), and its interval: low <= value <= high."""

    value: float
    low: float
    high: float

    def times(self, factor: float) -> Quantity:
        """The same in another unit, so many times as large; the factor is 0 or more."""
        return Quantity(self.value * factor, self.low * factor, self.high * factor)

    def fields(self, name: str) -> Fields:
        """The quantity as flat data, as of an Estimate."""
        return _fields(name, self.value, self.low, self.high, None)


@dataclass(frozen=True)
class TooFewConversions:
    """Too few started for a figure to mean anything: so many were found, so many are needed."""

    found: int
    needed: int = NEEDED

    @property
    def reason(self) -> str:
        """The reason as flat data has it."""
        return f"too few: {self.found} of at least {self.needed}"

    def fields(self, name: str) -> Fields:
        """Flat data as of an Estimate, empty but for the reason."""
        return _fields(name, None, None, None, self.reason)


@dataclass(frozen=True)
class TooEarly:
    """Enough started, but too few of them so long ago: so many were found, so many are needed."""

    found: int
    needed: int = NEEDED

    @property
    def reason(self) -> str:
        """The reason as flat data has it."""
        return f"too early: {self.found} of at least {self.needed}"

    def fields(self, name: str) -> Fields:
        """Flat data as of an Estimate, empty but for the reason."""
        return _fields(name, None, None, None, self.reason)


@dataclass(frozen=True)
class Duration:
    """A length of time in microseconds and its interval; None where it is not reached yet."""

    value: int | None
    low: int | None
    high: int | None


Share = Estimate | TooFewConversions | TooEarly
"""A share, or why none is said."""


def normal_quantile(level: float) -> float:
    """How many standard errors a two-sided interval of this level reaches to each side (1.96 for 0.95)."""
    return NormalDist().inv_cdf((1 + level) / 2)


def wilson(happened: float, of: int, level: float = LEVEL) -> Estimate:
    """The share `happened / of` with Wilson's score interval; `of` is at least 1.

    With p = happened/of and z the normal quantile: (p + z²/2n ± z √(p(1−p)/n + z²/4n²)) / (1 + z²/n). E. B.
    Wilson, Probable inference, the law of succession, and statistical inference, JASA 22 (1927) 209–212.
    """
    p, z = happened / of, normal_quantile(level)
    middle = p + z * z / (2 * of)
    reach = z * math.sqrt(p * (1 - p) / of + z * z / (4 * of * of))
    low, high = ((middle + side) / (1 + z * z / of) for side in (-reach, reach))
    return Estimate(p, low if happened else 0.0, high if happened < of else 1.0)


def share(happened: int, of: int, caution: Caution) -> Estimate | TooFewConversions:
    """The share with its interval where enough stand behind it, else how many there were."""
    if of < max(caution.needed, 1):
        return TooFewConversions(of, caution.needed)
    return wilson(happened, of, caution.level)


def _fields(
    name: str, value: float | None, low: float | None, high: float | None, unsaid: str | None
) -> Fields:
    return {name: value, f"{name}_low": low, f"{name}_high": high, f"{name}_unsaid": unsaid}

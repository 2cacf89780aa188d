"""Economy: what each one cost and brought, in money, with an interval, when some were followed too short.

*Cost each.* An amount C was spent on n people, of whom the share F gets there. Each that gets there costs
C/(nF). Of m people followed to the end (`contest` says what m is) x = mF got there; the interval holds C·m/n
divided by the limits of a Poisson mean of which x was seen: x + z²/2 ± z√(x + z²/4), the score interval.

*Income each.* ΣwᵢVᵢ over those who got there in time, where Vᵢ is what they brought and wᵢ the step of the
curve of incidence at their time, shared among those of that time: 1/n for each where nobody is censored, and
more where some are (H. Bang and A. A. Tsiatis, Estimating medical costs with censored data, Biometrika 87
(2000) 329–343). Its variance is taken as (ΣwᵢVᵢ² − (ΣwᵢVᵢ)²)/m, and the interval is even in the logarithm.
Where somebody got there and the amount isn't known, the mean of the others stands for it.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from leadline.engine.comparison.contest import effective_size
from leadline.engine.estimates import normal_quantile
from leadline.engine.survival import HAPPENED, incidence
from leadline.engine.touches import MISSING

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy.typing as npt

    from leadline.engine.passages import Passages
    from leadline.engine.survival import Curve, Integers

_FARTHEST = 50.0  # a factor of e^50 is no limit at all


@dataclass(frozen=True)
class Amount:
    """Money for each one, in minor units, and its interval; None where there is no limit or no value."""

    value: int | None
    low: int | None
    high: int | None

    def fields(self, name: str) -> dict[str, Any]:
        """The amount as flat data: `name`, `name_low`, `name_high`."""
        return {name: self.value, f"{name}_low": self.low, f"{name}_high": self.high}


@dataclass(frozen=True, eq=False)
class Ledger:
    """What was spent on those who began with each group, and what each subject brought at first.

    `costs` are minor units by the name of the group; `values` has minor units for each subject, or MISSING;
    both in `currency`. `lead` is the stage at which somebody counts as a lead (None: the first).
    """

    costs: Mapping[str, int] = field(default_factory=dict)
    values: Integers | None = None
    currency: str = ""
    lead: str | None = None


@dataclass(frozen=True)
class Account:
    """The money of one group, in minor units: what each lead and each client costs, and how many are leads.

    `income` is what each of those who began brings in time. None where it isn't known.
    """

    leads: int
    cost: int | None
    cost_per_lead: Amount | None
    cost_per_client: Amount | None
    income: Amount | None

    def fields(self) -> dict[str, Any]:
        """The account as flat data."""
        row: dict[str, Any] = {"leads": self.leads, "cost": self.cost}
        for name in ("cost_per_lead", "cost_per_client", "income"):
            row |= (getattr(self, name) or Amount(None, None, None)).fields(name)
        return row


@dataclass(frozen=True, eq=False)
class Books:
    """What is needed to make up the accounts: all passages to the end and to the lead stage, and by when."""

    ledger: Ledger
    begun: Passages
    leading: Passages
    time: int
    level: float

    def account(self, name: str, at: npt.NDArray[np.intp]) -> Account:
        """The account of the group of this name, of those at these places of the passages."""
        begun, leading = self.begun.take(at), self.leading.take(at)
        cost, values = self.ledger.costs.get(name), self.ledger.values
        income = None
        if values is not None:
            curve = incidence(begun.duration, begun.outcome, self.level)
            size = effective_size(curve, self.time)
            income = income_each(begun, values[begun.contact], curve, self.time, size, self.level)
        return Account(
            leads=int(np.count_nonzero(leading.outcome == HAPPENED)),
            cost=cost,
            cost_per_lead=None if cost is None else self._each(cost, leading),
            cost_per_client=None if cost is None else self._each(cost, begun),
            income=income,
        )

    def _each(self, cost: int, way: Passages) -> Amount:
        curve = incidence(way.duration, way.outcome, self.level)
        share, size = curve.at(self.time).value, effective_size(curve, self.time)
        return cost_each(cost, len(way), share, size, self.level)


def cost_each(cost: int, n: int, share: float, size: float, level: float) -> Amount:
    """What each of those who get there costs: a share of n, known from a sample of this size."""
    z, seen = normal_quantile(level), share * size
    reach = z * math.sqrt(seen + z * z / 4)
    known = cost * size / n if n else float(cost)
    most, least = seen + z * z / 2 + reach, seen + z * z / 2 - reach
    value = round(cost / (n * share)) if n and share > 0 else None
    return Amount(value, round(known / most), round(known / least) if seen > 0 else None)


def income_each(
    some: Passages, values: Integers, curve: Curve, time: int, size: float, level: float
) -> Amount | None:
    """What each of those who began brings by this time; None where no amount is known.

    `values` has minor units or MISSING for each of the passages.
    """
    came = np.flatnonzero((some.outcome == HAPPENED) & (some.duration <= time))
    known = values[came] != MISSING
    if not known.any():
        return None
    steps = np.diff(curve.share, prepend=0.0) / np.maximum(curve.happened, 1)
    weight = steps[np.searchsorted(curve.times, some.duration[came])]
    amounts = np.where(known, values[came], 0).astype(np.float64)
    amounts[~known] = (weight * amounts)[known].sum() / weight[known].sum()
    mean = float(weight @ amounts)
    variance = max(float(weight @ amounts**2) - mean**2, 0.0) / max(size, 1.0)
    if mean <= 0:
        return Amount(round(mean), None, None)
    stretch = math.exp(min(normal_quantile(level) * math.sqrt(variance) / mean, _FARTHEST))
    return Amount(round(mean), round(mean / stretch), round(mean * stretch))

"""What a business can expect of the people it reaches, by arithmetic and not by chance.

Of n people reached on path p, with J the jumps before nurturing and A those before the ask (matrices with a
row for each path, those who stay included):

    leads      n · generate_rate[p]
    clients    leads · (skip[p] · (A w)[p] + (1 − skip[p]) · (J (nurture_rate ∘ A w))[p])
    w[a]       ask_rate[a] · Σ_k yes_rate[a] · f^(k−1) · Π_{j<k} (1 − yes_rate[a] · f^(j−1)) · again

over asks k = 1 … asks_at_most, where f is `yes_factor` and `again` the share asked again. So the worth of
mending a link is known exactly: the clients of the whole business less those of the one that leaks.
"""

from __future__ import annotations

from typing import Literal

import numpy as np
import numpy.typing as npt

from leadline.engine.simulate.business import Business, Path
from leadline.engine.simulate.draws import Floats


def expected_clients(business: Business, reached: npt.ArrayLike) -> Floats:
    """For each path the clients that so many people reached on it become in the end (float, per path)."""
    people: Floats = np.asarray(reached, dtype=np.float64)
    return people * client_chances(business)


def client_chances(business: Business) -> Floats:
    """For each path, in the order of the paths, the chance that somebody reached on it becomes a client."""
    paths = business.paths
    won = np.array([path.ask_rate * yes_chance(business, path) for path in paths])
    nurtured = np.array([path.nurture_rate for path in paths])
    skips = np.array([path.skip_rate for path in paths])
    responds = np.array([path.generate_rate for path in paths])
    # who skips nurturing stays on the path until the ask
    after_warm = jump_shares(business, to="ask") @ won
    chance: Floats = responds * (
        skips * after_warm + (1 - skips) * (jump_shares(business, to="nurture") @ (nurtured * after_warm))
    )
    return chance


def jump_shares(business: Business, *, to: Literal["nurture", "ask"]) -> Floats:
    """The share of people on each path (row) that goes on to be nurtured or asked on each path (column)."""
    names = [path.name for path in business.paths]
    shares = np.zeros((len(names), len(names)))
    for row, path in enumerate(business.paths):
        jumps = path.jumps if to == "nurture" else path.jumps_to_ask
        for name, share in jumps.items():
            shares[row, names.index(name)] += share
        shares[row, row] += max(0.0, 1 - sum(jumps.values()))
    return shares


def yes_chance(business: Business, path: Path) -> float:
    """The chance that one of the asks of somebody who is asked on that path is answered with yes."""
    again, still_asked, yes = business.again, 1.0, 0.0
    for number in range(again.asks_at_most):
        rate = path.yes_rate * again.yes_factor**number
        yes += still_asked * rate
        still_asked *= (1 - rate) * again.rate
    return yes

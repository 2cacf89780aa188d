"""Whole businesses with known truth: what really happened, and what is on record of it.

    simulation = simulate(load_business("coach").with_leak("networking", "ask"), seed=7)
    write(simulation, "sample")

People are reached on occasions of a path (Poisson, with growth and season), respond, may jump to another
path, are nurtured, warm to a conversation or leave, are asked, answer, buy, are asked again after a no,
renew or end.
Every probability and delay is a parameter of `Business`; `Truth` keeps what came of them.
"""

from leadline.engine.simulate.business import (
    Again,
    BadBusiness,
    Business,
    Delay,
    Flaws,
    Offer,
    Path,
    Renewal,
    load_business,
    shipped_businesses,
)
from leadline.engine.simulate.expected import client_chances, expected_clients
from leadline.engine.simulate.files import write
from leadline.engine.simulate.simulation import AS_OF, START, Simulation, simulate
from leadline.engine.simulate.truth import LinkTruth, Truth

__all__ = [
    "AS_OF",
    "START",
    "Again",
    "BadBusiness",
    "Business",
    "Delay",
    "Flaws",
    "LinkTruth",
    "Offer",
    "Path",
    "Renewal",
    "Simulation",
    "Truth",
    "client_chances",
    "expected_clients",
    "load_business",
    "shipped_businesses",
    "simulate",
    "write",
]

"""Whatever numbers contacts have, and in whatever order they are read, the reports say the same."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import Any

import numpy as np
import pytest

from leadline.engine.cycle.cycles import trace_cycles
from leadline.engine.funnel import load_funnel
from leadline.engine.history import derive
from leadline.engine.instants import DAY, to_instant
from leadline.engine.plan.goals import Goal
from leadline.engine.process import estimate_process
from leadline.engine.reports.asks import asks
from leadline.engine.reports.attribution import attribution
from leadline.engine.reports.balance import balance
from leadline.engine.reports.compare import compare
from leadline.engine.reports.conversion import conversions
from leadline.engine.reports.forecast import forecast
from leadline.engine.reports.leaks import leaks
from leadline.engine.reports.paths import paths
from leadline.engine.reports.standing import standing
from leadline.engine.reports.velocity import velocity
from leadline.engine.simulate import load_business, simulate
from leadline.engine.touches import Column, Touches

NAMES = (
    "leaks", "asks", "balance", "forecast", "attribution", "paths", "compare", "standing", "conversion",
    "velocity",
)  # fmt: skip
AS_OF = to_instant("2026-06-30")
TIMES = [pytest.param(False, id="times", marks=pytest.mark.nightly), pytest.param(True, id="days")]
"""Days alone, of which many are the same, are the harder ones."""


@cache
def business(*, days: bool) -> Touches:
    """Two years of a made-up agency, of whose touches the times are known, or only the days."""
    found = simulate(load_business("agency"), start="2024-07-01", as_of="2026-06-30").touches
    apart = np.random.default_rng(3).permutation(len(found))
    at = found.happened_at // DAY * DAY if days else found.happened_at - apart
    return replace(found, happened_at=at, id=None)


def renumbered(touches: Touches, seed: int) -> Touches:
    """The same touches: contacts in another order, with other numbers and labels, and texts as well."""
    rng = np.random.default_rng(seed)
    rows = np.argsort(rng.permutation(len(touches.contact.labels) + 1)[touches.contact.codes], kind="stable")
    taken = touches.take(rows)
    columns = {name: _shuffled(column, rng) for name, column in taken.columns.items()}
    contact = _shuffled(taken.contact, rng)
    return replace(taken, contact=contact, columns=columns, id=None)


def _shuffled(column: Column, rng: np.random.Generator) -> Column:
    place = rng.permutation(len(column.labels))
    labels: list[Any] = [None] * len(place)
    for code, label in zip(place.tolist(), column.labels, strict=True):
        labels[code] = label
    return Column(np.append(place, -1)[column.codes].astype(np.int32), labels)


def reports(touches: Touches) -> dict[str, Any]:
    """Each report of the touches."""
    history = derive(touches, load_funnel("sales-cycle"), AS_OF)
    cycles, process = trace_cycles(touches, history), estimate_process(history, touches)
    goal = Goal.of(clients=20, by="2026-12-31")
    path = touches.first("path", until=cycles.client_at)
    return {
        "leaks": leaks(cycles, capacity=30),
        "asks": asks(cycles, goal=goal),
        "balance": balance(history, cycles, process, goal=goal),
        "forecast": forecast(history, touches, process=process),
        "attribution": attribution(history, touches),
        "paths": paths(cycles),
        "compare": compare(history.by_stage(), path),
        "standing": standing(history),
        "conversion": conversions(history.by_stage()),
        "velocity": velocity(history.by_stage()),
    }


@cache
def told(seed: int, *, days: bool) -> dict[str, Any]:
    """The sentences and rows of each report; of seed 0 as the contacts are numbered."""
    touches = renumbered(business(days=days), seed) if seed else business(days=days)
    return {name: (one.sentences(), one.rows()) for name, one in reports(touches).items()}


@pytest.mark.parametrize("days", TIMES)
@pytest.mark.parametrize("name", NAMES)
def test_a_report_says_the_same_whatever_numbers_contacts_have(name: str, days: bool) -> None:
    sentences, rows = told(0, days=days)[name]
    again, their_rows = told(2 if days else 1, days=days)[name]
    assert again == sentences
    assert len(their_rows) == len(rows)
    for one, other in zip(rows, their_rows, strict=True):
        assert other == {key: _near(value) for key, value in one.items()}


def _near(value: Any) -> Any:
    """What it is, but for the last digits of sums."""
    return pytest.approx(value, rel=1e-9) if isinstance(value, float) else value

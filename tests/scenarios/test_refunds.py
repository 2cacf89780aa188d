"""Money given back: who got everything back is no client, and every report counts what is left."""

from __future__ import annotations

import numpy as np
import pytest

from leadline.engine.credit.journeys import paid_by
from leadline.engine.cycle.cycles import trace_cycles
from leadline.engine.funnel import load_funnel
from leadline.engine.history import derive
from leadline.engine.horizon.concentration import concentration
from leadline.engine.horizon.pace import income_of
from leadline.engine.plan.plans import first_values
from leadline.engine.process import estimate_process
from leadline.engine.reports.attribution import attribution
from leadline.engine.reports.forecast import forecast
from leadline.engine.reports.paths import paths
from leadline.engine.touches import Touches
from tests.makers import day, touch
from tests.scenarios.lives import role, stage, stages

FUNNELS = [
    "agency",
    "buyer-journey",
    "elevate",
    "hubspot",
    "sales-cycle",
    "salesforce",
    "top-social",
    "voltage",
]
BOUGHT = ["met 0", "asked 10", "bought 20"]


@pytest.mark.parametrize("funnel", FUNNELS)
def test_who_got_everything_back_is_no_client_any_more(funnel: str) -> None:
    assert role(funnel, BOUGHT, until=30) == "client"
    assert role(funnel, [*BOUGHT, "refunded 40"], until=30) == "client"
    assert role(funnel, [*BOUGHT, "refunded 40"], until=41) != "client"
    assert role(funnel, [*BOUGHT, "refunded 40", "bought 50"], until=51) == "client"


@pytest.mark.parametrize("funnel", FUNNELS)
def test_who_got_a_part_back_is_a_client_still(funnel: str) -> None:
    assert stages(funnel, [*BOUGHT, "partly_refunded 40"], until=60) == stages(funnel, BOUGHT, until=60)


def test_a_refund_on_the_day_of_the_purchase_makes_no_client_at_all() -> None:
    found = stages("elevate", ["met 0", "bought 20", "refunded 20"], until=30)
    assert "customer" not in [name for _, name in found]
    assert stage("elevate", [*BOUGHT, "refunded 40"], until=41) == "former customer"


def shop(refunded: int = 30) -> Touches:
    """Forty people who bought at 100, on days 60 to 99; the first so many got it back on days 90 to 129."""
    rows = []
    for n in range(40):
        life = [("called", n), ("asked", 30 + n), ("bought", 60 + n), ("refunded", 90 + n)]
        for kind, at in life[: 4 if n < refunded else 3]:
            money = {"value": 10_000, "currency": "EUR"} if kind in ("bought", "refunded") else {}
            rows.append(touch(f"c{n}", kind, at, path="web", **money))
    return Touches.of(rows)


def test_every_report_counts_what_is_left_of_the_income() -> None:
    touches, funnel = shop(), load_funnel("elevate")
    history = derive(touches, funnel, as_of=day(150))
    cycles, process = trace_cycles(touches, history), estimate_process(history, touches)
    here = history.left_at == history.left_at.max()
    names = [funnel.stages[number - 1].name for number in history.stage[here].tolist()]
    assert (names.count("customer"), names.count("former customer")) == (10, 30)
    assert income_of(cycles, 0, cycles.as_of).sum() == 10 * 10_000
    assert concentration(cycles).clients == 10
    assert concentration(cycles).income == 100_000
    assert sorted(first_values(cycles).tolist()) == [0] * 30 + [10_000] * 10
    assert process.first_value == 2_500
    assert process.paid.sum() == 100_000
    assert paid_by(touches, touches.contact, history.as_of)[1].sum() == 100_000
    assert sum(total.income or 0 for total in paths(cycles).totals) == 100_000
    assert "4,000" not in " ".join(
        [*attribution(history, touches).sentences(), *forecast(history, touches).sentences()]
    )


def test_what_was_not_yet_given_back_on_a_day_counts_as_paid_on_that_day() -> None:
    touches = shop()
    history = derive(touches, load_funnel("elevate"), as_of=day(99.5))
    cycles = trace_cycles(touches, history)
    assert income_of(cycles, 0, cycles.as_of).sum() == 30 * 10_000  # ten of the forty had it back by then


def test_a_renewal_given_back_is_no_renewal_and_everything_given_back_no_end_of_a_term() -> None:
    rows = [
        touch("ann", "bought", 0, value=500, currency="EUR"),
        touch("ann", "renewed", 300, value=500, currency="EUR"),
        touch("ann", "partly_refunded", 310, value=500, currency="EUR"),
        touch("bob", "bought", 0, value=500, currency="EUR"),
        touch("bob", "refunded", 10, value=500, currency="EUR"),
        touch("cid", "bought", 0, value=500, currency="EUR"),
        touch("cid", "renewed", 300, value=500, currency="EUR"),
    ]
    touches = Touches.of(rows)
    cycles = trace_cycles(touches, derive(touches, load_funnel("elevate"), as_of=day(400)))
    assert [cycles.subjects[who] for who in cycles.renewals.contact.tolist()] == ["cid"]
    assert [(cycles.subjects[who], value) for who, value in paired(cycles.purchases)] == [
        ("ann", 500),
        ("bob", 0),
        ("cid", 500),
        ("cid", 500),
    ]


def paired(purchases):
    return zip(purchases.contact.tolist(), purchases.value.tolist(), strict=True)


def test_where_everything_was_given_back_no_income_is_left_and_nothing_breaks() -> None:
    touches, funnel = shop(refunded=40), load_funnel("elevate")
    history = derive(touches, funnel, as_of=day(150))
    cycles, process = trace_cycles(touches, history), estimate_process(history, touches)
    assert income_of(cycles, 0, cycles.as_of).sum() == 0
    assert concentration(cycles) is None
    assert process.first_value == 0
    for report in (paths(cycles), attribution(history, touches), forecast(history, touches)):
        for row in report.rows():
            numbers = [value for value in row.values() if isinstance(value, float)]
            assert np.isfinite(numbers).all()

"""What keeps coming: the statements that the forecast makes true."""

from __future__ import annotations

from leadline.engine.funnel import load_funnel
from leadline.engine.history import derive
from leadline.engine.outlook import foresee
from leadline.engine.process import estimate_process
from leadline.engine.reports.forecast import forecast
from leadline.engine.touches import Touches
from tests.makers import day

CYCLE = load_funnel("sales-cycle")


def coaching(until: float) -> Touches:
    """Every second day somebody is met, talks after ten days, is asked after twenty; half of them buy."""
    rows = []
    for number, start in enumerate(range(0, int(until), 2)):
        life = [("met", 0), ("had_meeting", 10), ("asked", 20)]
        life.append(("bought", 30) if number % 2 else ("said_no", 30))
        for kind, after in life:
            if start + after <= until:
                paid = {"value": 195_000, "currency": "EUR"} if kind == "bought" else {}
                rows.append({"contact": number, "kind": kind, "happened_at": day(start + after), **paid})
    return Touches.of(rows)


def test_s7_the_cycle_goes_on_as_long_as_new_leads_keep_coming() -> None:
    touches = coaching(300)
    history = derive(touches, CYCLE)
    process = estimate_process(history, touches)
    belt = foresee(process, 182, draws=100).clients
    dry = foresee(process, 182, draws=100, newcomers=False).clients
    # one client every four days, for half a year; without new leads none once today's are decided
    assert 35 < belt.sum(axis=1).mean() < 56
    assert belt[:, 91:].sum(axis=1).mean() > 15
    assert dry[:, 60:].sum(axis=1).mean() < 2
    said = " ".join(forecast(history, touches, draws=100).sentences())
    assert "if nobody new arrived" in said

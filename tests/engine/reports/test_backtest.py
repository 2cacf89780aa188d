"""How good the forecast would have been, beside two that anybody can make."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest

from leadline.engine.estimates import Caution
from leadline.engine.funnel import load_funnel
from leadline.engine.outlook import Range
from leadline.engine.reports.backtest import Backtest, Trial, backtest
from leadline.engine.simulate import load_business, simulate
from leadline.engine.touches import Touches
from tests.makers import day

FUNNEL = load_funnel("elevate")


def steady(days: int) -> Touches:
    """Every other day somebody attends, and buys for 100 euros three weeks later."""
    rows = []
    for start in range(0, days, 2):
        rows.append({"contact": start, "kind": "attended", "happened_at": day(start)})
        paid = {"value": 10_000, "currency": "EUR"}
        bought = day(start) + timedelta(days=21)
        if start + 21 <= days:
            rows.append({"contact": start, "kind": "bought", "happened_at": bought, **paid})
    return Touches.of(rows)


def test_a_business_that_never_changes_is_foreseen_almost_exactly() -> None:
    done = []
    found = backtest(
        steady(360), FUNNEL, cuts=3, months=3, draws=100, progress=lambda *step: done.append(step)
    )
    assert done == [(1, 3), (2, 3), (3, 3)]
    clients, income = found.scores()
    assert (clients.of, clients.trials, income.of) == ("clients", 3, "income")
    assert clients.came == pytest.approx(45.5, abs=1.5)
    assert clients.error <= 2
    assert clients.held == income.held == 1
    assert clients.last_error < 2
    # ten or eleven attended and wait, all buy, within three weeks: a month at least is what it takes
    assert found.trials[0].deals == pytest.approx(10.5 * 3, rel=0.1)
    json.dumps(found.rows(), allow_nan=False)
    assert "So a plain guess would have done better here." in " ".join(found.sentences())


def test_only_what_was_known_by_then_is_looked_at() -> None:
    some = steady(360)
    cut = backtest(some, FUNNEL, cuts=1, months=3, draws=50).trials[0]
    # whatever happens afterwards changes what came, and not what was foreseen
    later = Touches.of(
        [
            row
            for row in map(some.row, range(len(some)))
            if row["kind"] == "attended" or row["happened_at"] < day(200)
        ]
    )
    other = backtest(
        later,
        FUNNEL,
        as_of=some.happened_at.max().item(),
        cuts=1,
        months=3,
        draws=50,
        caution=Caution(needed=1),
    ).trials[0]
    assert other.cut == cut.cut
    assert other.came == 0


@pytest.mark.parametrize("touches", [Touches.of([]), steady(40), steady(1)])
def test_too_short_a_past_is_said(touches: Touches) -> None:
    found = backtest(touches, FUNNEL, cuts=2, months=3, draws=10)
    assert found.trials == ()
    assert found.rows()[0]["unsaid"].startswith("too early")
    assert found.sentences() == [
        "The past is too short to try the forecast on it: there was too little on record."
    ]
    assert found.chart().to_dict()["title"]


def test_days_with_too_little_on_record_are_left_out_and_counted() -> None:
    found = backtest(steady(200), FUNNEL, cuts=6, months=1, draws=20)
    assert found.left_out > 0
    assert len({trial.cut for trial in found.trials}) + found.left_out == 6
    assert any("too little on record" in said for said in found.sentences())


def test_a_simulated_business_is_foreseen_with_a_score_and_a_chart() -> None:
    whole = simulate(load_business("coach"), seed=2)
    found = backtest(whole.touches, load_funnel("sales-cycle"), as_of=whole.as_of, cuts=2, draws=50)
    for score in found.scores():
        assert score.error >= 0
        assert 0 <= score.held <= 1
    assert len(found.chart().data.values) == 3
    assert "3 months" in found.sentences()[0]


def trial(of: str, foreseen: float, came: int, last: float, inside: tuple[bool, ...]) -> Trial:
    limits = Range(foreseen, foreseen - 2, foreseen + 2)
    return Trial(0, of, limits, came, last=last, deals=40, inside=inside)


def test_the_sentences_say_how_far_off_each_guess_was_and_how_often_the_range_was_right() -> None:
    trials = (trial("clients", 10, 11, 16, (True, False)), trial("clients", 13, 10, 7, (True, True)))
    # off by 1 and 3; the plain ones by 5 and 3, and by 29 and 30; 11 lies between 8 and 12, 10 not beyond 11
    found = Backtest(months=2, level=0.95, currency=None, trials=trials, left_out=0, unsaid=None)
    errors, held = found.sentences()
    assert errors == (
        "In 2 months 10.5 new clients came on average, and the forecast would have been 2 off. "
        "Guessing the same as in the 2 months before would have been 4 off, "
        "and open deals times win rate 29.5 off."
    )
    assert held == (
        "The range given for new clients was right for 75 % of single months, and 50 % of the times for "
        "2 months together; it is meant to be right for 95 %."
    )

"""Statements T5 to T8 and S7: whether the base is balanced, and whether new people keep coming."""

from __future__ import annotations

from leadline.engine.cycle.cycles import trace_cycles
from leadline.engine.funnel import load_funnel
from leadline.engine.history import derive
from leadline.engine.instants import DAY
from leadline.engine.process import estimate_process
from leadline.engine.reports.balance import balance
from leadline.engine.touches import Touches
from tests.makers import day, touch

BRANDS = 60


def lives(contacts, *happened, every=10.0, **more):
    """Contacts who come one after the other, to whom the same happens: `"liked 0"`, `"bought 60"`."""
    for number in range(contacts):
        for kind, at in (text.split() for text in happened):
            yield touch(f"{happened[-1]}-{number}", kind, every * number + float(at), **more)


def told(funnel, rows, until, *, foresee=False, **how):
    touches = Touches.of([row for row in rows if row["happened_at"] <= day(until)])
    history = derive(touches, load_funnel(funnel), as_of=day(until))
    process = estimate_process(history, touches) if foresee else None
    return balance(history, trace_cycles(touches, history), process, **how)


def blogger(brands=BRANDS):
    """Brands that like a post, talk for two months and sign, one in ten days; and others that only like.

    All within 600 days, so that more brands are more often one.
    """
    every = 600 / brands
    happened = "identified 0", "liked 5", "called 20", "replied 40", "had_meeting 60", "bought 75"
    yield from lives(brands, *happened, every=every)
    yield from lives(brands * 3, "identified 0", "liked 9", every=every / 3)


def test_t5_a_stage_with_nobody_in_it_is_reported_first():
    rows = [row for row in blogger() if row["kind"] in {"liked", "identified"}]
    found = told("top-social", rows, 610)
    assert {row["stage"]: row["people"] for row in found.rows()} == {"suspect": 0, "lead": 240, "prospect": 0}
    said = found.sentences()
    assert said[0] == "“suspect” is empty: nobody is on the horizon."
    assert said[1] == "“prospect” is empty: nobody is in the works."


def test_t5_a_base_with_leads_and_prospects_is_balanced():
    said = told("top-social", blogger(), 500).sentences()
    assert any(sentence.startswith("The base is balanced") for sentence in said)


def test_t5_a_stage_that_starves_is_reported_with_what_it_takes():
    rows = [row for row in blogger() if row["happened_at"] < day(470) or row["kind"] == "bought"]
    short = told("top-social", rows, 530)
    prospect = next(row for row in short.rows() if row["stage"] == "prospect")
    assert prospect["people"] == 0 or prospect["verdict"] == "short"
    assert prospect["needed"] > 1


def test_t6_the_time_until_the_income_is_replaced_if_all_clients_left():
    rows = [
        row | ({"value": 80_000, "currency": "EUR"} if row["kind"] == "bought" else {})
        for row in blogger(4 * BRANDS)
    ]
    found = told("top-social", rows, 600, foresee=True, draws=100).replacement
    # four brands sign every ten days, and those for the next two months are on the way: what comes is as much
    # as ever, so that three months hold as much at the soonest, and chance may keep it below that for a while
    assert 60 <= found.time.low / DAY <= 92
    assert 91 <= found.time.value / DAY <= 270
    assert found.sentence().startswith("If all clients left today, today's income (about 9,730 EUR a month)")


def test_t7_the_share_of_what_is_coming_that_is_new():
    fresh = told("top-social", lives(100, "liked 0", every=1.0), 100).freshness
    assert (fresh.people, fresh.new, fresh.recent) == (100, 30, 90)
    stale = told("top-social", lives(100, "liked 0", every=1.0), 300)
    assert stale.freshness.recent == 0
    assert any(said.startswith("Of 100 contacts on the way, 0 % are new") for said in stale.sentences())


def test_t8_growth_is_told_and_demand_above_capacity_is_room_for_higher_prices():
    rows = [*lives(30, "liked 0", "bought 9", every=12.0), *lives(91, "met 365", "bought 369", every=4.0)]
    found = told("top-social", rows, 730, monthly_capacity=5)
    assert next(change for change in found.growth if change.what == "New clients").ratio.value > 2.5
    assert found.demand.monthly.value > 7
    assert any(said.startswith("There is room to raise prices") for said in found.sentences())


def test_s7_the_conveyor_belt_stands_still_when_nobody_new_comes():
    cycle = ("met 0", "messaged 20", "called 40", "asked 50", "bought 60")
    moving = told("sales-cycle", lives(60, *cycle, every=7.0), 419)
    assert moving.newcomers.quiet == 0
    still = told("sales-cycle", lives(60, *cycle, every=7.0), 413 + 50)
    assert still.newcomers.quiet == 7
    assert "Nobody new has come for 7 weeks." in still.sentences()[:5]

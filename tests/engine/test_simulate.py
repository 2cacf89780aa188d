"""Simulated businesses: the log and the truth agree, declared rates come out, leaks leak."""

from __future__ import annotations

from math import sqrt

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from leadline.engine.clocks import last_of
from leadline.engine.instants import DAY, NEVER, to_instant
from leadline.engine.kinds import Kinds
from leadline.engine.simulate import (
    AS_OF,
    START,
    Business,
    Delay,
    Flaws,
    load_business,
    shipped_businesses,
    simulate,
)
from leadline.engine.simulate.recording import Fate

KINDS = Kinds.shipped()
SURE = 4.5  # standard deviations: one test in 150,000 would fail by chance
PERFECT = Flaws()


def plain_business(**path) -> Business:
    """One closed path, sold once, asked once, with a perfect log."""
    networking = {"name": "networking", "reached_per_month": 400, "skip_rate": 0, "leave_rate": 0} | path
    return Business.model_validate(
        {
            "name": "Plain",
            "paths": [networking],
            "offers": [{"name": "Programme", "price": 1000}],
            "owners": ["Ada"],
            "again": {"asks_at_most": 1},
        }
    )


def is_near(found: int, tried: int, rate: float) -> bool:
    """Whether a count is what a binomial (tried, rate) gives, within SURE standard deviations."""
    return abs(found - tried * rate) <= SURE * sqrt(tried * rate * (1 - rate)) + 1e-9


def people_with(simulation, *kinds: str) -> set[int]:
    touches = simulation.touches
    codes = [KINDS.code(kind) for kind in kinds]
    return set(touches.contact.codes[np.isin(touches.kind, codes)].tolist())


def times_of(simulation, *kinds: str) -> int:
    return int(np.isin(simulation.touches.kind, [KINDS.code(kind) for kind in kinds]).sum())


def up_to(simulation, at) -> int:
    return int((at <= simulation.as_of).sum())


@pytest.mark.parametrize("name", shipped_businesses())
def test_a_perfect_log_holds_what_happened(name):
    business = load_business(name)
    named = tuple(path.model_copy(update={"unnamed_rate": 0}) for path in business.paths)
    simulation = simulate(business.replaced(paths=named, flaws=PERFECT), seed=3)
    lives, asks, ends = (
        simulation.truth.journeys,
        simulation.truth.journeys.asks,
        simulation.truth.journeys.renewals,
    )

    assert times_of(simulation, "asked", "proposed", "invited", "offered") == up_to(simulation, asks.asked_at)
    assert times_of(simulation, "said_yes", "said_no", "said_not_now") == up_to(simulation, asks.answered_at)
    assert times_of(simulation, "bought") == up_to(simulation, lives.bought_at) > 0
    assert times_of(simulation, "renewed") == up_to(simulation, ends.settled_at[ends.renewed])
    assert times_of(simulation, "churned", "lapsed") == up_to(simulation, ends.settled_at[~ends.renewed])
    leaving = {kind for path in business.paths for kind in path.leave_by}
    assert times_of(simulation, *leaving) == up_to(simulation, lives.left_at) > 0
    assert len(simulation.contacts["id"]) == up_to(simulation, lives.reached_at)
    assert (simulation.truth.recording.fate == Fate.RECORDED).all()


@pytest.mark.parametrize("name", shipped_businesses())
def test_the_deals_won_are_the_purchases(name):
    simulation = simulate(load_business(name), seed=4)
    lives = simulation.truth.journeys
    bought = lives.bought_at <= simulation.as_of
    won = simulation.deals["outcome"] == "Won"
    assert won.sum() == bought.sum()
    assert simulation.deals["amount"][won].sum() == pytest.approx(lives.value[bought].sum() / 100)
    assert np.isnan(simulation.deals["amount"][simulation.deals["stage"] == "Qualified"]).all()
    assert np.isnat(simulation.deals["closed_at"][simulation.deals["outcome"] == "Open"]).all()
    assert not np.isnat(simulation.deals["closed_at"][simulation.deals["outcome"] != "Open"]).any()


@pytest.mark.parametrize("name", shipped_businesses())
def test_lives_run_forward_in_time(name):
    lives = simulate(load_business(name), seed=5).truth.journeys
    leads = lives.lead_at < NEVER
    assert (lives.lead_at >= lives.reached_at).all()
    assert (lives.warm_at[leads] > lives.lead_at[leads]).all()
    first = lives.asks.number == 1
    asked = lives.asks.person
    assert (lives.asks.asked_at > lives.warm_at[asked]).all()
    assert (lives.asks.answered_at > lives.asks.asked_at).all()
    assert (lives.bought_at[asked][first] > lives.asks.asked_at[first]).all()
    assert (lives.left_at[leads] > lives.lead_at[leads]).all()
    assert not ((lives.left_at < NEVER) & (lives.bought_at < NEVER)).any()
    assert (lives.renewals.settled_at >= lives.renewals.due_at).all()


def test_the_rates_of_every_link_are_those_declared():
    for name in shipped_businesses():
        for truth in simulate(load_business(name).scaled(5), seed=6).truth.links:
            assert is_near(truth.through, truth.tried, truth.declared), (name, truth)


def test_the_rates_are_found_again_in_the_log_alone():
    business = plain_business(generate_rate=0.6, nurture_rate=0.4, ask_rate=0.7, yes_rate=0.3)
    simulation = simulate(business, seed=7, start="2020-01-01")
    early = set(np.flatnonzero(simulation.touches.first_at() < to_instant("2025-01-01")).tolist())
    reached = people_with(simulation, "introduced") & early
    leads = people_with(simulation, "requested_info") & early
    warm = people_with(simulation, "replied", "called", "had_meeting") & early
    asked = people_with(simulation, "asked", "proposed") & early
    clients = people_with(simulation, "bought") & early
    assert len(reached) > 20_000
    assert is_near(len(leads), len(reached), 0.6)
    assert is_near(len(warm), len(leads), 0.4)
    assert is_near(len(asked), len(warm), 0.7)
    assert is_near(len(clients), len(asked), 0.3)


@pytest.mark.parametrize("shape", ["gamma", "lognormal"])
def test_delays_have_the_declared_mean_and_spread(shape):
    delay = {"mean_days": 40, "spread": 0.6, "shape": shape}
    lives = simulate(plain_business(ask=delay, ask_rate=1), seed=8, start="2020-01-01").truth.journeys
    warm_at = lives.warm_at[lives.asks.person]
    days = (lives.asks.asked_at - warm_at) / DAY
    assert len(days) > 3000
    # weekends and hours move an instant by a day or so, on average not at all
    assert days.mean() == pytest.approx(40, abs=SURE * 40 * 0.6 / sqrt(len(days)) + 0.5)
    assert days.std() / days.mean() == pytest.approx(0.6, rel=0.12)


def test_a_delay_of_spread_one_half_is_not_exponential():
    delay = Delay(mean_days=40, spread=0.5).model_dump()
    lives = simulate(plain_business(ask=delay, ask_rate=1), seed=9, start="2020-01-01").truth.journeys
    days = (lives.asks.asked_at - lives.warm_at[lives.asks.person]) / DAY
    # gamma of shape 4: 1 − e^−1 (1 + 1 + 1/2 + 1/6) = 1.9 % below a quarter of the mean; exponential: 22 %
    assert 0.005 < (days < 10).mean() < 0.04


def test_growth_and_season_shape_what_is_reached():
    season = [2.0] + [1.0] * 11
    business = plain_business(reached_per_month=1500, occasions_per_month=30, generate_rate=0)
    occasions = simulate(
        business.replaced(season=season, growth_per_year=0.5), seed=10, start="2023-01-01", as_of="2025-12-31"
    ).truth.journeys.occasions
    months = occasions.happened_at.astype("datetime64[us]").astype("datetime64[M]").astype(int) - 53 * 12
    reached = np.bincount(months, occasions.reached, 36)
    assert reached[12:24].sum() / reached[:12].sum() == pytest.approx(1.5, rel=0.03)
    assert reached[24:36].sum() / reached[12:24].sum() == pytest.approx(1.5, rel=0.03)
    # January counts twice; growth between neighbouring months is 1.5^(1/12) = 1.034
    assert reached[0] / reached[1] * 28 / 31 * 1.034 == pytest.approx(2, rel=0.12)


def test_after_a_no_people_are_asked_again_as_often_as_declared():
    path = {"generate_rate": 1, "nurture_rate": 1, "ask_rate": 1, "yes_rate": 0.4}
    again = {"rate": 0.5, "yes_factor": 0.5, "asks_at_most": 3, "delay": {"mean_days": 30}}
    asks = simulate(plain_business(**path).replaced(again=again), seed=11).truth.journeys.asks
    counts = np.bincount(asks.number, minlength=5)
    refused = [int(((asks.number == number) & (asks.answer != 0)).sum()) for number in (1, 2, 3)]
    assert is_near(counts[2], refused[0], 0.5)
    assert is_near(counts[3], refused[1], 0.5)
    assert counts[4] == 0
    # the chance of a yes halves with each further ask: 0.4, 0.2, 0.1
    for number, rate in ((1, 0.4), (2, 0.2), (3, 0.1)):
        assert is_near(counts[number] - refused[number - 1], counts[number], rate)


def test_people_jump_to_other_paths_as_often_as_declared():
    paths = [
        {"name": "networking", "reached_per_month": 500, "skip_rate": 0, "jumps": {"social": 0.3}},
        {"name": "social", "reached_per_month": 0},
    ]
    business = plain_business().replaced(paths=paths)
    lives = simulate(business, seed=12).truth.journeys
    leads = lives.lead_at < NEVER
    assert (lives.path == 0).all()
    assert is_near(int((lives.nurture_path[leads] == 1).sum()), int(leads.sum()), 0.3)
    # the second jump takes 30 % of those who stayed: 1 − 0.7² = 0.51
    assert is_near(int((lives.ask_path == 1).sum()), len(lives), 0.51)


def test_the_log_loses_doubles_and_delays_as_much_as_declared():
    flaws = {"missing_rate": 0.1, "late_rate": 0.3, "duplicate_rate": 0.05, "machine_rate": 0.2}
    business = load_business("coach").scaled(5).replaced(flaws=flaws)
    simulation = simulate(business, seed=13)
    recording = simulation.truth.recording
    fate, mine = recording.fate, ~recording.machine
    invoiced = np.isin(recording.rows.kind, [KINDS.code("bought"), KINDS.code("renewed")])
    losable = mine & ~invoiced & (fate != Fate.UNNAMED)
    assert is_near(int((fate[losable] == Fate.FORGOTTEN).sum()), int(losable.sum()), 0.1)
    assert not (fate[invoiced & mine] == Fate.FORGOTTEN).any()
    assert is_near(
        int((recording.recorded_at > recording.rows.happened_at)[mine].sum()), int(mine.sum()), 0.3
    )
    assert is_near(int(simulation.doubled.sum()), len(simulation.touches), 0.05)
    channel = simulation.touches.columns["channel"]
    machine = np.array([kind.machine for kind in KINDS.kinds])[simulation.touches.kind]
    reachable = np.isin(channel.codes, [list(channel.labels).index(name) for name in ("email", "web")])
    assert is_near(int(machine.sum()), int((reachable & ~machine).sum()), 0.2)


def test_nothing_is_recorded_before_it_happens_or_after_the_end():
    simulation = simulate(load_business("b2b-team"), seed=14)
    assert (simulation.recorded_at >= simulation.touches.happened_at).all()
    assert (simulation.recorded_at <= simulation.as_of).all()
    assert (simulation.touches.happened_at >= simulation.start).all()
    assert (simulation.truth.recording.fate == Fate.NOT_YET).any()


def test_somebody_unnamed_is_in_no_log_until_the_purchase():
    path = {"cycle": "open", "generate_rate": 0.1, "unnamed_rate": 0.5, "respond_by": {"followed": 1}}
    business = plain_business(**path, reached_per_month=3000, nurture_rate=0.5, ask_rate=0.9)
    simulation = simulate(business, seed=15)
    lives, contact = simulation.truth.journeys, simulation.truth.contact
    unnamed = ~lives.named
    assert is_near(int(unnamed.sum()), len(lives), 0.5)
    assert ((contact >= 0)[unnamed] == (lives.bought_at <= simulation.as_of)[unnamed]).all()
    strangers = contact[unnamed & (contact >= 0)]
    rows = np.isin(simulation.touches.contact.codes, strangers)
    assert {KINDS.kinds[kind].name for kind in simulation.touches.kind[rows]} == {"bought"}
    assert (simulation.contacts["source"][strangers] == None).all()  # noqa: E711 (element by element)
    followed = simulation.audience["kind"] == "followed"
    assert simulation.audience["n"][followed].sum() == (unnamed & (lives.lead_at <= simulation.as_of)).sum()


def test_open_paths_count_everybody_they_reach():
    simulation = simulate(load_business("saas"), seed=16)
    for path in ("website", "content", "advertising"):
        rows = (simulation.audience["path"] == path) & np.isin(
            simulation.audience["kind"], ["visited", "posted", "advertised"]
        )
        assert simulation.audience["n"][rows].sum() == simulation.truth.link(path, "generate").tried


def test_as_many_typed_stages_are_stale_as_declared():
    simulation = simulate(load_business("blogger").replaced(flaws={"stale_rate": 0.15}), seed=17)
    assert is_near(int(simulation.truth.stale.sum()), len(simulation.truth.stale), 0.15)


def test_without_stale_stages_customers_are_those_who_bought():
    simulation = simulate(load_business("agency").replaced(flaws={"stale_rate": 0}), seed=18)
    contact, lives = simulation.truth.contact, simulation.truth.journeys
    typed = set(np.flatnonzero(simulation.contacts["stage"] == "Customer").tolist())
    assert typed == set(contact[lives.bought_at <= simulation.as_of].tolist())


def asks_by_path(simulation, *, on: str, other: bool = False):
    lives = simulation.truth.journeys
    place = [path.name for path in simulation.business.paths].index(on)
    rows = (lives.asks.path != place) if other else (lives.asks.path == place)
    return {(*row,) for row in np.stack([lives.asks.person, lives.asks.asked_at])[:, rows].T.tolist()}


def test_a_leak_of_asks_removes_the_asks_of_that_path_and_no_others():
    whole = load_business("coach")
    before, after = simulate(whole, seed=19), simulate(whole.with_leak("networking", "ask"), seed=19)
    assert len(asks_by_path(before, on="networking")) > 20
    assert asks_by_path(after, on="networking") == set()
    assert asks_by_path(after, on="networking", other=True) == asks_by_path(
        before, on="networking", other=True
    )
    paths = after.touches.columns["path"]
    asks = np.isin(
        after.touches.kind, [KINDS.code(kind) for kind in ("asked", "proposed", "invited", "offered")]
    )
    assert "networking" not in {paths.labels[code] for code in paths.codes[asks]}
    assert np.array_equal(before.truth.journeys.reached_at, after.truth.journeys.reached_at)


def test_a_leak_may_keep_a_share():
    whole = load_business("agency").scaled(20)
    weak = simulate(whole.with_leak("referral", "ask", keeps=0.25), seed=20)
    truth = weak.truth.link("referral", "ask")
    assert truth.declared == pytest.approx(0.88 * 0.25)
    assert is_near(truth.through, truth.tried, 0.22)


@pytest.mark.parametrize("link", ["generate", "nurture", "ask", "answer", "renew"])
def test_nothing_gets_through_a_missing_link(link):
    whole = load_business("saas")
    before = simulate(whole, seed=21).truth.link("website", link)
    after = simulate(whole.with_leak("website", link), seed=21).truth.link("website", link)
    assert before.through > 0
    assert after.tried > 0
    assert after.through == 0


def test_without_nurturing_there_are_no_nurturing_touches_on_that_path():
    business = load_business("coach").with_leak("email", "nurture").replaced(flaws=PERFECT)
    simulation = simulate(business, seed=22)
    paths = simulation.touches.columns["path"]
    on_email = paths.codes == list(paths.labels).index("email")
    assert not (on_email & (simulation.touches.kind == KINDS.code("mailed"))).any()


SHARES = st.sampled_from([0, 0.1, 0.5, 1])
DELAYS = st.fixed_dictionaries(
    {"mean_days": st.sampled_from([0, 0.01, 3, 400]), "shape": st.sampled_from(["gamma", "lognormal"])}
)
RATES = ["generate_rate", "skip_rate", "unnamed_rate", "nurture_rate", "heed_rate", "leave_rate", "ask_rate"]
RATES += ["yes_rate", "renewal_ask_rate", "renew_rate"]
PATHS = st.fixed_dictionaries(
    dict.fromkeys(RATES, SHARES)
    | dict.fromkeys(("echo", "respond", "nurture", "ask", "answer"), DELAYS)
    | {"cycle": st.sampled_from(["open", "closed"]), "occasions_per_month": st.sampled_from([0.5, 4, 100])}
)


@settings(max_examples=40, deadline=None)
@given(path=PATHS, flaws=st.builds(dict, missing_rate=SHARES, late_rate=SHARES, machine_rate=SHARES))
def test_any_allowed_business_can_be_simulated(path, flaws):
    business = plain_business(**path, reached_per_month=20)
    business = business.replaced(renewal={"term_days": 7}, again={"rate": 1, "asks_at_most": 5}, flaws=flaws)
    simulation = simulate(business, seed=27, start="2026-01-01")
    lives, contacts = simulation.truth.journeys, len(simulation.contacts["id"])
    assert (lives.asks.answered_at > lives.asks.asked_at).all()
    assert set(simulation.touches.contact.codes.tolist()) <= set(range(contacts))
    assert (simulation.truth.recording.rows.happened_at <= simulation.as_of).all()
    assert all(truth.through <= truth.tried for truth in simulation.truth.links)


def test_a_business_that_reaches_nobody_has_empty_tables():
    simulation = simulate(load_business("agency").scaled(0), seed=23)
    assert len(simulation.touches) == len(simulation.contacts["id"]) == len(simulation.deals["id"]) == 0
    assert len(simulation.audience["n"]) == 0
    assert all(truth.tried == truth.through == 0 for truth in simulation.truth.links)


def test_a_business_with_one_contact_works():
    lonely = plain_business(reached_per_month=0.04)
    one = next(
        found
        for found in (simulate(lonely, seed=seed) for seed in range(50))
        if len(found.contacts["id"]) == 1
    )
    assert set(one.touches.contact.values()) == {"C0001"}


def test_asks_and_conversations_keep_office_hours():
    simulation = simulate(load_business("agency").replaced(flaws=PERFECT), seed=24)
    kinds = [
        KINDS.code(kind) for kind in ("called", "had_meeting", "asked", "proposed", "introduced", "mailed")
    ]
    at = simulation.touches.happened_at[np.isin(simulation.touches.kind, kinds)]
    weekday, hour = (at // DAY + 3) % 7, at % DAY / DAY * 24
    assert (weekday < 5).mean() > 0.97
    assert ((hour >= 8) & (hour < 19.5)).mean() > 0.98
    share_of_day = np.bincount(weekday, minlength=7)[:5] / len(at)
    assert (abs(share_of_day - 0.2) < 0.05).all()


def test_companies_have_as_many_people_as_declared():
    simulation = simulate(load_business("b2b-team"), seed=25)
    companies = len(set(simulation.contacts["company"]))
    # each of n/2.2 companies is drawn by at least one of n people with 1 − e^−2.2 = 89 %
    assert len(simulation.contacts["id"]) / companies == pytest.approx(2.2 / 0.889, rel=0.02)


def test_the_defaults_are_two_years_up_to_the_end_of_june_2026():
    simulation = simulate(plain_business(), seed=26)
    assert (simulation.start, simulation.as_of) == (to_instant(START), last_of(AS_OF))
    assert (simulation.as_of + 1 - simulation.start) // DAY == 730
